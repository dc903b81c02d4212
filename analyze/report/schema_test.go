package report

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/ingest/gen"
)

const schemaFile = "../../assets/schema/patchtrail.result-1.json"

// schema compiles the published schema. strict also refuses every property that
// it does not name, so that none is left without a description.
func schema(t *testing.T, strict bool) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		closeObjects(t, "", doc)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("result.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("result.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// closeObjects refuses what is not named, and wants a description of
// everything that is.
func closeObjects(t *testing.T, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if props, ok := v["properties"].(map[string]any); ok {
			v["additionalProperties"] = false
			for name, p := range props {
				if p, ok := p.(map[string]any); !ok || p["description"] == nil {
					t.Errorf("%s.%s has no description", at, name)
				}
			}
		}
		for k, child := range v {
			closeObjects(t, at+"."+k, child)
		}
	case []any:
		for _, child := range v {
			closeObjects(t, at, child)
		}
	}
}

// output is the JSON of inputs, as bytes and as values.
func output(t *testing.T, opt analyze.Options, l lang.Lang, inputs ...string) ([]byte, map[string]any) {
	t.Helper()
	if opt.Now.IsZero() {
		opt.Now = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	}
	res, err := analyze.Run(t.Context(), inputs, opt)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := JSON(&b, res, Options{Lang: l}); err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), v.(map[string]any)
}

// TestSchema validates the JSON of clients with each incident, a hostile bundle
// and an empty folder, in both languages.
func TestSchema(t *testing.T) {
	open, strict := schema(t, false), schema(t, true)
	full := map[string]bool{}
	check := func(t *testing.T, v map[string]any) {
		t.Helper()
		if err := open.Validate(v); err != nil {
			t.Errorf("%v", err)
		} else if err := strict.Validate(v); err != nil {
			t.Errorf("not in the schema yet: %v", err)
		}
		for name, list := range v {
			if l, ok := list.([]any); ok && len(l) > 0 {
				full[name] = true
			}
		}
	}
	windows := &analyze.WindowFile{Name: "windows.csv", Data: []byte("name,type,start,duration\nnight,4,2025-03-02 02:00,30m\n")}
	for i, incident := range gen.Incidents() {
		t.Run(string(incident), func(t *testing.T) {
			dir := t.TempDir()
			if _, err := gen.Client(gen.Folder(dir), gen.Options{Seed: 3, Bytes: 400 << 10, Incident: incident, Binary: i == 0}); err != nil {
				t.Fatal(err)
			}
			opt := analyze.Options{}
			if i%2 == 1 {
				opt.Windows = windows
			}
			_, v := output(t, opt, lang.All()[i%2], dir)
			check(t, v)
		})
	}
	t.Run("hostile", func(t *testing.T) {
		_, v := output(t, analyze.Options{}, lang.English, hostileZip(t))
		check(t, v)
		if len(v["issues"].([]any)) == 0 {
			t.Error("the hostile bundle has no issues")
		}
	})
	t.Run("empty", func(t *testing.T) {
		b, v := output(t, analyze.Options{}, lang.English, emptyFolder(t))
		check(t, v)
		if l, ok := v["findings"].([]any); !ok || len(l) != 0 || v["bundle"].(map[string]any)["first"] != nil {
			t.Errorf("%s", b)
		}
	})
	for _, name := range []string{"machines", "files", "issues", "findings", "updates", "windows", "checklist", "coverage", "codes"} {
		if !full[name] {
			t.Errorf("no output has any %s: they were not validated", name)
		}
	}
}

// emptyFolder is a folder in which nothing is logged.
func emptyFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "WUAHandler.log"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// hostileZip is an archive whose names and texts attack what shows them.
func hostileZip(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"<script>alert(1)</script>/WUAHandler.log": "<![LOG[<img src=x onerror=alert(1)> \x00\xff\xfe \u2028 0x80244022]LOG]!><time=\"01:02:03.000+480\" date=\"02-03-2025\" component=\"\x1b[31m\" context=\"\" type=\"9\" thread=\"99999999999\" file=\"\">\r\n",
		"../../evil.log":        "2025-02-03 01:02:03 out of the folder\n",
		"C:\\x\\ntfs:ads.log":   "0000-99-99 99:99:99 never\n",
		"inner.zip":             "PK\x03\x04 cut",
		"a/systeminfo.txt":      "Host Name:                 ../../etc\r\nOS Name: =cmd|' /C calc'!A0\r\n",
		"ReportingEvents.log":   strings.Repeat("{0A0A0A0A-1111-2222-3333-444455556666}\t9999-12-31 23:59:59:999+9900\t1\t181 [AGENT_INSTALLING_STARTED]\t101\t{x}\n", 3),
		"long/line.log":         strings.Repeat("x", 5<<20),
		"zero.log":              "",
		"CON.log":               "\xef\xbb\xbf\xef\xbb\xbf",
		"evtx/Application.evtx": "ElfFile\x00" + strings.Repeat("\xff", 5000),
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hostile.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSchemaRefuses holds that the schema can fail: on null lists, local times,
// unknown words and missing names.
func TestSchemaRefuses(t *testing.T) {
	s := schema(t, false)
	b, _ := output(t, analyze.Options{}, lang.English, emptyFolder(t))
	f := func(path []string, value any) {
		t.Helper()
		var v map[string]any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Fatal(err)
		}
		at := v
		for _, p := range path[:len(path)-1] {
			at = at[p].(map[string]any)
		}
		if at[path[len(path)-1]] = value; value == "missing" {
			delete(at, path[len(path)-1])
		}
		if s.Validate(v) == nil {
			t.Errorf("%v = %v is taken", path, value)
		}
	}
	f([]string{"findings"}, nil)
	f([]string{"codes"}, "missing")
	f([]string{"generated"}, "2025-03-01T00:00:00+09:00")
	f([]string{"generated"}, "yesterday")
	f([]string{"schema"}, "patchtrail.result/2")
	f([]string{"bundle", "bytes"}, "12")
	f([]string{"issues"}, []any{map[string]any{"path": "x", "code": "odd", "message": ""}})
	f([]string{"machines"}, []any{map[string]any{"id": "x"}})
}
