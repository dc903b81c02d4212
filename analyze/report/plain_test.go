package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"patchtrail/analyze"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/timeline"
)

// TestPlain holds what a terminal is not sent, wherever a write cuts the text.
func TestPlain(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		in, want = in+"\n", want+"\n"
		for cut := range len(in) + 1 {
			var b bytes.Buffer
			p := &plain{w: &b}
			for _, part := range []string{in[:cut], in[cut:]} {
				if n, err := p.Write([]byte(part)); n != len(part) || err != nil {
					t.Fatalf("%d, %v", n, err)
				}
			}
			if b.String() != want {
				t.Errorf("%q cut at %d: %q, want %q", in, cut, b.String(), want)
			}
		}
	}
	f("plain\ttext\r\nof two lines", "plain\ttext\r\nof two lines")
	f("日本語 – “quoted” é ¥", "日本語 – “quoted” é ¥")
	f("\x1b[31mred\x1b[0m", "�[31mred�[0m")
	f("\x1b]0;title\x07", "�]0;title�")
	f("over\rwritten\bx\x00\x7f", "over�written�x��")
	f("\u009b31m \u0085", "�31m �")
	f("a\u202etxt.exe \u2066x\u2069 \u200f\u2028", "a�txt.exe �x� ��")
	f("", "")
}

// TestPlainOutputs holds that no text for people passes on what a bundle wants a
// terminal to do.
func TestPlainOutputs(t *testing.T) {
	res := analysis(t, hostileFolder(t), analyze.Options{})
	var updates []*ledger.Update
	for i := range res.Updates {
		updates = append(updates, &res.Updates[i])
	}
	for name, write := range map[string]func(io.Writer) error{
		"summary":  func(w io.Writer) error { return Summary(w, res, Options{}) },
		"timeline": func(w io.Writer) error { return Text(t.Context(), w, res, timeline.Filter{}, Options{}) },
		"windows":  func(w io.Writer) error { return Windows(w, res, nil, 4, Options{}) },
		"why":      func(w io.Writer) error { return Why(w, res, updates, Options{}) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if name == "timeline" && !strings.Contains(b.String(), replacement) {
			t.Errorf("%s holds nothing of the attack", name)
		}
		for i := range b.Len() {
			if n, _ := acted(b.Bytes()[i:]); n > 0 {
				t.Errorf("%s: %q", name, b.Bytes()[max(0, i-40):i+n])
				break
			}
		}
	}
}

func BenchmarkPlain(b *testing.B) {
	text := []byte(strings.Repeat("2025-03-18 01:02:03.000 +09:00 info  WUAHandler  Scan failed with error = 0x80072ee2. 更新\n", 1000))
	p := &plain{w: &bytes.Buffer{}}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		p.w.(*bytes.Buffer).Reset()
		if _, err := p.Write(text); err != nil {
			b.Fatal(err)
		}
	}
}
