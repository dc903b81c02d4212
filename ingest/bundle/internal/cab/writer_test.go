package cab

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
)

// logText is n bytes of text with repeats near and far, the same on every run.
func logText(n int) []byte {
	rnd := rand.New(rand.NewPCG(1, 3))
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		switch {
		case i%499 == 498:
			b.Write(bytes.Repeat([]byte("= "), 200+rnd.IntN(2000)))
		case i%400 == 399:
			back := min(b.Len(), 40000+rnd.IntN(200000))
			b.Write(bytes.Clone(b.Bytes()[b.Len()-back:][:500]))
		default:
			fmt.Fprintf(&b, "2024-03-%02d %02d:%02d:%02d, Info  CBS  PC%02d session %d state %d of package %x\r\n",
				i/40000%28+1, i/3600%24, i/60%60, i%60, rnd.IntN(9), rnd.IntN(50), rnd.IntN(4), rnd.Uint32())
		}
	}
	return b.Bytes()[:n]
}

// code is n bytes like a program: many calls.
func code(n int) []byte {
	rnd := rand.New(rand.NewPCG(2, 3))
	var b []byte
	for len(b) < n {
		b = append(b, 0x55, 0x8B, 0xEC, byte(rnd.IntN(8)), 0xE8)
		switch rnd.IntN(4) {
		case 0:
			b = binary.LittleEndian.AppendUint32(b, rnd.Uint32())
		case 1:
			b = binary.LittleEndian.AppendUint32(b, uint32(rnd.IntN(1<<20)-1<<19))
		default:
			b = binary.LittleEndian.AppendUint32(b, uint32(4096*rnd.IntN(50)-len(b)))
		}
	}
	return b[:n]
}

// mszipBlocks compresses p as MSZIP.
func mszipBlocks(p []byte) [][]byte {
	var out [][]byte
	for at := 0; at < len(p); at += maxPlain {
		b := bytes.NewBufferString("CK")
		w, err := flate.NewWriterDict(b, 9, p[max(at-maxPlain, 0):at])
		if err != nil {
			panic(err)
		}
		w.Write(p[at:min(at+maxPlain, len(p))])
		w.Close()
		out = append(out, b.Bytes())
	}
	return out
}

func storedBlocks(p []byte) [][]byte {
	var out [][]byte
	for at := 0; at < len(p); at += maxPlain {
		out = append(out, p[at:min(at+maxPlain, len(p))])
	}
	return out
}

type testFile struct {
	name   string
	data   []byte
	folder uint16 // written in place of the folder's index where not 0
	attr   uint16
}

type testFolder struct {
	kind   uint16
	blocks [][]byte
	plain  int
	files  []testFile
}

// folderOf makes a folder of files, compressed by kind.
func folderOf(kind uint16, files ...testFile) testFolder {
	var p []byte
	for _, f := range files {
		p = append(p, f.data...)
	}
	f := testFolder{kind: kind, plain: len(p), files: files}
	switch method(kind & 15) {
	case stored:
		f.blocks = storedBlocks(p)
	case mszip:
		f.blocks = mszipBlocks(p)
	default:
		f.blocks = encodeLZX(p, uint(kind>>8), 0, 1, verbatim, aligned, uncompressed)
	}
	return f
}

func lzxKind(window int) uint16 { return uint16(lzxMethod) | uint16(window)<<8 }

type testCabinet struct {
	flags   uint16
	names   []string // of the cabinets before and after, with their disks
	reserve [3]int   // bytes reserved in the header, a folder, a block
	noSums  bool
	folders []testFolder
}

func (c testCabinet) bytes() []byte {
	le := binary.LittleEndian
	var folders, files, data []byte
	count := 0
	for i, f := range c.folders {
		start := 0
		for _, file := range f.files {
			index := uint16(i)
			if file.folder != 0 {
				index = file.folder
			}
			files = le.AppendUint32(files, uint32(len(file.data)))
			files = le.AppendUint32(files, uint32(start))
			files = le.AppendUint16(files, index)
			files = le.AppendUint16(files, 44<<9|3<<5|1)
			files = le.AppendUint16(files, 10<<11|20<<5|15)
			files = le.AppendUint16(files, file.attr)
			files = append(append(files, file.name...), 0)
			start += len(file.data)
			count++
		}
	}
	head := 36
	if c.reserve != [3]int{} {
		c.flags |= flagReserve
		head += 4 + c.reserve[0]
	}
	for _, n := range c.names {
		head += len(n) + 1
	}
	filesAt := head + len(c.folders)*(8+c.reserve[1])
	dataAt := filesAt + len(files)
	for _, f := range c.folders {
		folders = le.AppendUint32(folders, uint32(dataAt+len(data)))
		folders = le.AppendUint16(folders, uint16(len(f.blocks)))
		folders = le.AppendUint16(folders, f.kind)
		folders = append(folders, make([]byte, c.reserve[1])...)
		for i, b := range f.blocks {
			h := le.AppendUint16(nil, uint16(len(b)))
			h = le.AppendUint16(h, uint16(min(f.plain-i*maxPlain, maxPlain)))
			sum := plainChecksum(h, plainChecksum(b, 0))
			if c.noSums {
				sum = 0
			}
			data = le.AppendUint32(data, sum)
			data = append(data, h...)
			data = append(data, make([]byte, c.reserve[2])...)
			data = append(data, b...)
		}
	}
	out := le.AppendUint32([]byte("MSCF\x00\x00\x00\x00"), uint32(dataAt+len(data)))
	out = le.AppendUint32(out, 0)
	out = le.AppendUint32(out, uint32(filesAt))
	out = append(out, 0, 0, 0, 0, 3, 1)
	out = le.AppendUint16(out, uint16(len(c.folders)))
	out = le.AppendUint16(out, uint16(count))
	out = le.AppendUint16(out, c.flags)
	out = append(out, 1, 0, 0, 0)
	if c.flags&flagReserve != 0 {
		out = le.AppendUint16(out, uint16(c.reserve[0]))
		out = append(out, byte(c.reserve[1]), byte(c.reserve[2]))
		out = append(out, make([]byte, c.reserve[0])...)
	}
	for _, n := range c.names {
		out = append(append(out, n...), 0)
	}
	out = append(out, folders...)
	out = append(out, files...)
	return append(out, data...)
}

// plainChecksum is the slow reference of checksum.
func plainChecksum(p []byte, sum uint32) uint32 {
	for len(p) >= 4 {
		sum ^= uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | uint32(p[3])<<24
		p = p[4:]
	}
	switch len(p) {
	case 3:
		sum ^= uint32(p[0])<<16 | uint32(p[1])<<8 | uint32(p[2])
	case 2:
		sum ^= uint32(p[0])<<8 | uint32(p[1])
	case 1:
		sum ^= uint32(p[0])
	}
	return sum
}

func TestChecksum(t *testing.T) {
	text := logText(5000)
	for n := range 300 {
		if got, want := checksum(text[n:2*n+7], uint32(n)*99991), plainChecksum(text[n:2*n+7], uint32(n)*99991); got != want {
			t.Fatalf("%d bytes: got %x, want %x", n+7, got, want)
		}
	}
}
