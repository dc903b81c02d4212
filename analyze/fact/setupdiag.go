package fact

import "strings"

// verdict reads SetupDiagResults.log.
func (c *collector) verdict(s *section) {
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		name, value, ok := strings.Cut(t, ":")
		if strings.Contains(t, "unable to match to any known failure signatures") {
			d := c.setupDiag()
			d.NoMatch = true
			d.Evidence = append(d.Evidence, c.at(l))
			continue
		}
		if !ok || strings.Contains(name, "=") {
			name, value, ok = strings.Cut(t, "=")
		}
		if !ok || len(name) > 64 {
			continue
		}
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		e := c.at(l)
		switch name {
		case "Matching Profile found":
			profile, id, _ := strings.Cut(value, " - ")
			c.verdictValue(func(d *SetupDiag) *string { return &d.Profile }, profile, e)
			c.verdictValue(func(d *SetupDiag) *string { return &d.ProfileID }, id, e)
		case "Last Phase", "Last Setup Phase", "Phase Name", "PhaseName":
			c.verdictValue(func(d *SetupDiag) *string { return &d.Phase }, value, e)
		case "Last Operation", "Operation Name":
			c.verdictValue(func(d *SetupDiag) *string { return &d.Operation }, value, e)
		case "Error":
			to := func(d *SetupDiag) *string { return &d.Message }
			if strings.HasPrefix(value, "0x") {
				to = func(d *SetupDiag) *string { return &d.Error }
			}
			c.verdictValue(to, value, e)
		case "Refer to \"https", "Refer to https", "Refer to":
			if u := urlIn(t); u != "" {
				c.verdictValue(func(d *SetupDiag) *string { return &d.Link }, u, e)
			}
		}
	}
}

func (c *collector) setupDiag() *SetupDiag {
	if c.SetupDiag == nil {
		c.SetupDiag = &SetupDiag{}
	}
	return c.SetupDiag
}

// verdictValue sets a part of the verdict once.
func (c *collector) verdictValue(part func(*SetupDiag) *string, value string, e Evidence) {
	if value == "" {
		return
	}
	if to := part(c.setupDiag()); *to == "" {
		*to = value
		if len(c.SetupDiag.Evidence) < maxEvidence {
			c.SetupDiag.Evidence = append(c.SetupDiag.Evidence, e)
		}
	}
}

// setupDiagValue takes a part of the verdict from XML or the registry.
func (c *collector) setupDiagValue(name string, v RegistryValue) {
	var part func(*SetupDiag) *string
	switch strings.ToLower(name) {
	case "profilename":
		part = func(d *SetupDiag) *string { return &d.Profile }
	case "profileguid":
		part = func(d *SetupDiag) *string { return &d.ProfileID }
	case "phasename", "lastsetupphase", "lastphase":
		part = func(d *SetupDiag) *string { return &d.Phase }
	case "operationname", "lastsetupoperation", "lastoperation":
		part = func(d *SetupDiag) *string { return &d.Operation }
	case "errorcode", "failuredetails":
		part = func(d *SetupDiag) *string { return &d.Error }
	case "failuredata", "message":
		part = func(d *SetupDiag) *string { return &d.Message }
	case "remediation":
		if u := urlIn(v.Data); u != "" {
			c.verdictValue(func(d *SetupDiag) *string { return &d.Link }, u, v.Evidence)
		}
		return
	default:
		return
	}
	c.verdictValue(part, v.Data, v.Evidence)
}
