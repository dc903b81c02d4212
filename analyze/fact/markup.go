package fact

import (
	"bytes"
	"html"
	"strings"
)

// markup calls fn for every tag and every text of HTML or XML, whole or not.
// A tag comes by its local name, as it is written; self is set for <x/>.
func markup(text []byte, tag func(name string, closing, self bool, n int), content func(s string, n int)) {
	n := 1
	for len(text) > 0 {
		i := bytes.IndexByte(text, '<')
		if i != 0 {
			end := i
			if i < 0 {
				end = len(text)
			}
			chunk := text[:end]
			if t := bytes.TrimSpace(chunk); len(t) > 0 {
				lead := bytes.Index(chunk, t)
				content(strings.Join(strings.Fields(html.UnescapeString(string(t))), " "), n+bytes.Count(chunk[:lead], newline))
			}
			n += bytes.Count(chunk, newline)
			text = text[end:]
			continue
		}
		if bytes.HasPrefix(text, []byte("<!--")) {
			end := bytes.Index(text, []byte("-->"))
			if end < 0 {
				return
			}
			n += bytes.Count(text[:end], newline)
			text = text[end+3:]
			continue
		}
		end := bytes.IndexByte(text, '>')
		if end < 0 {
			return
		}
		name := text[1:end]
		closing := bytes.HasPrefix(name, []byte("/"))
		self := bytes.HasSuffix(name, []byte("/"))
		name = bytes.TrimPrefix(name, []byte("/"))
		if cut := bytes.IndexAny(name, " \t\r\n/"); cut >= 0 {
			name = name[:cut]
		}
		if colon := bytes.LastIndexByte(name, ':'); colon >= 0 {
			name = name[colon+1:]
		}
		n += bytes.Count(text[:end], newline)
		text = text[end+1:]
		tag(string(name), closing, self, n)
		if low := strings.ToLower(string(name)); !closing && (low == "script" || low == "style") {
			i := endOf(text, low)
			n += bytes.Count(text[:i], newline)
			text = text[i:]
		}
	}
}

var newline = []byte{'\n'}

// endOf returns where the end tag of a script or style begins, the end of text
// if it has none.
func endOf(text []byte, name string) int {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte("</"))
		if i < 0 {
			return len(text)
		}
		at += i
		if rest := text[at+2:]; len(rest) >= len(name) && bytes.EqualFold(rest[:len(name)], []byte(name)) {
			return at
		}
		at += 2
	}
}

// page reads the rows of the tables of an HTML report.
type page struct {
	c     *collector
	cells []line
	open  bool
	where string // applied, denied or user
	cur   Policy
	gpo   GPO
}

// html reads gpresult /H and MDMDiagReport.html.
func (c *collector) html(text []byte) {
	p := page{c: c}
	markup(text, p.tag, p.text)
	p.row()
	p.flush()
}

func (p *page) tag(name string, closing, _ bool, n int) {
	switch strings.ToLower(name) {
	case "td", "th":
		p.open = !closing
		if !closing && len(p.cells) < 64 {
			p.cells = append(p.cells, line{n: n})
		}
	case "tr", "table", "div":
		p.row()
		p.open = false
	}
}

// headings begin and end the parts of a report.
var headings = map[string]string{
	"Applied GPOs": "applied", "適用された GPO": "applied", "適用済みの GPO": "applied", "Denied GPOs": "denied", "拒否された GPO": "denied",
	"User Details": "user", "ユーザーの詳細": "user", "User Configuration": "user", "ユーザーの構成": "user",
	"Computer Details": "", "コンピューターの詳細": "", "Computer Configuration": "", "コンピューターの構成": "",
	"Settings": "", "設定": "", "Security Group Membership when Group Policy was applied": "", "WMI Filters": "", "WMI フィルター": "",
}

