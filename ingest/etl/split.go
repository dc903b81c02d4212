package etl

import (
	"bytes"

	"patchtrail/ingest/record"
)

// Split takes the text of a record apart: message, component, and the process
// id as context.
func Split(raw []byte) record.Fields {
	raw = bytes.TrimRight(raw, "\r\n")
	pid, rest := column(raw)
	tid, rest := column(rest)
	component, message := column(rest)
	if !digits(pid) || !digits(tid) || len(component) == 0 {
		return record.Fields{Message: raw}
	}
	return record.Fields{Message: message, Component: component, Context: pid}
}

// column returns the text up to the next space, and what follows the spaces.
func column(b []byte) (word, rest []byte) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return b, b[len(b):]
	}
	word = b[:i]
	for i < len(b) && b[i] == ' ' {
		i++
	}
	return word, b[i:]
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// level tells how severe an event calls itself: by its words, and by the level
// of its header where that is worse. WU writes most events at one level.
func level(message []byte, event uint8) record.Level {
	words := record.Info
	switch {
	case bytes.HasPrefix(message, []byte("*FAILED*")),
		bytes.Contains(message, []byte("FATAL:")),
		failingCode(message):
		words = record.Error
	case bytes.Contains(message, []byte("WARNING:")):
		words = record.Warning
	}
	switch event {
	case 1, 2:
		return record.Error
	case 3:
		return max(words, record.Warning)
	}
	return words
}

// failingCode finds "error = 0x" with a code that is not zero.
func failingCode(message []byte) bool {
	key := []byte("error = 0x")
	for {
		i := bytes.Index(message, key)
		if i < 0 {
			return false
		}
		message = message[i+len(key):]
		for j := 0; j < len(message) && hexDigit(message[j]); j++ {
			if message[j] != '0' {
				return true
			}
		}
	}
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
