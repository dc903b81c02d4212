package eventtext

import (
	"bytes"
	"regexp"
	"sync"
)

// A sentence is how Windows words an event, in English and Japanese, and what
// package evtx says instead: ${1} is what the expression captures.
type sentence struct {
	provider string
	id       uint32
	words    []string
	text     string
}

// sentences are the events that rules and the ledger read. What is not here
// keeps the words of Windows.
var sentences = []sentence{
	{"WindowsUpdateClient", 19, []string{
		`(?s)^Installation Successful: Windows successfully installed the following update: (.+?)[.。]?$`,
		`(?s)^インストールの成功: 次の更新プログラムが正しくインストールされました: (.+?)[.。]?$`,
	}, `Installation successful: ${1}`},
	{"WindowsUpdateClient", 20, []string{
		`(?s)^Installation Failure: Windows failed to install the following update with error (0x[0-9A-Fa-f]{8}): (.+?)[.。]?$`,
		`(?s)^インストールの失敗: エラー (0x[0-9A-Fa-f]{8})[^:]*: (.+?)[.。]?$`,
	}, `Installation failed with error ${1}: ${2}`},
	{"WindowsUpdateClient", 25, []string{
		`(?s)^Windows Update failed to check for updates with error (0x[0-9A-Fa-f]{8})\.?$`,
		`(?s)^(?:Windows Update で)?更新プログラムの確認に失敗しました。?[^0]*(0x[0-9A-Fa-f]{8})[^0-9A-Za-z]*$`,
	}, `Scan failed: checking for updates failed with error ${1}`},
	{"WindowsUpdateClient", 26, []string{
		`(?s)^Windows Update successfully found (\d+) updates?\.?$`,
		`(?s)^Windows Update で (\d+) 個の更新プログラムが(?:正常に)?(?:検出|見つか)[^\d]*$`,
	}, `Scan successful: ${1} updates found`},
	{"WindowsUpdateClient", 31, []string{
		`(?s)^Windows Update failed to download an update\.?$`,
		`(?s)^Windows Update で更新プログラムのダウンロードに失敗しました。?$`,
	}, `Download failed`},
	{"WindowsUpdateClient", 41, []string{
		`(?s)^An update was downloaded\.?$`,
	}, `Download successful`},
	{"WindowsUpdateClient", 43, []string{
		`(?s)^Installation Started: Windows has started installing the following update: (.+?)[.。]?$`,
		`(?s)^インストールの開始: (?:Windows は)?次の更新プログラムのインストールを開始しました: (.+?)[.。]?$`,
	}, `Installation started: ${1}`},
	{"WindowsUpdateClient", 44, []string{
		`(?s)^Windows Update started downloading an update\.?$`,
		`(?s)^Windows Update で更新プログラムのダウンロードを開始しました。?$`,
	}, `Download started`},
	{"Service Control Manager", 7000, []string{
		`(?s)^The (.+?) service failed to start due to the following error: *\s*(.+)$`,
		`(?s)^(.+?) サービスは、次のエラーが原因で開始できませんでした: *\s*(.+)$`,
	}, `Service ${1} did not start, error ${2}`},
	{"Service Control Manager", 7001, []string{
		`(?s)^The (.+?) service depends on the (.+?) service which failed to start because of the following error: *\s*(.+)$`,
		`(?s)^(.+?) サービスは、次のエラーが原因で開始できなかった (.+?) サービスに依存しています: *\s*(.+)$`,
	}, `Service ${1} did not start because service ${2}, on which it depends, did not, error ${3}`},
	{"Service Control Manager", 7003, []string{
		`(?s)^The (.+?) service depends on? ?the following service: (.+?)\. This service might not (?:be installed|be present)\.?$`,
		`(?s)^(.+?) サービスは次のサービスに依存しています: (.+?)。このサービスは(?:インストールされていない|存在しない)可能性があります。?$`,
	}, `Service ${1} depends on service ${2}, which does not exist or cannot run`},
	{"Service Control Manager", 7022, []string{
		`(?s)^The (.+?) service hung on starting\.?$`,
		`(?s)^(.+?) サービスは開始時にハングしました。?$`,
	}, `Service ${1} hung on starting`},
	{"Service Control Manager", 7023, []string{
		`(?s)^The (.+?) service terminated with the following error: *\s*(.+)$`,
		`(?s)^(.+?) サービスは、次のエラーで終了しました: *\s*(.+)$`,
	}, `Service ${1} ended with error ${2}`},
	{"Service Control Manager", 7024, []string{
		`(?s)^The (.+?) service terminated with the following service-specific error: *\s*(.+)$`,
		`(?s)^(.+?) サービスは、次のサービス固有エラーで終了しました: *\s*(.+)$`,
	}, `Service ${1} ended with its own error ${2}`},
	{"Service Control Manager", 7031, []string{
		`(?s)^The (.+?) service terminated unexpectedly\.\s+It has done this (\d+) time\(s\)\.\s+The following corrective action will be taken in (\d+) milliseconds: (.+?)\.?$`,
		`(?s)^(.+?) サービスは予期せぬ原因により終了しました。このサービスの強制終了は (\d+) 回目です。次の修正操作が (\d+) ミリ秒以内に実行されます: (.+?)。?$`,
	}, `Service ${1} ended unexpectedly, ${2} times by now; in ${3} ms: ${4}`},
	{"Service Control Manager", 7034, []string{
		`(?s)^The (.+?) service terminated unexpectedly\.\s+It has done this (\d+) time\(s\)\.?$`,
		`(?s)^(.+?) サービスは予期せぬ原因により終了しました。このサービスの強制終了は (\d+) 回目です。?$`,
	}, `Service ${1} ended unexpectedly, ${2} times by now`},
	{"Service Control Manager", 7036, []string{
		`(?s)^The (.+?) service entered the (.+?) state\.?$`,
		`(?s)^(.+?) サービスは (.+?) 状態に(?:移行し|入り|なり)ました。?$`,
	}, `Service ${1} entered the state: ${2}`},
	{"Service Control Manager", 7040, []string{
		`(?s)^The start type of the (.+?) service was changed from (.+?) to (.+?)\.?$`,
		`(?s)^(.+?) サービスの開始の種類は、?\s*(.+?) から (.+?) に変更されました。?$`,
	}, `Start type of service ${1} changed from ${2} to ${3}`},
	{"Bits-Client", 60, []string{
		`(?s)^BITS stopped transferring the (.+?) transfer job that is associated with the (\S+) URL\.\s+The status code is (0x[0-9A-Fa-f]+)\.?$`,
	}, `Transfer stopped: job ${1}, ${2}, status ${3}`},
	{"Bits-Client", 61, []string{
		`(?s)^BITS stopped transferring the (.+?) transfer job that is associated with the (\S+) URL\.\s+The status code is (0x[0-9A-Fa-f]+)\.?$`,
	}, `Transfer stopped with an error: job ${1}, ${2}, error ${3}`},
}

