package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"patchtrail/analyze/lang"
	"patchtrail/ingest/format"
)

func TestPasswordFile(t *testing.T) {
	const lines = "nope\r\n\r\nパスワード\r\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(lines)
	if err != nil {
		t.Fatal(err)
	}
	cp932, err := japanese.ShiftJIS.NewEncoder().String(lines)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"utf-8": lines, "utf-8 with BOM": "\ufeff" + lines, "utf-16": utf16, "cp932": cp932, "no line end": lines[:len(lines)-2]} {
		file := filepath.Join(t.TempDir(), "passwords.txt")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		f := inputOptions{Password: []string{"first"}, PasswordFile: file}
		got, err := f.passwords(lang.English)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"first", "nope", "パスワード"}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestRedactKeyMode holds that nobody but its owner can read the key.
func TestRedactKeyMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes are those of Unix")
	}
	dir := t.TempDir()
	bundle, key := filepath.Join(dir, "demo.zip"), filepath.Join(dir, "key.tsv")
	var out bytes.Buffer
	for _, args := range [][]string{{"demo", bundle}, {"analyze", bundle, "--quiet", "--redact-key", key}} {
		if code := run(args, &out, &out); code != exitDone {
			t.Fatalf("%v ended with %d: %s", args, code, out.String())
		}
	}
	info, err := os.Stat(key)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v", info.Mode())
	}
}

// TestFormatWords holds that every format has words in both languages, which in
// English are its title.
func TestFormatWords(t *testing.T) {
	for _, f := range format.All() {
		for _, l := range lang.All() {
			if !l.Has("format." + f.Name) {
				t.Errorf("%s has no word for format.%s", l, f.Name)
			}
		}
		if got := lang.English.T("format." + f.Name); got != f.Title {
			t.Errorf("format.%s is %q, its title %q", f.Name, got, f.Title)
		}
	}
}
