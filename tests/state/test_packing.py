"""Frozen states go into plain values and arrays and come out as they were; what is on no list is refused."""

import json
import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from cockpit.events.dtypes import Kind
from cockpit.state.packing import Packing, unpack


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    rows: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    what: Any
    leaves: tuple[Leaf, ...] = ()


@dataclass(frozen=True)
class Stranger:
    x: int


LIST = (Leaf, Branch)


def again(value: Any) -> tuple[Any, Packing]:
    packing = Packing(LIST)
    packed = packing.pack(value)
    text = json.dumps([packed, packing.objects])
    return unpack(*json.loads(text), packing.arrays, LIST), packing


def fixed(values: Any) -> np.ndarray:
    array = np.array(values)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "value",
    [
        None, True, 7, -(2**62), 0.1, math.inf, "text", b"bytes", b"", Kind.MBO, np.float64(0.1), np.int32(4),
        (1, (2.0, None)), [1, "a"], {Kind.TICK: 1, (1, 2): {"a": ()}}, MappingProxyType({"expired": 3}), (), {},
    ],
)  # fmt: skip
def test_values_come_back_equal_and_of_their_type(value: Any) -> None:
    found, _ = again(value)
    assert found == value
    assert type(found) is type(value)


def test_unknown_numbers_stay_unknown() -> None:
    assert math.isnan(again(math.nan)[0])


def test_one_object_stays_one_object() -> None:
    leaf = Leaf(np.arange(3))
    found, packing = again(Branch({"a": leaf}, (leaf, leaf)))
    assert found.leaves[0] is found.leaves[1] is found.what["a"]
    assert len(packing.objects) == 2
    assert len(packing.arrays) == 1


def test_an_array_that_begins_another_shares_its_bytes() -> None:
    long, other = fixed(np.arange(2_000)), fixed(np.arange(5, 2_005))
    short, changed = fixed(np.arange(1_500)), np.arange(1_700)
    changed[1_600] = 0
    value = tuple(Leaf(each) for each in (short, long, other, fixed(changed), long[:900]))
    found, packing = again(value)
    assert len(packing.arrays) == 3
    for before, after in zip(value, found, strict=True):
        assert np.array_equal(before.rows, after.rows)


@pytest.mark.parametrize("value", [Stranger(1), {"a": (Stranger(1),)}, print, {1, 2}, object(), np.random])
def test_what_is_on_no_list_is_not_packed(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be packed"):
        Packing(LIST).pack(value)


@pytest.mark.parametrize(
    ("packed", "objects"),
    [
        (["object", 0], [["Stranger", [1]]]),
        (["object", 0], [["Leaf", [1, 2]]]),
        (["object", 1], [["Leaf", [1]]]),
        (["array", 3, None], []),
        (["eval", "1"], []),
    ],
)
def test_what_was_not_packed_is_not_unpacked(packed: Any, objects: Any) -> None:
    with pytest.raises((ValueError, LookupError)):
        unpack(packed, objects, [], LIST)
