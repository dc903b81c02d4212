package ledger

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/lang"
	"patchtrail/ingest/csvfile"
	"patchtrail/ingest/record"
)

// Source says where a maximum execution time comes from, as it stands in JSON.
type Source string

// The sources, in order of trust.
const (
	FromFile    Source = "file"
	FromBundle  Source = "bundle"
	FromDefault Source = "default"
	NotKnown    Source = "unknown"
)

// Maximum is a maximum execution time.
type Maximum struct {
	Seconds int
	Source  Source
	// Origin is the file and line that an export states it on, "" for others.
	Origin string
	// Evidence is the records of a log that state it.
	Evidence []record.ID
}

// Maxima are maximum execution times that the user gave.
type Maxima struct{ minutes map[string]int }

// ReadMaxima reads a CSV of updates and minutes, one a line:
//
//	KB5034441,60
//
// An update is a KB, with or without those letters, an update id or a title.
// Commas, semicolons or tabs divide; the text may be in any encoding. A first
// line whose second column is no number names the columns: there may then be
// more of them in any order, as the console exports them, with a unit in the name
// of the one that holds the maximum. Lines that begin with # do not count. name
// stands in errors, which give the line and what to write.
func ReadMaxima(r io.Reader, name string) (*Maxima, error) {
	rows, err := csvfile.Read(r, name, "KB5034441,60")
	if err != nil {
		return nil, err
	}
	m := &Maxima{minutes: map[string]int{}}
	head := heads{value: 1, unit: 60}
	for i, row := range rows {
		if i == 0 && len(row.Fields) > 1 && !isMinutes(row.Fields[1]) {
			if h, ok := headsOf(row.Fields); ok {
				head = h
				continue
			}
		}
		if err := m.row(row, head); err != nil {
			return nil, lang.Fail("fault.in-line", name, row.Line, err)
		}
	}
	if len(m.minutes) == 0 {
		return nil, lang.Fail("fault.maxima.none", name)
	}
	return m, nil
}

// heads are the columns of a file: those that name an update, none for the first
// column, and that of the maximum with the seconds that its number counts.
type heads struct {
	names       []int
	value, unit int
}

