package bundle

import (
	"bytes"
	"context"
	"path"
	"strings"

	"github.com/mholt/archiver/v4"
)

// kind is what a file is, as far as opening it goes.
type kind uint8

const (
	plain kind = iota
	zipped
	sevenZipped
	rarred
	cabinet
	tarred
	gzipped
	bzipped
	xzipped
	zstdded
	lz4ed
	snapped

	byName kind = 0x80 // only its name says so
)

// headSize is how many bytes of a file are looked at: a tar may begin with long
// names in blocks of their own.
const headSize = 4 << 10

func (k kind) kind() kind    { return k &^ byName }
func (k kind) guessed() bool { return k&byName != 0 }

// random says that the kind needs random access.
func (k kind) random() bool {
	k = k.kind()
	return k >= zipped && k <= cabinet
}

// contents are how kinds are recognised, in the order in which they are tried.
// archiver's own Identify is not used: it goes through a map, believes names,
// and unpacks while it looks.
var contents = []struct {
	kind   kind
	format archiver.Format
	magic  string // stricter than the format's own
}{
	{zipped, archiver.Zip{}, ""},
	{sevenZipped, archiver.SevenZip{}, ""},
	{rarred, archiver.Rar{}, ""},
	{gzipped, archiver.Gz{}, "\x1f\x8b\x08"},
	{bzipped, archiver.Bz2{}, ""},
	{xzipped, archiver.Xz{}, ""},
	{zstdded, archiver.Zstd{}, ""},
	{lz4ed, archiver.Lz4{}, ""},
	{snapped, archiver.Sz{}, ""},
	{tarred, archiver.Tar{}, ""},
}

// extensions are the names that archives of a kind go by. The second is what is
// inside of a compressed file whose name says so.
var extensions = map[string]struct {
	kind  kind
	inner string
}{
	".zip": {zipped, ""}, ".7z": {sevenZipped, ""}, ".rar": {rarred, ""}, ".cab": {cabinet, ""},
	".tar": {tarred, ""},
	".gz":  {gzipped, ""}, ".tgz": {gzipped, ".tar"},
	".bz2": {bzipped, ""}, ".tbz": {bzipped, ".tar"}, ".tbz2": {bzipped, ".tar"},
	".xz": {xzipped, ""}, ".txz": {xzipped, ".tar"},
	".zst": {zstdded, ""}, ".tzst": {zstdded, ".tar"},
	".lz4": {lz4ed, ""}, ".sz": {snapped, ""},
}

// documents are zips that are files, not archives, to whoever sent them.
var documents = map[string]bool{
	".docx": true, ".docm": true, ".dotx": true, ".xlsx": true, ".xlsm": true, ".xlsb": true,
	".pptx": true, ".pptm": true, ".vsdx": true, ".odt": true, ".ods": true, ".odp": true,
	".epub": true, ".jar": true, ".war": true, ".apk": true, ".appx": true, ".appxbundle": true,
	".msix": true, ".msixbundle": true, ".nupkg": true, ".vsix": true, ".xpi": true, ".crx": true,
	".intunewin": true, ".xps": true, ".oxps": true,
}

// documentStarts are the names of the first member by which a document shows
// itself whatever it is called.
var documentStarts = []string{"[Content_Types].xml", "mimetype", "META-INF/", "_rels/.rels"}

// identify says what a file is by its first bytes, else by its name.
func identify(head []byte, name string) kind {
	ext := strings.ToLower(path.Ext(name))
	if k := byContent(head); k != plain {
		if k == zipped && (documents[ext] || startsDocument(head)) {
			return plain
		}
		return k
	}
	if e, ok := extensions[ext]; ok {
		return e.kind | byName
	}
	return plain
}

func byContent(head []byte) kind {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case has("MSCF\x00\x00\x00\x00"):
		return cabinet
	case has("PK\x05\x06"), has("PK\x06\x06"), has("PK\x07\x08PK\x03\x04"), has("PK00PK\x03\x04"):
		return zipped
	case has("BZh") && !(len(head) >= 10 && head[3] >= '1' && head[3] <= '9' &&
		(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17\x72\x45\x38\x50\x90")):
		return plain // text that begins with these letters
	}
	for _, c := range contents {
		if c.magic != "" && !has(c.magic) {
			continue
		}
		if c.kind == tarred {
			if mayBeTar(head) {
				return tarred
			}
			continue
		}
		if m, err := c.format.Match(context.Background(), "", bytes.NewReader(head)); err == nil && m.ByStream {
			return c.kind
		}
	}
	return plain
}

// mayBeTar knows a tar by its mark, or by a header that adds up.
func mayBeTar(head []byte) bool {
	if len(head) < 512 {
		return false
	}
	if string(head[257:262]) == "ustar" {
		return true
	}
	if head[0] == 0 || head[156] > '7' {
		return false
	}
	m, err := archiver.Tar{}.Match(context.Background(), "", bytes.NewReader(head))
	return err == nil && m.ByStream
}

func startsDocument(head []byte) bool {
	if len(head) < 30 || string(head[:4]) != "PK\x03\x04" {
		return false
	}
	name := head[30:]
	name = name[:min(len(name), int(head[26])|int(head[27])<<8)]
	for _, s := range documentStarts {
		if bytes.HasPrefix(name, []byte(s)) {
			return true
		}
	}
	return false
}

// innerName is the name of what a compressed file holds.
func innerName(name string) string {
	ext := path.Ext(name)
	e, ok := extensions[strings.ToLower(ext)]
	if !ok || len(ext) == len(name) {
		return name
	}
	return name[:len(name)-len(ext)] + e.inner
}
