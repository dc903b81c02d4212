package lang

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSame holds that both languages have the same keys and the same places.
func TestSame(t *testing.T) {
	place := regexp.MustCompile(`\{\d+\}`)
	en, ja := English.Keys(), Japanese.Keys()
	if len(en) == 0 {
		t.Fatal("no words")
	}
	for k, v := range en {
		w, ok := ja[k]
		if !ok {
			t.Errorf("%s is not in Japanese", k)
			continue
		}
		a, b := place.FindAllString(v, -1), place.FindAllString(w, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s has the places %v in English, %v in Japanese", k, a, b)
		}
	}
	for k := range ja {
		if _, ok := en[k]; !ok {
			t.Errorf("%s is not in English", k)
		}
	}
}

// TestUsed holds that every key that the code or a template names is there.
func TestUsed(t *testing.T) {
	named := regexp.MustCompile(`\.T\("([a-z.-]+)"[,)]|\{\{t "([a-z.-]+)"\}\}|Key: +"([a-z-]+)"|issue\((?:issue\.\w+), "([a-z-]+)"`)
	n := 0
	for _, root := range []string{"../../analyze", "../../cmd", "../../ingest", "../../assets/report"} {
		err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(p, "_test.go") || !strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, ".html") {
				return err
			}
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			for _, m := range named.FindAllStringSubmatch(string(data), -1) {
				key := m[1] + m[2]
				if key == "" {
					key = "issue." + m[3] + m[4]
				}
				if strings.HasSuffix(key, ".") { // the rest is a value
					continue
				}
				n++
				if !English.Has(key) {
					t.Errorf("%s: no words for %s", p, key)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 50 {
		t.Errorf("only %d keys found in the code", n)
	}
}

func TestT(t *testing.T) {
	f := func(s, want string, args ...any) {
		t.Helper()
		if got := fill(s, args); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	f("no place", "no place", 1)
	f("{0} of {1}", "1 of {0}", 1, "{0}")
	f("{0} {0|row|rows}", "1 row", 1)
	f("{0} {0|row|rows}, {1} {1|file|files}", "0 rows, 1,001 files", 0, "1,001")
	f("{0} {x|row|rows}", "1 {x|row|rows}", 1)
	f("{1} {0} {2} {x} {", "b a {2} {x} {", "a", "b")
	if got := English.T("no.such.key"); got != "no.such.key" {
		t.Error(got)
	}
}

func TestParse(t *testing.T) {
	f := func(tag string, want Lang, ok bool) {
		t.Helper()
		if got, k := Parse(tag); got != want || k != ok {
			t.Errorf("%q: %s %v", tag, got, k)
		}
	}
	f("ja", Japanese, true)
	f("ja_JP.UTF-8", Japanese, true)
	f("JA-jp", Japanese, true)
	f("en", English, true)
	f("java", English, false)
	f("", English, false)
}
