package text

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func BenchmarkReader(b *testing.B) {
	line := `<![LOG[Scan failed with error = 0x80072ee2.]LOG]!><time="01:02:03.456-540" date="03-18-2025" component="WUAHandler" context="" type="3" thread="1234" file="cwuahandler.cpp:3456">` + "\r\n"
	text := strings.Repeat(line, 50000)
	for _, c := range []struct {
		name string
		in   []byte
	}{
		{"utf-8", []byte(text)},
		{"utf-16le", append([]byte{0xFF, 0xFE}, utf16Bytes(text, false)...)},
		{"cp932", sjis(b, strings.Repeat("更新プログラムのインストールに失敗しました 0x80240022\r\n", 50000))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.in)))
			buf := make([]byte, 256<<10)
			for b.Loop() {
				r := NewReader(bytes.NewReader(c.in))
				for {
					if _, err := r.Read(buf); err == io.EOF {
						break
					}
				}
			}
		})
	}
}
