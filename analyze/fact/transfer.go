package fact

import (
	"strconv"
	"strings"
)

// maxTransfers bounds the jobs that are kept of a list.
const maxTransfers = 1000

// transfers reads the list of bitsadmin: with /verbose a paragraph a job, without
// it a line. Its labels are English in every language of Windows.
func (c *collector) transfers(s *section) {
	var cur *Transfer
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		switch {
		case strings.HasPrefix(t, "GUID: {"):
			id, name, _ := strings.Cut(t[len("GUID: "):], " DISPLAY: ")
			cur = c.transfer(Transfer{ID: id, Name: strings.Trim(name, "'"), Evidence: []Evidence{c.at(l)}})
		case strings.HasPrefix(t, "{") && strings.Contains(t, "} '"):
			id, rest, _ := strings.Cut(t, " '")
			name, rest, ok := strings.Cut(rest, "' ")
			state, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			if ok {
				c.transfer(Transfer{ID: id, Name: name, State: transferState(state), Evidence: []Evidence{c.at(l)}})
			}
			cur = nil
		case cur == nil:
		case strings.HasPrefix(t, "TYPE: "):
			_, state, _ := strings.Cut(t, "STATE: ")
			state, _, _ = strings.Cut(state, " ")
			cur.State = transferState(state)
		case strings.HasPrefix(t, "ERROR FILE:"):
			url, _, _ := strings.Cut(strings.TrimSpace(t[len("ERROR FILE:"):]), " -> ")
			if strings.Contains(url, "://") {
				cur.URL = url
			}
		case strings.HasPrefix(t, "ERROR CODE:"):
			code, _, _ := strings.Cut(strings.TrimSpace(t[len("ERROR CODE:"):]), " ")
			if len(code) == len("0x80200013") && strings.HasPrefix(code, "0x") {
				cur.Code = strings.ToLower(code)
				cur.Evidence = append(cur.Evidence, c.at(l))
			}
		}
	}
}

// transfer keeps a job and returns it, nil where there are too many.
func (c *collector) transfer(t Transfer) *Transfer {
	if len(c.Transfers) >= maxTransfers {
		return nil
	}
	c.Transfers = append(c.Transfers, t)
	return &c.Transfers[len(c.Transfers)-1]
}

// transferObject takes a job that Get-BitsTransfer lists.
func (c *collector) transferObject(o *object) {
	t := Transfer{ID: o.get("JobId"), Name: o.get("DisplayName"), State: transferState(o.get("JobState")), Evidence: []Evidence{c.at(o.at)}}
	if n, err := strconv.ParseInt(o.get("InternalErrorCode"), 10, 64); err == nil && n != 0 {
		t.Code = "0x" + strconv.FormatUint(uint64(uint32(n)), 16)
	}
	c.transfer(t)
}

// transferState joins the spellings of bitsadmin and PowerShell.
func transferState(s string) string {
	switch s = strings.ToLower(s); s {
	case "transient_error", "transienterror":
		return "transient-error"
	}
	return s
}
