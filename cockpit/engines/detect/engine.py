"""All detectors of one instrument, on its book's flow."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cockpit.engines.book.layout import FLOW, What
from cockpit.engines.book.samples import steady
from cockpit.engines.detect import markouts, scales
from cockpit.engines.detect.absorption import Absorption, AbsorptionRule
from cockpit.engines.detect.exhaustion import Exhaustion, ExhaustionRule
from cockpit.engines.detect.iceberg_layout import IcebergRule
from cockpit.engines.detect.icebergs import Icebergs
from cockpit.engines.detect.layering import Layering, LayeringRule
from cockpit.engines.detect.layout import CAUSE, CONTEXT, KEPT_NS, KEPT_ROWS, Stretch
from cockpit.engines.detect.markouts import Markouts
from cockpit.engines.detect.scales import SCALE, scale_arrays, scan_scales
from cockpit.engines.detect.scanner import Scanner
from cockpit.engines.detect.spoofs import SpoofRule, Spoofs
from cockpit.engines.detect.sweeps import SweepRule, Sweeps
from cockpit.engines.detect.walls import WallRule, Walls
from cockpit.events.dtypes import DTYPES, SAMPLE, Kind
from cockpit.units import NO_PRICE, Rows

FIRST_ROWS: Final = 1 << 12
HIGH: Final = 0.998  # quantile of level sizes that a wall must exceed as well


@dataclass(frozen=True, slots=True)
class Rules:
    """Parameters of every detector; other ones make other detectors.

    Attributes:
        high: Quantile of the sizes of the ten best levels over three minutes, see ``WallRule.use_high``.
    """

    high: float = HIGH
    wall: WallRule = field(default_factory=WallRule)
    sweep: SweepRule = field(default_factory=SweepRule)
    absorption: AbsorptionRule = field(default_factory=AbsorptionRule)
    layering: LayeringRule = field(default_factory=LayeringRule)
    iceberg: IcebergRule = field(default_factory=IcebergRule)
    exhaustion: ExhaustionRule = field(default_factory=ExhaustionRule)
    spoof: SpoofRule = field(default_factory=SpoofRule)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What detectors made of a slice: DETECTION and MARKOUT rows, each in order."""

    detections: Rows
    markouts: Rows


@dataclass(frozen=True, slots=True, eq=False)
class FrozenDetectors:
    """All of a ``Detectors`` at one moment: part of a keyframe."""

    recent: Rows
    top: Rows
    scale: Rows
    scales: tuple[Rows, ...]
    scanners: tuple[tuple[Rows, ...], ...]
    markouts: tuple[Rows, ...]


