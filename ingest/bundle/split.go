package bundle

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Archives that were too large to be sent are cut into name.zip.001, .002 and so
// on, by 7-Zip and many others. Put one after the other they are the archive.

// partNumber takes the number off the name of a part.
func partNumber(name string) (stem string, n int, ok bool) {
	ext := filepath.Ext(name)
	if len(ext) != 4 {
		return "", 0, false
	}
	stem = name[:len(name)-4]
	if _, known := extensions[strings.ToLower(filepath.Ext(stem))]; !known {
		return "", 0, false
	}
	n, err := strconv.Atoi(ext[1:])
	return stem, n, err == nil && n > 0
}

// firstPart names the first part of a later one.
func firstPart(name string) (first string, ok bool) {
	stem, n, ok := partNumber(name)
	return stem + ".001", ok && n > 1
}

// nextPart names the part after a part.
func nextPart(name string) (next string, ok bool) {
	stem, n, ok := partNumber(name)
	return fmt.Sprintf("%s.%03d", stem, n+1), ok && n < 999
}

// splitParts gives the names of all parts of which name is the first, or only
// name where it is not one. list is the folder, sorted.
func splitParts(name string, list []fs.DirEntry) []string {
	parts := []string{name}
	if _, n, ok := partNumber(name); !ok || n != 1 {
		return parts
	}
	files := map[string]bool{}
	for _, d := range list {
		if d.Type().IsRegular() {
			files[d.Name()] = true
		}
	}
	for next, ok := nextPart(name); ok && files[next]; next, ok = nextPart(next) {
		parts = append(parts, next)
	}
	return parts
}

// joined reads files one after the other as one.
type joined struct {
	parts []*os.File
	ends  []int64
}

func joinParts(parts []*os.File) *joined {
	j := &joined{parts: parts}
	end := int64(0)
	for _, f := range parts {
		if info, err := f.Stat(); err == nil { // it was opened a moment ago
			end += info.Size()
		}
		j.ends = append(j.ends, end)
	}
	return j
}

func (j *joined) ReadAt(p []byte, off int64) (int, error) {
	n, start := 0, int64(0)
	for i, f := range j.parts {
		if at := off + int64(n); at < j.ends[i] && n < len(p) {
			m, err := f.ReadAt(p[n:min(int64(len(p)), int64(n)+j.ends[i]-at)], at-start)
			n += m
			if err != nil && err != io.EOF {
				return n, err
			}
		}
		start = j.ends[i]
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close() // it was only read
	}
}
