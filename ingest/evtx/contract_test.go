package evtx_test

import (
	"patchtrail/ingest/evtx"
	"patchtrail/ingest/format"
)

var _ format.Binary = (*evtx.Reader)(nil)
