package rule

import (
	"fmt"
	"strings"
	"testing"
)

// healthyText is n bytes of a client's log in which nothing is wrong.
func healthyText(n int) []byte {
	var b strings.Builder
	messages := []string{
		"Its a WSUS Update Source type ({%08X-55DB-4D6F-B1A3-D4A62C3C1111}), adding it.",
		"Existing WUA Managed server was already set (HTTP://SUP01.CONTOSO.COM:8530), skipping Group Policy registration. %d",
		"Async searching of updates using WUAgent started. Search %d",
		"Successfully completed scan. %d",
		"Raised assignment ({%08X-55DB-4D6F-B1A3-D4A62C3C1111}) state message successfully. TopicType = Evaluate, StateId = 2, StateName = ASSIGNMENT_EVALUATE_SUCCESS, StateCriticality = 0",
		"Update (Installed): 2025-03 Cumulative Update for Windows 11 Version 23H2 for x64-based Systems (KB%d) (0b4f1111-55db-4d6f-b1a3-d4a62c3c1111, 200)",
		"CTM job {%08X-55DB-4D6F-B1A3-D4A62C3C1111} entered phase CCM_DOWNLOADSTATUS_DOWNLOADING_DATA",
		"Processing update status from update (0b4f1111-55db-4d6f-b1a3-d4a62c3c1111) with ProductID = %d, UpdateClassification = 0fa1201d-4330-4fa8-8ae9-b877473b6441",
	}
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "<![LOG["+messages[i%len(messages)]+"]LOG]!><time=\"%02d:%02d:%02d.%03d-540\" date=\"03-18-2025\" component=\"WUAHandler\" context=\"\" type=\"1\" thread=\"%d\" file=\"cwuahandler.cpp:%d\">\r\n",
			i, i/3600%24, i/60%60, i%60, i%1000, 4000+i%17, i%5000)
	}
	return []byte(b.String())
}

// manyLiterals are n literals as rules have them: the real forms first, then
// others of the same kind.
func manyLiterals(n, shortest int) []string {
	real := []string{
		"[CCMHTTP] ERROR: URL=", "Scan failed with error", "OnSearchComplete - Failed to end search job",
		"Received empty location update for CTM Job", "Group policy settings were overwritten by a higher authority",
		"Unable to read existing WUA Group Policy object", "Assigned MP error threshold reached",
		"Failed to send request to /", "GetDirectoryList_HTTP", "Error retrieving manifest",
	}
	verbs := []string{"Failed to", "Unable to", "Error while", "Could not"}
	things := []string{"download", "evaluate", "install", "contact", "open", "verify", "locate", "allocate", "resolve", "start"}
	for i := 0; len(real) < n; i++ {
		real = append(real, fmt.Sprintf("%s %s item %c%c", verbs[i%len(verbs)], things[i/4%len(things)], 'a'+i%26, 'a'+i/26%26))
	}
	real = real[:n]
	if shortest > 0 {
		real[n-1] = "0x80072efd80240438"[:shortest]
	}
	return real
}

func BenchmarkScan(b *testing.B) {
	text := healthyText(256 << 10)
	for _, shortest := range []int{0, 10, 6} {
		for _, n := range []int{10, 100, 400} {
			b.Run(fmt.Sprintf("literals=%d/shortest=%d", n, shortest), func(b *testing.B) {
				g := newGrams(manyLiterals(n, shortest))
				b.SetBytes(int64(len(text)))
				hits := 0
				for b.Loop() {
					g.scan(text, func(int, int) { hits++ })
				}
				if hits != 0 {
					b.Fatalf("%d hits in healthy text", hits)
				}
			})
		}
	}
}
