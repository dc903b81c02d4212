package gen

import (
	"fmt"
	"strconv"
	"time"
)

// The client's windows: every night from 01:00 to 04:00 for software updates,
// by the collection; and the hours outside of business, which hold nothing back.
const (
	nightID    = "{5D1F0C34-6B7A-4C2E-9E55-0A7C41D2B960}"
	nightType  = 4
	nightHours = 3
	eveningID  = "7cb56688-692f-4fae-b398-0e3ff4413adb"
)

// schedule is a window's schedule as the client writes it: local start, length
// in hours, repeated every day. See DOMAIN.md D4 for the bits.
func schedule(start time.Time, hours int) string {
	const daily, days = 2, 1
	y, mon, day := start.Date()
	high := uint64(start.Minute()<<26 | start.Hour()<<21 | day<<16 | int(mon)<<12 | (y-1970)<<6)
	low := uint64(hours<<27 | daily<<19 | days<<3)
	return fmt.Sprintf("%08X%08X", high, low)
}

// regional is a time as the client's region writes it.
func regional(t time.Time) string { return t.Format("2006/01/02 15:04:05") }

// open begins the night's window.
func (s *demoStory) open(day int) {
	s.until(s.at(day, 1, 0))
	s.boundary("START", "has started at", s.at(day, 1, 0), s.at(day, 4, 0), false)
	s.windows(day)
	s.say(serviceWindows, 2, "servicewindowhandler.cpp:980", "    Inactive Service Windows List has 0 windows")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:991", "    Active Service Windows List has 2 windows")
	s.worker()
	s.say(updatesDeployment, 7, "assignmentsmanager.cpp:277", "CUpdateAssignmentsManager received a SERVICEWINDOWEVENT START Event")
	s.say(rebootCoordinator, 6, "rebootcoordinator.cpp:3115", "Reboot Coordinator received a SERVICEWINDOWEVENT START Event")
	s.refuse(s.upgrade, 240)
}

// close ends the night's window.
func (s *demoStory) close(day int) {
	s.until(s.at(day, 4, 0))
	s.boundary("END", "has ended at", s.at(day, 4, 0), s.at(day+1, 1, 0), true)
	s.windows(day + 1)
	s.say(serviceWindows, 2, "servicewindowhandler.cpp:980", "    Inactive Service Windows List has 1 windows")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:991", "    Active Service Windows List has 1 windows")
	s.worker()
	s.say(updatesDeployment, 7, "assignmentsmanager.cpp:277", "CUpdateAssignmentsManager received a SERVICEWINDOWEVENT END Event")
}

// boundary is the timer that fires at the beginning or the end of a window.
func (s *demoStory) boundary(event, verb string, at, next time.Time, begins bool) {
	s.worker()
	s.text('a', regional(at))
	s.text('e', regional(next))
	s.text('f', map[bool]string{true: "Yes", false: "No"}[begins])
	s.say(serviceWindows, 900, "servicewindowhandler.cpp:1191", "A Timer Event has occurred")
	s.say(serviceWindows, 2, "servicewindowhandler.cpp:512", "    Sending Message SERVICEWINDOWEVENT:"+event+" event")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1200", "    The Service Window="+nightID+" "+verb+" %a")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1214", "Checking Service Windows to find Next Event.....")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1134", "    Next Event Time is at %e. Service Window with ID:"+nightID+". Is the next event the beginning of the window? %f")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:2223", "    Scheduling the Timer Task")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:2236", "    Scheduled the timer to fire on %e")
}

// windows lists the client's windows, whose next start is that of day.
func (s *demoStory) windows(day int) {
	s.say(serviceWindows, 40, "servicewindowhandler.cpp:402", "Refreshing Service Windows.....")
	// Policy has them from long ago.
	from := s.at(1, 0, 0).AddDate(0, -2, 0)
	for _, w := range []struct {
		id          string
		kind, hours int
		start       time.Time
		next        time.Time
	}{
		{nightID, nightType, nightHours, from.Add(time.Hour), s.at(day, 1, 0)},
		{eveningID, 6, 7, from.Add(22 * time.Hour), s.at(day, 22, 0)},
	} {
		s.text('a', regional(w.next))
		s.say(serviceWindows, 3, "servicewindow.cpp:188", "    Populating instance of ServiceWindow with ID="+w.id+", ScheduleString="+schedule(w.start, w.hours)+", Type="+strconv.Itoa(w.kind))
		s.say(serviceWindows, 1, "servicewindow.cpp:240", "        StartTime is %a")
		s.say(serviceWindows, 1, "servicewindow.cpp:244", fmt.Sprintf("        Duration for the Service Window is Total days: 0, hours: %02d, mins: 00, secs: 00", w.hours))
	}
}

// ask asks whether something of so many minutes may run now.
func (s *demoStory) ask(minutes int, may bool) {
	s.worker()
	s.say(serviceWindows, 10, "servicewindowmanager.cpp:470", "OnIsServiceWindowAvailable called with: Runtime:"+strconv.Itoa(60*minutes)+", Type:4")
	now := time.UnixMilli(s.now).In(s.opt.Zone)
	if open := s.at(now.Day(), 1, 0); now.Before(open) || !now.Before(open.Add(nightHours*time.Hour)) {
		s.say(serviceWindows, 1, "servicewindowhandler.cpp:1477", "        Biggest Active Service Window for Type=4 not found")
	} else {
		s.text('a', regional(open))
		s.number('b', int(open.Add(nightHours*time.Hour).Sub(now)/time.Second))
		s.say(serviceWindows, 1, "servicewindowhandler.cpp:1480", "        Biggest Active Service Window has ID = "+nightID+" having Starttime=%a")
		s.say(serviceWindows, 1, "servicewindowhandler.cpp:1484", "            Duration is 0 days, 03 hours, 00 mins, 00 secs")
		s.say(serviceWindows, 1, "servicewindowhandler.cpp:1510", "ActiveServiceWindow has %b seconds left")
	}
	if may {
		s.say(serviceWindows, 1, "servicewindowmanager.cpp:498", "Program can run! Setting *canProgramRun to TRUE")
		return
	}
	s.say(serviceWindows, 1, "servicewindowmanager.cpp:503", "Program cannot Run! Setting *canProgramRun to FALSE")
}
