// Package zipcrypt decrypts members of zip files.
//
// It knows the two schemes in daily use:
//
//   - ZipCrypto, the traditional PKWARE encryption (APPNOTE.TXT 6.1). It checks
//     a password by one byte only, so 1 in 256 wrong passwords pass: the
//     plaintext must be held against the member's CRC-32.
//   - WinZip AES, versions AE-1 and AE-2, with keys of 128, 192 and 256 bits
//     (winzip.com/aes_info.htm): PBKDF2-SHA1 of 1000 rounds, a check of two
//     bytes, AES in counter mode, and an HMAC-SHA1 of the ciphertext at the end.
//
// PKWARE's own strong encryption and encrypted directories are not read.
package zipcrypt

import (
	"encoding/binary"
	"errors"
	"io"
)

var (
	// ErrPassword says that the password is not the member's.
	ErrPassword = errors.New("zipcrypt: wrong password")
	// ErrAuth says that the ciphertext is not what was encrypted: it is
	// damaged, or was changed.
	ErrAuth = errors.New("zipcrypt: authentication code does not match")
	// ErrUnverified says that the authentication code could not be found, for
	// the size of the member is not known.
	ErrUnverified = errors.New("zipcrypt: size not known, authentication code not checked")
	// ErrUnsupported says that the member is encrypted in a way that this
	// package does not read.
	ErrUnsupported = errors.New("zipcrypt: encryption not supported")
	// ErrFormat says that the header of the member does not fit its encryption.
	ErrFormat = errors.New("zipcrypt: header damaged")
	// ErrNotEncrypted says that the member is not encrypted.
	ErrNotEncrypted = errors.New("zipcrypt: not encrypted")
)

// Bits of the general purpose flags, APPNOTE.TXT 4.4.4.
const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
	flagStrong     = 1 << 6
	flagMasked     = 1 << 13
)

const (
	methodAES = 99
	extraAES  = 0x9901
)

// Header is what the directory of a zip file, or the local header where there
// is no directory, tells of a member.
type Header struct {
	Flags          uint16 // general purpose flags
	Method         uint16 // compression method; 99 for AES
	ModTime        uint16 // MS-DOS time of day
	CRC32          uint32 // of the plaintext; not used by AES
	CompressedSize int64  // bytes with all that encryption adds, -1 where not known
	Extra          []byte // extra fields
}

// Info says how a member is encrypted.
type Info struct {
	Scheme string // "ZipCrypto", "AES-128", "AES-192" or "AES-256"
	Method uint16 // the compression method of the decrypted stream
	// HasCRC says that Header.CRC32 is that of the plaintext, which AE-2 leaves
	// out on purpose.
	HasCRC bool
	// Weak says that a wrong password passes once in 256 times, and is found
	// only by the CRC-32 of the plaintext.
	Weak bool
}

// Encrypted says whether the member is encrypted.
func (h Header) Encrypted() bool { return h.Flags&flagEncrypted != 0 }

// Info says how the member is encrypted. The error is ErrNotEncrypted,
// ErrUnsupported or ErrFormat.
func (h Header) Info() (Info, error) {
	switch {
	case !h.Encrypted():
		return Info{}, ErrNotEncrypted
	case h.Flags&(flagStrong|flagMasked) != 0:
		return Info{}, ErrUnsupported
	case h.Method != methodAES:
		return Info{Scheme: "ZipCrypto", Method: h.Method, HasCRC: true, Weak: true}, nil
	}
	p, err := h.aes()
	if err != nil {
		return Info{}, err
	}
	return Info{Scheme: p.scheme(), Method: p.method, HasCRC: p.version == 1}, nil
}

// aes finds the extra field that goes with method 99.
func (h Header) aes() (aesParams, error) {
	for x := h.Extra; len(x) >= 4; {
		id, size := binary.LittleEndian.Uint16(x), int(binary.LittleEndian.Uint16(x[2:]))
		x = x[4:]
		if size > len(x) {
			return aesParams{}, ErrFormat
		}
		if id == extraAES {
			return parseAES(x[:size])
		}
		x = x[size:]
	}
	return aesParams{}, ErrFormat
}

// source is one way of decryption. An error of read other than io.EOF says that
// the plaintext given so far is not whole, or not authentic.
type source interface {
	read(p []byte) (int, error)
}

// Reader gives the decrypted stream of one member, still compressed by the
// method of Info.
type Reader struct {
	src source
	err error
}

// NewReader reads the encryption header of a member from raw, which stands at
// the member's first byte, and checks password by it. Bytes of raw past
// h.CompressedSize are not read.
//
// The error is ErrPassword, ErrUnsupported, ErrFormat, ErrNotEncrypted,
// io.ErrUnexpectedEOF where raw is too short, or an error of raw. A password
// that passes is right for certain only when the CRC-32 of the plaintext (see
// Info.Weak), or Verify, says so.
func NewReader(raw io.Reader, h Header, password []byte) (*Reader, error) {
	info, err := h.Info()
	if err != nil {
		return nil, err
	}
	var src source
	if info.Weak {
		src, err = newTraditional(raw, h, password)
	} else {
		var p aesParams
		if p, err = h.aes(); err == nil {
			src, err = newAES(raw, h.CompressedSize, p, password)
		}
	}
	if err != nil {
		return nil, err
	}
	return &Reader{src: src}, nil
}

// Read gives the decrypted stream. After the last byte it returns io.EOF, or
// ErrAuth; where raw ends before h.CompressedSize, io.ErrUnexpectedEOF.
func (r *Reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, err := r.src.read(p)
	r.err = err
	return n, err
}

// Verify reads what is left of the member, for a decompressor may stop before
// its end, and says whether it was authentic: nil, ErrAuth, ErrUnverified, or
// what Read returned. For ZipCrypto, which has no authentication, nil says only
// that the member is there to its end.
func (r *Reader) Verify() error {
	buf := make([]byte, 4096)
	for r.err == nil {
		r.Read(buf)
	}
	if r.err == io.EOF {
		if a, ok := r.src.(*aesSource); ok && a.left < 0 {
			return ErrUnverified
		}
		return nil
	}
	return r.err
}

// readHead fills p from raw; a short raw is io.ErrUnexpectedEOF.
func readHead(raw io.Reader, p []byte) error {
	_, err := io.ReadFull(raw, p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
