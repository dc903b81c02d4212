package analyze

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/analyze/finding"
)

// TestDelivered holds that content without location has passed once the update
// got it by a job of another name, and not before.
func TestDelivered(t *testing.T) {
	const (
		update  = "11111111-2222-3333-4444-555555555555"
		content = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
	)
	job := func(n int) string { return fmt.Sprintf("{C0000000-0000-0000-0000-00000000000%d}", n) }
	begin := func(n int) map[string][]string {
		return map[string][]string{
			"UpdatesHandler": {
				fmt.Sprintf("%02d:00:00|Initiating download for the job ({70000000-0000-0000-0000-00000000000%d}).", n, n),
				fmt.Sprintf(`%02d:00:00|Content Text = <Content ContentId="%s" Version="1"><FileContent Name="a.cab"/></Content>`, n, content),
				fmt.Sprintf("%02d:00:01|Starting download on action (INSTALL) for Update (%s)", n, update),
			},
			"ContentAccess": {fmt.Sprintf("%02d:00:02|Submitted CTM job %s to download Content %s.1 under context System", n, job(n), content)},
		}
	}
	fails := func(n int) map[string][]string {
		lines := begin(n)
		lines["ContentTransferManager"] = []string{
			fmt.Sprintf("%02d:00:05|CCTMJob::UpdateLocations - Received empty location update for CTM Job %s", n, job(n)),
			fmt.Sprintf("%02d:00:05|CTM job %s suspended", n, job(n)),
		}
		return lines
	}
	works := func(n int) map[string][]string {
		lines := begin(n)
		lines["ContentAccess"] = append(lines["ContentAccess"], fmt.Sprintf("%02d:01:59|Download completed for content %s.1 under context System", n, content))
		lines["ContentTransferManager"] = []string{fmt.Sprintf("%02d:01:58|CTM job %s successfully processed download completion.", n, job(n))}
		lines["UpdatesHandler"] = append(lines["UpdatesHandler"], fmt.Sprintf("%02d:02:00|Contents downloaded successfully for update (%s).", n, update))
		return lines
	}
	f := func(want finding.Severity, recovered string, parts ...map[string][]string) {
		t.Helper()
		dir := t.TempDir()
		for _, component := range []string{"UpdatesHandler", "ContentAccess", "ContentTransferManager"} {
			var text strings.Builder
			for _, p := range parts {
				for _, line := range p[component] {
					at, message, _ := strings.Cut(line, "|")
					fmt.Fprintf(&text, "<![LOG[%s]LOG]!><time=\"%s.000-540\" date=\"03-18-2025\" component=\"%s\" context=\"\" type=\"1\" thread=\"2\" file=\"x.cpp:1\">\r\n", message, at, component)
				}
			}
			if err := os.WriteFile(filepath.Join(dir, component+".log"), []byte(text.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		res := run(t, Options{}, dir)
		for i := range res.Findings {
			if got := &res.Findings[i]; got.ID == "content-no-location" {
				if got.Severity != want || got.Params["recovered"] != recovered {
					t.Errorf("%s, recovered %q; want %s, %q", got.Severity, got.Params["recovered"], want, recovered)
				}
				return
			}
		}
		t.Error("not found")
	}
	f(finding.Error, "", fails(1))
	f(finding.Info, "2025-03-18T00:02:00Z", fails(1), works(9))
	f(finding.Error, "", works(1), fails(2))
	f(finding.Error, "", fails(1), works(2), fails(3))
}
