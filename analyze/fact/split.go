package fact

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// line is one physical line without its end and without blanks behind it.
type line struct {
	n int // 1-based
	s string
}

// lines cuts text into lines, one a call.
type lines struct {
	text []byte
	n    int
}

// next returns the next line as bytes; WMIC's doubled CR goes with the end.
func (l *lines) next() (s []byte, n int, ok bool) {
	if len(l.text) == 0 {
		return nil, 0, false
	}
	l.n++
	end := bytes.IndexByte(l.text, '\n')
	if end < 0 {
		s, l.text = l.text, nil
	} else {
		s, l.text = l.text[:end], l.text[end+1:]
	}
	if l.n == 1 {
		s = bytes.TrimPrefix(s, []byte("\uFEFF"))
	}
	return bytes.TrimRight(s, "\r\t "), l.n, true
}

// maxText is how much of a line evidence quotes, in bytes.
const maxText = 512

// clip cuts s to what evidence quotes.
func clip(s string) string {
	s = strings.TrimSpace(s)
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// kind is what wrote a section.
type kind int

const (
	objects kind = iota // anything that is a list, a table or prose
	registry
	proxy
	control // sc.exe
	ipconfig
	systeminfo
	lookup
	web
	gptext
	setupdiag
	clock
	listing
	transfers // bitsadmin
)

// section is the output of one command within a file.
type section struct {
	kind    kind
	command line // as a prompt or heading shows it; n is 0 where none does
	lines   []line
}

// starts are how the first line of a command's output begins, blanks left out.
var starts = []struct {
	kind  kind
	begin string
	with  string // must stand in the line as well
}{
	{registry, "Windows Registry Editor Version", ""}, {registry, "REGEDIT4", ""}, {registry, `HKEY_`, `\`},
	{registry, "! REG.EXE VERSION", ""},
	{proxy, "Current WinHTTP ", "proxy settings"}, {proxy, "現在の WinHTTP ", "プロキシ"},
	{control, "SERVICE_NAME:", ""}, {control, "[SC] ", ""},
	{ipconfig, "Windows IP Configuration", ""}, {ipconfig, "Windows IP 構成", ""},
	{systeminfo, "Host Name:  ", ""}, {systeminfo, "ホスト名:  ", ""}, {systeminfo, "OS Name:  ", ""}, {systeminfo, "OS 名:  ", ""},
	{lookup, "Server:  ", ""}, {lookup, "サーバー:  ", ""}, {lookup, "DNS request timed out", ""},
	{lookup, "*** ", "can't find"}, {lookup, "*** ", "Can't find"}, {lookup, "*** ", "を見つけられません"},
	{lookup, "Non-authoritative answer:", ""}, {lookup, "権限のない回答:", ""}, {lookup, "Resolve-DnsName :", ""},
	{web, "Invoke-WebRequest", ":"}, {web, "iwr :", ""}, {web, "Invoke-RestMethod", ":"},
	{web, "StatusCode  ", ":"}, {web, "The remote server returned an error", ""}, {web, "リモート サーバーがエラーを返しました", ""},
	{web, "Unable to connect to the remote server", ""}, {web, "リモート サーバーに接続できません", ""},
	{web, "The remote name could not be resolved", ""}, {web, "リモート名を解決できませんでした", ""},
	{gptext, "Microsoft (R) Windows (R) Operating System Group Policy", ""}, {gptext, "Microsoft (R) Windows (R) Operating System グループ ポリシー", ""},
	{gptext, "Group Policy Result tool", ""}, {gptext, "RSOP data for", ""}, {gptext, "COMPUTER SETTINGS", ""}, {gptext, "コンピューターの設定", ""},
	{gptext, "Applied Group Policy Objects", ""}, {gptext, "適用されたグループ ポリシー オブジェクト", ""},
	{setupdiag, "SetupDiag version:", ""}, {setupdiag, "Matching Profile found:", ""},
	{clock, "Leap Indicator:", ""}, {clock, "閏インジケーター:", ""}, {clock, "うるうインジケーター:", ""}, {clock, "Tracking ", "["},
	{clock, "The current time is ", ""},
	{listing, "Volume in drive ", ""}, {listing, "Directory of ", ""}, {listing, "ドライブ ", "ボリューム"}, {listing, "Directory: ", ""}, {listing, "ディレクトリ: ", ""},
	{transfers, "BITSADMIN version", ""}, {transfers, "GUID: {", "DISPLAY: "},
	{objects, "Deployment Image Servicing and Management tool", ""}, {objects, "展開イメージのサービスと管理ツール", ""},
	{objects, "Software licensing service version:", ""}, {objects, "ソフトウェア ライセンス サービスのバージョン:", ""},
}

// startBytes are the first bytes of starts, commandBytes those of commands in
// both cases: most lines begin with no such byte.
var startBytes, commandBytes = firstBytes()

func firstBytes() (start, command [256]bool) {
	for _, s := range starts {
		start[s.begin[0]] = true
	}
	for _, c := range commands {
		command[c.begin[0]], command[c.begin[0]-'a'+'A'] = true, true
	}
	return start, command
}

// startOf returns what writes a line like s.
func startOf(s string) (kind, bool) {
	if s == "" || !startBytes[s[0]] {
		return objects, false
	}
	for i := range starts {
		st := &starts[i]
		if st.begin[0] == s[0] && strings.HasPrefix(s, st.begin) && (st.with == "" || strings.Contains(s, st.with)) {
			return st.kind, true
		}
	}
	return objects, false
}

// commands are how commands begin that a prompt or a heading shows.
var commands = []struct {
	begin string
	kind  kind
}{
	{"netsh winhttp", proxy}, {"netsh.exe winhttp", proxy}, {"reg query", registry}, {"reg.exe query", registry},
	{"sc query", control}, {"sc qc", control}, {"sc start", control}, {"sc.exe q", control}, {"ipconfig", ipconfig}, {"systeminfo", systeminfo},
	{"nslookup", lookup}, {"resolve-dnsname", lookup}, {"invoke-webrequest", web}, {"iwr ", web}, {"curl ", web}, {"gpresult", gptext},
	{"bitsadmin", transfers}, {"bitsadmin.exe", transfers}, {"w32tm", clock}, {"dir ", listing}, {"get-childitem", objects}, {"get-service", objects}, {"get-wmiobject", objects},
	{"gwmi ", objects}, {"get-ciminstance", objects}, {"wmic ", objects}, {"get-itemproperty", objects}, {"get-hotfix", objects},
	{"dism", objects}, {"sfc ", objects}, {"cscript", objects}, {"slmgr", objects}, {"test-netconnection", objects}, {"tnc ", objects},
	{"powercfg", objects}, {"fsutil", objects}, {"get-volume", objects}, {"get-computerinfo", objects},
}

// promptOf returns the command behind a prompt (C:\>command, PS C:\> command)
// or in a heading made of nothing else ("==== netsh winhttp show proxy ====").
func promptOf(s string) (command string, k kind, ok bool) {
	t := strings.TrimPrefix(s, "PS ")
	if len(t) > 3 && t[1] == ':' && t[2] == '\\' && letter(t[0]) {
		if i := strings.IndexByte(t, '>'); i > 0 && !strings.ContainsAny(t[3:i], `:"|*?<`) {
			command = strings.TrimSpace(t[i+1:])
			k, _ = commandOf(command)
			return command, k, true
		}
	}
	if len(s) > 300 {
		return "", objects, false
	}
	command = strings.Trim(s, "=-#*>$ \t")
	if k, ok = commandOf(command); ok && !strings.Contains(command, " : ") && !strings.Contains(command, ": ") {
		return command, k, true
	}
	return "", objects, false
}

