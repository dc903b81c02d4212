package bundle

import (
	"errors"
	"io"

	"patchtrail/ingest/bundle/internal/cab"
)

// cabinet visits the files of a cabinet in the order of their folders.
func (w *walker) cabinet(it *item, src *source) error {
	c, err := cab.Open(src, src.size)
	if err != nil {
		return cabError(err)
	}
	var used names
	err = rescue(func() error {
		return c.Each(func(f cab.File, data io.Reader) error {
			member := it.within(used.shown(string(f.RawName)), f.Size, f.ModTime)
			member.serial = true
			member.packed = func() int64 { return src.size }
			g := w.member(member, cabErrors{data})
			if !g.drain() || w.stopped(it.root) {
				return errEnough
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, errEnough) {
		return cabError(err)
	}
	if c.TableErr != nil {
		return cabError(c.TableErr)
	}
	return nil
}

// cabErrors gives the errors of the library one meaning.
type cabErrors struct{ r io.Reader }

func (s cabErrors) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = cabError(err)
	}
	return n, err
}

func cabError(err error) error {
	switch {
	case errors.Is(err, cab.ErrUnsupported):
		return unsupportedError("cab compression (Quantum)")
	case errors.Is(err, cab.ErrContinued):
		return errSplit
	}
	return streamError(err)
}
