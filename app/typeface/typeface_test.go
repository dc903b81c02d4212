package typeface

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	fynetheme "fyne.io/fyne/v2/theme"
	"golang.org/x/image/math/fixed"
)

func ui(t *testing.T) *Font {
	t.Helper()
	f, err := Parse("ui", fynetheme.DefaultTextFont().Content())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// collection wraps one font into a collection (.ttc) of one face.
func collection(font []byte) []byte {
	head := []byte{'t', 't', 'c', 'f', 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 16}
	out := append(head, font...)
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		at := 16 + 12 + 16*i + 8 // tables are placed from the start of the file
		binary.BigEndian.PutUint32(out[at:], binary.BigEndian.Uint32(out[at:])+16)
	}
	return out
}

func TestCollectionAndFamily(t *testing.T) {
	data := collection(fynetheme.DefaultTextFont().Content())
	dir := t.TempDir()
	path := filepath.Join(dir, "x.ttc")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(family string, ok bool) {
		t.Helper()
		font, err := Open(Japanese{Path: path, Family: family})
		if (err == nil) != ok {
			t.Errorf("family %q: %v", family, err)
		}
		if ok && !font.Has('A') {
			t.Errorf("family %q has no A", family)
		}
		single, err := Extract(Japanese{Path: path, Family: family})
		if (err == nil) != ok {
			t.Errorf("family %q taken out: %v", family, err)
		}
		if !ok {
			return
		}
		if out, err := Parse("single", single); err != nil || !out.Has('A') || bytes.HasPrefix(single, []byte("ttcf")) {
			t.Errorf("family %q taken out: %v", family, err)
		}
	}
	f("", true)
	f("Noto Sans", true)
	f("Meiryo", false)
}

func TestBrokenFontsAreErrors(t *testing.T) {
	good := fynetheme.DefaultTextFont().Content()
	for _, data := range [][]byte{nil, {0}, []byte("ttcf"), good[:100], good[:1000], collection(good)[:40]} {
		if _, err := Parse("broken.ttf", data); err == nil {
			t.Errorf("%d bytes parsed", len(data))
		}
	}
}

// TestExtractHostile takes fonts out of collections that lie about themselves.
func TestExtractHostile(t *testing.T) {
	good := collection(fynetheme.DefaultTextFont().Content())
	path := filepath.Join(t.TempDir(), "x.ttc")
	f := func(at int, v uint32) {
		t.Helper()
		data := append([]byte(nil), good...)
		binary.BigEndian.PutUint32(data[at:], v)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Extract(Japanese{Path: path}); err == nil {
			t.Errorf("%#x at %d was taken", v, at)
		}
	}
	f(12, 0xFFFFFFF0)       // the font's place
	f(16+12+8, 0xFFFFFFF0)  // a table's place
	f(16+12+12, 0x7FFFFFFF) // a table's length
}

// TestFindJapanese looks among files that only have the names of such fonts.
func TestFindJapanese(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"meiryo.ttc", "readme.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("not a font"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	latin := fynetheme.DefaultTextFont().Content()
	if err := os.WriteFile(filepath.Join(dir, "ipag.ttf"), latin, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, ok := FindJapanese([]string{dir, filepath.Join(dir, "absent")}); ok {
		t.Errorf("found %v, which draws no Japanese", got)
	}
}

// TestSystemFont uses the machine's own font where there is one.
func TestSystemFont(t *testing.T) {
	found, ok := FindJapanese([]string{"/usr/share/fonts"})
	if !ok {
		t.Skip("no Japanese font on this machine")
	}
	f, err := Open(found)
	if err != nil {
		t.Fatal(err)
	}
	g := NewGlyphs([]*Font{ui(t), f}, 13)
	for _, r := range "日本語更新プログラム最長実行時間ｱｲｳ" {
		if m := g.Mask(r, 0); m.W == 0 || &m.Pix[0] == &g.box(r).Pix[0] || g.face(r) == nil {
			t.Errorf("%c is not drawn", r)
		}
	}
}

func TestGlyphs(t *testing.T) {
	g := NewGlyphs([]*Font{ui(t)}, 13)
	if a, b := g.Advance('i'), g.Advance('W'); a <= 0 || b <= a {
		t.Errorf("i is %v wide, W %v", a, b)
	}
	for sub := range uint8(Sub) {
		m := g.Mask('A', sub)
		if m.W == 0 || len(m.Pix) != m.W*m.H || m.Y >= 0 {
			t.Errorf("A at %d: %+v", sub, m)
		}
		if g.Mask('A', sub) != m {
			t.Errorf("A at %d was drawn twice", sub)
		}
	}
	if m := g.Mask(' ', 0); m.W != 0 {
		t.Errorf("a blank is %d wide", m.W)
	}
	if got := g.Advance('日'); got != fixed.I(13) {
		t.Errorf("the box for a wide glyph is %v", got)
	}
	if m := g.Mask('日', 0); m.W == 0 {
		t.Error("what no font has shows as nothing")
	}
}

// TestCacheIsBounded asks for every code point there is.
func TestCacheIsBounded(t *testing.T) {
	g := NewGlyphs([]*Font{ui(t)}, 64)
	for r := rune(0); r < 0x11000; r++ {
		g.Mask(r, uint8(r))
		g.Advance(r)
		if g.Bytes() > maxMaskBytes {
			t.Fatalf("%d bytes after U+%04X", g.Bytes(), r)
		}
	}
}

// TestNoFont draws boxes where there is no font at all.
func TestNoFont(t *testing.T) {
	g := NewGlyphs(nil, 13)
	if g.Advance('A') <= 0 || g.Mask('A', 0).W == 0 || g.Ascent() <= 0 {
		t.Error("nothing is drawn without a font")
	}
}
