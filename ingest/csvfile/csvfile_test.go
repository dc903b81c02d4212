package csvfile

import (
	"fmt"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		rows, err := Read(strings.NewReader(text), "a.csv", "x,1")
		got := ""
		for _, r := range rows {
			got += fmt.Sprintf("%d:%s ", r.Line, strings.Join(r.Fields, "|"))
		}
		if err != nil {
			got = err.Error()
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
	f("", "")
	f("a,b\n", "1:a|b")
	f("\ufeff a , b \r\n\r\n# no\r\nc,d", "1:a|b 4:c|d")
	f("a;b,c;d\n", "1:a|b,c|d")
	f("a\tb\n\tc\n", "1:a|b 2:|c")
	f("\"a,b\",c\n\"d\ne\",f\ng,h\n", "1:a,b|c 2:d\ne|f 4:g|h")
	f("\x82\xa0,1\n", "1:あ|1")
	f("a,b\n\"c,d\n", "a.csv: line 2: quotes that do not match; write a line as in x,1")
	f("a,b\nc\"d,e\n", "a.csv: line 2: quotes that do not match; write a line as in x,1")
}
