package zipcrypt

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/japanese"
)

var schemes = []string{"ZipCrypto", "AES-128", "AES-192", "AES-256"}

func text(n int) []byte {
	var b bytes.Buffer
	for i := 1; b.Len() < n; i++ {
		fmt.Fprintf(&b, "line %03d of a log that contoso wrote on PC01\r\n", i)
	}
	return b.Bytes()[:n]
}

func header(m *zip.File) Header {
	at := m.Modified.UTC()
	return Header{
		Flags: m.Flags, Method: m.Method, CRC32: m.CRC32, Extra: m.Extra,
		ModTime:        uint16(at.Hour()<<11 | at.Minute()<<5 | at.Second()/2),
		CompressedSize: int64(m.CompressedSize64),
	}
}

// open decrypts and decompresses a member whole.
func open(t *testing.T, m *zip.File, password []byte) ([]byte, Info, error) {
	t.Helper()
	raw, err := m.OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	h := header(m)
	info, err := h.Info()
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(raw, h, password)
	if err != nil {
		return nil, info, err
	}
	var plain []byte
	switch info.Method {
	case zip.Store:
		plain, err = io.ReadAll(r)
	case zip.Deflate:
		plain, err = io.ReadAll(flate.NewReader(r))
	default:
		t.Fatalf("method %d", info.Method)
	}
	if err != nil {
		return plain, info, err
	}
	if err := r.Verify(); err != nil {
		return plain, info, err
	}
	if info.HasCRC && crc32.ChecksumIEEE(plain) != m.CRC32 {
		return plain, info, ErrPassword
	}
	return plain, info, nil
}

func TestFixtures(t *testing.T) {
	f := func(file, password string, wantSchemes ...string) {
		t.Helper()
		z, err := zip.OpenReader("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		if len(z.File) != len(wantSchemes) {
			t.Fatalf("%s: got %d members, want %d", file, len(z.File), len(wantSchemes))
		}
		for i, m := range z.File {
			want := text(2760)
			if m.Name == "small.log" {
				want = []byte("tiny\r\n")
			}
			tries := 0
			for _, p := range Candidates(password) {
				got, info, err := open(t, m, p)
				if err != nil {
					continue
				}
				tries++
				if !bytes.Equal(got, want) {
					t.Errorf("%s, %s: got %q", file, m.Name, got)
				}
				if info.Scheme != wantSchemes[i] {
					t.Errorf("%s, %s: got scheme %s, want %s", file, m.Name, info.Scheme, wantSchemes[i])
				}
			}
			if tries != 1 {
				t.Errorf("%s, %s: %d candidates open it, want 1", file, m.Name, tries)
			}
			if _, _, err := open(t, m, []byte("not it")); err == nil {
				t.Errorf("%s, %s: a wrong password opens it", file, m.Name)
			}
		}
	}
	f("sevenzip.zip", "correct horse", "AES-128", "AES-192", "AES-256", "AES-256", "AES-256", "ZipCrypto")
	f("infozip.zip", "correct horse", "ZipCrypto")
	f("infozip-stream.zip", "correct horse", "ZipCrypto")
	f("infozip-cp932.zip", "パスワード", "ZipCrypto")
	f("infozip-utf8.zip", "パスワード", "ZipCrypto")
}

func TestInfo(t *testing.T) {
	f := func(h Header, want Info, wantErr error) {
		t.Helper()
		got, err := h.Info()
		if got != want || err != wantErr {
			t.Errorf("%+v: got %+v, %v; want %+v, %v", h, got, err, want, wantErr)
		}
	}
	f(Header{Method: 8}, Info{}, ErrNotEncrypted)
	f(Header{Flags: 1, Method: 9}, Info{"ZipCrypto", 9, true, true}, nil)
	f(Header{Flags: 1 | 8, Method: 0}, Info{"ZipCrypto", 0, true, true}, nil)
	f(Header{Flags: 1 | 64, Method: 8}, Info{}, ErrUnsupported)
	f(Header{Flags: 1 | 8192, Method: 8}, Info{}, ErrUnsupported)
	f(Header{Flags: 1, Method: 99}, Info{}, ErrFormat)
	f(Header{Flags: 1, Method: 99, Extra: []byte{1, 0x99, 7, 0, 1}}, Info{}, ErrFormat)
	f(Header{Flags: 1, Method: 99, Extra: []byte{1, 0x99, 3, 0, 1, 0, 'A'}}, Info{}, ErrFormat)
	f(Header{Flags: 1, Method: 99, Extra: extraField(1, 1, 8)}, Info{"AES-128", 8, true, false}, nil)
	f(Header{Flags: 1, Method: 99, Extra: extraField(2, 2, 0)}, Info{"AES-192", 0, false, false}, nil)
	f(Header{Flags: 1, Method: 99, Extra: extraField(2, 3, 9)}, Info{"AES-256", 9, false, false}, nil)
	f(Header{Flags: 1, Method: 99, Extra: extraField(3, 3, 9)}, Info{}, ErrUnsupported)
	f(Header{Flags: 1, Method: 99, Extra: extraField(2, 0, 9)}, Info{}, ErrUnsupported)
	f(Header{Flags: 1, Method: 99, Extra: extraField(2, 4, 9)}, Info{}, ErrUnsupported)
}

