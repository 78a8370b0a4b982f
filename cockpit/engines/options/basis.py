"""The basis: how far a future, or a share of the index, stands from the index whose options are drawn on it.

A strike K of the index lies at ``K + basis`` on its future, and at ``K * ratio`` on anything that is a fraction of
it (SPY and XSP strikes on ES). Source: ``formulas.md`` 1.4, ``contracts.md`` 4.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.ring import Columns, Frozen
from cockpit.units import NO_TIME, NS_PER_MIN, NS_PER_S, Floats, Rows, Times

SAME_NS: Final = NS_PER_S  # two prices of one second are of one moment
APART_NS: Final = 15 * NS_PER_MIN  # prices further apart say nothing about each other

# which chains may be drawn on which root, the best one first
CHAINS_OF: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("ES", "MES", "SPX"), ("SPX", "SPY", "XSP")),
    "SPY": ("SPY", "SPX", "XSP"),
    "XSP": ("XSP", "SPX", "SPY"),
    **dict.fromkeys(("NQ", "MNQ", "NDX"), ("NDX", "QQQ")),
    "QQQ": ("QQQ", "NDX"),
    **dict.fromkeys(("RTY", "M2K", "RUT"), ("RUT", "IWM")),
    "IWM": ("IWM", "RUT"),
}
_INDEX_OF: Final = {"ES": "SPX", "MES": "SPX", "NQ": "NDX", "MNQ": "NDX", "RTY": "RUT", "M2K": "RUT"}


def chains_of(root: str) -> tuple[str, ...]:
    """Roots whose chains may be drawn on an instrument of this root, the best one first."""
    return CHAINS_OF.get(root, (root,))


def is_additive(target_root: str, chain_root: str) -> bool:
    """Whether the two differ by points (a future and its index) and not by a factor."""
    return _INDEX_OF.get(target_root) == chain_root


@dataclass(frozen=True, slots=True)
class Leg:
    """A price and its instant; NaN and NO_TIME before the first."""

    at_ns: int = NO_TIME
    price: float = float("nan")


MEASURE: Final = np.dtype(
    [
        ("seq", np.int64),  # event that brought it
        ("at_ns", np.int64),  # instant of the later leg; never before that of an earlier measurement
        ("apart_ns", np.int64),  # time between the legs
        ("value", np.float64),  # points (target minus the chain's underlying), or the factor
    ]
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measurement: see MEASURE."""

    seq: int
    at_ns: int
    apart_ns: int
    value: float


@dataclass(frozen=True, slots=True)
class Legs:
    """Prices of one instrument in a slice, ascending in ``seq``: int64 (n,), int64 (n,), float64 (n,)."""

    seqs: Times
    clocks: Times
    prices: Floats


NO_LEGS: Final = Legs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float64))


@dataclass(frozen=True, slots=True)
class FrozenBasis:
    """A ``Basis`` at one moment."""

    target: Leg
    index: Leg
    is_waiting: bool
    measures: Frozen


class Basis:
    """Every measurement between one target and one underlying of chains.

    The underlying's prices (its bars, the spots of its chains) are the rarer ones: each is paired with the last
    target price before it and with the first one after it. Two prices of one second always count; else the pair
    is taken when it is no worse than the one there is, or when that one is older than 15 minutes.

    Args:
        additive: Whether the basis is a difference; else a ratio.
    """

    def __init__(self, additive: bool) -> None:
        self.additive = additive
        self.reset()

    def reset(self) -> None:
        """Become as new."""
        self._target, self._index = Leg(), Leg()
        self._is_waiting = False  # for the first target price after the underlying's last one
        self._measures = Columns(MEASURE)

    @property
    def measures(self) -> Rows:
        """All of them, MEASURE (n,), ascending in ``seq``."""
        return self._measures.view()

    def at(self, clock_ns: int) -> Measure | None:
        """The measurement that was known at an instant; None before the first."""
        known = self._measures.view()
        place = int(np.searchsorted(known["at_ns"], clock_ns, "right")) - 1
        return Measure(*known[place].tolist()) if place >= 0 else None

    def apply(self, target: Legs, index: Legs) -> None:
        """Take the prices of one slice; how the river is cut does not matter."""
        begin = 0
        for seq, clock, price in zip(
            index.seqs.tolist(), index.clocks.tolist(), index.prices.tolist(), strict=True
        ):
            end = int(np.searchsorted(target.seqs, seq))
            self._pass_targets(target, begin, end)
            begin = end
            if price > 0:
                self._index, self._is_waiting = Leg(clock, price), True
                self._measure(seq, self._target)
        self._pass_targets(target, begin, len(target.seqs))

    def _pass_targets(self, target: Legs, begin: int, end: int) -> None:
        if begin >= end:
            return
        if self._is_waiting:
            self._is_waiting = False
            first = Leg(int(target.clocks[begin]), float(target.prices[begin]))
            self._measure(int(target.seqs[begin]), first)
        self._target = Leg(int(target.clocks[end - 1]), float(target.prices[end - 1]))

    def _measure(self, seq: int, target: Leg) -> None:
        index = self._index
        if target.at_ns == NO_TIME or not target.price > 0:
            return
        apart = abs(target.at_ns - index.at_ns)
        if apart > APART_NS:
            return
        at = max(target.at_ns, index.at_ns)
        known = self._measures.view()
        if len(known):
            at = max(at, int(known["at_ns"][-1]))
            is_recent = at - int(known["at_ns"][-1]) <= APART_NS
            if apart > SAME_NS and apart > known["apart_ns"][-1] and is_recent:
                return
        value = target.price - index.price if self.additive else target.price / index.price
        self._measures.append(np.array([(seq, at, apart, value)], MEASURE))

    def freeze(self) -> FrozenBasis:
        """The state now."""
        return FrozenBasis(self._target, self._index, self._is_waiting, self._measures.freeze())

    def thaw(self, frozen: FrozenBasis) -> None:
        """Become what was frozen."""
        self._target, self._index = frozen.target, frozen.index
        self._is_waiting = frozen.is_waiting
        self._measures.adopt(frozen.measures)
