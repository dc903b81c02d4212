package fact

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// systemLabels are the labels of systeminfo, English and Japanese.
var systemLabels = []struct{ label, means string }{
	{"Host Name", "name"}, {"ホスト名", "name"}, {"OS Name", "os"}, {"OS 名", "os"}, {"OS Version", "version"}, {"OS バージョン", "version"},
	{"Original Install Date", "installed"}, {"最初のインストール日付", "installed"}, {"System Boot Time", "booted"}, {"システム起動時間", "booted"},
	{"System Type", "type"}, {"システムの種類", "type"}, {"システムの種類 ", "type"}, {"System Locale", "locale"}, {"システム ロケール", "locale"},
	{"Time Zone", "zone"}, {"タイム ゾーン", "zone"}, {"タイムゾーン", "zone"}, {"Total Physical Memory", "memory"}, {"物理メモリの合計", "memory"},
	{"Domain", "domain"}, {"ドメイン", "domain"}, {"Hotfix(s)", "hotfix"}, {"ホットフィックス", "hotfix"},
	{"Network Card(s)", "card"}, {"ネットワーク カード", "card"},
}

// systeminfo reads its list.
func (c *collector) systeminfo(s *section) {
	last := ""
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		if t == "" {
			continue
		}
		if l.s[0] == ' ' || l.s[0] == '\t' {
			if last == "hotfix" {
				if _, kb, ok := strings.Cut(t, "]: "); ok {
					c.hotfix(firstWord(kb), "", "", c.at(l))
				}
			}
			continue
		}
		label, value, ok := strings.Cut(t, ":")
		if !ok {
			continue
		}
		last = ""
		for _, known := range systemLabels {
			if strings.TrimSpace(label) == known.label {
				last = known.means
				break
			}
		}
		c.systemValue(last, strings.TrimSpace(value), l)
	}
}

func (c *collector) systemValue(means, value string, l line) {
	e := c.at(l)
	switch means {
	case "name":
		c.Name.set(value, 3, e)
	case "os":
		c.OS.set(value, 4, e)
	case "version":
		c.Version.set(firstWord(value), 3, e)
		if i := strings.LastIndexByte(value, ' '); i > 0 {
			c.Build.set(value[i+1:], 2, e)
		}
	case "installed":
		c.Installed.set(value, 3, e)
	case "booted":
		c.Booted.set(value, 3, e)
	case "type":
		c.Architecture.set(value, 3, e)
	case "locale":
		c.Locale.set(value, 3, e)
	case "zone":
		c.TimeZone.set(value, 4, e)
	case "memory":
		c.Memory.set(value, 3, e)
	case "domain":
		c.Domain.set(value, 3, e)
	}
}

// systemObject takes systeminfo /fo csv and /fo table.
func (c *collector) systemObject(o *object) {
	for _, p := range o.props {
		for _, known := range systemLabels {
			if p.name != known.label {
				continue
			}
			if known.means == "hotfix" {
				for _, kb := range strings.FieldsFunc(p.value, func(r rune) bool { return r == ',' || r == ' ' }) {
					c.hotfix(kb, "", "", c.at(p.at))
				}
			} else {
				c.systemValue(known.means, p.value, p.at)
			}
			break
		}
	}
}

// said is a line that states a fact by itself.
type said struct {
	text  string // that the line holds
	fact  func(*Facts) *Fact
	value string // "" takes what stands behind the colon
	rank  int
}

func store(f *Facts) *Fact { return &f.ComponentStore }
func files(f *Facts) *Fact { return &f.SystemFiles }

