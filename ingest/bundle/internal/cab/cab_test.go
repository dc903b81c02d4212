package cab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"
)

// result is what reading a file gave.
type result struct {
	data []byte
	err  error
}

// readAll reads every file of a cabinet that opens.
func readAll(t *testing.T, cabinet []byte) (names []string, got map[string]result, damage []*DamageError) {
	t.Helper()
	c, err := Open(bytes.NewReader(cabinet), int64(len(cabinet)))
	if err != nil {
		t.Fatal(err)
	}
	c.OnDamage = func(d *DamageError) { damage = append(damage, d) }
	got = map[string]result{}
	err = c.Each(func(f File, r io.Reader) error {
		data, err := io.ReadAll(r)
		names = append(names, string(f.RawName))
		got[string(f.RawName)] = result{data, err}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, got, damage
}

// check reads a cabinet of which nothing is damaged.
func check(t *testing.T, name string, cabinet []byte, want ...testFile) {
	t.Helper()
	names, got, damage := readAll(t, cabinet)
	if len(names) != len(want) || len(damage) > 0 {
		t.Fatalf("%s: got %d files, want %d; damage %v", name, len(names), len(want), damage)
	}
	for i, w := range want {
		g := got[w.name]
		if names[i] != w.name || g.err != nil || !bytes.Equal(g.data, w.data) {
			t.Errorf("%s: got file %s, want %s; %d bytes, %v; want %d bytes", name, names[i], w.name, len(g.data), g.err, len(w.data))
		}
	}
}

var kinds = map[string]uint16{
	"stored": uint16(stored), "MSZIP": uint16(mszip),
	"LZX 15": lzxKind(15), "LZX 18": lzxKind(18), "LZX 21": lzxKind(21),
}

func TestFolders(t *testing.T) {
	text := logText(200000)
	files := []testFile{
		{name: "first.log", data: text[:100]},
		{name: "empty.log"},
		{name: `logs\cbs.log`, data: text[100:150001]},
		{name: "last.log", data: text[150001:]},
	}
	for name, kind := range kinds {
		f := folderOf(kind, files...)
		check(t, name, testCabinet{folders: []testFolder{f}}.bytes(), files...)
		check(t, name+", no checksums", testCabinet{noSums: true, folders: []testFolder{f}}.bytes(), files...)
		check(t, name+", reserved", testCabinet{reserve: [3]int{20, 8, 12}, folders: []testFolder{f}}.bytes(), files...)
		check(t, name+", end of frame", testCabinet{folders: []testFolder{
			folderOf(kind, testFile{name: "whole", data: text[:3*maxPlain]}),
		}}.bytes(), testFile{name: "whole", data: text[:3*maxPlain]})
		check(t, name+", one byte", testCabinet{folders: []testFolder{
			folderOf(kind, testFile{name: "byte", data: []byte{'x'}}),
		}}.bytes(), testFile{name: "byte", data: []byte{'x'}})
	}
	check(t, "no files", testCabinet{}.bytes())
	var folders []testFolder
	var all []testFile
	for i, name := range []string{"LZX 15", "stored", "MSZIP", "LZX 21", "MSZIP", "LZX 18"} {
		f := testFile{name: fmt.Sprint(i), data: text[i*1000 : i*30000+50000]}
		folders, all = append(folders, folderOf(kinds[name], f)), append(all, f)
	}
	check(t, "all", testCabinet{folders: folders}.bytes(), all...)
}

func TestLZX(t *testing.T) {
	f := func(name string, p []byte, window uint, callSize int32, kinds ...int) {
		t.Helper()
		for seed := range uint64(3) {
			blocks := encodeLZX(p, window, callSize, seed, kinds...)
			file := testFile{name: "f", data: p}
			cabinet := testCabinet{folders: []testFolder{{kind: lzxKind(int(window)), blocks: blocks, plain: len(p), files: []testFile{file}}}}
			check(t, fmt.Sprintf("%s, window %d, seed %d", name, window, seed), cabinet.bytes(), file)
		}
	}
	text, program := logText(300000), code(200000)
	rnd := rand.New(rand.NewPCG(4, 4))
	noise := make([]byte, 120000)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	for window := uint(minWindow); window <= maxWindow; window++ {
		f("text", text, window, 0, verbatim, aligned)
	}
	f("verbatim", text, 16, 0, verbatim)
	f("aligned", text, 17, 0, aligned)
	f("uncompressed", text, 15, 0, uncompressed)
	f("mixed", text, 16, 0, verbatim, uncompressed, aligned, uncompressed)
	f("program", program, 16, 0, verbatim, aligned)
	f("calls", program, 16, 200000, verbatim, aligned)
	f("calls, small size", program, 16, 5000, aligned)
	f("calls, large size", program, 16, 1<<30, uncompressed, verbatim)
	f("noise", noise, 16, 0, verbatim, uncompressed)
	f("far", append(append(bytes.Clone(noise), text[:100]...), noise...), 18, 0, aligned)
	f("zeros", make([]byte, 100000), 15, 0, verbatim, aligned)
}

// TestLZXWindowSlides goes past the bytes that the decoder holds.
func TestLZXWindowSlides(t *testing.T) {
	p := logText(1200000)
	file := testFile{name: "f", data: p}
	blocks := encodeLZX(p, 15, 0, 1, verbatim, aligned)
	check(t, "long", testCabinet{folders: []testFolder{{kind: lzxKind(15), blocks: blocks, plain: len(p), files: []testFile{file}}}}.bytes(), file)
}

// TestGcab reads what another writer made of logText.
func TestGcab(t *testing.T) {
	cabinet, err := os.ReadFile("testdata/gcab.cab")
	if err != nil {
		t.Fatal(err)
	}
	check(t, "gcab", cabinet, testFile{name: "cbs.log", data: logText(70000)}, testFile{name: "small.log", data: logText(100)})
}

// TestOtherReaders has the cabinets of this package's tests read by cabextract
// and 7-Zip, so that writer and reader cannot be wrong in the same way.
func TestOtherReaders(t *testing.T) {
	text, program := logText(200000), code(150000)
	blocks := encodeLZX(program, 16, 150000, 5, verbatim, uncompressed, aligned)
	files := []testFile{{name: "0.log", data: text}, {name: "1.log", data: text}, {name: "2.log", data: text[7:]}, {name: "3.bin", data: program}}
	cabinet := testCabinet{folders: []testFolder{
		folderOf(uint16(stored), files[0]),
		folderOf(uint16(mszip), files[1]),
		folderOf(lzxKind(18), files[2]),
		{kind: lzxKind(16), blocks: blocks, plain: len(program), files: files[3:]},
	}}.bytes()
	check(t, "this package", cabinet, files...)
	f := func(tool string, args func(from, to string) []string) {
		t.Run(tool, func(t *testing.T) {
			if _, err := exec.LookPath(tool); err != nil {
				t.Skip(err)
			}
			dir := t.TempDir()
			from := filepath.Join(dir, "test.cab")
			if err := os.WriteFile(from, cabinet, 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(tool, args(from, dir)...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for _, w := range files {
				got, err := os.ReadFile(filepath.Join(dir, w.name))
				if err != nil || !bytes.Equal(got, w.data) {
					t.Errorf("%s: got %d bytes, %v; want %d bytes", w.name, len(got), err, len(w.data))
				}
			}
		})
	}
	f("cabextract", func(from, to string) []string { return []string{"-q", "-d", to, from} })
	f("7z", func(from, to string) []string { return []string{"x", "-y", "-o" + to, from} })
}

func TestFileFields(t *testing.T) {
	cabinet := testCabinet{
		flags: flagPrev | flagNext, names: []string{"a.cab", "disk 1", "c.cab", "disk 3"},
		folders: []testFolder{folderOf(0,
			testFile{name: "\x83e\x83X\x83g.log", data: []byte("x")},
			testFile{name: "テスト.log", data: []byte("yz"), attr: attrUTF8 | 0x20},
		)},
	}
	c, err := Open(bytes.NewReader(cabinet.bytes()), int64(len(cabinet.bytes())))
	if err != nil || c.TableErr != nil || len(c.Files) != 2 {
		t.Fatalf("got %v, %v, %d files", err, c.TableErr, len(c.Files))
	}
	at := time.Date(2024, 3, 1, 10, 20, 30, 0, time.UTC)
	a, b := c.Files[0], c.Files[1]
	if string(a.RawName) != "\x83e\x83X\x83g.log" || a.UTF8 || a.Size != 1 || !a.ModTime.Equal(at) || a.Folder != 0 {
		t.Errorf("got %+v", a)
	}
	if string(b.RawName) != "テスト.log" || !b.UTF8 || b.Size != 2 || b.Attr != 0xA0 {
		t.Errorf("got %+v", b)
	}
}

func TestDosTime(t *testing.T) {
	f := func(date, clock uint16, want time.Time) {
		t.Helper()
		if got := dosTime(date, clock); !got.Equal(want) {
			t.Errorf("%x %x: got %v, want %v", date, clock, got, want)
		}
	}
	f(44<<9|2<<5|29, 23<<11|59<<5|29, time.Date(2024, 2, 29, 23, 59, 58, 0, time.UTC))
	f(43<<9|2<<5|29, 0, time.Time{})
	f(0, 0, time.Time{})
	f(44<<9|13<<5|1, 0, time.Time{})
	f(44<<9|1<<5|1, 24<<11, time.Time{})
	f(44<<9|1<<5|1, 60<<5, time.Time{})
}

// TestSkipping reads some files only, some in part, and one after its turn.
func TestSkipping(t *testing.T) {
	text := logText(400000)
	var files []testFile
	for i := range 8 {
		files = append(files, testFile{name: fmt.Sprint(i), data: text[i*50000 : (i+1)*50000]})
	}
	for name, kind := range kinds {
		cabinet := testCabinet{folders: []testFolder{folderOf(kind, files...)}}.bytes()
		for mask := range 256 {
			c, err := Open(bytes.NewReader(cabinet), int64(len(cabinet)))
			if err != nil {
				t.Fatal(err)
			}
			i := 0
			var old io.Reader
			err = c.Each(func(f File, r io.Reader) error {
				if old != nil {
					if n, err := old.Read(make([]byte, 1)); n != 0 || err == nil || err == io.EOF {
						t.Fatalf("%s: a file after its turn gives %d bytes, %v", name, n, err)
					}
				}
				old = r
				want := files[i].data
				i++
				switch {
				case mask>>(i-1)&1 == 0:
					return nil
				case i%3 == 0:
					want = want[:1000]
					r = io.LimitReader(r, 1000)
				case i%3 == 1:
					r = iotest.HalfReader(r)
				}
				got, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%s, mask %b, file %s: got %d bytes, %v", name, mask, f.RawName, len(got), err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if testing.Short() || name[0] == 'L' {
				mask += 16 // the slow ones need no more
			}
		}
	}
}

func TestEachStops(t *testing.T) {
	cabinet := testCabinet{folders: []testFolder{folderOf(0, testFile{name: "a"}, testFile{name: "b"})}}.bytes()
	c, err := Open(bytes.NewReader(cabinet), int64(len(cabinet)))
	if err != nil {
		t.Fatal(err)
	}
	want, calls := errors.New("enough"), 0
	if err := c.Each(func(File, io.Reader) error { calls++; return want }); err != want || calls != 1 {
		t.Errorf("got %v after %d calls, want %v after 1", err, calls, want)
	}
}
