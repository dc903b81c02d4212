//go:build chromium

package report

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	printing "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
)

var readme = flag.Bool("pictures", false, "take the picture of the README anew")

// browser starts a headless Chromium with an empty profile.
func browser(t *testing.T) context.Context {
	t.Helper()
	exe, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing; cmd/dev test installs it")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(stop)
	return ctx
}

// watch collects what a page asks for and complains of.
type watch struct {
	mu                   sync.Mutex
	requests, complaints []string
}

func (w *watch) listen(t *testing.T, ctx context.Context) {
	t.Helper()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Listen(ctx, func(ev any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "file://") || !strings.HasSuffix(strings.SplitN(e.Request.URL, "#", 2)[0], ".html") {
				w.requests = append(w.requests, e.Request.URL)
			}
		case *runtime.EventConsoleAPICalled:
			w.complaints = append(w.complaints, string(e.Type))
		case *runtime.EventExceptionThrown:
			w.complaints = append(w.complaints, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			w.complaints = append(w.complaints, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
}

// hold fails the test for anything collected.
func (w *watch) hold(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.requests) > 0 || len(w.complaints) > 0 {
		t.Errorf("requests %v, complaints %v", w.requests, w.complaints)
	}
}

// TestPage opens the page of a client with a cause, and of a bundle that
// attacks it, in both languages, themes and widths: nothing is fetched, nothing
// is complained of, no script of the bundle runs, nothing is wider than the
// window, all text has contrast. PATCHTRAIL_PICTURES names a folder for pictures to look at.
func TestPage(t *testing.T) {
	ctx := browser(t)
	var w watch
	w.listen(t, ctx)
	yes := true
	long, err := ledger.ReadMaxima(strings.NewReader("KB5087051,600\n"), "maxima.csv")
	if err != nil {
		t.Fatal(err)
	}
	client, hostile := clientFolder(t), hostileFolder(t)
	results := map[string]*analyze.Result{
		"client": analysis(t, client, analyze.Options{}), "hostile": analysis(t, hostile, analyze.Options{}),
		"long": analysis(t, client, analyze.Options{Maxima: long}), "demo": demo(t),
	}
	for name, res := range results {
		for _, l := range lang.All() {
			path := filepath.Join(t.TempDir(), name+"-"+string(l)+".html")
			writePage(t, path, res, l)
			for _, scheme := range []string{"light", "dark"} {
				for _, width := range []int64{390, 1280} {
					title := name + "-" + string(l) + "-" + scheme + map[int64]string{390: "-narrow", 1280: "-wide"}[width]
					t.Run(title, func(t *testing.T) { seen(t, ctx, path, title, scheme, width) })
				}
			}
			if os.Getenv("PATCHTRAIL_PICTURES") != "" {
				paper(t, ctx, name+"-"+string(l)+"-paper.jpg")
			}
			pdf, err := chromedp.Call(ctx, printing.PrintToPDF, printing.PrintToPDFParams{PreferCSSPageSize: &yes})
			if err != nil || len(pdf.Data) < 1000 {
				t.Errorf("print: %d bytes, %v", len(pdf.Data), err)
			}
			picture(t, name+"-"+string(l)+".pdf", pdf.Data)
		}
	}
	w.hold(t)
}

// seen looks at a page in one theme and width.
func seen(t *testing.T, ctx context.Context, path, name, scheme string, width int64) {
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+path)); err != nil {
		t.Fatal(err)
	}
	if look[bool](t, ctx, `document.documentElement.scrollWidth > innerWidth + 1`) {
		t.Error("wider than the window")
	}
	if n := look[int](t, ctx, `document.querySelectorAll("h1").length`); n != 1 {
		t.Errorf("%d headings of the first rank", n)
	}
	if n := look[int](t, ctx, `document.querySelectorAll("script").length + 10 * document.querySelectorAll("iframe, object, embed, img, link, base").length`); n != 1 {
		t.Errorf("%d scripts and things that fetch", n)
	}
	if skip := look[string](t, ctx, `Array.from(document.querySelectorAll("h1, h2, h3, h4")).map((h, i, all) => i && +h.tagName[1] > +all[i-1].tagName[1] + 1 ? h.textContent : "").join("")`); skip != "" {
		t.Errorf("headings leave out a rank before %q", skip)
	}
	if bad := look[string](t, ctx, contrast); bad != "" {
		t.Errorf("too little contrast: %s", bad)
	}
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
	if err != nil {
		t.Fatal(err)
	}
	picture(t, name+".jpg", shot)
	if *readme && name == "demo-en-light-wide" {
		look[bool](t, ctx, `new Promise(r => { scrollTo(0, 0); setTimeout(() => r(true), 300); })`)
		top, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join("..", "..", "assets", "pictures", "report.png"), string(top))
	}
	if n := look[int](t, ctx, `document.querySelectorAll(".calendar .never").length`); (strings.HasPrefix(name, "long") || strings.HasPrefix(name, "demo")) != (n > 0) {
		t.Errorf("%d marks of what never fits", n)
	}
	if os.Getenv("PATCHTRAIL_PICTURES") == "" {
		return
	}
	look[bool](t, ctx, `new Promise(r => { location.hash = "timeline"; setTimeout(() => r(true), 300); })`)
	if shot, err = chromedp.Run(ctx, chromedp.CaptureScreenshot()); err != nil {
		t.Fatal(err)
	}
	picture(t, name+"-timeline.png", shot)
}

