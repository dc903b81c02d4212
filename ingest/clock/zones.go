package clock

import (
	"strings"
	"time"

	"patchtrail/ingest/scan"
)

// windowsZone joins the name that Windows keeps in TimeZoneKeyName, the words
// that systeminfo shows behind the offset, and the zone database's name.
// Source: Unicode CLDR windowsZones; in the order in which a zone is tried for
// a change of the bias that logs show.
type windowsZone struct{ key, display, iana string }

var windowsZones = []windowsZone{
	{"Tokyo Standard Time", "Osaka, Sapporo, Tokyo", "Asia/Tokyo"},
	{"Eastern Standard Time", "Eastern Time (US & Canada)", "America/New_York"},
	{"Central Standard Time", "Central Time (US & Canada)", "America/Chicago"},
	{"Mountain Standard Time", "Mountain Time (US & Canada)", "America/Denver"},
	{"Pacific Standard Time", "Pacific Time (US & Canada)", "America/Los_Angeles"},
	{"Alaskan Standard Time", "Alaska", "America/Anchorage"},
	{"Atlantic Standard Time", "Atlantic Time (Canada)", "America/Halifax"},
	{"Newfoundland Standard Time", "Newfoundland", "America/St_Johns"},
	{"GMT Standard Time", "Dublin, Edinburgh, Lisbon, London", "Europe/London"},
	{"W. Europe Standard Time", "Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
	{"Romance Standard Time", "Brussels, Copenhagen, Madrid, Paris", "Europe/Paris"},
	{"Central Europe Standard Time", "Belgrade, Bratislava, Budapest, Ljubljana, Prague", "Europe/Budapest"},
	{"Central European Standard Time", "Sarajevo, Skopje, Warsaw, Zagreb", "Europe/Warsaw"},
	{"FLE Standard Time", "Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius", "Europe/Helsinki"},
	{"GTB Standard Time", "Athens, Bucharest", "Europe/Athens"},
	{"AUS Eastern Standard Time", "Canberra, Melbourne, Sydney", "Australia/Sydney"},
	{"Cen. Australia Standard Time", "Adelaide", "Australia/Adelaide"},
	{"Tasmania Standard Time", "Hobart", "Australia/Hobart"},
	{"New Zealand Standard Time", "Auckland, Wellington", "Pacific/Auckland"},
	{"Pacific SA Standard Time", "Santiago", "America/Santiago"},
	{"Paraguay Standard Time", "Asuncion", "America/Asuncion"},
	{"E. South America Standard Time", "Brasilia", "America/Sao_Paulo"},
	{"Central Standard Time (Mexico)", "Guadalajara, Mexico City, Monterrey", "America/Mexico_City"},
	{"Cuba Standard Time", "Havana", "America/Havana"},
	{"Israel Standard Time", "Jerusalem", "Asia/Jerusalem"},
	{"Jordan Standard Time", "Amman", "Asia/Amman"},
	{"Egypt Standard Time", "Cairo", "Africa/Cairo"},
	{"Middle East Standard Time", "Beirut", "Asia/Beirut"},
	{"Iran Standard Time", "Tehran", "Asia/Tehran"},
	{"Morocco Standard Time", "Casablanca", "Africa/Casablanca"},
	{"Azores Standard Time", "Azores", "Atlantic/Azores"},
	{"Lord Howe Standard Time", "Lord Howe Island", "Australia/Lord_Howe"},
	{"UTC", "Coordinated Universal Time", "UTC"},
	{"Korea Standard Time", "Seoul", "Asia/Seoul"},
	{"China Standard Time", "Beijing, Chongqing, Hong Kong, Urumqi", "Asia/Shanghai"},
	{"Taipei Standard Time", "Taipei", "Asia/Taipei"},
	{"Singapore Standard Time", "Kuala Lumpur, Singapore", "Asia/Singapore"},
	{"SE Asia Standard Time", "Bangkok, Hanoi, Jakarta", "Asia/Bangkok"},
	{"India Standard Time", "Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"},
	{"Arabian Standard Time", "Abu Dhabi, Muscat", "Asia/Dubai"},
	{"Arab Standard Time", "Kuwait, Riyadh", "Asia/Riyadh"},
	{"Russian Standard Time", "Moscow, St. Petersburg", "Europe/Moscow"},
	{"Turkey Standard Time", "Istanbul", "Europe/Istanbul"},
	{"South Africa Standard Time", "Harare, Pretoria", "Africa/Johannesburg"},
	{"US Eastern Standard Time", "Indiana (East)", "America/Indianapolis"},
	{"US Mountain Standard Time", "Arizona", "America/Phoenix"},
	{"SA Pacific Standard Time", "Bogota, Lima, Quito, Rio Branco", "America/Bogota"},
	{"Argentina Standard Time", "City of Buenos Aires", "America/Buenos_Aires"},
	{"Hawaiian Standard Time", "Hawaii", "Pacific/Honolulu"},
	{"E. Australia Standard Time", "Brisbane", "Australia/Brisbane"},
	{"AUS Central Standard Time", "Darwin", "Australia/Darwin"},
	{"W. Australia Standard Time", "Perth", "Australia/Perth"},
}

// FromWindowsName returns the zone that Windows knows by this TimeZoneKeyName
// ("Tokyo Standard Time"), nil if it is not in the list.
func FromWindowsName(key string) *Zone {
	key = strings.TrimSpace(key)
	for _, w := range windowsZones {
		if strings.EqualFold(w.key, key) {
			if loc, err := time.LoadLocation(w.iana); err == nil {
				return FromLocation(loc, FromSnapshot)
			}
		}
	}
	return nil
}

// FromDisplay reads the value of systeminfo's time zone line, "(UTC+09:00)
// Osaka, Sapporo, Tokyo" in any language, nil if it states no offset. A name
// that is not in the list leaves the offset, without summer time.
func FromDisplay(value string) *Zone {
	i := strings.Index(value, "(UTC")
	if i < 0 {
		return nil
	}
	rest := value[i+len("(UTC"):]
	bias, n := scan.Offset([]byte(rest))
	if n == 0 && !strings.HasPrefix(rest, ")") {
		return nil
	}
	_, name, _ := strings.Cut(rest, ")")
	name = strings.TrimSpace(name)
	for _, w := range windowsZones {
		if strings.EqualFold(w.display, name) {
			if loc, err := time.LoadLocation(w.iana); err == nil {
				return FromLocation(loc, FromSnapshot)
			}
		}
	}
	return Fixed(bias, FromSnapshot)
}
