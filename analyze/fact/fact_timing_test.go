package fact

import (
	"context"
	"strings"
	"testing"
)

// BenchmarkExport reads an export of a hive in which little matters.
func BenchmarkExport(b *testing.B) {
	text := []byte("Windows Registry Editor Version 5.00\n" + strings.Repeat("\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Some\\Key]\n\"Name\"=\"some value that stands here\"\n\"Other\"=dword:00000001\n\"More\"=hex:01,02,03,\\\n  04,05\n", 20000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		newCollector().snapshot(text, "registry-export")
	}
}

// BenchmarkText reads prose, in which nothing matters.
func BenchmarkText(b *testing.B) {
	text := []byte(strings.Repeat("A line of some report : with a value behind\n\nand more words that no command writes\n", 20000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		newCollector().snapshot(text, "text")
	}
}

// BenchmarkLogs reads the newest records of large logs, the marks of which are
// not found: the worst case.
func BenchmarkLogs(b *testing.B) {
	files := map[string]string{}
	for _, name := range []string{"WUAHandler", "LocationServices", "PolicyAgent", "CcmMessaging"} {
		files["Logs/"+name+".log"] = strings.Repeat(ccm(name, "01", "Some message that says nothing of what is looked for"), 100_000)
	}
	s := storeOf(b, files)
	bytes := int64(0)
	for _, f := range s.Files {
		bytes += f.Text
	}
	b.SetBytes(bytes)
	for b.Loop() {
		if _, err := Collect(context.Background(), s, 0); err != nil {
			b.Fatal(err)
		}
	}
}
