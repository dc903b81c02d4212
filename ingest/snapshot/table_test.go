package snapshot

import (
	"strings"
	"testing"
)

// TestRow cuts rows of Japanese names, padded for a screen and for a file.
func TestRow(t *testing.T) {
	f := func(dashes, row, want string) {
		t.Helper()
		if got := strings.Join(Row(row, Columns(dashes)), "|"); got != want {
			t.Errorf("%q is %s, want %s", row, got, want)
		}
	}
	f("---- ------- ----", "one  two     3", "one|two|3")
	f("---- ------- ----", "one     12.5 3", "one|12.5|3")
	f("---- ------- ----", "one          3", "one||3")
	f("---- ------- ----", "one", "one||")
	f("---- ------- ----", "one        3", "one|3|")
	f("---- ------- ----", "one       34   5", "one|34|5")
	f("-------- ------- ----", "更新の月 True    3", "更新の月|True|3")
	f("-------- ------- ----", "更新の月     True    3", "更新の月|True|3")
	f("-------- ------- ----", "更新の月             3", "更新の月||3")
	f("-------- ------- ----", "更新 の 月   True    3", "更新 の 月|True|3")
	f("----", "", "")
}