func commandOf(command string) (kind, bool) {
	command = strings.TrimPrefix(command, "(")
	if command == "" || !commandBytes[command[0]] {
		return objects, false
	}
	for _, c := range commands {
		if foldPrefix(command, c.begin) {
			return c.kind, true
		}
	}
	return objects, false
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// foldPrefix reports whether s begins with prefix, which is in lower case.
func foldPrefix(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// maxLines bounds a section; only listings of huge trees are longer.
const maxLines = 200_000

// maxLine bounds a line, in bytes; policy in XML is the longest that matters.
const maxLine = 1 << 20

// split calls emit with the sections of text in order. Lines of the registry
// are not kept but go to reg one by one: an export may have a million of them.
func split(text []byte, reg *regReader, emit func(*section)) {
	l := lines{text: text}
	cur := &section{}
	flush := func(k kind, command line) {
		if len(cur.lines) > 0 || cur.command.n > 0 {
			emit(cur)
		}
		reg.end()
		cur = &section{kind: k, command: command}
	}
	for {
		b, n, ok := l.next()
		if !ok {
			break
		}
		if cur.kind == registry && reg.skip(b) {
			continue
		}
		s := string(b[:min(len(b), maxLine)])
		trimmed := strings.TrimLeft(s, " \t")
		if command, k, ok := promptOf(trimmed); ok {
			flush(k, line{n, command})
			continue
		}
		if k, ok := startOf(trimmed); ok && k != cur.kind {
			command := cur.command
			if len(cur.lines) > 0 {
				command = line{}
			} else {
				cur.command = line{}
			}
			flush(k, command)
		} else if cur.kind == registry && reg.foreign(s) {
			flush(objects, line{})
		}
		switch {
		case cur.kind == registry:
			reg.line(line{n, s}, cur.command)
		case len(cur.lines) < maxLines && (s != "" || len(cur.lines) > 0):
			cur.lines = append(cur.lines, line{n, s})
		}
	}
	flush(objects, line{})
}
