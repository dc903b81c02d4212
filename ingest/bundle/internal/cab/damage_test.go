package cab

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// threeFiles are of 50000 bytes each: they share blocks 1 and 3 of five.
func threeFiles() []testFile {
	text := logText(150000)
	return []testFile{
		{name: "a", data: text[:50000]}, {name: "b", data: text[50000:100000]}, {name: "c", data: text[100000:]},
	}
}

// blockOf gives where block i of the only folder begins.
func blockOf(cabinet []byte, i int) int {
	at := int(binary.LittleEndian.Uint32(cabinet[headerSize:]))
	for ; i > 0; i-- {
		at += blockSize + int(binary.LittleEndian.Uint16(cabinet[at+4:]))
	}
	return at
}

func isDamage(err error) bool {
	var d *DamageError
	return errors.As(err, &d)
}

func TestChecksumMismatch(t *testing.T) {
	files := threeFiles()
	f := func(name string, kind uint16, want ...bool) {
		t.Helper()
		cabinet := testCabinet{folders: []testFolder{folderOf(kind, files...)}}.bytes()
		cabinet[blockOf(cabinet, 1)] ^= 1 // the sum only: the data is right
		_, got, damage := readAll(t, cabinet)
		if len(damage) != 1 || damage[0].Block != 1 || damage[0].Folder != 0 || damage[0].Offset != int64(blockOf(cabinet, 1)) {
			t.Errorf("%s: got damage %v", name, damage)
		}
		for i, w := range files {
			g := got[w.name]
			if !bytes.Equal(g.data, w.data) || isDamage(g.err) != want[i] || !want[i] && g.err != nil {
				t.Errorf("%s, file %s: got %d bytes, %v", name, w.name, len(g.data), g.err)
			}
		}
	}
	f("stored", 0, true, true, false)
	f("MSZIP", 1, true, true, true)
	f("LZX", lzxKind(16), true, true, true)
}

// TestBadBlock spoils the third block, where only file b lies.
func TestBadBlock(t *testing.T) {
	files := threeFiles()
	f := func(name string, kind uint16, spoil func(block []byte), wantC func(r result) bool) {
		t.Helper()
		cabinet := testCabinet{noSums: true, folders: []testFolder{folderOf(kind, files...)}}.bytes()
		at := blockOf(cabinet, 2)
		spoil(cabinet[at : at+blockSize+int(binary.LittleEndian.Uint16(cabinet[at+4:]))])
		_, got, damage := readAll(t, cabinet)
		if len(damage) == 0 || damage[0].Block != 2 {
			t.Errorf("%s: got damage %v", name, damage)
		}
		if g := got["a"]; g.err != nil || !bytes.Equal(g.data, files[0].data) {
			t.Errorf("%s, file a: got %d bytes, %v", name, len(g.data), g.err)
		}
		before := 2*maxPlain - 50000
		if g := got["b"]; !isDamage(g.err) || !bytes.HasPrefix(g.data, files[1].data[:before]) {
			t.Errorf("%s, file b: got %d bytes, %v", name, len(g.data), g.err)
		}
		if !wantC(got["c"]) {
			t.Errorf("%s, file c: got %d bytes, %v", name, len(got["c"].data), got["c"].err)
		}
	}
	whole := func(r result) bool { return len(r.data) == 50000 && isDamage(r.err) }
	f("MSZIP signature", 1, func(b []byte) { b[blockSize] = 'X' }, whole)
	f("MSZIP data", 1, func(b []byte) { b[blockSize+2] = 7 }, whole)
	f("MSZIP size", 1, func(b []byte) { b[6], b[7] = 0, 0x70 }, func(r result) bool { return isDamage(r.err) })
	f("LZX data", lzxKind(16), func(b []byte) {
		for i := blockSize; i < len(b); i++ {
			b[i] = 0
		}
	}, func(r result) bool { return len(r.data) == 0 && isDamage(r.err) })
	f("stored size", 0, func(b []byte) { b[6]-- }, func(r result) bool { return isDamage(r.err) })
}

