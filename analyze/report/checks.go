package report

import (
	"patchtrail/analyze"
	"patchtrail/analyze/checklist"
	"patchtrail/analyze/lang"
)

type (
	jsonCheck struct {
		ID       string         `json:"id"`
		Status   string         `json:"status"`
		Detail   string         `json:"detail"`
		Evidence []jsonEvidence `json:"evidence"`
		Collect  string         `json:"collect"`
	}
	jsonCoverage struct {
		Log     string  `json:"log"`
		Machine string  `json:"machine"`
		Status  string  `json:"status"`
		First   *string `json:"first"`
		Last    *string `json:"last"`
		Advice  string  `json:"advice"`
	}
)

func jsonCheckOf(rows *lines, c *checklist.Check, l lang.Lang) jsonCheck {
	return jsonCheck{c.ID, string(c.Status), c.Detail.In(l), evidence(rows, c.Evidence), c.Collect.In(l)}
}

func jsonCoverageOf(res *analyze.Result, c *checklist.Coverage, l lang.Lang) jsonCoverage {
	return jsonCoverage{c.Log, res.MachineID(c.Machine), string(c.Status), timeOrNull(c.First), timeOrNull(c.Last), c.Advice.In(l)}
}
