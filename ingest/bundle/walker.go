package bundle

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"sync"
	"sync/atomic"

	"patchtrail/ingest/issue"
)

// maxSameIssues is how many issues of one key are reported one by one; the
// others are counted in one last issue.
const maxSameIssues = 200

// A walker is one run of Walk: the queue of what is still to be opened, and
// what all of it shares.
type walker struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	opt    Options
	lim    Limits
	count  *Counter
	visit  Visitor
	pools  pools
	keys   keyring

	mu      sync.Mutex
	cond    *sync.Cond // queue, running, blocked or held changed
	queue   taskQueue
	nextSeq int
	running int   // tasks being run
	blocked int   // of these, waiting in hold
	held    int64 // bytes of nested archives in memory
	failure error // of a visit; ends the walk

	entries  atomic.Int64 // files met, for Limits.Entries
	unpacked atomic.Int64 // bytes unpacked, for Limits.TotalBytes
	visited  atomic.Int64

	issueMu     sync.Mutex
	issueCount  map[string]int
	once        map[string]bool
	inputErrors []error
}

func newWalker(ctx context.Context, opt Options, visit Visitor) *walker {
	w := &walker{
		opt: opt, lim: opt.Limits.withDefaults(), count: opt.Counter, visit: visit,
		issueCount: map[string]int{}, once: map[string]bool{},
	}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.cond = sync.NewCond(&w.mu)
	w.keys.passwords = append(w.keys.passwords, opt.Passwords...)
	return w
}

// A task opens or visits one file.
type task struct {
	depth int   // deeper first: it frees what is held in memory
	size  int64 // then larger first: the last to run should be small
	seq   int   // then as found
	run   func()
}

type taskQueue []task

func (q taskQueue) Len() int { return len(q) }
func (q taskQueue) Less(i, j int) bool {
	a, b := &q[i], &q[j]
	if a.depth != b.depth {
		return a.depth > b.depth
	}
	if a.size != b.size {
		return a.size > b.size
	}
	return a.seq < b.seq
}
func (q taskQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *taskQueue) Push(x any)   { *q = append(*q, x.(task)) }
func (q *taskQueue) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = task{}
	*q = old[:len(old)-1]
	return t
}

func (w *walker) push(depth int, size int64, run func()) {
	w.mu.Lock()
	heap.Push(&w.queue, task{depth, size, w.nextSeq, run})
	w.nextSeq++
	w.mu.Unlock()
	w.cond.Broadcast() // a Signal might reach one that waits for memory
}

// work runs the queue on opt.Parallel goroutines until it is empty and nothing
// runs that could fill it. Tasks are run even after ctx is cancelled: they see
// it and only let go of what they hold.
func (w *walker) work() {
	stop := context.AfterFunc(w.ctx, func() {
		w.mu.Lock() // so that none misses it between its check and its wait
		defer w.mu.Unlock()
		w.cond.Broadcast()
	})
	defer stop()
	var wg sync.WaitGroup
	for range w.opt.Parallel {
		wg.Go(w.worker)
	}
	wg.Wait()
}

func (w *walker) worker() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for w.queue.Len() == 0 && w.running > 0 {
			w.cond.Wait()
		}
		if w.queue.Len() == 0 {
			return
		}
		t := heap.Pop(&w.queue).(task)
		w.running++
		w.mu.Unlock()
		t.run()
		w.mu.Lock()
		w.running--
		w.cond.Broadcast()
	}
}

// spare says whether a core would be idle if nobody read ahead.
func (w *walker) spare() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.queue.Len() == 0 && w.running < w.opt.Parallel
}

