package window

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"patchtrail/analyze/lang"
	"patchtrail/app/opener"
	"patchtrail/app/session"
	"patchtrail/app/settings"
	"patchtrail/app/theme"
)

// TestSettingsPictures takes the page in both languages and looks.
func TestSettingsPictures(t *testing.T) {
	w := opened(t, finished(10))
	w.win.Resize(fyne.NewSize(1280, 720))
	w.set.SaveFilter(session.SavedFilter{Name: "Failed scans", Filter: session.Filter{Text: "0x80240022", Conditions: []session.Condition{
		{Kind: session.ByQuestion, Text: "scan"}, {Kind: session.ByComponent, Text: "CAS", Not: true}}}})
	w.options.refresh()
	w.options.limits[0].SetText("99")
	w.turn(settingsPage)
	picture(t, w, "settings-en")
	w.setMode(theme.Dark)
	w.setLang(lang.Japanese)
	picture(t, w, "settings-ja-dark")
}

// TestSettingsWithoutABundle opens the settings over the start page and leaves
// them again.
func TestSettingsWithoutABundle(t *testing.T) {
	w := opened(t, finished(10))
	f := func(how string, leave func()) {
		t.Helper()
		act(t, w, "settings")
		if !w.options.content.Visible() || !w.frame.Visible() || w.start.content.Visible() || w.win.Canvas().Focused() != fyne.Focusable(w.options.first) {
			t.Errorf("%s: the settings do not show", how)
		}
		leave()
		if w.frame.Visible() || !w.start.content.Visible() {
			t.Errorf("%s does not leave the settings", how)
		}
	}
	f("Escape", func() { w.options.first.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) })
	f("Ctrl+1", func() { w.turn(overviewPage) })
	act(t, w, "settings")
	w.open(bundles(t, "a.zip"))
	until(t, "the bundle", func() bool { return w.ses.State() == session.Ready })
	if w.page != overviewPage || w.options.content.Visible() {
		t.Errorf("a bundle opens with page %d", w.page)
	}
}

// TestSettingsAreKept changes everything and starts another window.
func TestSettingsAreKept(t *testing.T) {
	t.Setenv(scaleVariable, "") // puts it back after the test
	w := ready(t, 100)
	w.turn(settingsPage)
	w.setLang(lang.Japanese)
	w.setMode(theme.Dark)
	w.options.zoom.SetSelectedIndex(4)
	w.options.zone.SetSelectedIndex(int(session.UTC))
	w.options.limits[0].SetText("7")
	w.options.limits[2].SetText("3 GiB")
	if w.ses.ZoneMode() != session.UTC || w.zone.SelectedIndex() != int(session.UTC) {
		t.Error("the clock does not change at once")
	}
	if got := os.Getenv(scaleVariable); got != "1.200" {
		t.Errorf("the scale is %q", got)
	}
	again := build(w.app, finished(10), "", func(f func()) { calls <- f })
	t.Cleanup(again.win.Close)
	s := again.set
	if again.lang != lang.Japanese || s.Look != int(theme.Dark) || s.Zoom != 120 || again.ses.ZoneMode() != session.UTC || s.Limits[0] != 7 || s.Limits[2] != 3<<30 {
		t.Errorf("the next window has %+v", s)
	}
	act(t, w, "own-size")
	if got := os.Getenv(scaleVariable); got != "" {
		t.Errorf("at its own size the scale is %q", got)
	}
}

func TestLimitField(t *testing.T) {
	w := opened(t, finished(10))
	o := w.options
	o.limits[0].SetText("99")
	if w.set.Limits[0] != 5 || !strings.Contains(o.bad[0].Text, "32") {
		t.Errorf("limit %d, said %q", w.set.Limits[0], o.bad[0].Text)
	}
	o.limits[0].SetText("6")
	if w.set.Limits[0] != 6 || o.bad[0].Text != "" {
		t.Errorf("limit %d, said %q", w.set.Limits[0], o.bad[0].Text)
	}
}

// TestLimitsHold reads with a limit that the bundle passes.
func TestLimitsHold(t *testing.T) {
	w := opened(t, nil)
	w.opener = opener.Opener{}
	w.options.limits[1].SetText("2")
	w.open([]string{caseZip(t)})
	until(t, "the bundle", func() bool { return w.ses.State() == session.Ready || w.ses.State() == session.Failed })
	if w.ses.State() != session.Ready || len(w.ses.Problems()) == 0 {
		t.Errorf("state %d, %d problems, %v", w.ses.State(), len(w.ses.Problems()), w.ses.Err())
	}
}

const ownRule = `[[rule]]
id = "contoso-agent-stopped"
severity = "warning"
root = true
logs = ["*"]
all = ["Contoso agent stopped"]
[rule.en]
title = "The Contoso agent stopped"
cause = "The agent was stopped by hand."
remediation = ["Start the agent."]
verify = ["Look at the agent."]
[rule.ja]
title = "Contoso エージェントが停止しました"
cause = "エージェントが手動で停止されました。"
remediation = ["エージェントを開始してください。"]
verify = ["エージェントを確認してください。"]
[rule.samples]
hit = ["Agent: Contoso agent stopped", "Agent: the Contoso agent stopped again"]
miss = ["Agent: Contoso agent started", "Agent: agent stopped"]
`

// TestOwnRules loads a folder of rules, and one with a fault in it.
func TestOwnRules(t *testing.T) {
	w := opened(t, nil)
	w.opener = opener.Opener{}
	dir := t.TempDir()
	path := filepath.Join(dir, "contoso.toml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := func(what, want string) {
		t.Helper()
		until(t, what, func() bool { return w.options.rules.Text != w.t("settings.rules-checking") })
		if got := w.options.rules.Text; !strings.Contains(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
	}
	write(ownRule)
	w.options.setRules(dir)
	said("the rules", "Rules loaded: 1")
	write(strings.Replace(ownRule, `severity = "warning"`, `severity = "loud"`, 1))
	test.Tap(w.options.check)
	said("the fault", "contoso.toml:")
	if got := w.options.rules.Text; !strings.Contains(got, "contoso-agent-stopped") {
		t.Errorf("the rule is not named: %q", got)
	}
	// A bundle is read all the same, and says that the rules were not used.
	w.open([]string{caseZip(t)})
	until(t, "the bundle", func() bool { return w.ses.State() == session.Ready })
	if p := w.ses.Problems(); len(p) == 0 || !strings.Contains(p[0].Text("en"), "contoso-agent-stopped") {
		t.Errorf("problems: %v", p)
	}
	if p := w.ses.Problems(); len(p) > 0 && !strings.Contains(p[0].Text("ja"), "ルール contoso-agent-stopped: severity が \"loud\" です") {
		t.Errorf("in Japanese: %s", p[0].Text("ja"))
	}
	w.turn(settingsPage)
	w.setLang(lang.Japanese)
	const fault = "ルール contoso-agent-stopped: severity が \"loud\" です (error、warning、info のいずれか)"
	until(t, "the fault in Japanese", func() bool { return strings.Contains(w.options.rules.Text, fault) })
	w.setLang(lang.English)
	w.options.setRules(filepath.Join(dir, "none"))
	said("the folder", "cannot be read")
	w.options.setRules("")
	if s := settings.Load(w.app.Preferences()); s.Rules != "" || w.options.check.Visible() {
		t.Errorf("kept %q", s.Rules)
	}
}
