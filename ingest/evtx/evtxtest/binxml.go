package evtxtest

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Types of values.
const (
	typNull     = 0x00
	typString   = 0x01
	typANSI     = 0x02
	typInt8     = 0x03
	typUint8    = 0x04
	typInt16    = 0x05
	typUint16   = 0x06
	typInt32    = 0x07
	typUint32   = 0x08
	typInt64    = 0x09
	typUint64   = 0x0a
	typReal32   = 0x0b
	typReal64   = 0x0c
	typBool     = 0x0d
	typBinary   = 0x0e
	typGUID     = 0x0f
	typSizeT    = 0x10
	typFileTime = 0x11
	typSysTime  = 0x12
	typSID      = 0x13
	typHex32    = 0x14
	typHex64    = 0x15
	typBinXML   = 0x21
	typStrings  = 0x81
)

// writer writes the BinXML of one record to the end of a chunk.
type writer struct {
	*chunk
	err error
}

func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }
func (w *writer) u8(v uint8)   { w.buf = append(w.buf, v) }
func (w *writer) u16(v uint16) { w.buf = binary.LittleEndian.AppendUint16(w.buf, v) }
func (w *writer) u32(v uint32) { w.buf = binary.LittleEndian.AppendUint32(w.buf, v) }
func (w *writer) u64(v uint64) { w.buf = binary.LittleEndian.AppendUint64(w.buf, v) }
func (w *writer) at() uint32   { return uint32(len(w.buf)) }

// sized keeps a place of 4 bytes and returns what puts in it how many bytes
// were written since.
func (w *writer) sized() func() {
	at := len(w.buf)
	w.u32(0)
	return func() { binary.LittleEndian.PutUint32(w.buf[at:], uint32(len(w.buf)-at-4)) }
}

// value is a value of a template instance.
type value struct {
	typ  uint8
	data []byte
}

// The values of the outer template, by index.
const (
	valLevel = iota
	valKeywords
	valID
	valQualifiers
	valTime
	valRecord
	valProcess
	valThread
	valUser
	valData
	valMessage
)

// event writes an event: an instance of the template of its provider, channel
// and computer, with an instance of that of its data as a value.
func (w *writer) event(e *Event, id uint64) {
	w.raw("\x0f\x01\x01\x00")
	le := binary.LittleEndian
	vals := []value{
		valLevel:      {typUint8, []byte{e.Level}},
		valKeywords:   {typHex64, le.AppendUint64(nil, e.Keywords)},
		valID:         {typUint16, le.AppendUint16(nil, e.ID)},
		valQualifiers: {typUint16, le.AppendUint16(nil, e.Qualifiers)},
		valTime:       {typFileTime, le.AppendUint64(nil, fileTime(e.Time))},
		valRecord:     {typUint64, le.AppendUint64(nil, id)},
		valProcess:    {typUint32, le.AppendUint32(nil, e.Process)},
		valThread:     {typUint32, le.AppendUint32(nil, e.Thread)},
		valUser:       {},
		valData:       {},
		valMessage:    {},
	}
	if e.Qualifiers == 0 {
		vals[valQualifiers] = value{}
	}
	if e.User != "" {
		vals[valUser] = w.value(SID(e.User))
	}
	if e.Message != "" {
		vals[valMessage] = w.value(e.Message)
	}
	key := strings.Join([]string{"event", e.Provider, string(e.ProviderGUID[:]), e.Channel, e.Computer, strconv.FormatBool(e.Message != "")}, "\x00")
	w.instance(key, func() { w.eventElement(e) }, vals, func() { w.data(e) })
	w.u8(0) // end of the fragment
	if w.err == nil && len(w.buf) > chunkSize {
		w.err = errFull
	}
}

// instance writes a template instance, with the template on its first use in
// the chunk. nested, if any, writes the BinXML value, whose entry is valData.
func (w *writer) instance(key string, template func(), vals []value, nested func()) {
	w.u8(0x0c)
	w.u8(1)
	id := templateID(key)
	w.raw(string(guidBytes(id)[:4]))
	def, known := w.templates[key]
	if !known {
		def = w.at() + 4
	}
	w.u32(def)
	if !known {
		w.templates[key] = def
		bucket := &w.defs[binary.LittleEndian.Uint32(guidBytes(id))%32]
		w.u32(*bucket)
		*bucket = def
		w.raw(string(guidBytes(id)))
		done := w.sized()
		w.raw("\x0f\x01\x01\x00")
		template()
		w.u8(0)
		done()
	}
	w.u32(uint32(len(vals)))
	sizes := len(w.buf)
	for _, v := range vals {
		w.u16(uint16(len(v.data)))
		w.u8(v.typ)
		w.u8(0)
	}
	for i, v := range vals {
		if len(v.data) > math.MaxUint16 && w.err == nil {
			w.err = errFull
		}
		if i == valData && nested != nil {
			start := len(w.buf)
			nested()
			if n := len(w.buf) - start; n > math.MaxUint16 {
				w.err = errFull
			} else if n > 0 {
				binary.LittleEndian.PutUint16(w.buf[sizes+4*i:], uint16(n))
				w.buf[sizes+4*i+2] = typBinXML
			}
			continue
		}
		w.raw(string(v.data))
	}
}

