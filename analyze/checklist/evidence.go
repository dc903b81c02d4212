package checklist

import (
	"bytes"
	"path"
	"strings"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/ingest/record"
)

// at turns places of facts into evidence.
func at(places ...fact.Evidence) []finding.Evidence {
	out := make([]finding.Evidence, 0, len(places))
	for _, p := range places {
		out = append(out, finding.Evidence{Record: p.Record, File: p.File, Line: p.Line, Text: p.Text})
	}
	return out
}

// join puts evidence of several sources together.
func join(parts ...[]finding.Evidence) []finding.Evidence {
	var out []finding.Evidence
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// finding returns the first finding of this machine with that id that still
// holds and, where codes are given, is about one of them; nil if there is none.
func (e *env) finding(id string, codes ...string) *finding.Finding {
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Machine != e.Machine || f.ID != id || f.Severity == finding.Info || len(f.Evidence) == 0 {
			continue
		}
		if len(codes) == 0 {
			return f
		}
		for _, c := range codes {
			if strings.EqualFold(f.Params["code"], c) {
				return f
			}
		}
	}
	return nil
}

// stem is the name of a log in small letters, without folders and without what
// follows the first dot.
func stem(f *record.File) string {
	name := strings.ToLower(path.Base(strings.ReplaceAll(f.Log, "!", "/")))
	name, _, _ = strings.Cut(name, ".")
	return name
}

// named reports whether a log goes by one of the names, which are in small
// letters: "wcm", "pc01_wcm", "wcm-20250318-012345".
func named(f *record.File, names []string) bool {
	s := stem(f)
	for _, n := range names {
		if s == n || strings.HasSuffix(s, "_"+n) || strings.HasPrefix(s, n+"-") {
			return true
		}
	}
	return false
}

// configMgr reports whether the machine has a ConfigMgr client.
func (e *env) configMgr() bool {
	f := e.Facts
	if f.ClientVersion.Known() || f.ClientID.Known() || f.SiteCode.Known() || len(f.ManagementPoints) > 0 || f.Service("CcmExec") != nil {
		return true
	}
	if e.Store == nil {
		return false
	}
	for _, file := range e.Store.Files {
		if file.Machine == e.Machine && file.Len() > 0 && named(file, []string{"wuahandler", "updatesdeployment", "ccmexec", "scanagent"}) {
			return true
		}
	}
	return false
}

// maxBlocks bounds how far back one log is searched: 4 MiB of text.
const maxBlocks = 16

// newest returns the newest record that holds one of the literals, in the logs
// of the machine that go by one of the names. Of each file only the last
// maxBlocks blocks are read.
func (e *env) newest(literals []string, names ...string) (evidence []finding.Evidence, utc int64) {
	if e.Store == nil {
		return nil, 0
	}
	var buf []byte
	for i, f := range e.Store.Files {
		if f.Machine != e.Machine || f.Snapshot || f.Len() == 0 || evidence != nil && f.Last <= utc || !named(f, names) {
			continue
		}
		base := f.Base() + record.ID(f.Len())
		blocks := f.Blocks()
		for n := len(blocks) - 1; n >= max(0, len(blocks)-maxBlocks); n-- {
			b := blocks[n]
			base -= record.ID(b.Len())
			buf = b.Unpack(buf[:0])
			k := lastWith(b, buf, literals)
			if k < 0 {
				continue
			}
			if t := b.Time(k); evidence == nil || t > utc {
				evidence, utc = []finding.Evidence{{Record: base + record.ID(k), File: i, Line: b.Line(k)}}, t
			}
			break
		}
	}
	return evidence, utc
}

// lastWith returns the last record of a block that holds one of the literals,
// -1 if none does.
func lastWith(b *record.Block, text []byte, literals []string) int {
	last := -1
	for _, l := range literals {
		if i := bytes.LastIndex(text, []byte(l)); i >= 0 {
			last = max(last, b.At(i))
		}
	}
	return last
}
