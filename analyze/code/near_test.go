package code

import (
	"slices"
	"testing"
)

func TestNear(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		found := Near(text, 5)
		if want == "" && len(found) > 0 || want != "" && !slices.ContainsFunc(found, func(e Explanation) bool { return e.Symbol == want }) {
			t.Errorf("%q: %v, want %s", text, found, want)
		}
	}
	f("all updates failed", "WU_E_ALL_UPDATES_FAILED")
	f("wu_e_all_updats", "WU_E_ALL_UPDATES_FAILED")
	f("", "")
	f("日本", "")
	f("0x800704c", "ERROR_CANCELLED")
	f("8024402", "WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL")
	f("0x80240022", "") // a code needs none
	if n := len(Near("e", 7)); n != 7 {
		t.Errorf("%d codes", n)
	}
}
