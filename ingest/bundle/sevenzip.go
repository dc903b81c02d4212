package bundle

import (
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"

	"github.com/bodgit/sevenzip"
	"github.com/mholt/archiver/v4"
)

// sevenZip queues the folders of a 7z, which are what can be unpacked by
// itself. A 7z keeps its list of files at its end: one that is cut off is lost.
func (w *walker) sevenZip(it *item, src *source) error {
	unlock := func(fits func(string) bool) (string, bool) { return w.unlock(it.path, fits) }
	a, err := openSeven(w.ctx, src, 2*w.lim.Entries, unlock)
	if err != nil || len(a.header) == 0 {
		return err
	}
	files, err := a.list(w.ctx, "")
	if err != nil {
		return err
	}
	locked := lockedSeven(a, files)
	if len(locked) > 0 {
		password, ok := unlock(func(p string) bool { return w.sevenFits(a, p) })
		if ok {
			files, err = a.list(w.ctx, password)
			if err != nil {
				return err
			}
			locked = nil
		}
	}
	w.sevenFolders(it, a, files, locked)
	return nil
}

// sevenFolders names the files and queues the folders, but for those that are
// locked.
func (w *walker) sevenFolders(it *item, a *sevenArchive, files []archiver.FileInfo, locked map[int]bool) {
	groups := make([][]sevenMember, len(a.folders)+1) // the last for empty files
	var used names
	for _, f := range files {
		h, ok := f.Header.(sevenzip.FileHeader)
		if !ok || f.IsDir() {
			continue
		}
		member := it.within(used.shown(f.NameInArchive), int64(h.UncompressedSize), h.Modified)
		member.packed = func() int64 { return a.src.size }
		member.serial = true
		g := len(groups) - 1
		if h.UncompressedSize > 0 && h.Stream >= 0 && h.Stream < len(a.folders) {
			g = h.Stream
		}
		switch {
		case locked[g]:
		case f.Mode()&fs.ModeSymlink != 0:
			w.linkSkipped(member.path)
		case !f.Mode().IsRegular():
			w.specialSkipped(member.path)
		default:
			groups[g] = append(groups[g], sevenMember{member, f, h.CRC32})
		}
	}
	for g, list := range groups {
		if len(list) == 0 {
			continue
		}
		size, memory := int64(0), int64(0)
		if g < len(a.folders) {
			size, memory = int64(a.folders[g].size), a.folders[g].memory
		}
		a.src.retain()
		w.push(it.depth+1, size, func() {
			defer a.src.done()
			w.sevenFolder(it, list, memory)
		})
	}
}

// A sevenMember is a file of a folder, and how it is opened.
type sevenMember struct {
	it   *item
	file archiver.FileInfo
	crc  uint32 // 0 where there is none
}

// lockedSeven gives the encrypted folders that hold files.
func lockedSeven(a *sevenArchive, files []archiver.FileInfo) map[int]bool {
	locked := map[int]bool{}
	for _, f := range files {
		h, ok := f.Header.(sevenzip.FileHeader)
		if ok && h.UncompressedSize > 0 && h.Stream < len(a.folders) && a.folders[h.Stream].encrypted {
			locked[h.Stream] = true
		}
	}
	return locked
}

// smallDict is the memory of a folder that is not worth waiting for.
const smallDict = 32 << 20

// sevenFolder visits the files of one folder in their order.
func (w *walker) sevenFolder(it *item, list []sevenMember, memory int64) {
	if w.stopped(it.root) {
		return
	}
	if memory > smallDict {
		if !w.hold(memory, it.chain, it.depth+1) {
			w.damage(it, errTooBig)
			return
		}
		defer w.release(memory)
	}
	for _, m := range list {
		if w.stopped(it.root) {
			return
		}
		f, err := openSevenFile(m.file)
		if err != nil {
			if w.admit(m.it) {
				w.damage(m.it, streamError(err))
			}
			continue
		}
		g := w.member(m.it, &summed{r: f, sum: crc32.NewIEEE(), want: m.crc, left: m.it.size})
		more := g.drain()
		closeQuietly(f)
		if !more {
			return
		}
	}
}

func openSevenFile(f archiver.FileInfo) (file fs.File, err error) {
	err = rescue(func() error {
		file, err = f.Open()
		return err
	})
	return file, err
}

// sevenFits says whether a password opens the data of a 7z: the first file of
// an encrypted folder is read with it. Files of other folders are not tried,
// as 7-Zip writes one password an archive.
func (w *walker) sevenFits(a *sevenArchive, password string) bool {
	files, err := a.list(w.ctx, password)
	if err != nil {
		return false
	}
	tried := map[int]bool{}
	for _, f := range files {
		h, ok := f.Header.(sevenzip.FileHeader)
		if !ok || h.UncompressedSize == 0 || h.Stream >= len(a.folders) || !a.folders[h.Stream].encrypted || tried[h.Stream] {
			continue
		}
		if len(tried) >= fitSamples {
			break
		}
		tried[h.Stream] = true
		if sevenFileFits(f, h) {
			return true
		}
	}
	return false
}

func sevenFileFits(f archiver.FileInfo, h sevenzip.FileHeader) bool {
	file, err := openSevenFile(f)
	if err != nil {
		return false
	}
	defer closeQuietly(file)
	r := &summed{r: file, sum: crc32.NewIEEE(), want: h.CRC32, left: int64(h.UncompressedSize)}
	n, err := io.Copy(io.Discard, io.LimitReader(r, fitMost))
	return err == nil && n > 0
}

// summed checks length and CRC-32 of a file as it is read.
type summed struct {
	r    io.Reader
	sum  hash.Hash32
	want uint32 // 0 where not known
	left int64
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.left -= int64(n)
	_, _ = s.sum.Write(p[:n]) // never fails
	if err == nil {
		return n, nil
	}
	switch {
	case !errors.Is(err, io.EOF):
		err = streamError(err)
	case s.left > 0:
		err = io.ErrUnexpectedEOF
	case s.want != 0 && s.sum.Sum32() != s.want:
		err = errChecksum
	default:
		err = io.EOF
	}
	return n, err
}
