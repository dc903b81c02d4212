package finding

import "slices"

// Link tells causes from consequences: a finding follows from the first of its
// Causes that was found on the same machine and is no less grave than
// information, or, for what a server does to its clients, on any machine of
// the input. What follows from nothing that was found is a cause itself.
func Link(all []Finding) {
	for i := range all {
		f := &all[i]
		f.Root, f.ConsequenceOf = true, ""
		if cause := f.cause(all); cause != "" {
			f.Root, f.ConsequenceOf = false, cause
		}
	}
}

// cause returns the id of the finding that f follows from, "" if there is none.
func (f *Finding) cause(all []Finding) string {
	for _, id := range f.Causes {
		if id == f.ID {
			continue
		}
		if slices.ContainsFunc(all, func(o Finding) bool { return o.ID == id && f.follows(o) }) {
			return id
		}
	}
	return ""
}

// follows reports whether f can be a consequence of o: one that is mended
// explains only what is mended too, and nothing follows from what came later.
func (f *Finding) follows(o Finding) bool {
	if o.Severity == Info && f.Severity != Info {
		return false
	}
	return o.First == 0 || f.Last == 0 || o.First <= f.Last
}
