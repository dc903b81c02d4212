// Package lang is the words of PatchTrail in English and Japanese. They stand
// in assets/lang/en.json and ja.json, flat: a key, and a sentence with places
// {0}, {1} ... for what it is about. {0|machine|machines} is a word that goes
// with the number {0}: the first where it is 1, else the second.
package lang

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"patchtrail/assets"
)

// Lang is a language, "en" or "ja".
type Lang string

// The languages.
const (
	English  Lang = "en"
	Japanese Lang = "ja"
)

// All are the languages there are, the first the default.
func All() []Lang { return []Lang{English, Japanese} }

// Parse returns the language of a tag such as "ja", "ja-JP" or "ja_JP.UTF-8".
func Parse(tag string) (Lang, bool) {
	tag = strings.ToLower(tag)
	for _, l := range All() {
		if rest, ok := strings.CutPrefix(tag, string(l)); ok && (rest == "" || rest[0] == '-' || rest[0] == '_' || rest[0] == '.') {
			return l, true
		}
	}
	return English, false
}

// FromSystem returns the language of the user's session, English if that is
// none of ours.
func FromSystem() Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			l, _ := Parse(v)
			return l
		}
	}
	l, _ := Parse(userLanguage())
	return l
}

// words loads a language once, when it is first asked for.
var words = map[Lang]func() map[string]string{
	English:  sync.OnceValue(func() map[string]string { return load(English) }),
	Japanese: sync.OnceValue(func() map[string]string { return load(Japanese) }),
}

func load(l Lang) map[string]string {
	data, err := assets.FS.ReadFile("lang/" + string(l) + ".json")
	if err != nil {
		return nil
	}
	var m map[string]string
	if json.Unmarshal(data, &m) != nil { // a test holds that it is valid
		return nil
	}
	return m
}

// T returns the sentence of a key with its places filled; the key itself where
// there is none, so that a slip is seen. Texts and errors among args are in the
// same language.
func (l Lang) T(key string, args ...any) string {
	s, ok := l.find(key)
	if !ok {
		return key
	}
	return fill(s, l.wordAll(args))
}

// Has reports whether the language has a sentence for key.
func (l Lang) Has(key string) bool {
	_, ok := l.find(key)
	return ok
}

func (l Lang) find(key string) (string, bool) {
	load := words[l]
	if load == nil {
		load = words[English]
	}
	s, ok := load()[key]
	return s, ok
}

// Keys returns the keys of the language, in no order.
func (l Lang) Keys() map[string]string { return words[l]() }

// fill puts args into their places {0}, {1} ... in one pass, so that a brace
// inside an argument is only text.
func fill(s string, args []any) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		place, after, ok := strings.Cut(rest, "}")
		n, words, counted := strings.Cut(place, "|")
		i, err := strconv.Atoi(n)
		if !ok || err != nil || i < 0 || i >= len(args) {
			b.WriteByte('{')
			s = rest
			continue
		}
		s = after
		if !counted {
			fmt.Fprint(&b, args[i])
			continue
		}
		one, many, _ := strings.Cut(words, "|")
		if fmt.Sprint(args[i]) == "1" {
			b.WriteString(one)
		} else {
			b.WriteString(many)
		}
	}
}
