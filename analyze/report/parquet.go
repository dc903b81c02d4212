package report

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"patchtrail/analyze"
	"patchtrail/analyze/timeline"
	"patchtrail/ingest/record"
)

// Parquet writes five tables below dir, each partitioned by machine as Hive,
// DuckDB, Spark, Trino and ClickHouse read it:
//
//	dir/records/machine=PC01/part-0.parquet
//	dir/findings/..., dir/updates/..., dir/attempts/..., dir/windows/...
//
// Every machine has a file in every table, if only an empty one. Times are
// timestamps in microseconds UTC; those of logs stand in a column of the same
// name with _ns as well, whole in nanoseconds since 1970. The column bundle
// names the inputs, so that the folders of many bundles can be read as one:
// records/*/*.parquet below each of them. A file that is there already is
// replaced. Rows are written in groups of bounded size, so that memory does
// not grow with the bundle.
func Parquet(ctx context.Context, dir string, res *analyze.Result, opt Options) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // whatever a machine calls itself, nothing is written elsewhere
	if err != nil {
		return err
	}
	defer root.Close()
	p := parquetRun{ctx: ctx, root: root, dir: dir, res: res, rows: newLines(res), opt: opt, bundle: valid(strings.Join(res.Inputs, ", "))}
	taken := map[string]int{}
	for i := range res.Machines {
		folder := "machine=" + partition(res.MachineID(i))
		same := strings.ToLower(folder) // as file systems of Windows see it
		p.place = filepath.Join(folder, "part-"+strconv.Itoa(taken[same])+".parquet")
		taken[same]++
		if err := p.machine(i); err != nil {
			return err
		}
	}
	return nil
}

// partitionName is how long the name of a partition may be, in bytes: file
// systems take 255.
const partitionName = 200

