package gen

import (
	"io"
	"time"
)

const (
	// hourMS is how far apart two stories begin.
	hourMS = 60 * 60 * 1000
	// idleHours is how long the client only keeps in touch before its last story.
	idleHours = 12
	// measured is how many stories are told to learn how long one is: a
	// multiple of three, as every third one brings the same number of updates.
	measured = 63
	// binarySize is about what each binary log has, in bytes.
	binarySize = 70_000
)

// Client writes the logs of one client through sink and says what it wrote.
// It costs a constant amount of memory.
func Client(sink Sink, opt Options) (Truth, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return Truth{}, err
	}
	plan := plan{opt: opt}
	plan.measure()
	var truth Truth
	if opt.Binary {
		files, err := plan.binaries(sink)
		for _, f := range files {
			truth.add(f)
		}
		if err != nil {
			return truth, err
		}
	}
	for log := range logCount {
		w, err := newWriter(sink, logs[log].path, logs[log].format)
		if err != nil {
			return truth, err
		}
		plan.tell(log, w, &truth.Marks, opt.Bytes-truth.Bytes)
		file, err := w.close()
		if err != nil {
			return truth, err
		}
		truth.add(file)
	}
	return truth, nil
}

// add counts a file that was written.
func (t *Truth) add(f File) {
	t.Files = append(t.Files, f)
	t.Bytes += f.Bytes
	t.Records += f.Records
	t.Lines += f.Lines
	if t.First.IsZero() || f.First.Before(t.First) {
		t.First = f.First
	}
	if f.Last.After(t.Last) {
		t.Last = f.Last
	}
}

// plan is how many stories a client tells before the last one.
type plan struct {
	opt   Options
	hours int
	// lastSize is the size of the last story in the log that fills up, in bytes.
	lastSize int64
}

// measure tells some stories to nobody and works out how many fit, rounded
// down; the client's idle hours fill the rest.
func (p *plan) measure() {
	var sizes [measured]int64 // of each hour over all logs
	var last int64
	for log := range logCount {
		w := discard(log)
		s := newStory(p.opt, log, w, nil)
		w.header(bom)
		var before int64
		for hour := range sizes {
			s.startHour(hour)
			s.healthyHour()
			now := w.size()
			sizes[hour] += now - before
			before = now
		}
		s.startLast(measured)
		incidents()[p.opt.Incident](s)
		p.lastSize = w.size() - before
		last += p.lastSize
	}
	if p.opt.Binary {
		last += 2 * binarySize
	}
	left := p.opt.Bytes - last
	var sum int64
	for hour, size := range sizes {
		if sum += size; sum > left {
			p.hours = hour
			return
		}
	}
	p.hours = int(float64(left) * 0.995 / (float64(sum) / measured))
}

// tell writes one log. left is how many bytes the client may still have; the
// last log uses them up with the beats of its idle hours.
func (p *plan) tell(log logID, w *writer, marks *[]Mark, left int64) {
	s := newStory(p.opt, log, w, marks)
	w.header(bom)
	for hour := range p.hours {
		s.startHour(hour)
		s.healthyHour()
	}
	if log == logCount-1 {
		p.idle(s, w, left-p.lastSize)
	}
	s.startLast(p.hours + idleHours)
	incidents()[p.opt.Incident](s)
}

// idle beats until the log has size bytes, spread over the idle hours.
func (p *plan) idle(s *story, w *writer, size int64) {
	const beatSize = 730 // bytes, about
	beats := int((size - w.size()) / beatSize)
	if beats <= 0 {
		return
	}
	every := min(300_000, (idleHours-1)*hourMS/beats)
	for range beats {
		if w.size() >= size {
			return
		}
		s.beat(every * 3 / 4)
	}
}

// startHour sets the clock to the beginning of the numbered hour.
func (s *story) startHour(hour int) {
	s.hour = hour
	s.now = s.opt.Start.Add(time.Duration(hour) * time.Hour).UnixMilli()
}

// startLast sets the clock to the hour of the last story. The idle hours drew
// numbers in one log alone, so the numbers begin anew.
func (s *story) startLast(hour int) {
	s.source.Seed(s.opt.Seed, uint64(hour))
	s.startHour(hour)
	s.traced = s.opt.Binary
}

// discard is a writer of a log that nobody reads.
func discard(log logID) *writer {
	w, _ := newWriter(func(string) (io.WriteCloser, error) { return member{io.Discard}, nil }, logs[log].path, logs[log].format)
	return w
}

// Paths are the paths of the files that Client writes, in their order.
func Paths() []string {
	var paths []string
	for _, l := range logs {
		paths = append(paths, l.path)
	}
	return paths
}
