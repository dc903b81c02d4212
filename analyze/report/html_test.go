package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/rule"
	"patchtrail/assets"
	"patchtrail/ingest/gen"
)

var update = flag.Bool("update", false, "write the goldens anew")

// now is the time of every analysis of these tests.
var now = time.Date(2025, 3, 19, 1, 30, 0, 0, time.UTC)

// windowsFile are maintenance windows of which none takes 40 minutes.
const windowsFile = "Tuesday,4,2025-03-18 22:00,30m\nEvery 3 days,4,02C159C0381C2000\n"

// clientFolder writes a client whose last installation was cancelled at its
// maximum run time, with a snapshot of its system.
func clientFolder(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "PC01")
	opt := gen.Options{Bytes: 1 << 19, Incident: gen.InstallExceededMaxTime, Japanese: true, Start: time.Date(2025, 3, 18, 6, 0, 0, 0, time.UTC)}
	if _, err := gen.Client(gen.Folder(dir), opt); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "systeminfo.txt"), "Host Name:                 PC01\r\nOS Name:                   Microsoft Windows 11 Enterprise\r\nOS Version:                10.0.22631 N/A Build 22631\r\nOS Manufacturer:           Microsoft Corporation\r\nSystem Boot Time:          3/17/2025, 8:00:00 AM\r\nTotal Physical Memory:     16,075 MB\r\nDomain:                    contoso.com\r\n")
	return dir
}

// attack is text that a page, a script, a style sheet or a template might act on.
const attack = `<script>console.log(1)</script><img src=x onerror=console.log(2)><a href="javascript:console.log(3)">x</a>{{.}}` + "`</code>`" +
	`</table></main></script>'"></title><svg onload=console.log(4)>` + "\u202e\u0007" + `]]>--><!--`

// hostileFolder writes logs and names that attack whoever shows them.
func hostileFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	line := func(component, text string) string {
		return `<![LOG[` + text + `]LOG]!><time="01:02:03.000-540" date="03-18-2025" component="` + component + `" context="" type="3" thread="1" file="a">` + "\r\n"
	}
	wide := strings.Repeat("W", 3000)
	text := line("CcmMessaging", `[CCMHTTP] ERROR: URL=http://mp01.contoso.com/`+attack+wide+`, Port=80, Options=1248, Code=0, Text=CCM_E_BAD_HTTP_STATUS_CODE`) +
		line("<b>x", attack) + line("CcmMessaging", "plain") + line("CcmMessaging", wide)
	write(t, filepath.Join(dir, "CcmMessaging<b>.log"), strings.Repeat(text, 3))
	write(t, filepath.Join(dir, "WUAHandler&amp;'\".log"), line("WUAHandler", "Scan failed with error = 0x80072ee2. "+attack))
	write(t, filepath.Join(dir, "systeminfo.txt"), "Host Name:                 <script>console.log(5)</script>\r\nOS Name:                   "+attack+"\r\nOS Version:                10.0.22631 N/A Build 22631\r\n")
	reporting := "\ufeff{11111111-2222-3333-4444-555555555555}\t2025-03-18 01:00:00:000+0900\t1\t181 [AGENT_INSTALLING_STARTED]\t101\t{22222222-2222-3333-4444-555555555555}\t1\t0\tCcmExec\tSuccess\tContent Install\tInstallation Started: Windows has started installing the following update: " + attack + "\r\n"
	write(t, filepath.Join(dir, "ReportingEvents.log"), reporting)
	return dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// analysis analyses a folder at the time now.
