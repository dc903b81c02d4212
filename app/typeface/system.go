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
// the face wanted of it ("" for the first), and its bold companion, if any.
type candidate struct{ file, family, boldFile, boldFamily string }

// candidates are the Japanese fonts of Windows, macOS and Linux, the best to
// read at 13 pixels first. Those at the end draw Japanese with Chinese forms:
// better than boxes.
var candidates = []candidate{
	{"yugothr.ttc", "Yu Gothic UI Regular", "yugothb.ttc", "Yu Gothic UI Bold"},
	{"meiryo.ttc", "Meiryo UI", "meiryob.ttc", "Meiryo UI Bold"},
	{"meiryo.ttc", "Meiryo", "meiryob.ttc", "Meiryo Bold"},
	{file: "yugothm.ttc", family: "Yu Gothic UI"},
	{file: "yugothic.ttf"},
	{file: "msgothic.ttc", family: "MS UI Gothic"},
	{"ヒラギノ角ゴシック w3.ttc", "Hiragino Sans W3", "ヒラギノ角ゴシック w6.ttc", "Hiragino Sans W6"},
	{file: "ヒラギノ角ゴシック w3.ttc"},
	{file: "hiragino sans w3.ttc"},
	{file: "hiraginosans-w3.ttc"},
	{file: "ヒラギノ角ゴ pron w3.otf"},
	{"notosanscjk-regular.ttc", "Noto Sans CJK JP", "notosanscjk-bold.ttc", "Noto Sans CJK JP"},
	{file: "notosanscjk.ttc", family: "Noto Sans CJK JP"},
	{file: "notosanscjk-vf.otf.ttc", family: "Noto Sans CJK JP"},
	{"notosanscjkjp-regular.otf", "", "notosanscjkjp-bold.otf", ""},
	{"notosansjp-regular.otf", "", "notosansjp-bold.otf", ""},
	{"notosansjp-regular.ttf", "", "notosansjp-bold.ttf", ""},
	{file: "sourcehansans-regular.ttc", family: "Source Han Sans"},
	{file: "sourcehansansjp-regular.otf"},
	{file: "bizudpgothic-regular.ttf"},
	{file: "ipaexg.ttf"},
	{file: "ipagp.ttf"},
	{file: "ipag.ttf"},
	{file: "takaopgothic.ttf"},
	{file: "takaogothic.ttf"},
	{file: "vl-pgothic-regular.ttf"},
	{file: "vl-gothic-regular.ttf"},
	{file: "notoserifcjk-regular.ttc", family: "Noto Serif CJK JP"},
	{file: "arial unicode.ttf"},
	{file: "arialuni.ttf"},
	{file: "droidsansfallbackfull.ttf"},
	{file: "droidsansfallback.ttf"},
	{file: "wqy-microhei.ttc"},
	{file: "wqy-zenhei.ttc"},
}

// maxFontFiles bounds a walk through folders of fonts.
const maxFontFiles = 50_000

// Japanese is a font file with Japanese glyphs, and the face of it.
type Japanese struct {
	Path   string
	Family string
	// Bold is its bold companion, nil if there is none.
	Bold *Japanese
}

// FindJapanese returns the best Japanese font below the folders of dirs; ok is
// false where there is none. It reads only the names of files, and of the best
// of them the table of names.
func FindJapanese(dirs []string) (found Japanese, ok bool) {
	paths := map[string]string{} // by name, of the files that are wanted
	for _, c := range candidates {
		paths[c.file], paths[c.boldFile] = "", ""
	}
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
			if before, wanted := paths[name]; wanted && before == "" {
				paths[name] = path
			}
			return nil
		})
	}
	for _, c := range candidates {
		j := Japanese{Path: paths[c.file], Family: c.family}
		if j.Path == "" || !draws(j) {
			continue
		}
		bold := Japanese{Path: paths[c.boldFile], Family: c.boldFamily}
		if c.boldFile != "" && bold.Path != "" && draws(bold) {
			j.Bold = &bold
		}
		return j, true
	}
	return Japanese{}, false
}

// draws reports whether the file is a font with Japanese in it.
func draws(j Japanese) bool {
	f, err := os.Open(j.Path)
	if err != nil {
		return false
	}
	defer f.Close()
	font, err := ParseAt(filepath.Base(j.Path), f, j.Family)
	return err == nil && font.Has('日')
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
