package display

import (
	"bytes"
	"log"
	"testing"
)

func TestGuard(t *testing.T) {
	f := func(lines []string, want int) {
		t.Helper()
		var out bytes.Buffer
		told := 0
		l := log.New(&Guard{Out: &out, Tell: func() { told++ }}, "", log.LstdFlags)
		for _, s := range lines {
			l.Println(s)
		}
		if told != want {
			t.Errorf("%q: told %d times, want %d", lines, told, want)
		}
		for _, s := range lines {
			if !bytes.Contains(out.Bytes(), []byte(s)) {
				t.Errorf("%q did not reach the log", s)
			}
		}
	}
	const at = "  At: window.go:1"
	f([]string{"Fyne error:  something else", at, "plain"}, 0)
	f([]string{"Fyne error:  window creation error", "  Cause: APIUnavailable"}, 0) // not to its end yet
	f([]string{"Fyne error:  window creation error", "  Cause: APIUnavailable", at}, 1)
	f([]string{"Fyne error:  failed to initialise GLFW", at, "Fyne error:  window creation error", at}, 1)
	f([]string{"Fyne error:  failed to initialise OpenGL", at}, 1)
	f([]string{"PlatformError: WGL: Failed to set pixel format for dummy context: Invalid window handle.", at}, 1)
	f([]string{"PlatformError: WGL: Failed to make context current"}, 0)
}
