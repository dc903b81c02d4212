//go:build e2e

package e2e

import (
	"archive/zip"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSessionAndRecent works on a bundle, saves the session, quits, and finds
// it again: by an argument, by a drop, and in the list of recent bundles.
func TestSessionAndRecent(t *testing.T) {
	path := bundle(t, 3000, lastText)
	s := newScreen(t, 1280, 720)
	a := s.start(settings{lang: "en_US.UTF-8", mode: 1, args: []string{path}})
	a.find()
	a.waitFor("the bundle", has("state=2", "rows=3000 ", "errors=177 "))
	a.key("ctrl+3")
	a.waitFor("the timeline", has("page=timeline "))
	a.key("Home", "F8", "F8", "ctrl+b")
	a.waitFor("the bookmark", has("bookmarks=1 ", "current=22 "))
	a.key("ctrl+shift+f")
	time.Sleep(500 * time.Millisecond)
	a.write("not level:info")
	a.key("Return")
	line := a.waitFor("the filter", func(line string) bool {
		return has("chips=1 ", "bookmarks=1 ")(line) && !strings.Contains(line, "rows=3000 ")
	})
	a.dialog("ctrl+s")
	s.picture("session-save")
	a.key("Return")
	a.hear("Saved 更新 ログ 一式.patchtrail")
	file := filepath.Join(a.home, "更新 ログ 一式.patchtrail")
	data, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(data), "Scan failed") {
		t.Fatalf("%v: the session holds what the logs say:\n%s", err, data)
	}
	a.quit()

	same := func(a *app, how string) {
		t.Helper()
		got := a.waitFor(how, has("state=2", "of=3000 ", "chips=1 ", "bookmarks=1 ", "page=timeline ", field(line, "rows"), field(line, "current")))
		if field(got, "current") == "current=-1 " {
			t.Errorf("%s: no row is chosen", how)
		}
	}
	b := s.start(settings{lang: "en_US.UTF-8", home: a.home, args: []string{file}})
	b.find()
	same(b, "the session as an argument")
	time.Sleep(500 * time.Millisecond)
	s.picture("session-opened")
	b.quit()

	c := s.start(settings{lang: "ja_JP.UTF-8", home: a.home})
	c.find()
	time.Sleep(500 * time.Millisecond)
	s.picture("start-recent")
	c.drop(file)
	same(c, "the session dropped")
	// Dropping more asks whether to add.
	other := bundle(t, 300, lastText)
	c.drop(other)
	c.waitFor("the question", has("dialogs=1 "))
	time.Sleep(500 * time.Millisecond)
	s.picture("replace-or-add")
	c.key("Escape")
	c.waitFor("no question", has("dialogs=0 ", "of=3000 "))
	c.drop(other)
	c.waitFor("the question", has("dialogs=1 "))
	time.Sleep(500 * time.Millisecond)
	c.key("Return")
	c.waitFor("the other bundle", has("state=2", "of=300 "))
	c.quit()

	// The focus is on the first button of the start page: three steps on is the
	// last bundle that was opened.
	d := s.start(settings{lang: "en_US.UTF-8", home: a.home})
	d.find()
	d.key("Tab", "Tab", "Tab", "Return")
	d.waitFor("the recent bundle", has("state=2", "of=300 "))
}

// field is one field of a line of the trace, with the blank after it.
func field(line, name string) string {
	_, rest, _ := strings.Cut(line, " "+name+"=")
	value, _, _ := strings.Cut(rest, " ")
	return name + "=" + value + " "
}

// TestSettings changes settings by keyboard, in the start page's stead, and
// finds them after a restart.
func TestSettings(t *testing.T) {
	s := newScreen(t, 1280, 720)
	a := s.start(settings{lang: "en_US.UTF-8", mode: 1})
	a.find()
	a.key("ctrl+comma")
	a.waitFor("the settings", has("page=settings "))
	time.Sleep(500 * time.Millisecond)
	s.picture("settings-en")
	a.key("Right", "Right") // as the system, English, Japanese
	a.waitFor("Japanese", has("lang=ja", "page=settings "))
	a.key("Tab", "Right") // dark
	a.key("ctrl+equal", "ctrl+equal")
	a.waitFor("the zoom", has("zoom=120 "))
	time.Sleep(500 * time.Millisecond)
	s.picture("settings-ja-zoomed")
	a.key("Escape")
	a.waitFor("the start page", has("page=overview "))
	a.quit()

	b := s.start(settings{lang: "en_US.UTF-8", home: a.home})
	b.find()
	b.waitFor("what was set", has("lang=ja", "zoom=120 "))
	time.Sleep(500 * time.Millisecond)
	s.picture("start-ja-zoomed")
	b.key("ctrl+0")
	b.waitFor("its own size", has("zoom=100 "))
}

