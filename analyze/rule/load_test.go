package rule

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"patchtrail/analyze/lang/langtest"
)

// goodRule is a rule file with nothing wrong, to be spoilt.
const goodRule = `[[rule]]
id = "scan-slow"
severity = "warning"
root = true
logs = ["WUAHandler"]
all = ["Scan failed with error"]
regex = 'error = (?P<code>0x[0-9a-f]{8})'
references = ["https://contoso.com/scan"]

[rule.en]
title = "Scan failed with {code}"
cause = "It failed."
remediation = ["Mend it.", "{if fact.proxy}Look at {fact.proxy}.{end}"]
verify = ["Scan again."]

[rule.ja]
title = "スキャンが {code} で失敗しました"
cause = "失敗しました。"
remediation = ["修復します。"]
verify = ["再度スキャンします。"]

[rule.samples]
hit = ["WUAHandler: Scan failed with error = 0x80072ee2."]
miss = [
  "WUAHandler: Scan failed with error = none",
  "ScanAgent: Scan failed with error = 0x80072ee2.",
]
`

func loadText(texts ...string) (*Set, error) {
	fsys := fstest.MapFS{}
	for i, s := range texts {
		fsys[string(rune('a'+i))+".toml"] = &fstest.MapFile{Data: []byte(s)}
	}
	return Load(Folder{Name: "rules", FS: fsys})
}

