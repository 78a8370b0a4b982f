"""Pressure on one book: five components in [-1, 1], weighted, smoothed; up is positive."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.engines.book.samples import steady
from cockpit.engines.regime import pressure_kernels as kernels
from cockpit.engines.regime.pressure_layout import (
    BALANCED,
    FAR_ROOM,
    MODERATE,
    NEAR_ROOM,
    PARTS,
    USUAL_NS,
    memory,
)
from cockpit.errors import EngineError
from cockpit.events.dtypes import BOOK_LEVELS, DTYPES, SAMPLE, Kind
from cockpit.units import Floats, Rows

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class PressureInputs:
    """What the components are made of; NaN where unknown. Flows are of the last ten seconds.

    Attributes:
        bid_weighted, ask_weighted: Contracts of the ten best levels, weighted e^(-0.5 i).
        ofi, net_stack: Order-flow imbalance at the touch, and added less pulled bids less the same of asks.
        ofi_median, net_stack_median: Medians of their absolute values over five minutes.
        trades, bought, sold: Prints with an aggressor, and their contracts by aggressor.
        gex_ratio: Gamma exposure at the spot over its scale, not yet clipped; above 0 dealers are long gamma.
        move_ticks: Move of the mid over five minutes.
        sigma_ticks: Root mean square of such moves over the last hour.
    """

    bid_weighted: float = math.nan
    ask_weighted: float = math.nan
    ofi: float = math.nan
    ofi_median: float = math.nan
    net_stack: float = math.nan
    net_stack_median: float = math.nan
    trades: float = math.nan
    bought: float = math.nan
    sold: float = math.nan
    gex_ratio: float = math.nan
    move_ticks: float = math.nan
    sigma_ticks: float = math.nan


@dataclass(frozen=True, slots=True)
class PressureReading:
    """Pressure of one set of inputs; every array-like has one number per name of ``PARTS``.

    Attributes:
        components: In [-1, 1]; NaN unknown.
        weights: Renormalised over the known components; 0 where unknown, all 0 with fewer than two known.
        shares: Weight times component; NaN where unknown, all NaN with fewer than two known.
        raw: Sum of the shares; NaN with fewer than two known.
        verdict: ``verdict_of(raw)``.
    """

    components: tuple[float, ...]
    weights: tuple[float, ...]
    shares: tuple[float, ...]
    raw: float
    verdict: str


def weighted_size(sizes: Floats) -> float:
    """Contracts of at most ten levels, best first, weighted e^(-0.5 i); NaN for an empty side.

    Raises:
        EngineError: More than ten levels.
    """
    if len(sizes) > BOOK_LEVELS:
        raise EngineError(f"pressure looks at {BOOK_LEVELS} levels a side, received {len(sizes)}")
    return float(kernels.weighted_size(sizes)) if len(sizes) else math.nan


def pressure_of(inputs: PressureInputs) -> PressureReading:
    """Components, shares and verdict; the engine computes with the same kernels.

    Source: ``contracts.md`` 5, ``vectors/pressure.json``.
    """
    row = np.array([getattr(inputs, name) for name in PressureInputs.__slots__], np.float64)
    parts, weights = np.empty(len(PARTS)), np.empty(len(PARTS))
    kernels.components(row, parts)
    raw = float(kernels.combine(parts, weights))
    shares = parts * weights if not math.isnan(raw) else np.full(len(PARTS), np.nan)
    found = (tuple(parts.tolist()), tuple(weights.tolist()), tuple(shares.tolist()))
    return PressureReading(*found, raw, verdict_of(raw))


def verdict_of(value: float) -> str:
    """``balanced``, ``buyers, moderate``, ``sellers, strong``; ``unknown`` of NaN."""
    if math.isnan(value):
        return UNKNOWN
    if abs(value) < BALANCED:
        return "balanced"
    return f"{'buyers' if value > 0 else 'sellers'}, {'moderate' if abs(value) < MODERATE else 'strong'}"


@dataclass(frozen=True, slots=True)
class PressureReadout:
    """The last tick.

    Attributes:
        clock_ns: Of the tick.
        value: Smoothed; NaN unknown.
        verdict: ``verdict_of(value)``.
        inputs, reading: What it was made of, and the pressure before smoothing.
        low, high: Range of the value over the last five minutes; NaN when it was never known.
    """

    clock_ns: int
    value: float
    verdict: str
    inputs: PressureInputs
    reading: PressureReading
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class FrozenPressure:
    """A ``Pressure`` at one moment: the ticks and moves that still count, oldest first."""

    near: Rows
    moves: Rows
    inputs: Floats
    sums: Rows

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(array.nbytes for array in (self.near, self.moves, self.inputs, self.sums))


class Pressure:
    """Pressure on one instrument's book, one row a tick.

    Windows are of event time, between ticks: what happened before the tick up to ten seconds back, five minutes
    back, an hour back. Unknown are: all that needs the book while a side is empty, it is crossed or not trusted,
    and its flows until ten seconds after that; stacking in a book of one level; a flow without 30 known ones in
    the last five minutes; the move without ten minutes of earlier ones. Prints without an aggressor do not count.

    Source: ``contracts.md`` 5.
    """

    def __init__(self, instrument_id: int) -> None:
        self._instrument_id = instrument_id
        self._memory = memory()
        self._last: PressureReadout | None = None  # kept: a screen asks far more often than ticks come

    def apply(self, samples: Rows, tops: Rows, prints: Rows, gex_ratios: Floats) -> Rows:
        """Take a slice; how the river is cut into slices does not matter.

        Args:
            samples: SAMPLE (n,) of the slice's ticks.
            tops, prints: TOP and PRINT rows of the slice, in seq order.
            gex_ratios: float64 (n,), signed gamma exposure at the spot over its scale at each tick; NaN unknown.

        Returns:
            PRESSURE (n,).

        Raises:
            EngineError: Rows of another kind, or not one ratio per sample; nothing has changed.
        """
        dtypes = (SAMPLE, DTYPES[Kind.TOP], DTYPES[Kind.PRINT], np.dtype(np.float64))
        given = (samples, tops, prints, gex_ratios)
        for rows, dtype in zip(given, dtypes, strict=True):
            if rows.dtype != dtype:
                raise EngineError(f"pressure {self._instrument_id} expects rows of {dtype}, received {rows.dtype}")
        if len(gex_ratios) != len(samples):
            raise EngineError(f"pressure needs one gamma ratio per sample: {len(gex_ratios)} for {len(samples)}")
        out = np.zeros(len(samples), DTYPES[Kind.PRESSURE])
        kernels.apply_samples(self._memory, *map(steady, given, dtypes), self._instrument_id, out)
        out.flags.writeable = False
        if len(samples):
            self._last = None
        return out

    @property
    def last(self) -> PressureReadout | None:
        """The last tick, with all that went into it; None before the first."""
        if self._last is None:
            self._last = self._read()
        return self._last

    def _read(self) -> PressureReadout | None:
        kept = self._memory
        ticks = int(kept.sums["ticks"][0])
        if not ticks:
            return None
        now = kept.near[(ticks - 1) % NEAR_ROOM]
        inputs = PressureInputs(*kept.inputs.tolist())
        near = self._near()
        values = near["value"][near["clock_ns"] > now["clock_ns"] - USUAL_NS]
        known = values[~np.isnan(values)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (math.nan, math.nan)
        value = float(now["value"])
        return PressureReadout(
            int(now["clock_ns"]), value, verdict_of(value), inputs, pressure_of(inputs), low, high
        )

    def _near(self) -> Rows:
        """The ticks that count, oldest first."""
        ticks = int(self._memory.sums["ticks"][0])
        usual = int(self._memory.sums["usual"][0])
        return self._memory.near[np.arange(max(usual, 0), ticks) % NEAR_ROOM]

    def _moves(self) -> Rows:
        """The moves of the last hour, oldest first."""
        sums = self._memory.sums
        return self._memory.moves[np.arange(int(sums["first_move"][0]), int(sums["moves"][0])) % FAR_ROOM]

    def freeze(self) -> FrozenPressure:
        """A copy of the state."""
        return FrozenPressure(self._near(), self._moves(), self._memory.inputs.copy(), self._memory.sums.copy())

    def thaw(self, frozen: FrozenPressure) -> None:
        """Become what was frozen."""
        kept = memory()
        kept.sums[:], kept.inputs[:] = frozen.sums, frozen.inputs
        ticks, moves = int(frozen.sums["ticks"][0]), int(frozen.sums["moves"][0])
        kept.near[np.arange(ticks - len(frozen.near), ticks) % NEAR_ROOM] = frozen.near
        kept.moves[np.arange(moves - len(frozen.moves), moves) % FAR_ROOM] = frozen.moves
        for ordered, sizes in ((kept.flows, "ofi_size"), (kept.stacks, "net_stack_size")):
            known = _counted(frozen.near, frozen.sums, sizes)
            ordered[: len(known)] = known
        self._memory, self._last = kept, None

    def reset(self) -> None:
        """Become equal to a new one."""
        self._memory, self._last = memory(), None

    def check(self) -> None:
        """Prove that what is kept in order and in sums is what the rings hold.

        Raises:
            EngineError: It is not; the message says what and by how much.
        """
        kept, sums = self._memory, self._memory.sums
        for name, ordered, sizes in (("flows", kept.flows, "ofi_size"), ("stacks", kept.stacks, "net_stack_size")):
            known = _counted(self._near(), sums, sizes)
            if int(sums[name][0]) != len(known) or not np.array_equal(ordered[: len(known)], known):
                found = ordered[: int(sums[name][0])]
                raise EngineError(
                    f"{name} of pressure {self._instrument_id}: {found} in order, {known} in the ring"
                )
        squares = float((self._moves()["ticks"] ** 2).sum())
        if not math.isclose(squares, float(sums["squares"][0]), rel_tol=1e-9, abs_tol=1e-9):
            raise EngineError(
                f"squared moves of pressure {self._instrument_id}: {sums['squares'][0]} kept, {squares} in the ring"
            )


def _counted(near: Rows, sums: Rows, name: str) -> Floats:
    """Known sizes of flows of the last five minutes, ascending; ``near`` begins one tick before them if it can."""
    sizes = near[name][1 if int(sums["usual"][0]) >= 0 else 0 :]
    return np.sort(sizes[~np.isnan(sizes)])
