package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// job is one program to start.
type job struct {
	dir  string
	env  []string // added to this process's own
	args []string // the program first
	out  io.Writer
	err  io.Writer
}

// String is the job as a person would type it.
func (j job) String() string {
	words := append([]string{}, j.env...)
	for _, a := range j.args {
		if a == "" || strings.ContainsAny(a, " \t'\"$;&|<>*?()") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

// run says what it starts and waits for it. Without out and err the program
// writes to this process's own.
func (j job) run(ctx context.Context) error {
	fmt.Println("$", j)
	return j.quietly(ctx)
}

// quietly is run without saying so.
func (j job) quietly(ctx context.Context) error {
	c := exec.CommandContext(ctx, j.args[0], j.args[1:]...)
	c.Dir = j.dir
	c.Env = append(os.Environ(), j.env...)
	c.Stdout, c.Stderr = j.out, j.err
	if c.Stdout == nil {
		c.Stdout = os.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	// An interrupted test ends its own children; one that does not is killed.
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w", j.args[0], err)
	}
	return nil
}

// shared is a writer for several goroutines.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(b)
}

func has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}
