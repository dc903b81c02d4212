package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"patchtrail/analyze/lang"
)

// checkOutputs refuses, before anything is read, outputs that nobody can have
// meant: over an input or a file of a folder that is read, twice to one place,
// or to a place that is none. A customer's log that is lost is lost for good.
func checkOutputs(l lang.Lang, inputs, outputs []string) error {
	seen := map[string]bool{}
	for _, to := range outputs {
		if to == "" {
			continue
		}
		key := to
		if to != "-" {
			key = fullPath(to)
		}
		if seen[key] {
			return usageError{errors.New(l.T("cli.output-twice", shownOutput(to)))}
		}
		seen[key] = true
		if to == "-" {
			continue
		}
		if err := checkOutput(l, inputs, to); err != nil {
			return usageError{err}
		}
	}
	return nil
}

// checkOutput checks one output that is a file.
func checkOutput(l lang.Lang, inputs []string, to string) error {
	info, err := os.Stat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if at, err := os.Stat(filepath.Dir(fullPath(to))); err != nil || !at.IsDir() {
			return errors.New(l.T("cli.output-nowhere", to))
		}
		return nil
	case err != nil:
		return errors.New(l.T("cli.cannot-write", to, plainCause(err)))
	case info.IsDir():
		return errors.New(l.T("cli.output-folder", to))
	case !info.Mode().IsRegular():
		return nil // /dev/null and the like
	}
	for _, in := range inputs {
		at, err := os.Stat(in)
		switch {
		case err != nil:
		case os.SameFile(at, info):
			return errors.New(l.T("cli.output-is-input", to))
		case at.IsDir() && within(to, in):
			return errors.New(l.T("cli.output-in-input", to, in))
		}
	}
	return nil
}

// within reports whether a file lies below a folder, whatever links lead there.
func within(file, folder string) bool {
	rel, err := filepath.Rel(realPath(folder), realPath(file))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func realPath(p string) string {
	if real, err := filepath.EvalSymlinks(p); err == nil {
		p = real
	}
	return fullPath(p)
}

func fullPath(p string) string {
	if abs, err := filepath.Abs(p); err == nil {
		return abs
	}
	return filepath.Clean(p)
}

func shownOutput(to string) string {
	if to == "-" {
		return "stdout"
	}
	return to
}

// plainCause takes the operation and the path, which are told apart, off err.
func plainCause(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return pe.Err
	case errors.As(err, &le):
		return le.Err
	}
	return err
}

// write writes to a file, or to stdout for "-". A file is written beside its
// place and moved there when whole, so that a failure leaves no half of it.
// That a place cannot be written is said in words; what fn itself fails with
// comes back as it is.
func (s *session) write(l lang.Lang, to string, fn func(io.Writer) error) error {
	err := s.writeFile(to, fn)
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New(l.T("cli.cancelled"))
	case errors.As(err, &pe), errors.As(err, &le):
		return errors.New(l.T("cli.cannot-write", shownOutput(to), plainCause(err)))
	}
	return err
}

func (s *session) writeFile(to string, fn func(io.Writer) error) error {
	if to == "-" {
		return fn(s.stdout)
	}
	if info, err := os.Stat(to); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(to, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(fn(f), f.Close())
	}
	f, part, err := createBeside(to)
	if err != nil {
		return err
	}
	err = errors.Join(fn(f), f.Close())
	if err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		_ = os.Remove(part)
	}
	return err
}

// createBeside creates a new file in the folder of another, under a name that
// none has there.
func createBeside(to string) (f *os.File, name string, err error) {
	for n := 0; n < 100; n++ {
		name = to + ".part"
		if n > 0 {
			name = fmt.Sprintf("%s.part%d", to, n)
		}
		f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return f, name, err
}
