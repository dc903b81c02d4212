package snapshot

import (
	"bytes"

	"patchtrail/ingest/scan"
)

// sign is how lines of one kind of snapshot begin, in any case of ASCII
// letters.
type sign struct {
	kind  Kind
	lines []string
	// with, where it is set, must stand in the file as well.
	with string
}

// signs are in no particular order but where two may begin one line: the first
// of them decides.
var signs = []sign{
	{kind: RegQuery, lines: []string{`HKEY_LOCAL_MACHINE\`, `HKEY_CURRENT_USER\`, `HKEY_USERS\`, `HKEY_CLASSES_ROOT\`,
		`HKEY_CURRENT_CONFIG\`, "! REG.EXE VERSION", "ERROR: The system was unable to find the specified registry key",
		"エラー: 指定されたレジストリ キーまたは値が見つかりません"}},
	{kind: GetItemProperty, lines: []string{"PSPath  ", "PSParentPath  "}, with: "Registry::"},
	{kind: GetItemProperty, lines: []string{"Hive: HKEY_", "ハイブ: HKEY_"}},
	{kind: GPResult, lines: []string{"Microsoft (R) Windows (R) Operating System Group Policy Result tool", "Group Policy Result tool",
		"Applied Group Policy Objects", "The following GPOs were not applied", "RSOP data for", "適用されたグループ ポリシー オブジェクト",
		"次の GPO は適用されませんでした", "次の GPO はフィルター"}},
	{kind: GPResult, lines: []string{"Microsoft (R) Windows (R) Operating System", "Microsoft(R) Windows(R) Operating System"}, with: "グループ ポリシー"},
	{kind: WinHTTPProxy, lines: []string{"Current WinHTTP proxy settings", "Current WinHTTP advanced proxy settings", "Direct access (no proxy server)",
		"現在の WinHTTP プロキシ設定", "現在の WinHTTP の高度なプロキシ", "直接アクセス (プロキシ"}},
	{kind: SCConfig, lines: []string{"[SC] QueryServiceConfig", "[SC] GetServiceConfig", "BINARY_PATH_NAME"}},
	{kind: SCConfig, lines: []string{"SERVICE_NAME:"}, with: "BINARY_PATH_NAME"},
	{kind: SCQuery, lines: []string{"SERVICE_NAME:", "[SC] EnumQueryServicesStatus", "[SC] OpenService", "[SC] ControlService", "[SC] StartService"}},
	{kind: GetService, lines: []string{"Status   Name ", "Status    Name "}, with: "DisplayName"},
	{kind: GetService, lines: []string{"ServiceName  ", "RequiredServices  ", "ServicesDependedOn  "}, with: "DisplayName"},
	{kind: IPConfig, lines: []string{"Windows IP Configuration", "Windows IP 構成", "IPv4 Address. .", "IPv4 アドレス . .", "IPv4 アドレス. ."}},
	{kind: SystemInfo, lines: []string{"Host Name:  "}, with: "OS Name:"},
	{kind: SystemInfo, lines: []string{"ホスト名:  "}, with: "OS 名:"},
	{kind: SystemInfo, lines: []string{"OS Name:  ", "OS 名:  ", `"Host Name","OS Name"`, `"ホスト名","OS 名"`}},
	{kind: SystemInfo, lines: []string{"OsName  ", "WindowsProductName  "}, with: "OsVersion"},
	{kind: NSLookup, lines: []string{"Server:  "}, with: "Address"},
	{kind: NSLookup, lines: []string{"サーバー:  "}, with: "Address"},
	{kind: NSLookup, lines: []string{"Non-authoritative answer:", "権限のない回答:", "DNS request timed out.", "*** Can't find server"}},
	{kind: NSLookup, lines: []string{"*** "}, with: "can't find"},
	{kind: NSLookup, lines: []string{"*** "}, with: "を見つけられません"},
	{kind: ResolveDNSName, lines: []string{"Name     "}, with: "QueryType"},
	{kind: ResolveDNSName, lines: []string{"Name     "}, with: "TTL   Section"},
	{kind: InvokeWebRequest, lines: []string{"StatusCode  "}, with: "StatusDescription"},
	{kind: InvokeWebRequest, lines: []string{"Invoke-WebRequest :", "Invoke-WebRequest:", "iwr :", "iwr:", "The remote server returned an error:",
		"Unable to connect to the remote server", "The remote name could not be resolved", "リモート サーバーがエラーを返しました",
		"リモート サーバーに接続できません", "リモート名を解決できませんでした"}},
	{kind: TestNetConnection, lines: []string{"ComputerName  "}, with: "TcpTestSucceeded"},
	{kind: WMIList, lines: []string{"__GENUS  ", "__CLASS  ", "__SERVER  "}},
	{kind: BITSAdmin, lines: []string{"BITSADMIN version", "GUID: {", "Listed 0 job(s).", "JobId  "}, with: "BITS"},
	{kind: BITSAdmin, lines: []string{"GUID: {"}, with: "DISPLAY:"},
	{kind: BITSAdmin, lines: []string{"JobId  "}, with: "TransferType"},
	{kind: Hotfixes, lines: []string{"Source  ", "Caption  ", "HotFixID  ", "Description  "}, with: "HotFixID"},
	{kind: SchTasks, lines: []string{`Folder: \`, `フォルダー: \`, "TaskName:  ", "タスク名:  ", `"HostName","TaskName"`, `"ホスト名","タスク名"`, `"TaskName","Next Run Time"`}},
	{kind: SchTasks, lines: []string{"TaskName  ", "TaskPath  "}, with: "State"},
	{kind: DISMPackages, lines: []string{"Package Identity :", "パッケージ ID :", "Package Identity  "}},
	{kind: DISMPackages, lines: []string{"Deployment Image Servicing and Management tool"}, with: "Package Identity"},
	{kind: DISMPackages, lines: []string{"展開イメージのサービスと管理ツール"}, with: "パッケージ ID"},
	{kind: DISM, lines: []string{"Deployment Image Servicing and Management tool", "展開イメージのサービスと管理ツール", "Image Version: 10."}},
	{kind: Dir, lines: []string{"Volume in drive ", "Directory of ", "ドライブ "}, with: "<DIR>"},
	{kind: Dir, lines: []string{"Volume in drive ", `Directory of \\`, "Volume Serial Number is", "ボリューム シリアル番号は"}},
	{kind: Dir, lines: []string{`Directory: `, `ディレクトリ: `, "Mode   "}, with: "LastWriteTime"},
	{kind: W32TM, lines: []string{"Leap Indicator:", "閏インジケーター:", "うるうインジケーター:", "Last Successful Sync Time:", "最終正常同期時刻:"}},
	{kind: W32TM, lines: []string{"[Configuration]", "[構成]"}, with: "NtpServer"},
	{kind: W32TM, lines: []string{"Tracking "}, with: "Collecting "},
	{kind: SLMgr, lines: []string{"Software licensing service version:", "ソフトウェア ライセンス サービスのバージョン:", "License Status:", "ライセンスの状態:"}},
	{kind: TaskList, lines: []string{"Image Name  ", "イメージ名  ", `"Image Name","PID"`}},
	{kind: TaskList, lines: []string{"Handles  "}, with: "ProcessName"},
	{kind: Robocopy, lines: []string{"ROBOCOPY     ::"}},
	{kind: Hosts, lines: []string{"# Copyright (c) 1993-"}, with: "HOSTS"},
}

// signed returns the kind whose sign comes first in the file.
func signed(p *page) Kind {
	for _, line := range p.lines {
		for i := range signs {
			if s := &signs[i]; s.begins(line) && (s.with == "" || bytes.Contains(p.head, []byte(s.with))) {
				return s.kind
			}
		}
		if mof(line) {
			return WMIMof
		}
	}
	return ""
}

func (s *sign) begins(line []byte) bool {
	for _, l := range s.lines {
		if begins(line, l) {
			return true
		}
	}
	return false
}

// begins says whether line begins with s, in any case of ASCII letters.
func begins(line []byte, s string) bool {
	if len(line) < len(s) {
		return false
	}
	for i := range len(s) {
		if lower(line[i]) != lower(s[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c-'A' <= 'Z'-'A' {
		c |= 0x20
	}
	return c
}

// mof says whether line begins an instance in MOF: "instance of X" or
// "instance of X {".
func mof(line []byte) bool {
	if !begins(line, "instance of ") {
		return false
	}
	name := bytes.TrimSpace(bytes.TrimSuffix(line[len("instance of "):], []byte("{")))
	return len(name) > 0 && bytes.IndexByte(name, ' ') < 0
}

// first returns the kinds that a file's first line decides.
func first(p *page) Kind {
	line := p.lines[0]
	if begins(line, "Windows Registry Editor Version ") || bytes.Equal(line, []byte("REGEDIT4")) {
		return RegistryExport
	}
	return ""
}

// commands are what the command behind a prompt begins with.
var commands = []struct {
	text string
	kind Kind
}{
	{"netsh winhttp", WinHTTPProxy}, {"reg query", RegQuery}, {"reg.exe query", RegQuery}, {"gpresult", GPResult},
	{"sc qc", SCConfig}, {"sc.exe qc", SCConfig}, {"sc sdshow", SCSecurity}, {"sc.exe sdshow", SCSecurity},
	{"sc query", SCQuery}, {"sc.exe query", SCQuery}, {"get-service", GetService}, {"ipconfig", IPConfig},
	{"systeminfo", SystemInfo}, {"nslookup", NSLookup}, {"resolve-dnsname", ResolveDNSName},
	{"invoke-webrequest", InvokeWebRequest}, {"iwr ", InvokeWebRequest}, {"test-netconnection", TestNetConnection},
	{"bitsadmin", BITSAdmin}, {"get-bitstransfer", BITSAdmin}, {"get-hotfix", Hotfixes}, {"wmic qfe", Hotfixes},
	{"wmic ", WMIList}, {"get-wmiobject", WMIList}, {"gwmi ", WMIList}, {"get-ciminstance", WMIList},
	{"get-itemproperty", GetItemProperty}, {"schtasks", SchTasks}, {"dism", DISM}, {"dir", Dir}, {"w32tm", W32TM},
	{"slmgr", SLMgr}, {"cscript slmgr", SLMgr}, {"tasklist", TaskList}, {"robocopy", Robocopy},
}

// commanded returns the kind of the command that a prompt shows.
func commanded(p *page) Kind {
	for _, c := range commands {
		if begins(p.command, c.text) {
			return c.kind
		}
	}
	return ""
}

// sddl knows a security descriptor, which is all that sc sdshow writes.
func sddl(p *page) Kind {
	if len(p.lines) > 10 {
		return ""
	}
	for _, line := range p.lines {
		if begins(line, "D:(") && bytes.Contains(line, []byte(";;")) && bytes.IndexByte(line, ')') > 0 {
			return SCSecurity
		}
	}
	return ""
}

// maxListed is how many lines of a list are looked at.
const maxListed = 40

// lists knows "Name=Value" and "Name : Value" with its colons in one column.
func lists(p *page) Kind {
	lines := p.lines[:min(len(p.lines), maxListed)]
	equal, columns := 0, map[int]int{}
	for _, line := range lines {
		n := 0
		for n < len(line) && (scan.Letter(line[n]) || scan.Digit(line[n]) || line[n] == '_') {
			n++
		}
		if n == 0 || n == len(line) {
			continue
		}
		if line[n] == '=' {
			equal++
			continue
		}
		if c := bytes.IndexByte(line, ':'); c > 0 && line[c-1] == ' ' && (c+1 == len(line) || line[c+1] == ' ') {
			columns[c]++
		}
	}
	most := 0
	for _, n := range columns {
		most = max(most, n)
	}
	switch {
	case equal >= 3 && equal == len(lines):
		return WMIList
	case most >= 2 && most*2 >= len(lines):
		return PropertyList
	}
	return ""
}

// tables knows sections with "Name=Value".
func tables(p *page) Kind {
	section := false
	for _, line := range p.lines {
		switch c := line[0]; {
		case c == ';' || c == '#':
		case c == '[':
			if line[len(line)-1] != ']' {
				return ""
			}
			section = true
		default:
			if section && bytes.IndexByte(line, '=') > 0 {
				return INI
			}
			return ""
		}
	}
	return ""
}
