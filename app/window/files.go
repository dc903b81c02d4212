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

// indent is how far a folder's content stands to the right, in Fyne units.
const indent = 16

// files is the page of the files of the bundle, as its folders hold them.
type files struct {
	w       *Window
	set     *page.Set
	tree    *page.Tree
	table   *table.Table
	about   *about
	alone   *hintButton
	run     int
	content fyne.CanvasObject
}

func newFiles(w *Window) *files {
	f := &files{w: w, set: &page.Set{}, about: newAbout(w, false)}
	f.tree = page.NewTree(f.set)
	f.table = w.newTable("files", table.Columns{{Title: w.t("page.col-file"), Width: 230, Share: 3, Marked: true}, {Title: w.t("page.col-machine"), Width: 90},
		{Title: w.t("page.col-format"), Width: 112}, {Title: w.t("page.col-encoding"), Width: 88}, {Title: w.t("page.col-size"), Width: 80, Right: true},
		{Title: w.t("page.col-records"), Width: 84, Right: true}, {Title: w.t("page.col-span"), Width: 250},
		{Title: w.t("page.col-problems"), Width: 92, Marked: true}},
		func() int { return f.tree.Len() }, func(i int) []table.Cell { return f.cells(f.tree.Row(i)) })
	f.alone = newHintButton(w, w.t("page.first-record"), w.t("page.alone-hint"), func() { f.open(f.table.At()) })
	f.alone.SetIcon(fynetheme.ListIcon())
	f.table.OnChoose = f.choose
	f.table.OnOpen = f.openOrToggle
	f.table.OnTap = func(i int, x float32) bool {
		left := float32(f.tree.Row(i).Depth) * indent
		return x >= left && x < left+24 && f.toggle(i, f.tree.Toggle)
	}
	f.table.OnKey = f.key
	foot := container.NewBorder(nil, nil, nil, container.NewVBox(f.alone), f.about.content)
	f.content = w.parts("files", container.NewVSplit(f.table.Content, foot), 0.78)
	return f
}

func (f *files) cells(n *page.Node) []table.Cell {
	out := make([]table.Cell, 8)
	out[0] = table.Cell{Text: n.Name, Icon: nodeIcon(n), Indent: float32(n.Depth) * indent}
	out[4], out[5] = table.Text(words.Bytes(n.Bytes)), table.Cell{Text: words.Count(n.Records), Dim: n.Records == 0}
	if n.Problems > 0 {
		out[7] = table.Cell{Text: fmt.Sprint(n.Problems), Tone: page.Warning}
	}
	if n.Folder {
		out[2] = table.Cell{Text: f.w.t("page.files-in", words.Count(n.Files)), Dim: true}
		return out
	}
	x := &f.set.Files[n.File]
	out[1], out[2], out[3] = table.Text(x.Machine), table.Text(x.Format), table.Text(x.Encoding)
	out[6] = table.Text(page.Span(x.First, x.Last))
	return out
}

func nodeIcon(n *page.Node) fyne.Resource {
	switch {
	case n.Folder && n.Open:
		return fynetheme.NewThemedResource(fynetheme.MenuDropDownIcon())
	case n.Folder:
		return fynetheme.NewThemedResource(fynetheme.MenuExpandIcon())
	}
	return fynetheme.NewThemedResource(fynetheme.FileTextIcon())
}

func (f *files) choose(i int) {
	f.w.chosen[filesPage] = i
	set, n := f.set, f.tree.Row(i)
	if n.Records > 0 {
		f.alone.Enable()
	} else {
		f.alone.Disable()
	}
	if n.File < 0 {
		d := page.Detail{Title: n.Name, Facts: []string{n.Path, f.w.t("page.files-in", words.Count(n.Files)), f.w.t("status.records", words.Count(n.Records))}}
		f.about.show(func() page.Detail { return d })
		return
	}
	f.about.show(func() page.Detail { return set.File(n.File) })
}

// toggle opens or closes the folder of row i; ok is false where that changes
// nothing.
func (f *files) toggle(i int, change func(int) bool) (ok bool) {
	if !change(i) {
		return false
	}
	f.table.Refresh()
	return true
}

func (f *files) openOrToggle(i int) {
	if !f.toggle(i, f.tree.Toggle) {
		f.open(i)
	}
}

// key does what Left and Right mean in a tree.
func (f *files) key(k *fyne.KeyEvent) {
	i := f.table.At()
	if i < 0 || i >= f.tree.Len() || k.Name != fyne.KeyLeft && k.Name != fyne.KeyRight {
		f.w.typed(k)
		return
	}
	right := k.Name == fyne.KeyRight
	if f.toggle(i, func(i int) bool { return f.tree.SetOpen(i, right) }) || right {
		return
	}
	if parent := f.tree.Parent(i); parent >= 0 {
		f.table.Take(parent)
	}
}

func (f *files) object() fyne.CanvasObject { return f.content }
func (f *files) focus() fyne.Focusable     { return f.table.List }

func (f *files) keep() kept {
	var k kept
	k.keepList(0, f.table.List)
	return k
}

func (f *files) back(k kept) {
	k.startList(0, f.table.List)
}

func (f *files) refresh(set *page.Set) {
	f.set = set
	f.about.clear()
	f.alone.Disable()
	f.run++
	before := f.w.tree
	if before.Of(set) {
		f.tree = before
		f.table.Anew(f.w.chosen[filesPage])
		return
	}
	f.tree = page.NewTree(&page.Set{})
	f.table.Anew(-1)
	run := f.run
	f.w.ses.Beside(func() func() {
		tree := page.NewTree(set)
		tree.OpenAs(before)
		return func() {
			if f.run != run {
				return
			}
			f.tree, f.w.tree = tree, tree
			f.table.Anew(f.w.chosen[filesPage])
		}
	})
}

// open shows the records of a file, or of all files of a folder, in the timeline.
func (f *files) open(i int) {
	if i < 0 || i >= f.tree.Len() || f.tree.Row(i).Records == 0 {
		return
	}
	w := f.w
	w.ses.ShowWaiting()
	w.ses.ClearConditions()
	w.filter.SetText("")
	w.add(session.Condition{Kind: session.ByFile, Text: f.tree.Row(i).Path})
}

// takePath chooses the file of a path.
func (f *files) takePath(path string) {
	if i := f.tree.Find(path); i >= 0 {
		f.table.Refresh()
		f.table.Take(i)
	}
}
