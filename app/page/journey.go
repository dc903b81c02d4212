package page

import (
	"strconv"

	"patchtrail/analyze/ledger"
	"patchtrail/analyze/report"
)

// Journey is the way of an update as a drawing: its stages on one axis of time,
// its attempts as bars against their maximum run time.
type Journey struct {
	Stages []StageBar
	Ticks  []Tick
	// Attempts are the newest ones, in the order of time; More came before.
	Attempts []AttemptBar
	More     int
	// Scale is how long a bar of the whole width lasts, "1:03:00".
	Scale string
}

// StageBar is a stage. From and To are shares of the axis, 0 to 1; Drawn is
// unset where no time of it is known.
type StageBar struct {
	Name, State string
	Tone        Tone
	From, To    float64
	Drawn       bool
	// Start is when, Took how long, Code its error; each "" where not known.
	Start, Took, Code string
	// Row is that of the first record that proves it, -1 for none.
	Row int
}

// Tick is a time at a share of an axis.
type Tick struct {
	At   float64
	Text string
}

// AttemptBar is an attempt. Run and Limit are shares of Journey.Scale, 0 where
// not known; Over is set where the run goes on beyond the scale.
type AttemptBar struct {
	Name, Start string
	// Text says how it ended and how long it took of its maximum.
	Text       string
	Tone       Tone
	Run, Limit float64
	Over       bool
	Row        int
}

// maxBars is how many attempts are drawn.
const maxBars = 100

// Journey draws the way of row i of the updates.
func (s *Set) Journey(i int) Journey {
	u := &s.res.Updates[s.Updates[i].index]
	var j Journey
	from, to := ends(u)
	share := func(utc int64) float64 { return min(max(float64(utc-from)/float64(max(to-from, 1)), 0), 1) }
	for n := range u.Stages {
		j.Stages = append(j.Stages, s.stageBar(u, &u.Stages[n], share))
	}
	if from != 0 {
		j.Ticks = s.ticks(from, to, u.Machine)
	}
	scale := scaleOf(u)
	if j.More = len(u.Attempts) - maxBars; j.More < 0 {
		j.More = 0
	}
	for n := j.More; n < len(u.Attempts); n++ {
		j.Attempts = append(j.Attempts, s.attemptBar(u, n, scale))
	}
	j.Scale = whole(scale)
	return j
}

// ends are the first and the last time of all stages, 0 where none is known.
func ends(u *ledger.Update) (from, to int64) {
	for i := range u.Stages {
		for _, t := range []int64{u.Stages[i].Start, u.Stages[i].End} {
			if t == 0 {
				continue
			}
			if from == 0 || t < from {
				from = t
			}
			to = max(to, t)
		}
	}
	return from, to
}

func (s *Set) stageBar(u *ledger.Update, g *ledger.Stage, share func(int64) float64) StageBar {
	b := StageBar{
		Name: s.t("page.stage." + string(g.Name)), State: s.t("page.stage-state." + string(g.State)), Tone: stageTone(g.State),
		Code: report.Hex(g.Code), Row: s.row(g.Evidence),
	}
	start, end := g.Start, g.End
	if start == 0 {
		start = end
	}
	if end == 0 {
		end = start
	}
	if start != 0 && g.State != ledger.StageUnknown {
		b.From, b.To, b.Drawn = share(start), share(max(start, end)), true
		b.Start = s.clock(start, u.Machine)
	}
	if end > start {
		b.Took = report.Duration(end - start)
	}
	return b
}

// ticks are times along an axis: to the second where it is short, and the day
// only where that changes.
func (s *Set) ticks(from, to int64, machine int) []Tick {
	const n = 4
	var out []Tick
	day := ""
	for i := range n {
		at := float64(i) / n
		text := s.clock(from+int64(at*float64(to-from)), machine)
		date, clock := text[:len("2006-01-02")], text[len("2006-01-02 "):]
		if to-from > n*60e9 {
			clock = clock[:len("15:04")]
		}
		switch {
		case day == "":
			text = date + " " + clock
		case date != day:
			text = date[len("2006-"):] + " " + clock
		default:
			text = clock
		}
		day = date
		out = append(out, Tick{at, text})
	}
	return out
}

// scaleOf is how long the bars of an update are at most, in nanoseconds: its
// longest run, but not more than twice its longest maximum, so that one that
// hung for days does not flatten the others.
func scaleOf(u *ledger.Update) int64 {
	var ran, most int64
	for i := range u.Attempts {
		a := &u.Attempts[i]
		ran, most = max(ran, a.Runtime()), max(most, int64(a.Max.Seconds)*1e9)
	}
	if most == 0 {
		return max(ran, 1)
	}
	return max(min(ran, 2*most), most+most/10)
}

func (s *Set) attemptBar(u *ledger.Update, n int, scale int64) AttemptBar {
	a := &u.Attempts[n]
	b := AttemptBar{Name: strconv.Itoa(n + 1), Text: s.t("result."+string(a.Result)) + coded(a.Code), Tone: attemptTone(a), Row: s.row(a.Evidence)}
	b.Start = s.clock(max(a.Started, 0), u.Machine)
	if b.Start == "" {
		b.Start = s.clock(a.Ended, u.Machine)
	}
	limit := int64(a.Max.Seconds) * 1e9
	b.Limit = min(float64(limit)/float64(scale), 1)
	if a.Known() {
		b.Run, b.Over = min(float64(a.Runtime())/float64(scale), 1), a.Runtime() > scale
		b.Text += "  ·  " + whole(a.Runtime())
		if limit > 0 {
			b.Text += " / " + whole(limit) + "  ·  " + s.t("verdict."+string(a.Verdict))
		}
	}
	return b
}
