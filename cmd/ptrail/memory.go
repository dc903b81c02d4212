package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"

	"patchtrail/ingest"
)

// What a bundle needs in the end is known early: about a third of its text. Until
// the heap is as large as that, collecting seldom costs no memory that is not
// needed anyhow, and saves a tenth of the run's processor time. From there on it
// is collected early: records lie in few large blocks that hold no pointers, so
// that this is cheap and keeps what is resident close to what is held.
const (
	leastPercent = 10
	mostPercent  = 100
	heapOfText   = 0.28 // of the text of a bundle
)

// pacer sets the collector's percentage anew after each collection.
type pacer struct {
	progress *ingest.Progress
	live     []metrics.Sample
}

// current is the pacer of the run that was begun last.
var current atomic.Pointer[pacer]

// paceMemory lets the collector follow the progress of a run.
func paceMemory(p *ingest.Progress) {
	first := current.Swap(&pacer{p, []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}) == nil
	if first {
		debug.SetGCPercent(mostPercent)
		afterCollection()
	}
}

// afterCollection paces as soon as the collector has run, and then again.
func afterCollection() {
	mark := new([16]byte) // as long as this, so that it shares its place with nothing
	runtime.SetFinalizer(mark, func(*[16]byte) {
		debug.SetGCPercent(current.Load().percent())
		afterCollection()
	})
}

// percent is how much the heap may grow until it is collected the next time.
func (p *pacer) percent() int {
	done, known := float64(p.progress.Bundle.Done.Load()), float64(p.progress.Bundle.Known.Load())
	if done == 0 { // nothing is known yet
		return mostPercent
	}
	metrics.Read(p.live)
	if p.live[0].Value.Kind() != metrics.KindUint64 {
		return leastPercent
	}
	live := max(1, float64(p.live[0].Value.Uint64()))
	text := float64(p.progress.Text.Load()) * max(1, known/done)
	return max(leastPercent, min(mostPercent, int((heapOfText*text/live-1)*100)))
}
