package display

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// iconError is MB_ICONERROR of MessageBoxW.
const iconError = 0x10

// Message tells the user something without a window of our own: in a message
// box of Windows, which needs no OpenGL.
func Message(title, text string) {
	fmt.Fprintf(os.Stderr, "%s: %s\n", title, text)
	t, err := syscall.UTF16PtrFromString(title)
	if err != nil {
		return
	}
	m, err := syscall.UTF16PtrFromString(text)
	if err != nil {
		return
	}
	box := syscall.NewLazyDLL("user32.dll").NewProc("MessageBoxW")
	if box.Find() == nil {
		box.Call(0, uintptr(unsafe.Pointer(m)), uintptr(unsafe.Pointer(t)), iconError)
	}
}
