package scan

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/record"
)

func TestDate(t *testing.T) {
	// Every day of the years, and what lies beside them, against package time.
	for y := 1969; y <= 2262; y++ {
		for m := 0; m <= 13; m++ {
			for d := 0; d <= 32; d++ {
				u := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
				want := y >= 1970 && y <= 2261 && u.Year() == y && int(u.Month()) == m && u.Day() == d
				days, ok := Date(y, m, d)
				if ok != want {
					t.Fatalf("Date(%d, %d, %d): ok %v, want %v", y, m, d, ok, want)
				}
				if ok && days != u.Unix()/86400 {
					t.Fatalf("Date(%d, %d, %d) = %d, want %d", y, m, d, days, u.Unix()/86400)
				}
			}
		}
	}
}

func TestDays(t *testing.T) {
	f := func(s string, sep byte, want int64, ok bool) {
		t.Helper()
		got, is := Days([]byte(s), 1, sep)
		if got != want || is != ok {
			t.Errorf("Days(%q) = %d, %v, want %d, %v", s, got, is, want, ok)
		}
	}
	f("x1970-01-02", '-', 1, true)
	f("x2000/03/01 ", '/', 11017, true)
	f("x2000/03/01 ", '-', 0, false)
	f("x2023-02-29", '-', 0, false)
	f("x2023-02-2", '-', 0, false)
	f("x20a3-02-20", '-', 0, false)
}

func TestClock(t *testing.T) {
	f := func(s string, want int64) {
		t.Helper()
		if got := Clock([]byte(s), 0); got != want {
			t.Errorf("Clock(%q) = %d, want %d", s, got, want)
		}
	}
	f("00:00:00", 0)
	f("23:59:59.9", 86399)
	f("23:59:60", -1)
	f("24:00:00", -1)
	f("12:60:00", -1)
	f("12:00:61", -1)
	f("12:00:0", -1)
	f("12-00-00", -1)
	f("1a:00:00", -1)
	f("", -1)
}

func TestNumbers(t *testing.T) {
	f := func(s string, want uint32, n int) {
		t.Helper()
		if v, k := Number([]byte(s)); v != want || k != n {
			t.Errorf("Number(%q) = %d, %d, want %d, %d", s, v, k, want, n)
		}
	}
	f("", 0, 0)
	f("x1", 0, 0)
	f("0042 ", 42, 4)
	f("4294967295", 1<<32-1, 10)
	f("4294967297", 1, 10)

	f = func(s string, want uint32, n int) {
		t.Helper()
		if v, k := Hex([]byte(s)); v != want || k != n {
			t.Errorf("Hex(%q) = %x, %d, want %x, %d", s, v, k, want, n)
		}
	}
	f("", 0, 0)
	f("g", 0, 0)
	f("800704C7 ", 0x800704c7, 8)
	f("1ffffffff", 0xffffffff, 9)
}

func TestFraction(t *testing.T) {
	f := func(s string, want int64, n int) {
		t.Helper()
		if v, k := Fraction([]byte(s)); v != want || k != n {
			t.Errorf("Fraction(%q) = %d, %d, want %d, %d", s, v, k, want, n)
		}
	}
	f("", 0, 0)
	f(" ", 0, 0)
	f("5", 500_000_000, 1)
	f("661+240", 661_000_000, 3)
	f("8422964", 842_296_400, 7)
	f("123456789", 123_456_789, 9)
	f("12345678999x", 123_456_789, 11)
}

func TestOffset(t *testing.T) {
	f := func(s string, want int16, n int) {
		t.Helper()
		if v, k := Offset([]byte(s)); v != want || k != n {
			t.Errorf("Offset(%q) = %d, %d, want %d, %d", s, v, k, want, n)
		}
	}
	f("+0900\t", -540, 5)
	f("-0530", 330, 5)
	f("+05:30", -330, 6)
	f("+09", -540, 3)
	f("+0000", 0, 5)
	f("+1500", -900, 5)
	f("+1501", 0, 0)
	f("+1600", 0, 0)
	f("+0960", 0, 0)
	f("+09000", 0, 0)
	f("0900", 0, 0)
	f("+9", 0, 0)
	f("", 0, 0)
}

func TestBias(t *testing.T) {
	f := func(s string, want int16, n int) {
		t.Helper()
		if v, k := Bias([]byte(s)); v != want || k != n {
			t.Errorf("Bias(%q) = %d, %d, want %d, %d", s, v, k, want, n)
		}
	}
	f("-540>", -540, 4)
	f("+300", 300, 4)
	f("+000", 0, 4)
	f("+0", 0, 2)
	f("+-540", -540, 5)
	f("-00540", -540, 6)
	f("-000540", 0, 0)
	f("+901", 0, 0)
	f("+", 0, 0)
	f("+-", 0, 0)
	f("540", 0, 0)
	f("", 0, 0)
}

func TestLine(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		var got []string
		b := []byte(text)
		for at := 0; at < len(b); {
			end, next := Line(b, at)
			got = append(got, string(b[at:end]))
			at = next
		}
		if strings.Join(got, "|") != strings.Join(want, "|") || len(got) != len(want) {
			t.Errorf("lines of %q: %q, want %q", text, got, want)
		}
	}
	f("")
	f("a", "a")
	f("a\n", "a")
	f("a\r\nb", "a", "b")
	f("a\r\r\n\r\n\nb\r", "a", "", "", "b")
}

