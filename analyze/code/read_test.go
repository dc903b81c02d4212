package code

import (
	"errors"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		all, err := Read(text)
		var got []string
		for _, e := range all {
			got = append(got, e.String()+" "+e.Symbol)
		}
		if s := strings.Join(got, ", "); s != want || (err != nil) != (want == "") || err != nil && !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: %s, %v, want %s", text, s, err, want)
		}
	}
	f("wu_e_all_updates_failed", "0x80240022 WU_E_ALL_UPDATES_FAILED")
	f(" 0x80240022 ", "0x80240022 WU_E_ALL_UPDATES_FAILED")
	f("-2145124318", "0x80240022 WU_E_ALL_UPDATES_FAILED")
	f("2149842978", "0x80240022 WU_E_ALL_UPDATES_FAILED")
	f("[8024402C]", "0x8024402c WU_E_PT_WINHTTP_NAME_NOT_RESOLVED")
	f("12007", "0x00002ee7 ERROR_WINHTTP_NAME_NOT_RESOLVED / ERROR_INTERNET_NAME_NOT_RESOLVED")
	f("240005", "0x00240005 WU_S_REBOOT_REQUIRED")
	f("1603", "0x00000643 ERROR_INSTALL_FAILURE") // not 0x1603
	f("hr=0x80070005", "0x80070005 E_ACCESSDENIED")
	f("Scan failed with error = 0x80244022, later 0x80240438 and 0x80244022 again", "0x80244022 WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL, 0x80240438 WU_E_PT_ENDPOINT_UNREACHABLE")
	f("更新プログラムの確認に失敗しました。エラー: 0x8024402c", "0x8024402c WU_E_PT_WINHTTP_NAME_NOT_RESOLVED")
	f("0x800704C7 - 0x20017", "0x800704c7 ERROR_CANCELLED, 0x00020017 SAFE_OS / BOOT")
	f("0x800704c7-0x4000D", "0x800704c7 ERROR_CANCELLED, 0x0004000d OOBE_BOOT / MIGRATE_DATA")
	f("0x800704c7-0xF0FFF", "0x800704c7 ERROR_CANCELLED, 0x000f0fff 0xf / 0xfff")
	f("0x8007 0005", "0x80070005 E_ACCESSDENIED")
	f("0x8007\r\n0005", "0x80070005 E_ACCESSDENIED")
	f("0x8007000\n5", "0x80070005 E_ACCESSDENIED")
	f("0x 80070005", "0x80070005 E_ACCESSDENIED")
	f("0x80 24 00 22", "0x80240022 WU_E_ALL_UPDATES_FAILED")
	f("8024 0022", "0x80240022 WU_E_ALL_UPDATES_FAILED")
	f("0x8007\u300004c7", "0x800704c7 ERROR_CANCELLED")
	f("Scan failed with error = 0x8024\n402c.", "0x8024402c WU_E_PT_WINHTTP_NAME_NOT_RESOLVED")
	f("0x8024 f0f0", "0x8024f0f0 ")
	f("0x8007 dead", "") // a word, and no listed code
	f("0x8024 added", "")
	f("0x8007 00055", "")
	f("0x8007 0005x", "")
	f("1234 5678", "")
	f("8024 f0f0", "") // bare, and not listed
	f("", "")
	f("nothing of the kind", "")
	f("0x8024xxxx", "")
}
