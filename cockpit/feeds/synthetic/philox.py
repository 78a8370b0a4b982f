"""Philox4x32-10: random words that are a function of a key and a counter, so that any draw can be made alone.

Key = (seed, stream), counter = (index low, index high, purpose, lane); all words are 32 bits wide, kept in uint64.
Uniform ``u = (w + 0.5) 2^-32``, never 0 nor 1; normal ``sqrt(-2 ln u0) cos(2 pi u1)``.

``log`` and ``cos`` may differ in the last bit between platforms, so equal bytes are promised per platform only.

Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; ``market-model.md`` 3.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.units import Floats

LOW: Final = np.uint64(0xFFFFFFFF)
HALF: Final = np.uint64(32)
TO_UNIT: Final = 2.0**-32
TURN: Final = 2.0 * np.pi
_MULTIPLY_0: Final = np.uint64(0xD2511F53)
_MULTIPLY_1: Final = np.uint64(0xCD9E8D57)
_WEYL_0: Final = np.uint64(0x9E3779B9)
_WEYL_1: Final = np.uint64(0xBB67AE85)

_part: Any = njit(nogil=True, inline="always")


@_part
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """Four random words of a counter and a key; all are uint64 that hold 32 bits."""
    for _ in range(10):
        left = _MULTIPLY_0 * c0
        right = _MULTIPLY_1 * c2
        c0, c1, c2, c3 = (right >> HALF) ^ c1 ^ k0, right & LOW, (left >> HALF) ^ c3 ^ k1, left & LOW
        k0 = (k0 + _WEYL_0) & LOW
        k1 = (k1 + _WEYL_1) & LOW
    return c0, c1, c2, c3


@_part
def unit(word: Any) -> float:
    """A word as a uniform number of (0, 1)."""
    return (float(word) + 0.5) * TO_UNIT


@_part
def draw(seed: Any, stream: int, index: int, purpose: int, lane: int = 0) -> tuple[float, float, float, float]:
    """Four uniforms of one place of one stream.

    Args:
        seed: uint64, of which 32 bits count.
        stream: Which process draws.
        index: Its place, any int64.
        purpose, lane: Tell apart what one place needs more than four numbers for.
    """
    place = np.uint64(index)
    w0, w1, w2, w3 = philox(
        place & LOW, place >> HALF, np.uint64(purpose), np.uint64(lane), seed & LOW, np.uint64(stream)
    )
    return unit(w0), unit(w1), unit(w2), unit(w3)


@_part
def normal(u: float, v: float) -> float:
    """A standard normal of two uniforms (Box and Muller)."""
    return np.sqrt(-2.0 * np.log(u)) * np.cos(TURN * v)


@njit(cache=True, nogil=True)
def words(counter: Any, key: Any) -> Any:
    """The four words of a counter uint64 (4,) and a key uint64 (2,), as uint64 (4,); for the known answers."""
    out = np.empty(4, np.uint64)
    out[0], out[1], out[2], out[3] = philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1])
    return out


@njit(cache=True, nogil=True)
def _fill(out: Floats, seed: Any, stream: int, first: int, purpose: int, lane: int, is_normal: bool) -> None:
    for at in range(len(out)):
        u, v, _, _ = draw(seed, stream, first + at, purpose, lane)
        out[at] = normal(u, v) if is_normal else u


def normals(seed: int, stream: int, first: int, n: int, purpose: int = 1, lane: int = 0) -> Floats:
    """Standard normals of places ``first`` to ``first + n`` of a stream, float64 (n,)."""
    out = np.empty(n)
    _fill(out, np.uint64(seed & 0xFFFFFFFF), stream, first, purpose, lane, True)
    return out


def uniforms(seed: int, stream: int, first: int, n: int, purpose: int = 2, lane: int = 0) -> Floats:
    """Uniform numbers of (0, 1) of places ``first`` to ``first + n`` of a stream, float64 (n,)."""
    out = np.empty(n)
    _fill(out, np.uint64(seed & 0xFFFFFFFF), stream, first, purpose, lane, False)
    return out
