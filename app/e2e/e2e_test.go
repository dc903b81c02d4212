//go:build e2e

package e2e

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"image"
	_ "image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tools are what these tests need beside Go; cmd/dev installs them.
var tools = []string{"Xvfb", "xdotool", "import", "/usr/bin/python3"}

// screen is a running Xvfb.
type screen struct {
	t       *testing.T
	display string
}

// newScreen starts an X server on a free display.
func newScreen(t *testing.T, w, h int) *screen {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: %v", tool, err)
		}
	}
	r, wr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", w, h), "-nolisten", "tcp", "-noreset")
	x.ExtraFiles = []*os.File{wr}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	wr.Close()
	t.Cleanup(func() { x.Process.Kill(); x.Wait() })
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb names no display: %v", err)
	}
	return &screen{t, ":" + strings.TrimSpace(line)}
}

// run runs a tool on the screen and returns what it prints.
func (s *screen) run(name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+s.display)
	out, err := c.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %q: %w: %s", name, args, err, out)
	}
	return strings.TrimSpace(string(out)), err
}

func (s *screen) must(name string, args ...string) string {
	s.t.Helper()
	out, err := s.run(name, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// picture takes a picture of the screen. It stays in E2E_PICTURES, if set.
func (s *screen) picture(name string) image.Image {
	s.t.Helper()
	dir := os.Getenv("E2E_PICTURES")
	if dir == "" {
		dir = s.t.TempDir()
	}
	path := filepath.Join(dir, name+".png")
	s.must("import", "-window", "root", path)
	f, err := os.Open(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		s.t.Fatal(err)
	}
	return img
}

// pictureOf takes pictures until one shows what is wanted: a single one may
// catch the screen half drawn.
func (s *screen) pictureOf(name string, shows func(image.Image) error) image.Image {
	s.t.Helper()
	for late := time.Now().Add(10 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		img := s.picture(name)
		err := shows(img)
		if err == nil {
			return img
		}
		if time.Now().After(late) {
			s.t.Fatal(err)
		}
	}
}

// app is the running app.
type app struct {
	*screen
	home   string
	trace  string
	window string
	out    *bytes.Buffer
	cmd    *exec.Cmd
	wait   chan error
}

// settings are how the app starts.
type settings struct {
	lang string // "en_US.UTF-8", "ja_JP.UTF-8"
	mode int    // theme.Mode
	args []string
	env  []string
	home string // of an earlier run, "" for a new one
}

// build builds the app once for all tests.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(binDir, "patchtrail")
	if _, err := os.Stat(bin); err == nil {
		return bin
	}
	c := exec.Command("go", "build", "-tags", "x11", "-o", bin, "patchtrail/cmd/patchtrail")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return bin
}

var binDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "patchtrail-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binDir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// start starts the app on the screen and waits for its window.
func (s *screen) start(set settings) *app {
	s.t.Helper()
	bin := build(s.t)
	home := set.home
	if home == "" {
		home = s.t.TempDir()
		if err := os.Mkdir(filepath.Join(home, ".cache"), 0o700); err != nil {
			s.t.Fatal(err)
		}
	}
	if set.mode != 0 {
		prefs := filepath.Join(home, ".config", "fyne", "patchtrail.desktop")
		if err := os.MkdirAll(prefs, 0o700); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(prefs, "preferences.json"), fmt.Appendf(nil, `{"theme":%d}`, set.mode), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	a := &app{screen: s, home: home, trace: filepath.Join(home, "trace"), out: &bytes.Buffer{}, wait: make(chan error, 1)}
	a.cmd = exec.Command(bin, set.args...)
	a.cmd.Env = append(os.Environ(), "DISPLAY="+s.display, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"),
		"LANG="+set.lang, "LC_ALL="+set.lang, "PATCHTRAIL_TRACE="+a.trace, "LIBGL_ALWAYS_SOFTWARE=1", "WAYLAND_DISPLAY=", "TZ=Europe/Berlin")
	a.cmd.Env = append(a.cmd.Env, set.env...)
	os.Remove(a.trace) // of the run before
	a.cmd.Stdout, a.cmd.Stderr = a.out, a.out
	if err := a.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { a.wait <- a.cmd.Wait() }()
	s.t.Cleanup(a.stop)
	return a
}

// find waits for the window, and gives it the keyboard.
func (a *app) find() {
	a.t.Helper()
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if out, err := a.run("xdotool", "search", "--onlyvisible", "--name", "PatchTrail"); err == nil && out != "" {
			a.window = strings.Fields(out)[0]
			break
		}
		if time.Now().After(late) {
			a.t.Fatalf("no window came: %s", a.out)
		}
	}
	a.waitFor("the first state", func(line string) bool { return strings.Contains(line, "state=") })
	a.must("xdotool", "windowfocus", "--sync", a.window)
}

// halfWritten is what Fyne says when it watches its file of preferences and
// looks just while it writes that file itself. It goes on with what it has. The
// cause is not yet there where the app is ended just then.
var halfWritten = regexp.MustCompile(`Fyne error:  Preferences load error:\s*(?:\n.*Cause: EOF|$)`)

// stop ends the app, and holds that it never complained.
func (a *app) stop() {
	a.cmd.Process.Kill()
	<-a.wait
	// A bare X server has no desktop that could tell of its theme or folders.
	said := strings.NewReplacer("Fyne error:  failed to watch theme settings", "",
		"Fyne error:  Getting favorite locations", "").Replace(a.out.String())
	said = halfWritten.ReplaceAllString(said, "")
	for _, bad := range []string{"Error in Fyne call thread", "Fyne error", "panic", "fatal error", "DATA RACE"} {
		if strings.Contains(said, bad) {
			a.t.Errorf("the app said: %s", a.out)
			break
		}
	}
}

// quit ends the app by its key, and waits until it has kept its settings.
func (a *app) quit() {
	a.t.Helper()
	a.key("ctrl+q")
	select {
	case err := <-a.wait:
		a.wait <- err // for stop
	case <-time.After(20 * time.Second):
		a.t.Fatal("Ctrl+Q does not end the app")
	}
}

// write types a text.
func (a *app) write(text string) {
	a.t.Helper()
	a.must("xdotool", "type", "--window", "0", text)
}

// hear waits until the app has said something, however short it showed.
func (a *app) hear(text string) {
	a.t.Helper()
	a.waitFor(text, func(string) bool {
		return slices.ContainsFunc(a.lines(), has(fmt.Sprintf("said=%q", text)))
	})
}

// dialog presses a key and waits until it has opened a dialog.
func (a *app) dialog(keys ...string) {
	a.t.Helper()
	a.key(keys...)
	a.waitFor("a dialog", has("dialogs=1 "))
	time.Sleep(500 * time.Millisecond) // a dialog takes keys once it is drawn
}

// lines are what the app noted so far.
func (a *app) lines() []string {
	text, err := os.ReadFile(a.trace)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// waitFor waits until the newest line of the trace is as wanted.
func (a *app) waitFor(what string, ok func(line string) bool) string {
	a.t.Helper()
	for late := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		last := ""
		if lines := a.lines(); len(lines) > 0 {
			last = lines[len(lines)-1]
		}
		if last != "" && ok(last) {
			return last
		}
		if time.Now().After(late) {
			a.t.Fatalf("%s did not come; last: %s\n%s", what, last, a.out)
		}
	}
}

func has(words ...string) func(string) bool {
	return func(line string) bool {
		for _, w := range words {
			if !strings.Contains(line, w) {
				return false
			}
		}
		return true
	}
}

func (a *app) key(keys ...string) {
	a.t.Helper()
	for _, k := range keys {
		a.must("xdotool", "key", "--window", "0", k)
		time.Sleep(60 * time.Millisecond)
	}
}

func (a *app) drop(paths ...string) {
	a.t.Helper()
	a.must("/usr/bin/python3", append([]string{"testdata/xdnd.py", a.window}, paths...)...)
}

// bundle writes a zip with a Japanese name: three CMTrace logs of n records in
// all, of which the last in time reads last.
func bundle(t *testing.T, n int, last string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "更新 ログ 一式.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	start := time.Date(2025, 3, 18, 9, 0, 0, 0, time.UTC)
	for k, name := range []string{"WUAHandler", "UpdatesDeployment", "ScanAgent"} {
		w, err := z.Create("PC01/CCM/Logs/" + name + ".log")
		if err != nil {
			t.Fatal(err)
		}
		b := bufio.NewWriter(w)
		for i := k; i < n; i += 3 {
			level, text := 1, fmt.Sprintf("Scan number %d completed successfully.", i)
			switch {
			case i == n-1:
				text = last
			case i%17 == 5:
				level, text = 3, fmt.Sprintf("Scan failed with error = 0x80240438. (%d)", i)
			case i%17 == 9:
				level, text = 2, fmt.Sprintf("更新プログラムのインストールが最長実行時間を超えました。KB5053602 (%d)", i)
			case i%17 == 12:
				text = fmt.Sprintf("Update (%d)\r\n  first line of more\r\n  second line of more", i)
			}
			at := start.Add(time.Duration(i) * 40 * time.Millisecond)
			fmt.Fprintf(b, "<![LOG[%s]LOG]!><time=\"%s-540\" date=\"%s\" component=\"%s\" context=\"\" type=\"%d\" thread=\"%d\" file=\"%s.cpp:%d\">\r\n",
				text, at.Format("15:04:05.000"), at.Format("01-02-2006"), name, level, 4000+k, strings.ToLower(name), 100+i%900)
		}
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const lastText = "最後の行 the very last row"

// TestDropShowsTheLastRow drops a zip with a Japanese name on the window,
// presses End, and looks whether the last row is on the screen.
func TestDropShowsTheLastRow(t *testing.T) {
	const n = 200_000
	path := bundle(t, n, lastText)
	for _, c := range []struct {
		name, lang string
		w, h, mode int
	}{
		{"light-en-1280", "en_US.UTF-8", 1280, 720, 1},
		{"dark-ja-1280", "ja_JP.UTF-8", 1280, 720, 2},
		{"dark-en-1920", "en_US.UTF-8", 1920, 1080, 2},
		{"light-ja-1920", "ja_JP.UTF-8", 1920, 1080, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScreen(t, c.w, c.h)
			a := s.start(settings{lang: c.lang, mode: c.mode})
			a.find()
			a.must("xdotool", "windowmove", a.window, "0", "0", "windowsize", "--sync", a.window, strconv.Itoa(c.w), strconv.Itoa(c.h))
			time.Sleep(300 * time.Millisecond)
			s.picture(c.name + "-empty")
			a.drop(path)
			a.waitFor("the whole timeline", has("state=2", fmt.Sprintf("rows=%d ", n), "page=overview "))
			time.Sleep(500 * time.Millisecond)
			s.picture(c.name + "-overview")
			for i, page := range []string{"findings", "timeline", "updates", "windows", "checklist", "files"} {
				a.key(fmt.Sprintf("ctrl+%d", i+2))
				a.waitFor(page, has("page="+page+" "))
				time.Sleep(400 * time.Millisecond)
				s.picture(c.name + "-" + page)
			}
			a.key("ctrl+3")
			a.waitFor("the timeline", has("page=timeline "))
			time.Sleep(500 * time.Millisecond)
			top := s.picture(c.name + "-top")
			a.key("End")
			line := a.waitFor("the last row", has(fmt.Sprintf("last=%d ", n-1), fmt.Sprintf("current=%d ", n-1)))
			if !strings.Contains(line, strconv.Quote(lastText)) {
				t.Errorf("the last row in sight reads: %s", line)
			}
			time.Sleep(500 * time.Millisecond)
			end := s.pictureOf(c.name+"-end", func(img image.Image) error { return checkSelected(img, c.mode == 2) })
			if same(top, end) {
				t.Error("the picture did not change")
			}
			a.key("Home", "F8", "F8")
			a.waitFor("the second error", has("current=22 "))
			time.Sleep(300 * time.Millisecond)
			s.picture(c.name + "-error")
			a.key("ctrl+f")
			a.must("xdotool", "type", "--window", "0", "KB5053602")
			a.waitFor("the matches", has(fmt.Sprintf("matches=%d ", (n-9+16)/17), "done=true"))
			time.Sleep(300 * time.Millisecond)
			s.picture(c.name + "-filter")
			a.key("Escape")
			a.waitFor("all rows again", has(fmt.Sprintf("rows=%d ", n), "matches=0 "))
		})
	}
}

// checkSelected holds that the picture has a row in the colour of the
// selection near the foot of the rows, with text in it.
func checkSelected(img image.Image, dark bool) error {
	want := [3]int{0x8F, 0xC0, 0xF3}
	if dark {
		want = [3]int{0x2A, 0x5C, 0x99}
	}
	b := img.Bounds()
	rows, text := 0, 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		hit, other := 0, 0
		for x := b.Min.X; x < b.Max.X-40; x++ {
			if near(img, x, y, want) {
				hit++
			} else {
				other++
			}
		}
		if hit > b.Dx()/2 {
			rows++
			text += other
		}
	}
	if rows < 15 || rows > 22 || text < 100 {
		return fmt.Errorf("%d lines of pixels are a selected row, with %d pixels of text", rows, text)
	}
	return nil
}

func near(img image.Image, x, y int, want [3]int) bool {
	r, g, b, _ := img.At(x, y).RGBA()
	for i, v := range []uint32{r, g, b} {
		if d := int(v>>8) - want[i]; d < -6 || d > 6 {
			return false
		}
	}
	return true
}

func same(a, b image.Image) bool {
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y += 3 {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x += 3 {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

// TestArguments opens a bundle given as an argument, and saves its page.
func TestArguments(t *testing.T) {
	path := bundle(t, 3000, lastText)
	a := newScreen(t, 1280, 720).start(settings{lang: "en_US.UTF-8", args: []string{path}})
	a.find()
	a.waitFor("the timeline", has("state=2", "rows=3000 "))
	a.key("ctrl+e")
	time.Sleep(time.Second)
	a.key("Return")
	a.waitFor("the page", has(`.html"`, "Saved"))
	page, err := os.ReadFile(filepath.Join(a.home, "更新 ログ 一式.html"))
	if err != nil || !bytes.Contains(page, []byte("</html>")) {
		t.Errorf("%v: %d bytes", err, len(page))
	}
}

// TestEvidence goes from the overview over a finding and its evidence to the
// record, and from a file to its records alone, by keyboard.
func TestEvidence(t *testing.T) {
	path := bundle(t, 3000, lastText)
	a := newScreen(t, 1280, 720).start(settings{lang: "en_US.UTF-8", args: []string{path}})
	a.find()
	a.waitFor("the overview", has("state=2", "rows=3000 ", "page=overview "))
	a.key("ctrl+2")
	a.waitFor("a finding", func(line string) bool { return has("page=findings ")(line) && !strings.Contains(line, `about=""`) })
	a.key("Tab", "Tab", "Tab") // past what judges the finding
	for range 12 {             // past what is between that and the evidence
		a.key("Tab", "Return")
		if lines := a.lines(); has("page=timeline ")(lines[len(lines)-1]) {
			break
		}
	}
	line := a.waitFor("the record", has("page=timeline "))
	var current int
	if _, err := fmt.Sscanf(line[strings.Index(line, "current="):], "current=%d", &current); err != nil || current%17 != 5 {
		t.Errorf("%v: evidence leads to row %d, which is no error: %s", err, current, line)
	}
	a.picture("evidence")
	a.key("ctrl+7")
	a.waitFor("the tree", func(line string) bool { return has("page=files ")(line) && !strings.Contains(line, `about=""`) })
	a.key("End", "Return")
	a.waitFor("the records of one file", has("page=timeline ", "rows=1000 ", "of=3000 "))
	time.Sleep(300 * time.Millisecond)
	a.picture("file-alone")
	a.key("Escape")
	a.waitFor("all records", has("rows=3000 "))
}

// TestNoOpenGL starts the app where no window can be opened: it must say so
// and name ptrail.
func TestNoOpenGL(t *testing.T) {
	a := newScreen(t, 640, 480).start(settings{lang: "en_US.UTF-8", env: []string{"DISPLAY=:99999"}})
	select {
	case <-a.wait:
		a.wait <- io.EOF // for stop
	case <-time.After(20 * time.Second):
		t.Fatal("the app did not end")
	}
	if said := a.out.String(); !strings.Contains(said, "ptrail analyze") || strings.Contains(said, "panic") {
		t.Errorf("the app said: %s", a.out)
	}
	a.out.Reset() // Fyne's own complaint is expected here
}
