package bundle

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/mholt/archiver/v4"

	"patchtrail/ingest/issue"
)

// errEnough ends a tar whose rest is not to be read.
var errEnough = errors.New("enough")

// tar visits the members of a tar in the order in which they come. named is the
// archive as it is shown (the compressed file around a tar has only one name
// with it); it is the tar itself, whose limits count.
func (w *walker) tar(named, it *item, r io.Reader) {
	it.container = true
	blocks := &blockReader{r: r}
	var used names
	for {
		err := rescue(func() error {
			return archiver.Tar{}.Extract(w.ctx, blocks, func(_ context.Context, f archiver.FileInfo) error {
				return w.tarMember(named, &used, f)
			})
		})
		if errors.Is(err, errEnough) || w.stopped(it.root) {
			return
		}
		if err == nil {
			if blocks.zeros < 512 && (blocks.err == nil || blocks.err == io.EOF) {
				w.damage(named, io.ErrUnexpectedEOF) // cut between two members
			}
			return
		}
		at := blocks.off
		if blocks.err != nil && blocks.err != io.EOF {
			w.damage(named, blocks.err)
			return
		}
		if !blocks.resync() {
			if blocks.err == io.EOF && at == blocks.off {
				err = io.ErrUnexpectedEOF
			}
			w.damage(named, err)
			return
		}
		w.report(named.path, at, issue.Corrupt, "archive-gap", strconv.FormatInt(blocks.off-at, 10))
	}
}

func (w *walker) tarMember(named *item, used *names, f archiver.FileInfo) error {
	hdr, ok := f.Header.(*tar.Header)
	if !ok || f.IsDir() {
		return nil
	}
	name := used.shown(f.NameInArchive)
	it := named.within(name, f.Size(), hdr.ModTime)
	it.serial = true
	switch hdr.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
	case tar.TypeSymlink, tar.TypeLink:
		w.linkSkipped(it.path)
		return nil
	default:
		w.specialSkipped(it.path)
		return nil
	}
	if isAppleDouble(name) {
		return nil
	}
	file, err := f.Open()
	if err != nil {
		return err
	}
	w.member(it, file)
	if w.stopped(it.root) {
		return errEnough
	}
	return nil
}

// isAppleDouble knows the shadows that tar on macOS writes beside each file.
func isAppleDouble(name string) bool {
	return strings.HasPrefix(name[strings.LastIndexByte(name, '/')+1:], "._")
}

// blockReader counts the bytes of a tar and can look for the next header after
// damage.
type blockReader struct {
	r     io.Reader
	off   int64
	err   error // of r
	back  []byte
	zeros int64 // bytes at the end of what was read: a whole tar ends with blocks of them
}

func (b *blockReader) Read(p []byte) (int, error) {
	if len(b.back) > 0 {
		n := copy(p, b.back)
		b.back = b.back[n:]
		b.off += int64(n)
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	b.off += int64(n)
	b.err = err
	tail := int64(n - len(bytes.TrimRight(p[:n], "\x00")))
	if tail == int64(n) {
		tail += b.zeros
	}
	b.zeros = tail
	return n, err
}

// resync goes on to the next block that is a header, and says whether there is
// one.
func (b *blockReader) resync() bool {
	if skip := -b.off & 511; skip > 0 {
		if _, err := io.CopyN(io.Discard, b, skip); err != nil {
			return false
		}
	}
	block := make([]byte, 512)
	for {
		if _, err := io.ReadFull(b, block); err != nil {
			return false
		}
		if string(block[257:262]) == "ustar" && tarSum(block) {
			b.back = block
			b.off -= int64(len(block))
			return true
		}
	}
}

// tarSum says whether a header's checksum fits.
func tarSum(block []byte) bool {
	field := string(bytes.Trim(block[148:156], " \x00"))
	want, err := strconv.ParseInt(field, 8, 64)
	if err != nil {
		return false
	}
	sum := int64(8 * ' ')
	for i, c := range block {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return sum == want
}
