// Package cab is a reader of Microsoft cabinet files, as makecab writes them and
// Windows servicing keeps its old logs in (CbsPersist_*.cab).
//
// A cabinet holds folders, each one compressed stream that its files share, cut
// into blocks of at most 32 KiB of plain bytes. Read are stored folders, MSZIP
// and LZX; Quantum is not, nor are files that lie in several cabinets. The
// sources are [MS-CAB], [MS-MCI] (MSZIP) and the LZX part of [MS-PATCH], and
// what libmspack has found where those are silent.
//
// Damage stays where it is: a bad file entry, block or folder makes an error for
// the files that it touches, and the others are read.
package cab

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

var (
	// ErrFormat says that this is not a cabinet.
	ErrFormat = errors.New("cab: not a cabinet file")
	// ErrUnsupported says that a folder is compressed by Quantum, or by a
	// method not known.
	ErrUnsupported = errors.New("cab: compression not supported")
	// ErrContinued says that a file lies in part in another cabinet of the set.
	ErrContinued = errors.New("cab: file continues in another cabinet")

	errStale = errors.New("cab: file read after its turn")
)

// DamageError says what of a cabinet cannot be trusted or read.
type DamageError struct {
	Folder int   // the folder, from 0; -1 for the tables
	Block  int   // the block in the folder, from 0; -1 for the folder as a whole
	Offset int64 // byte of the cabinet at which it was seen
	What   string
}

func (e *DamageError) Error() string {
	switch {
	case e.Folder < 0:
		return fmt.Sprintf("cab: byte %d: %s", e.Offset, e.What)
	case e.Block < 0:
		return fmt.Sprintf("cab: folder %d, byte %d: %s", e.Folder, e.Offset, e.What)
	}
	return fmt.Sprintf("cab: folder %d, block %d, byte %d: %s", e.Folder, e.Block, e.Offset, e.What)
}

// File is one file of a cabinet.
type File struct {
	// RawName is the name with its path, parts divided by backslashes, in UTF-8
	// or else in the code page of the machine that made the cabinet.
	RawName []byte
	UTF8    bool
	Size    int64 // bytes
	// ModTime is the wall clock of the machine that made the cabinet, written
	// as if it were UTC, to two seconds; zero where it is no time.
	ModTime time.Time
	Folder  int // the folder it lies in, from 0
	Attr    uint16

	start int64 // where it begins in the folder's plain bytes
	err   error // why it cannot be read at all
	more  bool  // it goes on in the next cabinet
}

// method is how a folder is compressed, the low four bits of typeCompress.
type method uint8

const (
	stored method = iota
	mszip
	quantum
	lzxMethod
)

type folder struct {
	start, end int64 // its blocks lie in these bytes of the cabinet
	cut        bool  // end is that of the cabinet
	blocks     int
	method     method
	window     uint // LZX: bits of the window
	err        error
}

// Reader reads one cabinet.
type Reader struct {
	// Files are all files of the table, by folder and their place in it.
	Files []File
	// TableErr says why the table of files ends early: a *DamageError or
	// io.ErrUnexpectedEOF, or nil when it is whole.
	TableErr error
	// OnDamage, where it is set, is told of each damaged block as Each meets it.
	OnDamage func(*DamageError)

	r           io.ReaderAt
	size        int64
	folders     []folder
	blockExtra  int // reserved bytes in the header of each block
	files       int
	filesOffset int64
	scratch     scratch
}

// Open reads the tables of the cabinet in the first size bytes of r. The error
// is ErrFormat, io.ErrUnexpectedEOF where the file ends within the header or
// the table of folders, a *DamageError, or one of r.
func Open(r io.ReaderAt, size int64) (*Reader, error) {
	c := &Reader{r: r, size: size}
	if err := c.readHeader(); err != nil {
		return nil, err
	}
	if err := c.readFiles(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(c.Files, func(a, b File) int {
		return cmp.Or(cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.start, b.start))
	})
	return c, nil
}

// Each calls fn for every file, in the order of Files, and stops at the first
// error of fn, which it returns. data is good only during the call, and costs
// nothing where it is not read; a file whose start lies deep in its folder
// costs the decoding of what comes before it, once for all files of the folder.
//
// data gives the bytes of the file, then io.EOF, or instead: ErrUnsupported,
// ErrContinued, io.ErrUnexpectedEOF where the cabinet was cut, or a
// *DamageError. After an error the bytes given so far may have wrong ones among
// them where blocks are damaged: such a block is given as it could be decoded,
// the rest of it as zeros.
//
// Each is not to be called twice at the same time.
func (c *Reader) Each(fn func(f File, data io.Reader) error) error {
	var s *stream
	for _, f := range c.Files {
		if f.err == nil && (s == nil || s.index != f.Folder) {
			s = newStream(c, f.Folder)
		}
		fr := &fileReader{s: s, file: f, at: f.start}
		err := fn(f, fr)
		fr.s, fr.file.err = nil, errStale
		if err != nil {
			return err
		}
	}
	return nil
}

// fileReader reads one file out of the stream of its folder.
type fileReader struct {
	s    *stream
	file File
	at   int64 // place in the folder's plain bytes
}

func (r *fileReader) Read(p []byte) (int, error) {
	if r.file.err != nil {
		return 0, r.file.err
	}
	end := r.file.start + r.file.Size
	if r.at < end {
		if err := r.s.seek(r.at); err != nil {
			if err == io.EOF {
				err = r.missing()
			}
			r.file.err = err
			return 0, err
		}
		if len(p) == 0 {
			return 0, nil
		}
		n := copy(p, r.s.block[r.at-r.s.pos:])
		if int64(n) > end-r.at {
			n = int(end - r.at)
		}
		r.at += int64(n)
		return n, nil
	}
	r.file.err = io.EOF
	if d := r.s.damage; d != nil && r.file.Size > 0 && r.s.damagedWithin(r.file.start, end) {
		r.file.err = d
	}
	return 0, r.file.err
}

// missing is the error of a file that reaches past the end of its folder.
func (r *fileReader) missing() error {
	if r.file.more {
		return ErrContinued
	}
	return &DamageError{Folder: r.s.index, Block: -1, Offset: r.s.at, What: "the folder ends before the file"}
}
