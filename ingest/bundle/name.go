package bundle

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// maxName is how many runes of a name are shown; a longer one loses its middle.
const maxName = 1000

// decodeName makes text of the bytes of a name: UTF-8 where they are, else what
// Windows and 7-Zip in Japan write (CP932), else Windows-1252. Archives do not
// say which, or say it wrongly, so each name is decided by itself.
func decodeName(raw string) string {
	if utf8.ValidString(raw) {
		return raw
	}
	s, err := japanese.ShiftJIS.NewDecoder().String(raw)
	if err == nil && !strings.ContainsRune(s, utf8.RuneError) {
		return s
	}
	s, err = charmap.Windows1252.NewDecoder().String(raw)
	if err != nil {
		return strings.ToValidUTF8(raw, "_")
	}
	return s
}

// harmless makes a relative path with '/' of a decoded name: no "..", no drive,
// no device, nothing that cannot be seen. What is taken out leaves a '_'.
func harmless(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	for _, p := range []string{"//?/UNC/", "//?/", "//./", "/??/"} {
		if rest, ok := strings.CutPrefix(name, p); ok {
			name = rest
			break
		}
	}
	if !norm.NFC.IsNormalString(name) { // macOS takes letters and their marks apart
		name = norm.NFC.String(name)
	}
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		if part != "" && part != "." {
			parts = append(parts, harmlessPart(part))
		}
	}
	if len(parts) == 0 {
		return "_"
	}
	return plainBangs(shorten(strings.Join(parts, "/")))
}

// harmlessFile is harmless for a name on the disk, which is one part even where
// it holds a backslash.
func harmlessFile(raw string) string {
	return plainBangs(strings.ReplaceAll(harmless(decodeName(raw)), "/", "_"))
}

// harmlessPart is harmless for one part of a path.
func harmlessPart(part string) string {
	part = strings.Map(func(r rune) rune {
		if hidden(r) || r == ':' || r == utf8.RuneError {
			return '_'
		}
		return r
	}, part)
	if trimmed := strings.TrimRight(part, ". "); trimmed != part { // Windows would not see them
		part = trimmed + strings.Repeat("_", len(part)-len(trimmed))
	}
	if isDevice(part) {
		part = "_" + part
	}
	return part
}

// hidden runes do not show, or turn what is shown around.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xad, r == 0xfeff, r == 0x61c:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	}
	return false
}

// isDevice knows the names that Windows opens as devices in any folder.
func isDevice(part string) bool {
	stem, _, _ := strings.Cut(part, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}

// plainBangs takes out each '!' that would read as the step into an archive.
func plainBangs(s string) string {
	if !strings.Contains(s, "!") {
		return s
	}
	b := []byte(s)
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '!' && b[i+1] != '/' {
			b[i] = '_'
		}
	}
	return string(b)
}

func shorten(s string) string {
	if len(s) <= maxName || utf8.RuneCountInString(s) <= maxName {
		return s
	}
	r := []rune(s)
	half := maxName/2 - 1
	return strings.TrimRight(string(r[:half]), "/") + "…" + strings.TrimLeft(string(r[len(r)-half:]), "/")
}

// names makes the names within one archive unique, in the order of its list.
type names struct {
	seen map[string]bool
	next map[string]int // where counting goes on, so that 200,000 equal names stay cheap
}

func (n *names) unique(name string) string {
	if n.seen == nil {
		n.seen, n.next = map[string]bool{}, map[string]int{}
	}
	if !n.seen[name] {
		n.seen[name] = true
		return name
	}
	stem, ext := splitExt(name)
	for i := max(2, n.next[name]); ; i++ {
		s := plainBangs(stem + " (" + strconv.Itoa(i) + ")" + ext)
		if !n.seen[s] {
			n.seen[s] = true
			n.next[name] = i + 1
			return s
		}
	}
}

// splitExt cuts before the extension of the last part.
func splitExt(name string) (stem, ext string) {
	dot := strings.LastIndexByte(name, '.')
	if dot <= strings.LastIndexByte(name, '/')+1 {
		return name, ""
	}
	return name[:dot], name[dot:]
}

// shown makes the unique, harmless name of a member of its raw bytes.
func (n *names) shown(raw string) string { return n.unique(harmless(decodeName(raw))) }
