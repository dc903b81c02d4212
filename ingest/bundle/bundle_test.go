package bundle

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mholt/archiver/v4"

	"patchtrail/ingest/issue"
)

// A trip is what one Walk saw.
type trip struct {
	got     map[string][]byte // what the visitor read, by path
	cut     map[string]bool   // where it ended in an error
	entries map[string]Entry
	issues  []issue.Issue
	err     error
}

// keys gives "code key path" of all issues, sorted.
func (tr *trip) keys() []string {
	var k []string
	for _, i := range tr.issues {
		k = append(k, fmt.Sprintf("%s %s %s", i.Code, i.Key, i.Path))
	}
	slices.Sort(k)
	return k
}

// walk walks the inputs and checks what holds of every walk.
func walk(t testing.TB, opt Options, inputs ...string) *trip {
	t.Helper()
	return walkContext(t, context.Background(), opt, inputs...)
}

func walkContext(t testing.TB, ctx context.Context, opt Options, inputs ...string) *trip {
	t.Helper()
	tr := &trip{got: map[string][]byte{}, cut: map[string]bool{}, entries: map[string]Entry{}}
	var mu sync.Mutex
	counter := new(Counter)
	if opt.Counter == nil {
		opt.Counter = counter
	}
	opt.Report = func(i issue.Issue) { tr.issues = append(tr.issues, i) } // serialised by Walk
	tr.err = Walk(ctx, inputs, opt, func(_ context.Context, e Entry, r io.Reader) error {
		data, err := io.ReadAll(r)
		mu.Lock()
		defer mu.Unlock()
		if _, twice := tr.entries[e.Path]; twice {
			t.Errorf("%s: visited twice", e.Path)
		}
		tr.got[e.Path], tr.entries[e.Path], tr.cut[e.Path] = data, e, err != nil
		return nil
	})
	for p := range tr.got {
		checkPath(t, p)
	}
	if ctx.Err() == nil && opt.Counter.Done.Load() != opt.Counter.Known.Load() {
		t.Errorf("progress ends at %d of %d", opt.Counter.Done.Load(), opt.Counter.Known.Load())
	}
	return tr
}

// checkPath holds a path to what Entry promises.
func checkPath(t testing.TB, p string) {
	t.Helper()
	for part := range strings.FieldsFuncSeq(p, func(r rune) bool { return r == '/' || r == '!' }) {
		if part == ".." || part == "." || isDevice(part) {
			t.Errorf("path %q holds %q", p, part)
		}
	}
	if strings.ContainsFunc(p, hidden) || strings.ContainsAny(p, `\:`) || strings.HasPrefix(p, "/") {
		t.Errorf("path %q is not harmless", p)
	}
}

// save writes a file into a new folder and gives its path.
func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	write(t, p, data)
	return p
}

