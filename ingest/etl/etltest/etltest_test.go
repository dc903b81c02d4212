package etltest_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/etl/etltest"
)

// TestLayout holds what is written against the layout of real traces.
func TestLayout(t *testing.T) {
	var b bytes.Buffer
	start := time.Date(2025, 3, 18, 1, 2, 3, 0, time.UTC)
	events := make([]etltest.Event, 100)
	for i := range events {
		events[i] = etltest.Event{Time: start.Add(time.Duration(i) * time.Second), Component: "Agent", Message: "text"}
	}
	if err := etltest.Write(&b, etltest.Options{Start: start, CPUs: 3}, events); err != nil {
		t.Fatal(err)
	}
	if b.Len()%4096 != 0 || b.Len() < 4*4096 {
		t.Errorf("%d bytes are no whole buffers", b.Len())
	}
	if n := bytes.Count(b.Bytes(), []byte("WUTraceLogging\x00")); n != len(events) {
		t.Errorf("%d events, want %d", n, len(events))
	}
	if n := bytes.Count(b.Bytes(), etltest.UpdateProvider[:]); n != len(events) {
		t.Errorf("%d provider ids, want %d", n, len(events))
	}
}

func TestTooLong(t *testing.T) {
	f := func(length int, o etltest.Options, want string) {
		t.Helper()
		err := etltest.Write(&bytes.Buffer{}, o, []etltest.Event{{Message: strings.Repeat("x", length)}})
		if err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d letters: %v", length, err)
		}
	}
	f(1900, etltest.Options{}, "")
	f(2000, etltest.Options{}, "do not fit into a buffer of 4096")
	f(30000, etltest.Options{BufferSize: 64 << 10}, "")
	f(33000, etltest.Options{BufferSize: 128 << 10}, "more than an event holds")
}