// TestSavedFilter saves a filter, and takes it from the palette after a restart.
func TestSavedFilter(t *testing.T) {
	path := bundle(t, 3000, lastText)
	s := newScreen(t, 1280, 720)
	a := s.start(settings{lang: "en_US.UTF-8", mode: 1, args: []string{path}})
	a.find()
	a.waitFor("the bundle", has("state=2", "rows=3000 "))
	a.key("ctrl+shift+f")
	time.Sleep(500 * time.Millisecond)
	a.write("level:error")
	a.key("Return")
	line := a.waitFor("the filter", func(line string) bool { return has("chips=1 ")(line) && !strings.Contains(line, "rows=3000 ") })
	a.key("ctrl+k")
	time.Sleep(500 * time.Millisecond)
	a.write("save this filter")
	a.dialog("Return")
	a.write("only errors")
	s.picture("filter-name")
	a.key("Return")
	a.hear("Filter saved: only errors")
	a.quit()

	b := s.start(settings{lang: "en_US.UTF-8", home: a.home, args: []string{path}})
	b.find()
	b.waitFor("the bundle", has("state=2", "rows=3000 "))
	b.key("ctrl+k")
	time.Sleep(500 * time.Millisecond)
	b.write("only errors")
	time.Sleep(500 * time.Millisecond)
	s.picture("palette-saved-filter")
	b.key("Return")
	b.waitFor("the filter", has("chips=1 ", field(line, "rows")))
	before := len(b.lines())
	b.key("F5")
	b.waitFor("the bundle once more", func(string) bool { // which may be read before the newest line is looked at
		return slices.ContainsFunc(b.lines()[before:], has("state=1", "chips=1 "))
	})
	b.waitFor("the filter once more", has("state=2", "chips=1 ", field(line, "rows")))
}

// TestPassword opens an encrypted zip: a wrong password, the right one, and
// giving it up.
func TestPassword(t *testing.T) {
	path := sealed(t, "pw1")
	s := newScreen(t, 1280, 720)
	a := s.start(settings{lang: "en_US.UTF-8", mode: 1, args: []string{path}})
	a.find()
	a.waitFor("the question", has("dialogs=1 "))
	time.Sleep(500 * time.Millisecond)
	a.write("wrong")
	s.picture("password")
	a.key("Return")
	a.waitFor("the second question", has("dialogs=1 "))
	time.Sleep(700 * time.Millisecond)
	s.picture("password-again")
	a.write("pw1")
	a.key("Return")
	a.waitFor("the bundle", has("state=2", "of=100 ", "problems=0 "))
	a.key("F5")
	a.waitFor("the question", has("state=1", "dialogs=1 "))
	time.Sleep(500 * time.Millisecond)
	a.key("Escape")
	a.waitFor("the problem", func(line string) bool {
		return strings.Contains(line, "state=3") || has("state=2", "of=0 ")(line) && !strings.Contains(line, "problems=0 ")
	})
	time.Sleep(500 * time.Millisecond)
	s.picture("password-given-up")
}

// sealed writes a zip with a log of 100 records, encrypted by ZipCrypto.
func sealed(t *testing.T, password string) string {
	t.Helper()
	var text strings.Builder
	for i := range 100 {
		fmt.Fprintf(&text, "<![LOG[Scan number %d.]LOG]!><time=\"09:00:%02d.000-540\" date=\"03-18-2025\" component=\"ScanAgent\" context=\"\" type=\"1\" thread=\"4\" file=\"x:1\">\r\n", i, i%60)
	}
	plain := []byte(text.String())
	sum := crc32.ChecksumIEEE(plain)
	keys := [3]uint32{0x12345678, 0x23456789, 0x34567890}
	crc := func(sum uint32, c byte) uint32 { return crc32.IEEETable[byte(sum)^c] ^ sum>>8 }
	update := func(c byte) {
		keys[0] = crc(keys[0], c)
		keys[1] = (keys[1]+keys[0]&0xFF)*134775813 + 1
		keys[2] = crc(keys[2], byte(keys[1]>>24))
	}
	for i := range len(password) {
		update(password[i])
	}
	head := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, byte(sum >> 24)}
	data := append(head, plain...)
	for i, c := range data {
		k := keys[2] | 2
		data[i] = c ^ byte(k*(k^1)>>8)
		update(c)
	}
	path := filepath.Join(t.TempDir(), "contoso.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "PC01/CCM/Logs/ScanAgent.log", Flags: 1, Method: zip.Store, CRC32: sum,
		CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(plain))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
