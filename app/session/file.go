package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/report"
)

// Extension is that of session files.
const Extension = ".patchtrail"

// schemaName and schemaVersion stand in session files as
// "patchtrail.session/1". A field more needs no new version: older programs
// pass over it. Another meaning does.
const (
	schemaName    = "patchtrail.session/"
	schemaVersion = 1
)

// maxFile bounds the bytes of a session file: it holds names and notes only.
const maxFile = 16 << 20

// File is a session as it is saved: which bundles, and how they were looked at.
// It holds none of their content.
type File struct {
	Schema string    `json:"schema"`
	Saved  time.Time `json:"saved"` // UTC
	// Inputs are the bundles.
	Inputs []Input `json:"inputs"`
	// Zone is "customer", "utc" or "mine".
	Zone string `json:"zone"`
	// Page is the name of the page that showed, "" for the first.
	Page   string `json:"page,omitempty"`
	Filter Filter `json:"filter"`
	// ShowAll is set where rows without a hit of the text showed, too.
	ShowAll   bool    `json:"show_all,omitempty"`
	Bookmarks []Place `json:"bookmarks,omitempty"`
	// Marks are what the engineer says of findings, by page.Finding.Key.
	Marks map[string]report.Mark `json:"marks,omitempty"`
	// Current is the record that was chosen.
	Current *Place `json:"current,omitempty"`
}

// Input is the path of a bundle.
type Input struct {
	Path string `json:"path"`
	// Beside is the path from the folder of the session file, where there is one:
	// a folder with both may be moved.
	Beside string `json:"beside,omitempty"`
}

// Place names a record: its file in the bundle and the 1-based line there.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// Fault is what is wrong with a session file.
type Fault string

const (
	// NoSession: the file is something else.
	NoSession Fault = "none"
	// Damaged: the file is cut or was edited wrongly.
	Damaged Fault = "damaged"
	// Newer: a newer version of the program wrote it.
	Newer Fault = "newer"
	// Unreadable: the file system does not give it.
	Unreadable Fault = "unreadable"
)

// FileError says why a session file cannot be opened.
type FileError struct {
	// Name is the base name of the file.
	Name  string
	Fault Fault
	// Detail says more: the line and the error, or the version.
	Detail string
	err    error
}

func (e *FileError) Error() string {
	switch e.Fault {
	case NoSession:
		return e.Name + ": is no session of PatchTrail"
	case Newer:
		return e.Name + ": was saved by a newer PatchTrail (" + e.Detail + "): update this one"
	case Unreadable:
		return e.Name + ": " + e.Detail
	default:
		return e.Name + ": is damaged: " + e.Detail
	}
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.err }

// IsFile reports whether a path names a session file.
func IsFile(path string) bool { return strings.EqualFold(filepath.Ext(path), Extension) }

// ReadFile reads the session file at path. Its errors are *FileError.
func ReadFile(path string) (*File, error) {
	fail := func(fault Fault, detail string, err error) (*File, error) {
		return nil, &FileError{Name: filepath.Base(path), Fault: fault, Detail: detail, err: err}
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(Unreadable, reason(err), err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return fail(Unreadable, reason(err), err)
	case len(data) > maxFile:
		return fail(NoSession, "", nil)
	}
	var head struct{ Schema string }
	version, known := 0, false
	if err = json.Unmarshal(data, &head); err == nil || head.Schema != "" {
		version, known = versionOf(head.Schema)
	}
	switch {
	case !known && (err == nil || !bytes.Contains(data, []byte(schemaName))):
		return fail(NoSession, "", err)
	case version > schemaVersion:
		return fail(Newer, head.Schema, nil)
	}
	out := &File{}
	if err := json.Unmarshal(data, out); err != nil {
		return fail(Damaged, lineOf(data, err), err)
	}
	if len(out.Inputs) == 0 {
		return fail(Damaged, "it names no bundle", nil)
	}
	dir := filepath.Dir(path)
	for i, in := range out.Inputs {
		if in.Path == "" && in.Beside == "" {
			return fail(Damaged, "it names no bundle", nil)
		}
		out.Inputs[i].Path = in.find(dir)
	}
	return out, nil
}

// reason is an error of the file system without the path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

func versionOf(schema string) (version int, ok bool) {
	rest, ok := strings.CutPrefix(schema, schemaName)
	if !ok {
		return 0, false
	}
	version, err := strconv.Atoi(rest)
	return version, err == nil && version > 0
}

// lineOf says where in data an error of encoding/json is.
func lineOf(data []byte, err error) string {
	offset := int64(-1)
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typed):
		offset = typed.Offset
	}
	if offset < 0 || offset > int64(len(data)) {
		return err.Error()
	}
	return fmt.Sprintf("line %d: %v", 1+bytes.Count(data[:offset], []byte{'\n'}), err)
}

// find is the path of the bundle for a session file in dir: beside it where it
// lies there, else where it was.
func (in Input) find(dir string) string {
	if in.Beside != "" && !filepath.IsAbs(in.Beside) {
		path := filepath.Join(dir, filepath.FromSlash(in.Beside))
		if _, err := os.Stat(path); err == nil || in.Path == "" {
			return path
		}
	}
	return in.Path
}

// Missing are the inputs that are not there.
func (f *File) Missing() []string {
	var out []string
	for _, in := range f.Inputs {
		if _, err := os.Stat(in.Path); errors.Is(err, fs.ErrNotExist) {
			out = append(out, in.Path)
		}
	}
	return out
}

// Paths are those of the inputs.
func (f *File) Paths() []string {
	var out []string
	for _, in := range f.Inputs {
		out = append(out, in.Path)
	}
	return out
}

// Write writes the session file to path. It is whole or not there: what was at
// path before stays until the new one is written.
func (f *File) Write(path string) error {
	out := *f
	out.Schema = schemaName + strconv.Itoa(schemaVersion)
	out.Inputs = make([]Input, len(f.Inputs))
	for i, in := range f.Inputs {
		out.Inputs[i] = beside(in.Path, filepath.Dir(path))
	}
	data, err := json.MarshalIndent(&out, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".patchtrail-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(append(data, '\n'))
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// beside is an input with its path from dir, where that is no detour.
func beside(path, dir string) Input {
	in := Input{Path: path}
	abs, err := filepath.Abs(path)
	if err != nil {
		return in
	}
	in.Path = abs
	if dir, err = filepath.Abs(dir); err != nil {
		return in
	}
	rel, err := filepath.Rel(dir, abs)
	if err == nil && !strings.HasPrefix(rel, "..") {
		in.Beside = filepath.ToSlash(rel)
	}
	return in
}
