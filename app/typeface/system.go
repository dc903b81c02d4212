package typeface

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// candidate is a font file known to draw Japanese: its name in lower case and
// the face wanted of it ("" for the first).
type candidate struct{ file, family string }

// candidates are the Japanese fonts of Windows, macOS and Linux, the best to
// read at 13 pixels first. Those at the end draw Japanese with Chinese forms:
// better than boxes.
var candidates = []candidate{
	{"yugothr.ttc", "Yu Gothic UI Regular"},
	{"meiryo.ttc", "Meiryo UI"},
	{"meiryo.ttc", "Meiryo"},
	{"yugothm.ttc", "Yu Gothic UI"},
	{"yugothic.ttf", ""},
	{"msgothic.ttc", "MS UI Gothic"},
	{"ヒラギノ角ゴシック w3.ttc", "Hiragino Sans W3"},
	{"ヒラギノ角ゴシック w3.ttc", ""},
	{"hiragino sans w3.ttc", ""},
	{"hiraginosans-w3.ttc", ""},
	{"ヒラギノ角ゴ pron w3.otf", ""},
	{"notosanscjk-regular.ttc", "Noto Sans CJK JP"},
	{"notosanscjk.ttc", "Noto Sans CJK JP"},
	{"notosanscjk-vf.otf.ttc", "Noto Sans CJK JP"},
	{"notosanscjkjp-regular.otf", ""},
	{"notosansjp-regular.otf", ""},
	{"notosansjp-regular.ttf", ""},
	{"sourcehansans-regular.ttc", "Source Han Sans"},
	{"sourcehansansjp-regular.otf", ""},
	{"bizudpgothic-regular.ttf", ""},
	{"ipaexg.ttf", ""},
	{"ipagp.ttf", ""},
	{"ipag.ttf", ""},
	{"takaopgothic.ttf", ""},
	{"takaogothic.ttf", ""},
	{"vl-pgothic-regular.ttf", ""},
	{"vl-gothic-regular.ttf", ""},
	{"notoserifcjk-regular.ttc", "Noto Serif CJK JP"},
	{"arial unicode.ttf", ""},
	{"arialuni.ttf", ""},
	{"droidsansfallbackfull.ttf", ""},
	{"droidsansfallback.ttf", ""},
	{"wqy-microhei.ttc", ""},
	{"wqy-zenhei.ttc", ""},
}

// maxFontFiles bounds a walk through folders of fonts.
const maxFontFiles = 50_000

// Japanese is a font file with Japanese glyphs.
type Japanese struct {
	Path   string
	Family string
}

// FindJapanese returns the best Japanese font below the folders of dirs; ok is
// false where there is none. It reads only the names of files, and of the best
// of them the table of names.
func FindJapanese(dirs []string) (found Japanese, ok bool) {
	best := make([]string, len(candidates))
	left := maxFontFiles
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil // a folder that cannot be read holds no font for us
			}
			if left--; left < 0 {
				return fs.SkipAll
			}
			name := strings.ToLower(norm.NFC.String(d.Name()))
			for i, c := range candidates {
				if c.file == name && best[i] == "" {
					best[i] = path
				}
			}
			return nil
		})
	}
	for i, path := range best {
		if path == "" {
			continue
		}
		if f, err := Open(Japanese{path, candidates[i].family}); err == nil && f.Has('日') {
			return Japanese{path, candidates[i].family}, true
		}
	}
	return Japanese{}, false
}

// Open parses the font. Its file stays open as long as the font is used.
func Open(j Japanese) (*Font, error) {
	f, err := os.Open(j.Path)
	if err != nil {
		return nil, err
	}
	font, err := ParseAt(filepath.Base(j.Path), f, j.Family)
	if err != nil {
		f.Close()
		return nil, err
	}
	return font, nil
}

// faceIndex finds the face of a collection whose full name begins with family.
func faceIndex(c *opentype.Collection, family string) (int, error) {
	if family == "" {
		return 0, nil
	}
	var buf sfnt.Buffer
	for i := range c.NumFonts() {
		f, err := c.Font(i)
		if err != nil {
			continue
		}
		for _, id := range []sfnt.NameID{sfnt.NameIDFull, sfnt.NameIDFamily} {
			if name, err := f.Name(&buf, id); err == nil && strings.HasPrefix(name, family) {
				return i, nil
			}
		}
	}
	return 0, fmt.Errorf("no face is called %q", family)
}
