package words

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"patchtrail/analyze/lang"
)

// TestKeysAreUsed holds that each key that the window uses is there, and that
// each of the window's own is used.
func TestKeysAreUsed(t *testing.T) {
	used := map[string]bool{}
	call := regexp.MustCompile(`\.[tT]\("([a-z.-]+)"( ?\+)?`)
	code := ""
	walk := func(path string, info os.FileInfo, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			filepath.Base(filepath.Dir(path)) == "words" {
			return err
		}
		text, err := os.ReadFile(path)
		code += string(text)
		return err
	}
	for _, dir := range []string{"..", "../../cmd/patchtrail"} {
		if err := filepath.Walk(dir, walk); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range call.FindAllStringSubmatch(code, -1) {
		key := m[1]
		if m[2] != "" { // a prefix: all that begin so
			for k := range lang.English.Keys() {
				used[k] = used[k] || strings.HasPrefix(k, key)
			}
			continue
		}
		used[key] = true
		if !lang.English.Has(key) {
			t.Errorf("%s is used but has no words", key)
		}
	}
	for key := range lang.English.Keys() {
		own := slices.Contains([]string{"app", "column", "level", "row", "detail", "status", "problems", "password", "error", "display", "zone-short"}, strings.Split(key, ".")[0])
		if own && !used[key] && !strings.Contains(code, `"`+key+`"`) { // a table of actions names keys too
			t.Errorf("%s is not used", key)
		}
	}
}

func TestNumbers(t *testing.T) {
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	f(Count(0), "0")
	f(Count(999), "999")
	f(Count(1000), "1,000")
	f(Count(3337003), "3,337,003")
	f(Count(-1000), "-1,000")
	f(Bytes(999), "999 B")
	f(Bytes(12_345_678), "12.3 MB")
}
