package cab

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

// mszipDecoder decodes MSZIP: each block is "CK" and a whole Deflate stream that
// may copy from the 32 KiB of plain bytes before it.
type mszipDecoder struct {
	src     bytes.Reader
	inflate io.ReadCloser
	// before and out change places, so that a block and the one before it are
	// there without a copy.
	before, out []byte
}

func newMSZIP() *mszipDecoder {
	return &mszipDecoder{
		before: make([]byte, 0, maxPlain),
		out:    make([]byte, 0, maxPlain),
	}
}

// reset makes the decoder ready for another folder.
func (d *mszipDecoder) reset() {
	d.before, d.out = d.before[:0], d.out[:0]
}

func (d *mszipDecoder) resumes() bool { return true }

func (d *mszipDecoder) decode(block []byte, n int) ([]byte, error) {
	d.remember()
	d.out = d.out[:n]
	clear(d.out) // the next block sees what the file's reader does
	if !bytes.HasPrefix(block, []byte("CK")) {
		return nil, errors.New("no signature of MSZIP")
	}
	d.src.Reset(block[2:])
	if d.inflate == nil {
		d.inflate = flate.NewReaderDict(&d.src, d.before)
	} else if err := d.inflate.(flate.Resetter).Reset(&d.src, d.before); err != nil {
		return nil, err
	}
	got, err := io.ReadFull(d.inflate, d.out)
	if err == nil {
		var more [1]byte
		if n, err := d.inflate.Read(more[:]); n > 0 || err != io.EOF {
			return d.out, errors.New("MSZIP data goes on past the size of its block")
		}
		return d.out, nil
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return d.out[:got], errors.New("MSZIP data ends early")
	}
	return d.out[:got], fmt.Errorf("MSZIP: %w", err)
}

// remember makes the last block part of what the next may copy from.
func (d *mszipDecoder) remember() {
	if len(d.out) == maxPlain {
		d.before, d.out = d.out, d.before[:0]
		return
	}
	if over := len(d.before) + len(d.out) - maxPlain; over > 0 {
		d.before = d.before[:copy(d.before, d.before[over:])]
	}
	d.before = append(d.before, d.out...)
	d.out = d.out[:0]
}
