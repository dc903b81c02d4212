package snapshot

import (
	"bytes"
	"strings"

	"patchtrail/ingest/scan"
)

// roots are the root elements of XML files that are kinds of their own.
var roots = []struct {
	name string
	kind Kind
}{
	{"Rsop", GPResult},
	{"MDMEnterpriseDiagnosticsReport", MDMReport},
	{"Task", SchTasks},
}

// titles stand at the start of HTML pages that are kinds of their own.
var titles = []struct {
	text string
	kind Kind
}{
	{"Group Policy Results", GPResult},
	{"グループ ポリシーの結果", GPResult},
	{"GPResult", GPResult},
	{"Resultant Set of Policy", GPResult},
	{"MDM Diagnostic", MDMReport},
	{"MDMDiagReport", MDMReport},
	{"MDM 診断", MDMReport},
}

// markup knows XML, HTML and JSON.
func markup(p *page) Kind {
	head := bytes.TrimLeft(p.head, " \t\r\n")
	if len(head) < 2 {
		return ""
	}
	switch head[0] {
	case '<':
		return element(head)
	case '{', '[':
		if json(head) {
			return JSON
		}
	}
	return ""
}

// element looks at the first element of XML or HTML.
func element(head []byte) Kind {
	rest := head
	for len(rest) > 1 && rest[0] == '<' && (rest[1] == '?' || rest[1] == '!') {
		if begins(rest, "<!doctype html") {
			return webPage(head)
		}
		closing := ">"
		if begins(rest, "<!--") {
			closing = "-->"
		}
		_, after, ok := bytes.Cut(rest, []byte(closing))
		if !ok {
			return ""
		}
		rest = bytes.TrimLeft(after, " \t\r\n")
	}
	if len(rest) < 2 || rest[0] != '<' || !scan.Letter(rest[1]) && rest[1] != '_' {
		return ""
	}
	n := 1
	for n < len(rest) && strings.IndexByte(" \t\r\n>/", rest[n]) < 0 {
		n++
	}
	name := rest[1:n]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	for _, r := range roots {
		if string(name) == r.name {
			return r.kind
		}
	}
	switch {
	case bytes.EqualFold(name, []byte("html")):
		return webPage(head)
	case string(name) == "Collection" && bytes.Contains(rest, []byte("HRESULT=")):
		return IntuneResults
	case bytes.IndexByte(rest, '>') < 0:
		return ""
	}
	return XML
}

// webPage looks at the start of an HTML page.
func webPage(head []byte) Kind {
	for _, t := range titles {
		if bytes.Contains(head, []byte(t.text)) {
			return t.kind
		}
	}
	return HTML
}

// json says whether head begins one value of JSON. Lines that each are an
// object are a log.
func json(head []byte) bool {
	rest := bytes.TrimLeft(head[1:], " \t\r\n")
	if len(rest) == 0 {
		return false
	}
	switch c := rest[0]; {
	case head[0] == '{' && c != '"' && c != '}':
		return false
	case head[0] == '[' && strings.IndexByte("\"{[]-", c) < 0 && !scan.Digit(c):
		return false
	}
	end, next := scan.Line(head, 0)
	return !(head[0] == '{' && head[end-1] == '}' && next < len(head) && head[next] == '{')
}

// csv says whether the file is a list with commas: quoted, with the type line
// of Export-Csv, or by its name.
func csv(p *page, name string) bool {
	lines := p.lines
	sure := begins(lines[0], "#TYPE ") || strings.HasSuffix(strings.ToLower(name), ".csv")
	if begins(lines[0], "#TYPE ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !sure && lines[0][0] != '"' {
		return false
	}
	columns := commas(lines[0])
	if columns == 0 {
		return false
	}
	for _, line := range lines[:min(len(lines), 5)] {
		if commas(line) != columns && !sure {
			return false
		}
	}
	return true
}

// commas counts the commas of line that stand outside quotes.
func commas(line []byte) (n int) {
	quoted := false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			n++
		}
	}
	return n
}