func TestRoundTrip(t *testing.T) {
	password := []byte("correct horse")
	for strength, scheme := range schemes {
		for _, n := range []int{0, 1, 15, 16, 17, 511, 512, 513, 5000} {
			want := text(n)
			h, raw := member(strength, password, want)
			for _, src := range []io.Reader{
				bytes.NewReader(raw),
				iotest.OneByteReader(bytes.NewReader(raw)),
				iotest.DataErrReader(bytes.NewReader(raw)),
				io.MultiReader(bytes.NewReader(raw), bytes.NewReader([]byte("what follows"))),
			} {
				r, err := NewReader(src, h, password)
				if err != nil {
					t.Fatalf("%s, %d bytes: %v", scheme, n, err)
				}
				got, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s, %d bytes: got %q, %v", scheme, n, got, err)
				}
				if err := r.Verify(); err != nil {
					t.Errorf("%s, %d bytes: Verify says %v", scheme, n, err)
				}
			}
		}
	}
}

// TestWrongPasswords counts how many of 3000 pass: 1 in 256 for ZipCrypto.
func TestWrongPasswords(t *testing.T) {
	h, raw := member(0, []byte("correct horse"), text(100))
	passed := 0
	for i := range 3000 {
		_, err := NewReader(bytes.NewReader(raw), h, fmt.Append(nil, i))
		if err == nil {
			passed++
		} else if err != ErrPassword {
			t.Fatalf("got %v, want %v", err, ErrPassword)
		}
	}
	if passed < 3 || passed > 30 {
		t.Errorf("%d of 3000 wrong passwords passed", passed)
	}
	h, raw = member(3, []byte("correct horse"), text(100))
	for i := range 20 {
		if _, err := NewReader(bytes.NewReader(raw), h, fmt.Append(nil, i)); err != ErrPassword {
			t.Errorf("password %d: got %v, want %v", i, err, ErrPassword)
		}
	}
}

func TestDamaged(t *testing.T) {
	password := []byte("correct horse")
	for strength := 1; strength <= 3; strength++ {
		h, raw := member(strength, password, text(300))
		head := 4 + 4*strength + verifierSize
		for at := head; at < len(raw); at++ {
			bad := bytes.Clone(raw)
			bad[at] ^= 0x10
			r, err := NewReader(bytes.NewReader(bad), h, password)
			if err != nil {
				t.Fatal(err)
			}
			r.Read(make([]byte, 10))
			if err := r.Verify(); err != ErrAuth {
				t.Fatalf("%s, byte %d changed: got %v, want %v", schemes[strength], at, err, ErrAuth)
			}
			if _, err := r.Read(make([]byte, 1)); err != ErrAuth {
				t.Fatalf("%s, byte %d changed: read again gives %v", schemes[strength], at, err)
			}
		}
	}
}

func TestTruncated(t *testing.T) {
	password := []byte("correct horse")
	want := text(300)
	for strength, scheme := range schemes {
		h, raw := member(strength, password, want)
		for cut := range len(raw) {
			r, err := NewReader(bytes.NewReader(raw[:cut]), h, password)
			if err == nil {
				var got []byte
				got, err = io.ReadAll(r)
				if !bytes.HasPrefix(want, got) {
					t.Fatalf("%s, cut at %d: bytes differ", scheme, cut)
				}
				if verr := r.Verify(); verr != err {
					t.Fatalf("%s, cut at %d: Verify says %v, Read %v", scheme, cut, verr, err)
				}
			}
			if err != io.ErrUnexpectedEOF {
				t.Fatalf("%s, cut at %d: got %v, want %v", scheme, cut, err, io.ErrUnexpectedEOF)
			}
			short := h
			short.CompressedSize = int64(cut)
			if r, err = NewReader(bytes.NewReader(raw), short, password); err == nil {
				err = r.Verify()
			}
			if strength > 0 && err != ErrFormat && err != ErrAuth || strength == 0 && cut < 12 && err != ErrFormat {
				t.Fatalf("%s, size %d: got %v", scheme, cut, err)
			}
		}
	}
}

