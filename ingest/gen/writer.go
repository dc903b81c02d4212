package gen

import (
	"errors"
	"io"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

const bom = "\ufeff"

// writer writes one file and keeps its truth.
type writer struct {
	w     io.WriteCloser
	buf   []byte
	wide  bool // the file is UTF-16LE; buf is converted as it leaves
	chunk []byte
	file  File
	err   error
}

// flushAt is when a writer's buffer leaves it, in bytes.
const flushAt = 64 << 10

func newWriter(sink Sink, path string, f Format) (*writer, error) {
	w, err := sink(path)
	if err != nil {
		return nil, err
	}
	return &writer{w: w, wide: f == Reporting, buf: make([]byte, 0, flushAt+4096), file: File{Path: path, Format: f}}, nil
}

// ended says that the record which was appended to buf is whole. lines counts
// its physical lines.
func (w *writer) ended(at int64, lines int) {
	t := time.UnixMilli(at).UTC()
	if w.file.Records == 0 {
		w.file.First = t
	}
	w.file.Last = t
	w.file.Records++
	w.file.Lines += int64(lines)
	if len(w.buf) >= flushAt {
		w.flush()
	}
}

// header appends text that is no record.
func (w *writer) header(text string) {
	w.buf = append(w.buf, text...)
	for i := range len(text) {
		if text[i] == '\n' {
			w.file.Lines++
		}
	}
}

func (w *writer) flush() {
	out := w.buf
	if w.wide {
		w.chunk = appendUTF16(w.chunk[:0], w.buf)
		out = w.chunk
	}
	if w.err == nil {
		_, w.err = w.w.Write(out)
	}
	w.file.Bytes += int64(len(out))
	w.buf = w.buf[:0]
}

// size is how many bytes the file has up to now.
func (w *writer) size() int64 {
	n := int64(len(w.buf))
	if w.wide {
		n = int64(len(appendUTF16(nil, w.buf)))
	}
	return w.file.Bytes + n
}

func (w *writer) close() (File, error) {
	w.flush()
	return w.file, errors.Join(w.err, w.w.Close())
}

// appendUTF16 appends UTF-8 text as UTF-16LE.
func appendUTF16(to, text []byte) []byte {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			to = append(to, c, 0)
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		i += n
		if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
			to = append(to, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
		} else {
			to = append(to, byte(r), byte(r>>8))
		}
	}
	return to
}

// appendPadded appends n in decimal with at least width digits.
func appendPadded(b []byte, n, width int) []byte {
	var digits [20]byte
	i := len(digits)
	for n > 0 || i == len(digits) {
		i--
		digits[i] = byte('0' + n%10)
		n /= 10
	}
	for len(digits)-i < width {
		i--
		digits[i] = '0'
	}
	return append(b, digits[i:]...)
}

// appendColumn appends s and spaces up to width.
func appendColumn(b []byte, s string, width int) []byte {
	b = append(b, s...)
	for range width - len(s) {
		b = append(b, ' ')
	}
	return b
}
