package opener

import (
	"slices"
	"strings"
	"testing"

	"patchtrail/app/session"
)

// TestNames names the identifiers in the messages of a generated bundle.
func TestNames(t *testing.T) {
	res, _ := open(t, client(t, 2<<20))
	var r session.Record
	english, japanese := map[string]bool{}, 0
	for i := range res.Timeline.Len() {
		res.Timeline.Record(i, &r)
		for _, id := range session.GUIDs(r.Message, 10) {
			if name, ok := res.NameID("en", id); ok {
				english[strings.Split(name, " of ")[0]] = true
				if ja, ok := res.NameID("ja", id); ok && ja != name {
					japanese++
				}
			}
		}
	}
	if !english["deployment"] && !english["content"] || japanese == 0 {
		t.Errorf("named: %v, %d in Japanese", english, japanese)
	}
	for name := range english {
		if strings.TrimSpace(name) == "" || slices.Contains([]string{"{0}"}, name) {
			t.Errorf("a name is %q", name)
		}
	}
	if name, ok := res.NameID("en", "00000000-0000-0000-0000-0000000000ff"); ok {
		t.Errorf("nothing is called %q", name)
	}
}
