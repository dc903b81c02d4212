package gen

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"patchtrail/ingest/etl/etltest"
	"patchtrail/ingest/evtx/evtxtest"
)

// kept is what the last story leaves in binary logs.
type kept struct {
	trace  []etltest.Event
	system []evtxtest.Event
}

// provider is a provider of events with its id, zero for those of old that have none.
type provider struct {
	name string
	id   evtxtest.GUID
}

var (
	updateClient = provider{"Microsoft-Windows-WindowsUpdateClient",
		evtxtest.GUID{0x94, 0x5a, 0x89, 0x54, 0xc1, 0x47, 0x4a, 0xcd, 0x93, 0x0c, 0x40, 0xc4, 0x54, 0x05, 0xa6, 0x58}}
	serviceControl = provider{"Service Control Manager",
		evtxtest.GUID{0x55, 0x59, 0x08, 0xd1, 0xa6, 0xd7, 0x46, 0x95, 0x8e, 0x1e, 0x26, 0x93, 0x1d, 0x20, 0x12, 0xf4}}
	user32   = provider{name: "User32"}
	eventLog = provider{name: "EventLog"}
)

// system keeps an event of the System log. It takes no time and draws no number.
func (s *story) system(p provider, id uint16, level uint8, data ...evtxtest.Pair) {
	if s.kept == nil {
		return
	}
	e := evtxtest.Event{
		Provider: p.name, ProviderGUID: p.id, ID: id, Level: level, Time: time.UnixMilli(s.now).UTC(),
		Process: uint32(s.process), Thread: uint32(s.thread), Channel: "System",
		Computer: s.opt.Machine + "." + s.opt.Domain, Data: data,
	}
	if p == updateClient {
		e.User = "S-1-5-18"
	}
	s.kept.system = append(s.kept.system, e)
}

// aboutUpdate is the data of an event about the update that %g names. code is
// the error of a failed installation, 0 for other events.
func (s *story) aboutUpdate(code uint32) []evtxtest.Pair {
	var data []evtxtest.Pair
	if code != 0 {
		data = append(data, evtxtest.Pair{Name: "errorCode", Value: evtxtest.Hex32(code)})
	}
	return append(data,
		evtxtest.Pair{Name: "updateTitle", Value: string(s.vars['t'])},
		evtxtest.Pair{Name: "updateGuid", Value: guidOf(s.vars['g'])},
		evtxtest.Pair{Name: "updateRevisionNumber", Value: uint32(200)},
		evtxtest.Pair{Name: "serviceGuid", Value: guidOf([]byte("3da21691-e39d-4da6-8a4b-b43877bcb1b7"))})
}

// guidOf reads a GUID as appendGUID writes it, without braces.
func guidOf(text []byte) (g evtxtest.GUID) {
	i := 0
	for _, c := range bytes.ToLower(text) {
		n := bytes.IndexByte([]byte("0123456789abcdef"), c)
		if n >= 0 && i < 2*len(g) {
			g[i/2] = g[i/2]<<4 | byte(n)
			i++
		}
	}
	return g
}

// trace keeps a line of the update agent for its trace.
func (s *story) trace(component, text string) {
	if s.kept == nil {
		return
	}
	s.kept.trace = append(s.kept.trace, etltest.Event{
		Time: time.UnixMilli(s.now).UTC(), Component: component,
		PID: uint32(s.process), TID: uint32(s.thread), Message: string(s.expand(nil, text)),
	})
}

// binaries writes the trace and the System log of the last story.
func (p *plan) binaries(sink Sink) ([]File, error) {
	s := newStory(p.opt, logCount, nil, nil)
	for hour := range p.hours {
		s.startHour(hour)
		s.healthyHour()
	}
	s.kept = new(kept)
	s.startLast(p.hours + idleHours)
	start := time.UnixMilli(s.now).UTC()
	incidents()[p.opt.Incident](s)

	return s.kept.write(sink, start, &s.zone)
}

// write writes the trace, which started at start, and the System log.
func (k *kept) write(sink Sink, start time.Time, z *zone) ([]File, error) {
	var files []File
	write := func(path string, f Format, first, last time.Time, records int, write func(io.Writer) error) error {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		w, err := newWriter(sink, path, f)
		if err != nil {
			return err
		}
		w.buf = b.Bytes()
		file, err := w.close()
		file.First, file.Last, file.Records = first, last, int64(records)
		files = append(files, file)
		return err
	}
	t, local := k.trace, z.at(start.UnixMilli())
	if len(t) > 0 {
		name := fmt.Sprintf("WindowsUpdate/WindowsUpdate.%04d%02d%02d.%02d%02d%02d.%03d.1.etl", local.y, local.mon, local.d, local.h, local.min, local.s, local.ms)
		err := write(name, Trace, t[0].Time, t[len(t)-1].Time, len(t), func(w io.Writer) error {
			return etltest.Write(w, etltest.Options{Start: start, Bias: local.bias}, t)
		})
		if err != nil {
			return files, err
		}
	}
	e := k.system
	if len(e) == 0 {
		return files, nil
	}
	err := write("EventLogs/System.evtx", EventLog, e[0].Time, e[len(e)-1].Time, len(e), func(w io.Writer) error {
		return evtxtest.Write(w, e)
	})
	return files, err
}
