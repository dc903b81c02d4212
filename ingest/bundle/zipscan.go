package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// A zipScanner finds members by their local headers where the directory of a
// zip is lost. It goes through the file once, past the data of members whose
// size is known.
type zipScanner struct {
	r    io.ReaderAt
	size int64
	buf  []byte
	at   int64 // of buf in the file
}

const scanBlock = 1 << 20 // bytes searched at once

// scanZip lists at most limit members by their local headers. The error is the
// file's, not that of a damaged zip.
func scanZip(r io.ReaderAt, size int64, limit int) (list []zipEntry, err error) {
	s := &zipScanner{r: r, size: size}
	at := int64(0)
	for len(list) <= limit {
		at, err = s.find(at, zipLocalSig)
		if err != nil || at < 0 {
			return list, err
		}
		e, data, ok := s.local(at)
		if !ok {
			at += 4
			continue
		}
		if at, err = s.measure(&e, data); err != nil {
			return list, err
		}
		list = append(list, e)
	}
	return list, nil
}

// window gives up to n bytes at off, fewer at the end of the file.
func (s *zipScanner) window(off int64, n int) ([]byte, error) {
	n = int(min(int64(n), s.size-off))
	if n <= 0 {
		return nil, nil
	}
	if off < s.at || off+int64(n) > s.at+int64(len(s.buf)) {
		if s.buf == nil {
			s.buf = make([]byte, min(scanBlock, s.size))
		}
		s.buf = s.buf[:min(int64(cap(s.buf)), s.size-off)]
		s.at = off
		m, err := s.r.ReadAt(s.buf, off)
		s.buf = s.buf[:m]
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		n = min(n, m)
	}
	from := off - s.at
	return s.buf[from : from+int64(n)], nil
}

// find gives the offset of the first of the signatures at or after off, -1
// where there is none.
func (s *zipScanner) find(off int64, sigs ...string) (int64, error) {
	for off < s.size {
		b, err := s.window(off, scanBlock)
		if err != nil {
			return -1, err
		}
		for i := 0; ; {
			j := bytes.Index(b[i:], []byte("PK"))
			if j < 0 {
				break
			}
			i += j
			for _, sig := range sigs {
				if bytes.HasPrefix(b[i:], []byte(sig)) {
					return off + int64(i), nil
				}
			}
			i += 2
		}
		if len(b) < scanBlock {
			return -1, nil
		}
		off += int64(len(b)) - 3
	}
	return -1, nil
}

// local reads a local header; ok says that it looks like one.
func (s *zipScanner) local(at int64) (e zipEntry, data int64, ok bool) {
	b, err := s.window(at, zipLocalLen)
	if err != nil || len(b) < zipLocalLen {
		return e, 0, false
	}
	e = zipEntry{
		flags:    binary.LittleEndian.Uint16(b[6:]),
		method:   binary.LittleEndian.Uint16(b[8:]),
		dosTime:  binary.LittleEndian.Uint16(b[10:]),
		crc:      binary.LittleEndian.Uint32(b[14:]),
		csize:    int64(binary.LittleEndian.Uint32(b[18:])),
		usize:    int64(binary.LittleEndian.Uint32(b[22:])),
		mod:      dosTime(binary.LittleEndian.Uint16(b[12:]), binary.LittleEndian.Uint16(b[10:])),
		off:      at,
		salvaged: true,
	}
	n, x := int(binary.LittleEndian.Uint16(b[26:])), int(binary.LittleEndian.Uint16(b[28:]))
	data = at + zipLocalLen + int64(n+x)
	if b[4] > 100 || e.method > 20 && (e.method < 92 || e.method > 99) || n == 0 || n > 4096 || data > s.size {
		return e, 0, false
	}
	rest, err := s.window(at+zipLocalLen, n+x)
	if err != nil || len(rest) < n+x || bytes.IndexByte(rest[:n], 0) >= 0 {
		return e, 0, false
	}
	e.name, e.extra = string(rest[:n]), bytes.Clone(rest[n:])
	e.extras(false)
	return e, data, true
}

