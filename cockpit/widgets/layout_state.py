"""A layout as plain values: where window, docks and floats are, and putting them there again.

One way in for everything: the start, another workspace, an earlier version, undo. One value::

    {"window": WINDOW, "preset": "2x2" or "", "docks": TREE, "floats": [{...WINDOW, "tree": TREE}, ...]}

    WINDOW: {"place": [x, y, width, height], "maximised": false, "on_top": false}
"""

from typing import Any, Final, cast

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from cockpit.errors import ConfigError
from cockpit.widgets.arrangement import Node, alike, dump, only, panels, parse, structure
from cockpit.widgets.monitors import areas, place_at_start, primary_area
from cockpit.widgets.presets import DEFAULT, PRESETS
from cockpit.widgets.workbench import Workbench, is_on_top, keep_on_top

SAME_PX: Final = 2  # window managers and splitters share pixels out anew

Json = dict[str, Any]


def object_of(value: object) -> Json:
    """A JSON object; empty for anything else."""
    return cast("Json", value) if isinstance(value, dict) else {}


def objects_of(value: object) -> list[Json]:
    """A JSON list of objects; what is none is empty."""
    return [object_of(item) for item in cast("list[object]", value)] if isinstance(value, list) else []


def rect_of(value: object) -> QRect | None:
    """A saved rectangle; None when it is none, or smaller than anything a person could have left."""
    numbers = cast("list[Any]", value) if isinstance(value, list) else []
    if len(numbers) != 4 or not all(isinstance(number, int) and abs(number) < 100_000 for number in numbers):
        return None
    place = QRect(*numbers)
    return place if place.width() >= 40 and place.height() >= 40 else None


def tree_of(value: object) -> Node | None:
    """A saved arrangement; None when it is none."""
    try:
        return parse(value)
    except ConfigError:
        return None


# what there is


def window_part(window: QWidget) -> Json:
    """Place and state of one top-level window."""
    place = window.normalGeometry() if window.isMaximized() else window.geometry()
    numbers = [place.x(), place.y(), place.width(), place.height()]
    return {"place": numbers, "maximised": window.isMaximized(), "on_top": is_on_top(window)}


def floats_part(bench: Workbench) -> list[Json]:
    """Every floating window and what is in it."""
    return [{**window_part(container), "tree": dump(tree)} for container, tree in bench.docks.floating_windows()]


def docks_part(bench: Workbench) -> Json:
    """The arrangement in the main window and the preset it follows."""
    return {"preset": bench.saved_wish(), "docks": dump(bench.docks.tree())}


# putting it there


def put_window(window: QWidget, wanted: Json) -> None:
    """Give a window that is shown a saved place and state, within reach; nothing when it has them."""
    now, place = window_part(window), rect_of(wanted.get("place"))
    if _same_window(now, wanted):
        return
    maximised = wanted.get("maximised") is True
    if window.isMaximized() and not (maximised and _near(now["place"], wanted.get("place"))):
        window.showNormal()
    if place is not None and not _near(now["place"], wanted.get("place")):
        window.setGeometry(in_reach(place))
    keep_on_top(window, wanted=wanted.get("on_top") is True)
    if maximised and not window.isMaximized():
        window.showMaximized()


def in_reach(place: QRect) -> QRect:
    """A saved place inside the monitor it overlaps most; one that overlaps none goes to the primary monitor."""
    usable = areas()
    return place_at_start(place, usable, primary_area()) if usable else place


def put_docks(bench: Workbench, layout: Json) -> None:
    """Arrange the main window's panels; what cannot be used is left out and the default takes its place."""
    tree = tree_of(layout.get("docks"))
    if tree is None:
        preset = layout.get("preset")
        bench.wish(preset if preset in PRESETS else DEFAULT)
    else:
        bench.show_saved(tree, str(layout.get("preset", "")))


def put_panels(bench: Workbench, layout: Json) -> None:
    """Arrange everything while it runs: docks, then floats; windows that stay are moved, not made anew."""
    bench.restore()
    with bench.focus_held():
        put_docks(bench, layout)
        wanted = objects_of(layout.get("floats"))
        for container, tree in list(bench.docks.floating_windows()):
            entry = next((one for one in wanted if structure(tree_of(one.get("tree"))) == structure(tree)), None)
            if entry is None:
                for panel in panels(tree):
                    bench.docks.close(panel)
            else:
                wanted.remove(entry)
                put_window(container, entry)
                bench.show_pin(container)
        for entry in wanted:
            put_float(bench, entry)


def put_float(bench: Workbench, entry: Json) -> None:
    """Open one floating window; panels nobody knows, or that stand elsewhere, are left out."""
    known = {spec.id for spec in bench.specs()}
    whole, place = tree_of(entry.get("tree")), rect_of(entry.get("place"))
    tree = None if whole is None else only(whole, lambda panel: panel in known and not bench.is_open(panel))
    if tree is None or place is None:
        return
    container = bench.docks.build_float(tree, in_reach(place))
    if entry.get("on_top") is True:
        bench.set_on_top(container, wanted=True)
    if entry.get("maximised") is True:
        container.showMaximized()


# comparing


def same_layout(one: Json, other: Json) -> bool:
    """Whether two layouts are the same to the eye: places to a pixel or two, sizes to a percent."""
    same_docks = alike(tree_of(one.get("docks")), tree_of(other.get("docks")))
    windows = _same_window(object_of(one.get("window")), object_of(other.get("window")))
    if not (same_docks and windows and one.get("filled", "") == other.get("filled", "")):
        return False
    mine, theirs = (_by_panels(layout) for layout in (one, other))
    return mine.keys() == theirs.keys() and all(
        _same_window(mine[key], theirs[key])
        and alike(tree_of(mine[key].get("tree")), tree_of(theirs[key].get("tree")))
        for key in mine
    )


def _by_panels(layout: Json) -> dict[object, Json]:
    return {structure(tree_of(entry.get("tree"))): entry for entry in objects_of(layout.get("floats"))}


def _same_window(one: Json, other: Json) -> bool:
    flags = all((one.get(name) is True) == (other.get(name) is True) for name in ("maximised", "on_top"))
    return flags and _near(one.get("place"), other.get("place"))


def _near(one: object, other: object) -> bool:
    mine, theirs = rect_of(one), rect_of(other)
    if mine is None or theirs is None:
        return mine is theirs
    pairs = zip(mine.getRect(), theirs.getRect(), strict=True)  # pyright: ignore[reportArgumentType]  Qt's stubs
    return all(abs(a - b) <= SAME_PX for a, b in pairs)
