package finding

import (
	"bytes"
	"strconv"
	"strings"

	"patchtrail/ingest/record"
)

// The largest cache that can be set, in MB (S0.35).
const largestCache = 100 << 10

// limit is the effective size of the client's cache in MB: the smaller one of
// its size and its share of the disk, 0 where neither is known.
func (s *subject) limit() int64 {
	k := s.facts.Cache
	if k == nil {
		return 0
	}
	limit := k.SizeMB
	drive := "C:"
	if len(k.Location.Value) > 1 && k.Location.Value[1] == ':' {
		drive = strings.ToUpper(k.Location.Value[:2])
	}
	if d := s.facts.Disk(drive); d != nil && d.SizeKnown && k.LimitPercent > 0 {
		if share := d.Size / 100 * k.LimitPercent >> 20; limit == 0 || share < limit {
			limit = share
		}
	}
	return min(limit, largestCache)
}

// cacheFull compares the effective size of the cache with the content that the
// client asked for (S0.34-S0.36, C42). A cache that is full of old content is no
// fault: the client makes room.
func cacheFull(s *subject) []Finding {
	limit := s.limit()
	if limit == 0 {
		return nil
	}
	k := s.facts.Cache
	f := Finding{Params: params("limit", strconv.FormatInt(limit, 10))}
	if k.SizeMB > 0 {
		f.Params["total"] = strconv.FormatInt(k.SizeMB, 10)
	}
	if k.UsedKnown {
		f.Params["used"] = strconv.FormatInt(k.UsedBytes>>20, 10)
	}
	largest := s.requested()
	refused := s.matched("cache-full") != nil
	switch {
	case largest.kb>>10 > limit:
		f.Severity, f.Confidence = Error, Certain
		f.Params["needed"] = strconv.FormatInt((largest.kb+1023)>>10, 10)
		f.Params["content"] = largest.content
		f.Evidence = append(f.Evidence, Records(largest.at)...)
	case refused:
		f.Confidence = Possible
	case k.UsedKnown && k.UsedBytes>>20 > limit:
		f.Severity, f.Confidence = Warning, Possible
	default:
		return nil
	}
	f.Evidence = append(f.Evidence, places(k.Evidence...)...)
	f.Evidence = append(f.Evidence, places(k.LimitsEvidence...)...)
	if len(f.Evidence) == 0 {
		return nil
	}
	return []Finding{f}
}

// content is what the client asked its cache for.
type content struct {
	content string
	kb      int64
	at      record.ID
}

// What CAS.log says of content. Source: DOMAIN.md B6.
var (
	requesting = []byte("Requesting content ")
	sized      = []byte(", size(KB) ")
	completed  = []byte("Download completed for content ")
)

// maxContents bounds the contents that are kept of one machine, maxBlocks how
// far back its log is read.
const (
	maxContents = 10_000
	maxBlocks   = 128
)

// requested is the largest content that was asked for and did not arrive since.
func (s *subject) requested() content {
	open := map[string]content{}
	var buf []byte
	blocks := 0
	for _, f := range s.Store.Files {
		if f.Machine != s.n || f.Snapshot || !isCAS(f) {
			continue
		}
		base := f.Base()
		for _, b := range f.Blocks() {
			if blocks++; blocks > maxBlocks {
				break
			}
			buf = b.Unpack(buf[:0])
			if bytes.Contains(buf, requesting) || bytes.Contains(buf, completed) {
				readContents(open, b, buf, base)
			}
			base += record.ID(b.Len())
		}
	}
	var largest content
	for _, c := range open {
		if c.kb > largest.kb || c.kb == largest.kb && c.at < largest.at {
			largest = c
		}
	}
	return largest
}

// isCAS reports whether a log is that of the content access service.
func isCAS(f *record.File) bool {
	for _, c := range f.Components {
		if strings.EqualFold(c, "ContentAccess") {
			return true
		}
	}
	return false
}

// readContents goes through the records of a block in their order.
func readContents(open map[string]content, b *record.Block, text []byte, base record.ID) {
	for i := range b.Len() {
		rec := b.Record(text, i)
		if _, after, ok := bytes.Cut(rec, completed); ok {
			delete(open, contentName(after))
			continue
		}
		_, after, ok := bytes.Cut(rec, requesting)
		if !ok {
			continue
		}
		name, size, ok := bytes.Cut(after, sized)
		if !ok || len(open) >= maxContents {
			continue
		}
		end := bytes.IndexFunc(size, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(size)
		}
		if kb, err := strconv.ParseInt(string(size[:end]), 10, 64); err == nil && kb < 1<<40 {
			open[contentName(name)] = content{contentName(name), kb, base + record.ID(i)}
		}
	}
}

// contentName is the id that begins b, with its version cut off.
func contentName(b []byte) string {
	name := string(b)
	if i := strings.IndexAny(name, " ,]\r\n"); i >= 0 {
		name = name[:i]
	}
	name, _, _ = strings.Cut(name, ".")
	return name
}