func isMinutes(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// headsOf reads the names of the columns. A line without any number is a heading
// even where it says nothing that is known.
func headsOf(fields []string) (heads, bool) {
	h := heads{value: 1, unit: 60}
	known := false
	for i, f := range fields {
		name := plain(f)
		if unit, ok := unitOf(name); ok {
			h.value, h.unit, known = i, unit, true
		} else if slices.Contains(idNames, name) || slices.Contains(articleNames, name) || slices.Contains(titleNames, name) {
			h.names = append(h.names, i)
		}
	}
	if !known {
		h.names = nil
	}
	return h, known || KB(fields[0]) == "" && !isMinutes(fields[0])
}

func (m *Maxima) row(row csvfile.Row, h heads) error {
	if len(row.Fields) <= h.value {
		return lang.Fail("fault.maxima.row")
	}
	value := row.Fields[h.value]
	n, err := strconv.Atoi(value)
	minutes := n * h.unit / 60
	if err != nil || minutes < 1 || minutes > 9999 {
		return lang.Fail("fault.maxima.minutes", strconv.Quote(value))
	}
	names := h.names
	if len(names) == 0 {
		names = []int{0}
	}
	found := false
	for _, i := range names {
		if i < len(row.Fields) && row.Fields[i] != "" {
			m.minutes[updateKey(row.Fields[i])], found = minutes, true
		}
	}
	if !found {
		return lang.Fail("fault.maxima.no-update")
	}
	return nil
}

// updateKey makes the spellings of an update equal: "5034441" and "KB5034441",
// "Site_{…}/SUM_{g}" and g.
func updateKey(s string) string {
	if g, ok := lastGUID(s); ok {
		return g.String()
	}
	k := normal(s)
	if len(k) >= 6 && len(k) <= 8 && strings.Trim(k, "0123456789") == "" {
		return "kb" + k
	}
	return k
}

// lastGUID is the last GUID in s.
func lastGUID(s string) (g guid, ok bool) {
	for rest := []byte(s); ; {
		next, after, found := findGUID(rest)
		if !found {
			return g, ok
		}
		g, rest, ok = next, after, true
	}
}

func normal(s string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")), "{}"))
}

// of returns the maximum that the user gave for an update.
func (m *Maxima) of(u *Update) (Maximum, bool) {
	if m == nil {
		return Maximum{}, false
	}
	for _, k := range []string{u.UpdateID, u.KB, u.Title} {
		if n, ok := m.minutes[updateKey(k)]; ok && k != "" {
			return Maximum{Seconds: n * 60, Source: FromFile}, true
		}
	}
	return Maximum{}, false
}

// judge gives every update its maximum, by trust: the user's, the bundle's own
// exports, what the client's logs ask windows for, the product's default for its
// class; and every attempt its verdict.
func (m *machine) judge(maxima *Maxima, exports *exports) {
	m.askedFor()
	for _, u := range m.rows {
		limit, ok := maxima.of(&u.Update)
		if !ok {
			limit, ok = exports.of(&u.Update)
		}
		if !ok && u.asked > 1 {
			limit, ok = Maximum{Seconds: u.asked, Source: FromBundle, Evidence: u.askedBy}, true
		}
		if !ok {
			limit = Maximum{Seconds: defaultMinutes(u.Title, 0) * 60, Source: FromDefault}
		}
		u.limit(limit)
	}
}

// near is how close a question for a window and what follows from it are.
const near = 2 * second

// asking follows what the client asks windows for.
type asking struct {
	m       *machine
	refused map[uint32]*event
	ask     *event // the last question for software updates
	mixed   bool   // it asked for several lengths within moments
	apply   *event // the installation that is being prepared
	batch   []*row // its updates
}

// askedFor finds the maximum of updates in what the client asks windows for, in
// seconds. That is sound only where one update alone can be meant: a deployment
// of one update that waits for a window, or an installation of one update beside
// the question. Source: DOMAIN.md C.
func (m *machine) askedFor() {
	a := asking{m: m, refused: map[uint32]*event{}}
	for _, e := range m.events.each {
		a.event(e)
	}
}

func (a *asking) event(e *event) {
	switch e.kind {
	case evNoWindow:
		a.refused[e.thread] = e
	case evRetryWindow:
		if r := a.refused[e.thread]; r != nil && e.time-r.time <= near {
			a.m.deployments[e.h].asked(r, e)
		}
	case evAsk:
		if e.code == 4 && e.n > 1 {
			a.mixed = a.ask != nil && e.time-a.ask.time <= near && (a.mixed || a.ask.n != e.n)
			a.ask = e
		}
	case evStartInstall:
		if a.ask != nil && !a.mixed && e.time-a.ask.time <= near {
			a.m.deployments[e.h].asked(a.ask, e)
		}
	case evApply, evAttempting:
		a.apply, a.batch = e, nil
	case evBatchAdd:
		if u := a.m.update(e.g); u != nil && !slices.Contains(a.batch, u) && len(a.batch) < 2 {
			a.batch = append(a.batch, u)
		}
	case evBatchStart:
		a.installs(e)
		a.batch = nil
	}
}

// installs takes that a batch begins: of one update, it is the one that the
// question just before it was asked for.
func (a *asking) installs(e *event) {
	const prepared = 60 * second
	if a.apply == nil || a.ask == nil || a.mixed || len(a.batch) != 1 || e.time-a.apply.time > prepared {
		return
	}
	if d := a.apply.time - a.ask.time; d <= near && d >= -near {
		a.batch[0].asked, a.batch[0].askedBy = int(a.ask.n), []record.ID{a.ask.id, a.apply.id}
	}
}

// asked says that a deployment, if it is of one update, asked for a window.
func (d *deployment) asked(question, by *event) {
	if d == nil || len(d.rows) != 1 || question.n <= 1 {
		return
	}
	u := d.rows[0]
	u.asked, u.askedBy = int(question.n), []record.ID{question.id, by.id}
}

// defaultMinutes is the maximum execution time that a site gives an update of this
// title unless somebody changed it: 120 for feature updates, update rollups and
// service packs, 60 for others of Windows and Office. Those of other products have
// 60 as well, 10 up to version 2010. Before version 1906 service packs had 60 and
// all others 10. build is the third part of the version of the client, 0 where it
// is not known: then the version is taken for a newer one. Source: DOMAIN.md C.
func defaultMinutes(title string, build int) int {
	const version1906, version2103 = 8853, 9049
	t := strings.ToLower(title)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(t, w) })
	}
	old := build > 0 && build < version1906
	switch {
	case old && has("service pack", "サービス パック"):
		return 60
	case old:
		return 10
	case has("feature update", "upgrade to windows", "service pack", "update rollup", "機能更新", "の機能の更新", "サービス パック", "更新プログラム ロールアップ"):
		return 120
	case build > 0 && build < version2103 && !has("windows", "office 365", "microsoft 365"):
		return 10
	}
	return 60
}

