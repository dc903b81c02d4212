// Package assets holds the files that are built into the product: rules, code
// tables, texts, the parts of the report, and the demo bundle. It has nothing
// but the embedded file system.
package assets

import "embed"

// FS holds rules/*.toml, codes/*.tsv, lang/*.json, report/* and the demo bundle.
//
//go:embed rules codes lang report demo
var FS embed.FS

// Demo is the path of the demo bundle in FS, a zip of about 150 KB that
// ingest/gen writes: see gen.Demo for what happened in it.
const Demo = "demo/contoso.zip"
