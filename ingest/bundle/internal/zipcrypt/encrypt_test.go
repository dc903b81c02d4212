package zipcrypt

import (
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"hash/crc32"
)

// encryptTraditional is the reverse of ZipCrypto, with h's check byte.
func encryptTraditional(h Header, password, plain []byte) []byte {
	check := byte(h.CRC32 >> 24)
	if h.Flags&flagDescriptor != 0 {
		check = byte(h.ModTime >> 8)
	}
	in := append([]byte("random bits"), check)
	in = append(in, plain...)
	k := newKeys(password)
	for i, p := range in {
		t := uint16(k[2]) | 2
		in[i] = p ^ byte(t*(t^1)>>8)
		k.update(p)
	}
	return in
}

// extraField is the field 0x9901, behind one that is to be passed over.
func extraField(version uint16, strength byte, method uint16) []byte {
	x := []byte{0x0a, 0x00, 2, 0, 1, 2, 0x01, 0x99, 7, 0}
	x = binary.LittleEndian.AppendUint16(x, version)
	x = append(x, 'A', 'E', strength)
	return binary.LittleEndian.AppendUint16(x, method)
}

// encryptAES is the reverse of AES decryption, block by block.
func encryptAES(strength int, password, plain []byte) []byte {
	size := 8 + 8*strength
	out := []byte("salt salt salt salt")[:size/2]
	key, err := pbkdf2.Key(sha1.New, string(password), out, 1000, 2*size+2)
	if err != nil {
		panic(err)
	}
	block, err := aes.NewCipher(key[:size])
	if err != nil {
		panic(err)
	}
	out = append(out, key[2*size:]...)
	mac := hmac.New(sha1.New, key[size:2*size])
	var counter, stream [16]byte
	for i, p := range plain {
		if i%16 == 0 {
			binary.LittleEndian.PutUint32(counter[:], uint32(i/16+1))
			block.Encrypt(stream[:], counter[:])
		}
		c := p ^ stream[i%16]
		mac.Write([]byte{c})
		out = append(out, c)
	}
	return append(out, mac.Sum(nil)[:10]...)
}

// member makes an encrypted member of plain: strength 0 is ZipCrypto.
func member(strength int, password, plain []byte) (Header, []byte) {
	h := Header{Flags: flagEncrypted, Method: 8, CRC32: crc32.ChecksumIEEE(plain)}
	var raw []byte
	if strength == 0 {
		raw = encryptTraditional(h, password, plain)
	} else {
		h.Method, h.Extra = methodAES, extraField(2, byte(strength), 8)
		raw = encryptAES(strength, password, plain)
	}
	h.CompressedSize = int64(len(raw))
	return h, raw
}