// partition makes a machine's id harmless as a part of a path: all but letters,
// digits, - _ and . is written as %XX, as Hive does, and read back by it.
func partition(id string) string {
	var b strings.Builder
	id = valid(id)
	for i := range len(id) {
		c := id[i]
		plain := c < 0x80 && (c == '-' || c == '_' || c == '.' && i+1 < len(id) || '0' <= c && c <= '9' || 'A' <= c&^0x20 && c&^0x20 <= 'Z')
		switch {
		case b.Len() > partitionName:
			h := fnv.New64a()
			h.Write([]byte(id))
			return fmt.Sprintf("%s-%016x", b.String(), h.Sum64())
		case plain:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// valid is a text as Parquet wants it: UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// parquetRun writes the tables of one result.
type parquetRun struct {
	ctx    context.Context
	root   *os.Root
	dir    string
	res    *analyze.Result
	rows   *lines
	opt    Options
	bundle string
	place  string // below the folder of a table
}

func (p *parquetRun) machine(i int) error {
	err := writeTable(p, "records", func(t *table[parquetRecord]) error {
		return each(p.ctx, p.res, timeline.Filter{Machines: []int{i}}, func(r line) error {
			return t.add(p.record(r), len(r.message))
		})
	})
	if err != nil {
		return err
	}
	err = writeTable(p, "findings", func(t *table[parquetFinding]) error {
		for n := range p.res.Findings {
			if f := &p.res.Findings[n]; f.Machine == i {
				if err := t.add(p.finding(f), rowSize); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = writeTable(p, "updates", func(t *table[parquetUpdate]) error {
		for n := range p.res.Updates {
			if u := &p.res.Updates[n]; u.Machine == i {
				if err := t.add(p.update(u), rowSize); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = writeTable(p, "attempts", func(t *table[parquetAttempt]) error {
		for n := range p.res.Updates {
			u := &p.res.Updates[n]
			for k := range u.Attempts {
				if u.Machine == i {
					if err := t.add(p.attempt(u, k), rowSize); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return writeTable(p, "windows", func(t *table[parquetWindow]) error {
		for _, set := range p.res.Windows {
			all := set.Windows()
			for n := range all {
				if all[n].Machine == i {
					if err := t.add(p.window(&all[n]), rowSize); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

// The bounds of what a table holds in memory: a row group ends at groupRows
// rows or groupBytes of text, and rows reach the writer in batches.
const (
	groupRows  = 1 << 17
	groupBytes = 16 << 20
	batchRows  = 1 << 10
	batchBytes = 1 << 20
	rowSize    = 4 << 10 // what a row of the smaller tables counts as
)

// table is one file being written.
type table[T any] struct {
	ctx              context.Context
	w                *parquet.GenericWriter[T]
	batch            []T
	batched, inGroup int // bytes
	groupRowsWritten int
}

// add writes a row whose text is about size bytes.
func (t *table[T]) add(row T, size int) error {
	t.batch = append(t.batch, row)
	t.batched += size
	if len(t.batch) < batchRows && t.batched < batchBytes {
		return nil
	}
	return t.write()
}

func (t *table[T]) write() error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	if _, err := t.w.Write(t.batch); err != nil {
		return err
	}
	t.inGroup += t.batched
	t.groupRowsWritten += len(t.batch)
	clear(t.batch)
	t.batch, t.batched = t.batch[:0], 0
	if t.inGroup < groupBytes && t.groupRowsWritten < groupRows {
		return nil
	}
	t.inGroup, t.groupRowsWritten = 0, 0
	return t.w.Flush()
}

// writeTable writes one file of a table beside its place and moves it there
// when whole, so that a failure leaves no half of it.
func writeTable[T any](p *parquetRun, name string, fill func(*table[T]) error) (err error) {
	place := filepath.Join(name, p.place)
	fault := func(err error) error { return fmt.Errorf("%s: %w", filepath.Join(p.dir, place), err) }
	if err := p.root.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return fault(err)
	}
	part := place + ".part"
	f, err := p.root.Create(part)
	if err != nil {
		return fault(err)
	}
	t := &table[T]{ctx: p.ctx, w: parquet.NewGenericWriter[T](f,
		parquet.Compression(&parquet.Zstd), parquet.CreatedBy("patchtrail", analyze.Version, ""), parquet.PageBufferSize(64<<10),
		parquet.KeyValueMetadata("patchtrail.schema", Schema), parquet.SkipPageBounds("message"))}
	if err = fill(t); err == nil {
		err = t.write()
	}
	if err == nil {
		err = t.w.Close()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = p.root.Rename(part, place)
	}
	if err != nil {
		_ = p.root.Remove(part)
		if errors.Is(err, context.Canceled) {
			return err
		}
		return fault(err)
	}
	return nil
}

// parquetRecord is one record.
type parquetRecord struct {
	Bundle    string `parquet:"bundle,dict"`
	Time      int64  `parquet:"time,timestamp(microsecond:utc),delta"`
	TimeNS    int64  `parquet:"time_ns,delta"`
	Level     string `parquet:"level,dict"`
	Component string `parquet:"component,dict"`
	Thread    int64  `parquet:"thread"`
	File      string `parquet:"file,dict"`
	Line      int64  `parquet:"line,delta"`
	Untimed   bool   `parquet:"untimed"`
	Message   string `parquet:"message"`
}

func (p *parquetRun) record(r line) parquetRecord {
	return parquetRecord{
		Bundle: p.bundle, Time: micros(r.meta.Time), TimeNS: r.meta.Time, Level: r.meta.Level.String(), Component: valid(r.meta.Component),
		Thread: int64(r.meta.Thread), File: valid(r.file.Path), Line: int64(r.meta.Line), Untimed: r.meta.Flags&record.Untimed != 0,
		Message: valid(r.message),
	}
}

// micros rounds nanoseconds down to microseconds.
func micros(ns int64) int64 {
	m := ns / 1000
	if ns%1000 < 0 {
		m--
	}
	return m
}
