package lang

import (
	"errors"
	"io/fs"
	"regexp/syntax"
)

// Text is a sentence that every language has: a key, and what fills its places.
// What is worded itself, among these, is so in the same language.
type Text struct {
	Key  string
	Args []any
}

// Say returns the sentence of a key.
func Say(key string, args ...any) Text { return Text{key, args} }

// In words the text in a language.
func (t Text) In(l Lang) string {
	if t.Key == "" {
		return ""
	}
	return l.T(t.Key, t.Args...)
}

func (t Text) String() string { return t.In(English) }

// Fault is an error that every language has words for. Its own are English.
type Fault struct{ Text }

// Fail returns a Fault. It wraps the errors among args.
func Fail(key string, args ...any) error { return &Fault{Text{key, args}} }

func (f *Fault) Error() string { return f.In(English) }

// Unwrap returns the errors that the sentence is about.
func (f *Fault) Unwrap() []error {
	var out []error
	for _, a := range f.Args {
		if err, ok := a.(error); ok {
			out = append(out, err)
		}
	}
	return out
}

// TextOf returns what an error says, to be worded later.
func TextOf(err error) Text {
	var f *Fault
	if errors.As(err, &f) && error(f) == err {
		return f.Text
	}
	return Say("fault.other", err)
}

// Error words an error. One that has words in English only stays as it is, but
// for files that are not there or may not be read, and regular expressions.
func (l Lang) Error(err error) string {
	s, ok := l.word(err)
	if !ok {
		return err.Error()
	}
	return s
}

// worded is what has words in every language.
type worded interface{ In(l Lang) string }

// keyed is the same, of a package that this one cannot be imported by: it gives
// a key and what the sentence is about.
type keyed interface {
	Words() (key string, args []any)
}

// word words an argument, if it is one that has words.
func (l Lang) word(a any) (string, bool) {
	switch w := a.(type) {
	case worded:
		return w.In(l), true
	case keyed:
		key, args := w.Words()
		return l.T(key, args...), true
	case error:
		return l.system(w)
	}
	return "", false
}

// system words what Go says of files and of regular expressions; in English as it
// says it.
func (l Lang) system(err error) (string, bool) {
	key := ""
	var expression *syntax.Error
	switch {
	case l == English:
		return "", false
	case errors.As(err, &expression) && regexKeys[expression.Code] != "":
		return Regexp(err).In(l), true
	case errors.Is(err, fs.ErrNotExist):
		key = "fault.not-found"
	case errors.Is(err, fs.ErrPermission):
		key = "fault.no-access"
	default:
		return "", false
	}
	var at *fs.PathError
	if errors.As(err, &at) && at.Path != "." {
		return at.Path + ": " + l.T(key), true
	}
	return l.T(key), true
}

// wordAll returns args with those that have words worded.
func (l Lang) wordAll(args []any) []any {
	out := args
	for i, a := range args {
		s, ok := l.word(a)
		if !ok {
			continue
		}
		if &out[0] == &args[0] {
			out = append([]any(nil), args...)
		}
		out[i] = s
	}
	return out
}
