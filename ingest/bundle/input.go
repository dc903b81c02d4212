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

	"patchtrail/ingest/issue"
)

// inputs queues every input under a name of its own.
func (w *walker) inputs(inputs []string) {
	var used names
	for i, in := range inputs {
		shown := used.shown(inputName(in))
		w.push(0, 0, func() {
			if err := w.input(i, in, shown); err != nil {
				w.issueMu.Lock()
				w.inputErrors = append(w.inputErrors, err)
				w.issueMu.Unlock()
			}
		})
	}
}

// inputName is the last name of an input's full path: "." has one too.
func inputName(in string) string {
	if abs, err := filepath.Abs(in); err == nil {
		in = abs
	}
	return filepath.Base(in)
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
	w.opened(i, f, info, shown, newMeter(w.count, info.Size()))
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

// opened looks at an open file of the disk.
func (w *walker) opened(input int, f *os.File, info fs.FileInfo, shown string, m *meter) {
	size := info.Size()
	w.count.Packed.Add(size)
	rt := &root{input: input, path: shown, packed: size}
	it := &item{root: rt, path: shown, size: size, modTime: info.ModTime()}
	w.file(it, w.disk(f, size, m))
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
		for _, d := range list {
			p := pair{filepath.Join(at.real, d.Name()), at.shown + "/" + used.shown(d.Name())}
			switch {
			case d.IsDir():
				todo = append(todo, p)
			case d.Type()&fs.ModeSymlink != 0:
				w.linkSkipped(p.shown)
			case !d.Type().IsRegular():
				w.specialSkipped(p.shown)
			default:
				found++
				w.found(input, p.real, p.shown, d)
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

// found queues one file of a folder.
func (w *walker) found(input int, real, shown string, d fs.DirEntry) {
	info, err := d.Info()
	if err != nil {
		w.report(shown, -1, issue.Skipped, "file-unreadable", plainCause(err).Error())
		return
	}
	m := newMeter(w.count, info.Size())
	w.push(0, info.Size(), func() {
		f, now, err := openRegular(real)
		if err != nil {
			m.finish()
			if w.ctx.Err() == nil {
				w.report(shown, -1, issue.Skipped, "file-unreadable", plainCause(err).Error())
			}
			return
		}
		w.opened(input, f, now, shown, m)
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
