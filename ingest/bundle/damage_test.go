package bundle

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mholt/archiver/v4"
)

// targets are the archives that are damaged: all kinds, and what they hold.
func targets(t testing.TB) map[string]struct {
	data  []byte
	files []file
} {
	all := map[string]struct {
		data  []byte
		files []file
	}{}
	for name, data := range kinds() {
		all[name] = struct {
			data  []byte
			files []file
		}{data, someFiles()}
	}
	theirs := madeFiles(t)
	for _, name := range made {
		all[name] = struct {
			data  []byte
			files []file
		}{fixture(t, name), theirs}
	}
	return all
}

// wholeOrTold checks what must hold of any damage: each file came out whole, or
// there is an issue.
func wholeOrTold(t *testing.T, what string, tr *trip, files []file) (whole int) {
	t.Helper()
	for _, f := range files {
		for _, data := range tr.got { // under any name: a bit of that may be flipped
			if bytes.Equal(data, f.data) {
				whole++
				break
			}
		}
	}
	if whole < len(files) && len(tr.issues) == 0 {
		t.Errorf("%s: %d files of %d came out whole, and nothing was told; visited %q", what, whole, len(files), tr.paths())
	}
	return whole
}

func TestTruncated(t *testing.T) {
	for name, target := range targets(t) {
		t.Run(name, func(t *testing.T) {
			p := filepath.Join(t.TempDir(), name)
			const cuts = 200
			for i := range cuts {
				cut := len(target.data) * i / cuts
				write(t, p, target.data[:cut])
				tr := walk(t, Options{Passwords: []string{"contoso"}}, p)
				whole := wholeOrTold(t, fmt.Sprintf("cut at %d of %d", cut, len(target.data)), tr, target.files)
				if want := wholeBefore(name, target.data, target.files, cut); whole < want {
					t.Errorf("cut at %d of %d: %d whole files came out, want %d; visited %q; %q",
						cut, len(target.data), whole, want, tr.paths(), tr.keys())
				}
			}
		})
	}
}

// wholeBefore is how many files lie whole before the cut, for the kinds where
// that is easily seen: their data stand in the archive as they are.
func wholeBefore(name string, data []byte, files []file, cut int) int {
	if name != "stored.zip" && name != "a.tar" && name != "four.rar" && name != "five.rar" {
		return 0
	}
	n := 0
	for _, f := range files {
		if at := bytes.Index(data, f.data); len(f.data) > 0 && at >= 0 && at+len(f.data)+4 <= cut { // and the mark of what follows
			n++
		}
	}
	return n
}

func TestTruncatedDeflate(t *testing.T) {
	// Four members of which three are whole, and the directory is lost.
	var files []file
	for i := range 4 {
		files = append(files, file{fmt.Sprintf("%d.log", i), logText(fmt.Sprint("C", i), 20000)})
	}
	data := zipOf(8, files...) // with descriptors: sizes are not in the local headers
	cut := bytes.Index(data, []byte("3.log")) + 1000
	tr := walk(t, Options{}, save(t, "x.zip", data[:cut]))
	for _, f := range files[:3] {
		if !bytes.Equal(tr.got["x.zip!"+f.name], f.data) {
			t.Errorf("%s: not whole", f.name)
		}
	}
	if got := tr.got["x.zip!3.log"]; len(got) == 0 || !bytes.HasPrefix(files[3].data, got) {
		t.Errorf("3.log: read %d bytes, want what is there of it", len(got))
	}
	tr.wantIssues(t, "truncated data-truncated x.zip!3.log", "truncated zip-salvaged x.zip")
}

func TestDamagedDirectory(t *testing.T) {
	files := someFiles()
	for _, method := range []uint16{0, 8} {
		data := zipOf(method, append(files, file{"inner.zip", zipOf(0, file{"not a member.log", []byte("x")})})...)
		data[bytes.LastIndex(data, []byte("CCM/Logs/ScanAgent.log"))-zipCentralLen] ^= 0xff
		tr := walk(t, Options{}, save(t, "x.zip", data))
		want := append(files, file{"inner.zip!not a member.log", []byte("x")})
		tr.want(t, "x.zip!", want...)
		tr.wantIssues(t, "corrupt zip-salvaged x.zip")
	}
}

func TestDamagedTar(t *testing.T) {
	files := someFiles()
	data := tarOf(files...)
	at := bytes.Index(data, []byte("CCM/Logs/ScanAgent.log"))
	data[at+5] ^= 0xff // its header does not add up any more
	tr := walk(t, Options{}, save(t, "x.tar", data))
	if len(tr.got) != 3 || !bytes.Equal(tr.got["x.tar!note.txt"], files[3].data) {
		t.Errorf("visited %q, want all but one", tr.paths())
	}
	tr.wantIssues(t, "corrupt archive-gap x.tar")
}

func TestBitFlips(t *testing.T) {
	all := targets(t)
	var names []string
	for name := range all {
		names = append(names, name)
	}
	flips := 1000
	if testing.Short() {
		flips = 200
	}
	rng := rand.New(rand.NewPCG(7, 7))
	whole, total := 0, 0
	dir := t.TempDir()
	for i := range flips {
		name := sorted(names)[i%len(names)]
		target := all[name]
		data := bytes.Clone(target.data)
		bit := rng.IntN(len(data) * 8)
		data[bit/8] ^= 1 << (bit % 8)
		p := filepath.Join(dir, name)
		write(t, p, data)
		tr := walk(t, Options{Passwords: []string{"contoso"}}, p)
		if name == "a.tar" || strings.HasPrefix(name, "a.tar.lz4") {
			continue // a tar has no checksum of its data
		}
		whole += wholeOrTold(t, fmt.Sprintf("%s with bit %d flipped", name, bit), tr, target.files)
		total += len(target.files)
	}
	t.Logf("%d files of %d came out whole", whole, total)
}

// Panics of a library become issues.
func TestPanic(t *testing.T) {
	w := newWalker(t.Context(), Options{Counter: new(Counter)}, nil)
	g := w.guard(&item{root: &root{packed: 1}}, panicky{})
	if n, err := g.Read(make([]byte, 10)); n != 0 || err == nil {
		t.Errorf("Read = %d, %v, want an error", n, err)
	}
}

type panicky struct{}

func (panicky) Read(p []byte) (int, error) { panic("index out of range") }

// FuzzWalk wants -fuzzminimizetime 10x, as cmd/dev gives it: several visits at
// once make its coverage vary, and Go would minimise for ever.
func FuzzWalk(f *testing.F) {
	names := []string{"x", "x.zip", "x.7z", "x.rar", "x.cab", "x.tar", "x.gz", "x.log"}
	for _, target := range targets(f) {
		f.Add(uint8(0), target.data)
	}
	f.Add(uint8(1), zipOf(8, file{"y.zip", zipOf(8, file{"z.tar.gz", gz(tarOf(someFiles()...))})}))
	f.Add(uint8(7), gz(pack(archiver.Xz{}, []byte("x"))))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, name uint8, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		p := filepath.Join(dir, names[int(name)%len(names)])
		write(t, p, data)
		opt := Options{Passwords: []string{"contoso"}, Parallel: 1, Limits: Limits{
			Entries: 1000, EntryBytes: 8 << 20, TotalBytes: 32 << 20, RatioFrom: 4 << 20, HeldBytes: 32 << 20,
		}}
		tr := walk(t, opt, p)
		read := 0
		for _, d := range tr.got {
			read += len(d)
		}
		if read > 34<<20 {
			t.Errorf("read %d bytes, past the limit", read)
		}
	})
}