// paper takes a picture of the page as it is printed on A4.
func paper(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(688, 1000)); err != nil {
		t.Fatal(err)
	}
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
	if err != nil {
		t.Fatal(err)
	}
	picture(t, name, shot)
}

// contrast names text with less than 4.5 to 1 against what is behind it.
const contrast = `(() => {
  const rgb = c => (c.match(/[\d.]+/g) || []).map(Number);
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const bad = new Set();
  for (const e of document.querySelectorAll("body *:not(svg *)")) {
    if (!Array.from(e.childNodes).some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility({opacityProperty: true}) || e.closest("script")) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) bad.add(e.tagName + "." + e.className);
  }
  return Array.from(bad).join(" ");
})()`

// TestPageFilter uses the page as a reader does: it searches, filters, follows
// links into closed parts, and copies.
func TestPageFilter(t *testing.T) {
	ctx := browser(t)
	var w watch
	w.listen(t, ctx)
	path := filepath.Join(t.TempDir(), "page.html")
	writePage(t, path, analysis(t, clientFolder(t), analyze.Options{}), lang.English)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate("file://"+path)); err != nil {
		t.Fatal(err)
	}
	if n := look[int](t, ctx, `document.querySelectorAll("form.filter:not([hidden]), .tools:not([hidden])").length`); n != 2 {
		t.Errorf("%d controls", n)
	}
	rows := func() int {
		return look[int](t, ctx, `document.querySelectorAll("#rows tbody tr:not([hidden])").length`)
	}
	set := func(id, value string) {
		t.Helper()
		look[bool](t, ctx, fmt.Sprintf(`(() => { const e = document.getElementById(%q); e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); return new Promise(r => setTimeout(() => r(true), 150)); })()`, id, value))
	}
	all := rows()
	if all < 50 {
		t.Fatalf("%d rows", all)
	}
	set("search", "0X800704C7  update")
	if n := rows(); n == 0 || n >= all || n != look[int](t, ctx, `Array.from(document.querySelectorAll("#rows tbody tr")).filter(r => /0x800704c7/i.test(r.textContent) && /update/i.test(r.textContent)).length`) {
		t.Errorf("search shows %d of %d rows", n, all)
	}
	if got, want := look[string](t, ctx, `document.getElementById("found").textContent`), fmt.Sprintf("%d of %d rows", rows(), all); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	set("search", "")
	set("level", "e")
	if n := rows(); n == 0 || n != look[int](t, ctx, `document.querySelectorAll("#rows tr.e").length`) {
		t.Errorf("%d rows of errors", n)
	}
	set("level", "proof")
	if n := rows(); n == 0 || n != look[int](t, ctx, `document.querySelectorAll("#rows tr.proof").length`) {
		t.Errorf("%d rows of evidence", n)
	}
	set("search", "Error")
	if n := look[int](t, ctx, `CSS.highlights.get("found").size`); n == 0 {
		t.Error("what was searched for is not marked")
	}
	set("search", "")
	set("level", "")
	set("log", "WUAHandler.log")
	if n := rows(); n == 0 || n >= all {
		t.Errorf("%d rows of one log", n)
	}
	set("log", "")
	if n := rows(); n != all {
		t.Errorf("%d of %d rows after all filters are gone", n, all)
	}
	set("search", "nothing holds this")
	if n := look[int](t, ctx, `document.querySelectorAll(".span:not([hidden])").length`); rows() != 0 || n != 0 {
		t.Errorf("%d tables without rows", n)
	}
	if !look[bool](t, ctx, `new Promise(r => { location.hash = document.querySelector("#rows tr.proof").id; setTimeout(() => r(document.querySelector("#rows tr.proof").checkVisibility()), 300); })`) {
		t.Error("a link to a hidden row does not show it")
	}
	if !look[bool](t, ctx, `(() => { document.querySelector('[data-open="none"]').click(); const d = document.querySelector("#machines details"); const shut = !d.open; location.hash = document.querySelector("#files tr[id]").id; return new Promise(r => setTimeout(() => r(shut && document.querySelector("#files details").open), 200)); })()`) {
		t.Error("a link into a closed part does not open it")
	}
	steps := look[int](t, ctx, `document.querySelectorAll(".steps code, .command code").length`)
	if n := look[int](t, ctx, `document.querySelectorAll("button.copy").length`); n != steps || n == 0 {
		t.Errorf("%d buttons for %d commands", n, steps)
	}
	if got := look[string](t, ctx, `new Promise(r => { document.execCommand = () => true; if (navigator.clipboard) navigator.clipboard.writeText = () => Promise.resolve(); const b = document.querySelector(".copy"); b.click(); setTimeout(() => r(b.textContent), 100); })`); got != lang.English.T("report.copied") {
		t.Errorf("the button says %q", got)
	}
	w.hold(t)
}

