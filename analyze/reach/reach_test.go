package reach

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patchtrail/analyze/rule"
	"patchtrail/ingest/record"
	"patchtrail/ingest/sitelog"
)

// logFile is a log of a site server, parsed.
type logFile struct {
	machine string
	records []rule.Record
}

type logs []logFile

func (l logs) Record(file int, n uint32) rule.Record { return l[file].records[n] }
func (l logs) Time(file int, n uint32) int64         { return l[file].records[n].Time }

// leads runs the product's rules over logs, given as machine, component and
// lines "HH:MM message", all of one day.
func leads(t *testing.T, files ...[3]string) []rule.Lead {
	t.Helper()
	folder, err := rule.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rule.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	m := set.Matcher()
	var src logs
	var list []rule.File
	for _, f := range files {
		var text bytes.Buffer
		for line := range strings.SplitSeq(strings.TrimSpace(f[2]), "\n") {
			clock, message, _ := strings.Cut(strings.TrimSpace(line), " ")
			fmt.Fprintf(&text, "%s  $$<%s><03-18-2025 %s:00.000-540><thread=4242 (0x1092)>\r\n", message, f[1], clock)
		}
		var b record.Batch
		sitelog.New().Parse(text.Bytes(), true, &b)
		out := logFile{machine: f[0]}
		for i, r := range b.Recs {
			end := text.Len()
			if i+1 < len(b.Recs) {
				end = b.Recs[i+1].Off
			}
			raw := text.Bytes()[r.Off:end]
			out.records = append(out.records, rule.Record{Text: sitelog.Split(raw).Message, Raw: raw, Time: r.Time, Thread: r.Thread})
		}
		sc := m.Scanner(sitelog.Name, "")
		sc.Block(text.Bytes(), b.Recs, b.Components(), 0)
		list = append(list, rule.File{Machine: f[0], Candidates: sc.Candidates()})
		src = append(src, out)
	}
	res, err := m.Evaluate(context.Background(), list, src, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res.Leads
}

const (
	wcm  = "SMS_WSUS_CONFIGURATION_MANAGER"
	ctrl = "SMS_WSUS_CONTROL_MANAGER"

	refused = `
		01:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False
		01:10 System.Net.WebException: Unable to connect to the remote server ---> No connection could be made because the target machine actively refused it 192.0.2.10:8530
		02:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False
		02:11 System.Net.WebException: リモート サーバーに接続できません。 ---> 対象のコンピューターによって拒否されたため、接続できませんでした。 192.0.2.10:8530`
	healthy = `
		00:30 There are no unhealthy WSUS Server components on WSUS Server SUP01.contoso.com
		01:30 There are no unhealthy WSUS Server components on WSUS Server SUP01.contoso.com
		02:30 There are no unhealthy WSUS Server components on WSUS Server SUP01.contoso.com`
)

func TestMatches(t *testing.T) {
	f := func(name, want string, files ...[3]string) {
		t.Helper()
		var got []string
		for _, m := range Matches(leads(t, files...)) {
			got = append(got, fmt.Sprintf("%s: %s:%s failing %s healthy %s, %d lines", m.Machine, m.Params["host"], m.Params["port"],
				m.Params["failing"], m.Params["healthy"], len(m.Evidence)))
		}
		if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	broken := "CM01: SUP01.contoso.com:8530 failing 2 healthy 3, 5 lines"
	f("two machines", broken, [3]string{"CM01", wcm, refused}, [3]string{"SUP01", ctrl, healthy})
	f("two machines whose names are not known", broken, [3]string{"CM01", wcm, refused}, [3]string{"machine-2", ctrl, healthy})
	f("two logs in one folder", broken, [3]string{"CM01", wcm, refused}, [3]string{"CM01", ctrl, healthy})
	f("known by the name of its machine alone", "CM01: SUP01.contoso.com:8530 failing 2 healthy 1, 3 lines",
		[3]string{"CM01", wcm, refused}, [3]string{"SUP01", ctrl, "01:30 Successfully connected to local WSUS server"})
	f("the other log is missing", "", [3]string{"CM01", wcm, refused})
	f("WSUS is sick too", "", [3]string{"CM01", wcm, refused}, [3]string{"SUP01", ctrl, healthy + `
		02:40 Failures reported during periodic health check by the WSUS Server SUP01.contoso.com. Will retry check in 1 minutes`})
	f("WSUS was sick the day before", broken, [3]string{"CM01", wcm, strings.NewReplacer("01:1", "21:1", "02:1", "22:1").Replace(refused)},
		[3]string{"SUP01", ctrl, "02:00 System.Net.WebException: The request failed with HTTP status 503\n" +
			strings.NewReplacer("00:3", "20:3", "01:3", "21:3", "02:3", "22:3").Replace(healthy)})
	f("it got through again", "", [3]string{"CM01", wcm, refused + `
		03:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False
		03:10 Successfully connected to server: SUP01.contoso.com, port: 8530, useSSL: False`}, [3]string{"SUP01", ctrl, healthy})
	f("another server is healthy", "", [3]string{"CM01", wcm, refused}, [3]string{"SUP02", ctrl, strings.ReplaceAll(healthy, "SUP01", "SUP02")})
	f("WSUS answers, and refuses the account", "", [3]string{"CM01", wcm, `
		01:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False
		01:10 System.Net.WebException: The request failed with HTTP status 401: Unauthorized.`}, [3]string{"SUP01", ctrl, healthy})
	f("the failure is of something else", "", [3]string{"CM01", wcm, `
		01:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False
		01:40 System.Net.WebException: The operation has timed out`}, [3]string{"SUP01", ctrl, healthy})
	f("of two servers one", "CM01: SUP02.contoso.com:8530 failing 1 healthy 3, 4 lines", [3]string{"CM01", wcm, `
		01:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False
		01:11 Successfully connected to server: SUP01.contoso.com, port: 8530, useSSL: False
		01:12 Attempting connection to WSUS server: SUP02.contoso.com, port: 8530, useSSL: False
		01:13 System.Net.WebException: リモート名を解決できませんでした。: 'SUP02.contoso.com'`},
		[3]string{"SUP01", ctrl, healthy}, [3]string{"SUP02", ctrl, strings.ReplaceAll(healthy, "SUP01", "SUP02")})
}

func TestEvidenceIsBounded(t *testing.T) {
	var fails, checks strings.Builder
	for h := range 20 {
		fmt.Fprintf(&fails, "%02d:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False\n%02d:11 No connection: actively refused it, SocketException\n", h, h)
		fmt.Fprintf(&checks, "%02d:30 There are no unhealthy WSUS Server components on WSUS Server SUP01\n", h)
	}
	got := Matches(leads(t, [3]string{"CM01", wcm, fails.String()}, [3]string{"SUP01", ctrl, checks.String()}))
	if len(got) != 1 || got[0].Count != 20 || len(got[0].Evidence) != 2*maxShown {
		t.Errorf("got %+v", got)
	}
}
