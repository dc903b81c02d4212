//go:build !windows

package lang

// userLanguage is for systems that tell only by the environment.
func userLanguage() string { return string(English) }
