package cab

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkEach(b *testing.B) {
	text := logText(4 << 20)
	for _, name := range []string{"stored", "MSZIP", "LZX 15", "LZX 21"} {
		cabinet := testCabinet{folders: []testFolder{folderOf(kinds[name], testFile{name: "a", data: text})}}.bytes()
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				c, err := Open(bytes.NewReader(cabinet), int64(len(cabinet)))
				if err != nil {
					b.Fatal(err)
				}
				err = c.Each(func(_ File, r io.Reader) error {
					_, err := io.Copy(io.Discard, r)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
