package bundle

import (
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strconv"

	"github.com/klauspost/compress/zstd"
	"github.com/mholt/archiver/v4"
	"github.com/ulikunitz/xz/lzma"

	"patchtrail/ingest/bundle/internal/deflate64"
	"patchtrail/ingest/bundle/internal/zipcrypt"
	"patchtrail/ingest/issue"
)

// zip queues the members of a zip, each for itself: they are read by random
// access, several at once.
func (w *walker) zip(it *item, src *source) error {
	list, err := w.zipList(it, src)
	if err != nil {
		return err
	}
	list = w.dropOverlaps(it, list)
	locked := slices.ContainsFunc(list, func(e zipEntry) bool { return e.encrypted() && !e.isDir() })
	password, open := "", true
	if locked {
		password, open = w.unlock(it.path, func(p string) bool { return zipFits(src, list, p) })
	}
	var used names
	for i := range list {
		e := &list[i]
		if e.isDir() {
			continue
		}
		name := used.shown(e.name)
		member := it.within(name, e.usize, e.mod)
		switch {
		case e.mode&fs.ModeSymlink != 0:
			w.linkSkipped(member.path)
			continue
		case e.mode != 0:
			w.specialSkipped(member.path)
			continue
		case e.encrypted() && !open:
			continue // told of the archive as a whole
		}
		src.retain()
		w.push(member.depth, max(e.usize, e.csize), func() {
			defer src.done()
			w.zipMember(member, src, e, password)
		})
	}
	return nil
}

// zipList lists the members by the directory; where that is damaged or lost, by
// what is found in the file.
func (w *walker) zipList(it *item, src *source) ([]zipEntry, error) {
	limit := w.lim.Entries
	end, err := findZipEnd(src, src.size)
	if err != nil && !errors.Is(err, errNoEnd) {
		return nil, err
	}
	lost := errors.Is(err, errNoEnd)
	var list []zipEntry
	if !lost {
		if end.disks {
			w.split(it.path)
		}
		var whole bool
		if list, whole = readZipDirectory(src, end, limit); whole {
			return list, nil
		}
	}
	found, err := scanZip(src, src.size, limit)
	if err != nil {
		return nil, err
	}
	list = mergeSalvaged(list, found)
	switch {
	case len(list) == 0:
		return nil, errors.New("neither a directory nor a member was found")
	case lost:
		w.report(it.path, -1, issue.Truncated, "zip-salvaged", strconv.Itoa(len(list)))
	default:
		w.report(it.path, end.start, issue.Corrupt, "zip-salvaged", strconv.Itoa(len(list)))
	}
	return list, nil
}

// mergeSalvaged adds to what the directory still tells the members that it does
// not know.
func mergeSalvaged(list, found []zipEntry) []zipEntry {
	byOffset := slices.Clone(list)
	slices.SortFunc(byOffset, func(a, b zipEntry) int { return cmp.Compare(a.off, b.off) })
	known := len(list)
	for _, f := range found {
		i, same := slices.BinarySearchFunc(byOffset[:known], f.off, func(e zipEntry, off int64) int { return cmp.Compare(e.off, off) })
		if same || i > 0 && f.off < byOffset[i-1].off+zipLocalLen+byOffset[i-1].csize {
			continue
		}
		list = append(list, f)
	}
	return list
}

// dropOverlaps leaves out members whose data lie within another's: one piece of
// data read a thousand times over is how a small zip becomes a large one.
func (w *walker) dropOverlaps(it *item, list []zipEntry) []zipEntry {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(list[a].off, list[b].off) })
	end, drop := int64(0), map[int]bool{}
	for _, i := range order {
		e := &list[i]
		if e.off < end || e.csize < 0 || e.off < 0 {
			drop[i] = true
			continue
		}
		end = e.off + zipLocalLen + e.csize
		if end < e.off {
			drop[i] = true
			end = e.off
		}
	}
	if len(drop) == 0 {
		return list
	}
	w.report(it.path, -1, issue.Limit, "zip-overlap", strconv.Itoa(len(drop)))
	kept := list[:0]
	for i, e := range list {
		if !drop[i] {
			kept = append(kept, e)
		}
	}
	return kept
}

