package report

import "io"

// plain passes text on to a terminal without what a terminal acts on: escape
// sequences, other control characters, and marks that turn the direction of
// what follows. Each becomes the replacement character. Lines and tabs stay.
// What is written has to end with a line.
type plain struct {
	w    io.Writer
	held []byte // the beginning of a character that the last write cut
	out  []byte
}

const replacement = "\uFFFD"

// Write filters b. It passes a text without such characters on as it is.
func (p *plain) Write(b []byte) (int, error) {
	text := b
	if len(p.held) > 0 {
		text = append(p.held, b...)
		p.held = nil
	}
	out, from := p.out[:0], 0
	for i := 0; i < len(text); {
		if c := text[i]; ' ' <= c && c < 0x7f || c >= 0x80 && c != 0xc2 && c != 0xe2 { // nearly all
			i++
			continue
		}
		n, cut := acted(text[i:])
		if cut {
			p.held = append([]byte(nil), text[i:]...)
			text = text[:i]
			break
		}
		if n == 0 {
			i++
			continue
		}
		out = append(append(out, text[from:i]...), replacement...)
		i += n
		from = i
	}
	p.out = out[:0]
	if from > 0 {
		text = append(out, text[from:]...)
		p.out = text[:0]
	}
	if _, err := p.w.Write(text); err != nil {
		return 0, err
	}
	return len(b), nil
}

// acted returns how many bytes at the beginning of b are a character that a
// terminal acts on, 0 if it is none. cut says that more bytes are needed to tell.
func acted(b []byte) (n int, cut bool) {
	switch c := b[0]; {
	case c == '\n' || c == '\t':
		return 0, false
	case c == '\r':
		if len(b) == 1 {
			return 0, true
		}
		if b[1] == '\n' {
			return 0, false
		}
		return 1, false
	case c < ' ' || c == 0x7f:
		return 1, false
	case c == 0xc2: // U+0080 to U+009F
		if len(b) == 1 {
			return 0, true
		}
		if b[1] < 0xa0 {
			return 2, false
		}
	case c == 0xe2: // U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069
		if len(b) < 3 {
			return 0, true
		}
		if b[1] == 0x80 && (b[2] == 0x8e || b[2] == 0x8f || b[2] >= 0xa8 && b[2] <= 0xae) || b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9 {
			return 3, false
		}
	}
	return 0, false
}
