package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"patchtrail/ingest/record"
)

// places returns where the records of a chunk start.
func places(chunk []byte) []int {
	var at []int
	for pos := firstRecord; startsRecord(chunk, pos); {
		at = append(at, pos)
		pos += int(binary.LittleEndian.Uint32(chunk[pos+4:]))
	}
	return at
}

// lines returns the numbers of the records.
func lines(recs []got) []int {
	var n []int
	for _, g := range recs {
		n = append(n, int(g.Line))
	}
	return n
}

func TestDamage(t *testing.T) {
	const n = 600
	whole := write(t, many(n))
	wholeRecs, _, err := read(t, whole)
	if err != nil || len(wholeRecs) != n {
		t.Fatalf("%d records, error %v", len(wholeRecs), err)
	}
	chunks := (len(whole) - headerSize) / chunkSize
	if chunks < 3 {
		t.Fatalf("%d chunks", chunks)
	}
	const second = headerSize + chunkSize
	first := places(whole[headerSize:second])
	in := len(first) // records of the first chunk

	// f damages a copy of the log and expects the records but for those lost,
	// and an error that says want ("" is none).
	f := func(name string, damage func(b []byte) []byte, lost []int, want string) {
		t.Helper()
		recs, _, err := read(t, damage(slices.Clone(whole)))
		gotErr := ""
		if err != nil {
			gotErr = err.Error()
		}
		if gotErr != want {
			t.Errorf("%s: error %q, want %q", name, gotErr, want)
		}
		i := 0
		for _, w := range wholeRecs {
			if slices.Contains(lost, int(w.Line)) {
				continue
			}
			if i == len(recs) || recs[i].text != w.text && recs[i].Flags&record.Fragment == 0 || recs[i].Line != w.Line || recs[i].Time != w.Time {
				t.Fatalf("%s: %d records, and record %d is not as it was", name, len(recs), w.Line)
			}
			i++
		}
		if i != len(recs) {
			t.Errorf("%s: %d records, want %d: %v", name, len(recs), i, lines(recs[i:]))
		}
	}
	span := func(from, to int) []int { // record numbers from up to and with to
		var s []int
		for i := from; i <= to; i++ {
			s = append(s, i)
		}
		return s
	}
	at := func(record int) int { return headerSize + first[record-1] }

	f("nothing", func(b []byte) []byte { return b }, nil, "")
	f("dirty, without checksums", func(b []byte) []byte {
		b[120] = 1
		binary.LittleEndian.PutUint16(b[42:], 1)
		clear(b[124:128])
		clear(b[headerSize+52 : headerSize+56])
		clear(b[headerSize+124 : headerSize+128])
		return b
	}, nil, "")
	f("chunk header not written back", func(b []byte) []byte {
		binary.LittleEndian.PutUint64(b[headerSize+16:], 20)
		binary.LittleEndian.PutUint64(b[headerSize+32:], 20)
		binary.LittleEndian.PutUint32(b[headerSize+48:], uint32(first[20]))
		return b
	}, nil, "")
	f("unused chunks at the end", func(b []byte) []byte { return append(b, make([]byte, 5*chunkSize)...) }, nil, "")
	f("file header", func(b []byte) []byte { clear(b[:headerSize]); return b }, nil,
		"evtx: file header damaged; first at byte 0")
	f("file header gone", func(b []byte) []byte { return b[headerSize:] }, nil,
		"evtx: file header damaged; first at byte 0")
	f("chunk magic", func(b []byte) []byte { b[headerSize] = 'X'; return b }, nil,
		"evtx: 1 damaged chunk; first at byte 4096")
	f("chunk header", func(b []byte) []byte { clear(b[headerSize : headerSize+512]); return b }, nil,
		"evtx: 1 damaged chunk; first at byte 4096")
	f("a chunk of zeros", func(b []byte) []byte { clear(b[headerSize:second]); return b }, span(1, in),
		"evtx: 1 damaged chunk; first at byte 4096")
	f("record magic", func(b []byte) []byte { b[at(30)] = 0; return b }, []int{30},
		fmt.Sprintf("evtx: 1 lost record; first at byte %d", at(30)))
	f("record size", func(b []byte) []byte { b[at(30)+6] = 1; return b }, nil, "")
	f("record size 0", func(b []byte) []byte { clear(b[at(30)+4 : at(30)+8]); return b }, nil, "")
	f("both sizes", func(b []byte) []byte { b[at(30)+6] = 1; b[at(31)-2] = 1; return b }, nil, "")
	f("size of the last record", func(b []byte) []byte { b[at(in)+6] = 0xff; return b }, nil, "")
	f("overlapping records", func(b []byte) []byte { // 30 claims to reach into 31
		binary.LittleEndian.PutUint32(b[at(30)+4:], uint32(at(31)-at(30)+40))
		return b
	}, nil, "")
	f("a page of zeros", func(b []byte) []byte { clear(b[at(25):at(38)]); return b }, span(25, 37),
		fmt.Sprintf("evtx: 13 lost records; first at byte %d", at(25)))
	f("body of a record", func(b []byte) []byte { clear(b[at(30)+24 : at(31)-4]); return b }, []int{30},
		fmt.Sprintf("evtx: 1 lost record; first at byte %d", at(30)))
	f("cut in a chunk", func(b []byte) []byte { return b[:at(30)+50] }, span(30, n),
		fmt.Sprintf("evtx: %d damaged chunks, %d lost records, file is cut off; first at byte %d", chunks-1, in-29, at(30)))
	f("cut between chunks", func(b []byte) []byte { return b[:second] }, span(in+1, n),
		fmt.Sprintf("evtx: %d damaged chunks, file is cut off; first at byte %d", chunks-1, second))
	f("cut in the header", func(b []byte) []byte { return b[:100] }, span(1, n), "evtx: file is cut off; first at byte 100")
	f("cut in a chunk's header", func(b []byte) []byte { return b[:second+100] }, span(in+1, n),
		fmt.Sprintf("evtx: %d damaged chunks, file is cut off; first at byte %d", chunks-2, second+100))
	f("bytes put in between chunks", func(b []byte) []byte { return slices.Insert(b, second, make([]byte, 1000)...) }, nil,
		fmt.Sprintf("evtx: 1 damaged chunk; first at byte %d", second))
	f("empty", func(b []byte) []byte { return nil }, span(1, n), "evtx: file header damaged, file is cut off; first at byte 0")
}

