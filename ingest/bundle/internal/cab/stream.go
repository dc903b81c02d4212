package cab

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const maxPlain = 1 << 15 // plain bytes of a compressed block

// decoder decodes the blocks of one folder in turn.
type decoder interface {
	// decode returns the n plain bytes of a block, good until the next call. On
	// an error it returns those that it could decode.
	decode(block []byte, n int) ([]byte, error)
	// resumes says whether blocks after one that failed can be decoded.
	resumes() bool
}

// storedDecoder is for folders that are not compressed.
type storedDecoder struct{}

func (storedDecoder) resumes() bool { return true }

func (storedDecoder) decode(block []byte, n int) ([]byte, error) {
	if n != len(block) {
		return block[:min(n, len(block))], errors.New("sizes of a stored block differ")
	}
	return block, nil
}

// scratch is what the streams of one cabinet use in turn: a cabinet can have
// 65535 folders.
type scratch struct {
	in    *bufio.Reader
	raw   []byte // a block as it stands in the cabinet
	mszip *mszipDecoder
	lzx   *lzxDecoder
}

// stream gives the plain bytes of a folder block by block, and reads only as far
// as it is asked to. It holds one block, and what its decoder keeps.
type stream struct {
	c      *Reader
	index  int // of the folder
	folder folder
	dec    decoder
	in     *bufio.Reader
	at     int64 // where in stands in the cabinet
	next   int   // the block at in
	err    error // no more blocks for this reason

	block []byte // plain bytes
	pos   int64  // place of block in the folder

	// damage is the last there was; plain bytes in damageStart:damageEnd are
	// not to be trusted, and where spoils is set none from damageStart on: a
	// damaged block of a compressed folder is copied from by those that follow,
	// and one of a wrong size moves them.
	damage                 *DamageError
	damageStart, damageEnd int64
	spoils                 bool
}

func newStream(c *Reader, index int) *stream {
	f := c.folders[index]
	return &stream{c: c, index: index, folder: f, at: f.start, err: f.err}
}

// start makes what reading needs, not before something is read.
func (s *stream) start() {
	switch s.folder.method {
	case mszip:
		if s.c.scratch.mszip == nil {
			s.c.scratch.mszip = newMSZIP()
		}
		s.c.scratch.mszip.reset()
		s.dec = s.c.scratch.mszip
	case lzxMethod:
		if s.folder.window < minWindow || s.folder.window > maxWindow {
			s.err = &DamageError{Folder: s.index, Block: -1, Offset: s.at, What: fmt.Sprintf("an LZX window of %d bits", s.folder.window)}
			return
		}
		if s.c.scratch.lzx == nil {
			s.c.scratch.lzx = new(lzxDecoder)
		}
		s.c.scratch.lzx.reset(s.folder.window)
		s.dec = s.c.scratch.lzx
	default:
		s.dec = storedDecoder{}
	}
	section := io.NewSectionReader(s.c.r, s.at, max(s.folder.end-s.at, 0))
	if s.c.scratch.in == nil {
		s.c.scratch.in = bufio.NewReaderSize(nil, 1<<16)
		s.c.scratch.raw = make([]byte, 1<<16)
	}
	s.in = s.c.scratch.in
	s.in.Reset(section)
}

// seek goes forward until the block holds the byte at. io.EOF says that the
// folder ends before it.
func (s *stream) seek(at int64) error {
	if at < s.pos {
		return &DamageError{Folder: s.index, Block: -1, Offset: s.at, What: "a file begins within the one before"}
	}
	for at >= s.pos+int64(len(s.block)) {
		if s.err != nil {
			return s.err
		}
		s.advance(at)
	}
	return nil
}

