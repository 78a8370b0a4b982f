"""Special functions as kernels without branches, so that the compiler takes four or eight numbers at a time.

A call into the C library stops that; these are inlined instead. Each is good to a few units in the last place if
it says nothing else, and gives the same bits whatever the loop around it is cut into. Polynomials are evaluated in
halves, since the length of the chain of operations, not their number, is what a processor waits for.

numba's cache looks at the file a kernel stands in only: after a change here, touch the files that import this one.
"""

from math import log, pi, sqrt
from typing import Any, Final

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import ArrayLike, DTypeLike, NDArray

# a product and a sum may become one operation: no other freedom, so every lane computes the same
FUSED: Final = {"contract"}
part: Any = njit(nogil=True, inline="always", error_model="numpy", fastmath=FUSED)
single: Any = njit(nogil=True, error_model="numpy", fastmath=FUSED)  # one number at a time, compiled once: called
kernel: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=FUSED)

LOG2_E: Final = 1.0 / log(2.0)
ROOT_HALF: Final = sqrt(0.5)
ROOT_TWO_PI: Final = sqrt(2.0 * pi)

_LN_2: Final = log(2.0)
_ROUNDER: Final = 1.5 * 2.0**52  # adding it leaves a number's nearest integer in the low bits
_SMALLEST: Final = -1022.0  # the last power of two that is a normal number
_LARGEST: Final = 1023.0

_EXPONENT_AT: Final = np.int64(52)
_EXPONENT: Final = np.int64(0x7FF0000000000000)
# moves sqrt(1/2)..sqrt(2) into one binade, so that the exponent bits tell the nearest power of two
_TO_NEAREST: Final = np.int64(0x3FF0000000000000 - int(np.float64(ROOT_HALF).view(np.int64)))
_AS_FLOAT: Final = np.int64(0x4330000000000000)  # or'ed with an integer: 2^52 plus it
_BIAS: Final = 2.0**52 + 1023.0

# 2^f for |f| <= 1/2, interpolated in Chebyshev points with 60 digits; off by 3.2e-16 at most
_E0, _E1, _E2, _E3, _E4, _E5, _E6, _E7, _E8, _E9, _E10 = (
    1.0,
    0.69314718055995,
    0.24022650695910097,
    0.05550410866444772,
    0.009618129107606888,
    0.0013333558230164974,
    0.0001540353044173605,
    1.5252657260200837e-05,
    1.321544258792169e-06,
    1.0208690299958306e-07,
    7.072585949269223e-09,
)

# artanh(w) / w - 1 over w^2, as a polynomial in w^2 <= 0.0295; off by 3e-18 at most
_L1, _L2, _L3, _L4, _L5, _L6, _L7 = (
    0.33333333333333826,
    0.19999999999650245,
    0.1428571438053016,
    0.1111109850600098,
    0.09091817056154376,
    0.07656231514787075,
    0.074051956081573,
)

# (1 + 2 z) erfcx(z) as a polynomial in (z - 3.75) / (z + 3.75); off by 2e-18 at most from 0 to infinity
_POLE: Final = 3.75
_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12 = (
    1.2375126308378275,
    -0.14024059858554697,
    0.0035854154854644293,
    0.0822767384901452,
    -0.10880393014174886,
    0.09230432116037748,
    -0.05869339858963677,
    0.028362277418956406,
    -0.009746579558029276,
    0.0017556258528952954,
    0.0002937136655913448,
    -0.0002901540805408417,
    5.164909889268241e-05,
)
_C13, _C14, _C15, _C16, _C17, _C18, _C19, _C20, _C21, _C22, _C23, _C24 = (
    2.238423915508223e-05,
    -1.1444146237700524e-05,
    -9.73559896736775e-07,
    1.751637648849062e-06,
    -5.7218230603224086e-08,
    -2.5866850716155884e-07,
    2.3263508708859124e-08,
    3.8675334242222354e-08,
    -3.744210080962018e-09,
    -5.1739902140113095e-09,
    3.1114333809799254e-10,
    4.2514714447963895e-10,
)


