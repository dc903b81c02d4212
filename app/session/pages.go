package session

import "patchtrail/app/page"

// pages are those of the bundle, in one language and by one clock.
type pages struct {
	made *page.Set
	key  pagesKey // of what is made or being made
}

type pagesKey struct {
	run      int
	lang, tz string
}

// Pages are those of the bundle that is open, nil until MakePages has made them.
// While they are made anew in another language or by another clock, the older
// ones stay.
func (s *Session) Pages() *page.Set {
	if s.state != Ready || s.pages.key.run != s.run {
		return nil
	}
	return s.pages.made
}

// MakePages has the pages made in a language, "en" or "ja", by the clock chosen;
// Changed is called when they are there. It does nothing where they already are,
// so that it may be called after every change.
func (s *Session) MakePages(lang string) {
	key := pagesKey{s.run, lang, s.TimeZone()}
	if s.state != Ready || s.result.Pages == nil || key == s.pages.key {
		return
	}
	if s.pages.key.run != s.run {
		s.pages.made = nil
	}
	s.pages.key = key
	f := s.result.Pages
	go func() {
		made := f(key.lang, key.tz)
		s.post(func() {
			if s.pages.key == key {
				s.pages.made = made
				s.changed()
			}
		})
	}()
}

// Beside runs work on a goroutine of its own, and what it returns on the
// window's, unless another bundle has been opened since.
func (s *Session) Beside(work func() func()) {
	run := s.run
	go func() {
		done := work()
		s.post(func() {
			if s.run == run {
				done()
			}
		})
	}()
}
