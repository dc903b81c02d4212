package bundle

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"time"
	"unicode/utf8"
)

// The signatures and sizes of PKWARE's APPNOTE.TXT 4.3.
const (
	zipLocalSig   = "PK\x03\x04"
	zipCentralSig = "PK\x01\x02"
	zipDescSig    = "PK\x07\x08"
	zipEndSig     = "PK\x05\x06"
	zip64EndSig   = "PK\x06\x06"
	zip64LocSig   = "PK\x06\x07"

	zipLocalLen   = 30
	zipCentralLen = 46
	zipEndLen     = 22
	zip64LocLen   = 20
	zip64EndLen   = 56

	zipUTF8       = 1 << 11
	zipDescriptor = 1 << 3
	zipEncrypted  = 1 << 0
)

// A zipEntry is one member as the directory, or its own header, tells of it.
type zipEntry struct {
	name         string // raw
	flags        uint16
	method       uint16
	dosTime      uint16
	crc          uint32
	csize, usize int64 // bytes; usize -1 where only the data know
	off          int64 // of the local header
	extra        []byte
	mode         fs.FileMode
	mod          time.Time
	salvaged     bool // from its local header
	noCRC        bool // crc says nothing
}

func (e *zipEntry) encrypted() bool { return e.flags&zipEncrypted != 0 }
func (e *zipEntry) isDir() bool {
	return len(e.name) > 0 && (e.name[len(e.name)-1] == '/' || e.name[len(e.name)-1] == '\\' && e.usize <= 0)
}

// zipEnd is the end record: where the directory is.
type zipEnd struct {
	at          int64 // where the directory must end
	start, size int64 // as claimed
	count       uint64
	disks       bool // one part of several
}

var errNoEnd = errors.New("no end of the directory")

// looksLikeZip says whether anything of a zip is in src, whose first bytes do
// not say so.
func looksLikeZip(src *source) bool {
	if _, err := findZipEnd(src, src.size); err == nil {
		return true
	}
	head := make([]byte, min(src.size, 1<<20))
	n, _ := src.ReadAt(head, 0) // damage will be told by whoever reads on
	return bytes.Contains(head[:n], []byte(zipLocalSig))
}

// findZipEnd searches the end record from the end of the file.
func findZipEnd(r io.ReaderAt, size int64) (zipEnd, error) {
	tail := make([]byte, min(size, 1<<16+zipEndLen+zip64LocLen+zip64EndLen))
	base := size - int64(len(tail))
	if n, err := r.ReadAt(tail, base); err != nil && n < len(tail) {
		return zipEnd{}, err
	}
	for i := len(tail); ; {
		i = bytes.LastIndex(tail[:i], []byte(zipEndSig))
		if i < 0 {
			return zipEnd{}, errNoEnd
		}
		if i+zipEndLen > len(tail) {
			continue
		}
		b := tail[i:]
		if i+zipEndLen+int(binary.LittleEndian.Uint16(b[20:])) > len(tail) {
			continue // a comment that would end past the file
		}
		e := zipEnd{
			at:    base + int64(i),
			count: uint64(binary.LittleEndian.Uint16(b[10:])),
			size:  int64(binary.LittleEndian.Uint32(b[12:])),
			start: int64(binary.LittleEndian.Uint32(b[16:])),
			disks: binary.LittleEndian.Uint16(b[4:]) != 0,
		}
		e.zip64(r)
		return e, nil
	}
}

// zip64 takes the larger record's word where there is one.
func (e *zipEnd) zip64(r io.ReaderAt) {
	var loc [zip64LocLen]byte
	if _, err := r.ReadAt(loc[:], e.at-zip64LocLen); err != nil || string(loc[:4]) != zip64LocSig {
		return
	}
	var b [zip64EndLen]byte
	for _, at := range []int64{int64(binary.LittleEndian.Uint64(loc[8:])), e.at - zip64LocLen - zip64EndLen} {
		if at < 0 || at > e.at {
			continue
		}
		if _, err := r.ReadAt(b[:], at); err == nil && string(b[:4]) == zip64EndSig {
			e.at = at
			e.count = binary.LittleEndian.Uint64(b[32:])
			e.size = int64(binary.LittleEndian.Uint64(b[40:]))
			e.start = int64(binary.LittleEndian.Uint64(b[48:]))
			e.disks = binary.LittleEndian.Uint32(b[16:]) != 0
			return
		}
	}
}

