package zipcrypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"hash"
	"io"
)

const (
	verifierSize = 2
	authSize     = 10
	rounds       = 1000
)

// aesParams is the extra field 0x9901.
type aesParams struct {
	version uint16 // 1 for AE-1, 2 for AE-2
	keySize int    // bytes
	method  uint16 // real compression method
}

func (p aesParams) scheme() string {
	switch p.keySize {
	case 16:
		return "AES-128"
	case 24:
		return "AES-192"
	}
	return "AES-256"
}

func parseAES(x []byte) (aesParams, error) {
	if len(x) < 7 {
		return aesParams{}, ErrFormat
	}
	p := aesParams{
		version: binary.LittleEndian.Uint16(x),
		method:  binary.LittleEndian.Uint16(x[5:]),
	}
	if string(x[2:4]) != "AE" || p.version < 1 || p.version > 2 || x[4] < 1 || x[4] > 3 {
		return aesParams{}, ErrUnsupported
	}
	p.keySize = 8 + 8*int(x[4])
	return p, nil
}

// aesSource decrypts in counter mode. The counter is little endian and begins
// at 1, so cipher.NewCTR does not fit.
type aesSource struct {
	raw     io.Reader
	block   cipher.Block
	mac     hash.Hash
	left    int64 // bytes of ciphertext to come, below 0 where not known
	counter uint64
	stream  [512]byte // key stream
	used    int       // bytes of stream
}

func newAES(raw io.Reader, size int64, p aesParams, password []byte) (source, error) {
	salt := p.keySize / 2
	left := int64(-1)
	if size >= 0 {
		if left = size - int64(salt+verifierSize+authSize); left < 0 {
			return nil, ErrFormat
		}
	}
	head := make([]byte, salt+verifierSize)
	if err := readHead(raw, head); err != nil {
		return nil, err
	}
	key, err := pbkdf2.Key(sha1.New, string(password), head[:salt], rounds, 2*p.keySize+verifierSize)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(key[2*p.keySize:], head[salt:]) != 1 {
		return nil, ErrPassword
	}
	block, err := aes.NewCipher(key[:p.keySize])
	if err != nil {
		return nil, err
	}
	s := &aesSource{
		raw:   raw,
		block: block,
		mac:   hmac.New(sha1.New, key[p.keySize:2*p.keySize]),
		left:  left,
	}
	s.used = len(s.stream)
	return s, nil
}

func (s *aesSource) read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, s.authenticate()
	}
	if s.left > 0 && int64(len(p)) > s.left {
		p = p[:s.left]
	}
	n, err := s.raw.Read(p)
	s.decrypt(p[:n])
	if s.left > 0 {
		s.left -= int64(n)
		if err == io.EOF {
			err = nil
			if s.left > 0 {
				err = io.ErrUnexpectedEOF
			}
		}
	}
	return n, err
}

func (s *aesSource) decrypt(p []byte) {
	s.mac.Write(p)
	for len(p) > 0 {
		if s.used == len(s.stream) {
			for i := 0; i < len(s.stream); i += aes.BlockSize {
				s.counter++
				b := s.stream[i : i+aes.BlockSize]
				clear(b)
				binary.LittleEndian.PutUint64(b, s.counter)
				s.block.Encrypt(b, b)
			}
			s.used = 0
		}
		n := subtle.XORBytes(p, p, s.stream[s.used:])
		s.used += n
		p = p[n:]
	}
}

// authenticate holds the code that ends the member against that of the
// ciphertext, and returns io.EOF where they are equal.
func (s *aesSource) authenticate() error {
	var want [authSize]byte
	if err := readHead(s.raw, want[:]); err != nil {
		return err
	}
	if !hmac.Equal(s.mac.Sum(nil)[:authSize], want[:]) {
		return ErrAuth
	}
	return io.EOF
}
