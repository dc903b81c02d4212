package report

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"patchtrail/analyze"
	"patchtrail/analyze/timeline"
	"patchtrail/ingest/gen"
)

// twoClients is the result of two clients with a cause each.
func twoClients(t testing.TB, bytes int64) *analyze.Result {
	t.Helper()
	dir := t.TempDir()
	for i, incident := range []gen.Incident{gen.InstallExceededMaxTime, gen.ScanTimeout} {
		name := []string{"PC01", "PC02"}[i]
		if _, err := gen.Client(gen.Folder(filepath.Join(dir, name)), gen.Options{Seed: uint64(i), Bytes: bytes, Machine: name, Incident: incident}); err != nil {
			t.Fatal(err)
		}
	}
	opt := analyze.Options{Now: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)}
	res, err := analyze.Run(t.Context(), []string{filepath.Join(dir, "PC01"), filepath.Join(dir, "PC02")}, opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Machines) != 2 {
		t.Fatalf("machines %+v", res.Machines)
	}
	return res
}

// readTable reads all rows of a table, by the folder of their partition.
func readTable[T any](t *testing.T, dir, name string) map[string][]T {
	t.Helper()
	out := map[string][]T{}
	files, err := filepath.Glob(filepath.Join(dir, name, "*", "*.parquet"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v %v", name, files, err)
	}
	for _, f := range files {
		rows, err := parquet.ReadFile[T](f)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		at := filepath.Base(filepath.Dir(f))
		out[at] = append(out[at], rows...)
	}
	return out
}

// TestParquet reads the tables back and compares them with the result.
func TestParquet(t *testing.T) {
	res := twoClients(t, 600<<10)
	dir := filepath.Join(t.TempDir(), "out")
	if err := Parquet(t.Context(), dir, res, Options{}); err != nil {
		t.Fatal(err)
	}
	records := readTable[parquetRecord](t, dir, "records")
	if len(records) != 2 {
		t.Fatalf("%d partitions", len(records))
	}
	seen := map[string]int{}
	err := each(t.Context(), res, timeline.Filter{}, func(r line) error {
		at := "machine=" + partition(r.machine)
		row := records[at][seen[at]]
		seen[at]++
		if row.TimeNS != r.meta.Time || row.Time != r.meta.Time/1000 || row.Message != r.message || row.File != r.file.Path ||
			int(row.Line) != r.meta.Line || row.Component != r.meta.Component || row.Level != r.meta.Level.String() || row.Bundle != "PC01, PC02" {
			t.Fatalf("%+v is not %+v", row, r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for at, rows := range records {
		if len(rows) != seen[at] {
			t.Errorf("%s has %d rows, not %d", at, len(rows), seen[at])
		}
	}
	findings, updates, attempts, windows := 0, 0, 0, 0
	for _, rows := range readTable[parquetFinding](t, dir, "findings") {
		for _, f := range rows {
			findings++
			if f.ID == "" || f.Title == "" || f.First == 0 || len(f.Evidence) == 0 || f.Evidence[0].Text == "" || f.FirstNS/1000 != f.First {
				t.Errorf("%+v", f)
			}
		}
	}
	for _, rows := range readTable[parquetUpdate](t, dir, "updates") {
		updates += len(rows)
	}
	for _, rows := range readTable[parquetAttempt](t, dir, "attempts") {
		for _, a := range rows {
			attempts++
			if a.Runtime != nil && *a.Runtime != float64(a.EndedNS-a.StartedNS)/1e9 || a.Runtime == nil && a.Started != 0 && a.Ended != 0 {
				t.Errorf("%+v", a)
			}
		}
	}
	for _, rows := range readTable[parquetWindow](t, dir, "windows") {
		windows += len(rows)
	}
	wantAttempts := 0
	for _, u := range res.Updates {
		wantAttempts += len(u.Attempts)
	}
	wantWindows := len(res.Windows[0].Windows()) + len(res.Windows[1].Windows())
	if findings != len(res.Findings) || updates != len(res.Updates) || attempts != wantAttempts || windows != wantWindows || findings*updates*attempts*windows == 0 {
		t.Errorf("%d findings of %d, %d updates of %d, %d attempts of %d, %d windows of %d", findings, len(res.Findings), updates, len(res.Updates), attempts, wantAttempts, windows, wantWindows)
	}
	checkFiles(t, dir, 2)
	if err := Parquet(t.Context(), dir, res, Options{}); err != nil {
		t.Errorf("again: %v", err)
	}
	checkFiles(t, dir, 2)
}

// checkFiles holds that a folder has the tables of so many machines and nothing else.
func checkFiles(t *testing.T, dir string, machines int) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
			if filepath.Ext(path) != ".parquet" {
				t.Errorf("%s is left", path)
			}
		}
		return err
	})
	if err != nil || n != 5*machines {
		t.Errorf("%d files, %v", n, err)
	}
}

func TestPartition(t *testing.T) {
	f := func(id, want string) {
		t.Helper()
		if got := partition(id); got != want {
			t.Errorf("%q: %s, want %s", id, got, want)
		}
	}
	f("PC01", "PC01")
	f("pc-01_a.contoso.com", "pc-01_a.contoso.com")
	f("../../etc", "..%2F..%2Fetc")
	f(`C:\x|y*`, "C%3A%5Cx%7Cy%2A")
	f("dot.", "dot%2E")
	f("a b=c%", "a%20b%3Dc%25")
	f("日", "%E6%97%A5")
	f("\xff", "%EF%BF%BD")
	long := partition(strings.Repeat("日本", 200))
	if len(long) > 230 || long == partition(strings.Repeat("日本", 201)) {
		t.Errorf("%d: %s", len(long), long)
	}
}

// TestParquetHostile writes what a hostile bundle says, below the folder and
// nowhere else, also where two machines have one name to a file system.
func TestParquetHostile(t *testing.T) {
	res, err := analyze.Run(t.Context(), []string{hostileZip(t)}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res.Machines = append(res.Machines, res.Machines[0], res.Machines[0])
	ids := []string{"../../evil\x00\xff", "PC01", "pc01"}
	n := len(res.Machines)
	for i, id := range ids {
		res.Machines[n-3+i].ID = id
	}
	above := t.TempDir()
	dir := filepath.Join(above, "a", "out")
	if err := Parquet(t.Context(), dir, res, Options{}); err != nil {
		t.Fatal(err)
	}
	checkFiles(t, above, n)
	rows := 0
	for _, r := range readTable[parquetRecord](t, dir, "records") {
		rows += len(r)
	}
	if rows != res.Store.Len() {
		t.Errorf("%d of %d records", rows, res.Store.Len())
	}
}

func TestParquetFails(t *testing.T) {
	res := twoClients(t, 300<<10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if err := Parquet(ctx, dir, res, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*")); len(files) != 0 {
		t.Errorf("left %v", files)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Parquet(t.Context(), file, res, Options{}); err == nil {
		t.Error("wrote into a file")
	}
	blocked := t.TempDir()
	if err := os.WriteFile(filepath.Join(blocked, "records"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Parquet(t.Context(), blocked, res, Options{}); err == nil || !strings.Contains(err.Error(), "records") {
		t.Errorf("blocked: %v", err)
	}
}

// TestTableGroups holds that long rows end a row group early, so that memory
// stays bounded.
func TestTableGroups(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p := &parquetRun{ctx: t.Context(), root: root, dir: dir, place: "x.parquet"}
	long := strings.Repeat("x", 1<<20)
	err = writeTable(p, "records", func(t *table[parquetRecord]) error {
		for i := range 40 {
			if err := t.add(parquetRecord{Line: int64(i), Message: long}, len(long)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "records", "x.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.RowGroups()); n != 3 || f.NumRows() != 40 {
		t.Errorf("%d groups, %d rows", n, f.NumRows())
	}
}
