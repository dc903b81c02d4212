// Package rolesetup reads the logs that rolesetup.exe of ConfigMgr writes when
// it installs or removes a site system role, such as SMSFSPSetup.log,
// mpsetup.log or SUPSetup.log:
//
//	<Fri Dec  9 11:25:00 2022> SMSFSP Setup Started....
//	<12-09-2022 11:25:00> MP Setup Started....
//
// The time is local, without a zone. The logs have no level: the words of the
// message tell it. Every line may begin with a byte order mark of its own.
package rolesetup

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Name of the format.
const Name = "rolesetup"

// Detect says whether head is such a log.
func Detect(head []byte, _ string) bool {
	return scan.Enough(scan.Share(head, func(line []byte) bool {
		_, message := read(line)
		return message > 0
	}))
}

// Parser reads the log of a role's setup.
type Parser struct{}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// Parse is format.Parser's.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's.
func (p *Parser) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	time, message := read(line)
	if message == 0 {
		return false
	}
	r.Time = time
	r.Level = level(line[message:])
	return true
}

// Split returns the fields of a record's text; it has only a message.
func Split(raw []byte) record.Fields {
	if len(raw) == 0 {
		return record.Fields{}
	}
	end, _ := scan.Line(raw, 0)
	_, message := read(raw[:end])
	return record.Fields{Message: scan.Trim(raw[message:])}
}

// level of a message. Setup tells of failures by the code that an installer
// exited with, too; 3010 and 1641 ask for a restart.
func level(msg []byte) record.Level {
	if l := scan.Severity(msg); l != record.Info {
		return l
	}
	const exited = "exited with return code: "
	i := bytes.Index(msg, []byte(exited))
	if i < 0 {
		return record.Info
	}
	switch code, n := scan.Number(msg[i+len(exited):]); {
	case n == 0 || code == 0 || code == 3010 || code == 1641:
		return record.Info
	}
	return record.Error
}

// read returns the time that line begins with, in nanoseconds since 1970, and
// where in the line the message begins; 0 where line begins no record.
func read(line []byte) (time int64, message int) {
	i := scan.SkipBOM(line)
	if i == len(line) || line[i] != '<' {
		return 0, 0
	}
	i++
	time, n := scan.Asctime(line[i:])
	if n == 0 {
		time, n = numeric(line[i:])
	}
	i += n
	if n == 0 || i == len(line) || line[i] != '>' {
		return 0, 0
	}
	i++
	if i < len(line) && line[i] == ' ' {
		i++
	}
	return time, i
}

// numeric reads "12-09-2022 11:25:00", perhaps with a fraction, that b begins
// with. It returns nanoseconds since 1970 and the length, 0 where there is none.
func numeric(b []byte) (ns int64, n int) {
	days, n := scan.MonthFirst(b)
	if n == 0 || n == len(b) || b[n] != ' ' {
		return 0, 0
	}
	seconds, k := scan.LooseClock(b[n+1:])
	if k == 0 {
		return 0, 0
	}
	n += 1 + k
	if n < len(b) && b[n] == '.' {
		ns, k = scan.Fraction(b[n+1:])
		n += 1 + k
	}
	return days*scan.Day + seconds*scan.Second + ns, n
}
