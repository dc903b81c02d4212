package ledger

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"patchtrail/ingest"
	"patchtrail/ingest/gen"
)

// TestReading holds that lines which are read block by block, before anything is
// known of the machine's zone, tell the same as those of the whole store: a
// client's logs, and a log that states no bias.
func TestReading(t *testing.T) {
	dir := t.TempDir()
	if _, err := gen.Client(gen.Folder(filepath.Join(dir, "PC01")), gen.Options{Seed: 3, Bytes: 6 << 20}); err != nil {
		t.Fatal(err)
	}
	// An older part of a log is read after the newer one, and without a bias.
	const local = "<![LOG[Async installation of updates started.]LOG]!><time=\"10:00:00.000\" date=\"03-18-2024\" component=\"WUAHandler\" context=\"\" type=\"1\" thread=\"8\" file=\"\">\r\n" +
		"<![LOG[Update 1 (" + g1 + ") finished installing (0x80240022), Reboot Required? No]LOG]!><time=\"10:20:00.000\" date=\"03-18-2024\" component=\"WUAHandler\" context=\"\" type=\"1\" thread=\"8\" file=\"\">\r\n" +
		"<![LOG[SMSTrigger 'x' for scheduler 'Machine/DEADLINE:" + b2 + "' will fire at 03/19/2024 07:15:00 PM]LOG]!><time=\"10:21:00.000\" date=\"03-18-2024\" component=\"Scheduler\" context=\"\" type=\"1\" thread=\"8\" file=\"\">\r\n"
	if err := os.WriteFile(filepath.Join(dir, "PC01", "WUAHandler.lo_"), []byte(local), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, inputs := range map[string][]string{"folder": {dir}, "that part alone": {filepath.Join(dir, "PC01", "WUAHandler.lo_")}} {
		reading := NewReading()
		in, err := ingest.Read(context.Background(), inputs, ingest.Options{InOrder: func(b ingest.Block) {
			reading.Block(b.File, b.Columns, b.Components, b.First, func() []byte { return b.Text })
		}})
		if err != nil {
			t.Fatal(err)
		}
		early, err := New(context.Background(), in.Store, Options{Read: reading})
		if err != nil {
			t.Fatal(err)
		}
		late, err := New(context.Background(), in.Store, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(early.Updates) == 0 || !reflect.DeepEqual(early.Updates, late.Updates) {
			t.Errorf("%s: %d updates while reading, %d afterwards, or not the same", name, len(early.Updates), len(late.Updates))
		}
	}
}

// TestMerge holds that lists come out in order, whichever of them ends first.
func TestMerge(t *testing.T) {
	list := func(times ...int64) eventList {
		var l eventList
		for _, at := range times {
			l.chunks = append(l.chunks, []event{{time: at}})
		}
		l.sort()
		return l
	}
	for _, lists := range [][]eventList{
		nil, {list()}, {list(5)}, {list(1, 2, 3), list()}, {list(), list(4, 1, 9), list(2), list(3, 3, 8, 10), list(1)},
	} {
		want := 0
		for _, l := range lists {
			want += l.len()
		}
		all := merge(lists)
		last := int64(0)
		for _, e := range all.each {
			if e.time < last {
				t.Errorf("%d after %d", e.time, last)
			}
			last = e.time
		}
		if all.len() != want {
			t.Errorf("%d events of %d", all.len(), want)
		}
	}
}
