package bundle

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"sync"

	"patchtrail/ingest/bundle/internal/zipcrypt"
	"patchtrail/ingest/issue"
)

// maxAsks is how often the password of one archive is asked for.
const maxAsks = 100

// A keyring holds the passwords that were given, and then those that fitted.
type keyring struct {
	mu        sync.Mutex
	passwords []string
	asking    sync.Mutex // held while somebody is asked
}

func (k *keyring) all() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.passwords)
}

// learn puts a password that fitted first: archives of one bundle share it.
func (k *keyring) learn(p string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.passwords = slices.DeleteFunc(k.passwords, func(q string) bool { return q == p })
	k.passwords = slices.Insert(k.passwords, 0, p)
}

// unlock finds the password of the archive at path, asking where none fits. ok
// is false, and it was reported, where there is none.
func (w *walker) unlock(path string, fits func(password string) bool) (password string, ok bool) {
	tried := map[string]bool{}
	try := func() bool {
		for _, p := range w.keys.all() {
			if tried[p] || w.ctx.Err() != nil {
				continue
			}
			tried[p] = true
			if w.fits(p, fits) {
				password = p
				return true
			}
		}
		return false
	}
	if try() {
		return password, true
	}
	if w.opt.Ask != nil {
		w.keys.asking.Lock()
		defer w.keys.asking.Unlock()
		if try() { // what somebody answered for another archive meanwhile
			return password, true
		}
		for attempt := 1; attempt <= maxAsks && w.ctx.Err() == nil; attempt++ {
			p, given := w.ask(path, attempt)
			if !given {
				break
			}
			tried[p] = true
			if w.fits(p, fits) {
				return p, true
			}
		}
	}
	if len(tried) == 0 {
		w.report(path, -1, issue.Encrypted, "password-needed")
	} else {
		w.report(path, -1, issue.Encrypted, "password-wrong")
	}
	return "", false
}

func (w *walker) fits(p string, fits func(string) bool) bool {
	ok := false
	err := rescue(func() error {
		ok = fits(p)
		return nil
	})
	if err != nil || !ok {
		return false
	}
	w.keys.learn(p)
	return true
}

// ask asks, and stops waiting for the answer when the walk is cancelled.
func (w *walker) ask(path string, attempt int) (string, bool) {
	type answer struct {
		password string
		ok       bool
	}
	got := make(chan answer, 1)
	go func() {
		p, ok := w.opt.Ask(w.ctx, path, attempt)
		got <- answer{p, ok}
	}()
	select {
	case a := <-got:
		return a.password, a.ok
	case <-w.ctx.Done():
		return "", false
	}
}

const (
	fitSamples = 8        // members on which a password is tried
	fitBytes   = 64 << 10 // unpacked without an error: garbage does not get as far
	fitMost    = 32 << 20 // of a member that is not compressed, to reach its checksum
)

// zipFits says whether a password opens the zip: one of its small members is
// read with it. A single damaged member so does not speak against it.
func zipFits(src *source, list []zipEntry, password string) bool {
	var sample []*zipEntry
	for i := range list {
		if e := &list[i]; e.encrypted() && !e.isDir() && e.usize != 0 {
			sample = append(sample, e)
		}
	}
	slices.SortFunc(sample, func(a, b *zipEntry) int { return cmp.Compare(a.csize, b.csize) })
	for _, e := range sample[:min(len(sample), fitSamples)] {
		if zipMemberFits(src, e, password) {
			return true
		}
	}
	return len(sample) == 0 // nothing in it to be protected
}

func zipMemberFits(src *source, e *zipEntry, password string) bool {
	var p pools
	z, err := p.openZip(src, e, password)
	if err != nil {
		return errors.Is(err, zipcrypt.ErrUnsupported) || errors.As(err, new(unsupportedError)) // told by member
	}
	defer closeQuietly(z)
	info, err := e.crypt().Info()
	if err != nil {
		return false
	}
	if !info.Weak {
		return true
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, fitMost))
	if info.Method != 0 && n >= fitBytes {
		return true
	}
	return err == nil || errors.Is(err, zipcrypt.ErrUnverified)
}
