package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"patchtrail/ingest/issue"
)

// inputs queues every input under a name of its own.
func (w *walker) inputs(inputs []string) {
	var used names
	given := map[string]bool{}
	for _, in := range inputs {
		given[inputPath(in)] = true
	}
	for i, in := range inputs {
		if first, ok := firstPart(inputPath(in)); ok && given[first] {
			continue // read together with the first part
		}
		shown := used.unique(harmlessFile(filepath.Base(inputPath(in))))
		w.push(0, 0, func() {
			if err := w.input(i, in, shown); err != nil {
				w.issueMu.Lock()
				w.inputErrors = append(w.inputErrors, err)
				w.issueMu.Unlock()
			}
		})
	}
}

// inputPath is an input's full path, by which "." has a name too.
func inputPath(in string) string {
	if abs, err := filepath.Abs(in); err == nil {
		return abs
	}
	return filepath.Clean(in)
}

// input opens one input. Its error was reported as an issue as well.
func (w *walker) input(i int, in, shown string) error {
	info, err := os.Stat(in)
	switch {
	case err != nil:
		return w.inputFailed(in, shown, err)
	case info.IsDir():
		return w.folder(i, in, shown)
	case !info.Mode().IsRegular():
		w.specialSkipped(shown)
		return &InputError{in, "give a folder, an archive or a log file", errors.New("not a file or folder")}
	}
	f, err := os.Open(in)
	if err != nil {
		return w.inputFailed(in, shown, err)
	}
	parts, size := []*os.File{f}, info.Size()
	for name, ok := nextPart(in); ok; name, ok = nextPart(name) {
		more, at, err := openRegular(name)
		if err != nil {
			break // the last part was the one before
		}
		parts, size = append(parts, more), size+at.Size()
	}
	w.opened(i, parts, size, info.ModTime(), shown, newMeter(w.count, size))
	return nil
}

func (w *walker) inputFailed(in, shown string, err error) error {
	e := &InputError{Input: in, Err: plainCause(err)}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Hint = "check the path, and put it in quotes if it holds spaces"
		w.report(shown, -1, issue.Skipped, "input-missing", in)
	case errors.Is(err, fs.ErrPermission):
		e.Hint = "copy it to a folder that you may read, or run as a user who may"
		w.report(shown, -1, issue.Skipped, "input-denied", in)
	default:
		e.Hint = "copy it to a local disk and try again"
		w.report(shown, -1, issue.Skipped, "input-unreadable", in, e.Err.Error())
	}
	return e
}

// plainCause takes the operation and the path, which are told apart, off err.
func plainCause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// opened looks at an open file of the disk, or at the parts of a split one.
func (w *walker) opened(input int, parts []*os.File, size int64, mod time.Time, shown string, m *meter) {
	w.count.Packed.Add(size)
	rt := &root{input: input, path: shown, packed: size}
	it := &item{root: rt, path: shown, size: size, modTime: mod}
	w.file(it, w.disk(parts, size, m))
}

// folder queues every file below dir. Links and special files are told and
// left alone.
func (w *walker) folder(input int, dir, shown string) error {
	type pair struct{ real, shown string }
	todo := []pair{{dir, shown}}
	found := int64(0)
	for len(todo) > 0 && w.ctx.Err() == nil {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		list, more, err := listFolder(at.real, w.lim.Entries)
		if err != nil {
			if at.real == dir && len(list) == 0 {
				return w.inputFailed(dir, shown, err)
			}
			w.report(at.shown, -1, issue.Skipped, "folder-unreadable", plainCause(err).Error())
		}
		var used names
		later := map[string]bool{} // parts that are read together with their first
		for _, d := range list {
			if later[d.Name()] {
				continue
			}
			p := pair{filepath.Join(at.real, d.Name()), at.shown + "/" + used.unique(harmlessFile(d.Name()))}
			switch {
			case d.IsDir():
				todo = append(todo, p)
			case d.Type()&fs.ModeSymlink != 0:
				w.linkSkipped(p.shown)
			case !d.Type().IsRegular():
				w.specialSkipped(p.shown)
			default:
				found++
				parts := splitParts(d.Name(), list)
				for _, name := range parts[1:] {
					later[name] = true
				}
				w.found(input, at.real, parts, p.shown)
			}
		}
		if more || found > int64(w.lim.Entries) || len(todo) > w.lim.Entries {
			w.reportOnce(at.shown, issue.Limit, "limit-entries", strconv.Itoa(w.lim.Entries))
			return nil
		}
	}
	return nil
}

// listFolder lists at most about limit entries of a folder, by name.
func listFolder(dir string, limit int) (list []fs.DirEntry, more bool, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	for len(list) <= limit {
		part, err := f.ReadDir(1024)
		list = append(list, part...)
		if err != nil || len(part) == 0 {
			slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
			if errors.Is(err, os.ErrClosed) || len(part) == 0 {
				return list, false, nil
			}
			return list, false, err
		}
	}
	return list, true, nil
}

// found queues one file of a folder, or the parts of a split one.
func (w *walker) found(input int, dir string, parts []string, shown string) {
	total := int64(0)
	for _, name := range parts {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			w.report(shown, -1, issue.Skipped, "file-unreadable", plainCause(err).Error())
			return
		}
		total += info.Size()
	}
	m := newMeter(w.count, total)
	w.push(0, total, func() {
		var files []*os.File
		var mod time.Time
		size := int64(0)
		for _, name := range parts {
			f, now, err := openRegular(filepath.Join(dir, name))
			if err != nil {
				m.finish()
				closeAll(files)
				if w.ctx.Err() == nil {
					w.report(shown, -1, issue.Skipped, "file-unreadable", plainCause(err).Error())
				}
				return
			}
			files, size, mod = append(files, f), size+now.Size(), now.ModTime()
		}
		w.opened(input, files, size, mod, shown, m)
	})
}

// openRegular opens a file that is neither a link nor special, even when it was
// exchanged for one since the folder was listed.
func openRegular(name string) (*os.File, fs.FileInfo, error) {
	seen, err := os.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, nil, errors.New("is not a file any more")
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe put in its place must not block
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && (!info.Mode().IsRegular() || !os.SameFile(seen, info)) {
		err = errors.New("changed while it was opened")
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}
