package bundle

import (
	"errors"
	"io"
	"io/fs"

	"github.com/nwaples/rardecode/v2"
)

// maxRarDict is the largest dictionary of a rar that is unpacked, bytes. It is
// why rardecode is used here without archiver, which cannot set it.
const maxRarDict = 256 << 20

// rar visits the members of a rar in the order in which they come.
func (w *walker) rar(it *item, src *source) error {
	password, err := w.unlockRar(it, src)
	if err != nil {
		return err
	}
	r, err := openRar(src, password)
	if err != nil {
		return rarError(err)
	}
	var used names
	for !w.stopped(it.root) {
		h, err := nextRar(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return rarError(err)
		}
		if !h.IsDir && !w.rarMember(it, &used, h, r) {
			return nil
		}
	}
	return nil
}

// rarMember visits one member, and says whether to go on.
func (w *walker) rarMember(it *item, used *names, h *rardecode.FileHeader, r *rardecode.Reader) bool {
	size := h.UnPackedSize
	if h.UnKnownSize {
		size = -1
	}
	member := it.within(used.shown(h.Name), size, h.ModificationTime)
	member.serial = true
	member.packed = func() int64 { return h.PackedSize }
	if h.Solid {
		member.packed = nil // it leans on those before it; the archive's ratio counts
	}
	if h.LinkType != rardecode.LinkTypeNone || h.Mode()&fs.ModeSymlink != 0 {
		w.linkSkipped(member.path)
		return true
	}
	g := w.member(member, rarErrors{r})
	return g.drain()
}

// unlockRar finds the password, where one is needed.
func (w *walker) unlockRar(it *item, src *source) (string, error) {
	locked := false
	err := rescue(func() error {
		h, _, err := firstRar(src, "")
		locked = errors.Is(err, rardecode.ErrArchiveEncrypted) || err == nil && (h.Encrypted || h.HeaderEncrypted)
		return nil // what else is wrong shows in the walk
	})
	if err != nil || !locked {
		return "", err
	}
	password, ok := w.unlock(it.path, func(p string) bool { return rarFits(src, p) })
	if !ok {
		return "", &toldError{errPassword}
	}
	return password, nil
}

// firstRar goes to the first member that holds data.
func firstRar(src *source, password string) (*rardecode.FileHeader, *rardecode.Reader, error) {
	r, err := openRar(src, password)
	if err != nil {
		return nil, nil, err
	}
	for {
		h, err := r.Next()
		if err != nil || !h.IsDir && h.PackedSize > 0 {
			return h, r, err
		}
	}
}

func rarFits(src *source, password string) bool {
	h, r, err := firstRar(src, password)
	if err != nil {
		return errors.Is(err, io.EOF)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, fitMost))
	return err == nil || h.PackedSize < h.UnPackedSize && n >= fitBytes
}

func openRar(src *source, password string) (r *rardecode.Reader, err error) {
	options := []rardecode.Option{rardecode.MaxDictionarySize(maxRarDict), rardecode.BufferSize(64 << 10)}
	if password != "" {
		options = append(options, rardecode.Password(password))
	}
	err = rescue(func() error {
		r, err = rardecode.NewReader(src.stream(), options...)
		return err
	})
	return r, err
}

func nextRar(r *rardecode.Reader) (h *rardecode.FileHeader, err error) {
	err = rescue(func() error {
		h, err = r.Next()
		return err
	})
	return h, err
}

// rarErrors gives the errors of the library one meaning.
type rarErrors struct{ r io.Reader }

func (s rarErrors) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = rarError(err)
	}
	return n, err
}

func rarError(err error) error {
	switch {
	case errors.Is(err, rardecode.ErrBadPassword), errors.Is(err, rardecode.ErrArchiveEncrypted),
		errors.Is(err, rardecode.ErrArchivedFileEncrypted):
		return errPassword
	case errors.Is(err, rardecode.ErrMultiVolume):
		return errSplit
	case errors.Is(err, rardecode.ErrBadFileChecksum):
		return errChecksum
	case errors.Is(err, rardecode.ErrShortFile), errors.Is(err, rardecode.ErrUnexpectedArcEnd),
		errors.Is(err, rardecode.ErrDecoderOutOfData):
		return io.ErrUnexpectedEOF
	case errors.Is(err, rardecode.ErrDictionaryTooLarge):
		return errTooBig
	case errors.Is(err, rardecode.ErrUnsupportedDecoder), errors.Is(err, rardecode.ErrUnknownDecoder),
		errors.Is(err, rardecode.ErrUnknownVersion):
		return unsupportedError("rar method")
	}
	return streamError(err)
}
