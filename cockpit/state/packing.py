"""Frozen states as plain values and arrays, so that a file can hold them: a closed list of classes, no pickle.

What is the same object is packed once; arrays that begin with the same bytes as a longer one share its bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import Kind

PLAIN: Final = (bool, int, float, str)  # as they are; everything else is a list that begins with what it is
SHARED_FROM: Final = 4_096  # bytes: shorter arrays are not worth looking for their like


class Packing:
    """Packs values; ``objects`` and ``arrays`` hold what they refer to.

    Args:
        classes: Of frozen states, by the names that stand in the file.

    Attributes:
        objects: Plain values, each a class's name and its fields; they refer to earlier ones only.
        arrays: In the order in which they are referred to.
    """

    def __init__(self, classes: Iterable[type]) -> None:
        self._names = {each: each.__name__ for each in classes}
        self.objects: list[Any] = []
        self.arrays: list[NDArray[Any]] = []
        self._known: dict[int, int] = {}
        self._kept: list[Any] = []  # so that no id is given twice
        self._alike: dict[tuple[str, bytes], list[int]] = {}

    def pack(self, value: Any) -> Any:
        """The value as plain values.

        Raises:
            TypeError: It, or something in it, is of no class on the list.
        """
        if value is None or type(value) in PLAIN:
            return value
        if isinstance(value, np.ndarray):
            return ["array", *self._array(value)]
        if type(value) in self._names:
            return ["object", self._object(value)]
        return self._other(value)

    def _other(self, value: Any) -> Any:
        if isinstance(value, Kind):
            return ["kind", int(value)]
        if isinstance(value, np.generic):
            return ["scalar", *self._array(np.array([value]))]
        if type(value) is bytes:
            return ["bytes", *self._array(np.frombuffer(value, np.uint8))]
        if type(value) in (tuple, list):
            return [type(value).__name__, [self.pack(each) for each in value]]
        if type(value) in (dict, MappingProxyType):
            return [
                "dict" if type(value) is dict else "proxy",
                [[self.pack(key), self.pack(each)] for key, each in value.items()],
            ]
        raise TypeError(f"a {type(value).__module__}.{type(value).__qualname__} cannot be packed")

    def _object(self, value: Any) -> int:
        number = self._known.get(id(value))
        if number is None:
            assert is_dataclass(value)  # the list has no others
            packed = [self._names[type(value)], [self.pack(getattr(value, each.name)) for each in fields(value)]]
            number = self._known[id(value)] = len(self.objects)
            self.objects.append(packed)
            self._kept.append(value)
        return number

    def _array(self, array: NDArray[Any]) -> tuple[int, int | None]:
        """Number of the array, and how many of its rows count; None: it itself."""
        if array.ndim != 1 or array.nbytes < SHARED_FROM or array.flags.writeable:
            self.arrays.append(array)
            return len(self.arrays) - 1, None
        alike = self._alike.setdefault((repr(array.dtype), array[:1].tobytes()), [])
        for number in alike:
            known = self.arrays[number]
            short, long = sorted((array, known), key=len)
            if short.tobytes() == long[: len(short)].tobytes():
                self.arrays[number] = long  # those who refer to it say how much of it they mean
                return number, len(array)
        alike.append(len(self.arrays))
        self.arrays.append(array)
        return len(self.arrays) - 1, len(array)


def unpack(packed: Any, objects: Sequence[Any], arrays: Sequence[NDArray[Any]], classes: Iterable[type]) -> Any:
    """What ``Packing.pack`` was given; equal objects are one object again.

    Args:
        packed: The value it returned.
        objects, arrays: Of the packing.
        classes: The same ones.

    Raises:
        ValueError, LookupError, TypeError: It is not what was packed.
    """
    by_name = {each.__name__: each for each in classes}
    made: list[Any] = []
    for name, values in objects:
        kind = by_name[name]
        if len(values) != len(fields(kind)):
            raise ValueError(f"{name} has {len(fields(kind))} fields, not {len(values)}")
        made.append(kind(*[_unpacked(each, made, arrays) for each in values]))
    return _unpacked(packed, made, arrays)


def _unpacked(packed: Any, made: Sequence[Any], arrays: Sequence[NDArray[Any]]) -> Any:
    if not isinstance(packed, list):
        return packed
    what, *rest = packed
    if what == "object":
        return made[rest[0]]
    if what in ("array", "bytes", "scalar"):
        array = arrays[rest[0]][: rest[1]] if rest[1] is not None else arrays[rest[0]]
        return array if what == "array" else array.tobytes() if what == "bytes" else array[0]
    if what == "kind":
        return Kind(rest[0])
    if what in ("dict", "proxy"):
        known = {_unpacked(key, made, arrays): _unpacked(each, made, arrays) for key, each in rest[0]}
        return known if what == "dict" else MappingProxyType(known)
    if what in ("tuple", "list"):
        values = [_unpacked(each, made, arrays) for each in rest[0]]
        return tuple(values) if what == "tuple" else values
    raise ValueError(f"{what!r} is nothing that was packed")
