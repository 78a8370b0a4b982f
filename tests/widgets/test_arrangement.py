"""Arrangements: what is written is read again, and a panel that leaves finds its place."""

import json
import random
from typing import Any

import pytest

from cockpit.errors import ConfigError
from cockpit.widgets.arrangement import (
    Node,
    Split,
    Tabs,
    alike,
    dump,
    home_of,
    least,
    only,
    panels,
    parse,
    put_back,
    split,
    structure,
)


def random_tree(rng: random.Random, names: list[str], direction: str = "h") -> Node:
    """Some arrangement of the names."""
    if len(names) == 1 or (len(names) < 4 and rng.random() < 0.3):
        return Tabs(tuple(names), rng.randrange(len(names)))
    parts = rng.randrange(2, min(len(names), 4) + 1)
    cuts = sorted(rng.sample(range(1, len(names)), parts - 1))
    pieces = [names[a:b] for a, b in zip([0, *cuts], [*cuts, len(names)], strict=True)]
    other = "v" if direction == "h" else "h"
    return split(direction, [random_tree(rng, piece, other) for piece in pieces], [rng.uniform(0.5, 2)] * parts)


def shares(node: Node) -> dict[str, float]:
    """Share of the whole area of each panel: the slow way to compare sizes."""
    if isinstance(node, Tabs):
        return dict.fromkeys(node.panels, 1.0)
    return {
        name: size * part
        for item, size in zip(node.items, node.sizes, strict=True)
        for name, part in shares(item).items()
    }


@pytest.mark.parametrize("seed", range(40))
def test_a_panel_that_leaves_and_comes_back_stands_where_it_stood(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"p{i}" for i in range(rng.randrange(2, 9))]
    tree = random_tree(rng, names, rng.choice("hv"))
    leaver = rng.choice(names)
    home = home_of(tree, leaver)
    rest = only(tree, lambda name: name != leaver)
    assert home is not None
    assert rest is not None
    back = put_back(rest, home)
    assert structure(back) == structure(tree)
    assert shares(back) == pytest.approx(shares(tree))


@pytest.mark.parametrize("seed", range(40))
def test_two_that_left_come_back_in_either_order_without_loss(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"p{i}" for i in range(rng.randrange(3, 9))]
    tree = random_tree(rng, names)
    first, second = rng.sample(names, 2)
    homes = {name: home_of(tree, name) for name in names}
    rest = only(tree, lambda name: name not in (first, second))
    for name in rng.sample([first, second], 2):
        home = homes[name]
        assert home is not None
        rest = put_back(rest, home)
    assert sorted(panels(rest)) == sorted(names)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_written_is_read_again(seed: int) -> None:
    tree = random_tree(random.Random(seed), [f"p{i}" for i in range(6)])
    again = parse(json.loads(json.dumps(dump(tree))))
    assert again is not None
    assert structure(again) == structure(tree)
    assert shares(again) == pytest.approx(shares(tree), abs=1e-3)


def test_a_split_of_the_same_direction_is_merged_and_sizes_sum_to_one() -> None:
    a, b, c = (Tabs((name,)) for name in "abc")
    tree = split("h", [split("h", [a, b], [3, 1]), c], [2, 2])
    assert isinstance(tree, Split)
    assert tree.items == (a, b, c)
    assert tree.sizes == pytest.approx((0.375, 0.125, 0.5))
    assert split("v", [a]) is a


def test_the_least_size_adds_along_a_split_and_takes_the_largest_across() -> None:
    sizes = {"a": (300, 200), "b": (100, 250), "c": (50, 60)}
    row = split("h", [Tabs(("a",)), Tabs(("b", "c"))])
    assert least(row, sizes.__getitem__) == (300 + 4 + 100, 250)
    assert least(split("v", [row, Tabs(("c",))]), sizes.__getitem__) == (404, 250 + 4 + 60)


def test_without_a_panel_nothing_is_left_of_a_tree_of_it() -> None:
    assert only(Tabs(("a",)), lambda name: name != "a") is None
    assert list(panels(None)) == []


def test_the_tab_on_top_stays_on_top() -> None:
    kept = only(Tabs(("a", "b", "c"), 2), lambda name: name != "a")
    assert kept == Tabs(("b", "c"), 1)


GOOD: dict[str, Any] = {
    "split": "h",
    "sizes": [0.6, 0.4],
    "items": [{"tabs": ["chart.1"]}, {"split": "v", "items": [{"tabs": ["ladder", "health"]}, {"tabs": ["x"]}]}],
}


@pytest.mark.parametrize("seed", range(200))
def test_a_mutated_file_is_an_arrangement_or_an_error(seed: int) -> None:
    rng = random.Random(seed)
    text = list(json.dumps(GOOD))
    for _ in range(rng.randrange(1, 6)):
        text[rng.randrange(len(text))] = rng.choice('{}[]",:0123.-ehvstabx')
    try:
        value = json.loads("".join(text))
    except ValueError:
        return
    try:
        node = parse(value)
    except ConfigError:
        return
    names = list(panels(node))
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"tabs": []}, "panel ids"),
        ({"tabs": [1]}, "panel ids"),
        ({"split": "x", "items": [{"tabs": ["a"]}]}, "h or v"),
        ({"split": "h", "items": []}, "h or v"),
        ({"split": "h", "sizes": [1], "items": [{"tabs": ["a"]}, {"tabs": ["b"]}]}, "2 sizes"),
        ({"split": "h", "sizes": [1, -1], "items": [{"tabs": ["a"]}, {"tabs": ["b"]}]}, "above 0"),
        ({"split": "h", "items": [{"tabs": ["a"]}, {"tabs": ["a"]}]}, "twice"),
        ([], "expected tabs or a split"),
    ],
)
def test_what_is_wrong_is_said(value: object, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        parse(value)


def test_a_bottomless_file_is_refused() -> None:
    value: dict[str, Any] = {"tabs": ["a"]}
    for _ in range(40):
        value = {"split": "h", "items": [value]}
    with pytest.raises(ConfigError):
        parse(value)


def test_alike_means_same_structure_and_sizes_to_a_percent() -> None:
    a, b, c = (Tabs((name,)) for name in "abc")
    tree = split("h", [a, b], [0.5, 0.5])
    assert alike(tree, split("h", [a, b], [0.505, 0.495]))
    assert not alike(tree, split("h", [a, b], [0.6, 0.4]))
    assert not alike(tree, split("v", [a, b]))
    assert not alike(tree, split("h", [a, c]))
    assert alike(Tabs(("a", "b"), 0), Tabs(("a", "b"), 1))
    assert alike(None, None)
    assert not alike(tree, None)
