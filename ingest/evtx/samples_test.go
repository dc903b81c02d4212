package evtx

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"patchtrail/ingest/evtx/evtxtest"
	"patchtrail/ingest/record"
)

// start is the time of the first generated event.
var start = time.Date(2024, 3, 9, 23, 50, 0, 123456700, time.UTC)

var (
	wuGUID     = evtxtest.GUID{0x94, 0x5a, 0x89, 0x54, 0xc1, 0x47, 0x4a, 0xcd, 0x92, 0x3f, 0x40, 0xc4, 0x54, 0x05, 0xa6, 0x58}
	updateGUID = evtxtest.GUID{0x0a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
)

// variety is one event of every kind that the reader must know.
func variety() []evtxtest.Event {
	type (
		E = evtxtest.Event
		P = evtxtest.Pair
	)
	const wu = "Microsoft-Windows-WindowsUpdateClient"
	title := "2024-03 x64 ベース システム用 Windows 11 の累積更新プログラム (KB5035853)"
	update := []P{pair("updateTitle", title), pair("updateGuid", updateGUID), pair("updateRevisionNumber", uint32(200))}
	failed := append([]P{pair("errorCode", evtxtest.Hex32(0x80240016))}, update...)
	events := []E{
		{Provider: wu, ProviderGUID: wuGUID, ID: 44, Level: 4, Data: update, User: "S-1-5-18"},
		{Provider: wu, ProviderGUID: wuGUID, ID: 43, Level: 4, Data: update, User: "S-1-5-18"},
		{Provider: wu, ProviderGUID: wuGUID, ID: 20, Level: 2, Data: failed, User: "S-1-5-18"},
		{Provider: wu, ProviderGUID: wuGUID, ID: 25, Level: 2, Data: []P{pair("errorCode", int32(-2145107924))}},
		{Provider: wu, ProviderGUID: wuGUID, ID: 31, Level: 2, Data: []P{pair("errorCode", "2149842978")}},
		{Provider: wu, ProviderGUID: wuGUID, ID: 19, Level: 4, Data: update, User: "S-1-5-21-1-2-3-500"},
		{Provider: "Service Control Manager", Qualifiers: 16384, ID: 7040, Level: 4, Data: []P{pair("param1", "Windows Update"), pair("param2", "自動的な開始"), pair("param3", "要求による開始"), pair("param4", "wuauserv")}},
		{Provider: "Service Control Manager", Qualifiers: 49152, ID: 7023, Level: 2, Data: []P{pair("param1", "Windows Update"), pair("param2", "%%2147952450"), pair("Binary", []byte("w\x00u\x00a\x00u\x00s\x00e\x00r\x00v\x00\x00\x00"))}},
		{Provider: "Microsoft-Windows-Servicing", ID: 3, Level: 2, Container: "CbsPackageChangeState", Data: []P{pair("PackageIdentifier", "KB5035853"), pair("IntendedPackageState", uint32(5112)), pair("IntendedPackageStateTextized", "Installed"), pair("ErrorCode", "0x800f0922"), pair("Client", "UpdateAgentLCU")}},
		{Provider: "Microsoft-Windows-Bits-Client", ID: 61, Level: 3, Data: []P{pair("transferId", updateGUID), pair("name", "CCMDTS Job"), pair("Id", updateGUID), pair("url", "http://dp1.contoso.com/SMS_DP_SMSPKG$/x"), pair("peer", ""), pair("hr", uint32(0x80072ee2)), pair("fileTime", start), pair("fileLength", uint64(1<<33)), pair("bytesTotal", uint64(1<<33)), pair("bytesTransferred", uint64(0))}},
		{Provider: "EventLog", Qualifiers: 32768, ID: 6008, Level: 2, Data: []P{pair("", []string{"11:58:01", "2024/03/09", "", "", "1234"})}},
		{Provider: "EventLog", Qualifiers: 32768, ID: 6013, Level: 4, Data: []P{pair("", []string{"", "", "", "", "86400", "60", "-540 東京 (標準時)"}), pair("Binary", []byte{1, 2, 0xfe})}},
		{Provider: "Microsoft-Windows-Kernel-General", ID: 1, Level: 4, Data: []P{pair("NewTime", start), pair("OldTime", start.Add(-time.Hour)), pair("Reason", uint32(1))}},
		{Provider: "User32", Qualifiers: 32768, ID: 1074, Level: 4, Data: []P{pair("param1", `C:\Windows\CCM\CcmExec.exe (PC01)`), pair("param2", "PC01"), pair("param3", "No title for this reason could be found"), pair("param4", "0x80020001"), pair("param5", "restart"), pair("param6", "Your computer will restart\r\nto finish updates."), pair("param7", `NT AUTHORITY\SYSTEM`)}},
		{Provider: "Windows Server Update Services", ID: 364, Level: 2, Channel: "Application", Data: []P{pair("", "Content file download failed.\r\nReason: The server does not support the necessary HTTP protocol."), pair("", "/Content/aa.cab")}},
		{Provider: "MsiInstaller", ID: 1033, Level: 4, Channel: "Application", Data: []P{pair("", "Configuration Manager Client"), pair("", "5.00.9106.1000"), pair("", "1041"), pair("", "0"), pair("", "Microsoft Corporation"), pair("", "(NULL)"), pair("Binary", []byte("{C}"))}},
		{Provider: "Contoso-Agent: main 7: x", ID: 9, Level: 5, Data: []P{
			pair("Text", "a & b <c>"), pair("Empty", ""), pair("Null", nil), pair("I8", int8(-8)), pair("U8", uint8(8)), pair("I16", int16(-16)), pair("U16", uint16(16)),
			pair("I32", int32(-32)), pair("U32", uint32(32)), pair("I64", int64(-64)), pair("U64", uint64(1<<64-1)), pair("R32", float32(0.5)), pair("R64", -2.25),
			pair("Yes", true), pair("No", false), pair("Bytes", []byte{0, 0xab}), pair("Id", updateGUID), pair("Size", evtxtest.SizeT(4096)), pair("At", start),
			pair("Parts", evtxtest.SystemTime(start)), pair("Who", evtxtest.SID("S-1-5-21-10-20-30-1001")), pair("H32", evtxtest.Hex32(0x1f)), pair("H64", evtxtest.Hex64(0x8000000000000000)),
			pair("Many", []string{"one", "two", "三"}), pair("Ansi", evtxtest.ANSI("\x93\xfa\x96\x7b\x00")), pair("FinalStatus", uint32(3221226341)), pair("HttpStatus", uint32(404)), pair("Result", "𠮷野家"),
		}},
		{Provider: "Microsoft-Windows-Security-Auditing", ID: 4625, Level: 0, Keywords: 0x8010000000000000, Data: []P{pair("SubStatus", evtxtest.Hex32(0xc000006a))}},
		{Provider: "Microsoft-Windows-GroupPolicy", ID: 1129, Level: 2, Computer: "PC02.contoso.com", Channel: "System",
			Message: "The processing of Group Policy failed because of lack of network connectivity.", Data: []P{pair("ErrorCode", uint32(1222)), pair("ErrorDescription", "lack of network connectivity")}},
		{Provider: "Microsoft-Windows-Dhcp-Client", ID: 50036, Level: 4},
	}
	for i := range events {
		e := &events[i]
		e.Time = start.Add(time.Duration(i) * 1500 * time.Millisecond)
		e.Thread, e.Process = uint32(100+i), 4
		if e.Computer == "" {
			e.Computer = "PC01.contoso.com"
		}
		if e.Channel == "" {
			e.Channel = "System"
		}
	}
	return events
}

func pair(name string, value any) evtxtest.Pair {
	return evtxtest.Pair{Name: name, Value: value}
}

// many returns n events, the same kinds again and again.
func many(n int) []evtxtest.Event {
	kinds := variety()
	events := make([]evtxtest.Event, n)
	for i := range events {
		events[i] = kinds[i%len(kinds)]
		events[i].Time = start.Add(time.Duration(i) * time.Second)
	}
	return events
}

func write(tb testing.TB, events []evtxtest.Event) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := evtxtest.Write(&b, events); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// got is one record as Read gave it.
type got struct {
	record.Rec
	component, text string
}

func read(tb testing.TB, log []byte) ([]got, *Reader, error) {
	tb.Helper()
	r := New()
	var b record.Batch
	var out []got
	err := r.Read(bytes.NewReader(log), &b, func(rec record.Rec, text []byte) {
		out = append(out, got{rec, b.Components()[rec.Component], string(text)})
	})
	return out, r, err
}

// realLogs returns the real logs beside the project, where there are any.
func realLogs(tb testing.TB) [][]byte {
	names, err := filepath.Glob("../../../shared/samples/eventlogs/*.evtx")
	if err != nil {
		tb.Fatal(err)
	}
	var logs [][]byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		logs = append(logs, b)
	}
	return logs
}