func TestSizeNotKnown(t *testing.T) {
	password := []byte("correct horse")
	want := text(3000)
	for strength, wantVerify := range []error{nil, ErrUnverified, ErrUnverified, ErrUnverified} {
		h, raw := member(strength, password, want)
		h.CompressedSize = -1
		r, err := NewReader(bytes.NewReader(raw), h, password)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %q, %v", schemes[strength], got, err)
		}
		if err := r.Verify(); err != wantVerify {
			t.Errorf("%s: Verify says %v, want %v", schemes[strength], err, wantVerify)
		}
	}
}

func TestSourceError(t *testing.T) {
	want := errors.New("disk on fire")
	for strength, scheme := range schemes {
		h, raw := member(strength, nil, text(300))
		r, err := NewReader(io.MultiReader(bytes.NewReader(raw[:100]), iotest.ErrReader(want)), h, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = io.ReadAll(r); err != want {
			t.Errorf("%s: got %v, want %v", scheme, err, want)
		}
	}
}

func TestCandidates(t *testing.T) {
	f := func(password string, want ...string) {
		t.Helper()
		got := Candidates(password)
		var s []string
		for _, p := range got {
			s = append(s, string(p))
		}
		if fmt.Sprintf("%q", s) != fmt.Sprintf("%q", want) {
			t.Errorf("%q: got %q, want %q", password, s, want)
		}
	}
	f("", "")
	f("plain ASCII", "plain ASCII")
	f("テスト", "テスト", "\x83e\x83X\x83g")
	f("ｶﾅ", "ｶﾅ", "\xb6\xc5")
	f("髙①", "髙①", "\xfb\xfc\x87\x40")
	f("ガ", "ガ", "\x83K", "カ\u3099")
	f("カ\u3099", "カ\u3099", "\x83K", "ガ")
	f("a¥b", "a¥b", `a\b`)
	f("1〜2", "1〜2", "1\x81\x602")
	f("1～2", "1～2", "1\x81\x602")
	f("é", "é", "e\u0301")
	f("\x83e\x83X", "\x83e\x83X", "テス")
	f("\xff\xfe", "\xff\xfe")
}

// TestExtended932: Windows takes IBM's place for a letter that has two, and both
// are decoded to the same letter.
func TestExtended932(t *testing.T) {
	seen := 0
	for r := rune(0x80); r < 0x10000; r++ {
		p, ok := encode932(string(r))
		if !ok || to932.Replace(string(r)) != string(r) {
			continue
		}
		if len(p) == 2 && (p[0] == 0xED || p[0] == 0xEE) {
			t.Errorf("%c: got % x, a place that Windows does not take", r, p)
		}
		if len(p) == 2 && p[0] >= 0xFA {
			seen++
		}
		got, err := japanese.ShiftJIS.NewDecoder().Bytes(p)
		if err != nil || string(got) != string(r) {
			t.Errorf("%c: encoded to % x, decoded to %s, %v", r, p, got, err)
		}
	}
	if seen != 360+10+3 {
		t.Errorf("got %d letters in rows FA to FC, want 373", seen)
	}
}

func FuzzReader(f *testing.F) {
	password := []byte("pw")
	for strength := range schemes {
		h, raw := member(strength, password, text(60))
		f.Add(h.Flags, h.Method, h.CRC32, h.CompressedSize, h.Extra, raw)
	}
	f.Add(uint16(9), uint16(8), uint32(0), int64(-1), []byte{}, make([]byte, 30))
	f.Fuzz(func(t *testing.T, flags, method uint16, crc uint32, size int64, extra, raw []byte) {
		h := Header{Flags: flags, Method: method, CRC32: crc, CompressedSize: size, Extra: extra}
		r, err := NewReader(bytes.NewReader(raw), h, password)
		if err != nil {
			return
		}
		n, err := io.Copy(io.Discard, r)
		if n > int64(len(raw)) || size >= 0 && n > size {
			t.Fatalf("%d bytes out of %d, size %d", n, len(raw), size)
		}
		if err == nil && size > int64(len(raw)) {
			t.Fatalf("%d bytes are there, the size is %d, and no error", len(raw), size)
		}
		if verr := r.Verify(); verr != err && verr != ErrUnverified {
			t.Fatalf("Verify says %v, Read %v", verr, err)
		}
	})
}