// DefaultFor takes the build of the client, the third part of its version, into
// account where an update has no maximum but the product's default.
func (u *Update) DefaultFor(build int) {
	if u.Max.Source != FromDefault {
		return
	}
	if seconds := defaultMinutes(u.Title, build) * 60; seconds != u.Max.Seconds {
		u.limit(Maximum{Seconds: seconds, Source: FromDefault})
	}
}

// limit gives an update its maximum, its attempts their verdicts.
func (u *Update) limit(m Maximum) {
	u.Max = m
	for i := range u.Attempts {
		judge(&u.Attempts[i], m)
	}
	u.RecommendedMinutes, u.RecommendedFor = recommend(u.Attempts)
}

// judge compares an attempt with the maximum. One that ConfigMgr cancelled just
// past a limit that people set is taken to have met that limit, where the true
// one is not known.
func judge(a *Attempt, limit Maximum) {
	a.Max, a.Verdict = limit, Unknown
	if !a.Known() || a.Cut != 0 || a.Paused != 0 && a.Result != Cancelled {
		return
	}
	ran := a.Runtime()
	if ran < 0 { // the clock was set back
		return
	}
	if limit.Source == FromDefault && a.Result == Cancelled && a.Caller == ConfigMgr {
		if s := usualLimit(ran); s > 0 {
			a.Max.Seconds = s
		}
	}
	most := int64(a.Max.Seconds) * int64(time.Second)
	switch {
	case ran >= most:
		a.Verdict = Exceeded
	case ran*10 >= most*8:
		a.Verdict = Near
	default:
		a.Verdict = Within
	}
}

// usualMinutes are maximum execution times that people set.
var usualMinutes = []int{5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480, 600, 720}

// usualLimit returns the limit in seconds that a run time in nanoseconds lies
// 0 to 120 s above, 0 if none.
func usualLimit(ran int64) int {
	for _, m := range usualMinutes {
		over := ran - int64(m)*int64(time.Minute)
		if over >= 0 && over <= int64(2*time.Minute) {
			return m * 60
		}
	}
	return 0
}

// The reasons of a recommended maximum.
const (
	ForLongestSuccess = "longest-success" // 1.5 times the longest run that went well
	ForLongestCut     = "longest-cut"     // twice the longest run that was cut at its maximum
)

// recommend returns a maximum in whole 5 minutes, and the reason for it: 1.5 times
// the longest successful run; where there is none, twice the longest that was
// cut at its maximum. 0 where neither was seen.
func recommend(attempts []Attempt) (minutes int, reason string) {
	var longest, cut int64
	for i := range attempts {
		a := &attempts[i]
		switch {
		case a.Cut != 0 || a.Paused != 0: // its run time has something else in it
		case a.Result == Succeeded || a.Result == PendingRestart:
			longest = max(longest, a.Runtime())
		case a.Result == Cancelled && a.Verdict == Exceeded && (a.Caller == ConfigMgr || a.Caller == ""): // a maximum cuts no other
			cut = max(cut, a.Runtime())
		}
	}
	want, reason := longest/2*3, ForLongestSuccess
	if longest == 0 {
		want, reason = cut*2, ForLongestCut
	}
	if want <= 0 {
		return 0, ""
	}
	const step = int64(5 * time.Minute)
	return int((want+step-1)/step) * 5, reason
}