@intrinsic
def _widest(_typing: Any) -> Any:
    """Let the compiler use the widest registers in the kernel that calls this; no instruction of its own.

    By default it keeps to half of AVX-512. Kernels that do nothing but multiply and add gain a third (measured).
    """

    def attribute(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')  # llvmlite's own list lacks this one
        return context.get_dummy_value()

    return types.void(), attribute


widest: Any = _widest


def as_input(values: ArrayLike, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """The values as kernels take them: contiguous, of one type, read-only; copied only where they must be.

    Kernels are compiled for each combination of layouts they are given. This way there is one.
    """
    array = np.ascontiguousarray(values, dtype).view()
    array.flags.writeable = False
    return array


@part
def power_of_two(y: float) -> float:
    """2^y for y below 1023; 0 below -1022, where the result would no longer be a normal number."""
    shifted = np.float64(y + _ROUNDER)
    f = y - (shifted - _ROUNDER)
    f2 = f * f
    high = (_E5 * f + _E4) + (_E7 * f + _E6) * f2 + ((_E9 * f + _E8) + _E10 * f2) * (f2 * f2)
    p = np.float64(((_E1 * f + _E0) + (_E3 * f + _E2) * f2) + high * (f2 * f2))
    scaled = np.int64(p.view(np.int64) + (shifted.view(np.int64) << _EXPONENT_AT))
    return 0.0 if y < _SMALLEST else scaled.view(np.float64)


@part
def exponential(y: float) -> float:
    """e^y, off by a few units in the last place times 1 + abs(y); 0 below -708, infinite from 709 on."""
    power = power_of_two(y * LOG2_E)
    return np.inf if y >= _LARGEST * _LN_2 else power


@part
def log_ratio(above: float, below: float) -> float:
    """ln(above / below) of positive numbers, exact to the last digits where they are nearly equal too."""
    return log_of_ratio(above, below, above / below)


@part
def log_of_ratio(above: float, below: float, ratio: float) -> float:
    """The same where the ratio is known, roughly: it only chooses the power of two."""
    bits = np.int64(np.float64(ratio).view(np.int64) + _TO_NEAREST)
    power = np.int64(bits & _EXPONENT).view(np.float64)
    exponent = np.int64((bits >> _EXPONENT_AT) | _AS_FLOAT).view(np.float64) - _BIAS
    scaled = below * power
    w = (above - scaled) / (above + scaled)
    w2 = w * w
    w4 = w2 * w2
    series = ((_L2 * w2 + _L1) + (_L4 * w2 + _L3) * w4) + ((_L6 * w2 + _L5) + _L7 * w4) * (w4 * w4)
    return exponent * _LN_2 + (2.0 * w + (2.0 * w) * (w2 * series))


@part
def erfcx_positive(z: float) -> float:
    """e^(z^2) erfc(z) for 0 <= z < 1e150: the tail of the normal distribution without its decay."""
    beyond, twice = z + _POLE, 1.0 + 2.0 * z
    per_both = 1.0 / (beyond * twice)  # one division for two: divisions are what takes longest here
    t = (z - _POLE) * (twice * per_both)
    t2 = t * t
    t4 = t2 * t2
    t8 = t4 * t4
    p0 = (_C1 * t + _C0) + (_C3 * t + _C2) * t2
    p4 = (_C5 * t + _C4) + (_C7 * t + _C6) * t2
    p8 = (_C9 * t + _C8) + (_C11 * t + _C10) * t2
    p12 = (_C13 * t + _C12) + (_C15 * t + _C14) * t2
    p16 = (_C17 * t + _C16) + (_C19 * t + _C18) * t2
    p20 = (_C21 * t + _C20) + (_C23 * t + _C22) * t2
    low = (p4 * t4 + p0) + (p12 * t4 + p8) * t8
    high = (p20 * t4 + p16) + _C24 * t8
    return (high * (t8 * t8) + low) * (beyond * per_both)


@single
def erfcx(z: float) -> float:
    """e^(z^2) erfc(z) for every z; infinite below -26."""
    tail = erfcx_positive(abs(z))
    return tail if z >= 0.0 else 2.0 * exponential(z * z) - tail


@part
def normal_tail(d: float) -> float:
    """N(-d) of the normal distribution for d >= 0, accurate relative to itself."""
    return 0.5 * erfcx_positive(d * ROOT_HALF) * exponential(-0.5 * d * d)
