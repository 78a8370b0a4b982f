"""Panels moved and resized by keys: what a drag does to an arrangement, on its tree. Pure; no Qt.

A neighbour is found on a unit square cut as the tree is: the nearest tab group beyond that border, at the height
(or breadth) of the panel's middle.
"""

from dataclasses import dataclass, replace
from typing import Final

from cockpit.widgets.arrangement import Node, Split, Tabs, only, split

STEP: Final = 0.04  # of the split: one press
LEAST: Final = 0.08  # share of a split that is left to anybody
_NEAR: Final = 1e-9
_AXES: Final = {"left": "h", "right": "h", "up": "v", "down": "v"}
_AHEAD: Final = frozenset(("right", "down"))


@dataclass(frozen=True, slots=True)
class _Place:
    """A tab group and its rectangle on the unit square."""

    tabs: Tabs
    left: float
    top: float
    right: float
    bottom: float


def _places(node: Node, left: float, top: float, right: float, bottom: float) -> list[_Place]:
    if isinstance(node, Tabs):
        return [_Place(node, left, top, right, bottom)]
    found: list[_Place] = []
    start = left if node.direction == "h" else top
    for item, share in zip(node.items, node.sizes, strict=True):
        if node.direction == "h":
            end = start + share * (right - left)
            found += _places(item, start, top, end, bottom)
        else:
            end = start + share * (bottom - top)
            found += _places(item, left, start, right, end)
        start = end
    return found


def group_of(tree: Node, panel: str) -> Tabs | None:
    """The tab group a panel stands in; None when it is not in the tree."""
    return next((place.tabs for place in _places(tree, 0, 0, 1, 1) if panel in place.tabs.panels), None)


def neighbour(tree: Node, panel: str, side: str) -> Tabs | None:
    """The tab group next to a panel's on one side; None at the border.

    Args:
        side: ``left``, ``right``, ``up`` or ``down``.
    """
    places = _places(tree, 0, 0, 1, 1)
    here = next((place for place in places if panel in place.tabs.panels), None)
    if here is None:
        return None
    x, y = (here.left + here.right) / 2, (here.top + here.bottom) / 2
    beyond = {
        "left": lambda at: abs(at.right - here.left) < _NEAR and at.top <= y <= at.bottom,
        "right": lambda at: abs(at.left - here.right) < _NEAR and at.top <= y <= at.bottom,
        "up": lambda at: abs(at.bottom - here.top) < _NEAR and at.left <= x <= at.right,
        "down": lambda at: abs(at.top - here.bottom) < _NEAR and at.left <= x <= at.right,
    }[side]
    return next((place.tabs for place in places if beyond(place)), None)


def moved(tree: Node, panel: str, side: str) -> Node | None:
    """The tree with a panel moved: out of its tabs to that side of them, or past its neighbour.

    Returns:
        None when it is not there, or has nothing on that side.
    """
    group = group_of(tree, panel)
    if group is None:
        return None
    if len(group.panels) > 1:
        return _put(tree, group, _taken_out(group, panel, side))
    other = neighbour(tree, panel, side)
    return None if other is None else _exchanged(tree, group, other)


def joined(tree: Node, panel: str, side: str) -> Node | None:
    """The tree with a panel in its neighbour's tabs, on top; None when there is no neighbour on that side."""
    other = neighbour(tree, panel, side)
    if other is None:
        return None
    rest = only(tree, lambda one: one != panel)
    if rest is None:
        return None
    return _put(rest, other, Tabs((*other.panels, panel), len(other.panels)))


def resized(tree: Node, panel: str, how: str) -> Node | None:
    """The tree with a panel's part of the innermost split of that direction a step larger or smaller.

    Args:
        how: ``wider``, ``narrower``, ``taller`` or ``shorter``.

    Returns:
        None when no such split holds the panel, or it or the others would become too small.
    """
    direction = "h" if how in ("wider", "narrower") else "v"
    step = STEP if how in ("wider", "taller") else -STEP
    return _resized(tree, panel, direction, step)


def _resized(node: Node, panel: str, direction: str, step: float) -> Node | None:
    if isinstance(node, Tabs):
        return None
    at = next((i for i, item in enumerate(node.items) if _holds(item, panel)), None)
    if at is None:
        return None
    inner = _resized(node.items[at], panel, direction, step)
    if inner is not None:
        return replace(node, items=(*node.items[:at], inner, *node.items[at + 1 :]))
    if node.direction != direction:
        return None
    sizes = list(node.sizes)
    other = at + 1 if at + 1 < len(sizes) else at - 1
    sizes[at] += step
    sizes[other] -= step
    return None if min(sizes[at], sizes[other]) < LEAST else replace(node, sizes=tuple(sizes))


def _holds(node: Node, panel: str) -> bool:
    return group_of(node, panel) is not None


def _taken_out(group: Tabs, panel: str, side: str) -> Node:
    rest = tuple(mate for mate in group.panels if mate != panel)
    mates, alone = Tabs(rest, min(group.current, len(rest) - 1)), Tabs((panel,))
    pair: list[Node] = [mates, alone] if side in _AHEAD else [alone, mates]
    return split(_AXES[side], pair)


def _put(node: Node, old: Tabs, new: Node) -> Node:
    """The tree with one tab group replaced."""
    if isinstance(node, Tabs):
        return new if node.panels == old.panels else node
    return split(node.direction, [_put(item, old, new) for item in node.items], list(node.sizes))


def _exchanged(node: Node, one: Tabs, other: Tabs) -> Node:
    if isinstance(node, Split):
        return replace(node, items=tuple(_exchanged(item, one, other) for item in node.items))
    if node.panels == one.panels:
        return other
    return one if node.panels == other.panels else node
