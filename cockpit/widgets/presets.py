"""The arrangements that are always there, fitted to the room there is (``contracts.md`` 11)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from cockpit.errors import ConfigError
from cockpit.resources import open_text
from cockpit.widgets.arrangement import GAP, Node, Size, Tabs, least, panels, parse, split

BOOK: Final = "book"  # the heatmap; below it depth curve, depth surface and charts
PRESETS: Final = ("1", "1+2", "2x2", "1+3", "3x2", BOOK)
DEFAULT: Final = "2x2"
WIDE: Final = 1600  # below, the right-hand columns become tabs
MEDIUM: Final = 960  # below, one pane with tabs

Minimum = Callable[[str], Size]


@dataclass(frozen=True, slots=True)
class Column:
    """Panels below each other beside the charts.

    Attributes:
        tree: The panels; one, or a split of several.
        share: Of the width of the room.
        least, most: Bounds of that width, device-independent pixels.
    """

    tree: Node
    share: float
    least: int
    most: int

    def width(self, room: int) -> int:
        """Pixels it gets of ``room``."""
        return round(min(max(self.share * room, self.least), self.most))


@cache
def _shipped() -> tuple[dict[str, Node], dict[str, Node], dict[str, tuple[Column, ...]]]:
    """Grids by preset, tight forms, and the columns beside them: the first ones where it has none of its own."""
    with open_text("layouts", "presets.json") as file:
        data: dict[str, Any] = json.load(file)
    charts, tight = ({name: _tree(tree) for name, tree in data[key].items()} for key in ("charts", "tight"))
    own = data.get("side_of", {})
    return charts, tight, {name: _columns(own.get(name, data["side"])) for name in charts}


def _columns(given: list[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(Column(_tree(each["tree"]), each["share"], each["least"], each["most"]) for each in given)


def _tree(value: object) -> Node:
    """A tree of the shipped file."""
    found = parse(value)
    if found is None:
        raise ConfigError("resources/layouts/presets.json: a tree is missing")
    return found


def _beside(side: tuple[Column, ...]) -> tuple[str, ...]:
    """The panels of all columns, left to right, top to bottom."""
    return tuple(panel for column in side for panel in panels(column.tree))


def arrange(name: str, window: int, room: Size, minimum: Minimum) -> Node:
    """A preset in the form that fits.

    Args:
        name: One of ``PRESETS``.
        window: Width of the window, device-independent pixels; decides between columns and tabs.
        room: Width and height of the dock area in it.
        minimum: Least size of a panel by its id, header included.
    """
    charts, tight, sides = _shipped()
    grid, side = charts[name], sides[name]  # where it is too tight, some have a form of fewer places
    in_tabs: Node = Tabs(tuple(panels(grid)))
    forms = (
        (WIDE, _wide(grid, side, room[0])),
        (MEDIUM, _medium(grid, side, room[0])),
        *((MEDIUM, _medium(tight[each], side, room[0])) for each in (name,) if each in tight),
        (MEDIUM, _medium(in_tabs, side, room[0])),
    )
    for limit, form in forms:
        if window >= limit and _fits(form, room, minimum):
            return form
    return Tabs((*panels(grid), *_beside(side)))


def squeeze(tree: Node, room: Size, minimum: Minimum) -> Node:
    """The user's own arrangement where it fits, else its panels as tabs."""
    return tree if _fits(tree, room, minimum) else Tabs(tuple(panels(tree)))


def _fits(tree: Node, room: Size, minimum: Minimum) -> bool:
    wide, high = least(tree, minimum)
    return wide <= room[0] and high <= room[1]


def _wide(grid: Node, side: tuple[Column, ...], width: int) -> Node:
    columns = [column.width(width) for column in side]
    rest = width - sum(columns) - GAP * len(columns)
    return split("h", [grid, *(column.tree for column in side)], [max(rest, 1), *columns])


def _medium(grid: Node, side: tuple[Column, ...], width: int) -> Node:
    column = max(column.width(width) for column in side)
    return split("h", [grid, Tabs(_beside(side))], [max(width - column - GAP, 1), column])
