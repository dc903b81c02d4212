//go:build !linux

package window

import "time"

var began = time.Now()

// threadTime is the time on the clock, where the system tells no other.
func threadTime() time.Duration { return time.Since(began) }
