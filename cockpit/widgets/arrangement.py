"""How panels share an area: a tree of splits and tab groups as plain values. No Qt; docks and files are made of it.

A tree is written as JSON: ``{"split": "h", "sizes": [0.5, 0.5], "items": [...]}`` or
``{"tabs": ["ladder"], "current": 0}``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from cockpit.errors import ConfigError

GAP: Final = 4  # gutter between panels, device-independent pixels
_SAME_SIZE: Final = 0.01
_DEEPEST: Final = 12  # levels of splits; more is a broken file

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tabs:
    """Panels that share one place; ``current`` is the index of the one on top."""

    panels: tuple[str, ...]
    current: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """Nodes beside each other (``h``) or below each other (``v``).

    Attributes:
        direction: ``h`` or ``v``.
        items: Two or more nodes.
        sizes: Share of each, summing to 1.
    """

    direction: str
    items: "tuple[Node, ...]"
    sizes: tuple[float, ...]


Node = Tabs | Split


@dataclass(frozen=True, slots=True)
class Home:
    """Where a panel stood among the others; see ``home_of``.

    Attributes:
        panel: The panel.
        mates: Panels in the same tab group.
        index: Place among the tabs.
        direction, share: The split around it, empty for a root, and its share of that split.
        before, after: Panels of the neighbouring items of that split.
    """

    panel: str
    mates: tuple[str, ...] = ()
    index: int = 0
    direction: str = ""
    share: float = 0.5
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


def split(direction: str, items: list[Node], sizes: list[float] | None = None) -> Node:
    """A split in its simplest form: one item is itself, splits of the same direction are merged, sizes sum to 1."""
    if len(items) == 1:
        return items[0]
    wanted = sizes if sizes and sum(sizes) > 0 else [1.0] * len(items)
    flat: list[Node] = []
    shares: list[float] = []
    for item, size in zip(items, wanted, strict=True):
        share = size / sum(wanted)
        if isinstance(item, Split) and item.direction == direction:
            flat += item.items
            shares += [share * part for part in item.sizes]
        else:
            flat.append(item)
            shares.append(share)
    return Split(direction, tuple(flat), tuple(shares))


def panels(node: Node | None) -> Iterator[str]:
    """Ids of all panels, left to right, top to bottom."""
    if isinstance(node, Tabs):
        yield from node.panels
    elif node is not None:
        for item in node.items:
            yield from panels(item)


def structure(node: Node | None) -> object:
    """The tree without sizes and current tabs, for comparing."""
    if isinstance(node, Split):
        return (node.direction, tuple(structure(item) for item in node.items))
    return None if node is None else tuple(sorted(node.panels))


def alike(one: Node | None, other: Node | None) -> bool:
    """Whether two trees are the same to the eye: same structure, sizes within a percent."""
    if structure(one) != structure(other):
        return False
    if not isinstance(one, Split) or not isinstance(other, Split):
        return True
    close = all(abs(a - b) < _SAME_SIZE for a, b in zip(one.sizes, other.sizes, strict=True))
    return close and all(alike(a, b) for a, b in zip(one.items, other.items, strict=True))


def only(node: Node, wanted: Callable[[str], bool]) -> Node | None:
    """The tree with the wanted panels only; None when none is left."""
    if isinstance(node, Tabs):
        kept = tuple(panel for panel in node.panels if wanted(panel))
        if not kept:
            return None
        current = node.panels[node.current]
        return Tabs(kept, kept.index(current) if current in kept else 0)
    parts = [(only(item, wanted), size) for item, size in zip(node.items, node.sizes, strict=True)]
    kept_parts = [(item, size) for item, size in parts if item is not None]
    if not kept_parts:
        return None
    return split(node.direction, [item for item, _ in kept_parts], [size for _, size in kept_parts])


def least(node: Node, minimum: Callable[[str], Size]) -> Size:
    """Least width and height at which every panel has its minimum."""
    if isinstance(node, Tabs):
        sizes = [minimum(panel) for panel in node.panels]
        return max(w for w, _ in sizes), max(h for _, h in sizes)
    wide, high = zip(*(least(item, minimum) for item in node.items), strict=True)
    gaps = GAP * (len(node.items) - 1)
    return (sum(wide) + gaps, max(high)) if node.direction == "h" else (max(wide), sum(high) + gaps)


def home_of(node: Node, panel: str) -> Home | None:
    """Where a panel stands, so that ``put_back`` finds the place again; None when it is not in the tree."""
    if isinstance(node, Tabs):
        if panel not in node.panels:
            return None
        mates = tuple(mate for mate in node.panels if mate != panel)
        return Home(panel, mates, node.panels.index(panel))
    for number, item in enumerate(node.items):
        found = home_of(item, panel)
        if found is None:
            continue
        if found.mates or found.direction:
            return found
        before = frozenset(panels(node.items[number - 1])) if number else frozenset[str]()
        after = frozenset(panels(node.items[number + 1])) if number + 1 < len(node.items) else frozenset[str]()
        return replace(found, direction=node.direction, share=node.sizes[number], before=before, after=after)
    return None


def put_back(node: Node | None, home: Home) -> Node:
    """The tree with a panel where it stood: among its tab mates, else beside its neighbours, else at the right."""
    if node is None:
        return Tabs((home.panel,))
    there = set(panels(node))
    for mate in home.mates:
        if mate in there:
            return _into_tabs(node, mate, home)
    for neighbours, comes_after in ((home.before & there, True), (home.after & there, False)):
        if neighbours and home.direction:
            target = neighbours if _has(node, neighbours) else frozenset((min(neighbours),))
            return _beside(node, target, home, comes_after=comes_after)
    return split("h", [node, Tabs((home.panel,))], [0.75, 0.25])


def _into_tabs(node: Node, mate: str, home: Home) -> Node:
    if isinstance(node, Split):
        return replace(node, items=tuple(_into_tabs(item, mate, home) for item in node.items))
    if mate not in node.panels:
        return node
    at = min(home.index, len(node.panels))
    return Tabs((*node.panels[:at], home.panel, *node.panels[at:]), at)


def _has(node: Node, wanted: frozenset[str]) -> bool:
    """Whether some node of the tree holds exactly these panels."""
    if frozenset(panels(node)) == wanted:
        return True
    return isinstance(node, Split) and any(_has(item, wanted) for item in node.items)


def _beside(node: Node, target: frozenset[str], home: Home, *, comes_after: bool) -> Node:
    new = Tabs((home.panel,))
    if isinstance(node, Split):
        items, sizes = list(node.items), list(node.sizes)
        at = next((i for i, item in enumerate(items) if frozenset(panels(item)) == target), None)
        if at is not None and node.direction == home.direction:
            place = at + comes_after
            items.insert(place, new)
            sizes = [size * (1 - home.share) for size in sizes]
            sizes.insert(place, home.share)
            return split(node.direction, items, sizes)
        if frozenset(panels(node)) != target:
            return split(
                node.direction, [_beside(item, target, home, comes_after=comes_after) for item in items], sizes
            )
    elif not target & set(node.panels):
        return node
    pair: list[Node] = [node, new] if comes_after else [new, node]
    shares = [1 - home.share, home.share] if comes_after else [home.share, 1 - home.share]
    return split(home.direction, pair, shares)


def dump(node: Node | None) -> dict[str, Any] | None:
    """The tree as JSON values."""
    if node is None:
        return None
    if isinstance(node, Tabs):
        return {"tabs": list(node.panels), "current": node.current}
    sizes = [round(size, 4) for size in node.sizes]
    return {"split": node.direction, "sizes": sizes, "items": [dump(item) for item in node.items]}


def parse(value: object) -> Node | None:
    """The tree of JSON values; None stays None.

    Raises:
        ConfigError: It is not a tree, or a panel is in it twice.
    """
    if value is None:
        return None
    node = _parse(value, 0)
    names = list(panels(node))
    if len(set(names)) != len(names):
        raise ConfigError(f"arrangement: a panel stands twice among {', '.join(names)}")
    return node


def _parse(value: object, depth: int) -> Node:
    if not isinstance(value, dict) or depth > _DEEPEST:
        raise ConfigError(f"arrangement: expected tabs or a split, received {str(value)[:80]}")
    found = cast("dict[str, Any]", value)
    if "tabs" in found:
        names, current = found["tabs"], found.get("current", 0)
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise ConfigError(f"arrangement: tabs must be panel ids, received {str(names)[:80]}")
        inside = isinstance(current, int) and 0 <= current < len(names)
        return Tabs(tuple(cast("list[str]", names)), current if inside else 0)
    items, sizes = found.get("items"), found.get("sizes")
    if found.get("split") not in ("h", "v") or not isinstance(items, list) or not items:
        raise ConfigError(f"arrangement: a split is h or v and has items, received {str(value)[:80]}")
    parts = [_parse(item, depth + 1) for item in cast("list[object]", items)]
    return split(str(found["split"]), parts, _shares(sizes, len(parts)))


def _shares(sizes: object, count: int) -> list[float]:
    if sizes is None:
        return [1.0] * count
    listed = cast("list[Any]", sizes) if isinstance(sizes, list) else []
    if len(listed) != count or not all(isinstance(size, int | float) and 0 < size < 1e6 for size in listed):
        raise ConfigError(f"arrangement: {count} sizes above 0 are needed, received {str(sizes)[:80]}")
    return [float(size) for size in listed]
