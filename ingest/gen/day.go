package gen

import (
	"fmt"
	"strings"
	"time"

	"patchtrail/ingest/evtx/evtxtest"
)

// day is the day of a client to whose updates different things happen.
type day struct {
	*journal
	start   int64 // milliseconds since 1970 UTC
	source  string
	journey []*traveller
	restart int64
}

// traveller is an update on its way, and the truth of it.
type traveller struct {
	Journey
	job     string // of UpdatesHandler
	planned bool   // the ConfigMgr client deploys it
}

// Places in Journey.Stages.
const (
	atPolicy = iota
	atScan
	atEvaluate
	atLocate
	atDownload
	atWindow
	atInstall
	atRestart
	atReport
)

var stageNames = [...]string{"policy", "scan", "evaluate", "locate", "download", "window", "install", "restart", "report"}

const minuteMS = 60_000

// at is a time of the day: hours, minutes, milliseconds after its start.
func (d *day) at(h, m, ms int) int64 { return d.start + int64((h*60+m)*minuteMS+ms) }

func utc(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func (d *day) guid() string {
	return string(appendGUID(nil, d.s.source.Uint64(), d.s.source.Uint64(), lower))
}

// braces writes a GUID as the client's jobs have it.
func braces(id string) string { return "{" + strings.ToUpper(id) + "}" }

// add makes an update.
func (d *day) add(name string, planned bool) *traveller {
	n := len(d.journey)
	kb := fmt.Sprintf("KB%d", 5051000+n)
	t := &traveller{planned: planned, job: d.guid(), Journey: Journey{
		Name: name, KB: kb, UpdateID: d.guid(), Revision: 200 + n,
		Title:      "2025-02 Security Update for Windows 11 Version 23H2 for x64-based Systems (" + kb + ")",
		MaxSeconds: 3600, MaxSource: "default",
	}}
	for _, s := range stageNames {
		t.Stages = append(t.Stages, JourneyStage{Name: s, State: "unknown"})
	}
	if planned {
		t.Deployment = d.guid()
	}
	d.journey = append(d.journey, t)
	return t
}

// client says whether the client's own logs are written.
func (d *day) client() bool { return d.tells(ClientLogs) }

// stage sets the truth of a stage, which the client's logs tell.
func (t *traveller) stage(n int, state string, start, end int64) {
	t.Stages[n].State, t.Stages[n].Start, t.Stages[n].End = state, utc(start), utc(end)
}

// ci is the update's unique id.
func (d *day) ci(t *traveller) string { return "Site_" + d.source + "/SUM_" + t.UpdateID }

// tell writes the day.
func (d *day) tell() JourneyTruth {
	d.source = braces(d.guid())
	d.restart = d.at(2, 50, 0)
	rolled := d.add("rolled-away", true)
	installed := d.add("installed", true)
	restarted := d.add("restarted", true)
	failed := d.add("failed", true)
	interrupted := d.add("interrupted", true)
	near := d.add("near", true)
	timedOut := d.add("timed-out", true)
	after := d.add("installed-after-timeout", true)
	user := d.add("cancelled-by-user", true)
	other := d.add("other-caller", false)
	back := d.add("rolled-back", true)
	first, second := d.add("batch-first", true), d.add("batch-second", true)
	pending := d.add("restart-pending", true)
	noContent := d.add("no-content", true)
	noDownload := d.add("failed-download", true)
	waiting := d.add("waiting", true)
	never := d.add("never-fits", true)
	superseded := d.add("superseded", true)
	deferred := d.add("deferred", true)
	available := d.add("available", true)
	notRequired := d.add("not-required", true)
	open := d.add("still-open", true)

	d.morning(superseded, deferred, notRequired)
	d.rolledAway(rolled)
	for n, t := range []*traveller{installed, restarted, failed, interrupted, near, timedOut, after, user, back, first, second, pending, waiting, never, open} {
		d.download(t, d.at(0, 30+n, 0))
	}
	d.noLocation(noContent, d.at(0, 50, 0))
	d.noDownload(noDownload, d.at(0, 51, 0))
	for n, t := range []*traveller{installed, timedOut, waiting, never} {
		seconds := 3600
		if t == never {
			seconds = 14400
		}
		d.refuse(t, d.at(1, n, 0), seconds)
	}

	d.install(installed, d.at(2, 0, 10_000), 754_567, 0, false)
	d.finished(installed, d.at(2, 14, 0))
	d.install(restarted, d.at(2, 15, 0), 1_200_001, 0, true)
	d.install(failed, d.at(2, 40, 0), 180_000, 0x80070643, false)
	d.begin(interrupted, d.at(2, 45, 0))
	d.rebooted(restarted, interrupted)
	d.install(failed, d.at(3, 0, 0), 120_250, 0x80070643, false)
	d.install(near, d.at(3, 5, 0), 3_000_000, 0, false)
	d.timeOut(timedOut, d.at(4, 0, 0), 3_604_250)
	d.timeOut(after, d.at(5, 5, 0), 3_601_500)
	d.install(user, d.at(6, 10, 0), 453_000, 0x800704c7, false)
	d.otherCaller(other, d.at(6, 20, 0))
	d.install(back, d.at(6, 30, 0), 240_000, 0, false)
	d.batch(first, second, d.at(6, 40, 0))
	d.install(pending, d.at(7, 0, 0), 600_000, 0, true)
	d.evening(installed, after, back, available)
	d.refuse(waiting, d.at(7, 30, 0), 3600)
	d.refuse(never, d.at(7, 31, 0), 14400)
	d.begin(open, d.at(7, 40, 0))
	d.write(updatesDeployment, d.at(7, 50, 0), 4100, "Progress received for assignment (%s)", braces(open.Deployment))

	truth := JourneyTruth{Restart: utc(d.restart)}
	d.states()
	for _, t := range d.journey {
		d.judge(t)
		if !d.client() {
			t.Stages = nil
			if len(t.Attempts) == 0 && t.State == "" {
				t.UpdateID = ""
			}
		}
		truth.Journeys = append(truth.Journeys, t.Journey)
	}
	return truth
}

// states says where each update stands at the end of the day.
func (d *day) states() {
	client := map[string]string{
		"waiting": "waiting-for-window", "never-fits": "waiting-for-window", "no-content": "waiting-for-content", "failed-download": "failed",
		"superseded": "superseded", "deferred": "deferred", "available": "available", "not-required": "not-required", "rolled-back": "rolled-back",
	}
	for _, t := range d.journey {
		if s, ok := client[t.Name]; ok && d.client() {
			t.State = s
			continue
		}
		if n := len(t.Attempts); n > 0 {
			a := t.Attempts[n-1]
			t.State = map[string]string{"succeeded": "installed", "failed": "failed", "cancelled": "cancelled", "pending-restart": "pending-restart", "open": "installing"}[a.Result]
			switch {
			case a.Result == "open" && !a.Cut.IsZero():
				t.State = "interrupted"
			case !a.InstalledAfter.IsZero():
				t.State = "installed"
			}
		}
	}
}

// judge works out what the run times mean.
func (d *day) judge(t *traveller) {
	var longest, cut time.Duration
	for i := range t.Attempts {
		a := &t.Attempts[i]
		a.Verdict = "unknown"
		if a.Started.IsZero() || a.Ended.IsZero() || !a.Cut.IsZero() {
			continue
		}
		ran, limit := a.Ended.Sub(a.Started), time.Duration(t.MaxSeconds)*time.Second
		switch {
		case ran >= limit:
			a.Verdict = "exceeded"
		case ran*10 >= limit*8:
			a.Verdict = "near"
		default:
			a.Verdict = "within"
		}
		switch a.Result {
		case "succeeded", "pending-restart":
			longest = max(longest, ran)
		case "cancelled":
			if a.Verdict == "exceeded" {
				cut = max(cut, ran)
			}
		}
	}
	want := longest * 3 / 2
	if longest == 0 {
		want = cut * 2
	}
	for time.Duration(t.Recommended)*time.Minute < want {
		t.Recommended += 5
	}
}

// morning is policy, scan and evaluation.
func (d *day) morning(superseded, deferred, notRequired *traveller) {
	scan, done := d.at(0, 15, 0), d.at(0, 16, 250)
	d.write(wuaHandler, scan-800, 4000, "Its a WSUS Update Source type (%s), adding it.", d.source)
	d.write(wuaHandler, scan, 4000, "Async searching of updates using WUAgent started.")
	d.write(wuaHandler, done, 4004, "Successfully completed scan.")
	for n, t := range d.journey {
		if !t.planned {
			continue
		}
		policy := d.at(0, 10, 100*n)
		d.write(policyEvaluator, policy, 4008, "Applied policy CCM_Policy_Policy5.PolicyID=\"%s\",PolicySource=\"SMS:PS1\",PolicyVersion=\"1.00\"", braces(t.Deployment))
		t.stage(atPolicy, "done", policy, policy)
		t.stage(atScan, "done", scan, done)
		if t.Name == "rolled-away" {
			t.stage(atPolicy, "unknown", 0, 0)
			t.stage(atScan, "unknown", 0, 0)
			continue
		}
		seen, status := d.at(0, 16, 1000+100*n), "Missing"
		if t == notRequired {
			d.write(updatesStore, seen, 4012, "Processing update status from update (%s) with ProductID = %s, UpdateClassification = %s", t.UpdateID, d.source, classes[0].id)
			d.write(stateMessage, seen, 4012, "State message(State ID : 1) with TopicType 500 and TopicId %s has been recorded for SYSTEM", t.UpdateID)
			t.stage(atPolicy, "unknown", 0, 0)
			t.stage(atEvaluate, "done", seen, seen)
			t.KB, t.Title, t.Deployment = "", "", "" // no log says
			continue
		}
		d.write(updatesStore, seen, 4012, "Queried Update (%s): Status=%s, Title=%s, BulletinID=, QNumbers=%s, LocaleID=, ProductID=%s, UpdateClassification = %s, ExcludeForStateReporting=FALSE.",
			t.UpdateID, status, t.Title, t.KB[2:], d.source, classes[0].id)
		detect, listed := d.at(0, 20, 1000*n), d.at(0, 20, 1000*n+750)
		d.write(updatesDeployment, detect-20, 4016, "Assignment %s has total CI = 1", braces(t.Deployment))
		d.write(updatesDeployment, detect, 4016, "Detection job (%s) started for assignment (%s)", braces(t.job), braces(t.Deployment))
		d.write(updatesDeployment, listed, 4016, "Update (%s) Name (%s) ArticleID (%s) added to the targeted list of deployment (%s)", d.ci(t), t.Title, t.KB[2:], braces(t.Deployment))
		t.stage(atEvaluate, "done", detect, listed)
	}
	d.write(wuaHandler, d.at(0, 25, 0), 4000, "Pruning: update id (%s) is superseded by (%s).", superseded.UpdateID, deferred.UpdateID)
	due := d.s.zone.at(d.at(48, 0, 0))
	d.write(schedulerLog, d.at(0, 26, 0), 4020, "SMSTrigger '3E692B0000080000' for scheduler 'Machine/DEADLINE:%s' will fire at %02d/%02d/%04d %02d:%02d:00 %s without randomization.",
		braces(deferred.Deployment), due.mon, due.d, due.y, (due.h+11)%12+1, due.min, map[bool]string{true: "AM", false: "PM"}[due.h < 12])
}

// evening is another scan.
func (d *day) evening(installed, after, back, available *traveller) {
	scan := d.at(7, 20, 0)
	d.write(wuaHandler, scan, 4000, "Async searching of updates using WUAgent started.")
	d.write(wuaHandler, scan+60_000, 4004, "Successfully completed scan.")
	for n, t := range []*traveller{installed, after, back, available} {
		status := map[bool]string{true: "Missing", false: "Installed"}[t == back || t == available]
		seen := scan + 61_000 + int64(n)*100
		d.write(updatesStore, seen, 4012, "Queried Update (%s): Status=%s, Title=%s, BulletinID=, QNumbers=%s, LocaleID=, ProductID=%s, UpdateClassification = %s, ExcludeForStateReporting=FALSE.",
			t.UpdateID, status, t.Title, t.KB[2:], d.source, classes[0].id)
		if t == after && d.client() {
			t.Attempts[0].InstalledAfter = utc(seen)
		}
		if t == back {
			t.Stages[atInstall].State = "failed"
		}
	}
}

// content makes the identifiers of an update's content and asks for it.
func (d *day) content(t *traveller, at int64) (location string) {
	t.Content, t.CTM = d.guid(), d.guid()
	location = braces(d.guid())
	d.write(updatesHandler, at, 4024, "Content Text = <Content ContentId=\"%s\" Version=\"1\"><FileContent Name=\"windows11.0-%s-x64.cab\" Hash=\"00\" HashAlgorithm=\"SHA1\" Size=\"1\"/></Content>", t.Content, strings.ToLower(t.KB))
	d.write(updatesHandler, at+10, 4024, "Starting download on action (INSTALL) for Update (%s)", t.UpdateID)
	d.write(contentAccess, at+100, 4028, "Requesting content %s.1, size(KB) 1, under context System with priority Medium", t.Content)
	d.write(contentAccess, at+150, 4028, "Submitted CTM job %s to download Content %s.1 under context System", braces(t.CTM), t.Content)
	d.write(contentTransfer, at+200, 4028, "Queued location request '%s' for CTM job '%s'.", location, braces(t.CTM))
	return location
}

// download fetches an update's content.
func (d *day) download(t *traveller, at int64) {
	d.content(t, at)
	t.DTS, t.B = d.guid(), d.guid()
	d.write(contentTransfer, at+1000, 4032, "Persisted locations for CTM job %s:\n\t(LOCAL) http://dp01.contoso.com/SMS_DP_SMSPKG$/%s", braces(t.CTM), t.Content)
	d.write(contentTransfer, at+1100, 4032, "CTM job %s (corresponding DTS job %s) started download from 'http://dp01.contoso.com/SMS_DP_SMSPKG$/%s' for full content download.", braces(t.CTM), braces(t.DTS), t.Content)
	d.write(dataTransfer, at+1200, 4036, "Starting BITS job '%s' for DTS job '%s' under user 'S-1-5-18'.", braces(t.B), braces(t.DTS))
	d.write(contentAccess, at+20_000, 4028, "Download completed for content %s.1 under context System", t.Content)
	d.write(updatesHandler, at+21_000, 4024, "Contents downloaded successfully for update (%s).", t.UpdateID)
	t.stage(atLocate, "done", at+100, at+1000)
	t.stage(atDownload, "done", at+1100, at+21_000)
}

// noLocation asks for content that no distribution point has.
func (d *day) noLocation(t *traveller, at int64) {
	d.content(t, at)
	d.write(contentTransfer, at+900, 4032, "CCTMJob::UpdateLocations - Received empty location update for CTM Job %s", braces(t.CTM))
	d.write(contentTransfer, at+910, 4032, "CTM job %s suspended", braces(t.CTM))
	t.stage(atLocate, "waiting", at+100, 0)
}

// noDownload fetches content that turns out damaged.
func (d *day) noDownload(t *traveller, at int64) {
	d.content(t, at)
	t.DTS = d.guid()
	d.write(contentTransfer, at+1000, 4032, "CTM job %s (corresponding DTS job %s) started download from 'http://dp01.contoso.com/SMS_DP_SMSPKG$/%s' for full content download.", braces(t.CTM), braces(t.DTS), t.Content)
	d.write(updatesHandler, at+9000, 4024, "CDeploymentJob -- Failed to download update (%s). Error = 0x80091007", t.UpdateID)
	t.stage(atLocate, "done", at+100, at+1000)
	t.stage(atDownload, "failed", at+1000, at+9000)
}

// refuse tells the client to wait for a window.
func (d *day) refuse(t *traveller, at int64, seconds int) {
	d.write(updatesDeployment, at, 4040, "No current service window available to run updates assignment with time required = %d", seconds)
	d.write(updatesDeployment, at+5, 4040, "No service window available to run updates assignment")
	d.write(updatesDeployment, at+10, 4040, "This assignment (%s) will be retried once the service window is available.", braces(t.Deployment))
	if d.client() {
		t.MaxSeconds, t.MaxSource = seconds, "bundle"
	}
	if t.Stages[atWindow].State == "unknown" {
		t.stage(atWindow, "waiting", at+10, 0)
	}
}

// about is the data of an event about an update.
func about(t *traveller, code uint32) []evtxtest.Pair {
	var data []evtxtest.Pair
	if code != 0 {
		data = append(data, evtxtest.Pair{Name: "errorCode", Value: evtxtest.Hex32(code)})
	}
	return append(data, evtxtest.Pair{Name: "updateTitle", Value: t.Title}, evtxtest.Pair{Name: "updateGuid", Value: guidOf([]byte(t.UpdateID))},
		evtxtest.Pair{Name: "updateRevisionNumber", Value: uint32(t.Revision)})
}
