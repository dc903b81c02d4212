// Package words is the words of the window in English and Japanese.
package words

import (
	"fmt"
	"strconv"
	"strings"

	"patchtrail/analyze/lang"
)

// T returns the sentence of a key in a language, its places {0}, {1} ...
// filled; keys that the window has not itself are looked up in package lang.
func T(l lang.Lang, key string, args ...any) string {
	pair, ok := table[key]
	if !ok {
		return l.T(key, args...)
	}
	text := pair[0]
	if l == lang.Japanese {
		text = pair[1]
	}
	for i, a := range args {
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i)+"}", fmt.Sprint(a))
	}
	return text
}

// Count writes n with its thousands parted: 3,337,003.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Bytes writes a length with the unit that suits it: 12.3 MB.
func Bytes(n int64) string {
	f, unit := float64(n), 0
	for f >= 1000 && unit < 4 {
		f, unit = f/1000, unit+1
	}
	name := [...]string{"B", "kB", "MB", "GB", "TB"}[unit]
	if unit == 0 {
		return fmt.Sprintf("%d %s", n, name)
	}
	return fmt.Sprintf("%.1f %s", f, name)
}

// table is English and Japanese of each key, as Microsoft's Japanese products
// word it.
var table = map[string][2]string{
	"app.title":       {"PatchTrail", "PatchTrail"},
	"app.title-of":    {"{0} - PatchTrail", "{0} - PatchTrail"},
	"app.drop":        {"Drop a zip, a folder or logs here: one true timeline of all of them.", "zip、フォルダー、ログをここにドロップすると、すべてを 1 つの正しいタイムラインにまとめます。"},
	"app.offline":     {"Nothing leaves this machine.", "データがこのコンピューターの外に出ることはありません。"},
	"app.open":        {"Open", "開く"},
	"app.open-file":   {"Open bundle...", "バンドルを開く..."},
	"app.open-folder": {"Open folder...", "フォルダーを開く..."},
	"app.export":      {"Export", "エクスポート"},
	"app.export-html": {"Save HTML...", "HTML を保存..."},
	"app.quit":        {"Quit", "終了"},
	"app.more":        {"{0} and {1} more", "{0} ほか {1} 件"},
	"app.failed":      {"Nothing could be read", "読み取れませんでした"},

	"menu.file":       {"File", "ファイル"},
	"menu.view":       {"View", "表示"},
	"menu.go":         {"Go", "移動"},
	"menu.light":      {"Light", "ライト"},
	"menu.dark":       {"Dark", "ダーク"},
	"menu.system":     {"As the system", "システムに合わせる"},
	"menu.find":       {"Find", "検索"},
	"menu.next-match": {"Next match (F3)", "次の一致 (F3)"},
	"menu.prev-match": {"Previous match (Shift+F3)", "前の一致 (Shift+F3)"},
	"menu.next-error": {"Next error (F8)", "次のエラー (F8)"},
	"menu.prev-error": {"Previous error (Shift+F8)", "前のエラー (Shift+F8)"},
	"menu.cancel":     {"Cancel reading (Escape)", "読み取りを中止 (Escape)"},

	"hint.open":     {"Open a bundle ({0})", "バンドルを開く ({0})"},
	"hint.export":   {"Save the findings as an HTML page ({0})", "結果を HTML ページとして保存 ({0})"},
	"hint.cancel":   {"Stop reading (Escape)", "読み取りを中止 (Escape)"},
	"hint.problems": {"What could not be read", "読み取れなかったもの"},
	"hint.copy":     {"Copy the whole record", "レコード全体をコピー"},

	"reading.begin":   {"Reading {0}", "{0} を読み取り中"},
	"reading.percent": {"{0} of {1}  ·  {2} %  ·  {3} records", "{1} 中 {0}  ·  {2} %  ·  {3} レコード"},
	"reading.cancel":  {"Cancel", "中止"},
	"reading.more":    {"Show {0} new records", "新しい {0} レコードを表示"},
	"reading.whole":   {"Show the finished timeline", "完成したタイムラインを表示"},

	"filter.place":   {"Filter by text", "テキストで絞り込み"},
	"filter.count":   {"{0} matches", "{0} 件一致"},
	"filter.running": {"{0} matches...", "{0} 件一致..."},
	"filter.all":     {"All rows", "すべての行"},

	"zone.customer":           {"Customer {0}", "お客様 {0}"},
	"zone.customer-many":      {"Customer, by machine", "お客様 (コンピューター別)"},
	"zone.utc":                {"UTC", "UTC"},
	"zone.mine":               {"Mine {0}", "自分 {0}"},
	"zone.ccm-logs":           {"from CCM logs", "CCM ログより"},
	"zone.reporting-events":   {"from ReportingEvents.log", "ReportingEvents.log より"},
	"zone.trace":              {"from a trace", "トレースより"},
	"zone.system-information": {"from system information", "システム情報より"},
	"zone.user":               {"given by you", "指定値"},
	"zone.assumed":            {"assumed", "推定"},

	"column.time":      {"Time", "時刻"},
	"column.level":     {"Level", "レベル"},
	"column.machine":   {"Machine", "コンピューター"},
	"column.component": {"Component", "コンポーネント"},
	"column.message":   {"Message", "メッセージ"},
	"level.verbose":    {"Verbose", "詳細"},
	"level.info":       {"Info", "情報"},
	"level.warning":    {"Warning", "警告"},
	"level.error":      {"Error", "エラー"},
	"row.one-more":     {"+1 line", "他 1 行"},
	"row.more":         {"+{0} lines", "他 {0} 行"},

	"detail.none":     {"Choose a record to read all of it here.", "レコードを選ぶと、ここに全文を表示します。"},
	"detail.line":     {"line {0}", "{0} 行目"},
	"detail.thread":   {"thread {0}", "スレッド {0}"},
	"detail.untimed":  {"no time of its own", "固有の時刻なし"},
	"detail.fragment": {"part of a record", "レコードの断片"},
	"detail.cut":      {"cut at the limit of one record's length", "レコード長の上限で切り詰め"},
	"detail.assumed":  {"zone assumed", "タイム ゾーンは推定"},
	"detail.copy":     {"Copy", "コピー"},
	"detail.part":     {"Part {0} of {1}", "{0} / {1}"},

	"status.records":     {"{0} records", "{0} レコード"},
	"status.shown":       {"{0} of {1} records", "{1} レコード中 {0}"},
	"status.selection":   {"selection {0} rows, {1}", "選択 {0} 行、{1}"},
	"status.problem":     {"1 problem", "問題 1 件"},
	"status.problems":    {"{0} problems", "問題 {0} 件"},
	"status.saved":       {"Saved {0}", "{0} を保存しました"},
	"status.copied":      {"{0} rows copied", "{0} 行をコピーしました"},
	"status.copied-part": {"Only the first {0} rows were copied", "先頭の {0} 行のみコピーしました"},
	"status.no-match":    {"No further match", "これ以上一致はありません"},
	"status.no-error":    {"No further error", "これ以上エラーはありません"},

	"problems.title": {"What could not be read", "読み取れなかったもの"},
	"problems.more":  {"and {0} more", "ほか {0} 件"},
	"problems.close": {"Close", "閉じる"},

	"password.title": {"Password", "パスワード"},
	"password.ask":   {"{0} is protected by a password.", "{0} はパスワードで保護されています。"},
	"password.again": {"That password does not fit {0}.", "このパスワードは {0} に一致しません。"},
	"password.open":  {"Open", "開く"},
	"password.skip":  {"Skip this archive", "このアーカイブを飛ばす"},

	"error.title": {"That did not work", "処理できませんでした"},
	"display.none": {
		"PatchTrail cannot open its window: this session has no OpenGL 2.1, as is usual over Remote Desktop or in a virtual machine. The command ptrail does the same without a window:  ptrail analyze --html report.html BUNDLE.zip",
		"PatchTrail のウィンドウを開けません。このセッションでは OpenGL 2.1 を使用できません (リモート デスクトップや仮想マシンでよく起こります)。コマンド ptrail ならウィンドウなしで同じことができます:  ptrail analyze --html report.html BUNDLE.zip",
	},
}

// Keys are the keys of the window's own words.
func Keys() []string {
	keys := make([]string, 0, len(table))
	for k := range table {
		keys = append(keys, k)
	}
	return keys
}
