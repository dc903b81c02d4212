package bundle

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/mholt/archiver/v4"
)

var errSevenHeader = errors.New("7z header damaged")

// A sevenArchive is a 7z whose header was read and found to ask for nothing out
// of proportion. The library behind archiver allocates what a header says; so
// it gets to see only this: the packed streams as they are, and the header in
// the clear, checked.
type sevenArchive struct {
	src     *source
	header  []byte
	folders []sevenFolder
	files   int
}

// A sevenFolder is a packed stream and how it is unpacked.
type sevenFolder struct {
	encrypted bool
	memory    int64  // bytes
	size      uint64 // unpacked
}

// reader gives the archive as the library takes it.
func (a *sevenArchive) reader() *io.SectionReader {
	start := make([]byte, sevenStart)
	copy(start, "7z\xbc\xaf\x27\x1c\x00\x04")
	binary.LittleEndian.PutUint64(start[12:], uint64(a.src.size-sevenStart))
	binary.LittleEndian.PutUint64(start[20:], uint64(len(a.header)))
	binary.LittleEndian.PutUint32(start[28:], crc32.ChecksumIEEE(a.header))
	binary.LittleEndian.PutUint32(start[8:], crc32.ChecksumIEEE(start[12:]))
	return io.NewSectionReader(&patched{start, a.src, a.header}, 0, a.src.size+int64(len(a.header)))
}

// patched is src with other first bytes and a tail.
type patched struct {
	head []byte
	src  *source
	tail []byte
}

func (p *patched) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	for n < len(b) {
		at := off + int64(n)
		var m int
		var err error
		switch {
		case at < int64(len(p.head)):
			m = copy(b[n:], p.head[at:])
		case at < p.src.size:
			m, err = p.src.ReadAt(b[n:min(int64(len(b)), int64(n)+p.src.size-at)], at)
			if m > 0 {
				err = nil
			}
		case at < p.src.size+int64(len(p.tail)):
			m = copy(b[n:], p.tail[at-p.src.size:])
		default:
			return n, io.EOF
		}
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// An unlocker finds the password that fits, and reports where there is none.
type unlocker func(fits func(password string) bool) (password string, ok bool)

// openSeven reads the header of a 7z. unlock is asked for a password when the
// header itself is encrypted.
func openSeven(ctx context.Context, src *source, maxFiles int, unlock unlocker) (*sevenArchive, error) {
	head := make([]byte, sevenStart)
	if _, err := src.ReadAt(head, 0); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if crc32.ChecksumIEEE(head[12:]) != binary.LittleEndian.Uint32(head[8:]) {
		return nil, errSevenHeader
	}
	off, size := binary.LittleEndian.Uint64(head[12:]), binary.LittleEndian.Uint64(head[20:])
	switch {
	case size == 0:
		return &sevenArchive{src: src}, nil
	case off > uint64(src.size) || size > uint64(src.size) || sevenStart+off+size > uint64(src.size):
		return nil, io.ErrUnexpectedEOF // its list of files is at its end
	case size > sevenHeaderMax:
		return nil, errTooBig
	}
	header := make([]byte, size)
	if _, err := src.ReadAt(header, int64(sevenStart+off)); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if crc32.ChecksumIEEE(header) != binary.LittleEndian.Uint32(head[28:]) {
		return nil, errSevenHeader
	}
	for range 4 { // a packed header may be packed again
		if header[0] != sevenEncoded {
			return checkSeven(src, header, maxFiles)
		}
		var err error
		if header, err = unpackSevenHeader(ctx, src, header[1:], unlock); err != nil {
			return nil, err
		}
		if len(header) == 0 {
			return nil, errSevenHeader
		}
	}
	return nil, errSevenHeader
}

// unpackSevenHeader unpacks a header that is packed as streams tells: by an
// archive of one file made around it.
func unpackSevenHeader(ctx context.Context, src *source, streams []byte, unlock unlocker) ([]byte, error) {
	around := append([]byte{sevenHeaderID, sevenMainStreams}, streams...)
	around = append(around, sevenFilesInfo, 1, sevenNames, 5, 0, 'h', 0, 0, 0, sevenEnd, sevenEnd)
	a, err := checkSeven(src, around, 1)
	switch {
	case err != nil:
		return nil, err
	case len(a.folders) != 1:
		return nil, errSevenHeader
	case a.folders[0].size > sevenHeaderMax:
		return nil, errTooBig
	}
	var header []byte
	read := func(password string) error {
		return rescue(func() (err error) {
			header, err = a.only(ctx, password)
			return err
		})
	}
	if !a.folders[0].encrypted {
		return header, read("")
	}
	if _, ok := unlock(func(password string) bool { return read(password) == nil }); !ok {
		return nil, &toldError{errPassword}
	}
	return header, nil
}

// only reads the one file of a.
func (a *sevenArchive) only(ctx context.Context, password string) ([]byte, error) {
	files, err := a.list(ctx, password)
	if err != nil {
		return nil, err
	}
	if len(files) != 1 {
		return nil, errSevenHeader
	}
	f, err := openSevenFile(files[0])
	if err != nil {
		return nil, err
	}
	defer closeQuietly(f)
	header, err := io.ReadAll(io.LimitReader(f, sevenHeaderMax))
	if err == nil && (len(header) == 0 || header[0] != sevenHeaderID && header[0] != sevenEncoded) {
		err = errSevenHeader
	}
	return header, err
}

// list gives the files of the archive. It may be called with one password after
// the other.
func (a *sevenArchive) list(ctx context.Context, password string) ([]archiver.FileInfo, error) {
	var files []archiver.FileInfo
	err := archiver.SevenZip{Password: password}.Extract(ctx, a.reader(),
		func(_ context.Context, f archiver.FileInfo) error {
			files = append(files, f)
			return nil
		})
	return files, err
}
