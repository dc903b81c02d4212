package bundle

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/issue"
)

// A sink reads what it is given, keeps nothing, and knows the most memory that
// the walk took.
type sink struct {
	read   int64
	issues []issue.Issue
	err    error
	peak   uint64 // bytes of heap, above what was there before
}

func (s *sink) keys() map[string]int {
	m := map[string]int{}
	for _, i := range s.issues {
		m[i.Key]++
	}
	return m
}

func swallow(t *testing.T, opt Options, inputs ...string) *sink {
	t.Helper()
	s := &sink{}
	counter := new(Counter)
	opt.Counter = counter
	opt.Report = func(i issue.Issue) { s.issues = append(s.issues, i) }
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done, sampled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampled)
		for {
			runtime.ReadMemStats(&now)
			if now.HeapInuse > before.HeapInuse {
				s.peak = max(s.peak, now.HeapInuse-before.HeapInuse)
			}
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	s.err = Walk(t.Context(), inputs, opt, func(_ context.Context, _ Entry, r io.Reader) error {
		_, _ = io.Copy(io.Discard, r) // told by issues
		return nil
	})
	close(done)
	<-sampled
	s.read = counter.Unpacked.Load()
	const most = 300 << 20
	if s.peak > most {
		t.Errorf("took %d MiB of memory", s.peak>>20)
	}
	return s
}

func (s *sink) want(t *testing.T, maxRead int64, keys ...string) {
	t.Helper()
	got := s.keys()
	for _, k := range keys {
		if got[k] == 0 {
			t.Errorf("no issue %q; got %v", k, got)
		}
	}
	if len(s.issues) > 20 {
		t.Errorf("%d issues: %v", len(s.issues), got)
	}
	if s.read > maxRead {
		t.Errorf("read %d MiB, want at most %d", s.read>>20, maxRead>>20)
	}
}

// zeroZip is a zip of one member of n MiB of zeros.
func zeroZip(name string, mib int) []byte {
	m := rawMember{name: []byte(name), method: 8, data: zeros(mib), at: -1, usize: uint32(mib << 20)}
	m.csize = uint32(len(m.data))
	return rawZip(m)
}

func TestBombs(t *testing.T) {
	t.Run("flat zip of 10 GB", func(t *testing.T) {
		s := swallow(t, Options{}, save(t, "b.zip", zeroZip("zeros.log", 10<<10)))
		s.want(t, 400<<20, "limit-ratio")
	})
	t.Run("gz of 10 GB", func(t *testing.T) {
		one := gz(make([]byte, 16<<20))
		s := swallow(t, Options{}, save(t, "b.log.gz", bytes.Repeat(one, 640)))
		s.want(t, 400<<20, "limit-ratio")
	})
	t.Run("42", func(t *testing.T) {
		// 16 in 16 in 16 in 16 of a zip of 4 GB.
		data := zeroZip("0.log", 4000)
		for level := range 4 {
			var in []file
			for i := range 16 {
				in = append(in, file{fmt.Sprintf("%d-%d.zip", level, i), data})
			}
			data = zipOf(8, in...)
		}
		s := swallow(t, Options{}, save(t, "42.zip", data))
		s.want(t, 400<<20, "limit-ratio")
	})
	t.Run("held", func(t *testing.T) {
		// Stored within, so that no ratio stops it.
		inner := zipOf(8, file{"big.zip", zipOf(0, file{"x.bin", bytes.Repeat(logText("x", 1<<20), 24)})})
		s := swallow(t, Options{Limits: Limits{HeldBytes: 16 << 20}}, save(t, "h.zip", inner))
		s.want(t, 0, "limit-held")
	})
	t.Run("total", func(t *testing.T) {
		s := swallow(t, Options{Limits: Limits{TotalBytes: 50 << 20, RatioFrom: 1 << 40}}, save(t, "b.zip", zeroZip("zeros.log", 200)))
		s.want(t, 51<<20, "limit-total-bytes")
		s = swallow(t, Options{Limits: Limits{EntryBytes: 50 << 20, RatioFrom: 1 << 40}}, save(t, "b.zip", zeroZip("zeros.log", 200)))
		s.want(t, 51<<20, "limit-entry-bytes")
	})
}

// Archives that do not fit into memory together are held one after the other,
// and none is given up that fits by itself.
func TestHoldWaits(t *testing.T) {
	text := logText("x", 3<<20)
	var flat, deep []file
	for i := range 8 {
		in := zipOf(0, file{"x.log", text})
		flat = append(flat, file{fmt.Sprint(i, ".zip"), in})
		deep = append(deep, file{fmt.Sprint(i, ".tgz"), gz(tarOf(file{"a.zip", in}, file{"b.zip", in}))})
	}
	for name, files := range map[string][]file{"flat": flat, "deep": deep} {
		p := save(t, name+".zip", zipOf(8, files...))
		for _, parallel := range []int{1, 2, 4, 16} {
			tr := walk(t, Options{Parallel: parallel, Limits: Limits{HeldBytes: 5 << 20}}, p)
			for path, data := range tr.got {
				if !bytes.Equal(data, text) {
					t.Errorf("%s: read %d bytes, want %d", path, len(data), len(text))
				}
			}
			if want := map[string]int{"flat": 8, "deep": 16}[name]; len(tr.got) != want || len(tr.issues) > 0 {
				t.Errorf("%s, %d at once: visited %d, want %d; %q", name, parallel, len(tr.got), want, tr.keys())
			}
		}
	}
}