// worded is a sentence ready to be matched.
type worded struct {
	words []*regexp.Regexp
	text  []byte
}

type eventKey struct {
	provider string
	id       uint32
}

var wordings = sync.OnceValue(func() map[eventKey]worded {
	all := make(map[eventKey]worded, len(sentences))
	for _, s := range sentences {
		w := worded{text: []byte(s.text)}
		for _, re := range s.words {
			w.words = append(w.words, regexp.MustCompile(re))
		}
		all[eventKey{s.provider, s.id}] = w
	}
	return all
})

// faults are the words of Windows for the errors that a service does not start
// with, and the numbers that an event log keeps of them.
var faults = []struct{ en, ja, number string }{
	{"because it is disabled", "無効になっているか", "%%1058 (0x00000422)"},
	{"did not respond to the start or control request in a timely fashion", "制御要求に", "%%1053 (0x0000041d)"},
	{"due to a logon failure", "ログオンに失敗した", "%%1069 (0x0000042d)"},
	{"dependency service or group failed to start", "依存関係サービス", "%%1068 (0x0000042c)"},
}

// services are the names of services behind the titles that Windows shows.
var services = []struct{ title, name string }{
	{"Background Intelligent Transfer Service", "BITS"},
	{"Windows Update", "wuauserv"},
	{"Windows Modules Installer", "TrustedInstaller"},
	{"Update Orchestrator Service", "UsoSvc"},
	{"Delivery Optimization", "DoSvc"},
	{"配信の最適化", "DoSvc"},
	{"Cryptographic Services", "CryptSvc"},
	{"SMS Agent Host", "CcmExec"},
	{"WSUS Service", "WsusService"},
}

// complete puts the number behind an error that a service did not start with,
// and the name behind the title of one whose start type changed, as event logs
// hold them. The sentence begins at out[from].
func complete(out []byte, from int, id uint32) []byte {
	switch id {
	case 7000, 7001:
		i := bytes.LastIndex(out[from:], []byte(", error "))
		if i < 0 {
			return out
		}
		for _, f := range faults {
			if said := out[from+i:]; bytes.Contains(said, []byte(f.en)) || bytes.Contains(said, []byte(f.ja)) {
				return append(append(out[:from+i], ", error "...), f.number...)
			}
		}
	case 7040:
		rest, _ := bytes.CutPrefix(out[from:], []byte("Start type of service "))
		for _, s := range services {
			if bytes.HasPrefix(rest, []byte(s.title+" changed")) {
				return append(append(append(out, " [param4="...), s.name...), ']')
			}
		}
	}
	return out
}

// maxSentence is the longest message, in bytes, that is compared.
const maxSentence = 4096

// appendWording appends what an event says, in the words of package evtx where
// it is one of the sentences.
func appendWording(out []byte, provider string, id uint32, msg []byte) []byte {
	w, ok := wordings()[eventKey{provider, id}]
	if !ok || len(msg) > maxSentence {
		return append(out, msg...)
	}
	for _, re := range w.words {
		if at := re.FindSubmatchIndex(msg); at != nil {
			return complete(bytes.TrimRight(re.Expand(out, w.text, msg, at), " \r\n"), len(out), id)
		}
	}
	return append(out, msg...)
}