// readZipDirectory reads at most limit members of the central directory. whole
// is false where it is damaged: what came before the damage is returned.
func readZipDirectory(r io.ReaderAt, end zipEnd, limit int) (list []zipEntry, whole bool) {
	start, shift, ok := zipDirectoryStart(r, end)
	if !ok {
		return nil, false
	}
	br := bufio.NewReaderSize(io.NewSectionReader(r, start, end.at-start), 256<<10)
	head := make([]byte, zipCentralLen)
	left := end.at - start
	for left >= zipCentralLen {
		if _, err := io.ReadFull(br, head); err != nil || string(head[:4]) != zipCentralSig {
			return list, false
		}
		n := int(binary.LittleEndian.Uint16(head[28:]))
		x := int(binary.LittleEndian.Uint16(head[30:]))
		c := int(binary.LittleEndian.Uint16(head[32:]))
		rest := make([]byte, n+x)
		if _, err := io.ReadFull(br, rest); err != nil {
			return list, false
		}
		if _, err := br.Discard(c); err != nil {
			return list, false
		}
		left -= int64(zipCentralLen + n + x + c)
		if len(list) > limit {
			return list, true
		}
		e := centralEntry(head, string(rest[:n]), rest[n:])
		e.off += shift
		list = append(list, e)
	}
	return list, left == 0 && uint16(len(list)) == uint16(end.count)
}

// zipDirectoryStart finds the directory where it is claimed to be, else right
// before its end, which is where it is when something was put before the zip;
// shift is by how much.
func zipDirectoryStart(r io.ReaderAt, end zipEnd) (start, shift int64, ok bool) {
	if end.at == end.start && end.count == 0 {
		return end.start, 0, true
	}
	var sig [4]byte
	for _, s := range []int64{end.at - end.size, end.start} {
		if s < 0 || s > end.at {
			continue
		}
		if _, err := r.ReadAt(sig[:], s); err == nil && string(sig[:]) == zipCentralSig {
			if s != end.start && s-end.start > 0 {
				shift = s - end.start
			}
			return s, shift, true
		}
	}
	return 0, 0, false
}

func centralEntry(b []byte, name string, extra []byte) zipEntry {
	e := zipEntry{
		name: name, extra: extra,
		flags:   binary.LittleEndian.Uint16(b[8:]),
		method:  binary.LittleEndian.Uint16(b[10:]),
		dosTime: binary.LittleEndian.Uint16(b[12:]),
		crc:     binary.LittleEndian.Uint32(b[16:]),
		csize:   int64(binary.LittleEndian.Uint32(b[20:])),
		usize:   int64(binary.LittleEndian.Uint32(b[24:])),
		off:     int64(binary.LittleEndian.Uint32(b[42:])),
		mod:     dosTime(binary.LittleEndian.Uint16(b[14:]), binary.LittleEndian.Uint16(b[12:])),
	}
	switch attrs := binary.LittleEndian.Uint32(b[38:]); b[5] {
	case 3, 19: // made on Unix, macOS
		e.mode = unixType(attrs >> 16)
	}
	e.extras(true)
	return e
}

// unixType keeps of a mode what makes it special.
func unixType(mode uint32) fs.FileMode {
	switch mode & 0xf000 {
	case 0xa000:
		return fs.ModeSymlink
	case 0x1000, 0x2000, 0x6000, 0xc000:
		return fs.ModeIrregular
	}
	return 0
}

// extras reads the extra fields: sizes past 4 GiB, the name in UTF-8, times.
func (e *zipEntry) extras(central bool) {
	for x := e.extra; len(x) >= 4; {
		id, n := binary.LittleEndian.Uint16(x), int(binary.LittleEndian.Uint16(x[2:]))
		if n > len(x)-4 {
			return
		}
		field := x[4 : 4+n]
		x = x[4+n:]
		switch id {
		case 0x0001:
			e.zip64(field, central)
		case 0x7075: // Info-ZIP's name in UTF-8, valid while the other is as it was
			if n > 5 && field[0] == 1 && utf8.Valid(field[5:]) &&
				binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(e.name)) {
				e.name = string(field[5:])
			}
		case 0x5455: // Unix time, UTC
			if n >= 5 && field[0]&1 != 0 {
				e.mod = time.Unix(int64(int32(binary.LittleEndian.Uint32(field[1:]))), 0).UTC()
			}
		case 0x000a: // FILETIME, UTC
			if n >= 16 && binary.LittleEndian.Uint16(field[4:]) == 1 {
				e.mod = fileTime(binary.LittleEndian.Uint64(field[8:]))
			}
		}
	}
}

func (e *zipEntry) zip64(field []byte, central bool) {
	take := func(v *int64) {
		if *v == 0xffffffff && len(field) >= 8 {
			*v = int64(binary.LittleEndian.Uint64(field))
			field = field[8:]
		}
	}
	take(&e.usize)
	take(&e.csize)
	if central {
		take(&e.off)
	}
}

// fileTime turns 100 ns since 1601 into a time.
func fileTime(t uint64) time.Time {
	const epoch = 116444736000000000
	if t == 0 || t > 1<<63-1 {
		return time.Time{}
	}
	v := int64(t) - epoch
	return time.Unix(v/1e7, v%1e7*100).UTC()
}

// dosTime reads the local time of an unknown zone as UTC.
func dosTime(date, clock uint16) time.Time {
	if date == 0 {
		return time.Time{}
	}
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31),
		int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}
