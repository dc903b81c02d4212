package cab

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"slices"
	"time"
)

const (
	headerSize = 36
	folderSize = 8
	fileSize   = 16
	blockSize  = 8

	// maxName is the longest name in bytes; [MS-CAB] says 255, but some writers
	// of UTF-8 names go past it.
	maxName = 1024

	flagPrev    = 1
	flagNext    = 2
	flagReserve = 4

	fromPrev = 0xFFFD // in place of the folder's index
	toNext   = 0xFFFE
	fromTo   = 0xFFFF

	attrUTF8 = 0x80
)

// section reads the cabinet from a byte on.
func (c *Reader) section(at int64) *bufio.Reader {
	return bufio.NewReader(io.NewSectionReader(c.r, at, max(c.size-at, 0)))
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (c *Reader) readHeader() error {
	in := c.section(0)
	var h [headerSize]byte
	n, err := io.ReadFull(in, h[:])
	if !bytes.HasPrefix(h[:], []byte("MSCF")[:min(n, 4)]) || n < 4 && (err == io.EOF || err == io.ErrUnexpectedEOF) {
		return ErrFormat
	}
	if err != nil {
		return unexpected(err)
	}
	le := binary.LittleEndian
	if h[25] != 1 {
		return ErrFormat // cabinets of every Windows are of version 1.3
	}
	c.filesOffset = int64(le.Uint32(h[16:]))
	folders := int(le.Uint16(h[26:]))
	c.files = int(le.Uint16(h[28:]))
	flags := le.Uint16(h[30:])
	at := int64(headerSize)
	folderExtra := 0
	if flags&flagReserve != 0 {
		var x [4]byte
		if _, err := io.ReadFull(in, x[:]); err != nil {
			return unexpected(err)
		}
		skip := int(le.Uint16(x[:]))
		folderExtra, c.blockExtra = int(x[2]), int(x[3])
		if _, err := in.Discard(skip); err != nil {
			return unexpected(err)
		}
		at += 4 + int64(skip)
	}
	names := 0
	if flags&flagPrev != 0 {
		names += 2
	}
	if flags&flagNext != 0 {
		names += 2
	}
	for range names {
		name, err := readName(in)
		if err != nil {
			return tableError(err, at)
		}
		at += int64(len(name)) + 1
	}
	return c.readFolders(in, folders, folderExtra)
}

// errLongName is for readName's callers, who know the place.
const errLongName = tableFault("a name does not end")

type tableFault string

func (f tableFault) Error() string { return string(f) }

// tableError puts a place to a fault.
func tableError(err error, at int64) error {
	if f, ok := err.(tableFault); ok {
		return &DamageError{Folder: -1, Block: -1, Offset: at, What: string(f)}
	}
	return unexpected(err)
}

// readName reads the bytes before the next NUL.
func readName(in *bufio.Reader) ([]byte, error) {
	p, err := in.Peek(maxName + 1)
	i := bytes.IndexByte(p, 0)
	if i < 0 {
		if err == nil {
			err = errLongName
		}
		return nil, err
	}
	name := bytes.Clone(p[:i])
	_, err = in.Discard(i + 1)
	return name, err
}

func (c *Reader) readFolders(in *bufio.Reader, n, extra int) error {
	le := binary.LittleEndian
	for range n {
		var x [folderSize]byte
		if _, err := io.ReadFull(in, x[:]); err != nil {
			return unexpected(err)
		}
		if _, err := in.Discard(extra); err != nil {
			return unexpected(err)
		}
		kind := le.Uint16(x[6:])
		f := folder{
			start:  int64(le.Uint32(x[:])),
			blocks: int(le.Uint16(x[4:])),
			method: method(kind & 15),
			window: uint(kind >> 8 & 31),
		}
		if f.method == quantum || f.method > lzxMethod {
			f.err = ErrUnsupported
		}
		c.folders = append(c.folders, f)
	}
	c.boundFolders()
	return nil
}

// boundFolders ends each folder where the next in the file begins. Writers never
// share blocks between folders; a cabinet that did could make a reader decode the
// same bytes 65535 times.
func (c *Reader) boundFolders() {
	order := make([]int, len(c.folders))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.folders[a].start, c.folders[b].start) })
	end, cut := c.size, true
	for i := len(order) - 1; i >= 0; i-- {
		f := &c.folders[order[i]]
		if i+1 < len(order) {
			if next := c.folders[order[i+1]].start; next > f.start && next < c.size {
				end, cut = next, false
			}
		}
		f.end, f.cut = end, cut
	}
	taken := int64(-1)
	for _, i := range order {
		f := &c.folders[i]
		if f.blocks > 0 && f.start == taken {
			f.err = &DamageError{Folder: i, Block: -1, Offset: f.start, What: "two folders begin at one place"}
		}
		if f.blocks > 0 {
			taken = f.start
		}
	}
}

func (c *Reader) readFiles() error {
	in := c.section(c.filesOffset)
	at := c.filesOffset
	fromPrevSeen := false
	for range c.files {
		var x [fileSize]byte
		_, err := io.ReadFull(in, x[:])
		var name []byte
		if err == nil {
			name, err = readName(in)
		}
		if err != nil {
			err = tableError(err, at)
			if _, damage := err.(*DamageError); !damage && err != io.ErrUnexpectedEOF {
				return err // the source failed
			}
			c.TableErr = err
			break
		}
		f := c.file(x, name, at)
		fromPrevSeen = fromPrevSeen || f.err == ErrContinued
		c.Files = append(c.Files, f)
		at += fileSize + int64(len(name)) + 1
	}
	if fromPrevSeen && len(c.folders) > 0 && c.folders[0].err == nil {
		// The folder's stream begins in the cabinet before; without its start
		// nothing of it can be decoded.
		c.folders[0].err = ErrContinued
	}
	return nil
}

func (c *Reader) file(x [fileSize]byte, name []byte, at int64) File {
	le := binary.LittleEndian
	f := File{
		RawName: name,
		Size:    int64(le.Uint32(x[:])),
		start:   int64(le.Uint32(x[4:])),
		Folder:  int(le.Uint16(x[8:])),
		ModTime: dosTime(le.Uint16(x[10:]), le.Uint16(x[12:])),
		Attr:    le.Uint16(x[14:]),
	}
	f.UTF8 = f.Attr&attrUTF8 != 0
	switch f.Folder {
	case fromPrev, fromTo:
		f.Folder, f.err = 0, ErrContinued
	case toNext:
		f.Folder, f.more = max(len(c.folders)-1, 0), true
	}
	if f.Folder >= len(c.folders) && f.err == nil {
		f.err = &DamageError{Folder: -1, Block: -1, Offset: at, What: "a file lies in a folder that is not there"}
	}
	return f
}

// dosTime is the time that MS-DOS date and time stand for, zero for none.
func dosTime(date, clock uint16) time.Time {
	year, month, day := 1980+int(date>>9), time.Month(date>>5&15), int(date&31)
	hour, minute, second := int(clock>>11), int(clock>>5&63), int(clock&31)*2
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	if t.Month() != month || t.Day() != day || t.Hour() != hour || t.Minute() != minute || t.Second() != second {
		return time.Time{}
	}
	return t
}
