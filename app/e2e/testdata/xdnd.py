"""Drop files on an X window the way a file manager does (XDND version 5).

usage: xdnd.py WINDOW PATH...

Exits 0 once the window took the drop and read the list of files, 1 if it did
not within ten seconds.
"""
import os
import sys
import time
from urllib.parse import quote

from Xlib import X, Xatom, display
from Xlib.protocol import event

target_id = int(sys.argv[1], 0)
uris = "".join("file://" + quote(os.path.abspath(p)) + "\r\n" for p in sys.argv[2:])

d = display.Display()
root = d.screen().root
target = d.create_resource_object("window", target_id)
source = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
source.map()
atom = d.intern_atom
selection, uri_list, copy = atom("XdndSelection"), atom("text/uri-list"), atom("XdndActionCopy")
source.change_property(atom("XdndAware"), Xatom.ATOM, 32, [5])
source.set_selection_owner(selection, X.CurrentTime)


def send(kind, data):
    target.send_event(event.ClientMessage(window=target, client_type=atom(kind), data=(32, data)))
    d.flush()


where = target.translate_coords(root, 0, 0)
size = target.get_geometry()
x, y = -where.x + size.width // 2, -where.y + size.height // 2
send("XdndEnter", [source.id, 5 << 24, uri_list, 0, 0])
send("XdndPosition", [source.id, 0, x << 16 | y, X.CurrentTime, copy])

dropped = served = False
end = time.time() + 10
while time.time() < end:
    if not d.pending_events():
        time.sleep(0.01)
        continue
    e = d.next_event()
    if e.type == X.ClientMessage and e.client_type == atom("XdndStatus") and not dropped:
        if e.data[1][1] & 1:
            send("XdndDrop", [source.id, 0, X.CurrentTime, 0, 0])
            dropped = True
    elif e.type == X.SelectionRequest:
        e.requestor.change_property(e.property, e.target, 8, uris.encode())
        e.requestor.send_event(event.SelectionNotify(
            time=e.time, requestor=e.requestor, selection=e.selection, target=e.target, property=e.property))
        d.flush()
        served = True
    elif e.type == X.ClientMessage and e.client_type == atom("XdndFinished") and served:
        sys.exit(0)
sys.exit(1)
