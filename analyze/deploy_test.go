package analyze

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTerms holds what deployments allow, told by the client's policy in its
// forms and by its logs, against a window that is too short.
func TestTerms(t *testing.T) {
	const (
		update  = "11111111-2222-4333-8444-555555555555"
		assign  = "{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}"
		job     = "{12345678-BBBB-4CCC-8DDD-EEEEEEEEEEEE}"
		another = "{FFFFFFFF-BBBB-4CCC-8DDD-EEEEEEEEEEEE}"
	)
	ccm := func(component string, lines ...string) string {
		var b strings.Builder
		for _, l := range lines {
			at, rest, _ := strings.Cut(l, " ")
			thread, msg, _ := strings.Cut(rest, " ")
			fmt.Fprintf(&b, "<![LOG[%s]LOG]!><time=\"%s.000-540\" date=\"02-10-2025\" component=\"%s\" context=\"\" type=\"1\" thread=\"%s\" file=\"a.cpp:1\">\r\n", msg, at, component, thread)
		}
		return b.String()
	}
	targeted := "09:00:00 1 Update (Site_{9}/SUM_" + update + ") added to the targeted list of deployment (" + assign + ")"
	deployment := ccm("UpdatesDeploymentAgent", targeted)
	windows := ccm("ServiceWindowManager", "08:00:00 1 Refreshing Service Windows.....", "08:00:00 1     Populating instance of ServiceWindow with ID={811D3CCB-5CDD-4A50-8227-E204D941064A}, ScheduleString=000859DE00192000, Type=4",
		"08:00:00 1         StartTime is 2025/02/16 0:00:00", "08:00:00 1 Checking to see which Service Windows should be Active.....")
	const heads = "Update Deployments\r\n\r\nAssignmentID                           AssignmentName EnforcementDeadline       OverrideServiceWindows RebootOutsideOfServiceWindows\r\n" +
		"------------                           -------------- -------------------       ---------------------- -----------------------------\r\n"
	row := func(id, deadline, override, restart string) string {
		return fmt.Sprintf("%-38s %-14s %-25s %22s %29s\r\n", id, "2 月の更新", deadline, override, restart)
	}
	f := func(name string, files map[string]string, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			dir := t.TempDir()
			files["ServiceWindowManager.log"] = windows
			if files["UpdatesDeployment.log"] == "" {
				files["UpdatesDeployment.log"] = deployment
			}
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			res, err := Run(context.Background(), []string{dir}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, fit := range res.Fits {
				got = append(got, fmt.Sprintf("%s fits=%v", fit.Reason, fit.Fits))
			}
			for i := range res.Updates {
				u := &res.Updates[i]
				terms := res.Terms(u)
				s := string(u.Now)
				if u.Deadline != 0 {
					s += " due " + time.Unix(0, u.Deadline).UTC().Format("01-02 15:04")
				}
				if terms.RestartsAnyTime {
					s += " restarts"
				}
				got = append(got, fmt.Sprintf("%s by %q (%d)", s, terms.Name, len(terms.Evidence)))
			}
			for _, fd := range res.Findings {
				if fd.ID == "max-runtime-exceeds-windows" {
					got = append(got, fd.ID)
				}
			}
			if s := strings.Join(got, "; "); s != want {
				t.Errorf("got  %s\nwant %s", s, want)
			}
		})
	}
	table := func(rows ...string) map[string]string {
		return map[string]string{"PC01_CMClient_CCM-MachineDeployments.TXT": heads + strings.Join(rows, "")}
	}
	f("nothing is known", map[string]string{}, `longer-than-windows fits=false; available by "" (0); max-runtime-exceeds-windows`)
	f("ignores windows", table(row(assign, "20250211030000.000000+***", "True", "True")), `ignores-windows fits=true; deferred due 02-10 18:00 restarts by "2 月の更新" (1)`)
	f("does not", table(row(assign, "20250210030000.000000+***", "False", "False")), `longer-than-windows fits=false; available due 02-09 18:00 by "" (0); max-runtime-exceeds-windows`)
	f("another deployment does", table(row(another, "20250210030000.000000+***", "True", "False")), `longer-than-windows fits=false; available by "" (0); max-runtime-exceeds-windows`)
	f("only available", table(row(assign, "", "False", "False")), `available-only fits=false; available by "2 月の更新" (1)`)
	f("available, though it ignores windows", table(row(assign, "", "True", "False")), `available-only fits=false; available by "2 月の更新" (1)`)
	mof := func(more string) map[string]string {
		return map[string]string{"policy.mof": "instance of CCM_UpdateCIAssignment\r\n{\r\n\tAssignedCIs = {\"<CI><ID>Site_9/SUM_" + update + "</ID></CI>\"};\r\n\tAssignmentID = \"" + another + "\";\r\n\tAssignmentName = \"Required\";\r\n" + more + "};\r\n"}
	}
	f("two deployments, one of them listed", mof(""), `longer-than-windows fits=false; available by "" (0); max-runtime-exceeds-windows`)
	f("two deployments", mof("\tEnforcementDeadline = \"20250210030000.000000+540\";\r\n\tOverrideServiceWindows = TRUE;\r\n"), `ignores-windows fits=true; available due 02-09 18:00 by "Required" (1)`)
	options := func(value string) map[string]string {
		return map[string]string{
			"UpdatesDeployment.log": ccm("UpdatesDeploymentAgent", targeted, "09:00:10 1 DownloadCIContents Job ("+job+") started for assignment ("+assign+")"),
			"UpdatesHandler.log":    ccm("UpdatesHandler", "09:00:11 7 Initiating download for the job ("+job+").", "09:00:12 7 Timeout Options: Priority = 2, DPLocality = 1048578, bPersistOnWriteFilterDevices = True, bOverrideServiceWindow = "+value),
		}
	}
	f("a job that ignores windows", options("True"), `ignores-windows fits=true; available by "" (1)`)
	f("a job that does not", options("False"), `longer-than-windows fits=false; available by "" (0); max-runtime-exceeds-windows`)
	coordinator := func(id, override string, lines ...string) map[string]string {
		return map[string]string{
			"UpdatesDeployment.log":      ccm("UpdatesDeploymentAgent", append([]string{targeted, "09:00:10 1 DownloadCIContents Job (" + job + ") started for assignment (" + assign + ")"}, lines...)...),
			"MaintenanceCoordinator.log": ccm("MaintenanceCoordinator", "09:00:12 7 RequestPersistence(id="+id+", persist=1, swoverride="+override+", swType=4, pendingWFDisable=0, deadline=1)"),
		}
	}
	f("the coordinator ignores windows", coordinator("Update download job", "1"), `ignores-windows fits=true; available by "" (1)`)
	f("the coordinator does not", coordinator("Update download job", "0"), `longer-than-windows fits=false; available by "" (0); max-runtime-exceeds-windows`)
	f("a program does", coordinator("Program", "1"), `longer-than-windows fits=false; available by "" (0); max-runtime-exceeds-windows`)
	f("one of two deployments, not known which", coordinator("Update download job", "1", "09:00:11 2 DownloadCIContents Job (12345678-BBBB-4CCC-8DDD-000000000000) started for assignment ("+another+")"),
		`longer-than-windows fits=false; available by "" (0); max-runtime-exceeds-windows`)
}
