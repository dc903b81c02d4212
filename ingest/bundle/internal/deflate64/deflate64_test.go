package deflate64

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// logText is n bytes of text with repeats near and far, the same on every run.
func logText(n int) []byte {
	rnd := rand.New(rand.NewPCG(1, 64))
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		switch {
		case i%997 == 996: // a long run, for lengths past 258
			b.Write(bytes.Repeat([]byte("= "), 2000+rnd.IntN(2000)))
		case i%400 == 399: // a far repeat
			back := min(b.Len(), 40000+rnd.IntN(20000))
			b.Write(bytes.Clone(b.Bytes()[b.Len()-back:][:500]))
		default:
			fmt.Fprintf(&b, "2024-03-%02d %02d:%02d:%02d PC%02d agent: update %d state %d of job %x\r\n",
				i/40000%28+1, i/3600%24, i/60%60, i%60, rnd.IntN(9), rnd.IntN(50), rnd.IntN(4), rnd.Uint32())
		}
	}
	return b.Bytes()[:n]
}

// expand is the plain reference: what tokens stand for.
func expand(ts []token) []byte {
	var out []byte
	for _, t := range ts {
		if t.length == 0 {
			out = append(out, t.lit)
		}
		for range t.length {
			out = append(out, out[len(out)-t.dist])
		}
	}
	return out
}

// randomTokens uses every length and distance code, near and far.
func randomTokens(rnd *rand.Rand, n, have int) []token {
	var ts []token
	for len(ts) < n {
		if have == 0 || rnd.IntN(3) > 0 {
			ts = append(ts, token{lit: byte(rnd.Uint32())})
			have++
			continue
		}
		t := token{length: 3 + rnd.IntN(1<<rnd.IntN(9)), dist: 1 + rnd.IntN(1<<rnd.IntN(17))}
		t.dist = min(t.dist, have, windowSize)
		if rnd.IntN(8) == 0 {
			t.length, t.long = 3+rnd.IntN(1<<rnd.IntN(17)), true
		}
		t.length = min(t.length, 65538)
		have += t.length
		ts = append(ts, t)
	}
	return ts
}

func literals(p []byte) []token {
	ts := make([]token, len(p))
	for i, b := range p {
		ts[i].lit = b
	}
	return ts
}

func read(stream []byte) ([]byte, error) {
	r := NewReader(bytes.NewReader(stream))
	defer r.Close()
	return io.ReadAll(r)
}

func TestBlocks(t *testing.T) {
	f := func(name string, build func(e *encoder), want []byte) {
		t.Helper()
		var e encoder
		build(&e)
		got, err := read(e.bytes())
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes, %v; want %d bytes", name, len(got), err, len(want))
		}
		got, err = io.ReadAll(NewReader(iotest.OneByteReader(bytes.NewReader(e.bytes()))))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s, byte by byte: got %d bytes, %v; want %d bytes", name, len(got), err, len(want))
		}
	}
	text := logText(70000)
	f("empty fixed", func(e *encoder) { e.fixed(true, nil) }, nil)
	f("empty stored", func(e *encoder) { e.stored(true, nil) }, nil)
	f("empty dynamic", func(e *encoder) { e.dynamic(true, nil) }, nil)
	f("stored", func(e *encoder) { e.stored(true, text[:65535]) }, text[:65535])
	f("stored between", func(e *encoder) {
		e.fixed(false, literals(text[:5]))
		e.stored(false, text[5:9])
		e.stored(false, nil)
		e.stored(false, text[9:10000])
		e.dynamic(true, literals(text[10000:]))
	}, text)
	f("one literal", func(e *encoder) { e.dynamic(true, literals([]byte("x"))) }, []byte("x"))

	longest := []token{{lit: 'a'}, {length: 65538, dist: 1}, {lit: 'b'}, {length: 65538, dist: 65536}, {length: 65537, dist: 65536}}
	f("longest fixed", func(e *encoder) { e.fixed(true, longest) }, expand(longest))
	f("longest dynamic", func(e *encoder) { e.dynamic(true, longest) }, expand(longest))
	shortLong := []token{{lit: 'a'}, {lit: 'b'}, {length: 3, dist: 2, long: true}, {length: 258, dist: 3, long: true}, {length: 258, dist: 4}}
	f("short lengths by code 285", func(e *encoder) { e.fixed(true, shortLong) }, expand(shortLong))
	far := append(literals(text), token{length: 100, dist: 32768}, token{length: 100, dist: 32769},
		token{length: 100, dist: 49152}, token{length: 100, dist: 49153}, token{length: 100, dist: 65536})
	f("far fixed", func(e *encoder) { e.fixed(true, far) }, expand(far))
	f("far dynamic", func(e *encoder) { e.dynamic(true, far) }, expand(far))
}