func (p *page) text(s string, n int) {
	if !p.open {
		if where, ok := headings[s]; ok && (p.where != "user" || strings.HasPrefix(s, "Computer") || strings.HasPrefix(s, "コンピューター")) {
			p.flush()
			p.where = where
		} else if name, rest, ok := strings.Cut(s, " [{"); ok && strings.HasSuffix(rest, "}]") {
			p.named(name, n)
		} else if name, ok := strings.CutSuffix(s, " [LocalGPO]"); ok {
			p.named(name, n)
		}
	}
	if p.open && len(p.cells) > 0 {
		c := &p.cells[len(p.cells)-1]
		if c.s == "" {
			c.n = n
		}
		if len(c.s) < maxValue {
			c.s = strings.TrimSpace(c.s + " " + s)
		}
	}
}

// named takes the heading of a GPO of newer reports: "Name [{id}]".
func (p *page) named(name string, n int) {
	if p.where == "applied" || p.where == "denied" {
		p.flush()
		p.gpo = GPO{Name: name, Applied: p.where == "applied", Evidence: p.c.at(line{n, name})}
	}
}

// row takes the cells since the row began.
func (p *page) row() {
	cells := p.cells
	p.cells = nil
	if len(cells) == 0 || cells[0].s == "" && len(cells) < 2 {
		return
	}
	text := func(i int) string {
		if i < len(cells) {
			return cells[i].s
		}
		return ""
	}
	switch {
	case p.where == "user":
	case len(cells) >= 3 && stateOf(text(1)) != "":
		p.flush()
		p.cur = Policy{Name: text(0), State: stateOf(text(1)), GPO: text(2), Evidence: p.c.at(line{cells[0].n, text(0) + " | " + text(1) + " | " + text(2)})}
	case len(cells) >= 4 && text(0) == "Update":
		p.c.registryValue(RegistryValue{mdmKey, text(1), "", text(3), p.c.at(line{cells[1].n, text(1) + " | " + text(3)})})
	case len(cells) == 2 && p.gpo.Name != "":
		if text(0) == "Reason Denied" || strings.HasPrefix(text(0), "拒否") {
			p.gpo.Reason = text(1)
		}
	case len(cells) == 2 && p.cur.Name != "" && text(1) != "":
		if len(p.cur.Values) < 200 {
			p.cur.Values = append(p.cur.Values, Value{text(0), text(1)})
			if strings.Contains(text(1), "://") {
				p.cur.Evidence.Text = clip(p.cur.Evidence.Text + " | " + text(0) + " " + text(1))
			}
		}
	case p.where == "applied" && len(cells) >= 2 && text(0) != "Name" && text(0) != "名前" && p.gpo.Name == "":
		p.c.gpo(GPO{Name: text(0), Applied: true, Evidence: p.c.at(cells[0])})
	case p.where == "denied" && len(cells) >= 3 && text(0) != "Name" && text(0) != "名前" && p.gpo.Name == "":
		p.c.gpo(GPO{Name: text(0), Reason: text(2), Evidence: p.c.at(cells[0])})
	}
}

func (p *page) flush() {
	if p.cur.Name != "" {
		p.c.policy(p.cur)
	}
	if p.gpo.Name != "" {
		p.c.gpo(p.gpo)
	}
	p.cur, p.gpo = Policy{}, GPO{}
}

