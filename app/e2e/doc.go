// Package e2e tests the real app in a real X server: go test -tags e2e.
package e2e
