package evtx

// A place is where in the XML of an event something stands: what an element's
// name means depends on it.
type place uint8

const (
	inNothing place = iota // outside of <Event>
	inEvent
	inSystem
	inSystemItem // within <Provider>, <EventID> …
	inEventData
	inOther // UserData and the like: every element is an item
	inRendering
	inIgnored
)

// A target is what a value becomes.
type target uint8

const (
	toNothing target = iota
	toProvider
	toEventID
	toLevel
	toKeywords
	toTime
	toThread
	toChannel
	toComputer
	toUser
	toMessage
	toItem
	toItemName // a Data element's Name that is no literal
)

// childOf returns what an element becomes by its name and where it stands.
func childOf(in place, name []byte) element {
	switch in {
	case inNothing:
		switch string(name) {
		case "Event":
			return element{place: inEvent, target: toItem, flags: flagBare}
		case "System", "EventData", "UserData", "RenderingInfo":
			return childOf(inEvent, name)
		}
		return element{place: inOther, target: toItem}
	case inEvent:
		switch string(name) {
		case "System":
			return element{place: inSystem}
		case "EventData":
			return element{place: inEventData, target: toItem, flags: flagBare}
		case "RenderingInfo":
			return element{place: inRendering}
		}
		return element{place: inOther, target: toItem, flags: flagBare}
	case inSystem:
		return element{place: inSystemItem, target: systemText(name)}
	case inEventData, inOther:
		if string(name) == "Data" {
			return element{place: inOther, target: toItem, flags: flagData | flagUnnamed}
		}
		e := element{place: inOther, target: toItem}
		if in == inOther || string(name) != "Binary" {
			e.flags = flagData
		}
		return e
	case inRendering:
		if string(name) == "Message" {
			return element{place: inIgnored, target: toMessage}
		}
	}
	return element{place: inIgnored}
}

// systemText returns what the text of a <System> element is.
func systemText(name []byte) target {
	switch string(name) {
	case "EventID":
		return toEventID
	case "Level":
		return toLevel
	case "Keywords":
		return toKeywords
	case "Channel":
		return toChannel
	case "Computer":
		return toComputer
	}
	return toNothing
}

// systemAttr returns what the attribute of a <System> element is.
func systemAttr(elem, attr []byte) target {
	switch string(attr) {
	case "Name":
		if string(elem) == "Provider" {
			return toProvider
		}
	case "SystemTime":
		return toTime
	case "ThreadID":
		return toThread
	case "UserID":
		return toUser
	}
	return toNothing
}