// zipMember opens or visits one member.
func (w *walker) zipMember(it *item, src *source, e *zipEntry, password string) {
	if w.stopped(it.root) {
		return
	}
	if w.zipInPlace(it, src, e) {
		return
	}
	var r *zipReader
	err := rescue(func() (err error) {
		r, err = w.pools.openZip(src, e, password)
		if errors.Is(err, zipcrypt.ErrPassword) {
			r, err = w.openZipOther(src, e)
		}
		return err
	})
	if err != nil {
		if w.admit(it) {
			w.damage(it, zipError(err))
		}
		return
	}
	defer closeQuietly(r)
	it.packed = func() int64 { return r.raw.n }
	w.member(it, r)
}

// openZipOther tries the other passwords on a member that has one of its own.
func (w *walker) openZipOther(src *source, e *zipEntry) (*zipReader, error) {
	for _, p := range w.keys.all() {
		r, err := w.pools.openZip(src, e, p)
		if err == nil {
			return r, nil
		}
		if !errors.Is(err, zipcrypt.ErrPassword) {
			return nil, err
		}
	}
	return nil, errPassword
}

// zipInPlace opens an archive that is stored as it is where it lies, without
// holding it in memory.
func (w *walker) zipInPlace(it *item, src *source, e *zipEntry) bool {
	if e.method != 0 || e.encrypted() || e.csize == 0 {
		return false
	}
	data, err := zipData(src, e)
	if err != nil || data+e.csize > src.size {
		return false
	}
	head := w.pools.head()
	defer w.pools.putHead(head)
	n := min(headSize, e.csize)
	if _, err := src.ReadAt(head[:n], data); err != nil {
		return false
	}
	k := identify(head[:n], base(it.path))
	if !k.random() || k.guessed() {
		return false
	}
	if !w.admit(it) {
		return true
	}
	inner := src.section(data, e.csize)
	defer inner.done()
	w.open(it, inner, k)
	return true
}

// zipData is where the data of a member begin. A local header that is damaged
// where it repeats the directory does no harm.
func zipData(src *source, e *zipEntry) (int64, error) {
	var b [zipLocalLen]byte
	if _, err := src.ReadAt(b[:], e.off); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, err
	}
	n, x := int64(binary.LittleEndian.Uint16(b[26:])), int64(binary.LittleEndian.Uint16(b[28:]))
	if string(b[:4]) != zipLocalSig && int(n) != len(e.name) {
		return 0, errors.New("local header damaged")
	}
	return e.off + zipLocalLen + n + x, nil
}

// A zipReader gives the unpacked bytes of a member, and checks them.
type zipReader struct {
	r      io.Reader
	e      *zipEntry
	raw    counted
	crypt  *zipcrypt.Reader
	n      int64
	sum    uint32
	noCRC  bool
	closed []func()
}

// openZip opens a member. The error is zipcrypt's for a password that is
// missing or wrong.
func (p *pools) openZip(src *source, e *zipEntry, password string) (*zipReader, error) {
	data, err := zipData(src, e)
	if err != nil {
		return nil, err
	}
	z := &zipReader{e: e, noCRC: e.noCRC, raw: counted{r: io.NewSectionReader(src, data, e.csize)}}
	var raw io.Reader = &z.raw
	method := e.method
	if e.encrypted() {
		h := e.crypt()
		info, err := h.Info()
		if err != nil {
			return nil, err
		}
		method, z.noCRC = info.Method, z.noCRC || !info.HasCRC
		if z.crypt, err = openCrypt(&z.raw, src, data, h, password); err != nil {
			return nil, err
		}
		raw = z.crypt
	}
	if method == 0 {
		z.r = raw
		return z, nil
	}
	buf := p.buffer(raw)
	z.closed = append(z.closed, func() { p.putBuffer(buf) })
	dec, err := p.zipDecoder(method, buf, e)
	if err != nil {
		closeQuietly(z)
		return nil, err
	}
	z.r = dec
	z.closed = append(z.closed, func() { closeQuietly(dec) })
	return z, nil
}

