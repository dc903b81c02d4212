package lang

import (
	"errors"
	"regexp/syntax"
)

// regexKeys are what may be wrong with an expression.
var regexKeys = map[syntax.ErrorCode]string{
	syntax.ErrInternalError:         "fault.regex.internal",
	syntax.ErrInvalidCharClass:      "fault.regex.class",
	syntax.ErrInvalidCharRange:      "fault.regex.char-range",
	syntax.ErrInvalidEscape:         "fault.regex.escape",
	syntax.ErrInvalidNamedCapture:   "fault.regex.capture",
	syntax.ErrInvalidPerlOp:         "fault.regex.perl",
	syntax.ErrInvalidRepeatOp:       "fault.regex.nested",
	syntax.ErrInvalidRepeatSize:     "fault.regex.count",
	syntax.ErrInvalidUTF8:           "fault.regex.utf",
	syntax.ErrMissingBracket:        "fault.regex.bracket",
	syntax.ErrMissingParen:          "fault.regex.paren",
	syntax.ErrMissingRepeatArgument: "fault.regex.repeat",
	syntax.ErrTrailingBackslash:     "fault.regex.backslash",
	syntax.ErrUnexpectedParen:       "fault.regex.unexpected",
	syntax.ErrNestingDepth:          "fault.regex.depth",
	syntax.ErrLarge:                 "fault.regex.large",
}

// Regexp says what is wrong with a regular expression, and where in it.
func Regexp(err error) Text {
	var e *syntax.Error
	if !errors.As(err, &e) || regexKeys[e.Code] == "" {
		return TextOf(err)
	}
	return Say(regexKeys[e.Code], "`"+e.Expr+"`")
}