func TestRandomTokens(t *testing.T) {
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		var e encoder
		var all []token
		have := 0
		for b := range 6 {
			ts := randomTokens(rnd, rnd.IntN(600), have)
			if rnd.IntN(2) == 0 {
				e.fixed(b == 5, ts)
			} else {
				e.dynamic(b == 5, ts)
			}
			all = append(all, ts...)
			have = len(expand(all))
		}
		want := expand(all)
		got, err := read(e.bytes())
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("seed %d: got %d bytes, %v; want %d bytes", seed, len(got), err, len(want))
		}
		var w bytes.Buffer
		n, err := NewReader(iotest.HalfReader(bytes.NewReader(e.bytes()))).(io.WriterTo).WriteTo(&w)
		if err != nil || n != int64(len(want)) || !bytes.Equal(w.Bytes(), want) {
			t.Fatalf("seed %d, WriteTo: got %d bytes, %v; want %d bytes", seed, n, err, len(want))
		}
	}
}

// TestDeepCodes makes codes of 15 bits, past both root tables.
func TestDeepCodes(t *testing.T) {
	var ts []token
	ts = append(ts, literals(logText(66000))...)
	for i, n := 0, 1; i < 18; i, n = i+1, n*2-n/4 {
		for range n {
			ts = append(ts, token{lit: byte(200 + i)}, token{length: 3, dist: 1<<min(i, 15) + 1})
		}
	}
	var e encoder
	e.dynamic(true, ts)
	got, err := read(e.bytes())
	if err != nil || !bytes.Equal(got, expand(ts)) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

func TestTextRoundTrip(t *testing.T) {
	want := logText(600000)
	got, err := read(encode(want, 5000))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, %v; want %d bytes", len(got), err, len(want))
	}
}

// TestSevenZip reads members that 7-Zip wrote of logText.
func TestSevenZip(t *testing.T) {
	z, err := zip.OpenReader("testdata/sevenzip.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != 2 {
		t.Fatalf("got %d members, want 2", len(z.File))
	}
	for _, m := range z.File {
		if m.Method != 9 {
			t.Errorf("%s: got method %d, want 9", m.Name, m.Method)
		}
		raw, err := m.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		want := logText(int(m.UncompressedSize64))
		got, err := io.ReadAll(NewReader(raw))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes, %v; want %d bytes", m.Name, len(got), err, len(want))
		}
	}
}

