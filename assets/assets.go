// Package assets holds the files that are built into the product: rules, code
// tables, texts and pictures. It has nothing but the embedded file system.
package assets

import "embed"

// FS holds rules/*.toml and codes/*.tsv.
//
//go:embed rules codes lang report
var FS embed.FS
