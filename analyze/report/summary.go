package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/ledger"
)

// summaryIssues is how many problems the summary names.
const summaryIssues = 10

// Summary writes what the analysis came to, for people at a terminal.
func Summary(w io.Writer, res *analyze.Result, opt Options) error {
	l := opt.lang()
	b := bufio.NewWriter(&plain{w: w})
	fmt.Fprintf(b, "%s\n\n", Verdict(res, l))
	first, last := res.Span()
	if last == 0 {
		fmt.Fprintln(b, l.T("cli.summary-empty", Count(len(res.Store.Files))))
	} else {
		zone := res.Machines[0].Zone
		fmt.Fprintln(b, l.T("cli.summary", Count(res.Store.Len()), Count(len(res.Store.Files)), len(res.Machines), opt.Zone.Clock(first, zone), opt.Zone.Clock(last, zone)))
		for _, m := range res.Machines {
			fmt.Fprintln(b, "  "+l.T("cli.zone", m.ID+" ("+l.T("role."+string(m.Role))+")", Offset(m.Zone.Bias(last)), l.T("zone."+string(m.Zone.Source))))
		}
	}
	if len(res.Findings) > 0 {
		fmt.Fprintf(b, "\n%s\n", l.T("cli.findings"))
	}
	rows := newLines(res)
	for i := range res.Findings {
		if res.Findings[i].Root {
			summaryFinding(b, res, rows, i, opt)
		}
	}
	summaryUpdates(b, res, opt)
	if n := len(res.Issues); n > 0 {
		fmt.Fprintf(b, "\n%s\n", l.T("cli.problems", n))
		for _, i := range res.Issues[:min(n, summaryIssues)] {
			fmt.Fprintf(b, "  %s: %s\n", i.Path, IssueText(l, i))
		}
		if n > summaryIssues {
			fmt.Fprintf(b, "  %s\n", l.T("cli.more", n-summaryIssues))
		}
	}
	return b.Flush()
}

func summaryFinding(b *bufio.Writer, res *analyze.Result, rows *lines, n int, opt Options) {
	l := opt.lang()
	f := res.Findings[n]
	zone := res.Machines[f.Machine].Zone
	t := f.Text[l]
	fmt.Fprintf(b, "\n  [%s] %s\n", l.T("severity."+string(f.Severity)), t.Title)
	fmt.Fprintf(b, "    %s · %s · %s · %s\n", res.MachineID(f.Machine), l.T("report.seen", f.Count, opt.Zone.Clock(f.First, zone), opt.Zone.Clock(f.Last, zone)), l.T("confidence."+string(f.Confidence)), f.ID)
	fmt.Fprintf(b, "    %s\n", t.Cause)
	fmt.Fprintf(b, "    %s:\n", l.T("cli.evidence"))
	for _, e := range f.Evidence {
		r, timed := rows.of(e)
		at := ""
		if timed {
			at = opt.Zone.Clock(r.meta.Time, zone) + " "
		}
		message, _, _ := strings.Cut(strings.TrimSpace(r.message), "\n")
		fmt.Fprintf(b, "      %s%s:%d  %s\n", at, r.file.Path, r.meta.Line, shorten(strings.TrimSpace(message), 160))
	}
	for _, c := range consequences(res, n) {
		fmt.Fprintf(b, "    %s %s\n", l.T("cli.consequence"), l.T("report.consequence", title(c, l), c.Count))
	}
	if len(t.Remediation) > 0 {
		fmt.Fprintf(b, "    %s:\n", l.T("cli.what-to-do"))
		for i, s := range t.Remediation {
			fmt.Fprintf(b, "      %d. %s\n", i+1, strings.ReplaceAll(s, "`", ""))
		}
	}
}

// summaryUpdates lists the attempts that met or came near their maximum.
func summaryUpdates(b *bufio.Writer, res *analyze.Result, opt Options) {
	l := opt.lang()
	head := false
	for i := range res.Updates {
		u := &res.Updates[i]
		for j := range u.Attempts {
			a := &u.Attempts[j]
			if a.Verdict != ledger.Exceeded && a.Verdict != ledger.Near {
				continue
			}
			if !head {
				fmt.Fprintf(b, "\n%s\n", l.T("cli.updates"))
				head = true
			}
			fmt.Fprintf(b, "  %-10s %s / %s (%s)  %s  %s  %s\n", u.KB, Duration(a.Runtime()), Duration(int64(a.Max.Seconds)*1e9),
				l.T("max."+string(a.Max.Source)), l.T("verdict."+string(a.Verdict)), l.T("result."+string(a.Result)), shorten(u.Title, 80))
		}
	}
}
