package lang

import "syscall"

// userLanguage asks Windows for the language of its user interface; 0x11 is
// the primary language Japanese.
func userLanguage() string {
	id, _, _ := syscall.NewLazyDLL("kernel32.dll").NewProc("GetUserDefaultUILanguage").Call()
	if id&0x3FF == 0x11 {
		return string(Japanese)
	}
	return string(English)
}
