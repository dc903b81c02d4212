// Package issue says what could not be read of a bundle, and why. An issue
// never stops a run; every output shows it. The words, in English and
// Japanese, stand in assets/lang under "issue.<Key>".
package issue

// Code classes issues; it stands in JSON.
type Code string

// The codes of DESIGN.md 8.
const (
	Corrupt     Code = "corrupt"
	Truncated   Code = "truncated"
	Encrypted   Code = "encrypted"
	Unsupported Code = "unsupported"
	Limit       Code = "limit"
	Encoding    Code = "encoding"
	Skipped     Code = "skipped"
)

// Issue is one thing that could not be read.
type Issue struct {
	// Path is the file or member as every output names it, "outer.zip!inner/x.log".
	Path string
	// Offset is the byte in Path where it was seen, -1 where that means nothing.
	Offset int64
	Code   Code
	// Key names the sentence in assets/lang ("issue." is put before it).
	// Args fill its places {0}, {1} ...
	Key  string
	Args []string
}
