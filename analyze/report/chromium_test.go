//go:build chromium

package report

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/ingest/gen"
)

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
	ctx, stop = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stop)
	return ctx
}

// TestPage opens the page of a client with a cause, and of a bundle that
// attacks it, in both languages, themes and widths: nothing is fetched, nothing
// is complained of, no script of the bundle runs, nothing is wider than the
// window. PATCHTRAIL_PICTURES names a folder for pictures to look at.
func TestPage(t *testing.T) {
	pictures := os.Getenv("PATCHTRAIL_PICTURES")
	ctx := browser(t)
	var mu sync.Mutex
	var requests, complaints []string
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "file://") || !strings.HasSuffix(e.Request.URL, ".html") {
				requests = append(requests, e.Request.URL)
			}
		case *runtime.EventConsoleAPICalled:
			complaints = append(complaints, string(e.Type))
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"client": clientFolder(t), "hostile": hostileFolder(t)} {
		for _, l := range lang.All() {
			path := filepath.Join(t.TempDir(), name+"-"+string(l)+".html")
			writePage(t, path, dir, l)
			for _, dark := range []bool{false, true} {
				for _, width := range []int64{420, 1280} {
					scheme := "light"
					if dark {
						scheme = "dark"
					}
					media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
					if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
						t.Fatal(err)
					}
					if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+path)); err != nil {
						t.Fatal(err)
					}
					wide := look[bool](t, ctx, `document.documentElement.scrollWidth > innerWidth + 1`)
					headings := look[int](t, ctx, `document.querySelectorAll("h1").length`)
					scripts := look[int](t, ctx, `document.querySelectorAll("script, iframe, object, img").length`)
					if wide || headings != 1 || scripts != 0 {
						t.Errorf("%s %s %d: wider than the window %v, %d headings, %d scripts", name, l, width, wide, headings, scripts)
					}
					if pictures != "" {
						shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
						if err != nil {
							t.Fatal(err)
						}
						file := filepath.Join(pictures, strings.Join([]string{name, string(l), scheme, map[int64]string{420: "narrow", 1280: "wide"}[width]}, "-")+".jpg")
						if err := os.WriteFile(file, shot, 0o644); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			pdf, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{})
			if err != nil || len(pdf.Data) < 1000 {
				t.Errorf("print: %d bytes, %v", len(pdf.Data), err)
			}
		}
	}
	if len(requests) > 0 || len(complaints) > 0 {
		t.Errorf("requests %v, complaints %v", requests, complaints)
	}
}

// look evaluates an expression in the page.
func look[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func writePage(t *testing.T, path, dir string, l lang.Lang) {
	t.Helper()
	res, err := analyze.Run(context.Background(), []string{dir}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := HTML(f, res, Options{Lang: l}); err != nil {
		t.Fatal(err)
	}
}

func clientFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "PC01")
	if _, err := gen.Client(gen.Folder(dir), gen.Options{Bytes: 1 << 20, Incident: gen.InstallExceededMaxTime, Japanese: true}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func hostileFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	attack := `<script>console.log(1)</script><img src=x onerror=console.log(2)><a href="javascript:console.log(3)">x</a>{{.}}` + "`</code>`" + `</table></main>` + strings.Repeat("W", 3000)
	text := `<![LOG[[CCMHTTP] ERROR: URL=http://mp01.contoso.com/` + attack + `, Port=80, Options=1248, Code=0, Text=CCM_E_BAD_HTTP_STATUS_CODE]LOG]!><time="01:02:03.000-540" date="03-18-2025" component="CcmMessaging" context="" type="3" thread="1" file="a">` + "\r\n"
	if err := os.WriteFile(filepath.Join(dir, "CcmMessaging<b>.log"), []byte(strings.Repeat(text, 3)), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}
