package fact

import (
	"strconv"
	"strings"
)

// stateOf names a setting's state; "" where s is none.
func stateOf(s string) string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "enabled", "有効":
		return "enabled"
	case "disabled", "無効":
		return "disabled"
	case "not configured", "未構成":
		return "not-configured"
	}
	return ""
}

// isLocal reports whether a GPO's name is that of the machine's own policy.
func isLocal(gpo string) bool {
	switch strings.ToLower(strings.TrimSpace(gpo)) {
	case "local group policy", "localgpo", "local security policy", "local computer policy",
		"ローカル グループ ポリシー", "ローカル セキュリティ ポリシー", "ローカル コンピューター ポリシー":
		return true
	}
	return false
}

// maxPolicies bounds the settings that are kept of one machine.
const maxPolicies = 5000

// policy takes a setting of gpresult.
func (c *collector) policy(p Policy) {
	if len(c.Policies) >= maxPolicies || p.Name == "" && p.Key == "" {
		return
	}
	p.Local = isLocal(p.GPO)
	c.Policies = append(c.Policies, p)
	for _, part := range locationNames {
		if strings.Contains(strings.ToLower(p.Name), strings.ToLower(part)) && p.State != "disabled" {
			if u := p.Get("for detecting updates", "更新を検出する"); u != "" {
				c.updatePoint(u, GroupPolicy, p.Evidence)
			}
			if u := p.Get("statistics server", "統計サーバー"); u != "" {
				c.updatePoint(u, GroupStatistics, p.Evidence)
			}
			return
		}
	}
	switch low := strings.ToLower(`\` + p.Key); {
	case p.State == "disabled":
	case strings.HasSuffix(low, policyKey+`\wuserver`):
		c.updatePoint(p.Get("value"), GroupPolicy, p.Evidence)
	case strings.HasSuffix(low, policyKey+`\wustatusserver`):
		c.updatePoint(p.Get("value"), GroupStatistics, p.Evidence)
	}
}

func (c *collector) gpo(g GPO) {
	for _, have := range c.GPOs {
		if have.Name == g.Name && have.Applied == g.Applied {
			return
		}
	}
	if g.Name != "" && len(c.GPOs) < 2000 {
		c.GPOs = append(c.GPOs, g)
	}
}

// gpText reads the computer section of gpresult /R, /V and /Z.
type gpText struct {
	c     *collector
	where string // applied, denied or settings
	gpo   GPO
	cur   Policy
}

// none are what gpresult writes where a list is empty.
func none(t string) bool {
	switch t {
	case "N/A", "該当なし", "なし", "None":
		return true
	}
	return false
}

// gpresult reads the text form.
func (c *collector) gpresult(s *section) {
	g := gpText{c: c}
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		switch {
		case t == "" || dashes(t):
		case strings.HasPrefix(t, "USER SETTINGS"), strings.HasPrefix(t, "ユーザーの設定"), strings.HasPrefix(t, "ユーザー設定"):
			g.flush()
			g.where = "user"
		case strings.HasPrefix(t, "COMPUTER SETTINGS"), strings.HasPrefix(t, "コンピューターの設定"), strings.HasPrefix(t, "コンピューター設定"):
			g.flush()
			g.where = ""
		case g.where == "user":
		case strings.HasPrefix(t, "Applied Group Policy Objects"), strings.HasPrefix(t, "適用されたグループ ポリシー オブジェクト"):
			g.flush()
			g.where = "applied"
		case strings.HasPrefix(t, "The following GPOs were not applied"), strings.HasPrefix(t, "次の GPO は適用されませんでした"), strings.HasPrefix(t, "次の GPO はフィルター"):
			g.flush()
			g.where = "denied"
		case strings.HasPrefix(t, "Resultant Set Of Policies"), strings.HasPrefix(t, "ポリシーの結果セット"):
			g.flush()
			g.where = "settings"
		case strings.HasPrefix(t, "The computer is a part of"), strings.HasPrefix(t, "コンピューターは"), strings.HasPrefix(t, "このコンピューターは"):
			g.flush()
			g.where = ""
		default:
			g.line(t, l)
		}
	}
	g.flush()
}

func (g *gpText) line(t string, l line) {
	name, value, colon := strings.Cut(t, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch g.where {
	case "applied":
		if !none(t) {
			g.c.gpo(GPO{Name: t, Applied: true, Evidence: g.c.at(l)})
		}
	case "denied":
		if colon && (name == "Filtering" || strings.HasPrefix(name, "フィルター")) {
			g.gpo.Reason = value
			g.flush()
		} else if !colon && !none(t) {
			g.flush()
			g.gpo = GPO{Name: t, Evidence: g.c.at(l)}
		}
	case "settings":
		if !colon {
			return
		}
		switch name {
		case "GPO":
			g.flush()
			g.cur = Policy{GPO: value, Evidence: g.c.at(l)}
		case "Folder Id", "フォルダー ID", "KeyName", "キー名", "フォルダ ID":
			g.cur.Key = value
		case "Value", "値":
			g.cur.Values = append(g.cur.Values, Value{"value", numbers(value)})
		case "State", "状態":
			if g.cur.State = stateOf(value); g.cur.State != "" && g.cur.Key != "" {
				g.flush()
			}
		}
	}
}

func (g *gpText) flush() {
	if g.gpo.Name != "" {
		g.c.gpo(g.gpo)
	}
	if g.cur.Key != "" {
		g.c.policy(g.cur)
	}
	g.gpo, g.cur = GPO{}, Policy{GPO: g.cur.GPO, Evidence: g.cur.Evidence}
}

// numbers decodes "104, 0, 116, 0": a number of four bytes, else UTF-16LE.
func numbers(s string) string {
	var raw []byte
	for _, p := range strings.Split(s, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(p), 10, 8)
		if err != nil {
			return s
		}
		raw = append(raw, byte(n))
	}
	if len(raw) == 4 && (raw[1] != 0 || raw[2] == 0 && raw[3] == 0) {
		return strconv.FormatUint(uint64(raw[0])|uint64(raw[1])<<8|uint64(raw[2])<<16|uint64(raw[3])<<24, 10)
	}
	return wide(raw)
}