// crypt is what zipcrypt wants to know of a member.
func (e *zipEntry) crypt() zipcrypt.Header {
	return zipcrypt.Header{
		Flags: e.flags, Method: e.method, ModTime: e.dosTime, CRC32: e.crc,
		CompressedSize: e.csize, Extra: e.extra,
	}
}

// openCrypt tries what a password may have been in the bytes of its maker.
func openCrypt(raw *counted, src *source, data int64, h zipcrypt.Header, password string) (r *zipcrypt.Reader, err error) {
	err = zipcrypt.ErrPassword
	for _, c := range zipcrypt.Candidates(password) {
		raw.r, raw.n = io.NewSectionReader(src, data, h.CompressedSize), 0
		r, err = zipcrypt.NewReader(raw, h, c)
		if !errors.Is(err, zipcrypt.ErrPassword) {
			return r, err
		}
	}
	return nil, err
}

// counted counts the packed bytes that a decoder took.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// zipDecoder undoes a compression method of APPNOTE.TXT 4.4.5.
func (p *pools) zipDecoder(method uint16, r io.Reader, e *zipEntry) (io.ReadCloser, error) {
	switch method {
	case 8:
		return p.inflate(r), nil
	case 9:
		return deflate64.NewReader(r), nil
	case 12:
		return archiver.Bz2{}.OpenReader(r)
	case 14:
		return zipLZMA(r, e)
	case 20, 93:
		return zstdFormat.OpenReader(r)
	case 95:
		return archiver.Xz{}.OpenReader(r)
	}
	return nil, unsupportedError("zip method " + strconv.Itoa(int(method)))
}

// zipLZMA reads method 14: LZMA behind a header of its own (APPNOTE.TXT 5.8.8).
func zipLZMA(r io.Reader, e *zipEntry) (io.ReadCloser, error) {
	var b [4]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint16(b[2:]) != 5 {
		return nil, errors.New("lzma properties damaged")
	}
	head := make([]byte, lzma.HeaderLen)
	if _, err := io.ReadFull(r, head[:5]); err != nil {
		return nil, err
	}
	size := uint64(e.usize)
	if e.flags&2 != 0 || e.usize < 0 { // ends with a marker
		size = 1<<64 - 1
	}
	binary.LittleEndian.PutUint64(head[5:], size)
	dec, err := lzma.ReaderConfig{DictCap: maxWindow}.NewReader(&headed{head, r})
	var tooBig *lzma.ErrDictSize
	if errors.As(err, &tooBig) {
		return nil, errTooBig
	}
	if err != nil {
		return nil, err
	}
	return io.NopCloser(dec), nil
}

func (z *zipReader) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	z.n += int64(n)
	if !z.noCRC {
		z.sum = crc32.Update(z.sum, crc32.IEEETable, p[:n])
	}
	if err == io.EOF {
		err = z.check()
	}
	if err != nil && err != io.EOF {
		err = zipError(err)
	}
	return n, err
}

// check holds what was read against what was promised.
func (z *zipReader) check() error {
	if z.crypt != nil {
		if err := z.crypt.Verify(); err != nil && !errors.Is(err, zipcrypt.ErrUnverified) {
			return err
		}
	}
	switch {
	case z.e.usize >= 0 && z.n < z.e.usize && z.e.method == 0:
		return io.ErrUnexpectedEOF
	case z.e.usize >= 0 && z.n != z.e.usize:
		return errSize
	case !z.noCRC && z.sum != z.e.crc:
		return errChecksum
	}
	return io.EOF
}

func (z *zipReader) Close() error {
	for _, f := range slices.Backward(z.closed) {
		f()
	}
	z.closed = nil
	return nil
}

// zipError gives the errors of the libraries one meaning.
func zipError(err error) error {
	switch {
	case errors.Is(err, zipcrypt.ErrPassword):
		return errPassword
	case errors.Is(err, zipcrypt.ErrUnsupported):
		return unsupportedError("strong encryption")
	case errors.Is(err, zipcrypt.ErrAuth):
		return errChecksum
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return errTooBig
	}
	return streamError(err)
}
