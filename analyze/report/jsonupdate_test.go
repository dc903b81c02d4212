package report

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"patchtrail/analyze"
	"patchtrail/ingest/gen"
	"patchtrail/ingest/record"
)

// TestUpdatesInParts compares the updates, whose lines are read in the order of
// the logs and written by several goroutines, with those written one by one.
func TestUpdatesInParts(t *testing.T) {
	dir := t.TempDir()
	if _, err := gen.Client(gen.Folder(dir), gen.Options{Seed: 3, Bytes: 40 << 20}); err != nil {
		t.Fatal(err)
	}
	res, err := analyze.Run(context.Background(), []string{dir}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, redact := range map[string]func(string) string{"": nil, "redacted": func(s string) string { return "«" + s + "»" }} {
		res.Redact = redact
		var got bytes.Buffer
		if err := JSON(&got, res, Options{}); err != nil {
			t.Fatal(err)
		}
		var all struct{ Updates []json.RawMessage }
		if err := json.Unmarshal(got.Bytes(), &all); err != nil {
			t.Fatal(err)
		}
		updates := Involved(res)
		if len(all.Updates) != len(updates) {
			t.Fatalf("%s %d updates, not %d", name, len(all.Updates), len(updates))
		}
		rows, places := newLines(res), 0
		for i, u := range updates {
			q := quoter{store: res.Store, quotes: quotes{}, left: max(0, maxQuotes-places)}
			eachEvidence(u, func(ids []record.ID) {
				for _, id := range ids {
					q.quotes[id] = shorten(rows.at(id).message, quoteText)
				}
				places += len(ids)
			})
			var want bytes.Buffer
			enc := json.NewEncoder(&want)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(jsonUpdateOf(res, &q, u)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.TrimSpace(want.Bytes()), all.Updates[i]) {
				t.Fatalf("%s update %d is\n%s, not\n%s", name, i, all.Updates[i], want.Bytes())
			}
		}
		if places <= maxQuotes {
			t.Errorf("%d places: none is left without a quote", places)
		}
	}
}
