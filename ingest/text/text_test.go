package text

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

func utf16Bytes(s string, bigEndian bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if bigEndian {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func sjis(t testing.TB, s string) []byte {
	t.Helper()
	b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// readAll reads through buffers of several sizes and sources of several
// habits, which must all give the same text.
func readAll(t testing.TB, in []byte) (string, string) {
	t.Helper()
	var text, enc string
	for i, src := range []io.Reader{bytes.NewReader(in), bytes.NewReader(in), iotest.OneByteReader(bytes.NewReader(in)), iotest.DataErrReader(bytes.NewReader(in))} {
		size := []int{256 << 10, 61, rawSize, 4096}[i]
		r := NewReader(src)
		var b strings.Builder
		buf := make([]byte, size)
		for {
			n, err := r.Read(buf)
			b.Write(buf[:n])
			if err != nil {
				if err != io.EOF {
					t.Fatalf("read: %v", err)
				}
				break
			}
		}
		if i > 0 && (b.String() != text || r.Encoding() != enc) {
			t.Fatalf("buffer of %d: %.200q (%s), first gave %.200q (%s)", size, b.String(), r.Encoding(), text, enc)
		}
		text, enc = b.String(), r.Encoding()
		if r.Bytes() != int64(len(in)) {
			t.Fatalf("took %d bytes of %d", r.Bytes(), len(in))
		}
	}
	return text, enc
}

func TestEncodings(t *testing.T) {
	const ja = "2025-03-18 01:02:03 更新プログラムのインストールを開始しました。\r\n失敗: ｱｸｾｽが拒否されました ① 髙橋\r\n"
	const en = "Scan failed with error = 0x80072ee2.\r\nnext line\r\n"
	long := strings.Repeat(en, 5000)
	longJA := strings.Repeat(ja, 5000)
	b := string(bom)
	f := func(name string, in []byte, want, enc string) {
		t.Run(name, func(t *testing.T) {
			got, gotEnc := readAll(t, in)
			if got != want {
				t.Errorf("got  %.300q\nwant %.300q", got, want)
			}
			if gotEnc != enc {
				t.Errorf("encoding %s, want %s", gotEnc, enc)
			}
		})
	}
	f("empty", nil, "", "utf-8")
	f("ascii", []byte(long), long, "utf-8")
	f("utf-8", []byte(longJA), longJA, "utf-8")
	f("utf-8 bom", []byte(b+ja), ja, "utf-8-bom")
	f("only a bom", []byte(b), "", "utf-8-bom")
	f("bom on every line", []byte(b+"one\r\n"+b+"two\r\n"+b+"three"), "one\r\ntwo\r\nthree", "utf-8-bom")
	f("bom inside a line stays", []byte("a"+b+"b\n"), "a"+b+"b\n", "utf-8")
	f("utf-16le bom", join([]byte{0xFF, 0xFE}, utf16Bytes(longJA, false)), longJA, "utf-16le")
	f("utf-16be bom", join([]byte{0xFE, 0xFF}, utf16Bytes(ja, true)), ja, "utf-16be")
	f("utf-16le no bom", utf16Bytes(long, false), long, "utf-16le")
	f("utf-16le no bom japanese", utf16Bytes(longJA, false), longJA, "utf-16le")
	f("utf-16be no bom", utf16Bytes(en, true), en, "utf-16be")
	f("utf-16 pair", join([]byte{0xFF, 0xFE}, utf16Bytes("𠮷野\r\n", false)), "𠮷野\r\n", "utf-16le")
	f("cp932", sjis(t, longJA), longJA, "cp932")
	f("utf-8 then cp932", join([]byte(longJA), sjis(t, longJA)), longJA+longJA, "utf-8+cp932")
	f("cp932 lines between utf-8", join([]byte(ja), sjis(t, ja), []byte(ja)), ja+ja+ja, "utf-8+cp932")
	f("windows-1252", []byte("caf\xe9 \x93quoted\x94\r\n"), "café “quoted”\r\n", "windows-1252")
	f("ansi then utf-16", join([]byte(long), utf16Bytes(longJA, false)), long+longJA, "utf-16le")
	f("ansi then utf-16 with bom", join([]byte(long), []byte{0xFF, 0xFE}, utf16Bytes(long, false)), long+long, "utf-16le")
	f("utf-16 then ansi", join([]byte{0xFF, 0xFE}, utf16Bytes(longJA, false), []byte(long)), longJA+long, "utf-16le")
	f("utf-16 then ansi then utf-16", join([]byte{0xFF, 0xFE}, utf16Bytes(ja, false), []byte(en), utf16Bytes(en, false)), ja+en+en, "utf-16le")
	f("zeroed tail", join([]byte(en), make([]byte, 3000)), en, "utf-8")
	f("zeroed head and middle", join(make([]byte, 3000), []byte(en), make([]byte, 8), []byte(ja)), en+ja, "utf-8")
	f("few NULs stay", []byte("a\x00b\r\nc\x00\x00\x00\x00\x00\x00\x00d\r\n"), "a\x00b\r\nc\x00\x00\x00\x00\x00\x00\x00d\r\n", "utf-8")
	f("zeroed tail of utf-16", join([]byte{0xFF, 0xFE}, utf16Bytes(ja, false), make([]byte, 3000)), ja, "utf-16le")
	f("line longer than a buffer", bytes.Repeat([]byte("更新"), 200000), strings.Repeat("更新", 200000), "utf-8")
	// Where encodings meet, no line is lost, however short or Japanese it is.
	const mixed = "<![LOG[適用]LOG]!><time=\"10:00:00.123-540\" date=\"03-01-2025\">\r\n"
	f("short utf-8 then utf-16", join([]byte(mixed), utf16Bytes(mixed+ja, false)), mixed+mixed+ja, "utf-16le+utf-8")
	f("short utf-8 then utf-16 with bom", join([]byte(mixed), []byte{0xFF, 0xFE}, utf16Bytes(mixed, false)), mixed+mixed, "utf-16le+utf-8")
	f("utf-8 then utf-16 in one line", join([]byte("更新 begins with this: "), []byte{0xFF, 0xFE}, utf16Bytes(mixed, false)), "更新 begins with this: \ufeff"+mixed, "utf-16le+utf-8")
	f("cp932 then utf-16be", join(sjis(t, mixed), utf16Bytes(mixed+en, true)), mixed+mixed+en, "utf-16be+cp932")
	f("utf-16 then utf-8", join([]byte{0xFF, 0xFE}, utf16Bytes(mixed, false), []byte(mixed)), mixed+mixed, "utf-16le+utf-8")
	f("utf-16be then cp932", join([]byte{0xFE, 0xFF}, utf16Bytes(mixed, true), sjis(t, mixed)), mixed+mixed, "utf-16be+cp932")
	f("utf-16 and echo into it, odd", join([]byte{0xFF, 0xFE}, utf16Bytes(mixed, false), []byte("done \r\n"), utf16Bytes(mixed, false)), mixed+"done \r\n"+mixed, "utf-16le")
	f("utf-16 and echo into it, even", join([]byte{0xFF, 0xFE}, utf16Bytes(mixed, false), []byte("done\r\n"), utf16Bytes(mixed, false)), mixed+"done\r\n"+mixed, "utf-16le")
	f("utf-16 and echo at its end", join([]byte{0xFF, 0xFE}, utf16Bytes(mixed, false), []byte("done\r\n")), mixed+"done\r\n", "utf-16le")
	f("utf-16le then utf-16be", join([]byte{0xFF, 0xFE}, utf16Bytes(mixed, false), []byte{0xFE, 0xFF}, utf16Bytes(mixed, true)), mixed+mixed, "utf-16le+utf-16be")
	f("two utf-16 logs", join([]byte{0xFF, 0xFE}, utf16Bytes(mixed, false), []byte{0xFF, 0xFE}, utf16Bytes(mixed, false)), mixed+mixed, "utf-16le")
	const rows = "見出し\r\n────────────────────────\r\n\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000右\r\n"
	f("rows of one letter are no other order", join([]byte{0xFF, 0xFE}, utf16Bytes(rows, false)), rows, "utf-16le")
	// A log that was copied while it was written, or cut by its rollover.
	f("cut in utf-8", []byte("更新\r\n更\xe6\x96"), "更新\r\n更\uFFFD", "utf-8")
	f("cut in utf-8, no line end", []byte(b+"a\xe6\x96"), "a\uFFFD", "utf-8-bom")
	f("cut in cp932", join(sjis(t, "更新\r\n更新")[:len(sjis(t, "更新\r\n更新"))-1]), "更新\r\n更\uFFFD", "cp932")
	f("begins within utf-8", []byte("\x9b\xb4新 ok\r\n更新\r\n"), "\uFFFD新 ok\r\n更新\r\n", "utf-8")
	f("western word at the end", []byte("caf\xe9"), "café", "windows-1252")
	f("western word at the start", []byte("\x93so\x94 caf\xe9\r\n"), "“so” café\r\n", "windows-1252")
	f("odd byte at the end", join([]byte{0xFF, 0xFE}, utf16Bytes("abc", false), []byte{0x41}), "abc\uFFFD", "utf-16le")
	f("lone surrogate", []byte{0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00}, "\uFFFDA", "utf-16le")
}

func TestASCII(t *testing.T) {
	p := []byte("0123456789abcdefghi")
	if !ascii(p) || !ascii(nil) {
		t.Error("ASCII is not known")
	}
	for i := range p {
		q := bytes.Clone(p)
		q[i] = 0x80
		if ascii(q) {
			t.Errorf("byte %d past ASCII is not seen", i)
		}
	}
}

// FuzzReader holds that every input ends, gives valid UTF-8, and that valid
// UTF-8 without NUL or BOM comes out as it went in.
func FuzzReader(f *testing.F) {
	f.Add([]byte("plain\r\n"))
	f.Add(join([]byte{0xFF, 0xFE}, utf16Bytes("x\r\n日本\r\n", false)))
	f.Add(join([]byte("abcdefg hijklmn opqrstu vwxyz 012345\r\n"), utf16Bytes("abcdefg hijklmn opqrstu vwxyz\r\n", false)))
	f.Add([]byte("\x82\xa0\x82\n\xff\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, _ := readAll(t, in)
		if !utf8.ValidString(got) {
			t.Fatalf("not valid UTF-8: %q", got)
		}
		if utf8.Valid(in) && bytes.IndexByte(in, 0) < 0 && !bytes.Contains(in, bom) && got != string(in) {
			t.Fatalf("valid UTF-8 changed: %q to %q", in, got)
		}
	})
}
