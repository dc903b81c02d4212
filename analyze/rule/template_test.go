package rule

import (
	"strings"
	"testing"

	"patchtrail/analyze/lang/langtest"
)

func TestTemplate(t *testing.T) {
	v := values{map[string]string{"host": "mp01", "status": "503", "zero": ""}, Facts{"os": "Windows 11", "proxy": ""}}
	f := func(in, want string) {
		t.Helper()
		tmpl, err := parseTemplate(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			return
		}
		var b strings.Builder
		tmpl.render(&b, v, "?")
		if b.String() != want {
			t.Errorf("%q gives %q, want %q", in, b.String(), want)
		}
	}
	f("", "")
	f("plain 文字 }", "plain 文字 }")
	f("{host}", "mp01")
	f("<{host}{status}>", "<mp01503>")
	f("{missing} {zero}", "? ?")
	f("{{GUID} {{{host}", "{GUID} {mp01")
	f("{fact.os}", "Windows 11")
	f("{if host}a{end}b", "ab")
	f("{if zero}a{else}b{end}", "b")
	f("{if not zero}a{end}", "a")
	f("{if status = 503}down{else}up{end}", "down")
	f("{if status in 401, 403}no{else}{if status >= 500}server {status}{end}{end}!", "server 503!")
	f("{if fact.proxy}p{end}{if fact.os has WINDOWS}w{end}", "w")
	f("{if fact.os lacks server}client{end}", "client")

	bad := func(in, want string) {
		t.Helper()
		_, err := parseTemplate(in)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
		if wrong := langtest.Wrong(err); wrong != "" {
			t.Error(wrong)
		}
	}
	bad("{host", `template: brace is not closed near "{host": write {{ for a brace`)
	bad("{Host}", "template: {Host} is neither a name nor if, else, end: write {{ for a brace")
	bad("{}", "template: {} is neither a name nor if, else, end: write {{ for a brace")
	bad("a{end}", "template: {end} without {if}")
	bad("{else}b", `template: {else} without {if} near "b"`)
	bad("{if host}", "template: {if host} has no {end}")
	bad("{if host}{else}{else}{end}", "template: {if host} has no {end}")
	bad("{if Host}{end}", `condition "Host": want "name", "not name" or "name OP value"`)
	bad(strings.Repeat("{if host}", 20), "template: more than 16 {if} within each other")
}

func TestCondition(t *testing.T) {
	v := values{map[string]string{"status": "503", "code": "0x80072EE2", "text": "abc"}, Facts{"os": "Windows 11"}}
	f := func(in string, want bool) {
		t.Helper()
		c, err := parseCondition(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		} else if got := c.holds(v); got != want {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
	f("status", true)
	f("not status", false)
	f("none", false)
	f("not none", true)
	f("status = 503", true)
	f("status != 503", false)
	f("none != 503", true)
	f("none = 503", false)
	f("code = 0x80072ee2", true)
	f("code in 0x80240022, 0x80072ee2", true)
	f("code in 0x80240022", false)
	f("none in 1, 2", false)
	f("status >= 500", true)
	f("status > 503", false)
	f("status <= 503", true)
	f("status < 503", false)
	f("text > 1", false)
	f("none < 1", false)
	f("text has B", true)
	f("none has b", false)
	f("text lacks b", false)
	f("none lacks b", true)
	f("fact.os = windows 11", true)
	f("not fact.proxy", true)

	for _, in := range []string{"", "not", "a b", "a =", "a > x", "A", "1a", "a == b", "fact."} {
		c, err := parseCondition(in)
		if err == nil {
			t.Errorf("%q is read as %+v", in, c)
		}
		if wrong := langtest.Wrong(err); wrong != "" {
			t.Error(wrong)
		}
	}
}