class Detectors:
    """Feeds one instrument's flow to every detector, and follows what they see.

    Args:
        instrument_id: Written into what is seen.
        rules: Parameters.
    """

    def __init__(self, instrument_id: int, rules: Rules | None = None) -> None:
        self.id, self.rules = instrument_id, rules or Rules()
        self.walls = Walls(self.rules.wall)
        self.scanners: tuple[Scanner, ...] = (
            self.walls,
            Sweeps(self.rules.sweep),
            Absorption(self.rules.absorption),
            Layering(self.rules.layering),
            Icebergs(self.rules.iceberg),
            Exhaustion(self.rules.exhaustion),
            Spoofs(self.rules.spoof),
        )
        self.markouts = Markouts()
        self.reset()

    def reset(self) -> None:
        """Become as new."""
        for scanner in self.scanners:
            scanner.reset()
        self.markouts.reset()
        self._scales = scale_arrays()
        self._buffer, self._end = np.zeros(FIRST_ROWS, FLOW), 0  # what is looked at, and what came before
        self._top = _no_top()
        self._scale = np.zeros(1, SCALE)
        self._scale["median"] = self._scale["high"] = np.nan

    def apply(self, flow: Rows, tops: Rows, samples: Rows) -> Seen:
        """Look at what a slice brought.

        Args:
            flow: FLOW (n,), of the book.
            tops: TOP rows of the same slice.
            samples: SAMPLE, one per TICK row of the flow.
        """
        if not len(flow):
            return Seen(np.zeros(0, DTYPES[Kind.DETECTION]), np.zeros(0, DTYPES[Kind.MARKOUT]))
        samples = steady(samples, SAMPLE)  # those of several stretches of a book are not
        found = np.zeros(len(samples), SCALE)
        fresh = found[: scan_scales(self._scales, samples, self.rules.high, found)]
        tops = np.concatenate([self._top, tops])
        levels = np.concatenate([self._scale, fresh])
        start = self._append(flow)
        stretch = Stretch(self._buffer, start, self._end, _context(flow, tops, levels), samples)
        detections = self._in_order([scanner.scan(stretch) for scanner in self.scanners], tops)
        self._top, self._scale = tops[-1:].copy(), levels[-1:].copy()
        return Seen(detections, self._with_id(self.markouts.apply(detections, stretch)))

    def _append(self, flow: Rows) -> int:
        """Put rows behind the recent ones; returns where they begin."""
        if self._end + len(flow) > len(self._buffer):
            recent = self._recent()
            need = len(recent) + len(flow)
            size = len(self._buffer)
            while size < 2 * need:
                size *= 2
            buffer = np.zeros(size, FLOW)
            buffer[: len(recent)] = recent
            self._buffer, self._end = buffer, len(recent)
        start = self._end
        self._buffer[start : start + len(flow)] = flow
        self._end = start + len(flow)
        return start

    def _recent(self) -> Rows:
        """The rows that may still be looked at, a view."""
        rows = self._buffer[max(self._end - KEPT_ROWS, 0) : self._end]
        if not len(rows):
            return rows
        return rows[int(np.searchsorted(rows["clock_ns"], rows["clock_ns"][-1] - KEPT_NS)) :]

    def _in_order(self, parts: list[Rows], tops: Rows) -> Rows:
        """Everything seen, by cause, with the mid of the moment."""
        rows = np.concatenate(parts)
        rows = rows[np.argsort(rows["seq"], kind="stable")]
        if len(rows):
            top = tops[np.searchsorted(tops["seq"][1:], rows["seq"], side="right")]
            is_known = (top["bid_ticks"] != NO_PRICE) & (top["ask_ticks"] != NO_PRICE)
            rows["mid"] = np.where(is_known, 0.5 * top["bid_ticks"] + 0.5 * top["ask_ticks"], np.nan)
        return self._with_id(rows)

    def _with_id(self, rows: Rows) -> Rows:
        rows["instrument"] = self.id
        return rows

    def freeze(self) -> FrozenDetectors:
        """The state now."""
        return FrozenDetectors(
            recent=self._recent().copy(),
            top=self._top,
            scale=self._scale,
            scales=tuple(array.copy() for array in self._scales),
            scanners=tuple(scanner.freeze() for scanner in self.scanners),
            markouts=self.markouts.freeze(),
        )

    def thaw(self, frozen: FrozenDetectors) -> None:
        """Become what was frozen."""
        self.reset()
        self._append(frozen.recent)
        self._top, self._scale = frozen.top, frozen.scale
        for array, kept in zip(self._scales, frozen.scales, strict=True):
            array[...] = kept
        for scanner, part in zip(self.scanners, frozen.scanners, strict=True):
            scanner.thaw(part)
        self.markouts.thaw(frozen.markouts)


def _no_top() -> Rows:
    top = np.zeros(1, DTYPES[Kind.TOP])
    top["bid_ticks"] = top["ask_ticks"] = NO_PRICE
    return top


def _context(flow: Rows, tops: Rows, levels: Rows) -> Rows:
    """CONTEXT (n,) of flow rows; the first of ``tops`` and ``levels`` is what was before them."""
    context = np.zeros(len(flow), CONTEXT)
    at = np.searchsorted(tops["seq"][1:], flow["seq"], side="right")
    context["bid"], context["ask"] = tops["bid_ticks"][at], tops["ask_ticks"][at]
    at = np.searchsorted(levels["seq"][1:], flow["seq"], side="right")
    context["median"], context["high"] = levels["median"][at], levels["high"][at]
    is_tick = (flow["what"] & CAUSE) == What.TICK
    context["sample"] = np.where(is_tick, np.cumsum(is_tick) - 1, -1)
    return context


def warm() -> None:
    """Load all kernels from numba's cache, or compile them (seconds); any thread may call it."""
    scales.warm()
    markouts.warm()
    for scanner in Detectors(0).scanners:
        scanner.warm()