// measure finds out where the data of a member end, and returns where to search
// on.
func (s *zipScanner) measure(e *zipEntry, data int64) (int64, error) {
	if e.csize > 0 || e.flags&zipDescriptor == 0 {
		end := data + e.csize
		if e.csize >= 0 && end <= s.size && end >= data && s.boundary(end) {
			if e.flags&zipDescriptor != 0 && e.usize == 0 {
				e.usize, e.noCRC = -1, true
			}
			return end, nil
		}
		claimed := e.csize
		next, err := s.nextHeader(e, data)
		if err != nil {
			return 0, err
		}
		e.csize = next - data
		if next == s.size && claimed > e.csize {
			e.csize = claimed // cut off: reading it will say so
		}
		return next, nil
	}
	return s.described(e, data)
}

// boundary says whether the file ends at off or goes on with a zip record.
func (s *zipScanner) boundary(off int64) bool {
	b, err := s.window(off, 4)
	if err != nil {
		return false
	}
	if len(b) < 4 { // the file may be cut within the next record
		return off <= s.size && strings.HasPrefix("PK", string(b[:min(len(b), 2)]))
	}
	switch string(b) {
	case zipLocalSig, zipCentralSig, zipDescSig, zipEndSig, zip64EndSig:
		return true
	}
	return false
}

// nextHeader gives where the next record of the zip begins, or the file's end.
func (s *zipScanner) nextHeader(e *zipEntry, data int64) (int64, error) {
	for at := data; ; at += 4 {
		var err error
		at, err = s.find(at, zipLocalSig, zipCentralSig)
		if err != nil {
			return 0, err
		}
		if at < 0 {
			return s.size, nil
		}
		if s.plausible(at) {
			return at, nil
		}
	}
}

// plausible says whether the header at a signature makes sense.
func (s *zipScanner) plausible(at int64) bool {
	if _, _, ok := s.local(at); ok {
		return true
	}
	b, err := s.window(at, zipCentralLen)
	return err == nil && len(b) == zipCentralLen && string(b[:4]) == zipCentralSig && b[6] <= 100
}

// described finds the descriptor after data of unknown size: the record whose
// size is its own distance. Without one the next header ends the data, if they
// are compressed and so show their end themselves.
func (s *zipScanner) described(e *zipEntry, data int64) (int64, error) {
	for at := data; ; at += 4 {
		var err error
		at, err = s.find(at, zipDescSig, zipLocalSig, zipCentralSig)
		if err != nil {
			return 0, err
		}
		if at < 0 {
			e.csize, e.usize, e.noCRC = s.size-data, -1, true
			s.cutDescriptor(e, data)
			return s.size, nil
		}
		if next, ok := s.descriptor(e, data, at); ok {
			return next, nil
		}
		b, err := s.window(at, 4)
		if err != nil {
			return 0, err
		}
		if e.method != 0 && string(b) != zipDescSig && s.plausible(at) {
			e.csize, e.usize, e.noCRC = at-data, -1, true
			return at, nil
		}
	}
}

// cutDescriptor takes a descriptor that the file's end cut short off the data.
func (s *zipScanner) cutDescriptor(e *zipEntry, data int64) {
	at := max(data, s.size-15)
	b, err := s.window(at, 15)
	if err != nil {
		return
	}
	if i := bytes.LastIndex(b, []byte(zipDescSig)); i >= 0 {
		e.csize = at + int64(i) - data
	}
}

// descriptor takes the sizes from the descriptor at at, or from the one without
// a signature before the header at at, where it fits.
func (s *zipScanner) descriptor(e *zipEntry, data, at int64) (next int64, ok bool) {
	for _, d := range []struct{ at, sig, wide int64 }{{at, 4, 4}, {at, 4, 8}, {at - 12, 0, 4}, {at - 20, 0, 8}} {
		if d.at < data {
			continue
		}
		b, err := s.window(d.at, int(d.sig+4+2*d.wide))
		if err != nil || int64(len(b)) < d.sig+4+2*d.wide || d.sig > 0 && string(b[:4]) != zipDescSig {
			continue
		}
		b = b[d.sig:]
		var csize, usize int64
		if d.wide == 8 {
			csize, usize = int64(binary.LittleEndian.Uint64(b[4:])), int64(binary.LittleEndian.Uint64(b[12:]))
		} else {
			csize, usize = int64(binary.LittleEndian.Uint32(b[4:])), int64(binary.LittleEndian.Uint32(b[8:]))
		}
		crc := binary.LittleEndian.Uint32(b)
		next = d.at + d.sig + 4 + 2*d.wide
		if csize == d.at-data && usize >= 0 && s.boundary(next) {
			e.crc, e.csize, e.usize = crc, csize, usize
			return next, true
		}
	}
	return 0, false
}
