package main

import (
	"errors"
	"strings"
	"testing"
)

func TestMissingPackages(t *testing.T) {
	// The second is removed with its settings left, the third half installed.
	const answer = "ii \tgcc\nrc \tzip\niU \tunzip\nii \tstrace\n"
	f := func(wanted, missing string) {
		t.Helper()
		got := strings.Join(missingPackages(strings.Fields(wanted), answer), " ")
		if got != missing {
			t.Errorf("of %q missing %q, want %q", wanted, got, missing)
		}
	}
	f("gcc strace", "")
	f("gcc zip unzip xvfb", "zip unzip xvfb")
	f("", "")
}

func TestAptCommand(t *testing.T) {
	f := func(uid int, sudo, terminal bool, want string) {
		t.Helper()
		got, err := aptCommand(uid, sudo, terminal)
		if strings.Join(got, " ") != want || errors.Is(err, errNoRoot) != (want == "") {
			t.Errorf("user %d, sudo %v, terminal %v: %q, %v; want %q", uid, sudo, terminal, got, err, want)
		}
	}
	f(0, false, false, "apt-get")
	f(0, true, true, "apt-get")
	f(1000, true, true, "sudo DEBIAN_FRONTEND=noninteractive apt-get")
	f(1000, true, false, "sudo -n DEBIAN_FRONTEND=noninteractive apt-get")
	f(1000, false, true, "")
}
