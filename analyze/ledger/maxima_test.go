package ledger

import (
	"strings"
	"testing"
	"time"

	"patchtrail/analyze/lang/langtest"
)

// TestDefault holds the product's defaults by class and version.
func TestDefault(t *testing.T) {
	f := func(title string, build, minutes int) {
		t.Helper()
		if got := defaultMinutes(title, build); got != minutes {
			t.Errorf("%s, build %d: %d minutes, want %d", title, build, got, minutes)
		}
	}
	for _, build := range []int{0, 9040, 9049, 9128} {
		f("Feature update to Windows 11, version 23H2", build, 120)
		f("2025-03 Cumulative Update for Windows 11 (KB5053602)", build, 60)
	}
	f("Contoso Reader 7.1", 0, 60)
	f("Contoso Reader 7.1", 9049, 60)
	f("Contoso Reader 7.1", 9040, 10)
	f("Microsoft 365 Apps Update", 9040, 60)
	f("Contoso Reader 7.1", 8790, 10)
	f("2019-03 Cumulative Update for Windows 10", 8790, 10)
	f("Windows 7 Service Pack 1", 8790, 60)
	f("Windows 7 Service Pack 1", 8853, 120)
	u := &Update{Title: "Contoso Reader 7.1", Max: Maximum{Seconds: 3600, Source: FromDefault}, Attempts: []Attempt{{Started: 1, Ended: 1 + 601*second, Caller: ConfigMgr, Result: Succeeded, Verdict: Within}}}
	u.DefaultFor(9040)
	if u.Max.Seconds != 600 || u.Attempts[0].Verdict != Exceeded || u.Attempts[0].Max.Seconds != 600 {
		t.Errorf("%+v", u)
	}
	u.Max = Maximum{Seconds: 1200, Source: FromFile}
	if u.DefaultFor(9040); u.Max.Seconds != 1200 {
		t.Errorf("%+v", u.Max)
	}
}

// TestReadMaxima reads the files that people write, and says of others where they
// are wrong and what to write.
func TestReadMaxima(t *testing.T) {
	const japanese = "2025 年 2 月の累積更新プログラム (KB5051234)"
	u := &Update{KB: "KB5051234", UpdateID: g1, Title: japanese}
	f := func(name, text string, minutes int) {
		t.Helper()
		m, err := ReadMaxima(strings.NewReader(text), "max.csv")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if got, _ := m.of(u); got.Seconds != minutes*60 || minutes > 0 && got.Source != FromFile {
			t.Errorf("%s: %+v, want %d minutes", name, got, minutes)
		}
	}
	f("a KB", "KB5051234,45\n", 45)
	f("without its letters", "5051234,45\n", 45)
	f("another", "KB5051235,45\n", 0)
	f("an id", b1+",45", 45)
	f("a CI", "Site_"+b3+"/SUM_"+g1+",45", 45)
	f("a title", "\""+japanese+"\",45", 45)
	f("a heading", "kb,minutes\nkb5051234, 45\n", 45)
	f("a Japanese heading", "更新プログラム,分\nKB5051234,45\n", 45)
	f("semicolons", "kb;minutes\r\nKB5051234;45\r\n", 45)
	f("tabs", "kb\tminutes\nKB5051234\t45\n", 45)
	f("a remark", "# of the site\n\nKB5051234,45\n", 45)
	f("UTF-16", "\xff\xfeK\x00B\x005\x000\x005\x001\x002\x003\x004\x00,\x004\x005\x00\r\x00\n\x00", 45)
	f("CP932", "\x8dX\x90V,\x95\xaa\r\nKB5051234,45\r\n", 45)
	f("the console's columns", "\"Title\",\"Article ID\",\"Maximum Run Time (min)\"\n\"x\",\"5051234\",\"45\"\n", 45)
	f("the Japanese console's columns", "\ufeff\"タイトル\",\"文書番号\",\"最長実行時間 (分)\"\n\""+japanese+"\",\"\",\"45\"\n", 45)
	f("seconds", "ArticleID,MaxExecutionTime\n5051234,2700\n", 45)
	bad := func(name, text, want string) {
		t.Helper()
		_, err := ReadMaxima(strings.NewReader(text), "max.csv")
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
		if wrong := langtest.Wrong(err); wrong != "" {
			t.Error(wrong)
		}
	}
	bad("no number", "kb,minutes\nKB5051234,soon\n", `max.csv: line 2: "soon" is not minutes between 1 and 9999; write the maximum run time as in KB5034441,60`)
	bad("no number, no heading", "KB5051234,soon\n", `max.csv: line 1: "soon" is not minutes between 1 and 9999; write the maximum run time as in KB5034441,60`)
	bad("too much", "KB5051234,10000\n", `max.csv: line 1: "10000" is not minutes between 1 and 9999; write the maximum run time as in KB5034441,60`)
	bad("one column", "KB5051234\n", "max.csv: line 1: want an update and its minutes, as in KB5034441,60")
	bad("no update", "kb,minutes\n,45\n", "max.csv: line 2: names no update; write a KB, an update id or a title in front, as in KB5034441,60")
	bad("quotes", "kb,minutes\n\"KB5051234,45\n", "max.csv: line 2: quotes that do not match; write a line as in KB5034441,60")
	bad("nothing", "kb,minutes\n", "max.csv: no update in it; want lines of an update and its minutes, as in KB5034441,60")
}

// TestRecommend holds what maximum is recommended, in minutes.
func TestRecommend(t *testing.T) {
	const minute = int64(time.Minute)
	attempt := func(minutes int64, r Result, v Verdict, caller string) Attempt {
		return Attempt{Started: minute, Ended: (minutes + 1) * minute, Result: r, Verdict: v, Caller: caller}
	}
	f := func(want int, reason string, attempts ...Attempt) {
		t.Helper()
		if got, why := recommend(attempts); got != want || why != reason {
			t.Errorf("%d minutes for %q, want %d for %q", got, why, want, reason)
		}
	}
	cut := attempt(60, Cancelled, Exceeded, ConfigMgr)
	f(0, "")
	f(120, ForLongestCut, cut)
	f(140, ForLongestCut, cut, attempt(70, Cancelled, Exceeded, ""))
	f(35, ForLongestSuccess, cut, attempt(22, Succeeded, Within, ConfigMgr)) // 33, in whole 5 minutes
	f(0, "", attempt(20, Cancelled, Within, ConfigMgr))
	f(0, "", attempt(60, Cancelled, Exceeded, "UpdateOrchestrator")) // a user ended it
	f(0, "", attempt(60, Failed, Exceeded, ConfigMgr))
}