// Bytes missing within a chunk cost no other chunk a record.
func TestMissingBytes(t *testing.T) {
	whole := write(t, many(600))
	first := places(whole[headerSize : headerSize+chunkSize])
	log := slices.Delete(slices.Clone(whole), headerSize+first[40], headerSize+first[40]+5000)
	recs, _, err := read(t, log)
	var damage *DamageError
	if !errors.As(err, &damage) || damage.Offset != int64(headerSize+first[40]) {
		t.Errorf("error %v", err)
	}
	have := lines(recs)
	for i := 1; i <= 600; i++ {
		if (i <= 40 || i > len(first)) && !slices.Contains(have, i) {
			t.Errorf("record %d is missing", i)
		}
	}
}

// Whatever is cut off, the records before it are given, and it is said.
func TestTruncated(t *testing.T) {
	whole := write(t, many(300))
	all, _, _ := read(t, whole)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := rng.IntN(len(whole))
		recs, _, err := read(t, whole[:n])
		var damage *DamageError
		ends := 0 // records that are there whole
		for off := headerSize; off < n; off += chunkSize {
			chunk := whole[off:min(off+chunkSize, len(whole))]
			for _, pos := range places(chunk) {
				if off+pos+int(binary.LittleEndian.Uint32(chunk[pos+4:])) <= n {
					ends++
				}
			}
		}
		if ends < len(all) && !errors.As(err, &damage) {
			t.Fatalf("cut at %d: error %v", n, err)
		}
		if len(recs) < ends || len(recs) > ends+1 {
			t.Fatalf("cut at %d: %d records of %d", n, len(recs), ends)
		}
		for i, g := range recs[:ends] {
			if g != all[i] {
				t.Fatalf("cut at %d: record %d: %+v", n, i, g)
			}
		}
	}
}

// A flipped bit costs at most the record it is in, and those of its chunk
// that use the template or name it is in.
func TestFlippedBits(t *testing.T) {
	whole := write(t, many(300))
	rng := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		b := slices.Clone(whole)
		at := rng.IntN(len(b)-headerSize) + headerSize
		b[at] ^= 1 << rng.IntN(8)
		recs, _, _ := read(t, b)
		have := make(map[int]bool)
		for _, g := range recs {
			have[int(g.Line)] = true
		}
		hit := (at - headerSize) / chunkSize
		for off, i := headerSize, 1; off < len(whole); off += chunkSize {
			for _, pos := range places(whole[off : off+chunkSize]) {
				inside := at >= off+pos && at < off+pos+int(binary.LittleEndian.Uint32(whole[off+pos+4:]))
				if !have[i] && ((off-headerSize)/chunkSize != hit || !inside) {
					t.Errorf("bit of byte %d: record %d is lost", at, i)
				}
				i++
			}
		}
	}
}