func TestTruncated(t *testing.T) {
	files := threeFiles()
	for name, kind := range kinds {
		cabinet := testCabinet{folders: []testFolder{folderOf(kind, files...)}}.bytes()
		step := max(len(cabinet)/200, 1)
		for cut := 0; cut < len(cabinet); cut += step {
			if cut > 2*step && cut < 120 {
				step = 1
			}
			c, err := Open(bytes.NewReader(cabinet), int64(cut))
			if cut < 4 && err != ErrFormat || cut >= 4 && cut < headerSize+folderSize && err != io.ErrUnexpectedEOF {
				t.Fatalf("%s, cut at %d: Open says %v", name, cut, err)
			}
			if err != nil {
				continue
			}
			if len(c.Files) < len(files) != (c.TableErr == io.ErrUnexpectedEOF) {
				t.Fatalf("%s, cut at %d: got %d files, %v", name, cut, len(c.Files), c.TableErr)
			}
			i, cutSeen := 0, false
			err = c.Each(func(f File, r io.Reader) error {
				got, err := io.ReadAll(r)
				want := files[i].data
				i++
				if err == nil && !bytes.Equal(got, want) || !bytes.HasPrefix(want, got) {
					t.Fatalf("%s, cut at %d, file %s: got %d wrong bytes, %v", name, cut, f.RawName, len(got), err)
				}
				if err != nil && err != io.ErrUnexpectedEOF {
					t.Fatalf("%s, cut at %d, file %s: got %v", name, cut, f.RawName, err)
				}
				cutSeen = cutSeen || err != nil
				return nil
			})
			if err != nil || len(c.Files) == len(files) && !cutSeen {
				t.Fatalf("%s, cut at %d: got %v, and no file cut", name, cut, err)
			}
		}
	}
}

