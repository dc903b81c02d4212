package bundle

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// cp932 gives the bytes that Explorer in Japan writes for a name.
func cp932(s string) string { return must(japanese.ShiftJIS.NewEncoder().String(s)) }

func TestDecodeName(t *testing.T) {
	f := func(raw, want string) {
		t.Helper()
		if got := decodeName(raw); got != want {
			t.Errorf("decodeName(%q) = %q, want %q", raw, got, want)
		}
	}
	f("CCM/Logs/a.log", "CCM/Logs/a.log")
	f("ログ/更新.log", "ログ/更新.log")
	f(cp932("ログ/更新.log"), "ログ/更新.log")
	f(cp932("表示ソ能.log"), "表示ソ能.log") // trail bytes 0x5c
	f("\xb6\xc5.log", "ｶﾅ.log")      // half-width
	f("caf\xe9.log", "café.log")     // Windows-1252: 0xe9 0x2e is nothing in CP932
}

func TestHarmless(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := harmless(in); got != want {
			t.Errorf("harmless(%q) = %q, want %q", in, got, want)
		}
	}
	f("CCM/Logs/a.log", "CCM/Logs/a.log")
	f(`CCM\Logs\a.log`, "CCM/Logs/a.log")
	f("../../etc/passwd", "__/__/etc/passwd")
	f(`..\..\x`, "__/__/x")
	f("a/./b//c", "a/b/c")
	f("/etc/passwd", "etc/passwd")
	f(`C:\Windows\x.log`, "C_/Windows/x.log")
	f("C:x.log", "C_x.log")
	f(`\\server\share\x.log`, "server/share/x.log")
	f(`\\?\C:\x.log`, "C_/x.log")
	f(`\\?\UNC\server\share\x`, "server/share/x")
	f(`\\.\PhysicalDrive0`, "PhysicalDrive0")
	f("a.log:hidden", "a.log_hidden")
	f("CON", "_CON")
	f("logs/nul.log", "logs/_nul.log")
	f("com1 .txt", "_com1 .txt")
	f("COM¹", "_COM¹")
	f("COM10", "COM10")
	f("console.log", "console.log")
	f("a\x00b\x1f\x7f", "a_b__")
	f("gpj.\u202egol", "gpj._gol")
	f("name. ", "name__")
	f("...", "___")
	f("", "_")
	f("/", "_")
	f("...../x", "_____/x")
	f("a!b", "a_b")
	f("a!/b!", "a!/b!")
	f("か\u3099.log", "が.log")
	long := harmless(strings.Repeat("長", 5000) + ".log")
	if n := utf8.RuneCountInString(long); n > maxName || !strings.HasSuffix(long, ".log") {
		t.Errorf("a name of 5000 runes becomes %d, ending in %q", n, long[len(long)-8:])
	}
}

func TestUniqueNames(t *testing.T) {
	var n names
	f := func(in, want string) {
		t.Helper()
		if got := n.shown(in); got != want {
			t.Errorf("shown(%q) = %q, want %q", in, got, want)
		}
	}
	f("a/b.log", "a/b.log")
	f("a/b.log", "a/b (2).log")
	f("a/b.log", "a/b (3).log")
	f("a/b (4).log", "a/b (4).log")
	f(`a\b.log`, "a/b (5).log")
	f("A/b.log", "A/b.log")
	f(".hidden", ".hidden")
	f(".hidden", ".hidden (2)")
	f("x!", "x!")
	f("x!", "x_ (2)")
}

func TestZipNames(t *testing.T) {
	raw := cp932("表.log")
	other := stored(cp932("ソ.log"), []byte("utf"))
	other.extra = []byte{0x75, 0x70, 0, 0, 1, 0, 0, 0, 0}
	binary.LittleEndian.PutUint32(other.extra[5:], crc32.ChecksumIEEE(other.name))
	other.extra = append(other.extra, "別名.log"...)
	other.extra[2] = byte(len(other.extra) - 4)
	stale := other
	stale.name = []byte("renamed.log")
	tr := walk(t, Options{}, save(t, "n.zip", rawZip(
		stored(raw, []byte("1")), other, stale, stored("更新.log", []byte("2")),
		stored(`..\x.log`, []byte("3")), stored(`../x.log`, []byte("4")), stored("a.log\x00.exe", []byte("5")))))
	tr.want(t, "n.zip!", file{"表.log", []byte("1")}, file{"別名.log", []byte("utf")},
		file{"renamed.log", []byte("utf")}, file{"更新.log", []byte("2")},
		file{"__/x.log", []byte("3")}, file{"__/x (2).log", []byte("4")}, file{"a.log_.exe", []byte("5")})
	tr.wantIssues(t)
}
