package gen

import (
	"time"
)

// demoMachine and demoServer are the two machines of the demo bundle.
const (
	demoMachine = "PC01"
	demoServer  = "CM01"
	demoSeed    = 20250318
)

// Demo writes the bundle that the product shows itself with: nine days of a
// Japanese client in Tokyo, PC01, and of its site server CM01, which is also
// its management point, distribution point and WSUS server. It is always the
// same bytes.
//
// Three causes keep PC01 from its updates, and each hides another:
//
//   - The cumulative update KB5053602 needs more than its maximum run time of 60
//     minutes and is cancelled there, in the nights of the 18th and the 19th.
//   - The upgrade to Windows 11 24H2 has a maximum of 240 minutes, and the
//     maintenance windows last 180: it is never begun.
//   - In the morning of the 19th WsusPool on CM01 meets its memory limit once
//     too often and stays stopped: scans and synchronization fail with 503, the
//     third night tries nothing, and what was deployed on the 19th is not seen.
//
// What was installed well, a restart, command output in CP932 and UTF-16, and
// the noise of healthy machines stand around them.
func Demo(sink Sink) (Truth, error) {
	var truth Truth
	zone := time.FixedZone("JST", 9*60*60)
	d := demo{zone: zone, truth: &truth}
	opt := Options{
		Seed: demoSeed, Start: d.at(12, 6, 0), Zone: zone, Machine: demoMachine, Japanese: true, Binary: true,
	}
	opt, err := opt.withDefaults()
	if err != nil {
		return truth, err
	}
	d.opt = opt
	for _, write := range []func(Sink) error{d.clientLogs, d.clientBinaries, d.clientSnapshots} {
		if err := write(Under(demoMachine, sink)); err != nil {
			return truth, err
		}
	}
	for _, write := range []func(Sink) error{d.serverLogs, d.serverEvents, d.serverSnapshots} {
		if err := write(Under(demoServer, sink)); err != nil {
			return truth, err
		}
	}
	return truth, nil
}

// demo is the demo bundle being written.
type demo struct {
	opt   Options
	zone  *time.Location
	truth *Truth
}

// at is a local time of March 2025.
func (d *demo) at(day, hour, minute int) time.Time {
	return time.Date(2025, 3, day, hour, minute, 0, 0, d.zone)
}

// story is the client's, which knows its server.
func (d *demo) story(only logID, w *writer) *demoStory {
	s := newStory(d.opt, only, w, &d.truth.Marks)
	host := "cm01." + d.opt.Domain
	s.text('m', host)
	s.text('d', host)
	s.text('O', host)
	s.text('w', "http://"+host+":8530")
	return &demoStory{story: s, at: d.at}
}

// clientLogs writes the text logs of the client.
func (d *demo) clientLogs(sink Sink) error {
	for log := range logCount {
		w, err := newWriter(sink, logs[log].path, logs[log].format)
		if err != nil {
			return err
		}
		w.header(bom)
		d.story(log, w).tell()
		file, err := w.close()
		if err != nil {
			return err
		}
		d.truth.add(file)
	}
	return nil
}

// clientBinaries writes the trace of its last day and its System log.
func (d *demo) clientBinaries(sink Sink) error {
	s := d.story(logCount, nil)
	s.kept = new(kept)
	s.tell()
	files, err := s.kept.write(sink, d.at(demoTraced, 0, 0), &s.story.zone)
	for _, f := range files {
		d.truth.add(f)
	}
	return err
}

// file writes one file whole.
func (d *demo) file(sink Sink, path string, data []byte) error {
	w, err := sink(path)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	d.truth.Files = append(d.truth.Files, File{Path: path, Bytes: int64(len(data))})
	d.truth.Bytes += int64(len(data))
	return w.Close()
}

// wide is text as Windows writes it in UTF-16: with a byte order mark, lines
// ended by CR LF.
func wide(text string) []byte { return appendUTF16(nil, []byte(bom+crlf(text))) }