// sayings are looked for in every line of the sections that are not of a
// command with a reader of its own. Of several checks the worst counts, by its
// rank; what was repaired had been damaged.
var sayings = []said{
	{"No component store corruption detected", store, "healthy", 1}, {"コンポーネント ストアの破損は検出されませんでした", store, "healthy", 1},
	{"The component store is repairable", store, "repairable", 2}, {"コンポーネント ストアは修復できます", store, "repairable", 2},
	{"コンポーネント ストアを修復できます", store, "repairable", 2},
	{"The component store cannot be repaired", store, "corrupt", 4}, {"コンポーネント ストアは修復できません", store, "corrupt", 4},
	{"The component store corruption was repaired", store, "repaired", 3}, {"コンポーネント ストアの破損が修復されました", store, "repaired", 3},
	{"The source files could not be found", store, "corrupt", 4}, {"ソース ファイルが見つかりませんでした", store, "corrupt", 4},
	{"did not find any integrity violations", files, "healthy", 1}, {"整合性違反を検出しませんでした", files, "healthy", 1},
	{"found corrupt files and successfully repaired", files, "repaired", 3}, {"正常に修復しました", files, "repaired", 3}, {"正常に修復されました", files, "repaired", 3},
	{"found corrupt files but was unable to fix some", files, "corrupt", 4}, {"一部は修復できませんでした", files, "corrupt", 4},
	{"一部のファイルを修復できませんでした", files, "corrupt", 4},
	{"License Status:", func(f *Facts) *Fact { return &f.Activation }, "", 1}, {"ライセンスの状態:", func(f *Facts) *Fact { return &f.Activation }, "", 1},
	{"Default Automatic Update Source:", func(f *Facts) *Fact { return &f.DefaultSource }, "", 1},
	{"Power Scheme GUID:", func(f *Facts) *Fact { return &f.PowerScheme }, "", 1}, {"電源設定の GUID:", func(f *Facts) *Fact { return &f.PowerScheme }, "", 1},
}

// sayingsIn returns those that text holds at all: most files hold none.
func sayingsIn(text []byte) []*said {
	var out []*said
	wide := bytes.IndexByte(text, 0xE3) >= 0 // begins every letter of kana
	for i := range sayings {
		s := &sayings[i]
		if (wide || s.text[0] < utf8.RuneSelf && s.text[len(s.text)-1] < utf8.RuneSelf) && bytes.Contains(text, []byte(s.text)) {
			out = append(out, s)
		}
	}
	return out
}

// saying takes what a line states by itself.
func (c *collector) saying(l line) {
	if t := strings.Trim(l.s, "=-*# \t"); t != "" {
		c.heading = clip(t)
	}
	for _, s := range c.sayings {
		at := strings.Index(l.s, s.text)
		if at < 0 {
			continue
		}
		value := s.value
		if value == "" {
			value = strings.TrimSpace(l.s[at+len(s.text):])
		}
		f := s.fact(c.Facts)
		f.set(value, s.rank, c.at(l))
		if f == &c.Activation {
			c.activated(value, l)
		}
		return
	}
	c.freeSpace(l)
}

// activated reads slmgr's license status.
func (c *collector) activated(value string, l line) {
	low := strings.ToLower(value)
	switch {
	case low == "licensed", strings.HasPrefix(value, "ライセンスされています"), strings.HasPrefix(value, "ライセンス済み"), strings.HasPrefix(value, "ライセンス認証済み"):
		c.Activated.set("yes", 2, c.at(l))
	case value != "":
		c.Activated.set("no", 2, c.at(l))
	}
}

// freeSpace reads the free bytes of fsutil volume diskfree; the drive is that
// of the command.
func (c *collector) freeSpace(l line) {
	t := strings.TrimSpace(l.s)
	total := strings.HasPrefix(t, "Total # of bytes") || strings.HasPrefix(t, "Total bytes") || strings.HasPrefix(t, "合計バイト数")
	free := strings.HasPrefix(t, "Total # of free bytes") || strings.HasPrefix(t, "Total free bytes") || strings.HasPrefix(t, "合計空きバイト数") || strings.HasPrefix(t, "空きバイト数の合計")
	if !total && !free || !foldPrefix(c.command.s, "fsutil") {
		return
	}
	value, _, _ := strings.Cut(afterColon(t), "(")
	n, ok := bytesOf(value)
	words := strings.Fields(c.command.s)
	if !ok || len(words) < 4 {
		return
	}
	d := Disk{Name: words[3], Evidence: []Evidence{c.at(l)}}
	if total {
		d.Size, d.SizeKnown = n, true
	} else {
		d.Free, d.FreeKnown = n, true
	}
	c.disk(d)
}

