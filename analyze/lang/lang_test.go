package lang

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"patchtrail/ingest/csvfile"
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
	named := regexp.MustCompile(`lang\.(?:Say|Fail)\("([a-z.-]+)"[,)]|\.T\("([a-z.-]+)"[,)]|\{\{t "([a-z.-]+)"\}\}|Key: +"([a-z-]+)"|issue\((?:issue\.\w+), "([a-z-]+)"`)
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
				key := m[1] + m[2] + m[3]
				if key == "" {
					key = "issue." + m[4] + m[5]
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

// TestFaults holds that every fault that the code names is worded, that every
// wording is named, and that the Japanese ones are Japanese.
func TestFaults(t *testing.T) {
	named := regexp.MustCompile(`"(fault\.[a-z.-]+)"`)
	used := map[string]bool{}
	for _, root := range []string{"../../analyze", "../../cmd", "../../ingest", "../../app"} {
		err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(p, "_test.go") || !strings.HasSuffix(p, ".go") {
				return err
			}
			data, err := os.ReadFile(p)
			for _, m := range named.FindAllStringSubmatch(string(data), -1) {
				used[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for key := range used {
		if !English.Has(key) || !Japanese.Has(key) {
			t.Errorf("no words for %s", key)
		}
	}
	place := regexp.MustCompile(`\{\d+\}`)
	letters := regexp.MustCompile(`[a-z]{2}`)
	japanese := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	// What is the same in both languages.
	same := []string{"fault.edit", "fault.hint.https", "fault.hint.range", "fault.hint.template"}
	for key, en := range English.Keys() {
		if !strings.HasPrefix(key, "fault.") {
			continue
		}
		if !used[key] {
			t.Errorf("%s is not used", key)
		}
		ja := Japanese.Keys()[key]
		if letters.MatchString(place.ReplaceAllString(en, "")) && !japanese.MatchString(ja) && !slices.Contains(same, key) {
			t.Errorf("%s is not Japanese: %s", key, ja)
		}
	}
}

// TestFault holds that a fault is worded with what is in it, and wraps errors.
func TestFault(t *testing.T) {
	inner := Fail("fault.schedule.impossible")
	err := Fail("fault.in", "a.csv", Fail("fault.in-line", "x", 3, inner))
	if got, want := err.Error(), "a.csv: x: line 3: impossible schedule"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := Japanese.Error(err), "a.csv: x: 3 行目: あり得ないスケジュールです"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if !errors.Is(err, inner) {
		t.Error("a fault does not wrap the errors in it")
	}
	if got := TextOf(err); got.In(English) != err.Error() || got.Key != "fault.in" {
		t.Errorf("the text of an error is %v", got)
	}
	plain := errors.New("plain")
	if got := TextOf(plain).In(Japanese); got != "plain" || Japanese.Error(plain) != "plain" {
		t.Error(got)
	}
	_, err = syntax.Parse("(a", syntax.Perl)
	if got, want := Japanese.Error(err), "閉じる ) がありません: `(a`"; got != want || English.Error(err) != err.Error() {
		t.Errorf("%s, want %s", got, want)
	}
	gone := &fs.PathError{Op: "open", Path: "a/b", Err: fs.ErrNotExist}
	if got, want := Japanese.Error(gone), "a/b: 見つかりません"; got != want || English.Error(gone) != gone.Error() {
		t.Errorf("%s, want %s", got, want)
	}
	for _, e := range []*csvfile.Error{{Name: "a.csv"}, {Name: "a.csv", Line: 2, Example: "x,1"}, {Name: "a.csv", Err: plain}} {
		if got := English.Error(e); got != e.Error() {
			t.Errorf("%s, want %s", got, e.Error())
		}
	}
	if got := (Text{}).In(Japanese); got != "" {
		t.Errorf("no text is %q", got)
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