func TestTrimSkip(t *testing.T) {
	if got := Trim([]byte("\ta b \r\n\t\n")); string(got) != "\ta b" {
		t.Errorf("Trim: %q", got)
	}
	if got := Trim([]byte(" \n")); len(got) != 0 {
		t.Errorf("Trim: %q", got)
	}
	if got := Skip([]byte(" \t x"), 0); got != 3 {
		t.Errorf("Skip: %d", got)
	}
	if got := SkipBOM([]byte("\ufeffx")) + SkipBOM([]byte("x")) + SkipBOM(nil); got != 3 {
		t.Errorf("SkipBOM: %d", got)
	}
}

func TestSeverity(t *testing.T) {
	f := func(msg string, want record.Level) {
		t.Helper()
		for _, m := range []string{msg, "- " + msg, msg + ".", strings.ToUpper(msg)} {
			if got := Severity([]byte(m)); got != want {
				t.Errorf("Severity(%q) = %v, want %v", m, got, want)
			}
		}
	}
	f("", record.Info)
	f("all is well", record.Info)
	f("an error", record.Error)
	f("Scan failed with error = 0x8024402c", record.Error)
	f("failure", record.Error)
	f("failover to the other", record.Info)
	f("fail-over", record.Info)
	f("failsafe", record.Info)
	f("a failover failed", record.Error)
	f("fatal", record.Error)
	f("a warning", record.Warning)
	f("warning: an error", record.Warning)
	f("a warning, an error", record.Error)
	f("0 errors", record.Info)
	f("0 errors, 1 warning", record.Warning)
	f("10 errors", record.Error)
	f("1.0 errors", record.Error)
	f("no errors", record.Info)
	f("kimono errors", record.Error)
	f("without error", record.Info)
	f("errors: 0", record.Info)
	f("errors: 01", record.Error)
	f("error = 0", record.Info)
	f("error 0x00000000", record.Info)
	f("error code 0x0", record.Info)
	f("ErrorCode=0x80070005", record.Error)
	f("error(s): 0", record.Info)
	f("failures = 0", record.Info)
	f("0 failed", record.Info)
	f("error0", record.Info)
	f("succeeded, LastError = 0", record.Info)
	f("エラー error", record.Error)
}

// Severity as its comment says it, with regular expressions.
var (
	slowOpening = regexp.MustCompile(`^[\x00-/:-@\[-` + "`" + `{-\x7f]*((?i:warning)|(?i:error|fatal))`)
	slowWord    = regexp.MustCompile(`(?i)fatal|error|fail|warning`)
	slowCounted = regexp.MustCompile(`(?i)(^|[^a-z0-9.,])(0|no|without) $`)
	slowZero    = regexp.MustCompile(`(?i)^[a-z()]{0,12}[ \t]*(code|count)?[ \t]*[:=]?[ \t]*0x?0*($|[^a-z0-9])`)
	slowOther   = regexp.MustCompile(`(?i)^-?(over|safe)`)
)

func slowSeverity(msg string) record.Level {
	none := func(from, to int) bool {
		word := strings.ToLower(msg[from:to])
		return slowCounted.MatchString(msg[:from]) || slowZero.MatchString(msg[to:]) ||
			word[0] == 'f' && slowOther.MatchString(msg[to:])
	}
	if m := slowOpening.FindStringSubmatchIndex(msg); m != nil && !none(m[2], m[3]) {
		if msg[m[2]]|0x20 == 'w' {
			return record.Warning
		}
		return record.Error
	}
	level := record.Info
	for _, m := range slowWord.FindAllStringIndex(msg, -1) {
		switch {
		case none(m[0], m[1]):
		case msg[m[0]]|0x20 == 'w':
			level = record.Warning
		default:
			return record.Error
		}
	}
	return level
}

func FuzzSeverity(f *testing.F) {
	for _, s := range []string{"0 errors", "errors: 0", "failover failed", "** WARNING: x", "fatal error 0x0", "no fail", "errorfailwarning"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		ascii := true
		for _, c := range msg {
			ascii = ascii && c < 0x80
		}
		if !ascii {
			Severity(msg) // (?i) folds letters outside ASCII too
			return
		}
		if got, want := Severity(msg), slowSeverity(string(msg)); got != want {
			t.Errorf("Severity(%q) = %v, want %v", msg, got, want)
		}
	})
}

func TestBody(t *testing.T) {
	f := func(raw, want string) {
		t.Helper()
		if got := Body([]byte(raw)); string(got) != want {
			t.Errorf("Body(%q) = %q, want %q", raw, got, want)
		}
	}
	f("", "")
	f(" \r\n\n\t", "")
	f("a\r\n", "a")
	f(" \r\n\r\n  a\r\n\r\nb \r\n", "  a\r\n\r\nb")
}

func TestShare(t *testing.T) {
	hits, lines := Share([]byte("a\n\nb\r\n \t\na"), func(l []byte) bool { return string(l) == "a" })
	if hits != 2 || lines != 3 {
		t.Errorf("Share: %d of %d, want 2 of 3", hits, lines)
	}
	if !Enough(1, 50) || Enough(1, 51) || Enough(0, 0) {
		t.Error("Enough")
	}
}