// w32tm reads the output of w32tm /query /status and /stripchart.
func (c *collector) w32tm(s *section) {
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		switch {
		case strings.HasPrefix(t, "Last Successful Sync Time:"), strings.HasPrefix(t, "最終正常同期時刻:"):
			c.TimeSynced.set(afterColon(t), 1, c.at(l))
		case strings.HasPrefix(t, "Source:"), strings.HasPrefix(t, "ソース:"):
			c.TimeSource.set(afterColon(t), 1, c.at(l))
		default:
			if v := timeOffset(t); v != "" {
				c.TimeOffset.set(v, 1, c.at(l))
			}
		}
	}
}

// timeOffset returns the seconds of a sample of w32tm /stripchart:
// "17:00:00, -07235.1234567s", without /dataonly "17:00:00 d:+00.0012s o:-00.0345s [ * ]".
func timeOffset(t string) string {
	if len(t) < 8 || t[0] < '0' || t[0] > '9' || !strings.Contains(t[:8], ":") {
		return ""
	}
	_, v, ok := strings.Cut(t, " o:")
	if !ok {
		_, v, ok = strings.Cut(t, ", ")
	}
	v, unit := firstWord(v), ""
	v, unit, _ = strings.Cut(v, "s")
	if n, err := strconv.ParseFloat(v, 64); ok && unit == "" && err == nil && (v[0] == '-' || v[0] == '+') {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return ""
}

// listing reads dir: the free bytes of its volume, and what lies in
// SoftwareDistribution\Download.
func (c *collector) listing(s *section) {
	drive, download, sum := "", false, int64(0)
	var at line
	end := func() {
		if download && at.n > 0 {
			c.DownloadFolder.set(strconv.FormatInt(sum, 10), 0, c.at(at))
		}
		download, sum, at = false, 0, line{}
	}
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		low := strings.ToLower(t)
		switch {
		case strings.HasPrefix(low, "directory of "), strings.HasSuffix(t, " のディレクトリ"), strings.HasPrefix(low, "directory: "):
			path := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(low, "directory of "), "directory: "), " のディレクトリ")
			if len(path) > 1 && path[1] == ':' {
				drive = path[:1]
			}
			if !strings.Contains(path, `\softwaredistribution\download`) {
				end()
			} else if !download {
				download, at = true, l
			}
		case strings.HasSuffix(low, "bytes free"), strings.HasSuffix(t, "バイトの空き領域"):
			c.dirFree(drive, t, l)
		case download:
			sum += fileSize(t)
		}
	}
	end()
}

// dirFree reads "3 Dir(s)  123,456 bytes free" and its Japanese form.
func (c *collector) dirFree(drive, t string, l line) {
	t = strings.TrimSuffix(strings.TrimSuffix(t, " bytes free"), "バイトの空き領域")
	words := strings.Fields(t)
	if len(words) == 0 {
		return
	}
	if n, ok := bytesOf(words[len(words)-1]); ok {
		c.disk(Disk{Name: drive, Free: n, FreeKnown: true, Evidence: []Evidence{c.at(l)}})
	}
}

// fileSize returns the size of a file in a line of dir: "03/18/2025  01:02 AM
//
//	1,234 name", 0 in other lines.
func fileSize(t string) int64 {
	w := strings.Fields(t)
	if len(w) > 0 && len(w[0]) >= 5 && len(w[0]) <= 6 && strings.HasPrefix(w[0], "-") {
		w = w[1:] // the mode that PowerShell writes first
	}
	if len(w) < 4 || !strings.ContainsAny(w[0], "/-.") || !strings.Contains(w[1], ":") {
		return 0
	}
	size := w[2]
	if (size == "AM" || size == "PM") && len(w) > 4 {
		size = w[3]
	}
	n, ok := bytesOf(size)
	if !ok || n > 1<<50 {
		return 0
	}
	return n
}
