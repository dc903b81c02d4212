package opener

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"patchtrail/app/session"
	"patchtrail/ingest/gen"
	"patchtrail/ingest/record"
)

// client writes a generated client's zip and returns its path.
func client(t *testing.T, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "顧客 ログ.zip")
	err := gen.ZipFile(path, func(s gen.Sink) error {
		_, err := gen.Client(s, gen.Options{Bytes: size, Japanese: true, Zone: time.FixedZone("", 9*3600)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// heard is what an Opener told while it read.
type heard struct {
	sync.Mutex
	progress []session.Progress
	partial  []session.Timeline
}

func (h *heard) hooks() session.Hooks {
	return session.Hooks{
		Progress: func(p session.Progress) { h.Lock(); h.progress = append(h.progress, p); h.Unlock() },
		Partial:  func(t session.Timeline) { h.Lock(); h.partial = append(h.partial, t); h.Unlock() },
		Password: func(context.Context, string, int) (string, bool) { return "", false },
	}
}

func open(t *testing.T, inputs ...string) (session.Result, *heard) {
	t.Helper()
	h := &heard{}
	res, err := Opener{}.Open(context.Background(), inputs, h.hooks())
	if err != nil {
		t.Fatal(err)
	}
	return res, h
}

func TestOpen(t *testing.T) {
	res, h := open(t, client(t, 30<<20))
	tl := res.Timeline
	if tl.Len() < 50_000 {
		t.Fatalf("%d records", tl.Len())
	}
	var r session.Record
	last := int64(0)
	for i := 0; i < tl.Len(); i += 997 {
		tl.Record(i, &r)
		if r.Time < last || r.Time != tl.Time(i) {
			t.Fatalf("row %d is at %d after %d", i, r.Time, last)
		}
		last = r.Time
		if r.Line < 1 || !strings.HasPrefix(r.File, "顧客 ログ.zip!") {
			t.Fatalf("row %d: %+v", i, r)
		}
	}
	if len(res.Zones) != 1 || res.Zones[0].Bias != -540 || r.Bias != -540 {
		t.Errorf("zones %+v, bias of the last row %d", res.Zones, r.Bias)
	}
	for _, part := range h.partial {
		if part.Len() == 0 || part.Len() > tl.Len() {
			t.Errorf("%d rows of %d while reading", part.Len(), tl.Len())
		}
	}
	for i := 1; i < len(h.progress); i++ {
		if h.progress[i].Done < h.progress[i-1].Done || h.progress[i].Records < h.progress[i-1].Records {
			t.Errorf("progress goes back: %+v", h.progress[i-1:i+1])
		}
	}
	var page bytes.Buffer
	if err := res.WriteHTML(&page, "ja", "+09:00", nil); err != nil || !strings.Contains(page.String(), "<html") {
		t.Errorf("the page: %v, %d bytes", err, page.Len())
	}
	if err := res.WriteHTML(&page, "en", "nowhere", nil); err == nil {
		t.Error("a page in a zone that is none")
	}
}

// TestSearchEqualsWalking compares searches with a walk over all rows.
func TestSearchEqualsWalking(t *testing.T) {
	res, _ := open(t, client(t, 3<<20))
	f := func(q session.Query, want func(r *session.Record) bool) {
		t.Helper()
		var got []int
		if err := res.Timeline.Search(context.Background(), q, func(rows []int) { got = append(got, rows...) }); err != nil {
			t.Fatal(err)
		}
		k := 0
		var r session.Record
		for i := range res.Timeline.Len() {
			res.Timeline.Record(i, &r)
			if !want(&r) {
				continue
			}
			if k >= len(got) || got[k] != i {
				t.Fatalf("%+v: row %d is missing or out of turn", q, i)
			}
			k++
		}
		if k != len(got) || k == 0 {
			t.Errorf("%+v: %d rows, want %d", q, len(got), k)
		}
	}
	f(session.Query{Text: "WUAHANDLER"}, func(r *session.Record) bool {
		return len(session.Hits(r.Message, "wuahandler", nil)) > 0
	})
	f(session.Query{Errors: true}, func(r *session.Record) bool { return r.Level == record.Error })
}

// TestFindInALongerTimeline looks rows of a part up in the whole.
func TestFindInALongerTimeline(t *testing.T) {
	dir := t.TempDir()
	line := func(second string, text string) string {
		return `<![LOG[` + text + `]LOG]!><time="10:00:` + second + `.000-540" date="03-18-2025" component="X" context="" type="1" thread="1" file="x.cpp:1">` + "\r\n"
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b.log", line("01", "one")+line("03", "three"))
	part, _ := open(t, dir)
	write("a.log", line("02", "two")+line("04", "four"))
	write("b.log", line("01", "one")+line("03", "three")+line("05", "five"))
	whole, _ := open(t, dir)
	f := func(i, want int) {
		t.Helper()
		if got := whole.Timeline.Find(part.Timeline, i); got != want {
			t.Errorf("row %d of the part is row %d of the whole, want %d", i, got, want)
		}
	}
	f(0, 0)
	f(1, 2)
	f(-1, 0)
	f(7, 0)
}

func TestProblemsAreTold(t *testing.T) {
	path := client(t, 1<<20)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	res, _ := open(t, path)
	if len(res.Problems) == 0 || res.Problems[0].Text("en") == res.Problems[0].Text("ja") {
		t.Errorf("of half a zip: %+v", res.Problems)
	}
}

func TestFailures(t *testing.T) {
	f := func(what, path string) {
		t.Helper()
		if _, err := (Opener{}).Open(context.Background(), []string{path}, (&heard{}).hooks()); err == nil {
			t.Errorf("%s was opened", what)
		}
	}
	f("what is not there", filepath.Join(t.TempDir(), "absent.zip"))
}

func TestCancel(t *testing.T) {
	path := client(t, 3<<20)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Opener{}).Open(ctx, []string{path}, (&heard{}).hooks()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPassword asks for the password of an encrypted zip. The sample is made
// here: ZipCrypto is simple enough (APPNOTE.TXT 6.1).
func TestPassword(t *testing.T) {
	path := filepath.Join(t.TempDir(), "locked.zip")
	text := []byte(`<![LOG[hello]LOG]!><time="10:00:01.000-540" date="03-18-2025" component="X" context="" type="1" thread="1" file="x.cpp:1">` + "\r\n")
	if err := os.WriteFile(path, locked(t, "WUAHandler.log", text, "contoso"), 0o600); err != nil {
		t.Fatal(err)
	}
	var asked []int
	h := &heard{}
	hooks := h.hooks()
	hooks.Password = func(_ context.Context, _ string, attempt int) (string, bool) {
		asked = append(asked, attempt)
		return []string{"wrong", "contoso"}[min(attempt, 2)-1], true
	}
	res, err := Opener{}.Open(context.Background(), []string{path}, hooks)
	if err != nil || res.Timeline.Len() != 1 || len(asked) < 1 || asked[0] != 1 {
		t.Fatalf("%v, asked %v, %d records", err, asked, res.Timeline.Len())
	}
}

// locked is a zip of one member, stored and encrypted with ZipCrypto.
func locked(t *testing.T, name string, text []byte, password string) []byte {
	t.Helper()
	crc := crc32Of(text)
	k := newKeys(password)
	head := append(bytes.Repeat([]byte{7}, 11), byte(crc>>24))
	var sealed []byte
	for _, c := range append(head, text...) {
		sealed = append(sealed, k.seal(c))
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, Flags: 1, CRC32: crc,
		CompressedSize64: uint64(len(sealed)), UncompressedSize64: uint64(len(text))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(sealed); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
