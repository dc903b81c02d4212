package bundle

import (
	"errors"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/mholt/archiver/v4"
	fastxz "github.com/therootcompany/xz"
)

// maxWindow is the largest window of a stream that is unpacked, bytes: what
// "xz -9" and "zstd --long=27" need.
const maxWindow = 128 << 20

// compressions are the single-file compressions.
var compressions = map[kind]archiver.Decompressor{
	gzipped: archiver.Gz{},
	bzipped: archiver.Bz2{},
	xzipped: archiver.Xz{}, // caps its dictionary at 64 MiB itself
	zstdded: zstdFormat,
	lz4ed:   archiver.Lz4{},
	snapped: archiver.Sz{},
}

// One decoder a stream: members already keep all cores busy.
var zstdFormat = archiver.Zstd{DecoderOptions: []zstd.DOption{
	zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow),
}}

// unwrap looks at what a compressed file holds. g counts what it takes up.
func (w *walker) unwrap(it *item, g *guard, r io.Reader, k kind) {
	inner := it.within(harmless(innerName(base(it.path))), -1, time.Time{})
	inner.modTime = it.modTime
	inner.packed = func() int64 { return g.n }
	inner.serial = true
	inner.wraps = it
	buf := w.pools.buffer(r)
	defer w.pools.putBuffer(buf)
	var dec io.ReadCloser
	err := rescue(func() (err error) {
		dec, err = compressions[k].OpenReader(buf)
		return err
	})
	if err != nil {
		w.damage(it, streamError(err))
		return
	}
	defer closeQuietly(dec)
	w.member(inner, streamErrors{dec})
}

// streamErrors gives the errors of the libraries one meaning.
type streamErrors struct{ r io.Reader }

func (s streamErrors) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = streamError(err)
	}
	return n, err
}

func streamError(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	case errors.Is(err, fastxz.ErrMemlimit), errors.Is(err, zstd.ErrWindowSizeExceeded),
		errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return errTooBig
	case errors.Is(err, fastxz.ErrBuf):
		return io.ErrUnexpectedEOF
	}
	return err
}

// closeQuietly closes a decoder that only reads: all that it can say was said
// by Read.
func closeQuietly(c io.Closer) {
	_ = rescue(c.Close)
}
