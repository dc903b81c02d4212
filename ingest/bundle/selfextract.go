package bundle

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"path"
	"strings"

	"patchtrail/ingest/issue"
)

// selfExtracting looks for the archive in a program that unpacks itself: zip
// and 7z, as WinZip and 7-Zip make them. Programs name the signatures of
// archives too, so that both are checked. It returns src, or the piece of it
// that is the archive, which the caller must let go of; plain where there is none.
func selfExtracting(src *source) (*source, kind) {
	if end, err := findZipEnd(src, src.size); err == nil && end.count > 0 {
		var sig [4]byte
		if start, _, ok := zipDirectoryStart(src, end); ok {
			if _, err := src.ReadAt(sig[:], start); err == nil && string(sig[:]) == zipCentralSig {
				src.retain()
				return src, zipped
			}
		}
	}
	head := make([]byte, min(src.size, 1<<20))
	n, _ := src.ReadAt(head, 0) // damage will be told by whoever reads on
	head = head[:n]
	for at := 0; ; at++ {
		i := bytes.Index(head[at:], []byte("7z\xbc\xaf\x27\x1c"))
		if i < 0 {
			return nil, plain
		}
		at += i
		const start = 12 // behind the signature, the version and the checksum of what follows
		if b := head[at:]; len(b) >= start+20 && crc32.ChecksumIEEE(b[start:start+20]) == binary.LittleEndian.Uint32(b[8:]) {
			return src.section(int64(at), src.size-int64(at)), sevenZipped
		}
	}
}

// unread returns the kind of an archive that is known, and is not read; "" for
// any other file.
func unread(head []byte, name string) string {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	ext := strings.ToLower(path.Ext(name))
	switch {
	case has("MSWIM\x00\x00\x00"):
		return "wim"
	case len(head) > 7 && (string(head[2:5]) == "-lh" || string(head[2:5]) == "-lz") && head[6] == '-':
		return "lzh"
	case has("\x1f\x9d"):
		return "compress"
	case has("\x60\xea") && ext == ".arj":
		return "arj"
	case has("\x5d\x00\x00") && ext == ".lzma":
		return "lzma"
	case has("vhdxfile"), ext == ".iso" && len(head) == headSize && head[0] == 0:
		return strings.TrimPrefix(ext, ".")
	}
	return ""
}

// tellUnread says of an archive that is not read what to do about it.
func (w *walker) tellUnread(it *item, head []byte) {
	if name := unread(head, base(it.path)); name != "" {
		w.report(it.path, -1, issue.Unsupported, "method-unsupported", name)
	}
}