// Overlapping members: the trick of zbsm.zip (every local header quoted by the
// member before it) and the plain one (all members are one).
func TestOverlap(t *testing.T) {
	kernel := zeros(64)
	var same []rawMember
	for i := range 500 {
		m := rawMember{name: fmt.Appendf(nil, "%03d.log", i), method: 8, csize: uint32(len(kernel)), data: kernel, at: -1}
		if i > 0 {
			m.at = 0
		}
		same = append(same, m)
	}
	s := swallow(t, Options{Limits: Limits{Ratio: 1 << 20}}, save(t, "same.zip", rawZip(same...)))
	s.want(t, 65<<20, "zip-overlap")

	// From the last to the first: a stored Deflate block that holds a line of
	// text and the next local header, then the next member's data.
	data := kernel
	var quoted []rawMember
	var whole []byte
	for i := 499; i >= 0; i-- {
		m := rawMember{name: fmt.Appendf(nil, "%03d.log", i), method: 8, csize: uint32(len(data)), data: data, at: -1}
		quoted = append(quoted, m)
		whole = append(m.local(), data...)
		quote := append([]byte("line\n"), m.local()...)
		block := []byte{0}
		block = binary.LittleEndian.AppendUint16(block, uint16(len(quote)))
		block = binary.LittleEndian.AppendUint16(block, ^uint16(len(quote)))
		data = append(append(block, quote...), data...)
	}
	for i := range quoted {
		quoted[i].at = len(whole) - len(quoted[i].data) - len(quoted[i].local())
	}
	s = swallow(t, Options{Limits: Limits{Ratio: 1 << 20}}, save(t, "quoted.zip", rawZipAfter(whole, quoted...)))
	s.want(t, 65<<20, "zip-overlap")
	if s.read < 64<<20 {
		t.Errorf("read %d bytes, want the first member whole", s.read)
	}
}

func TestTooManyEntries(t *testing.T) {
	var members []rawMember
	for i := range 300_000 {
		members = append(members, stored(fmt.Sprint(i), nil))
	}
	p := save(t, "many.zip", rawZip(members...))
	s := swallow(t, Options{}, p)
	s.want(t, 0, "limit-entries")

	dir := t.TempDir()
	for i := range 30 {
		write(t, fmt.Sprintf("%s/%d.log", dir, i), []byte("x"))
	}
	s = swallow(t, Options{Limits: Limits{Entries: 10}}, dir)
	s.want(t, 10, "limit-entries")
	if s.read != 10 {
		t.Errorf("read %d files, want 10", s.read)
	}
}

// sevenOf writes a 7z with the given header around no data.
func sevenOf(header []byte) []byte {
	b := make([]byte, sevenStart)
	copy(b, "7z\xbc\xaf\x27\x1c\x00\x04")
	binary.LittleEndian.PutUint64(b[20:], uint64(len(header)))
	binary.LittleEndian.PutUint32(b[28:], crc32.ChecksumIEEE(header))
	binary.LittleEndian.PutUint32(b[8:], crc32.ChecksumIEEE(b[12:32]))
	return append(b, header...)
}