// mdmKey is where Windows keeps what MDM says of updates.
const mdmKey = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\PolicyManager\current\device\Update`

// tree reads the elements of an XML report by their path.
type tree struct {
	c     *collector
	stack []string
	leaf  string // text of the element that is open
	at    int

	policy     *Policy
	precedence string
	values     Value
	gpo        *GPO
	gpoID      string
	denied     bool
	names      map[string]string // of GPOs by identifier
	held       []Policy
	area       string
}

const maxDepth = 200

// xml reads gpresult /X, SetupDiagResults.xml and MDMDiagReport.xml.
func (c *collector) xml(text []byte) {
	t := tree{c: c, names: map[string]string{}}
	markup(text, t.tag, func(s string, n int) {
		if len(t.leaf) < maxValue {
			t.leaf, t.at = strings.TrimSpace(t.leaf+" "+s), n
		}
	})
	for _, p := range t.held {
		if name := t.names[strings.ToLower(p.GPO)]; name != "" {
			p.GPO = name
		}
		c.policy(p)
	}
}

func (t *tree) parent(up int) string {
	if i := len(t.stack) - 1 - up; i >= 0 {
		return t.stack[i]
	}
	return ""
}

func (t *tree) inside(name string) bool {
	for _, s := range t.stack {
		if s == name {
			return true
		}
	}
	return false
}

func (t *tree) tag(name string, closing, self bool, n int) {
	if self || strings.HasPrefix(name, "?") || strings.HasPrefix(name, "!") {
		return
	}
	written := name
	name = strings.ToLower(name)
	if !closing {
		if len(t.stack) < maxDepth {
			t.stack = append(t.stack, name)
		}
		t.leaf, t.at = "", n
		switch {
		case name == "policy" && t.policy == nil && !t.inside("userresults"):
			t.policy, t.precedence = &Policy{}, ""
			t.policy.Evidence = t.c.at(line{n, "Policy"})
		case name == "gpo" && t.parent(1) == "computerresults":
			t.gpo, t.gpoID, t.denied = &GPO{Evidence: t.c.at(line{n, "GPO"})}, "", false
		}
		return
	}
	for len(t.stack) > 0 && t.parent(0) != name {
		t.stack = t.stack[:len(t.stack)-1]
	}
	t.close(name, written)
	if len(t.stack) > 0 {
		t.stack = t.stack[:len(t.stack)-1]
	}
	t.leaf = ""
}

// close takes what an element held; written is its name as it stands.
func (t *tree) close(name, written string) {
	switch {
	case t.policy != nil:
		t.closePolicy(name)
	case t.gpo != nil:
		t.closeGPO(name)
	case t.parent(1) == "area":
		if name == "policyareaname" {
			t.area = t.leaf
		} else if t.area == "Update" && t.leaf != "" {
			t.c.registryValue(RegistryValue{mdmKey, written, "", t.leaf, t.c.at(line{t.at, written + " " + t.leaf})})
		}
	case name == "area":
		t.area = ""
	case t.inside("setupdiag"):
		t.c.setupDiagValue(name, RegistryValue{Data: t.leaf, Evidence: t.c.at(line{t.at, name + ": " + t.leaf})})
	}
}

func (t *tree) closePolicy(name string) {
	p := t.policy
	switch {
	case name == "policy":
		if t.precedence == "" || t.precedence == "1" {
			if len(t.held) < maxPolicies {
				t.held = append(t.held, *p)
			}
		}
		t.policy = nil
	case name == "name" && t.parent(1) == "policy":
		p.Name = t.leaf
		p.Evidence = t.c.at(line{t.at, t.leaf})
	case name == "state" && t.parent(1) == "policy":
		p.State = stateOf(t.leaf)
	case name == "precedence":
		t.precedence = t.leaf
	case name == "identifier" && t.parent(1) == "gpo":
		p.GPO = t.leaf
	case name == "name" && t.parent(1) == "value":
		t.values.Value = t.leaf
	case name == "name":
		t.values.Name = t.leaf
	case name == "value" && t.leaf != "":
		t.values.Value = t.leaf
	case name == "edittext", name == "numeric", name == "dropdownlist", name == "checkbox":
		if t.values.Name != "" && len(p.Values) < 200 {
			p.Values = append(p.Values, t.values)
		}
		t.values = Value{}
	case name == "state" && t.parent(1) == "checkbox":
		t.values.Value = t.leaf
	}
}

func (t *tree) closeGPO(name string) {
	switch {
	case name == "gpo":
		t.gpo.Applied = !t.denied
		t.c.gpo(*t.gpo)
		if t.gpoID != "" {
			t.names[strings.ToLower(t.gpoID)] = t.gpo.Name
		}
		t.gpo = nil
	case name == "name" && t.parent(1) == "gpo":
		t.gpo.Name = t.leaf
		t.gpo.Evidence = t.c.at(line{t.at, t.leaf})
	case name == "identifier":
		t.gpoID = t.leaf
	case name == "enabled" && t.parent(1) == "gpo", name == "isvalid", name == "filterallowed":
		if t.leaf == "false" {
			t.denied = true
			t.gpo.Reason = strings.TrimSpace(t.gpo.Reason + " " + name + "=false")
		}
	case name == "accessdenied":
		if t.leaf == "true" {
			t.denied = true
			t.gpo.Reason = strings.TrimSpace(t.gpo.Reason + " " + name)
		}
	}
}
