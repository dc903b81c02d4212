package finding

import (
	"net/url"
	"strings"
)

// server is what a URL of an update point names.
type server struct{ scheme, host, port string }

// serverOf reads "http://wsus.contoso.com:8530/"; ok is false for what Windows
// Update cannot use: no scheme of the web, or no host.
func serverOf(s string) (server, bool) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Hostname() == "" {
		return server{}, false
	}
	v := server{strings.ToLower(u.Scheme), strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), u.Port()}
	switch {
	case v.scheme != "http" && v.scheme != "https":
		return server{}, false
	case v.port == "" && v.scheme == "http":
		v.port = "80"
	case v.port == "":
		v.port = "443"
	}
	return v, true
}

// same reports whether two URLs name one server, port and scheme.
func same(a, b string) bool {
	x, okX := serverOf(a)
	y, okY := serverOf(b)
	return okX && okY && x == y
}

// sameHost reports whether two names are of one host: equal, or one of them
// the short form of the other.
func sameHost(a, b string) bool {
	a, b = strings.ToLower(strings.TrimSuffix(a, ".")), strings.ToLower(strings.TrimSuffix(b, "."))
	if a == "" || b == "" {
		return false
	}
	shortA, _, fullA := strings.Cut(a, ".")
	shortB, _, fullB := strings.Cut(b, ".")
	return a == b || shortA == shortB && fullA != fullB && !digits(shortA)
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// near reports whether two URLs name one server, by its full name or its short
// one.
func near(a, b string) bool {
	x, okX := serverOf(a)
	y, okY := serverOf(b)
	return okX && okY && x.scheme == y.scheme && x.port == y.port && sameHost(x.host, y.host)
}

// hostOf is the host of a URL, or of what is a host already.
func hostOf(s string) string {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	v, _ := serverOf(s)
	return v.host
}
