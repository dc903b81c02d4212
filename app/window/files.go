package window

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/app/table"
	"patchtrail/app/words"
)

// files is the page of the files of the bundle.
type files struct {
	w       *Window
	set     *page.Set
	table   *table.Table
	about   *about
	alone   *hintButton
	content fyne.CanvasObject
}

func newFiles(w *Window) *files {
	f := &files{w: w, set: &page.Set{}, about: newAbout(w, false)}
	f.table = w.newTable("files", table.Columns{{Title: w.t("page.col-file"), Width: 150, Share: 2}, {Title: w.t("page.col-machine"), Width: 90},
		{Title: w.t("page.col-format"), Width: 110}, {Title: w.t("page.col-encoding"), Width: 84}, {Title: w.t("page.col-size"), Width: 84, Right: true},
		{Title: w.t("page.col-records"), Width: 84, Right: true}, {Title: w.t("page.col-span"), Width: 246},
		{Title: w.t("page.col-problems"), Width: 96, Marked: true}, {Title: w.t("page.col-folder"), Width: 80, Share: 2}},
		func() int { return len(f.set.Files) }, func(i int) []table.Cell {
			x := &f.set.Files[i]
			problems := table.Cell{}
			if len(x.Problems) > 0 {
				problems = table.Cell{Text: fmt.Sprint(len(x.Problems)), Tone: page.Warning}
			}
			records := table.Cell{Text: words.Count(x.Records), Dim: x.Records == 0}
			return []table.Cell{table.Text(x.Name), table.Text(x.Machine), table.Text(x.Format), table.Text(x.Encoding), table.Text(words.Bytes(x.Bytes)), records,
				table.Text(page.Span(x.First, x.Last)), problems, {Text: x.Folder, Dim: true}}
		})
	f.alone = newHintButton(w, w.t("page.first-record"), w.t("page.go-record"), func() { f.openAlone(f.table.At()) })
	f.alone.SetIcon(fynetheme.ListIcon())
	f.table.OnChoose = func(i int) {
		w.chosen[filesPage] = i
		set := f.set
		if set.Files[i].Row >= 0 {
			f.alone.Enable()
		} else {
			f.alone.Disable()
		}
		f.about.show(func() page.Detail { return set.File(i) })
	}
	f.table.OnOpen = f.openAlone
	foot := container.NewBorder(nil, nil, nil, container.NewVBox(f.alone), f.about.content)
	split := container.NewVSplit(f.table.Content, foot)
	split.SetOffset(0.78)
	f.content = split
	return f
}

func (f *files) object() fyne.CanvasObject { return f.content }
func (f *files) focus() fyne.Focusable     { return f.table.List }

func (f *files) refresh(set *page.Set) {
	f.set = set
	f.about.clear()
	f.alone.Disable()
	f.table.Anew(f.w.chosen[filesPage])
}

// openAlone shows the records of a file in the timeline.
func (f *files) openAlone(i int) {
	if i < 0 || i >= len(f.set.Files) || f.set.Files[i].Row < 0 {
		return
	}
	w := f.w
	w.ses.ShowWaiting()
	w.ses.ClearConditions()
	w.filter.SetText("")
	w.add(session.Condition{Kind: session.ByFile, Text: f.set.Files[i].Path})
}

// takePath chooses the file of a path.
func (f *files) takePath(path string) {
	for i := range f.set.Files {
		if f.set.Files[i].Path == path {
			f.table.Take(i)
			return
		}
	}
}
