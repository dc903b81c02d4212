package window

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/app/words"
)

// files is the page of the files of the bundle.
type files struct {
	w       *Window
	set     *page.Set
	table   *table
	about   *about
	alone   *hintButton
	content fyne.CanvasObject
}

func newFiles(w *Window) *files {
	f := &files{w: w, set: &page.Set{}, about: newAbout(w, false)}
	f.table = newTable(w, columns{{title: w.t("page.col-file"), width: 150, share: 2}, {title: w.t("page.col-machine"), width: 90},
		{title: w.t("page.col-format"), width: 110}, {title: w.t("page.col-encoding"), width: 84}, {title: w.t("page.col-size"), width: 84, right: true},
		{title: w.t("page.col-records"), width: 84, right: true}, {title: w.t("page.col-span"), width: 246},
		{title: w.t("page.col-problems"), width: 96, marked: true}, {title: w.t("page.col-folder"), width: 80, share: 2}},
		func() int { return len(f.set.Files) }, func(i int) []cell {
			x := &f.set.Files[i]
			problems := cell{}
			if len(x.Problems) > 0 {
				problems = cell{text: fmt.Sprint(len(x.Problems)), tone: page.Warning}
			}
			records := cell{text: words.Count(x.Records), dim: x.Records == 0}
			return []cell{text(x.Name), text(x.Machine), text(x.Format), text(x.Encoding), text(words.Bytes(x.Bytes)), records,
				text(page.Span(x.First, x.Last)), problems, {text: x.Folder, dim: true}}
		})
	f.alone = newHintButton(w, w.t("page.first-record"), w.t("page.go-record"), func() { f.openAlone(f.table.at) })
	f.alone.SetIcon(fynetheme.ListIcon())
	f.table.choose = func(i int) {
		w.chosen[filesPage] = i
		set := f.set
		if set.Files[i].Row >= 0 {
			f.alone.Enable()
		} else {
			f.alone.Disable()
		}
		f.about.show(func() page.Detail { return set.File(i) })
	}
	f.table.open = f.openAlone
	foot := container.NewBorder(nil, nil, nil, container.NewVBox(f.alone), f.about.content)
	split := container.NewVSplit(f.table.content, foot)
	split.SetOffset(0.78)
	f.content = split
	return f
}

func (f *files) object() fyne.CanvasObject { return f.content }
func (f *files) focus() fyne.Focusable     { return f.table.list }

func (f *files) refresh(set *page.Set) {
	f.set = set
	f.about.clear()
	f.alone.Disable()
	f.table.anew(f.w.chosen[filesPage])
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
			f.table.take(i)
			return
		}
	}
}