// Headers that claim what nothing backs must not be believed by any library.
func TestHugeClaims(t *testing.T) {
	huge := []byte{0xf0, 0xff, 0xff, 0xff, 0xff} // 7z's number 2^32-1
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	folder := func(coder ...byte) []byte {
		return cat([]byte{1, sevenMainStreams, sevenPackInfo, 0, 1, sevenSize, 0, sevenEnd,
			sevenUnpackInfo, sevenFolderID, 1, 0, 1}, coder, []byte{sevenUnpackSize}, []byte{0xfc, 0, 0, 0, 0, 0x10, 0},
			[]byte{sevenEnd, sevenEnd, sevenFilesInfo, 1, sevenNames, 5, 0, 'a', 0, 0, 0, sevenEnd, sevenEnd})
	}
	zipped := stored("inner.zip", zipOf(0, file{"a", nil}))
	zipped.usize = 0xfffffff0
	cabinet := bytes.Clone(fixture(t, "mszip.cab"))
	binary.LittleEndian.PutUint16(cabinet[26:], 0xffff) // folders
	binary.LittleEndian.PutUint16(cabinet[28:], 0xffff) // files

	f := func(name string, data []byte, keys ...string) {
		t.Helper()
		s := swallow(t, Options{}, save(t, name, data))
		s.want(t, 1<<20, keys...)
		if len(s.issues) == 0 {
			t.Errorf("%s: no issue", name)
		}
	}
	f("files.7z", sevenOf(cat([]byte{1, sevenFilesInfo}, huge)), "data-corrupt")
	f("folders.7z", sevenOf(cat([]byte{1, sevenMainStreams, sevenUnpackInfo, sevenFolderID}, huge)), "data-corrupt")
	f("streams.7z", sevenOf(cat([]byte{1, sevenMainStreams, sevenPackInfo, 0}, huge)), "data-corrupt")
	f("property.7z", sevenOf(folder(cat([]byte{0x21, 0x21}, huge)...)), "data-corrupt")
	f("lzma.7z", sevenOf(folder(0x23, 3, 1, 1, 5, 0x5d, 0xff, 0xff, 0xff, 0xff)), "limit-memory")
	f("lzma2.7z", sevenOf(folder(0x21, 0x21, 1, 40)), "limit-memory")
	f("ppmd.7z", sevenOf(folder(0x23, 3, 4, 1, 5, 6, 0xff, 0xff, 0xff, 0x7f)), "limit-memory")
	f("key.7z", sevenOf(folder(0x24, 6, 0xf1, 7, 1, 2, 0xbe, 0)), "method-unsupported")
	f("five.rar", rar5Of("", 15, file{"a.log", make([]byte, 64)}), "limit-memory")
	swallow(t, Options{}, save(t, "outer.zip", rawZip(zipped))).want(t, 0)
	f("b.cab", cabinet)
	f("b.log.xz", append([]byte("\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46"), xzBlockOfDict(40)...), "limit-memory")
	f("b.log.zst", append([]byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8}, 1, 0, 0), "limit-memory")
}

// xzBlockOfDict is a block header of xz that wants a dictionary of the given
// code.
func xzBlockOfDict(code byte) []byte {
	h := []byte{2, 0, 0x21, 1, code, 0, 0, 0}
	h = binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE(h))
	return append(h, make([]byte, 64)...)
}

func TestCancel(t *testing.T) {
	p := save(t, "b.zip", zipOf(8, file{"inner.zip", zeroZip("zeros.log", 2000)}, file{"a.log", logText("a", 1<<20)}))
	ctx, cancel := context.WithCancel(t.Context())
	err := Walk(ctx, []string{p}, Options{Limits: Limits{RatioFrom: 1 << 40}}, func(_ context.Context, e Entry, r io.Reader) error {
		if strings.HasSuffix(e.Path, "zeros.log") {
			if _, err := io.CopyN(io.Discard, r, 10<<20); err != nil {
				t.Error(err)
			}
			cancel()
		}
		n, err := io.Copy(io.Discard, r)
		if strings.HasSuffix(e.Path, "zeros.log") && (err == nil || n > 64<<20) {
			t.Errorf("read %d bytes more after the cancelling, error %v", n, err)
		}
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Walk: %v, want context.Canceled", err)
	}
	if err := Walk(ctx, []string{p}, Options{}, func(context.Context, Entry, io.Reader) error {
		t.Error("visited after the cancelling")
		return nil
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("Walk after the cancelling: %v", err)
	}
}

func TestVisitErrors(t *testing.T) {
	bad := stored("bad.log", logText("x", 5000))
	bad.crc++
	p := save(t, "v.zip", rawZip(bad, stored("good.log", []byte("x"))))
	visits := 0
	err := Walk(t.Context(), []string{p}, Options{Parallel: 1}, func(_ context.Context, _ Entry, r io.Reader) error {
		visits++
		_, err := io.Copy(io.Discard, r)
		return err // the damage of the file: no reason to stop
	})
	if err != nil || visits != 2 {
		t.Errorf("Walk: %v after %d visits, want nil after 2", err, visits)
	}
	mine := errors.New("disk full")
	err = Walk(t.Context(), []string{p}, Options{}, func(context.Context, Entry, io.Reader) error { return mine })
	if !errors.Is(err, mine) {
		t.Errorf("Walk: %v, want the visitor's error", err)
	}
}

// Nothing stays behind: no goroutine, no open file.
func TestLeaks(t *testing.T) {
	files := func() int {
		l, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			return 0
		}
		return len(l)
	}
	dir := t.TempDir()
	for name, target := range targets(t) {
		write(t, dir+"/"+name, target.data)
		write(t, dir+"/cut-"+name, target.data[:len(target.data)*2/3])
	}
	opt := Options{Passwords: []string{"contoso"}}
	walk(t, opt, dir)
	runtime.GC()
	goroutines, open := runtime.NumGoroutine(), files()
	for range 3 {
		walk(t, opt, dir)
		ctx, cancel := context.WithCancel(t.Context())
		_ = Walk(ctx, []string{dir}, opt, func(context.Context, Entry, io.Reader) error { // cancelled on purpose
			cancel()
			return nil
		})
	}
	for range 100 { // runtime goroutines end in their own time
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
	if n := files(); n > open {
		t.Errorf("%d open files, %d before", n, open)
	}
}
