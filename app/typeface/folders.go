//go:build !ci

package typeface

import (
	"os"
	"path/filepath"
	"runtime"
)

// SystemFolders are the folders that this system keeps its fonts in.
func SystemFolders() []string {
	home, _ := os.UserHomeDir()
	switch runtime.GOOS {
	case "windows":
		return []string{
			filepath.Join(os.Getenv("WINDIR"), "Fonts"),
			filepath.Join(os.Getenv("LOCALAPPDATA"), "Microsoft", "Windows", "Fonts"),
		}
	case "darwin":
		return []string{"/System/Library/Fonts", "/Library/Fonts", filepath.Join(home, "Library", "Fonts"),
			"/System/Library/AssetsV2/com_apple_MobileAsset_Font7"}
	default:
		dirs := []string{filepath.Join(home, ".local", "share", "fonts"), filepath.Join(home, ".fonts")}
		for _, d := range filepath.SplitList(os.Getenv("XDG_DATA_DIRS")) {
			dirs = append(dirs, filepath.Join(d, "fonts"))
		}
		return append(dirs, "/usr/local/share/fonts", "/usr/share/fonts")
	}
}
