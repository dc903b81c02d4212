package gen

import "bytes"

// entry is what stands around a record's message.
type entry struct {
	at        int64 // milliseconds since 1970 UTC
	component string
	source    string // "wuahandler.cpp:3187", CMTrace only
	level     int    // as CMTrace: 1 information, 2 warning, 3 error
	thread    int
	process   int
	id        []byte // the event's own GUID with braces, Reporting only
}

// record writes one record; message appends the text between what the format
// puts before and after it. z is the zone of the clock that stamps it.
func (w *writer) record(z *zone, e entry, message func(b []byte) []byte) {
	start := len(w.buf)
	t := z.at(e.at)
	b := appendBefore(w.buf, w.file.Format, t, e)
	b = message(b)
	w.buf = appendAfter(b, w.file.Format, t, e)
	w.ended(e.at, bytes.Count(w.buf[start:], []byte("\n")))
}

func appendBefore(b []byte, f Format, t wall, e entry) []byte {
	switch f {
	case CMTrace:
		b = append(b, "<![LOG["...)
	case WindowsUpdate:
		b = append(t.appendDate(b, '/'), ' ')
		b = append(t.appendTime(b, '.'), "0000 "...)
		b = appendNumberColumn(b, e.process, 6)
		b = appendNumberColumn(b, e.thread, 6)
		b = appendColumn(b, e.component, 16)
	case WindowsUpdateLegacy:
		b = append(t.appendDate(b, '-'), '\t')
		b = append(t.appendTime(b, ':'), "\t "...)
		b = append(appendPadded(b, e.process, 4), '\t')
		b = append(appendHex(b, uint64(e.thread), 3), '\t')
		b = append(append(b, e.component...), '\t')
	case Reporting:
		b = append(append(b, e.id...), '\t')
		b = append(t.appendDate(b, '-'), ' ')
		b = append(t.appendOffset(t.appendTime(b, ':')), '\t')
	case CBS:
		b = append(t.appendDate(b, '-'), ' ')
		b = append(t.appendTime(b, 0), ", "...)
		b = appendColumn(b, cbsLevels[e.level], 22)
		b = appendColumn(b, e.component, 7)
	case IIS:
		b = append(t.appendDate(b, '-'), ' ')
		b = append(t.appendTime(b, 0), ' ')
	case WSUS:
		b = append(t.appendDate(b, '-'), ' ')
		b = append(t.appendTime(b, '.'), " UTC\t"...)
		b = append(append(b, cbsLevels[e.level]...), "\tWsusService."...)
		b = append(appendPadded(b, e.thread%100, 1), '\t')
		b = append(append(b, e.component...), '\t')
	case Generic:
		b = append(t.appendDate(b, '-'), 'T')
		b = t.appendTime(b, '.')
		if t.bias == 0 {
			b = append(b, 'Z')
		} else {
			o := t.appendOffset(b)
			b = append(o[:len(o)-2], ':', o[len(o)-2], o[len(o)-1])
		}
		b = append(b, ' ')
	}
	return b
}

// cbsLevels are the level words of CBS.log and of WSUS, by CMTrace's numbers.
var cbsLevels = [...]string{"Info", "Info", "Warning", "Error"}

func appendAfter(b []byte, f Format, t wall, e entry) []byte {
	switch f {
	case CMTrace:
		b = append(b, `]LOG]!><time="`...)
		b = t.appendBias(t.appendTime(b, '.'))
		b = append(b, `" date="`...)
		b = t.appendUSDate(b)
		b = append(b, `" component="`...)
		b = append(b, e.component...)
		b = append(b, `" context="" type="`...)
		b = append(b, byte('0'+e.level))
		b = append(b, `" thread="`...)
		b = appendPadded(b, e.thread, 1)
		b = append(b, `" file="`...)
		b = append(b, e.source...)
		b = append(b, `">`...)
	case SiteLog:
		b = append(b, "  $$<"...)
		b = append(b, e.component...)
		b = append(b, "><"...)
		b = append(t.appendUSDate(b), ' ')
		b = t.appendBias(t.appendTime(b, '.'))
		b = append(b, "><thread="...)
		b = appendPadded(b, e.thread, 1)
		b = append(b, " (0x"...)
		b = append(appendHexUpper(b, uint64(e.thread), 1), ")>"...)
	}
	return append(b, "\r\n"...)
}

func appendNumberColumn(b []byte, n, width int) []byte {
	from := len(b)
	b = appendPadded(b, n, 1)
	for len(b)-from < width {
		b = append(b, ' ')
	}
	return b
}

func appendHex(b []byte, n uint64, width int) []byte {
	return hexDigits(b, n, width, "0123456789abcdef")
}

func appendHexUpper(b []byte, n uint64, width int) []byte {
	return hexDigits(b, n, width, "0123456789ABCDEF")
}

func hexDigits(b []byte, n uint64, width int, digits string) []byte {
	var out [16]byte
	i := len(out)
	for n > 0 || len(out)-i < width {
		i--
		out[i] = digits[n&15]
		n >>= 4
	}
	return append(b, out[i:]...)
}

// Shapes of a GUID.
const (
	lower  = iota // 1f0c2d3e-...
	upper         // 1F0C2D3E-...
	braced        // {1F0C2D3E-...}
)

// appendGUID appends a version 4 GUID of the two numbers.
func appendGUID(b []byte, hi, lo uint64, shape int) []byte {
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(3<<62) | 2<<62
	digits := "0123456789ABCDEF"
	if shape == lower {
		digits = "0123456789abcdef"
	}
	if shape == braced {
		b = append(b, '{')
	}
	b = hexDigits(b, hi>>32, 8, digits)
	b = hexDigits(append(b, '-'), hi>>16&0xffff, 4, digits)
	b = hexDigits(append(b, '-'), hi&0xffff, 4, digits)
	b = hexDigits(append(b, '-'), lo>>48, 4, digits)
	b = hexDigits(append(b, '-'), lo&0xffffffffffff, 12, digits)
	if shape == braced {
		b = append(b, '}')
	}
	return b
}