// hold reserves n bytes for archives in memory, for something with depth
// archives around it. mine is what they and the caller hold already. While
// there is no room it helps with the members of archives that are held, or
// waits for whoever reads them. It gives up when it would not fit alone, or
// when nobody is left who could make room.
func (w *walker) hold(n, mine int64, depth int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.held+n > w.lim.HeldBytes {
		if mine+n > w.lim.HeldBytes || w.ctx.Err() != nil {
			return false
		}
		if w.queue.Len() > 0 && w.queue[0].depth > depth { // so that helpers nest no deeper than archives
			t := heap.Pop(&w.queue).(task)
			w.mu.Unlock()
			t.run()
			w.mu.Lock()
			w.cond.Broadcast()
			continue
		}
		busy := w.running - w.blocked - 1
		idle := w.opt.Parallel - w.running
		if busy <= 0 && (idle <= 0 || w.queue.Len() == 0) {
			return false
		}
		w.blocked++
		w.cond.Wait()
		w.blocked--
	}
	w.held += n
	return true
}

func (w *walker) release(n int64) {
	w.mu.Lock()
	w.held -= n
	w.mu.Unlock()
	w.cond.Broadcast()
}

// fail ends the walk with an error of a visit.
func (w *walker) fail(err error) {
	w.mu.Lock()
	if w.failure == nil && w.ctx.Err() == nil {
		w.failure = err
	}
	w.mu.Unlock()
	w.cancel(err)
}

// report hands an issue on. After the walk was cancelled damage is only the
// cancelling seen from below, and is not told.
func (w *walker) report(path string, offset int64, code issue.Code, key string, args ...string) {
	if w.opt.Report == nil || w.ctx.Err() != nil {
		return
	}
	w.issueMu.Lock()
	defer w.issueMu.Unlock()
	w.issueCount[key]++
	if w.issueCount[key] > maxSameIssues {
		return
	}
	w.opt.Report(issue.Issue{Path: path, Offset: offset, Code: code, Key: key, Args: args})
}

// reportOnce reports only the first issue of its key.
func (w *walker) reportOnce(path string, code issue.Code, key string, args ...string) {
	w.issueMu.Lock()
	seen := w.once[key]
	w.once[key] = true
	w.issueMu.Unlock()
	if !seen {
		w.report(path, -1, code, key, args...)
	}
}

// flushIssues tells how many issues were not told one by one.
func (w *walker) flushIssues() {
	more := 0
	for _, n := range w.issueCount {
		more += max(0, n-maxSameIssues)
	}
	if more > 0 {
		w.report("", -1, issue.Skipped, "more-issues", strconv.Itoa(more))
	}
}

// admit counts one more file and says whether it may still be looked at.
func (w *walker) admit(it *item) bool {
	if w.stopped(it.root) || isJunk(it.path) {
		return false
	}
	if w.entries.Add(1) > int64(w.lim.Entries) {
		w.reportOnce(it.root.path, issue.Limit, "limit-entries", strconv.Itoa(w.lim.Entries))
		return false
	}
	return true
}

// stopped says that nothing more is to be read within rt.
func (w *walker) stopped(rt *root) bool {
	return w.ctx.Err() != nil || rt.bomb.Load() || w.unpacked.Load() > w.lim.TotalBytes ||
		w.entries.Load() > int64(w.lim.Entries)
}

// leaf gives a file to the visitor.
func (w *walker) leaf(it *item, r io.Reader) {
	w.visited.Add(1)
	w.count.Entries.Add(1)
	if it.size < 0 || it.size >= aheadFrom {
		if it.serial || w.spare() {
			ahead := newAhead(w, r)
			defer ahead.stop()
			r = ahead
		}
	}
	e := Entry{Path: it.path, Input: it.root.input, Size: it.size, ModTime: it.modTime}
	err := w.visit(w.ctx, e, &tally{r, &w.count.Unpacked})
	var told *toldError
	if err != nil && w.ctx.Err() == nil && !errors.As(err, &told) {
		w.fail(fmt.Errorf("%s: %w", it.path, err))
	}
}

// tally counts what a visitor is given.
type tally struct {
	r io.Reader
	n *atomic.Int64
}

func (t *tally) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n.Add(int64(n))
	return n, err
}

// base is the last name of a shown path, the member's own.
func base(p string) string {
	for i := len(p) - 2; i >= 0; i-- {
		if p[i] == '!' && p[i+1] != '/' {
			return path.Base(p[i+1:])
		}
	}
	return path.Base(p)
}
