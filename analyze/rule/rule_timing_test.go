package rule

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"patchtrail/ingest/record"
)

// healthyBlock is healthyText with its records.
func healthyBlock(n int) ([]byte, []record.Rec, []string) {
	text := healthyText(n)
	var b record.Batch
	for off := 0; off < len(text); {
		b.Recs = append(b.Recs, record.Rec{Off: off, Component: b.Component([]byte("WUAHandler"))})
		off += bytes.IndexByte(text[off:], '\n') + 1
	}
	return text, b.Recs, b.Components()
}

// BenchmarkBlock is what the rules of the product cost on healthy text, with
// the cures that stand in it ("Successfully completed scan." in every eighth
// record, far more than real logs have).
func BenchmarkBlock(b *testing.B) {
	m := builtin(b).Matcher()
	text, recs, components := healthyBlock(256 << 10)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m.Scanner("cmtrace", "WUAHandler.log").Block(text, recs, components, 0)
	}
}

// BenchmarkFlood is a log of nothing but one error.
func BenchmarkFlood(b *testing.B) {
	m := builtin(b).Matcher()
	log := testLog{"PC01", "CcmMessaging.log", nil}
	size := 0
	for i := range 20000 {
		line := fmt.Sprintf("%d 1 CcmMessaging [CCMHTTP] ERROR: URL=http://mp01.contoso.com/ccm_system/request, Port=80, Options=1248, Code=12007, Text=ERROR_WINHTTP_NAME_NOT_RESOLVED", i)
		log.lines = append(log.lines, line)
		size += len(line)
	}
	files, src := scanLogs(b, m, 1000, log)
	b.SetBytes(int64(size))
	for b.Loop() {
		res, err := m.Evaluate(context.Background(), files, src, nil)
		if err != nil || len(res.Matches) != 1 || res.Matches[0].Count != 20000 {
			b.Fatal(res, err)
		}
	}
}

func BenchmarkLoadBuiltin(b *testing.B) {
	folder, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Load(folder); err != nil {
			b.Fatal(err)
		}
	}
}
