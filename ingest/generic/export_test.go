package generic

// Fixed and General are the fast path and the plain one, for their comparison.
func Fixed(b []byte) (time int64, bias int16, n int, ok bool) {
	s, ok := fixed(b)
	return s.time, s.bias, s.n, ok
}

func General(b []byte) (time int64, bias int16, n int, ok bool) {
	s, ok := general(b, false)
	return s.time, s.bias, s.n, ok
}
