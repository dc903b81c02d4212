package fact

import (
	"path"
	"strconv"
	"strings"
)

// stateName names a state as sc, Get-Service and WMI write it.
func stateName(s string) string {
	switch strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", "_")) {
	case "RUNNING", "4":
		return "running"
	case "STOPPED", "1":
		return "stopped"
	case "START_PENDING", "STARTPENDING", "2":
		return "start-pending"
	case "STOP_PENDING", "STOPPENDING", "3":
		return "stop-pending"
	case "CONTINUE_PENDING", "CONTINUEPENDING", "5":
		return "continue-pending"
	case "PAUSE_PENDING", "PAUSEPENDING", "6":
		return "pause-pending"
	case "PAUSED", "7":
		return "paused"
	}
	return ""
}

// startName names a start type as sc, Get-Service and WMI write it.
func startName(s string) string {
	switch strings.ToUpper(strings.TrimSpace(s)) {
	case "AUTO_START", "AUTO", "AUTOMATIC", "自動":
		return "auto"
	case "AUTO_START  (DELAYED)", "AUTO_START (DELAYED)", "AUTOMATICDELAYEDSTART", "AUTOMATIC (DELAYED START)":
		return "auto-delayed"
	case "DEMAND_START", "MANUAL", "手動":
		return "manual"
	case "DISABLED", "無効":
		return "disabled"
	case "BOOT_START", "BOOT":
		return "boot"
	case "SYSTEM_START", "SYSTEM":
		return "system"
	}
	return ""
}

// service joins what is known of a service: the first statement of each
// property stays.
func (c *collector) service(s Service) {
	s.Name = strings.TrimSpace(s.Name)
	if s.Name == "" || len(s.Name) > 256 {
		return
	}
	i, ok := c.services[strings.ToLower(s.Name)]
	if !ok {
		if len(c.Services) < 5000 {
			c.services[strings.ToLower(s.Name)] = len(c.Services)
			c.Services = append(c.Services, s)
		}
		return
	}
	have := &c.Services[i]
	news := false
	take := func(to *string, from string) {
		if *to == "" && from != "" {
			*to, news = from, true
		}
	}
	take(&have.DisplayName, s.DisplayName)
	take(&have.State, s.State)
	take(&have.StartType, s.StartType)
	take(&have.Account, s.Account)
	take(&have.Path, s.Path)
	if len(have.Dependencies) == 0 && len(s.Dependencies) > 0 {
		have.Dependencies, news = s.Dependencies, true
	}
	if !have.ExitKnown && s.ExitKnown {
		have.ExitCode, have.ExitKnown, news = s.ExitCode, true, true
	}
	if news && len(have.Evidence) < maxEvidence {
		have.Evidence = append(have.Evidence, s.Evidence...)
	}
}

// serviceObject takes a service of Get-Service or Win32_Service.
func (c *collector) serviceObject(o *object) {
	s := Service{Name: o.get("Name"), DisplayName: o.get("DisplayName"), Account: o.get("StartName"), Path: o.get("PathName")}
	if s.State = stateName(o.get("State")); s.State == "" {
		s.State = stateName(o.get("Status"))
	}
	for _, n := range []string{"StartMode", "StartType"} {
		if s.StartType == "" {
			s.StartType = startName(o.get(n))
		}
	}
	if s.StartType == "auto" && yesNo(o.get("DelayedAutoStart")) == "yes" {
		s.StartType = "auto-delayed"
	}
	if s.State == "" && s.StartType == "" {
		return
	}
	if d := strings.Trim(o.get("ServicesDependedOn"), "{}"); d != "" {
		for _, n := range strings.Split(d, ",") {
			s.Dependencies = append(s.Dependencies, strings.TrimSpace(n))
		}
	}
	if n, err := strconv.ParseUint(o.get("ExitCode"), 10, 32); err == nil {
		s.ExitCode, s.ExitKnown = uint32(n), true
	}
	s.Evidence = []Evidence{c.at(o.at)}
	c.service(s)
}

// control reads the output of sc query, queryex and qc.
func (c *collector) control(s *section) {
	var cur Service
	deps := false
	flush := func() {
		if cur.Name != "" {
			c.service(cur)
		}
		cur = Service{}
	}
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		name, value, ok := strings.Cut(t, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if deps && strings.HasPrefix(t, ":") {
			cur.Dependencies = append(cur.Dependencies, strings.TrimSpace(t[1:]))
			continue
		}
		deps = false
		switch {
		case strings.HasPrefix(t, "[SC]"):
			flush()
			switch {
			case strings.Contains(t, "FAILED 1060"):
				c.refused(s.command, l, Service{State: "missing"})
			case strings.Contains(t, "StartService FAILED 1058"):
				c.refused(s.command, l, Service{StartType: "disabled"})
			}
			continue
		case !ok:
			continue
		}
		switch name {
		case "SERVICE_NAME":
			flush()
			cur.Name = value
		case "DISPLAY_NAME":
			cur.DisplayName = value
		case "STATE":
			_, state, _ := strings.Cut(value, " ")
			cur.State = stateName(firstWord(state))
		case "START_TYPE":
			_, start, _ := strings.Cut(value, " ")
			cur.StartType = startName(start)
		case "SERVICE_START_NAME":
			cur.Account = value
		case "BINARY_PATH_NAME":
			cur.Path = value
		case "DEPENDENCIES":
			deps = true
			if value != "" {
				cur.Dependencies = append(cur.Dependencies, value)
			}
		case "WIN32_EXIT_CODE":
			if n, err := strconv.ParseUint(firstWord(value), 10, 32); err == nil {
				cur.ExitCode, cur.ExitKnown = uint32(n), true
			}
		default:
			continue
		}
		if len(cur.Evidence) < maxEvidence {
			cur.Evidence = append(cur.Evidence, c.at(l))
		}
	}
	flush()
}

// refused notes what the service manager says of a service when it refuses a
// command: that it does not know it, or that it is disabled. Where the file does
// not show the command, its name may: sc_query_bits.txt.
func (c *collector) refused(command, l line, s Service) {
	words := strings.Fields(command.s)
	if command.s == "" {
		base := strings.ToLower(path.Base(strings.ReplaceAll(c.path, "!", "/")))
		words = strings.FieldsFunc(strings.TrimSuffix(base, path.Ext(base)), func(r rune) bool { return r == '_' || r == '-' || r == ' ' })
	}
	if len(words) < 3 || !foldPrefix(words[0], "sc") {
		return
	}
	s.Name = strings.Trim(words[2], `"`)
	if strings.HasPrefix(s.Name, `\\`) && len(words) > 3 {
		s.Name = words[3]
	}
	s.Evidence = []Evidence{c.at(l)}
	c.service(s)
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}
