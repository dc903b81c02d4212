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

var place = regexp.MustCompile(`\{\d\}`)

// TestBothLanguages holds that every sentence stands in both languages, with
// the same places in it.
func TestBothLanguages(t *testing.T) {
	for key, pair := range table {
		en, ja := place.FindAllString(pair[0], -1), place.FindAllString(pair[1], -1)
		slices.Sort(en)
		slices.Sort(ja)
		if pair[0] == "" || pair[1] == "" || !slices.Equal(en, ja) {
			t.Errorf("%s: %q", key, pair)
		}
	}
}

// TestKeysAreUsed holds that each key is used, and each used key is there.
func TestKeysAreUsed(t *testing.T) {
	used := map[string]bool{}
	call := regexp.MustCompile(`(?:\.t|words\.T)\((?:[\w.]+, )?"([a-z.-]+)"(\+)?`)
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
		if m[2] == "+" { // a prefix: all that begin so
			for k := range table {
				used[k] = used[k] || strings.HasPrefix(k, key)
			}
			continue
		}
		used[key] = true
		if _, ok := table[key]; !ok {
			t.Errorf("%s is used but has no words", key)
		}
	}
	for key := range table {
		if !used[key] {
			t.Errorf("%s is not used", key)
		}
	}
}

func TestT(t *testing.T) {
	f := func(l lang.Lang, key string, args []any, want string) {
		t.Helper()
		if got := T(l, key, args...); got != want {
			t.Errorf("%s %s: %q, want %q", l, key, got, want)
		}
	}
	f(lang.English, "app.more", []any{"a.zip", 2}, "a.zip and 2 more")
	f(lang.Japanese, "app.more", []any{"a.zip", 2}, "a.zip ほか 2 件")
	f(lang.English, "no.such.key", nil, "no.such.key")
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
