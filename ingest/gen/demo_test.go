package gen

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"patchtrail/assets"
)

// TestDemoEmbedded holds the bundle that the product carries to its generator,
// file by file: how an archive is compressed may differ between versions of Go.
// After a change: go run ./cmd/dev gen -demo -zip assets/demo/contoso.zip
func TestDemoEmbedded(t *testing.T) {
	data, err := assets.FS.ReadFile(assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 1e6 {
		t.Errorf("the demo bundle has %d bytes, more than 1 MB", len(data))
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	embedded := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if embedded[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	generated := map[string]*bytes.Buffer{}
	truth, err := Demo(func(path string) (io.WriteCloser, error) {
		generated[path] = &bytes.Buffer{}
		return member{generated[path]}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(truth.Files) != len(generated) || len(generated) != len(embedded) {
		t.Errorf("%d files are stated, %d generated, %d embedded", len(truth.Files), len(generated), len(embedded))
	}
	for path, want := range generated {
		if !bytes.Equal(embedded[path], want.Bytes()) {
			t.Errorf("%s differs from what its generator writes: %d bytes, want %d", path, len(embedded[path]), want.Len())
		}
	}
}
