package main

import (
	"strings"
	"testing"
)

func TestTallyRead(t *testing.T) {
	const stream = `{"Action":"start","Package":"p/a"}
{"Action":"run","Package":"p/a","Test":"TestGood"}
{"Action":"output","Package":"p/a","Test":"TestGood","Output":"said by a good test\n"}
{"Action":"pass","Package":"p/a","Test":"TestGood","Elapsed":0}
{"Action":"skip","Package":"p/a","Test":"TestLater","Elapsed":0}
{"Action":"pass","Package":"p/a","Elapsed":1.25}
{"Action":"output","Package":"p/b","Test":"TestBad","Output":"b_test.go:7: want 1\n"}
{"Action":"fail","Package":"p/b","Test":"TestBad","Elapsed":0}
{"Action":"output","Package":"p/b","Output":"FAIL\n"}
{"Action":"fail","Package":"p/b","Elapsed":0.1}
{"ImportPath":"p/c [p/c.test]","Action":"build-output","Output":"c.go:3: syntax error\n"}
{"ImportPath":"p/c [p/c.test]","Action":"build-fail"}
{"Action":"output","Package":"p/c","Output":"FAIL p/c [build failed]\n"}
{"Action":"fail","Package":"p/c","Elapsed":0,"FailedBuild":"p/c [p/c.test]"}
{"Action":"pass","Package":"p/d","Test":"TestGood","Elapsed":0}
{"Action":"output","Package":"p/d","Output":"exit status 3\n"}
{"Action":"fail","Package":"p/d","Elapsed":0}
not JSON at all`
	var c tally
	var said strings.Builder
	if err := c.read(strings.NewReader(stream), &said); err != nil {
		t.Fatal(err)
	}
	if got, want := c.String(), "2 passed, 3 failed, 1 skipped"; got != want {
		t.Errorf("closing line %q, want %q", got, want)
	}
	if got, want := strings.Join(c.failures, "; "), "p/b TestBad; p/c; p/d"; got != want {
		t.Errorf("failures %q, want %q", got, want)
	}
	const want = `ok    p/a  1.2 s, 2 tests
b_test.go:7: want 1
FAIL
c.go:3: syntax error
FAIL p/c [build failed]
exit status 3
not JSON at all
`
	if said.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", said.String(), want)
	}
}