func write(t testing.TB, p string, data []byte) {
	t.Helper()
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func sorted(l []string) []string {
	slices.Sort(l)
	return l
}

// want checks that exactly the files were read, under prefix.
func (tr *trip) want(t *testing.T, prefix string, files ...file) {
	t.Helper()
	want := map[string][]byte{}
	for _, f := range files {
		want[prefix+f.name] = f.data
	}
	for p, data := range want {
		got, ok := tr.got[p]
		if !ok {
			t.Errorf("%s: not visited; visited: %q", p, tr.paths())
		} else if !bytes.Equal(got, data) {
			t.Errorf("%s: read %d bytes, want %d", p, len(got), len(data))
		}
	}
	for p := range tr.got {
		if _, ok := want[p]; !ok {
			t.Errorf("%s: visited, but is nothing that was sent", p)
		}
	}
}

func (tr *trip) paths() []string {
	var l []string
	for p := range tr.got {
		l = append(l, p)
	}
	slices.Sort(l)
	return l
}

func (tr *trip) wantIssues(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, tr.keys()); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// kinds are archives of someFiles, made here, and those of testdata, made by
// 7-Zip and gcab of files of their own.
func kinds() map[string][]byte {
	files := someFiles()
	tarred := tarOf(files...)
	return map[string][]byte{
		"stored.zip":   zipOf(0, files...),
		"deflated.zip": zipOf(8, files...),
		"bzip2.zip":    zipOf(archiver.ZipMethodBzip2, files...),
		"zstd.zip":     zipOf(archiver.ZipMethodZstd, files...),
		"xz.zip":       xzZip(files...),
		"a.tar":        tarred,
		"a.tar.gz":     gz(tarred),
		"a.tgz":        gz(tarred),
		"a.tar.bz2":    pack(archiver.Bz2{}, tarred),
		"a.tar.xz":     pack(archiver.Xz{}, tarred),
		"a.tar.zst":    pack(archiver.Zstd{}, tarred),
		"a.tar.lz4":    pack(archiver.Lz4{}, tarred),
		"a.tar.sz":     pack(archiver.Sz{}, tarred),
		"four.rar":     rar4Of(files...),
		"five.rar":     rar5Of("", 0, files...),
	}
}

func TestKinds(t *testing.T) {
	for name, data := range kinds() {
		t.Run(name, func(t *testing.T) {
			tr := walk(t, Options{}, save(t, name, data))
			tr.want(t, name+"!", someFiles()...)
			tr.wantIssues(t)
		})
		t.Run("by content "+name, func(t *testing.T) {
			tr := walk(t, Options{}, save(t, "bundle.bin", data))
			inner := "bundle.bin!"
			tr.want(t, inner, someFiles()...)
			tr.wantIssues(t)
		})
	}
}

// made are the archives of testdata: 7-Zip's and gcab's, all of the same files.
var made = []string{
	"solid.7z", "ppmd.7z", "locked.7z", "locked-names.7z", "zipcrypto.zip", "aes.zip",
	"deflate64.zip", "lzma.zip", "bzip2.zip", "mszip.cab",
}

func madeFiles(t testing.TB) []file {
	tr := walk(t, Options{}, filepath.Join("testdata", "bzip2.zip"))
	var files []file
	for _, p := range tr.paths() {
		files = append(files, file{strings.TrimPrefix(p, "bzip2.zip!"), tr.got[p]})
	}
	if len(files) != 4 || len(files[0].data) != 4712 {
		t.Fatalf("testdata/bzip2.zip holds %q", tr.paths())
	}
	return files
}

func TestKindsOfOtherTools(t *testing.T) {
	files := madeFiles(t)
	for _, name := range made {
		t.Run(name, func(t *testing.T) {
			tr := walk(t, Options{Passwords: []string{"wrong", "contoso"}}, filepath.Join("testdata", name))
			tr.want(t, name+"!", files...)
			tr.wantIssues(t)
		})
	}
}

func TestSingleFiles(t *testing.T) {
	text := logText("CAS", 10000)
	f := func(name string, data []byte, inner string) {
		t.Helper()
		tr := walk(t, Options{}, save(t, name, data))
		tr.want(t, "", file{inner, text})
		tr.wantIssues(t)
	}
	f("CAS.log", text, "CAS.log")
	f("CAS.log.gz", gz(text), "CAS.log.gz!CAS.log")
	f("CAS.log.bz2", pack(archiver.Bz2{}, text), "CAS.log.bz2!CAS.log")
	f("CAS.log.xz", pack(archiver.Xz{}, text), "CAS.log.xz!CAS.log")
	f("CAS.log.zst", pack(archiver.Zstd{}, text), "CAS.log.zst!CAS.log")
	f("CAS.log.lz4", pack(archiver.Lz4{}, text), "CAS.log.lz4!CAS.log")
	f("CAS.lo_", gz(text), "CAS.lo_!CAS.lo_")
}

func TestNested(t *testing.T) {
	inner := someFiles()
	cab := fixture(t, "mszip.cab")
	outer := zipOf(8,
		file{"a/one.zip", zipOf(8, inner...)},
		file{"b/two.tar.gz", gz(tarOf(file{"three.rar", rar5Of("", 0, inner...)}))},
		file{"mdmlogs.cab", cab},
		file{"plain.log", []byte("x\n")},
		file{"stored-later.7z", fixture(t, "solid.7z")},
	)
	tr := walk(t, Options{}, save(t, "outer.zip", outer))
	var want []file
	for _, f := range inner {
		want = append(want, file{"a/one.zip!" + f.name, f.data}, file{"b/two.tar.gz!three.rar!" + f.name, f.data})
	}
	for _, f := range madeFiles(t) {
		want = append(want, file{"mdmlogs.cab!" + f.name, f.data}, file{"stored-later.7z!" + f.name, f.data})
	}
	tr.want(t, "outer.zip!", append(want, file{"plain.log", []byte("x\n")})...)
	tr.wantIssues(t)

	t.Run("stored in place", func(t *testing.T) {
		outer := zipOf(0, file{"one.zip", zipOf(8, inner...)}, file{"two.cab", cab})
		tr := walk(t, Options{Limits: Limits{HeldBytes: 1}}, save(t, "outer.zip", outer))
		if len(tr.got) != 8 || len(tr.issues) > 0 {
			t.Errorf("visited %q with %q; a stored archive needs no memory", tr.paths(), tr.keys())
		}
	})
}

func TestDepth(t *testing.T) {
	f := func(wrap func([]byte) []byte, deep int, wantRead bool, wantIssue ...string) {
		t.Helper()
		data := []byte("deepest\n")
		for range deep {
			data = wrap(data)
		}
		tr := walk(t, Options{}, save(t, "d.bin", data))
		tr.wantIssues(t, wantIssue...)
		if wantRead != (len(tr.got) == 1) {
			t.Errorf("%d deep: visited %q", deep, tr.paths())
		}
	}
	inZip := func(b []byte) []byte { return zipOf(8, file{"z", b}) }
	f(inZip, 5, true)
	f(inZip, 6, false, "limit limit-depth d.bin!z!z!z!z!z")
	f(gz, 5, true)
	f(gz, 9, false, "limit limit-depth d.bin!d.bin!d.bin!d.bin!d.bin!d.bin")
	f(func(b []byte) []byte { return gz(tarOf(file{"t", b})) }, 5, true)
}

func TestNotArchives(t *testing.T) {
	doc := zipOf(8, file{"[Content_Types].xml", []byte("<Types/>")}, file{"word/document.xml", []byte("<w/>")})
	jar := zipOf(8, file{"a.class", []byte("x")})
	files := []file{
		{"report.docx", doc}, {"report.bak", doc}, {"tool.jar", jar},
		{"BZh.log", []byte("BZh is how this log begins, of all things\n")},
		{"year.tar.log", []byte("2024-01-02 not a tar\n")},
	}
	tr := walk(t, Options{}, save(t, "o.zip", zipOf(8, files...)))
	tr.want(t, "o.zip!", files...)
	tr.wantIssues(t)

	// The name of an archive on something else: told, and visited all the same.
	page := []byte("<html>404</html>\n")
	tr = walk(t, Options{}, save(t, "o.zip", zipOf(8, file{"x.7z", page}, file{"y.zip", page}, file{"z.log.gz", page})))
	tr.want(t, "o.zip!", file{"x.7z", page}, file{"y.zip", page}, file{"z.log.gz", page})
	tr.wantIssues(t, "corrupt archive-not-recognised o.zip!x.7z", "corrupt archive-not-recognised o.zip!y.zip",
		"corrupt archive-not-recognised o.zip!z.log.gz")
	tr = walk(t, Options{}, save(t, "y.zip", page))
	tr.want(t, "", file{"y.zip", page})
	tr.wantIssues(t, "corrupt archive-not-recognised y.zip")
}

func TestJunk(t *testing.T) {
	shadow := []byte("\x00\x05\x16\x07 fork")
	log := file{"a.log", []byte("a\n")}
	tr := walk(t, Options{}, save(t, "o.zip", zipOf(8, log, file{"__MACOSX/._a.log", shadow},
		file{"d/.DS_Store", shadow}, file{"d/Thumbs.db", shadow})))
	tr.want(t, "o.zip!", log)
	tr.wantIssues(t)
	tr = walk(t, Options{}, save(t, "o.tar", tarOf(file{"./._a.log", shadow}, file{"./a.log", log.data})))
	tr.want(t, "o.tar!", log)
	tr.wantIssues(t)
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	for name, data := range map[string][]byte{
		"CCM/Logs/a.log":   []byte("a"),
		"inner.zip":        zipOf(8, someFiles()...),
		"deep/x/y/z.log":   []byte("z"),
		"Important!/i.log": []byte("i"),
	} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := []file{{"CCM/Logs/a.log", []byte("a")}, {"deep/x/y/z.log", []byte("z")}, {"Important!/i.log", []byte("i")}}
	for _, f := range someFiles() {
		want = append(want, file{"inner.zip!" + f.name, f.data})
	}
	counter := new(Counter)
	tr := walk(t, Options{Counter: counter}, dir)
	tr.want(t, "bundle/", want...)
	tr.wantIssues(t)
	if got := counter.Entries.Load(); got != int64(len(want)) {
		t.Errorf("Counter.Entries = %d, want %d", got, len(want))
	}

	if filepath.Separator == '/' {
		odd := filepath.Join(dir, `CCM\Logs\a.log`) // one name here, a path elsewhere
		write(t, odd, []byte("odd"))
		walk(t, Options{}, dir).want(t, "bundle/", append(want, file{"CCM_Logs_a.log", []byte("odd")})...)
		if err := os.Remove(odd); err != nil {
			t.Fatal(err)
		}
	}

	if err := os.Symlink("/etc", filepath.Join(dir, "etc")); err != nil {
		t.Skip("no links here: ", err)
	}
	if err := os.Symlink("../bundle", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	tr = walk(t, Options{}, dir)
	tr.want(t, "bundle/", want...)
	tr.wantIssues(t, "skipped link-skipped bundle/etc", "skipped link-skipped bundle/loop")
}

func TestInputs(t *testing.T) {
	one, two := save(t, "logs.zip", zipOf(8, file{"a.log", []byte("1")})), save(t, "logs.zip", zipOf(8, file{"a.log", []byte("2")}))
	gone := filepath.Join(t.TempDir(), "gone.zip")
	tr := walk(t, Options{}, one, gone, two)
	tr.want(t, "", file{"logs.zip!a.log", []byte("1")}, file{"logs (2).zip!a.log", []byte("2")})
	tr.wantIssues(t, "skipped input-missing gone.zip")
	if tr.err != nil {
		t.Errorf("Walk: %v, want nil: two inputs of three were read", tr.err)
	}
	if e := tr.entries["logs (2).zip!a.log"]; e.Input != 2 || e.Size != 1 {
		t.Errorf("entry of the third input: %+v", e)
	}

	tr = walk(t, Options{}, gone)
	var in *InputError
	if !errors.Is(tr.err, ErrNothing) || !errors.As(tr.err, &in) || in.Input != gone || in.Hint == "" {
		t.Errorf("Walk of nothing: %v", tr.err)
	}
	if tr = walk(t, Options{}, t.TempDir()); !errors.Is(tr.err, ErrNothing) {
		t.Errorf("Walk of an empty folder: %v", tr.err)
	}
}

func TestPasswords(t *testing.T) {
	files := madeFiles(t)
	rar := rar5Of("contoso", 0, someFiles()...)
	for _, name := range []string{"locked.7z", "locked-names.7z", "zipcrypto.zip", "aes.zip", "locked.rar"} {
		t.Run(name, func(t *testing.T) {
			want := files
			in := filepath.Join("testdata", name)
			if name == "locked.rar" {
				want, in = someFiles(), save(t, name, rar)
			}
			none := walk(t, Options{}, in)
			none.wantIssues(t, "encrypted password-needed "+name)
			wrong := walk(t, Options{Passwords: []string{"fabrikam", "ちがう"}}, in)
			wrong.wantIssues(t, "encrypted password-wrong "+name)
			for p, data := range wrong.got {
				if len(data) > 0 {
					t.Errorf("%s: read with the wrong password", p)
				}
			}

			var asked []string
			ask := func(_ context.Context, path string, attempt int) (string, bool) {
				asked = append(asked, fmt.Sprint(path, " ", attempt))
				return []string{"no", "contoso"}[attempt-1], true
			}
			tr := walk(t, Options{Ask: ask, Passwords: []string{"fabrikam"}}, in)
			tr.want(t, name+"!", want...)
			tr.wantIssues(t)
			if diff := cmp.Diff([]string{name + " 1", name + " 2"}, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			given := walk(t, Options{Ask: func(context.Context, string, int) (string, bool) { return "", false }}, in)
			given.wantIssues(t, "encrypted password-needed "+name)
		})
	}
}

func TestOnePasswordForAll(t *testing.T) {
	outer := zipOf(8, file{"a.zip", fixture(t, "aes.zip")}, file{"b.7z", fixture(t, "locked.7z")}, file{"c.zip", fixture(t, "zipcrypto.zip")})
	asks := 0
	ask := func(context.Context, string, int) (string, bool) { asks++; return "contoso", true }
	tr := walk(t, Options{Ask: ask}, save(t, "outer.zip", outer))
	if len(tr.got) != 12 || len(tr.issues) > 0 || asks != 1 {
		t.Errorf("visited %d files, %d issues, asked %d times, want 12, 0, 1", len(tr.got), len(tr.issues), asks)
	}
}

func TestZipVariants(t *testing.T) {
	text := logText("CAS", 3000)
	f := func(what string, data []byte, want map[string][]byte, issues ...string) {
		t.Helper()
		tr := walk(t, Options{}, save(t, "v.zip", data))
		if diff := cmp.Diff(want, tr.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		tr.wantIssues(t, issues...)
	}
	one := map[string][]byte{"v.zip!a.log": text}
	f("something before it", rawZipAfter([]byte("#!/bin/sh\n"), stored("a.log", text)), one)
	shifted := append([]byte("MZ and more, so that all offsets are wrong"), rawZip(stored("a.log", text))...)
	f("offsets that do not know what is before it", shifted, one)
	comment := "made by contoso PK\x05\x06"
	f("a comment", func() []byte {
		b := rawZip(stored("a.log", text))
		b[len(b)-2] = byte(len(comment))
		return append(b, comment...)
	}(), one)
	f("empty", rawZip(), map[string][]byte{})

	link := stored("link.log", []byte("/etc/passwd"))
	link.attrs = 0xa1ff << 16
	fifo := stored("pipe", nil)
	fifo.attrs = 0x11ff << 16
	f("links", rawZip(stored("a.log", text), link, fifo), one,
		"skipped link-skipped v.zip!link.log", "skipped special-skipped v.zip!pipe")

	bad := stored("a.log", text)
	bad.crc++
	f("wrong checksum", rawZip(bad), one, "corrupt data-checksum v.zip!a.log")
	odd := stored("a.log", text)
	odd.method = 97
	f("unknown method", rawZip(odd), map[string][]byte{}, "unsupported method-unsupported v.zip!a.log")
}

func TestSplitFiles(t *testing.T) {
	for _, name := range []string{"deflated.zip", "a.tar.gz"} {
		data := kinds()[name]
		dir := filepath.Join(t.TempDir(), "in")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		var parts []string
		for i, at := 1, 0; at < len(data); i, at = i+1, at+1000 {
			p := filepath.Join(dir, fmt.Sprintf("%s.%03d", name, i))
			write(t, p, data[at:min(at+1000, len(data))])
			parts = append(parts, p)
		}
		for prefix, inputs := range map[string][]string{
			"in/" + name + ".001!": {dir},
			name + ".001!":         parts,
		} {
			tr := walk(t, Options{}, inputs...)
			tr.want(t, prefix, someFiles()...)
			tr.wantIssues(t)
		}
		tr := walk(t, Options{}, parts[0])
		tr.want(t, name+".001!", someFiles()...)
	}
}

func TestZip64(t *testing.T) {
	var files []file
	for i := range 70_000 { // more than the plain end record can count
		files = append(files, file{fmt.Sprint(i), nil})
	}
	tr := walk(t, Options{}, save(t, "z.zip", zipOf(0, files...)))
	if len(tr.got) != len(files) || len(tr.issues) > 0 {
		t.Errorf("visited %d of %d, issues %q", len(tr.got), len(files), tr.keys())
	}

	// Sizes in the extra field, as for members past 4 GB.
	text := logText("CAS", 3000)
	m := stored("big.log", text)
	m.csize, m.usize = 0xffffffff, 0xffffffff
	m.extra = []byte{1, 0, 16, 0}
	for range 2 {
		m.extra = binary.LittleEndian.AppendUint64(m.extra, uint64(len(text)))
	}
	data := rawZip(m)
	tr = walk(t, Options{}, save(t, "z.zip", data))
	tr.want(t, "z.zip!", file{"big.log", text})
	tr.wantIssues(t)
	tr = walk(t, Options{}, save(t, "z.zip", data[:len(data)-30])) // and by its local header
	tr.want(t, "z.zip!", file{"big.log", text})
	tr.wantIssues(t, "truncated zip-salvaged z.zip")
}

// A method that is not read costs the members that use it, and no others.
func TestUnsupported(t *testing.T) {
	tr := walk(t, Options{}, filepath.Join("testdata", "ppmd.zip"))
	tr.want(t, "ppmd.zip!", file{"note.txt", []byte("contoso PC01\n")}, file{"empty.log", []byte{}})
	tr.wantIssues(t, "unsupported method-unsupported ppmd.zip!CCM/Logs/ScanAgent.log",
		"unsupported method-unsupported ppmd.zip!CCM/Logs/WUAHandler.log")
}

// A program that unpacks itself is the archive in it; any other is a file, even
// where it names the signatures of archives.
func TestSelfExtracting(t *testing.T) {
	stub := append([]byte("MZ"), bytes.Repeat([]byte("stub PK\x05\x06 7z\xbc\xaf\x27\x1c\x00\x04 code "), 2000)...)
	f := func(data []byte, files []file) {
		t.Helper()
		tr := walk(t, Options{}, save(t, "case.exe", append(bytes.Clone(stub), data...)))
		tr.want(t, "case.exe!", files...)
		tr.wantIssues(t)
	}
	f(kinds()["deflated.zip"], someFiles())
	f(fixture(t, "solid.7z"), madeFiles(t))
	tr := walk(t, Options{}, save(t, "setup.exe", stub))
	tr.want(t, "", file{"setup.exe", stub})
	tr.wantIssues(t)
}

// An archive of a kind that is not read is told, and a log that only looks a
// little like one is not.
func TestUnread(t *testing.T) {
	f := func(name, content string, want ...string) {
		t.Helper()
		tr := walk(t, Options{}, save(t, name, []byte(content)))
		tr.want(t, "", file{name, []byte(content)})
		tr.wantIssues(t, want...)
	}
	f("a.lzh", "\x24\x7f-lh5-\x10\x00", "unsupported method-unsupported a.lzh")
	f("boot.wim", "MSWIM\x00\x00\x00\xd0", "unsupported method-unsupported boot.wim")
	f("a.log.lzma", "\x5d\x00\x00\x80\x00", "unsupported method-unsupported a.log.lzma")
	f("a.log.Z", "\x1f\x9d\x90", "unsupported method-unsupported a.log.Z")
	f("a.log", "ab-lh 2025-03-18 01:02:03 x\n")
	f("b.log", "]\x00\x00 x\n")
	f("c.txt", "MSWIM is a kind of image\n")
}
