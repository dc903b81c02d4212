package main

import (
	"regexp"
	"slices"
	"strings"

	"patchtrail/analyze/lang"
)

// phrases are the sentences of kong about wrong usage, with the key of each in
// our words; what a sentence is about are its groups.
var phrases = []struct {
	said *regexp.Regexp
	key  string
}{
	{regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean .*)?$`), "cli.usage-flag"},
	{regexp.MustCompile(`^unexpected argument (.+?)(?:, did you mean .*)?$`), "cli.usage-argument"},
	{regexp.MustCompile(`^(\S+) must be one of (.+) but got (.+)$`), "cli.usage-choice"},
	{regexp.MustCompile(`^(--?[\w-]+): expected .+ but got "EOL"`), "cli.usage-no-value"},
	{regexp.MustCompile(`^(--?[\w-]+): expected (.+) but got (.+?)(?: \(.*)?(?:; perhaps try .*)?$`), "cli.usage-value"},
	{regexp.MustCompile(`^expected one of (.+)$`), "cli.usage-command"},
	{regexp.MustCompile(`^expected (.+)$`), "cli.usage-missing"},
}

// usageText words what is wrong with a command line. In English kong's own
// sentence mostly says more than ours: it guesses what was meant.
func usageText(l lang.Lang, err error) string {
	text := err.Error()
	for _, p := range phrases {
		m := p.said.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if l != lang.English || p.key == "cli.usage-no-value" || p.key == "cli.usage-missing" {
			args := make([]any, 0, len(m)-1)
			for _, g := range m[1:] {
				args = append(args, g)
			}
			text = l.T(p.key, args...)
		}
		break
	}
	return l.T("cli.usage", text)
}

// languageOf looks for --lang in a command line that may be wrong elsewhere;
// the system's language is that of every other.
func languageOf(args []string) lang.Lang {
	for i, a := range args {
		tag, ok := strings.CutPrefix(a, "--lang=")
		if a == "--lang" && i+1 < len(args) {
			tag, ok = args[i+1], true
		}
		if l, known := lang.Parse(tag); ok && known {
			return l
		}
	}
	return lang.FromSystem()
}

// west is an offset from UTC that begins as a flag does.
var west = regexp.MustCompile(`^-\d\d?(:?\d\d)?$`)

// joinZone makes one argument of --tz and an offset west of Greenwich, which
// would be taken for a flag.
func joinZone(args []string) []string {
	for i := 0; i+1 < len(args); i++ {
		if args[i] == "--tz" && west.MatchString(args[i+1]) {
			return slices.Concat(args[:i], []string{"--tz=" + args[i+1]}, args[i+2:])
		}
	}
	return args
}
