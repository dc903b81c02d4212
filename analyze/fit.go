package analyze

import (
	"bytes"
	"context"

	"patchtrail/analyze/ledger"
	"patchtrail/analyze/window"
)

// windows reads the maintenance windows of every machine, with those of the
// user's file.
func (r *Result) windows(ctx context.Context, file *WindowFile) error {
	for i, m := range r.Machines {
		set, err := window.Read(ctx, r.Store, i, m.Zone)
		if err != nil {
			return err
		}
		if file != nil {
			more, err := window.ReadFile(bytes.NewReader(file.Data), file.Name, m.Zone)
			if err != nil {
				return err
			}
			set.Add(more)
		}
		r.Windows = append(r.Windows, set)
	}
	return nil
}

// fit says which pending updates fit into the windows of their machines.
func (r *Result) fit() {
	for i, set := range r.Windows {
		r.Fits = append(r.Fits, set.Fit(r.Pending(i), r.WindowOptions(i))...)
	}
}

// WindowOptions are those of a machine: from the moment on that AsOf gives.
func (r *Result) WindowOptions(machine int) window.Options {
	return window.Options{Now: r.AsOf(machine)}
}

// AsOf is the moment from which windows to come are counted, in UTC: the one
// that was asked for (Options.Now), else where the logs of the machine end, so
// that the same bundle gives the same answer on any day. A last record with a
// time after Generated, of a clock that ran ahead, does not count.
func (r *Result) AsOf(machine int) int64 {
	if !r.asked.IsZero() {
		return r.asked.UnixNano()
	}
	if end := r.end(machine); end != 0 {
		return end
	}
	return r.Generated.UnixNano()
}

// end is the time of the last record of a machine that is not after Generated, 0
// where there is none.
func (r *Result) end(machine int) int64 {
	end, now := int64(0), r.Generated.UnixNano()
	for _, f := range r.Store.Files {
		if f.Machine == machine && f.Last <= now {
			end = max(end, f.Last)
		}
	}
	return end
}

// Pending are the updates of a machine that are still to be installed, as
// package window takes them.
func (r *Result) Pending(machine int) []window.Update {
	var out []window.Update
	for i := range r.Updates {
		u := &r.Updates[i]
		if u.Machine != machine || !u.Involved || settled(u.Now) {
			continue
		}
		t := r.Terms(u)
		out = append(out, window.Update{
			Key: u.Key, KB: u.KB, UpdateID: u.UpdateID, Title: u.Title, Seconds: u.Max.Seconds, Deadline: t.Deadline, Ran: longest(u),
			IgnoresWindows: t.IgnoresWindows, RestartsAnyTime: t.RestartsAnyTime, Available: t.Available,
		})
	}
	return out
}

// settled reports whether nothing is left to install of an update.
func settled(s ledger.State) bool {
	switch s {
	case ledger.StateInstalled, ledger.StatePending, ledger.StateRestarted, ledger.StateSuperseded, ledger.StateNotNeeded, ledger.StateRemoved:
		return true
	}
	return false
}

// longest is the longest run of an update that was seen to its end, in seconds.
func longest(u *ledger.Update) int {
	most := int64(0)
	for i := range u.Attempts {
		most = max(most, u.Attempts[i].Runtime())
	}
	return int(most / 1e9)
}