// advance reads the next block, or passes over it where it is before the byte at
// and need not be decoded.
func (s *stream) advance(at int64) {
	if s.in == nil {
		if s.start(); s.err != nil {
			return
		}
	}
	s.pos += int64(len(s.block))
	s.block = nil
	if s.next == s.folder.blocks {
		s.err = io.EOF
		return
	}
	var h [blockSize]byte
	blockAt := s.at
	if !s.read(h[:]) {
		return
	}
	extra := make([]byte, s.c.blockExtra)
	if !s.read(extra) {
		return
	}
	le := binary.LittleEndian
	size, plain := int(le.Uint16(h[4:])), int(le.Uint16(h[6:]))
	if s.folder.method == stored && s.pos+int64(plain) <= at && size == plain {
		n, err := s.in.Discard(size)
		s.at += int64(n)
		if err != nil {
			s.short(err)
			return
		}
		s.pos += int64(plain)
		s.next++
		return
	}
	if s.folder.method != stored && plain > maxPlain {
		s.err = s.fault(blockAt, "more than 32768 bytes in a block")
		return
	}
	raw := s.c.scratch.raw[:size]
	if !s.read(raw) {
		return
	}
	if sum := le.Uint32(h[:]); sum != 0 && !checks(sum, h, extra, raw) {
		s.report(s.fault(blockAt, "checksum does not match"), plain)
	}
	if plain > 0 { // 0 is the first part of a block that ends in the next cabinet
		s.decode(raw, blockAt, plain)
	}
	s.next++
}

func (s *stream) decode(raw []byte, blockAt int64, plain int) {
	out, err := s.dec.decode(raw, plain)
	if err == nil {
		s.block = out
		return
	}
	fault := s.fault(blockAt, err.Error())
	s.report(fault, plain)
	s.spoils = true
	if s.dec.resumes() {
		s.block = append(out[:len(out):len(out)], make([]byte, plain-len(out))...)
		return
	}
	s.block = out
	s.err = fault
}

// read fills p from the folder's bytes, or sets err.
func (s *stream) read(p []byte) bool {
	n, err := io.ReadFull(s.in, p)
	s.at += int64(n)
	if err != nil {
		s.short(err)
	}
	return err == nil
}

// short sets the error for a folder whose bytes end too early.
func (s *stream) short(err error) {
	switch {
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		s.err = err
	case s.folder.cut:
		s.err = io.ErrUnexpectedEOF
	default:
		s.err = s.fault(s.at, "runs into the next folder")
	}
}

func (s *stream) fault(at int64, what string) *DamageError {
	return &DamageError{Folder: s.index, Block: s.next, Offset: at, What: what}
}

// report tells of damage in the block that begins at pos.
func (s *stream) report(d *DamageError, plain int) {
	if !s.spoils {
		s.damage, s.damageStart = d, s.pos
		s.spoils = s.folder.method != stored
	}
	s.damageEnd = s.pos + int64(plain)
	if s.c.OnDamage != nil {
		s.c.OnDamage(d)
	}
}

func (s *stream) damagedWithin(start, end int64) bool {
	return end > s.damageStart && (start < s.damageEnd || s.spoils)
}

// checks says whether sum is the checksum of a block, [MS-CAB] 3.1: of the data
// and then of the sizes. Writers differ on whether the reserved bytes count.
func checks(sum uint32, h [blockSize]byte, extra, data []byte) bool {
	if checksum(h[4:], checksum(data, 0)) == sum {
		return true
	}
	if len(extra) == 0 {
		return false
	}
	all := append(append(make([]byte, 0, len(extra)+len(data)), extra...), data...)
	return checksum(h[4:], checksum(all, 0)) == sum
}

// checksum is the exclusive or of all words of four bytes, little endian; what is
// left over is a word in big endian.
func checksum(p []byte, sum uint32) uint32 {
	var wide uint64
	for len(p) >= 8 {
		wide ^= binary.LittleEndian.Uint64(p)
		p = p[8:]
	}
	sum ^= uint32(wide) ^ uint32(wide>>32)
	if len(p) >= 4 {
		sum ^= binary.LittleEndian.Uint32(p)
		p = p[4:]
	}
	var rest uint32
	for _, b := range p {
		rest = rest<<8 | uint32(b)
	}
	return sum ^ rest
}
