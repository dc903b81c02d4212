// Package bundle is the set of files that a customer sent: folders, archives,
// archives in archives, single logs. Walk visits every file in it.
//
// # What is opened
//
// An archive is known by its content first and by its name second. zip, 7z,
// rar, tar, cab and the compressions gz, bz2, xz, zst, lz4 and sz are opened
// wherever they are met; office documents and program packages that happen to
// be zips (docx, jar, msix ...) are files like any other. The way in is
//
//	Walk -> input.go    inputs and folders
//	     -> item.go     one file: what is it, open it or visit it
//	     -> zip.go, sevenzip.go, rar.go, tar.go, cabinet.go, stream.go
//	     -> guard.go    every byte on its way out: limits, damage, cancelling
//
// and every archive hands its members back to item.go.
//
// # What is safe
//
// Everything inside is hostile. No name from inside is ever opened or created,
// no link is followed, memory and time are bounded by Limits, and a library
// that panics on damage makes an issue. Members that need random access are
// held in memory, never on disk.
//
// # Adding a kind of archive
//
// Add a kind and how it is recognised in kind.go, an opener that calls
// walker.member for each of its files, a case in walker.open, and to the tests
// a line in the tables of kinds, of damage and of bombs.
package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"patchtrail/ingest/issue"
)

// Options say how to walk. The zero value is good.
type Options struct {
	// Passwords are tried in order on everything that is encrypted.
	Passwords []string
	// Ask asks for the password of the archive at path when none fits;
	// attempt counts from 1. It is never called twice at a time. ok false
	// gives that archive up. nil: nobody is asked.
	Ask func(ctx context.Context, path string, attempt int) (password string, ok bool)
	// Limits bound the walk; zero fields mean the defaults.
	Limits Limits
	// Report takes what could not be read. Calls come from any goroutine, one
	// at a time. nil: issues are dropped.
	Report func(issue.Issue)
	// Counter, when set, is kept up to date while Walk runs.
	Counter *Counter
	// Parallel is how many visits may run at once; 0 means GOMAXPROCS.
	Parallel int
}

// Limits bound what a hostile bundle may cost. What lies past one becomes an
// issue, and the rest is still visited. Zero means the default.
type Limits struct {
	Depth      int   // archives around a file, outermost included; 5
	Entries    int   // files in all, archives included; 200,000
	EntryBytes int64 // unpacked bytes of one file; 8 GiB
	TotalBytes int64 // unpacked bytes in all; 64 GiB
	Ratio      int   // unpacked to packed bytes, of a file and of all within one input file; 1000
	RatioFrom  int64 // unpacked bytes from which Ratio counts; 100 MiB
	HeldBytes  int64 // archives inside archives that are held in memory, in all; 1 GiB
}

// The defaults of DESIGN.md 9.
const (
	defaultDepth      = 5
	defaultEntries    = 200_000
	defaultEntryBytes = 8 << 30
	defaultTotalBytes = 64 << 30
	defaultRatio      = 1000
	defaultRatioFrom  = 100 << 20
	defaultHeldBytes  = 1 << 30
)

func (l Limits) withDefaults() Limits {
	def := func(v, d int64) int64 {
		if v <= 0 {
			return d
		}
		return v
	}
	l.Depth = int(def(int64(l.Depth), defaultDepth))
	l.Entries = int(def(int64(l.Entries), defaultEntries))
	l.EntryBytes = def(l.EntryBytes, defaultEntryBytes)
	l.TotalBytes = def(l.TotalBytes, defaultTotalBytes)
	l.Ratio = int(def(int64(l.Ratio), defaultRatio))
	l.RatioFrom = def(l.RatioFrom, defaultRatioFrom)
	l.HeldBytes = def(l.HeldBytes, defaultHeldBytes)
	return l
}

// A Counter tells how far a walk is. All fields may be read at any time.
type Counter struct {
	// Done of Known packed bytes were read. Known grows while folders are
	// listed and archives inside archives are found.
	Done, Known atomic.Int64
	// Packed is the size of all input files as they lie on the disk, bytes.
	Packed atomic.Int64
	// Unpacked is how many bytes visitors were given.
	Unpacked atomic.Int64
	// Entries is how many files were handed to visitors.
	Entries atomic.Int64
}

// An Entry names one file of the bundle.
type Entry struct {
	// Path reads "outer.zip!CCM/Logs/inner.cab!WUAHandler.log". It is unique
	// within the walk, uses '/' only, and holds no "..", drive or control
	// character. A '!' stands only between an archive and its member, or
	// before a '/', or at the end of a name.
	Path string
	// Input is the index in inputs of what holds the file.
	Input int
	// Size is in unpacked bytes, as the archive claims; -1 where it does not.
	Size int64
	// ModTime is zero where unknown. Times of archives that name no zone (the
	// DOS times of zip and cab) are read as if they were UTC.
	ModTime time.Time
}

// A Visitor reads one file. r is valid until the Visitor returns, and fills p
// as far as there is data: large reads are good. Where the file is damaged or
// a limit is met, r returns an error other than io.EOF after the last whole
// byte; it was reported by then and may be taken for the end.
type Visitor func(ctx context.Context, e Entry, r io.Reader) error

// ErrNothing says that not one file could be read of any input. The reasons
// were reported; inputs that do not exist or cannot be opened are wrapped with
// it as *InputError.
var ErrNothing = errors.New("nothing could be read of the inputs")

// An InputError says why an input could not be opened, and what to do.
type InputError struct {
	Input string // as given to Walk
	Hint  string // the remedy
	Err   error
}

func (e *InputError) Error() string {
	return fmt.Sprintf("%s: %v: %s", e.Input, e.Err, e.Hint)
}

func (e *InputError) Unwrap() error { return e.Err }

// Walk visits every file of the inputs exactly once, several at a time, in no
// particular order, and returns when all visits have.
//
// Inputs are paths of folders, archives and files on the disk; a link given as
// an input is followed, none below it is. Damage inside never stops the walk:
// it is reported. An input that cannot be opened is reported and the others go
// on; when nothing at all was visited the error wraps ErrNothing. An error of
// visit stops the walk and is returned, but for one that wraps what r
// returned. When ctx is cancelled, Walk stops within 100 ms plus the time that
// visits need to return, with ctx's error.
func Walk(ctx context.Context, inputs []string, opt Options, visit Visitor) error {
	if opt.Parallel <= 0 {
		opt.Parallel = runtime.GOMAXPROCS(0)
	}
	if opt.Counter == nil {
		opt.Counter = new(Counter)
	}
	w := newWalker(ctx, opt, visit)
	defer w.cancel(nil)
	w.inputs(inputs)
	w.work()
	w.flushIssues()
	if w.failure != nil {
		return w.failure
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.visited.Load() == 0 {
		return errors.Join(append([]error{ErrNothing}, w.inputErrors...)...)
	}
	return nil
}
