"""Where an instrument's bars come from when a vendor's bars are followed by prints: one history, without a seam.

A vendor's bar counts when no print of the instrument came since its open. So a day of history bars goes over into
the prints that follow, a hole in the prints is filled by bars, and two recordings of the same trades are never
counted twice. Everything is decided by the order of events, never by how they are cut into slices.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cockpit.engines.bars.aggregate import BarSeries
from cockpit.units import NO_PRICE, Rows, Times


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What the bars of an instrument are made of.

    Attributes:
        bars: BAR or INDEX rows that count, of one length, ascending in ``seq``.
        bars_ns: Their length; 0 when there are none.
        are_spots: Whether the bars are no vendor's but the spots of option chains.
        prints: PRINT, ascending in ``seq``; between them bars may stand.
        price: Column of a bar's close.
    """

    bars: Rows
    bars_ns: int
    are_spots: bool
    prints: Rows
    price: str

    def __len__(self) -> int:
        return len(self.bars) + len(self.prints)

    @property
    def kind(self) -> tuple[int, bool]:
        """What tells the bars of one origin from those of another, which are no continuation of them."""
        return self.bars_ns, self.are_spots

    def price_at(self, clock_ns: int) -> float | None:
        """The newest price at an instant, in stored units; None before the first."""
        bar = int(np.searchsorted(self.bars["clock_ns"], clock_ns, "right")) - 1
        print_ = int(np.searchsorted(self.prints["clock_ns"], clock_ns, "right")) - 1
        if bar < 0 and print_ < 0:
            return None
        if bar < 0 or (print_ >= 0 and self.prints["seq"][print_] > self.bars["seq"][bar]):
            return float(self.prints["price_ticks"][print_])
        return float(self.bars[self.price][bar])


def counting(bars: Rows, prints: Rows, print_ns: int) -> Rows:
    """The bars of one slice that count: those whose open is later than every print before them.

    Args:
        bars: BAR or INDEX (n,), ascending in ``seq``.
        prints: PRINT (m,) of the same slice, ascending in ``seq``.
        print_ns: Largest clock of the prints of all slices before.
    """
    usable = prints[(prints["size"] > 0) & (prints["price_ticks"] != NO_PRICE)]
    latest = np.maximum.accumulate(np.concatenate([[print_ns], usable["clock_ns"]]))
    before = latest[np.searchsorted(usable["seq"], bars["seq"])]
    return bars[bars["open_ns"] > before]


def feed(series: BarSeries, bars: Rows, prints: Rows, ticks: Rows) -> Rows:
    """Let a series take bars that count, prints and ticks in ``seq`` order; returns BAR_CLOSED."""
    if not len(bars):
        return series.apply_prints(prints, ticks)
    if not len(prints):
        return series.apply_bars(bars, ticks)
    closed: list[Rows] = []
    runs = _runs(bars, prints)
    ends = [*(int(run["seq"][0]) for _, run in runs[1:]), np.iinfo(np.int64).max]
    for (is_bars, run), end in zip(runs, ends, strict=True):
        cut = int(np.searchsorted(ticks["seq"], end)) if end != ends[-1] else len(ticks)
        passed, ticks = ticks[:cut], ticks[cut:]
        closed.append(series.apply_bars(run, passed) if is_bars else series.apply_prints(run, passed))
    return np.concatenate(closed)


def _runs(bars: Rows, prints: Rows) -> list[tuple[bool, Rows]]:
    """Bars and prints in ``seq`` order as stretches of one kind each, (is_bars, rows), none empty."""
    places: Times = np.searchsorted(prints["seq"], bars["seq"])
    firsts = np.flatnonzero(np.diff(places, prepend=-1)).tolist()
    runs: list[tuple[bool, Rows]] = []
    taken = 0
    for low, high in pairwise([*firsts, len(bars)]):
        place = int(places[low])
        runs += [(False, prints[taken:place]), (True, bars[low:high])]
        taken = place
    runs.append((False, prints[taken:]))
    return [run for run in runs if len(run[1])]