// TestPageWithoutScript holds that a reader whose mail program runs no script
// sees all rows, and no control that does nothing.
func TestPageWithoutScript(t *testing.T) {
	ctx := browser(t)
	path := filepath.Join(t.TempDir(), "page.html")
	writePage(t, path, analysis(t, clientFolder(t), analyze.Options{}), lang.English)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate("file://"+path)); err != nil {
		t.Fatal(err)
	}
	if n := look[int](t, ctx, `Array.from(document.querySelectorAll("button, input, select")).filter(e => e.checkVisibility()).length`); n != 0 {
		t.Errorf("%d controls", n)
	}
	if n := look[int](t, ctx, `Array.from(document.querySelectorAll("#rows tbody tr")).filter(e => e.checkVisibility()).length`); n < 50 {
		t.Errorf("%d rows", n)
	}
}

// TestPageRows searches a page of about as many rows as there may be, and tells
// how long that takes with the layout that follows.
func TestPageRows(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	for i := range 60_000 {
		text := "Scan failed with error = 0x80072ee2."
		if i%100 != 0 {
			text = fmt.Sprintf("State %d of the scan of {1C5A2222-55DB-4D6F-B1A3-D4A62C3C2222} is now number %d", i%7, i)
		}
		fmt.Fprintf(&b, `<![LOG[%s]LOG]!><time="01:%02d:%02d.%03d-540" date="03-18-2025" component="WUAHandler" context="" type="1" thread="1" file="a">`+"\r\n", text, i/12000, i/200%60, i%200*5)
	}
	write(t, filepath.Join(dir, "WUAHandler.log"), b.String())
	path := filepath.Join(t.TempDir(), "page.html")
	writePage(t, path, analysis(t, dir, analyze.Options{}), lang.English)
	ctx := browser(t)
	var w watch
	w.listen(t, ctx)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate("file://"+path)); err != nil {
		t.Fatal(err)
	}
	rows := look[int](t, ctx, `document.querySelectorAll("#rows tbody tr").length`)
	t.Logf("%d rows, open after %d ms", rows, look[int](t, ctx, `Math.round(performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart)`))
	if rows < 15_000 {
		t.Errorf("%d rows", rows)
	}
	for _, text := range []string{"first", "number 1", "0x80072ee2", ""} {
		ms := look[float64](t, ctx, fmt.Sprintf(`new Promise(r => {
			const e = document.getElementById("search"), start = performance.now();
			new MutationObserver((_, o) => { o.disconnect(); document.body.offsetHeight; r(performance.now() - start - 60); }).observe(document.getElementById("found"), {childList: true});
			e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); })`, text))
		t.Logf("search for %q: %.0f ms", text, ms)
	}
	w.hold(t)
}

// picture keeps a picture for people to look at.
func picture(t *testing.T, name string, data []byte) {
	t.Helper()
	if dir := os.Getenv("PATCHTRAIL_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// look evaluates an expression in the page.
func look[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func writePage(t *testing.T, path string, res *analyze.Result, l lang.Lang) {
	t.Helper()
	write(t, path, pageOf(t, res, Options{Lang: l}))
}
