package generic_test

import (
	"testing"

	"patchtrail/ingest/generic"
	"patchtrail/ingest/scan/scantest"
)

func BenchmarkISO(b *testing.B) {
	scantest.Bench(b, newParser, []byte("2025-03-18 01:02:03,123 [12] INFO  Contoso.Updates.Scanner - Scan of 42 updates has ended after 1.5 s\n"+
		"2025-03-18T01:02:04.5Z The service has entered the running state and waits for work from the other side of the queue\n"+
		"   at Contoso.Updates.Scanner.Run(String name, Int32 count) in Scanner.cs:line 123\n"))
}

func BenchmarkUS(b *testing.B) {
	scantest.Bench(b, newParser, []byte("3/18/2025 1:02:03 AM The service has entered the running state and waits for work from the other side\n"))
}

func BenchmarkJapanese(b *testing.B) {
	scantest.Bench(b, newParser, []byte("2025年3月18日 午前1時02分03秒 更新プログラムの検索を開始しました。完了するまでお待ちください。\n"))
}

func BenchmarkDetect(b *testing.B) {
	head := make([]byte, 0, 64<<10)
	for len(head) < 64<<10-100 {
		head = append(head, "  plain text that has no time stamp, only words and numbers 12, 345 and 6789\n"...)
	}
	b.SetBytes(int64(len(head)))
	for b.Loop() {
		if generic.Detect(head, "x.txt") {
			b.Fatal("detected")
		}
	}
}
