//go:build duckdb

package report

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// duckdbVersion is the version of @duckdb/node-api that the test installs.
const duckdbVersion = "1.5.6-r.1"

// query asks DuckDB: its own process, in node.
const query = `
import { DuckDBInstance } from '@duckdb/node-api';
const db = await (await DuckDBInstance.create(':memory:')).connect();
const out = [];
for (const sql of JSON.parse(process.argv[2])) {
  const r = await db.runAndReadAll(sql);
  out.push(r.getRowsJson());
}
console.log(JSON.stringify(out));
`

// TestDuckDB queries the tables as README says: machines from the folders, times
// as times, lists and structs, many bundles at once. It needs npm and a network
// or an npm cache, and is skipped without: go test -tags duckdb -run DuckDB ./analyze/report
func TestDuckDB(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is missing")
	}
	dir := t.TempDir()
	run := func(name string, args ...string) []byte {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir, cmd.Stderr = dir, os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %v: %v", name, args, err)
		}
		return out
	}
	install := exec.CommandContext(t.Context(), npm, "install", "--no-audit", "--no-fund", "--no-save", "--silent", "@duckdb/node-api@"+duckdbVersion)
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install DuckDB: %v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "query.mjs"), []byte(query), 0o644); err != nil {
		t.Fatal(err)
	}
	res := twoClients(t, 600<<10)
	res.Machines[1].ID = "営業 PC/02"
	for _, bundle := range []string{"a", "b"} {
		if err := Parquet(t.Context(), filepath.Join(dir, "out", bundle), res, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	from := func(table string) string {
		return "read_parquet('out/a/" + table + "/*/*.parquet', hive_partitioning = true)"
	}
	queries := []string{
		"SELECT machine, count(*)::INT FROM " + from("records") + " GROUP BY 1 ORDER BY 1",
		"SELECT count(*)::INT FROM read_parquet('out/*/records/*/*.parquet', hive_partitioning = true)",
		"SELECT count(*)::INT FROM " + from("records") + " WHERE epoch_ns(time) // 1000 <> time_ns // 1000 OR typeof(time) <> 'TIMESTAMP WITH TIME ZONE'",
		"SELECT DISTINCT id FROM " + from("findings") + " WHERE severity = 'error' ORDER BY 1",
		"SELECT count(*)::INT FROM " + from("findings") + " WHERE len(evidence) = 0 OR evidence[1].text = '' OR cardinality(params) = 0",
		"SELECT max(runtime_seconds) FROM " + from("attempts") + " WHERE verdict = 'exceeded'",
		"SELECT count(*)::INT FROM " + from("updates") + " u JOIN " + from("attempts") + " a USING (machine, key) WHERE a.result = 'cancelled'",
		"SELECT sum(duration_seconds)::INT > 0 FROM " + from("windows"),
	}
	arg, err := json.Marshal(queries)
	if err != nil {
		t.Fatal(err)
	}
	var got [][][]any
	if err := json.Unmarshal(run("node", "query.mjs", string(arg)), &got); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, f := range res.Store.Files {
		counts[res.MachineID(f.Machine)] += f.Len()
	}
	if n := got[0]; len(n) != 2 || n[0][0] != "PC01" || n[1][0] != "営業 PC/02" || int(n[0][1].(float64)) != counts["PC01"] || int(n[1][1].(float64)) != counts["営業 PC/02"] {
		t.Errorf("machines %v, want %v", got[0], counts)
	}
	if got[1][0][0].(float64) != float64(2*res.Store.Len()) {
		t.Errorf("records of both bundles: %v, want 2 x %d", got[1], res.Store.Len())
	}
	if got[2][0][0].(float64) != 0 || got[4][0][0].(float64) != 0 {
		t.Errorf("times %v, findings without evidence or params %v", got[2], got[4])
	}
	if ids := got[3]; len(ids) != 2 || ids[0][0] != "install-exceeded-max-runtime" || ids[1][0] != "scan-timeout" {
		t.Errorf("findings %v", ids)
	}
	if s, ok := got[5][0][0].(float64); !ok || s < 3600 {
		t.Errorf("longest run %v", got[5])
	}
	if n := got[6][0][0].(float64); n < 1 {
		t.Errorf("cancelled attempts %s", strconv.Itoa(int(n)))
	}
	if got[7][0][0] != true {
		t.Errorf("windows %v", got[7])
	}
}