// What multiplies is cut, at a cost that has a bound.
func TestBombs(t *testing.T) {
	le := binary.LittleEndian
	// record puts BinXML into a chunk of its own, as often as it fits or n times.
	log := func(n int, def, body []byte) []byte {
		chunk := make([]byte, chunkSize)
		copy(chunk, chunkMagic)
		le.PutUint32(chunk[48:], chunkSize)
		pos := firstRecord
		for i := 0; i < n; i++ {
			size := (recordMin + len(body) + 7) &^ 7
			if pos+size > chunkSize-len(def) {
				break
			}
			copy(chunk[pos:], recordMagic)
			le.PutUint32(chunk[pos+4:], uint32(size))
			le.PutUint64(chunk[pos+8:], uint64(i+1))
			copy(chunk[pos+recordHeader:], body)
			le.PutUint32(chunk[pos+size-4:], uint32(size))
			pos += size
		}
		copy(chunk[chunkSize-len(def):], def)
		return append(append([]byte(nil), fileHeader()...), chunk...)
	}
	template := func(body []byte) []byte {
		def := make([]byte, 24)
		le.PutUint32(def[20:], uint32(len(body)))
		return append(def, body...)
	}
	instance := func(def int, vals ...[]byte) []byte {
		b := append([]byte("\x0f\x01\x01\x00\x0c\x01\x01\x00\x00\x00"), le.AppendUint32(nil, uint32(def))...)
		b = le.AppendUint32(b, uint32(len(vals)))
		for _, v := range vals {
			b = append(le.AppendUint16(b, uint16(len(v)-1)), v[0], 0)
		}
		for _, v := range vals {
			b = append(b, v[1:]...)
		}
		return b
	}
	f := func(name string, log []byte) {
		t.Helper()
		total, cut := 0, 0
		r := New()
		err := r.Read(bytes.NewReader(log), new(record.Batch), func(rec record.Rec, text []byte) {
			total += len(text)
			if len(text) > maxText {
				t.Errorf("%s: a text of %d bytes", name, len(text))
			}
			if rec.Flags&record.Cut != 0 {
				cut++
			}
		})
		var damage *DamageError
		if !errors.As(err, &damage) {
			t.Errorf("%s: error %v", name, err)
		}
		if total > 2*chunkWork {
			t.Errorf("%s: %d bytes of text of one chunk", name, total)
		}
		if cap(r.dec.event.arena)+cap(r.out.out)+cap(r.dec.lit) > 6*chunkWork || cap(r.dec.ops) > chunkWork/2 {
			t.Errorf("%s: memory %d, %d, %d, %d", name, cap(r.dec.event.arena), cap(r.out.out), cap(r.dec.lit), cap(r.dec.ops))
		}
		t.Logf("%s: %d bytes of text, %d cut, %v", name, total, cut, err)
	}
	substs := bytes.Repeat([]byte{0x0d, 0, 0, 1}, 7000)
	value := append([]byte{1}, bytes.Repeat([]byte("A\x00"), 10000)...)
	def := template(append([]byte("\x0f\x01\x01\x00"), substs...))
	f("one value in 7,000 places", log(1, def, instance(chunkSize-len(def), value)))
	f("many records of one big template", log(1000, def, instance(chunkSize-len(def), []byte{1, 'A', 0})))

	// A template whose value is an instance of the same, many times over.
	nested := bytes.Repeat([]byte{0x0d, 0, 0, 0x21}, 100)
	def = template(append([]byte("\x0f\x01\x01\x00"), nested...))
	at := chunkSize - len(def)
	body := instance(at, []byte{1, 'A', 0})
	for range 20 {
		body = instance(at, append([]byte{0x21}, body...))
	}
	f("nested a hundredfold", log(1, def, body))

	// A template that holds an instance of itself.
	self := append([]byte("\x0f\x01\x01\x00"), instance(chunkSize - 24 - 4 - 18)[4:]...)
	def = template(self)
	f("a template in itself", log(100, def, instance(chunkSize-len(def))))

	// Counts beyond all there is.
	huge := instance(at)
	le.PutUint32(huge[14:], 0xffffffff)
	f("4,294,967,295 values", log(100, def, huge))
	f("a template out of bounds", log(100, def, instance(0x7fffffff, []byte{1, 'A', 0})))

	// Long texts in a template that many records use.
	long := append([]byte("\x0f\x01\x01\x00\x05\x01"), le.AppendUint16(nil, 20000)...)
	long = append(long, bytes.Repeat([]byte("A\x00"), 20000)...)
	def = template(long)
	f("one text in many records", log(1000, def, instance(chunkSize-len(def))))
}

func fileHeader() []byte {
	h := make([]byte, headerSize)
	copy(h, fileMagic)
	return h
}

func FuzzRead(f *testing.F) {
	log := write(f, variety())
	f.Add(log[:headerSize+16<<10])
	f.Add(log[headerSize : headerSize+12<<10])
	f.Add(log[:headerSize])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, log []byte) {
		r := New()
		var b record.Batch
		n := 0
		err := r.Read(bytes.NewReader(log), &b, func(rec record.Rec, text []byte) {
			n++
			if int(rec.Component) >= len(b.Components()) || rec.Bias != 0 || len(text) > maxText {
				t.Fatalf("record %+v, %d bytes", rec, len(text))
			}
			if fields := Split(text); len(fields.Component)+len(fields.Message) > len(text) || len(fields.Message) == 0 {
				t.Fatalf("parts of %q: %q", text, fields)
			}
		})
		if n > len(log)/recordMin {
			t.Fatalf("%d records of %d bytes", n, len(log))
		}
		var damage *DamageError
		if err != nil && (!errors.As(err, &damage) || damage.Offset < 0) {
			t.Fatal(err)
		}
	})
}