// eventElement writes the template of an event.
func (w *writer) eventElement(e *Event) {
	const xmlns = "http://schemas.microsoft.com/win/2004/08/events/event"
	w.element("Event", []attr{{"xmlns", text(xmlns)}}, func() {
		w.element("System", nil, func() {
			provider := []attr{{"Name", text(e.Provider)}}
			if e.ProviderGUID != (GUID{}) {
				provider = append(provider, attr{"Guid", text(guidText(e.ProviderGUID))})
			}
			w.element("Provider", provider, nil)
			w.element("EventID", []attr{{"Qualifiers", optional(valQualifiers, typUint16)}}, func() { optional(valID, typUint16)(w) })
			w.element("Version", nil, func() { text("0")(w) })
			w.element("Level", nil, func() { optional(valLevel, typUint8)(w) })
			w.element("Task", nil, func() { text("0")(w) })
			w.element("Opcode", nil, func() { text("0")(w) })
			w.element("Keywords", nil, func() { optional(valKeywords, typHex64)(w) })
			w.element("TimeCreated", []attr{{"SystemTime", optional(valTime, typFileTime)}}, nil)
			w.element("EventRecordID", nil, func() { optional(valRecord, typUint64)(w) })
			w.element("Correlation", nil, nil)
			w.element("Execution", []attr{{"ProcessID", optional(valProcess, typUint32)}, {"ThreadID", optional(valThread, typUint32)}}, nil)
			w.element("Channel", nil, func() { text(e.Channel)(w) })
			w.element("Computer", nil, func() { text(e.Computer)(w) })
			w.element("Security", []attr{{"UserID", optional(valUser, typSID)}}, nil)
		})
		optional(valData, typBinXML)(w)
		if e.Message != "" {
			w.element("RenderingInfo", []attr{{"Culture", text("en-US")}}, func() {
				w.element("Message", nil, func() { optional(valMessage, typString)(w) })
			})
		}
	})
}

func guidText(g GUID) string {
	return fmt.Sprintf("{%x-%x-%x-%x-%x}", g[:4], g[4:6], g[6:8], g[8:10], g[10:])
}

// data writes the data of an event: a template of its own and its values.
func (w *writer) data(e *Event) {
	if len(e.Data) == 0 && e.Container == "" {
		return
	}
	var vals []value
	key := "data\x00" + e.Container
	for _, p := range e.Data {
		v := w.value(p.Value)
		vals = append(vals, v)
		key += "\x00" + p.Name + "\x00" + strconv.Itoa(int(v.typ))
	}
	w.raw("\x0f\x01\x01\x00")
	w.instance(key, func() {
		if e.Container == "" {
			w.element("EventData", nil, func() { w.items(e, vals) })
			return
		}
		w.element("UserData", nil, func() {
			w.element(e.Container, []attr{{"xmlns", text("urn:contoso:events")}}, func() { w.items(e, vals) })
		})
	}, vals, nil)
	w.u8(0)
}

func (w *writer) items(e *Event, vals []value) {
	for i, p := range e.Data {
		name, attrs := "Data", []attr(nil)
		switch {
		case e.Container != "" || p.Name == "Binary":
			name = p.Name
		case p.Name != "":
			attrs = []attr{{"Name", text(p.Name)}}
		}
		if name == "" {
			if w.err == nil {
				w.err = fmt.Errorf("item %d has no name", i)
			}
			return
		}
		w.element(name, attrs, func() { substitution(i, vals[i].typ)(w) })
	}
}

// content writes what stands in an element or attribute.
type content func(w *writer)

type attr struct {
	name  string
	value content
}

func text(s string) content {
	return func(w *writer) {
		w.u8(0x05)
		w.u8(typString)
		u := utf16.Encode([]rune(s))
		if len(u) > math.MaxUint16 {
			w.err = errFull
			return
		}
		w.u16(uint16(len(u)))
		w.raw(string(utf16Bytes(u)))
	}
}

func substitution(index int, typ uint8) content {
	return func(w *writer) {
		w.u8(0x0d)
		w.u16(uint16(index))
		w.u8(typ)
	}
}

// optional is a substitution that takes its element or attribute away if there is no value.
func optional(index int, typ uint8) content {
	return func(w *writer) {
		w.u8(0x0e)
		w.u16(uint16(index))
		w.u8(typ)
	}
}

