package generic_test

import (
	"testing"

	"patchtrail/ingest/generic"
	"patchtrail/ingest/scan/scantest"
)

// TestFixedEqualsGeneral: what the fast path accepts, the general one reads in
// the same way.
func TestFixedEqualsGeneral(t *testing.T) {
	text := []byte("2025-03-18 01:02:03 x\n2025/03/18T11:02:03.123Z\n2025.12.31 23:59:59,1 +0900\n2024-02-29 12:00:00 AM x\n" +
		"2024-02-29 12:00:00.5 PM\n2025-03-18 01:02:03-08 x\n2025-03-18T01:02:03:123 UTC\n1999-01-01 00:00:00 GMT+09:00\n")
	accepted := 0
	for _, b := range scantest.Mangled(text, 20_000) {
		t1, b1, n1, ok := generic.Fixed(b)
		if !ok {
			continue
		}
		accepted++
		if t2, b2, n2, ok := generic.General(b); !ok || t1 != t2 || b1 != b2 || n1 != n2 {
			t.Fatalf("%.60q: fixed %d %d %d, general %d %d %d %v", b, t1, b1, n1, t2, b2, n2, ok)
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d texts were compared", accepted)
	}
}
