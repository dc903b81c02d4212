package bundle

import (
	"archive/tar"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strings"

	"github.com/klauspost/compress/zip"
	"github.com/mholt/archiver/v4"
	"golang.org/x/crypto/pbkdf2"
)

// A file is what the test archives are made of.
type file struct {
	name string
	data []byte
}

// logText is text like a client's, of about n bytes.
func logText(component string, n int) []byte {
	rng := rand.New(rand.NewPCG(1, uint64(len(component))))
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "<![LOG[%s step %d gave %#x]LOG]!><time=\"10:%02d:%02d.%03d-540\" date=\"01-02-2024\" component=\"%s\" context=\"\" type=\"1\" thread=\"%d\" file=\"x.cpp:%d\">\r\n",
			component, i, rng.Uint32(), i/60%60, i%60, rng.IntN(1000), component, rng.IntN(9000), i%700)
	}
	return b.Bytes()
}

// someFiles are what most of the test archives hold.
func someFiles() []file {
	return []file{
		{"CCM/Logs/WUAHandler.log", logText("WUAHandler", 6000)},
		{"CCM/Logs/ScanAgent.log", logText("ScanAgent", 12000)},
		{"empty.log", nil},
		{"note.txt", []byte("contoso PC01\n")},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func zipOf(method uint16, files ...file) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w := must(z.CreateHeader(&zip.FileHeader{Name: f.name, Method: method}))
		must(w.Write(f.data))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// xzZip is not left to a writer: klauspost's puts what the compressor writes at
// its start before the header.
func xzZip(files ...file) []byte {
	var members []rawMember
	for _, f := range files {
		m := stored(f.name, f.data)
		m.method, m.data = archiver.ZipMethodXz, pack(archiver.Xz{}, f.data)
		m.csize = uint32(len(m.data))
		members = append(members, m)
	}
	return rawZip(members...)
}

func tarOf(files ...file) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.data)), Typeflag: tar.TypeReg}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		must(w.Write(f.data))
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pack(c archiver.Compressor, data []byte) []byte {
	var b bytes.Buffer
	w := must(c.OpenWriter(&b))
	must(w.Write(data))
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func gz(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	must(w.Write(data))
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// A rawMember is a zip member whose every field can be a lie.
type rawMember struct {
	name          []byte
	flags, method uint16
	crc           uint32
	csize, usize  uint32
	extra         []byte
	attrs         uint32 // external, of a Unix
	data          []byte
	at            int // of a local header that is there already; -1: write one
	noLocalSizes  bool
	descriptor    []byte
}

func stored(name string, data []byte) rawMember {
	return rawMember{
		name: []byte(name), crc: crc32.ChecksumIEEE(data),
		csize: uint32(len(data)), usize: uint32(len(data)), data: data, at: -1,
	}
}

func (m rawMember) local() []byte {
	b := make([]byte, zipLocalLen)
	copy(b, zipLocalSig)
	b[4] = 20
	binary.LittleEndian.PutUint16(b[6:], m.flags)
	binary.LittleEndian.PutUint16(b[8:], m.method)
	if !m.noLocalSizes {
		binary.LittleEndian.PutUint32(b[14:], m.crc)
		binary.LittleEndian.PutUint32(b[18:], m.csize)
		binary.LittleEndian.PutUint32(b[22:], m.usize)
	}
	binary.LittleEndian.PutUint16(b[26:], uint16(len(m.name)))
	binary.LittleEndian.PutUint16(b[28:], uint16(len(m.extra)))
	return append(append(b, m.name...), m.extra...)
}

func (m rawMember) central(at int) []byte {
	b := make([]byte, zipCentralLen)
	copy(b, zipCentralSig)
	b[4], b[5], b[6] = 20, 3, 20
	binary.LittleEndian.PutUint16(b[8:], m.flags)
	binary.LittleEndian.PutUint16(b[10:], m.method)
	binary.LittleEndian.PutUint32(b[16:], m.crc)
	binary.LittleEndian.PutUint32(b[20:], m.csize)
	binary.LittleEndian.PutUint32(b[24:], m.usize)
	binary.LittleEndian.PutUint16(b[28:], uint16(len(m.name)))
	binary.LittleEndian.PutUint16(b[30:], uint16(len(m.extra)))
	binary.LittleEndian.PutUint32(b[38:], m.attrs)
	binary.LittleEndian.PutUint32(b[42:], uint32(at))
	return append(append(b, m.name...), m.extra...)
}

func rawZip(members ...rawMember) []byte { return rawZipAfter(nil, members...) }

// rawZipAfter writes a zip whose first bytes are before.
func rawZipAfter(before []byte, members ...rawMember) []byte {
	b := bytes.Clone(before)
	var dir []byte
	for _, m := range members {
		at := m.at
		if at < 0 {
			at = len(b)
			b = append(b, m.local()...)
			b = append(b, m.data...)
			b = append(b, m.descriptor...)
		}
		dir = append(dir, m.central(at)...)
	}
	end := make([]byte, zipEndLen)
	copy(end, zipEndSig)
	binary.LittleEndian.PutUint16(end[8:], uint16(len(members)))
	binary.LittleEndian.PutUint16(end[10:], uint16(len(members)))
	binary.LittleEndian.PutUint32(end[12:], uint32(len(dir)))
	binary.LittleEndian.PutUint32(end[16:], uint32(len(b)))
	return append(append(b, dir...), end...)
}

// rar4Of writes a RAR 4 whose files are stored.
func rar4Of(files ...file) []byte {
	block := func(kind byte, flags uint16, rest []byte) []byte {
		b := []byte{0, 0, kind, byte(flags), byte(flags >> 8), 0, 0}
		b = append(b, rest...)
		binary.LittleEndian.PutUint16(b[5:], uint16(len(b)))
		binary.LittleEndian.PutUint16(b, uint16(crc32.ChecksumIEEE(b[2:])))
		return b
	}
	out := []byte("Rar!\x1a\x07\x00")
	out = append(out, block(0x73, 0, make([]byte, 6))...)
	for _, f := range files {
		h := binary.LittleEndian.AppendUint32(nil, uint32(len(f.data)))
		h = binary.LittleEndian.AppendUint32(h, uint32(len(f.data)))
		h = append(h, 2) // Windows
		h = binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE(f.data))
		h = binary.LittleEndian.AppendUint32(h, 0x58224a00) // 2024-01-02 09:16
		h = append(h, 20, 0x30)
		h = binary.LittleEndian.AppendUint16(h, uint16(len(f.name)))
		h = binary.LittleEndian.AppendUint32(h, 0x20)
		h = append(h, strings.ReplaceAll(f.name, "/", `\`)...)
		out = append(out, block(0x74, 0x8000, h)...)
		out = append(out, f.data...)
	}
	return append(out, block(0x7b, 0x4000, nil)...)
}

// rar5Of writes a RAR 5 whose files are stored, encrypted where there is a
// password, and say that they need the dictionary of the given code.
func rar5Of(password string, dictCode uint64, files ...file) []byte {
	block := func(fields ...[]byte) []byte {
		body := bytes.Join(fields, nil)
		size := binary.AppendUvarint(nil, uint64(len(body)))
		b := append(size, body...)
		return append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)), b...)
	}
	v := func(n ...uint64) (b []byte) {
		for _, x := range n {
			b = binary.AppendUvarint(b, x)
		}
		return b
	}
	out := []byte("Rar!\x1a\x07\x01\x00")
	out = append(out, block(v(1, 0, 0))...)
	for _, f := range files {
		data, extra := f.data, []byte(nil)
		if password != "" && len(data) > 0 {
			data, extra = rar5Encrypt(password, data)
		}
		comp, unpacked := uint64(0), uint64(len(f.data))
		if dictCode > 0 {
			comp, unpacked = 3<<7|dictCode<<10, 1<<40
		}
		flags := v(2, 2, uint64(len(data)))
		if extra != nil {
			flags = v(2, 3, uint64(len(extra)), uint64(len(data)))
		}
		crc := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(f.data))
		out = append(out, block(flags, v(4, unpacked, 0x20), crc, v(comp, 0, uint64(len(f.name))), []byte(f.name), extra)...)
		out = append(out, data...)
	}
	return append(out, block(v(5, 0, 0))...)
}

// rar5Encrypt gives the ciphertext and the extra record that tells of it.
func rar5Encrypt(password string, data []byte) (out, extra []byte) {
	const log = 4
	salt, iv := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	key := pbkdf2.Key([]byte(password), salt, 1<<log, 32, sha256.New)
	check := make([]byte, 8)
	for i, c := range pbkdf2.Key([]byte(password), salt, 1<<log+32, 32, sha256.New) {
		check[i&7] ^= c
	}
	sum := sha256.Sum256(check)
	out = append(bytes.Clone(data), make([]byte, -len(data)&15)...)
	cipher.NewCBCEncrypter(must(aes.NewCipher(key)), iv).CryptBlocks(out, out)
	body := []byte{1, 0, 1, log}
	for _, b := range [][]byte{salt, iv, check, sum[:4]} {
		body = append(body, b...)
	}
	return out, append(binary.AppendUvarint(nil, uint64(len(body))), body...)
}

// zeros gives a raw Deflate stream of about n MiB of zeros: the block of 16,
// repeated, needs nothing before it.
func zeros(mib int) []byte {
	var b bytes.Buffer
	w := must(flate.NewWriter(&b, flate.BestCompression))
	must(w.Write(make([]byte, 16<<20)))
	if err := w.Flush(); err != nil {
		panic(err)
	}
	return append(bytes.Repeat(b.Bytes(), (mib+15)/16), 3, 0) // an empty last block
}
