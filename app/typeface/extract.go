package typeface

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/image/font/opentype"
)

// maxFontBytes bounds a font that is taken out whole.
const maxFontBytes = 96 << 20

// Extract returns the font as a file of its own: Fyne reads no collections.
// The tables are copied as they are (OpenType 1.9, "The OpenType font file").
func Extract(j Japanese) ([]byte, error) {
	data, err := os.ReadFile(j.Path)
	if err != nil {
		return nil, err
	}
	out, err := extract(data, j.Family)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(j.Path), err)
	}
	return out, nil
}

func extract(data []byte, family string) ([]byte, error) {
	if len(data) < 12 || string(data[:4]) != "ttcf" {
		return data, nil
	}
	c, err := opentype.ParseCollection(data)
	if err != nil {
		return nil, err
	}
	i, err := faceIndex(c, family)
	if err != nil {
		return nil, err
	}
	be := binary.BigEndian
	if len(data) < 16+4*i {
		return nil, errShort
	}
	at := uint64(be.Uint32(data[12+4*i:]))
	if at+12 > uint64(len(data)) {
		return nil, errShort
	}
	tables := uint64(be.Uint16(data[at+4:]))
	head := 12 + 16*tables
	if at+head > uint64(len(data)) {
		return nil, errShort
	}
	out := append([]byte(nil), data[at:at+head]...)
	for k := range tables {
		entry := out[12+16*k:]
		from, length := uint64(be.Uint32(entry[8:])), uint64(be.Uint32(entry[12:]))
		if from+length > uint64(len(data)) || uint64(len(out))+length > maxFontBytes {
			return nil, errShort
		}
		be.PutUint32(entry[8:], uint32(len(out)))
		out = append(out, data[from:from+length]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out, nil
}

var errShort = errors.New("the collection of fonts is cut off")
