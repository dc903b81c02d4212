package table

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/tone"
)

// Column is a column of a table: at least so wide, with a share of what is left.
type Column struct {
	Title string
	Width float32
	Share float32
	Right bool // a number
	// Marked says that its cells begin with the mark of their tone.
	Marked bool
	// Sorts says that a click on the title sorts by it.
	Sorts bool
	// Hidden columns take no room.
	Hidden bool
}

// Cell is what stands in a column.
type Cell struct {
	Text string
	Tone page.Tone
	Dim  bool
	// Icon stands in place of the mark of the tone, where it is not nil.
	Icon fyne.Resource
	// Indent moves the text to the right, in Fyne units.
	Indent float32
}

// Text is a plain cell.
func Text(s string) Cell { return Cell{Text: s} }

// Measures in Fyne units.
const (
	rowHeight = 20 // beside the list's own padding of 4
	inset     = 6
	least     = 36 // a column is at least as wide
)

// Columns lays cells out side by side, each an icon and a label.
type Columns []Column

// widths are those of the columns in a table of a width: each has its own and
// its share of what is left; where too little is left, those with a share give
// way.
func (c Columns) widths(total float32) []float32 {
	out := make([]float32, len(c))
	rest, shares := total, float32(0)
	for i, x := range c {
		if !x.Hidden {
			out[i] = x.Width
			rest, shares = rest-x.Width, shares+x.Share
		}
	}
	if shares == 0 {
		return out
	}
	for i, x := range c {
		if !x.Hidden {
			out[i] = max(out[i]+rest*x.Share/shares, min(x.Width, least))
		}
	}
	return out
}

// MinSize implements fyne.Layout.
func (c Columns) MinSize([]fyne.CanvasObject) fyne.Size {
	width := float32(0)
	for _, x := range c {
		if !x.Hidden {
			width += min(x.Width, least)
		}
	}
	return fyne.NewSize(width, rowHeight)
}

// Layout implements fyne.Layout.
func (c Columns) Layout(o []fyne.CanvasObject, size fyne.Size) {
	at := float32(0)
	for i, width := range c.widths(size.Width) {
		icon, label := o[2*i].(*widget.Icon), o[2*i+1].(*cellLabel)
		if c[i].Hidden {
			icon.Hide()
			label.Hide()
			continue
		}
		label.Show()
		left := at + label.indent
		if c[i].Marked {
			icon.Move(fyne.NewPos(left+inset, (size.Height-tone.Size)/2))
			icon.Resize(fyne.NewSize(tone.Size, tone.Size))
			left += tone.Size + 2
		}
		h := label.MinSize().Height
		label.Move(fyne.NewPos(left, (size.Height-h)/2))
		label.Resize(fyne.NewSize(max(0, at+width-left), h))
		at += width
	}
}

// cellLabel is the text of a cell.
type cellLabel struct {
	widget.Label
	indent float32
}

// Row makes the cells of a row.
func (c Columns) Row() *fyne.Container {
	var out []fyne.CanvasObject
	for _, x := range c {
		icon, label := widget.NewIcon(nil), &cellLabel{}
		label.Truncation = fyne.TextTruncateEllipsis
		label.ExtendBaseWidget(label)
		if x.Right {
			label.Alignment = fyne.TextAlignTrailing
		}
		icon.Hide()
		out = append(out, icon, label)
	}
	return container.New(c, out...)
}

// Set shows cells in a row that Row made; bold are their texts.
func (c Columns) Set(row fyne.CanvasObject, cells []Cell, bold bool) {
	o := row.(*fyne.Container).Objects
	moved := false
	for i, x := range cells {
		if c[i].Hidden {
			continue
		}
		icon, label := o[2*i].(*widget.Icon), o[2*i+1].(*cellLabel)
		importance := widget.MediumImportance
		if x.Dim {
			importance = widget.LowImportance
		}
		if label.Text != x.Text || label.Importance != importance || label.TextStyle.Bold != bold {
			label.Importance, label.TextStyle.Bold = importance, bold
			label.SetText(x.Text)
		}
		if label.indent != x.Indent {
			label.indent, moved = x.Indent, true
		}
		if !c[i].Marked {
			continue
		}
		mark := x.Icon
		if mark == nil {
			mark = tone.Mark(x.Tone)
		}
		tone.Set(icon, mark)
		if icon.Visible() != (mark != nil && x.Text != "") {
			icon.Hidden = !icon.Hidden
			icon.Refresh()
		}
	}
	if moved {
		c.Layout(o, row.Size())
	}
}
