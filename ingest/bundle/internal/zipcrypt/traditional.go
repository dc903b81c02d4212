package zipcrypt

import (
	"hash/crc32"
	"io"
)

const traditionalHead = 12 // random bytes before the data, the last a check byte

// keys is the state of ZipCrypto's stream cipher.
type keys [3]uint32

func newKeys(password []byte) keys {
	k := keys{0x12345678, 0x23456789, 0x34567890}
	for _, b := range password {
		k.update(b)
	}
	return k
}

func (k *keys) update(b byte) {
	k[0] = crc32.IEEETable[byte(k[0])^b] ^ k[0]>>8
	k[1] = (k[1]+k[0]&0xFF)*134775813 + 1
	k[2] = crc32.IEEETable[byte(k[2])^byte(k[1]>>24)] ^ k[2]>>8
}

func (k *keys) decrypt(p []byte) {
	s := *k
	for i, c := range p {
		t := uint32(uint16(s[2]) | 2)
		c ^= byte(t * (t ^ 1) >> 8)
		s.update(c)
		p[i] = c
	}
	*k = s
}

type traditionalSource struct {
	raw  io.Reader
	keys keys
	left int64 // bytes to come, below 0 where not known
}

func newTraditional(raw io.Reader, h Header, password []byte) (source, error) {
	left := int64(-1)
	if h.CompressedSize >= 0 {
		if left = h.CompressedSize - traditionalHead; left < 0 {
			return nil, ErrFormat
		}
	}
	var head [traditionalHead]byte
	if err := readHead(raw, head[:]); err != nil {
		return nil, err
	}
	k := newKeys(password)
	k.decrypt(head[:])
	// APPNOTE.TXT 6.1.6. The CRC is not known yet when a descriptor follows the
	// data; Info-ZIP then takes the time of day, and all others do as it does.
	want := byte(h.CRC32 >> 24)
	if h.Flags&flagDescriptor != 0 {
		want = byte(h.ModTime >> 8)
	}
	if head[traditionalHead-1] != want {
		return nil, ErrPassword
	}
	return &traditionalSource{raw: raw, keys: k, left: left}, nil
}

func (s *traditionalSource) read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if s.left > 0 && int64(len(p)) > s.left {
		p = p[:s.left]
	}
	n, err := s.raw.Read(p)
	s.keys.decrypt(p[:n])
	if s.left > 0 {
		s.left -= int64(n)
		if err == io.EOF && s.left > 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}