// element writes an element; without a body it is an empty one.
func (w *writer) element(name string, attrs []attr, body func()) {
	if len(attrs) > 0 {
		w.u8(0x41)
	} else {
		w.u8(0x01)
	}
	w.u16(0xffff) // depends on no value
	done := w.sized()
	w.name(name)
	if len(attrs) > 0 {
		done := w.sized()
		for i, a := range attrs {
			if i < len(attrs)-1 {
				w.u8(0x46)
			} else {
				w.u8(0x06)
			}
			w.name(a.name)
			a.value(w)
		}
		done()
	}
	if body == nil {
		w.u8(0x03)
	} else {
		w.u8(0x02)
		body()
		w.u8(0x04)
	}
	done()
}

// name writes where a name stands, and the name on its first use in the chunk.
func (w *writer) name(s string) {
	if at, ok := w.names[s]; ok {
		w.u32(at)
		return
	}
	at := w.at() + 4
	w.u32(at)
	u := utf16.Encode([]rune(s))
	if len(u) > 1024 {
		w.err = fmt.Errorf("name of %d characters", len(u))
		return
	}
	hash := nameHash(u)
	bucket := &w.buckets[hash%64]
	w.names[s] = at
	w.u32(*bucket)
	*bucket = at
	w.u16(hash)
	w.u16(uint16(len(u)))
	w.raw(string(utf16Bytes(u)))
	w.u16(0)
}

// nameHash is the hash of a name: the low half of h = h*65599 + c.
func nameHash(u []uint16) uint16 {
	var h uint32
	for _, c := range u {
		h = h*65599 + uint32(c)
	}
	return uint16(h)
}

func utf16Bytes(u []uint16) []byte {
	b := make([]byte, 0, 2*len(u))
	for _, c := range u {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

// value encodes a value.
func (w *writer) value(v any) value {
	le := binary.LittleEndian
	switch v := v.(type) {
	case nil:
		return value{}
	case string:
		return value{typString, utf16Bytes(utf16.Encode([]rune(v)))}
	case []string:
		var b []byte
		for _, s := range v {
			b = append(b, utf16Bytes(utf16.Encode([]rune(s)))...)
			b = append(b, 0, 0)
		}
		return value{typStrings, b}
	case ANSI:
		return value{typANSI, []byte(v)}
	case []byte:
		return value{typBinary, v}
	case int8:
		return value{typInt8, []byte{byte(v)}}
	case uint8:
		return value{typUint8, []byte{v}}
	case int16:
		return value{typInt16, le.AppendUint16(nil, uint16(v))}
	case uint16:
		return value{typUint16, le.AppendUint16(nil, v)}
	case int32:
		return value{typInt32, le.AppendUint32(nil, uint32(v))}
	case uint32:
		return value{typUint32, le.AppendUint32(nil, v)}
	case int:
		return w.value(int64(v))
	case int64:
		return value{typInt64, le.AppendUint64(nil, uint64(v))}
	case uint64:
		return value{typUint64, le.AppendUint64(nil, v)}
	case float32:
		return value{typReal32, le.AppendUint32(nil, math.Float32bits(v))}
	case float64:
		return value{typReal64, le.AppendUint64(nil, math.Float64bits(v))}
	case bool:
		b := []byte{0, 0, 0, 0}
		if v {
			b[0] = 1
		}
		return value{typBool, b}
	case Hex32:
		return value{typHex32, le.AppendUint32(nil, uint32(v))}
	case Hex64:
		return value{typHex64, le.AppendUint64(nil, uint64(v))}
	case SizeT:
		return value{typSizeT, le.AppendUint64(nil, uint64(v))}
	case GUID:
		return value{typGUID, guidBytes(v)}
	case SID:
		return w.sid(string(v))
	case time.Time:
		return value{typFileTime, le.AppendUint64(nil, fileTime(v))}
	case SystemTime:
		return value{typSysTime, systemTime(time.Time(v).UTC())}
	}
	if w.err == nil {
		w.err = fmt.Errorf("value of type %T", v)
	}
	return value{}
}

func systemTime(t time.Time) []byte {
	var b []byte
	for _, n := range []int{t.Year(), int(t.Month()), int(t.Weekday()), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond() / 1e6} {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	return b
}

// sid encodes "S-1-5-…": revision, count of parts, authority in 6 bytes, parts.
func (w *writer) sid(s string) value {
	var nums []uint64
	for _, part := range strings.Split(strings.TrimPrefix(s, "S-"), "-") {
		n, err := strconv.ParseUint(part, 10, 48)
		if err != nil && w.err == nil {
			w.err = fmt.Errorf("SID %q: %w", s, err)
		}
		nums = append(nums, n)
	}
	if len(nums) < 2 || !strings.HasPrefix(s, "S-") {
		if w.err == nil {
			w.err = fmt.Errorf("SID %q", s)
		}
		return value{}
	}
	b := []byte{byte(nums[0]), byte(len(nums) - 2)}
	authority := binary.BigEndian.AppendUint64(nil, nums[1])
	b = append(b, authority[2:]...)
	for _, n := range nums[2:] {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return value{typSID, b}
}