// TestBitFlips: whatever is flipped, a file is right, or has an error.
func TestBitFlips(t *testing.T) {
	files := threeFiles()
	rnd := rand.New(rand.NewPCG(7, 7))
	for name, kind := range kinds {
		whole := testCabinet{folders: []testFolder{folderOf(kind, files...)}}.bytes()
		data := blockOf(whole, 0)
		for range 400 {
			at := rnd.IntN(len(whole) + 1000)
			if at >= len(whole) {
				at %= data + 20 // as many in the tables
			}
			cabinet := bytes.Clone(whole)
			cabinet[at] ^= 1 << rnd.IntN(8)
			c, err := Open(bytes.NewReader(cabinet), int64(len(cabinet)))
			if err != nil {
				continue
			}
			err = c.Each(func(f File, r io.Reader) error {
				got, err := io.ReadAll(io.LimitReader(r, 1<<20))
				if err == nil && at >= data {
					for _, w := range files {
						if w.name == string(f.RawName) && !bytes.Equal(got, w.data) {
							t.Errorf("%s, byte %d: file %s is wrong, and no error", name, at, w.name)
						}
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestContinued(t *testing.T) {
	text := logText(1000)
	next := testCabinet{flags: flagNext, names: []string{"2.cab", "disk"}, folders: []testFolder{
		folderOf(0, testFile{name: "a", data: text}),
		folderOf(1, testFile{name: "b", data: text}, testFile{name: "c", data: text, folder: toNext}),
	}}.bytes()
	end := len(next) - 1
	// The last block has only half of file c: say so in the table.
	entry := bytes.LastIndex(next, []byte("c\x00")) - fileSize
	binary.LittleEndian.PutUint32(next[entry:], 5000)
	_, got, _ := readAll(t, next)
	if got["a"].err != nil || got["b"].err != nil || got["c"].err != ErrContinued || !bytes.Equal(got["c"].data, text) {
		t.Errorf("to the next: got %v", got)
	}
	_, got, _ = readAll(t, next[:end])
	if got["a"].err != nil || got["c"].err != io.ErrUnexpectedEOF {
		t.Errorf("to the next, cut: got %v", got)
	}
	for _, index := range []uint16{fromPrev, fromTo} {
		prev := testCabinet{flags: flagPrev, names: []string{"1.cab", "disk"}, folders: []testFolder{
			folderOf(1, testFile{name: "a", data: text, folder: index}, testFile{name: "b", data: text}),
			folderOf(1, testFile{name: "c", data: text}),
		}}.bytes()
		_, got, _ = readAll(t, prev)
		if got["a"].err != ErrContinued || got["b"].err != ErrContinued || got["c"].err != nil || !bytes.Equal(got["c"].data, text) {
			t.Errorf("from the one before: got %v", got)
		}
	}
}

func TestUnsupported(t *testing.T) {
	text := logText(1000)
	for _, kind := range []uint16{2 | 4<<4 | 18<<8, 4, 15} {
		bad := folderOf(0, testFile{name: "bad", data: text}, testFile{name: "empty"})
		bad.kind = kind
		_, got, _ := readAll(t, testCabinet{folders: []testFolder{bad, folderOf(1, testFile{name: "good", data: text})}}.bytes())
		if got["bad"].err != ErrUnsupported || got["empty"].err != nil || !bytes.Equal(got["good"].data, text) {
			t.Errorf("kind %x: got %v", kind, got)
		}
	}
	for _, window := range []int{0, 14, 22, 31} {
		bad := folderOf(0, testFile{name: "bad", data: text})
		bad.kind = lzxKind(window)
		_, got, _ := readAll(t, testCabinet{folders: []testFolder{bad}}.bytes())
		if !isDamage(got["bad"].err) {
			t.Errorf("window %d: got %v", window, got)
		}
	}
}

func TestBadTables(t *testing.T) {
	text := logText(60000)
	make2 := func() ([]byte, int) {
		c := testCabinet{folders: []testFolder{
			folderOf(1, testFile{name: "one", data: text}), folderOf(1, testFile{name: "two", data: text}),
		}}.bytes()
		return c, headerSize + 2*folderSize
	}
	f := func(name string, spoil func(c []byte, files int), check func(got map[string]result) bool) {
		t.Helper()
		cabinet, files := make2()
		spoil(cabinet, files)
		_, got, _ := readAll(t, cabinet)
		if !check(got) {
			for n, g := range got {
				t.Errorf("%s: file %s has %d bytes, %v", name, n, len(g.data), g.err)
			}
		}
	}
	good := func(r result) bool { return r.err == nil && bytes.Equal(r.data, text) }
	f("folder not there", func(c []byte, files int) { c[files+8] = 9 }, func(got map[string]result) bool {
		return isDamage(got["one"].err) && good(got["two"])
	})
	f("two folders at one place", func(c []byte, _ int) {
		copy(c[headerSize+folderSize:headerSize+folderSize+4], c[headerSize:])
	}, func(got map[string]result) bool { return good(got["one"]) && isDamage(got["two"].err) })
	f("folder past the end", func(c []byte, _ int) { c[headerSize+3] = 0x7F }, func(got map[string]result) bool {
		return got["one"].err == io.ErrUnexpectedEOF && good(got["two"])
	})
	f("too many blocks", func(c []byte, files int) {
		c[headerSize+5] = 0xFF
		c[files+3] = 1
	}, func(got map[string]result) bool { return isDamage(got["one"].err) && good(got["two"]) })
	f("file past its folder", func(c []byte, files int) { c[files+3] = 1 }, func(got map[string]result) bool {
		return isDamage(got["one"].err) && bytes.Equal(got["one"].data, text) && good(got["two"])
	})
	f("file far past its folder", func(c []byte, files int) { c[files+7] = 0xFF }, func(got map[string]result) bool {
		return isDamage(got["one"].err) && len(got["one"].data) == 0 && good(got["two"])
	})
	f("file within the one before", func(c []byte, files int) {
		c[files+8], c[files+fileSize+4+8] = 0, 0
		c[files+fileSize+4+4] = 1 // both start in the first block; the second goes back to it
	}, func(got map[string]result) bool { return good(got["one"]) && isDamage(got["two"].err) })
	f("block of more than 32768", func(c []byte, _ int) { c[blockOf(c, 0)+7] = 0x90 }, func(got map[string]result) bool {
		return isDamage(got["one"].err) && good(got["two"])
	})

	cabinet, files := make2()
	for i := range cabinet[files+fileSize : files+fileSize+maxName+1] {
		cabinet[files+fileSize+i] = 'n'
	}
	c, err := Open(bytes.NewReader(cabinet), int64(len(cabinet)))
	if err != nil || !isDamage(c.TableErr) || len(c.Files) != 0 {
		t.Errorf("endless name: got %v, %+v", err, c)
	}
}

func TestOpenErrors(t *testing.T) {
	f := func(cabinet string, want error) {
		t.Helper()
		if _, err := Open(bytes.NewReader([]byte(cabinet)), int64(len(cabinet))); err != want {
			t.Errorf("%.40q: got %v, want %v", cabinet, err, want)
		}
	}
	f("", ErrFormat)
	f("MSC", ErrFormat)
	f("PK\x03\x04"+string(make([]byte, 100)), ErrFormat)
	f("MSCF", io.ErrUnexpectedEOF)
	f("MSCF"+string(make([]byte, 100)), ErrFormat) // version 0.0
}

// failingReaderAt fails from a byte on.
type failingReaderAt struct {
	p    []byte
	from int64
	err  error
}

func (f failingReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, f.err
	}
	return copy(p, f.p[off:]), nil
}

func TestSourceError(t *testing.T) {
	cabinet := testCabinet{folders: []testFolder{folderOf(0, threeFiles()...)}}.bytes()
	want := errors.New("disk on fire")
	if _, err := Open(failingReaderAt{cabinet, 10, want}, int64(len(cabinet))); err != want {
		t.Errorf("got %v, want %v", err, want)
	}
	c, err := Open(failingReaderAt{cabinet, 100000, want}, int64(len(cabinet)))
	if err != nil {
		t.Fatal(err)
	}
	var last error
	if err := c.Each(func(f File, r io.Reader) error { _, last = io.ReadAll(r); return nil }); err != nil || last != want {
		t.Errorf("got %v, %v; want %v", err, last, want)
	}
}

func FuzzReader(f *testing.F) {
	text := logText(3000)
	for _, kind := range kinds {
		f.Add(testCabinet{noSums: true, folders: []testFolder{folderOf(kind, testFile{name: "a", data: text[:1000]}, testFile{name: "b", data: text[1000:]})}}.bytes())
	}
	program := code(2000)
	f.Add(testCabinet{noSums: true, reserve: [3]int{4, 2, 2}, flags: flagPrev, names: []string{"a", "b"}, folders: []testFolder{
		{kind: lzxKind(15), blocks: encodeLZX(program, 15, 3000, 1, uncompressed, aligned), plain: len(program), files: []testFile{{name: "a", data: program}}},
		folderOf(1, testFile{name: "c", data: text, folder: toNext}),
	}}.bytes())
	f.Fuzz(func(t *testing.T, cabinet []byte) {
		const limit = 256 << 10
		read := func(wrap func(io.Reader) io.Reader) (out []string) {
			c, err := Open(bytes.NewReader(cabinet), int64(len(cabinet)))
			if err != nil {
				return nil
			}
			c.Files = c.Files[:min(len(c.Files), 20)]
			c.OnDamage = func(d *DamageError) { out = append(out, d.Error()) }
			err = c.Each(func(f File, r io.Reader) error {
				p, err := io.ReadAll(io.LimitReader(wrap(r), min(limit, f.Size)+1))
				if int64(len(p)) > f.Size || err == nil && int64(len(p)) < min(limit, f.Size) {
					t.Fatalf("file %q of %d bytes gives %d, %v", f.RawName, f.Size, len(p), err)
				}
				out = append(out, fmt.Sprintf("%q %x %v", f.RawName, p, err))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		once := read(func(r io.Reader) io.Reader { return r })
		again := read(iotest.HalfReader)
		if fmt.Sprint(once) != fmt.Sprint(again) {
			t.Fatal("two ways of reading differ")
		}
	})
}