func TestLoadErrors(t *testing.T) {
	// f replaces a part of the good rule and wants the errors, in order.
	f := func(old, new string, want ...string) {
		t.Helper()
		if !strings.Contains(goodRule, old) {
			t.Fatalf("the rule has no %q", old)
		}
		_, err := loadText(strings.Replace(goodRule, old, new, 1))
		var errs Errors
		if err != nil && !errors.As(err, &errs) {
			t.Fatalf("%q for %q: %T %v, want Errors", new, old, err, err)
		}
		if wrong := langtest.Wrong(err); wrong != "" {
			t.Error(wrong)
		}
		var got []string
		for _, e := range errs {
			got = append(got, e.Error())
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q for %q gives\n%s\nwant\n%s", new, old, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	const at = "rules/a.toml:"
	f("scan-slow", "scan-slow") // nothing wrong
	f(`id = "scan-slow"`, `id = "Scan slow"`, at+`2: rule Scan slow: id is "Scan slow" (small letters, digits and single hyphens, such as scan-timeout)`)
	f(`id = "scan-slow"`, ``, at+`1: rule #1: id is "" (small letters, digits and single hyphens, such as scan-timeout)`)
	f(`severity = "warning"`, `severity = "bad"`, at+`3: rule scan-slow: severity is "bad" (error, warning or info)`)
	f(`root = true`, ``, at+`1: rule scan-slow: neither root nor consequence_of, or both (root = true, or consequence_of = ["id of the root"])`)
	f(`root = true`, `consequence_of = ["no-such"]`, at+`4: rule scan-slow: no other rule has the id "no-such" (name the rule of the root)`)
	f(`all = ["Scan failed with error"]`, ``, at+`1: rule scan-slow: no literal that finds the record (all needs one of at least 6 bytes, or else any only such)`)
	f(`all = ["Scan failed with error"]`, `any = ["Scan failed with error", "0x8"]`, at+`1: rule scan-slow: no literal that finds the record (all needs one of at least 6 bytes, or else any only such)`)
	f("all = [\"Scan failed with error\"]\nregex = 'error = (?P<code>0x[0-9a-f]{8})'\n", "", at+`1: rule scan-slow: no literal that finds the record (all needs one of at least 6 bytes, or else any only such)`,
		at+`9: rule scan-slow: template: no parameter "code" (parameters: )`, at+`15: rule scan-slow: template: no parameter "code" (parameters: )`)
	f(`(?P<code>`, `(?<!x)(?P<code>`, at+"7: rule scan-slow: bad regex: invalid named capture: `(?<!x)(?P<code>` (Go syntax: no look-around, no back reference; groups are (?P<name>...))",
		at+`11: rule scan-slow: template: no parameter "code" (parameters: )`, at+`17: rule scan-slow: template: no parameter "code" (parameters: )`)
	f(`severity =`, `sevrity =`, at+`1: rule scan-slow: severity is "" (error, warning or info)`,
		at+`3: rule scan-slow: unknown field "rule.sevrity" (did you mean "severity"?)`)
	f(`severity = "warning"`, `severity = "warning`, at+`3: basic strings cannot have new lines (strings need quotes; patterns best stand in ''' ''')`)
	f(`root = true`, `root = "yes"`, at+`4: field "rule.root" holds the wrong kind of value (text in quotes, lists in [ ], true or false and numbers bare)`)
	f(`[rule.ja]`, `[rule.jp]`, at+`1: rule scan-slow: no [rule.ja] (texts are needed in en and ja)`, at+`16: rule scan-slow: unknown field "rule.jp" (did you mean "ja"?)`)
	f(`title = "スキャンが {code} で失敗しました"`, `title = "Scan failed"`, at+`17: rule scan-slow: the Japanese title holds no Japanese (write it in Japanese)`)
	f(`title = "Scan failed with {code}"`, `title = "Scan failed with {kode}"`, at+`11: rule scan-slow: template: no parameter "kode" (parameters: code status symbol)`)
	f(`title = "Scan failed with {code}"`, `title = "Scan failed with {symbol}"`, at+`11: rule scan-slow: template: {symbol} is not in every match (write {if symbol}...{end} around it)`)
	f(`title = "Scan failed with {code}"`, `title = "Scan failed with {fact.os}"`, at+`11: rule scan-slow: template: {fact.os} may not be known (write {if fact.os}...{end} around it)`)
	f(`{if fact.proxy}Look at {fact.proxy}.{end}`, `{if fact.proxi}Look.{end}`, at+`13: rule scan-slow: template: no fact "fact.proxi" (facts: `+strings.Join(KnownFacts(), " ")+`)`)
	f(`{if fact.proxy}Look at {fact.proxy}.{end}`, `{if fact.proxy}Look.`, at+`13: rule scan-slow: template: {if fact.proxy} has no {end} ({name}, {fact.name}, {if name = value}...{else}...{end})`)
	f(`verify = ["Scan again."]`, ``, at+`10: rule scan-slow: no verify in en (write at least one step)`)
	f(`"https://contoso.com/scan"`, `"contoso.com"`, at+`8: rule scan-slow: reference "contoso.com" is no link (https://...)`)
	f(`hit = ["WUAHandler: Scan failed with error = 0x80072ee2."]`, `hit = ["WUAHandler: Scan went well."]`,
		at+`23: rule scan-slow: the rule does not find its sample "WUAHandler: Scan went well." (the sample does not hold all[0] "Scan failed with error")`)
	f(`error = none`, `error = 0x80244022`, at+`25: rule scan-slow: the rule finds "WUAHandler: Scan failed with error = 0x80244022", which it must not (narrow all, none, regex or when)`)
	f(`"WUAHandler: Scan failed with error = none"`, `"no component"`, at+`25: rule scan-slow: sample line "no component" names no component (write records as in the log, or "Component: message" lines)`)
	f(`logs = ["WUAHandler"]`, `logs = ["WUAHandler"]`+"\n"+`when = ["state >= 400"]`, at+`6: rule scan-slow: condition "state >= 400": no parameter or fact "state" (name a group of the regex, or fact.NAME: `+strings.Join(KnownFacts(), " ")+`)`)
	f(`logs = ["WUAHandler"]`, `logs = ["WUAHandler"]`+"\n"+`when = ["code ~ 400"]`, at+`6: rule scan-slow: condition "code ~ 400": unknown operator "~": use one of != <= >= = < > in not-in has lacks (such as "status >= 400")`)
	f(`logs = ["WUAHandler"]`, `logs = ["WUAHandler"]`+"\n"+`key = ["host"]`, at+`6: rule scan-slow: no parameter "host" (name a group of the regex)`)
	f(`logs = ["WUAHandler"]`, `logs = ["WUAHandler"]`+"\n"+`found_by = "me"`, at+`6: rule scan-slow: found_by is for the product's own rules (describe the records with all, any and regex)`,
		at+`12: rule scan-slow: template: {code} is not in every match (write {if code}...{end} around it)`,
		at+`18: rule scan-slow: template: {code} is not in every match (write {if code}...{end} around it)`)
	f("[rule.samples]", "[[rule.cured_by]]\nall = [\"x\"]\nsame = [\"host\"]\n[rule.samples]",
		at+`23: rule scan-slow: no literal that finds the record (all needs one of at least 6 bytes, or else any only such)`,
		at+`24: rule scan-slow: the cure captures no "host" (add the group to its regex)`,
		at+`24: rule scan-slow: "host" is in neither key nor track (add it to one of them)`)
	f("[rule.samples]", "[[rule.also]]\nany = [\"another form\"]\n[rule.also.then]\nall = [\"x\"]\n[rule.samples]",
		at+`11: rule scan-slow: template: {code} is not in every match (write {if code}...{end} around it)`,
		at+`17: rule scan-slow: template: {code} is not in every match (write {if code}...{end} around it)`,
		at+`25: rule scan-slow: no literal that finds the record (all needs one of at least 6 bytes, or else any only such)`)
	insert := func(line string, want ...string) {
		t.Helper()
		f(`root = true`, "root = true\n"+line, want...)
	}
	insert(`confidence = "sure"`, at+`5: rule scan-slow: confidence is "sure" (certain, likely or possible)`)
	insert(`confidence = "likely"`)
	insert(`when_cured = "drop"`, at+`5: rule scan-slow: when_cured without cured_by (add [[rule.cured_by]])`)
	insert(`when_cured = "x"`, at+`5: rule scan-slow: when_cured is "x" (info or drop)`, at+`5: rule scan-slow: when_cured without cured_by (add [[rule.cured_by]])`)
	insert(`one_event_seconds = -1`, at+`5: rule scan-slow: -1 seconds (0 to 86400)`)
	insert(`fades_after_hours = -1`, at+`5: rule scan-slow: -1 hours (0 to 8760)`)
	insert(`reads = "line"`, at+`5: rule scan-slow: reads is "line" (message or record)`)
	insert(`fallback = true`, at+`5: rule scan-slow: the first form is a fallback (move it into [[rule.also]])`)
	insert(`params = ["kb"]`, at+`5: rule scan-slow: parameter "kb" (only for rules with found_by or found_also_by: small letters, digits and _, with a ? where it may be missing)`)
	insert(`several = 2`, at+`5: rule scan-slow: several = 2 (1 to 256, in a rule that tracks something)`)
	insert(`across_logs = true`, at+`5: rule scan-slow: across_logs without one_event_seconds (say within how many seconds lines are one event)`)
	insert(`forms_of = ["scan-slow"]`, at+`5: rule scan-slow: forms_of without codes, or codes without it (name the rule and the codes to take from it)`,
		at+`5: rule scan-slow: no other rule "scan-slow" with forms of its own (name the rule whose forms to take)`)
	insert("forms_of = [\"no-such\"]\ncodes = [\"2147942405\", \"0x8*\", \"*\"]", at+`5: rule scan-slow: no other rule "no-such" with forms of its own (name the rule whose forms to take)`,
		at+`6: rule scan-slow: code "2147942405" (write it as 0x80073712, or a family as 0xc19*)`,
		at+`6: rule scan-slow: code "*" (write it as 0x80073712, or a family as 0xc19*)`)
	insert(`none = [""]`, at+`5: rule scan-slow: literal of 0 bytes (1 to 512)`)
	insert(`then = { all = ["second line"], within_seconds = -1 }`, at+`5: rule scan-slow: -1 seconds (1 to 86400)`)
	insert(`several = 1`, at+fmt.Sprintf("5: rule scan-slow: several = 1 (1 to %d, in a rule that tracks something)", maxGroups))
	insert(`track = ["host"]`, at+`5: rule scan-slow: no parameter "host" (name a group of the regex)`)
	f(`logs = ["WUAHandler"]`, ``, at+`1: rule scan-slow: no logs (name components or formats, or logs = ["*"])`)
	f(`logs = ["WUAHandler"]`, `logs = ["WUAHandler", ""]`, at+`5: rule scan-slow: empty name of a log (a component such as WUAHandler)`)
	f(`(?P<code>`, `(?P<Code>(?P<code>`, at+"7: rule scan-slow: bad regex: missing closing ): `(?i)error = (?P<Code>(?P<code>0x[0-9a-f]{8})` (Go syntax: no look-around, no back reference; groups are (?P<name>...))",
		at+`11: rule scan-slow: template: no parameter "code" (parameters: )`, at+`17: rule scan-slow: template: no parameter "code" (parameters: )`)
	f(`(?P<code>0x[0-9a-f]{8})`, `(?P<Code>0x)(?P<code>\d+)?`, at+`7: rule scan-slow: group "Code" (small letters, digits and _)`,
		at+`11: rule scan-slow: template: {code} is not in every match (write {if code}...{end} around it)`,
		at+`17: rule scan-slow: template: {code} is not in every match (write {if code}...{end} around it)`)
	hit := func(sample, want string) {
		t.Helper()
		f(`"WUAHandler: Scan failed with error = 0x80072ee2."`, sample, at+"23: rule scan-slow: "+want)
	}
	hit(`"ScanAgent: Scan failed with error = 0x80072ee2."`, `the rule does not find its sample "ScanAgent: Scan failed with error = 0x80072ee2." (look at logs, none, when and then)`)
	hit(`"WUAHandler: Scan failed with error 5"`, `the rule does not find its sample "WUAHandler: Scan failed with error 5" (the regex does not match it)`)
	hit(`"   "`, `sample is empty (write records as in the log, or "Component: message" lines)`)
	hit(`"<![LOG[Scan failed with error"`, `sample record "<![LOG[Scan failed with error" is not whole (write records as in the log, or "Component: message" lines)`)
	hit(`'<![LOG[x]LOG]!><time="25:00:00.000-540" date="03-18-2025" component="W" thread="1">'`, `sample time "25:00:00.000", date "03-18-2025": not as in the log (write records as in the log, or "Component: message" lines)`)
	hit(`'<![LOG[x]LOG]!><time="01:00:00.000+-540" date="03-18-2025" component="W" thread="1">'`, `sample time "01:00:00.000+", date "03-18-2025": not as in the log (write records as in the log, or "Component: message" lines)`)
	f("[rule.samples]", "[[rule.cured_by]]\nall = [\"Successfully\"]\n[rule.samples]", at+`24: rule scan-slow: no sample that ends cured (add records that are found and then cured)`)
	f("[rule.samples]", "[[rule.cured_by]]\nall = [\"Successfully\"]\n[rule.samples]\ncured = [\"WUAHandler: Successfully\", \"WUAHandler: Scan failed with error = 0x80072ee2.\"]",
		at+`25: rule scan-slow: the rule does not find its sample "WUAHandler: Successfully" (the sample does not hold all[0] "Scan failed with error")`,
		at+`25: rule scan-slow: the rule does not see the cure in "WUAHandler: Scan failed with error = 0x80072ee2." (look at cured_by)`)
}

func TestParamValue(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := paramValue([]byte(in)); got != want {
			t.Errorf("paramValue of %d bytes gives %d", len(in), len(got))
		}
	}
	f("a\xffb", "a\uFFFDb")
	f(strings.Repeat("a", maxParam), strings.Repeat("a", maxParam))
	f(strings.Repeat("a", maxParam+1), strings.Repeat("a", maxParam))
	f("x"+strings.Repeat("\u65e5", maxParam), "x"+strings.Repeat("\u65e5", (maxParam-1)/3))
}

func TestLoadCollects(t *testing.T) {
	_, err := loadText(
		strings.Replace(goodRule, `severity = "warning"`, `severity = "bad"`, 1),
		goodRule+strings.Replace(goodRule, "scan-slow", "scan-other", 1),
		"", "[[rule", "[rule]\n", strings.Replace(goodRule, "scan-slow", "UPPER", 1))
	want := `rules/a.toml:3: rule scan-slow: severity is "bad" (error, warning or info)
rules/b.toml:2: rule scan-slow: another rule has this id: rules/a.toml (give it an id of its own)
rules/c.toml: no [[rule]] in the file (each rule starts with a line [[rule]])
rules/d.toml:1: expected ']]' to close array table name (strings need quotes; patterns best stand in ''' ''')
rules/e.toml:1: rule #1: id is "" (small letters, digits and single hyphens, such as scan-timeout)
rules/e.toml:1: rule #1: severity is "" (error, warning or info)
rules/e.toml:1: rule #1: neither root nor consequence_of, or both (root = true, or consequence_of = ["id of the root"])
rules/e.toml:1: rule #1: no literal (add all or any with a fragment of at least 6 bytes that stands in the log)
rules/e.toml:1: rule #1: no [rule.en] (texts are needed in en and ja)
rules/e.toml:1: rule #1: no [rule.ja] (texts are needed in en and ja)
rules/f.toml:2: rule UPPER: id is "UPPER" (small letters, digits and single hyphens, such as scan-timeout)`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if wrong := langtest.Wrong(err); wrong != "" {
		t.Error(wrong)
	}
}

func TestLoadFolders(t *testing.T) {
	set, err := loadText(goodRule, strings.Replace(goodRule, "scan-slow", "scan-other", 1))
	if err != nil {
		t.Fatal(err)
	}
	if ids := []string{set.Rules()[0].ID, set.Rules()[1].ID}; ids[0] != "scan-other" || ids[1] != "scan-slow" || len(set.Rules()) != 2 {
		t.Errorf("rules %v, want them by id", ids)
	}
	if set.Rule("scan-slow").File != "rules/a.toml" || set.Rule("none") != nil {
		t.Errorf("Rule does not find by id")
	}
	if _, err := Load(Folder{Name: "empty", FS: fstest.MapFS{}}); err == nil || err.Error() != "empty: no rule file in the folder (rule files end in .toml)" {
		t.Errorf("an empty folder gives %v", err)
	}
	builtin, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	both, err := Load(builtin, Folder{Name: "own", FS: fstest.MapFS{"sub/x.toml": {Data: []byte(goodRule)}, "readme.txt": {Data: []byte("x")}}})
	if err != nil || both.Rule("scan-slow") == nil || both.Rule("scan-timeout") == nil {
		t.Errorf("own rules beside the product's: %v", err)
	}
}

func TestLoadLimits(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := loadText(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
		if wrong := langtest.Wrong(err); wrong != "" {
			t.Error(wrong)
		}
	}
	f(strings.Repeat("#", maxRuleFile+1), "rules/a.toml: file is larger than 4 MiB (split it)")
	var many strings.Builder
	for i := range maxRules + 1 {
		fmt.Fprintf(&many, "[[rule]]\nid=\"r%d\"\n", i)
	}
	f(many.String(), "rules/a.toml: 5001 rules in all are more than 5000 (load fewer at once)")
	many.Reset()
	list := strings.Repeat("\"literal\",", 500)
	for i := range maxAnchors/500 + 1 {
		fmt.Fprintf(&many, "[[rule]]\nid=\"r%d\"\nany=[%s]\n", i, list)
	}
	f(many.String(), "rules/a.toml: 20500 literals in all are more than 20000 (load fewer rules at once)")
	f(strings.Replace(goodRule, `"Scan failed with error"`, list+`"literal"`, 1), "501 literals (at most 500)")
	f(strings.Replace(goodRule, "'error = ", "'"+strings.Repeat("x", maxRegex), 1), "(at most 4096)")
	f(strings.Replace(goodRule, "error = none", strings.Repeat("x", maxSample), 1), "is larger than 65536")
}

func FuzzLoad(f *testing.F) {
	f.Add(goodRule)
	f.Add(strings.Replace(goodRule, "[rule.samples]", "[[rule.also]]\nall = [\"another form\"]\nfallback = true\n[[rule.cured_by]]\nall = [\"Successfully\"]\n[rule.then]\nall = [\"second\"]\noptional = true\n[rule.samples]\ncured = [\"x\"]", 1))
	f.Add("[[rule]]\nid = 1")
	f.Add("rule = [{}]")
	f.Add("[[rule]]\n[[rule.also]]\n[rule.also.then]\nx = 1")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := loadText(text)
		if err == nil {
			for _, r := range set.Rules() {
				r.Render("ja", nil, nil)
				if bad := r.CheckSamples(); len(bad) > 0 {
					t.Errorf("loaded, but %v", bad)
				}
			}
			return
		}
		var errs Errors
		if !errors.As(err, &errs) || len(errs) == 0 {
			t.Fatalf("%T %v, want Errors", err, err)
		}
		lines := strings.Count(text, "\n") + 1
		for _, e := range errs {
			if e.File != "rules/a.toml" || e.Message.Key == "" || e.Line < 0 || e.Line > lines {
				t.Errorf("%+v of a file of %d lines", *e, lines)
			}
		}
	})
}