// TestEqualsFlate: a Deflate stream without length 258 is a Deflate64 stream.
func TestEqualsFlate(t *testing.T) {
	for seed := range uint64(20) {
		ts := randomTokens(rand.New(rand.NewPCG(seed, 5)), 20000, 0)
		for i := range ts {
			ts[i].long = false
			ts[i].length = min(ts[i].length, 257)
			ts[i].dist = min(ts[i].dist, i, 32768)
		}
		var e encoder
		e.fixed(true, ts)
		stream := e.bytes()
		want, err := io.ReadAll(flate.NewReader(bytes.NewReader(stream)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(stream)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("seed %d: got %d bytes, %v; want %d bytes", seed, len(got), err, len(want))
		}
	}
}

func TestTruncated(t *testing.T) {
	want := logText(300000)
	stream := encode(want, 3000)
	step := len(stream)/300 + 1
	for cut := 0; cut < len(stream); cut += step {
		got, err := read(stream[:cut])
		if err != io.ErrUnexpectedEOF {
			t.Fatalf("cut at %d: got error %v, want %v", cut, err, io.ErrUnexpectedEOF)
		}
		if !bytes.HasPrefix(want, got) {
			t.Fatalf("cut at %d: bytes differ from those of the whole stream", cut)
		}
		if cut > 2000 && len(got) == 0 {
			t.Fatalf("cut at %d: no bytes", cut)
		}
	}
	for cut := len(stream) - 40; cut < len(stream); cut++ {
		if _, err := read(stream[:cut]); err != io.ErrUnexpectedEOF {
			t.Fatalf("cut at %d: got error %v, want %v", cut, err, io.ErrUnexpectedEOF)
		}
	}
}

func TestSourceError(t *testing.T) {
	want := errors.New("disk on fire")
	stream := encode(logText(100000), 3000)
	_, err := io.ReadAll(NewReader(io.MultiReader(bytes.NewReader(stream[:len(stream)/2]), iotest.ErrReader(want))))
	if err != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestBitFlips(t *testing.T) {
	stream := encode(logText(60000), 2000)
	rnd := rand.New(rand.NewPCG(3, 3))
	failed := 0
	for range 1000 {
		bad := bytes.Clone(stream)
		bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
		n, err := io.Copy(io.Discard, io.LimitReader(NewReader(bytes.NewReader(bad)), 64<<20))
		if err != nil {
			failed++
			var c *CorruptError
			if err != io.ErrUnexpectedEOF && !errors.As(err, &c) {
				t.Fatalf("got error %v after %d bytes", err, n)
			}
		}
	}
	if failed < 50 {
		t.Errorf("only %d of 1000 flips were seen", failed)
	}
}

func TestCorrupt(t *testing.T) {
	f := func(name, wantWhat string, wantOffset int64, build func(e *encoder)) {
		t.Helper()
		var e encoder
		build(&e)
		e.bits(0, 32)
		e.bits(0, 32)
		_, err := read(e.bytes())
		var c *CorruptError
		if !errors.As(err, &c) || c.What != wantWhat || c.Offset != wantOffset {
			t.Errorf("%s: got %v, want offset %d, %q", name, err, wantOffset, wantWhat)
		}
	}
	f("reserved type", "reserved block type", 1, func(e *encoder) { e.header(true, 3) })
	f("stored length", "length of a stored block does not match its complement", 5, func(e *encoder) {
		e.header(true, 0)
		e.align()
		e.bits(5, 16)
		e.bits(5, 16)
	})
	f("too far", "distance before the start", 3, func(e *encoder) {
		e.fixed(true, []token{{lit: 'a'}, {length: 3, dist: 2}})
	})
	f("symbol 286", "bits that are no code", 1, func(e *encoder) {
		e.header(true, 1)
		e.bits(0b01100011, 8) // 286 is 11000110
	})
	f("too many codes", "too many literal and length codes", 3, func(e *encoder) {
		e.header(true, 2)
		e.bits(30, 5)
		e.bits(0, 9)
	})
	f("oversubscribed", "more codes than fit", 4, func(e *encoder) {
		e.header(true, 2)
		e.bits(0, 14)
		e.bits(0b001001001001, 12)
	})
	f("incomplete", "codes leave bits without a meaning", 4, func(e *encoder) {
		e.header(true, 2)
		e.bits(0, 14)
		e.bits(0b010010, 12)
	})
	f("repeat first", "repeats a code length before the first", 4, func(e *encoder) {
		e.header(true, 2)
		e.bits(0, 14)
		e.bits(0b001001, 12)
		e.bits(0, 1)
	})
}

func TestClose(t *testing.T) {
	r := NewReader(bytes.NewReader(encode([]byte("abc"), 10)))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil || err == io.EOF {
		t.Errorf("read after close: got %d, %v", n, err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(encode(logText(5000), 100))
	f.Add([]byte{})
	var e encoder
	e.stored(false, []byte("stored"))
	e.fixed(true, []token{{lit: 'a'}, {length: 60000, dist: 1}})
	f.Add(e.bytes())
	f.Fuzz(func(t *testing.T, stream []byte) {
		const limit = 512 << 10
		whole, err := io.ReadAll(io.LimitReader(NewReader(bytes.NewReader(stream)), limit))
		bytewise, err2 := io.ReadAll(io.LimitReader(NewReader(iotest.OneByteReader(bytes.NewReader(stream))), limit))
		if !bytes.Equal(whole, bytewise) || fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatalf("at once %d bytes, %v; byte by byte %d bytes, %v", len(whole), err, len(bytewise), err2)
		}
	})
}