func analysis(t testing.TB, dir string, opt analyze.Options) *analyze.Result {
	t.Helper()
	opt.Now, opt.Windows = now, &analyze.WindowFile{Name: "windows.csv", Data: []byte(windowsFile)}
	res, err := analyze.Run(context.Background(), []string{dir}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// demo analyses the demo bundle on the day that it was made.
func demo(t testing.TB) *analyze.Result {
	t.Helper()
	data, err := assets.FS.ReadFile(assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), filepath.Base(assets.Demo))
	write(t, path, string(data))
	res, err := analyze.Run(t.Context(), []string{path}, analyze.Options{Now: time.Date(2025, 3, 20, 1, 30, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func pageOf(t testing.TB, res *analyze.Result, opt Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, res, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPageGolden holds the page of a client, found by the rules of testdata, so
// that a new signature does not change it. Style and script are left out.
func TestPageGolden(t *testing.T) {
	set, err := rule.Load(rule.Folder{Name: "testdata/rules", FS: os.DirFS("testdata/rules"), Builtin: true})
	if err != nil {
		t.Fatal(err)
	}
	res := analysis(t, clientFolder(t), analyze.Options{Rules: set})
	res.Checklist, res.Symptoms[0], res.Coverage = res.Checklist[:3], res.Symptoms[0][:1], res.Coverage[:3] // of what others decide, enough to see its form
	got := pageOf(t, res, Options{})
	for _, e := range []string{"style", "script"} {
		got = regexp.MustCompile(`(?s)<`+e+`>.*?</`+e+`>`).ReplaceAllString(got, "<"+e+"></"+e+">")
	}
	got = regexp.MustCompile(`sha256-[^']+`).ReplaceAllString(got, "sha256-")
	path := filepath.Join("testdata", "page.html")
	if *update {
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// TestPagePolicy holds that the page allows exactly its own style and script,
// and names nothing outside but links to click.
func TestPagePolicy(t *testing.T) {
	res := analysis(t, clientFolder(t), analyze.Options{})
	for _, l := range lang.All() {
		s := pageOf(t, res, Options{Lang: l})
		for _, e := range []string{"style", "script"} {
			found := regexp.MustCompile(`(?s)<`+e+`>(.*?)</`+e+`>`).FindAllStringSubmatch(s, -1)
			if len(found) != 1 {
				t.Fatalf("%s: %d elements %s", l, len(found), e)
			}
			sum := sha256.Sum256([]byte(found[0][1]))
			if want := e + "-src &#39;sha256-" + base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(strings.ReplaceAll(s, "&#43;", "+"), strings.ReplaceAll(want, "&#39;", "'")) {
				t.Errorf("%s: the policy lacks %s", l, want)
			}
		}
		if m := regexp.MustCompile(`(?i)\s(src|srcset|style|on\w+|action|background|poster)\s*=\s*["'][^"']*["']`).FindAllString(markup(s), -1); len(m) > 0 {
			t.Errorf("%s: %q", l, m)
		}
		if m := regexp.MustCompile(`[a-z]+\.[a-z.-]+`).FindString(strings.Join(regexp.MustCompile(`report\.[a-z.-]+`).FindAllString(s, -1), " ")); m != "" {
			t.Errorf("%s: no words for %s", l, m)
		}
		if !strings.Contains(s, `<html lang="`+string(l)+`">`) {
			t.Errorf("%s: no language", l)
		}
	}
}

// markup is the page without style and script.
func markup(s string) string {
	return regexp.MustCompile(`(?s)<(style|script)>.*?</(style|script)>`).ReplaceAllString(s, "")
}

// TestHostilePage holds that all text of a bundle is text.
func TestHostilePage(t *testing.T) {
	res := analysis(t, hostileFolder(t), analyze.Options{})
	for _, l := range lang.All() {
		s := pageOf(t, res, Options{Lang: l})
		if !strings.Contains(s, "&lt;img src=x onerror=console.log(2)&gt;") {
			t.Errorf("%s: the text of the attack is missing", l)
		}
		m := markup(s)
		for _, bad := range []string{"<img", "<script", "javascript:\"", "href=\"javascript", "<b>x", "onload=console.log(4)>", "<svg onload"} {
			if strings.Contains(m, bad) {
				t.Errorf("%s: the page holds %s", l, bad)
			}
		}
		for _, e := range []string{"table", "main", "section", "article", "details", "svg", "tbody"} {
			open, end := len(regexp.MustCompile(`<`+e+`[\s>]`).FindAllString(m, -1)), strings.Count(m, "</"+e+">")
			if open != end {
				t.Errorf("%s: %d <%s>, %d </%s>", l, open, e, end, e)
			}
		}
	}
}

// TestPageIDs holds that no two elements share an id and that every link within
// the page leads somewhere.
func TestPageIDs(t *testing.T) {
	for name, dir := range map[string]string{"client": clientFolder(t), "hostile": hostileFolder(t)} {
		s := markup(pageOf(t, analysis(t, dir, analyze.Options{}), Options{}))
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(`\sid="([^"]+)"`).FindAllStringSubmatch(s, -1) {
			if ids[m[1]] {
				t.Errorf("%s: id %s twice", name, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby=")([^"]+)"`).FindAllStringSubmatch(s, -1) {
			if !ids[m[1]] {
				t.Errorf("%s: nothing has the id %s", name, m[1])
			}
		}
	}
}

// TestPageSize holds that a bundle with much of everything, in text that grows
// when it is escaped, makes a page below 10 MB that says what was left out.
func TestPageSize(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&b, `<![LOG[Scan failed with error = 0x80072ee2. %s]LOG]!><time="01:%02d:%02d.%03d-540" date="03-18-2025" component="WUAHandler" context="" type="3" thread="1" file="a">`+"\r\n", strings.Repeat(`"<&>'`, 60), i/6000, i/100%60, i%100)
	}
	write(t, filepath.Join(dir, "WUAHandler.log"), b.String())
	for i := range 3000 {
		write(t, filepath.Join(dir, fmt.Sprintf("%s%04d.log", strings.Repeat("'", 100), i)), "2025-03-18 01:02:03 x\n")
	}
	s := pageOf(t, analysis(t, dir, analyze.Options{}), Options{})
	t.Logf("%d bytes", len(s))
	if len(s) > 10e6 || len(s) < 3e6 {
		t.Errorf("%d bytes", len(s))
	}
	for _, want := range []string{lang.English.T("report.timeline-cut"), lang.English.T("report.more", "")} {
		if !strings.Contains(s, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestJoin holds how runs of rows are put together.
func TestJoin(t *testing.T) {
	f := func(all []span, one span, want []span, rows int) {
		t.Helper()
		got, n := join(all, one)
		if d := cmp.Diff(want, got, cmp.AllowUnexported(span{})); d != "" || n != rows {
			t.Errorf("join(%v, %v): %d rows, %s", all, one, n, d)
		}
	}
	f(nil, span{3, 5}, []span{{3, 5}}, 2)
	f([]span{{3, 5}}, span{8, 9}, []span{{3, 5}, {8, 9}}, 3)
	f([]span{{3, 5}}, span{0, 1}, []span{{0, 1}, {3, 5}}, 3)
	f([]span{{3, 5}}, span{5, 7}, []span{{3, 7}}, 4)
	f([]span{{3, 5}, {8, 9}}, span{4, 8}, []span{{3, 9}}, 6)
	f([]span{{3, 9}}, span{4, 6}, []span{{3, 9}}, 6)
}

// TestRoots holds that the quick way to the cause of a finding is that of
// rootOf, for findings of several machines.
func TestRoots(t *testing.T) {
	res := &analyze.Result{}
	for i := range 60 {
		f := finding.Finding{ID: fmt.Sprint("id-", i%7), Machine: i % 4, Root: i%3 == 0}
		if !f.Root {
			f.ConsequenceOf = fmt.Sprint("id-", i%5)
		}
		res.Findings = append(res.Findings, f)
	}
	for i, got := range rootsOf(res) {
		want := i
		if f := res.Findings[i]; !f.Root {
			want = rootOf(res, f)
		}
		if got != want && want >= 0 {
			t.Errorf("the root of %d is %d, not %d", i, want, got)
		}
	}
}

// TestRoom holds that no text is longer in HTML than what it takes of its room.
func TestRoom(t *testing.T) {
	r := room(100)
	if got := r.text("abc<", 10); got != "abc<" || r != 92 {
		t.Errorf("%q, %d left", got, r)
	}
	if got := r.text(strings.Repeat("x", 50), 10); got != "xxxxxxxxxx …" {
		t.Errorf("%q", got)
	}
	if got := r.text(strings.Repeat("'", 50), 100); got != "…" {
		t.Errorf("%q", got)
	}
}

// TestPageAssets holds that the script cannot end its own element.
func TestPageAssets(t *testing.T) {
	for _, name := range []string{"report.js", "report.css"} {
		b, err := assets.FS.ReadFile("report/" + name)
		if err != nil || strings.Contains(string(b), "</") || strings.Contains(string(b), "<!--") || strings.Contains(string(b), "url(") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPageDemo holds what the page of the demo bundle has to show.
func TestPageDemo(t *testing.T) {
	page := pageOf(t, demo(t), Options{Lang: lang.English})
	part := func(id string) string {
		_, rest, _ := strings.Cut(page, `<section id="`+id+`"`)
		inside, _, _ := strings.Cut(rest, "</section>")
		return inside
	}
	f := func(id, piece string, want int) {
		t.Helper()
		if n := strings.Count(part(id), piece); n != want {
			t.Errorf("%s: %q %d times, want %d", id, piece, n, want)
		}
	}
	f("summary", `<span class="mark error">`, 3)
	f("summary", "Updates that it holds back:", 3)
	f("findings", `<article class="finding error"`, 3)
	f("findings", "What follows from it", 1)
	f("ruled-out", `<li><span class="mark good">`, 18)
	f("updates", `class="ran error"`, 2)
	f("updates", "What stops it:", 2)
	f("windows", `<rect class="never"`, 28) // the nights of four weeks from the next on, and the legend
	f("comparison", "", 1)                  // nothing to compare with
	if n := strings.Count(part("timeline"), " class=\"e proof\""); n < 5 {
		t.Errorf("%d errors are marked as evidence", n)
	}
}
