package ledger

// content takes an event about the update's content.
func (j *journey) content(e *event) {
	switch e.kind {
	case evContentAsk, evCTM, evLocate:
		if j.stages[inLocate].State != StageRunning {
			j.begin(inLocate, StageRunning, e.time, e.id)
		}
	case evLocated, evCTMLocated, evDTS:
		if st := &j.stages[inLocate]; st.State != StageDone {
			j.finishStage(inLocate, StageDone, e.time, e.id)
		}
		if e.kind == evDTS {
			j.downloadBegan(e, true)
		}
	case evNoLocation:
		if st := &j.stages[inLocate]; st.State == StageDone {
			j.begin(inLocate, StageWaiting, e.time, e.id)
		} else {
			st.State = StageWaiting
			st.prove(e.id)
		}
		j.now(StateWaitingFor, e.time, e.id)
	case evContentStart:
		j.downloadBegan(e, true)
	case evContentDone, evCTMDone, evDownloaded:
		j.downloaded(e)
	case evContentFailed:
		j.downloadFailed(e)
	case evDownloadFailed:
		j.downloadFailed(e)
	case evReporting:
		j.reporting(e)
	case evEventDownload:
		j.downloadBegan(e, false)
	case evEventDownloaded:
		if !j.u.ccm {
			j.downloaded(e)
		}
	case evEventDownloadFailed:
		j.downloadFailed(e)
	}
}

// reporting takes the update agent's word on downloads. Where the client fetches
// the content itself the agent only copies it.
func (j *journey) reporting(e *event) {
	switch e.n {
	case 167:
		j.downloadBegan(e, false)
	case 162:
		if !j.u.ccm {
			j.downloaded(e)
		}
	case 161, 163:
		j.downloadFailed(e)
	}
}

// downloadBegan takes that content is on its way; client is set where the
// client's own logs say so.
func (j *journey) downloadBegan(e *event, client bool) {
	st := &j.stages[inDownload]
	if !client && j.u.ccm || st.State == StageRunning {
		return
	}
	if st.State == StageDone && e.kind == evProgress { // a late word
		return
	}
	j.begin(inDownload, StageRunning, e.time, e.id)
	if !j.is(StateInstalling, StatePending, StateInstalled, StateRestarted) {
		j.now(StateDownload, e.time, e.id)
	}
}

func (j *journey) downloaded(e *event) {
	j.finishStage(inDownload, StageDone, e.time, e.id)
	if j.is(StateUnknown, StateAvailable, StateDownload, StateWaitingFor) {
		j.now(StateDownloaded, e.time, e.id)
	}
}

func (j *journey) downloadFailed(e *event) {
	n := inDownload
	if st := &j.stages[inLocate]; st.State == StageRunning || st.State == StageWaiting {
		n = inLocate
	}
	j.finishStage(n, StageFailed, e.time, e.id)
	j.stages[n].Code = e.code
	if !j.is(StateInstalled, StatePending) {
		j.now(StateFailed, e.time, e.id)
	}
}
