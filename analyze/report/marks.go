package report

import (
	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
)

// Judgement is what an engineer decided about a finding.
type Judgement string

// The judgements.
const (
	Unjudged  Judgement = ""
	Confirmed Judgement = "confirmed"
	Dismissed Judgement = "dismissed"
)

// Mark is what an engineer says of a finding: a judgement, words of their own,
// or both.
type Mark struct {
	Judgement Judgement `json:"judgement,omitempty"`
	Note      string    `json:"note,omitempty"`
}

// MarkKey names a finding in Options.Marks: the same bundle gives the same
// keys, whatever the language.
func MarkKey(res *analyze.Result, f *finding.Finding) string {
	key := f.ID + "@" + res.MachineID(f.Machine)
	if !f.Root {
		key += "/" + f.ConsequenceOf
	}
	return key
}

func (o Options) mark(res *analyze.Result, f *finding.Finding) Mark {
	if len(o.Marks) == 0 {
		return Mark{}
	}
	return o.Marks[MarkKey(res, f)]
}

// verdict is the first cause that was not dismissed, nil for none.
func (o Options) verdict(res *analyze.Result) *finding.Finding {
	for i := range res.Findings {
		f := &res.Findings[i]
		if f.Root && f.Severity != finding.Info && o.mark(res, f).Judgement != Dismissed {
			return f
		}
	}
	return nil
}

// Verdict is what the analysis comes to, in one sentence: the first cause, or
// that no known cause was found.
func Verdict(res *analyze.Result, l lang.Lang) string { return Options{Lang: l}.Verdict(res) }

// Verdict is what the analysis comes to without the causes that were dismissed.
func (o Options) Verdict(res *analyze.Result) string {
	l := o.lang()
	if f := o.verdict(res); f != nil {
		return title(*f, l)
	}
	if res.Store.Len() == 0 {
		return l.T("verdict-no-records")
	}
	return l.T("verdict-none")
}

func (o Options) verdictClass(res *analyze.Result) string {
	if f := o.verdict(res); f != nil {
		return string(f.Severity)
	}
	return "info"
}

// markWord is the word of a judgement and the class of its colour.
func (p *page) markWord(m Mark) (word, class string) {
	switch m.Judgement {
	case Confirmed:
		return p.l.T("mark.confirmed"), "good"
	case Dismissed:
		return p.l.T("mark.dismissed"), ""
	}
	return "", ""
}
