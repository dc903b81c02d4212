package rule

import (
	"bytes"
	"context"
	"io"
	"path"
	"strings"
	"testing"

	"patchtrail/ingest/gen"
)

// kept is a member of a generated bundle.
type kept struct{ bytes.Buffer }

func (*kept) Close() error { return nil }

// TestGenerated runs the rules over generated clients, healthy and with one
// cause each.
func TestGenerated(t *testing.T) {
	m := builtin(t).Matcher()
	for _, incident := range gen.Incidents() {
		members := make(map[string]*kept)
		truth, err := gen.Client(func(p string) (io.WriteCloser, error) {
			members[p] = &kept{}
			return members[p], nil
		}, gen.Options{Seed: 5, Bytes: 1 << 20, Incident: incident})
		if err != nil {
			t.Fatal(err)
		}
		marks := make(map[int64]bool)
		for _, mark := range truth.Marks {
			marks[mark.Time.UnixNano()] = true
		}
		var files []File
		var src testSource
		for _, f := range truth.Files {
			text := bytes.TrimPrefix(members[f.Path].Bytes(), []byte("\xef\xbb\xbf"))
			if !bytes.HasPrefix(text, []byte(sampleStart)) {
				continue
			}
			s := &sample{text: text, components: []string{""}}
			if err := s.cmtrace(); err != nil {
				t.Fatalf("%s: %v", f.Path, err)
			}
			sc := m.Scanner("cmtrace", path.Base(f.Path))
			sc.Block(s.text, s.recs, s.components, 0)
			files = append(files, File{Machine: "PC01", Candidates: sc.Candidates()})
			src = append(src, s.records)
		}
		if len(files) < 10 {
			t.Fatalf("%s: %d CCM logs", incident, len(files))
		}
		res, err := m.Evaluate(context.Background(), files, src, nil)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, x := range res.Matches {
			if x.Cured != nil {
				t.Errorf("%s: %s ends cured", incident, x.Rule.ID)
			}
			found = append(found, x.Rule.ID)
			for _, e := range x.Evidence {
				if len(x.Rule.forms) > 0 && x.Rule.forms[0].Then == nil && !marks[e.Time] {
					t.Errorf("%s: evidence %q is none of the marks", incident, src[e.File][e.Record].Text)
				}
			}
		}
		want := string(incident)
		if incident == gen.Healthy || incident == gen.InstallExceededMaxTime {
			want = "" // the latter is for package ledger to find
		}
		if strings.Join(found, " ") != want {
			t.Errorf("%s: found %q", incident, found)
		}
	}
}
