//go:build ci

package typeface

// SystemFolders is empty under the tag ci: pictures drawn by tests must not
// depend on the fonts of the machine.
func SystemFolders() []string { return nil }
