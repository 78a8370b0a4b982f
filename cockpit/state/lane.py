"""One instrument's engines: its book, its prints, its bars, its pulse, and what becomes of them in a slice."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from cockpit.calendars import Calendar
from cockpit.engines.bars.aggregate import BarSeries
from cockpit.engines.bars.intervals import Interval
from cockpit.engines.book.heat import BEST, HeatHistory
from cockpit.engines.book.layout import CELL_NS
from cockpit.engines.book.pulled_stacked import FrozenPulledStacked, PulledStacked
from cockpit.engines.book.readout import Book
from cockpit.engines.book.traded import TradedAtPrice
from cockpit.engines.detect.engine import Detectors, FrozenDetectors
from cockpit.engines.latency import Latency
from cockpit.engines.pulse import Pulse
from cockpit.events.dtypes import DTYPES, Flag, Kind, empty
from cockpit.instruments import Instrument
from cockpit.ring import Columns, Frozen
from cockpit.state.book_feed import BookFeed, Brought, FrozenBookFeed, Parts
from cockpit.state.handover import History, counting, feed
from cockpit.units import NO_TIME, NS_PER_MIN, NS_PER_S, Floats, Rows, Times

EMITTED: Final = ("1m", "5m")  # bar intervals that are events: on tape, in the digest, counted by `replay`
SHOWN_GAPS: Final = 256  # drawn on the session map; all are counted
SPOT_NS: Final = NS_PER_MIN  # length of the bar that the spot of a chain stands for
KEPT_FEATURES: Final = 7_200  # rows, two hours of seconds: 4 MB; up to twice as many for a while
OFI_WINDOW_NS: Final = 10 * NS_PER_S
MARKET_KINDS: Final = (Kind.MBO, Kind.MBP, Kind.QUOTE, Kind.TRADE, Kind.BAR, Kind.INDEX)
Derived = list[tuple[Kind, Rows]]


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """What one slice did to a lane.

    Attributes:
        derived: Rows that follow, by kind.
        tops, prints: Those of TOP and PRINT among them.
        samples: SAMPLE, the book at each tick since it has been there.
    """

    derived: Derived
    tops: Rows
    prints: Rows
    samples: Rows


@dataclass(frozen=True, slots=True, eq=False)
class FrozenLane:
    """A ``Lane`` at one moment: part of a keyframe."""

    feed: FrozenBookFeed
    bar_ns: int | None
    print_ns: int
    series: tuple[Any, ...]
    traded: Any
    prints: Frozen
    vendor: dict[int, Frozen]
    spots: Frozen
    pulses: dict[Kind, Any]
    latencies: dict[Kind, Any]
    ofi: tuple[Times, Floats]
    gaps: tuple[tuple[int, int], ...]
    gap_count: int
    volume: float
    sample_ns: int
    best: Frozen
    step: Rows
    mark: Rows
    detectors: FrozenDetectors
    detections: Frozen
    markouts: Frozen
    features: Frozen
    stacked: FrozenPulledStacked


class Lane:
    """All engines of one instrument, fed slice by slice in river order.

    Book and prints are what ``BookFeed`` makes of the streams there are. Bars are made of prints, and of the vendor
    bars that count (see ``handover``) when one came before the first print: two recordings of the same trades do
    not count twice, and the choice depends on the order of events alone, never on slices.
    """

    def __init__(self, instrument_id: int, instrument: Instrument, calendar: Calendar | None) -> None:
        self.id = instrument_id
        self.instrument = instrument
        self.calendar = calendar
        self.reset()

    def reset(self) -> None:
        """Become as new."""
        self.feed = BookFeed(self.id)
        self.bar_ns: int | None = None  # interval of the vendor bars in the emitted bars; 0: prints came first
        self.print_ns = NO_TIME  # largest clock of the prints
        self.series = [self.new_series(Interval.parse(text)) for text in EMITTED]
        self.traded = TradedAtPrice()
        self.prints = Columns(DTYPES[Kind.PRINT])
        self.mark = empty(Kind.MARK)  # the newest one, if any
        self.stacked = PulledStacked()
        self.detectors = Detectors(self.id)
        self.detections = Columns(DTYPES[Kind.DETECTION])
        self.markouts = Columns(DTYPES[Kind.MARKOUT])  # where the mid went after them
        self.best = Columns(BEST)  # best prices whenever one changed from cell to cell, of cells that ended
        self._step: Rows = np.zeros(0, BEST)  # the last ones in the cell that has not ended, one row at most
        self.features = Columns(DTYPES[Kind.FEATURES])  # the last hours of them
        self.vendor: dict[int, Columns] = {}  # bars that count, by interval
        self.spots = Columns(DTYPES[self.bars_kind])  # of its option chains, as bars of one price
        self.pulses: dict[Kind, Pulse] = {}
        self.latencies: dict[Kind, Latency] = {}  # venue to arrival
        self.gap_count = 0
        self.gaps: tuple[tuple[int, int], ...] = ()  # the first SHOWN_GAPS of them
        self.volume = 0.0
        self.sample_ns = 0  # publishing step of bars or sampled quotes; 0: every change
        self._ofi_clocks: Times = np.zeros(0, np.int64)
        self._ofi: Floats = np.zeros(0, np.float64)

    def new_series(self, interval: Interval) -> BarSeries:
        """An empty bar series of this instrument."""
        return BarSeries(self.id, interval, self.calendar, is_index=self.instrument.is_index)

    @property
    def book(self) -> Book | None:
        """Its book; None before the first row of one."""
        return self.feed.book

    @property
    def book_kind(self) -> Kind | None:
        """What feeds its book."""
        return self.feed.book_kind

    @property
    def print_kind(self) -> Kind | None:
        """What its prints are made of."""
        return self.feed.print_kind

    @property
    def heat(self) -> HeatHistory:
        """The history of its book."""
        return self.feed.heat

    @property
    def last_ns(self) -> int | None:
        """Clock of the newest print or change of the instrument itself; None before the first."""
        newest = [pulse.last_ns for kind, pulse in self.pulses.items() if kind is not Kind.CHAIN]
        newest = [clock for clock in newest if clock is not None]
        return max(newest, default=None)

    @property
    def bars_kind(self) -> Kind:
        """What vendor bars of this instrument are."""
        return Kind.INDEX if self.instrument.is_index else Kind.BAR

    def apply(self, parts: Parts, ticks: Rows) -> Applied:
        """Take one slice's rows of this instrument and its ticks; returns what follows from them."""
        self._observe(parts)
        self.mark = parts[Kind.MARK][-1:].copy() if Kind.MARK in parts else self.mark
        derived: Derived = []
        prints, tops, samples = self._prints_and_tops(parts, ticks, derived)
        if len(prints):
            self.prints.append(prints)
            self.volume += float(prints["size"].sum())
            self.traded.apply(prints, self._session_opens(prints))
        vendor = self._keep_vendor(parts.get(self.bars_kind), prints)
        if len(prints):
            self.print_ns = max(self.print_ns, int(prints["clock_ns"].max()))
        closed = [feed(series, vendor, prints, ticks) for series in self.series]
        derived += [(Kind.BAR_CLOSED, rows) for rows in closed if len(rows)]
        return Applied(derived, tops, prints, samples)

    def _observe(self, parts: Parts) -> None:
        for kind in MARKET_KINDS:
            rows = parts.get(kind)
            if rows is None:
                continue
            self.pulses.setdefault(kind, Pulse()).observe(rows["clock_ns"].copy())
            self.latencies.setdefault(kind, Latency()).observe_rows(rows)
            if "interval_ns" in (rows.dtype.names or ()):
                self.sample_ns = int(rows["interval_ns"][-1])
        self._observe_ends(parts, Kind.DEPTH)
        self._observe_chains(parts)
        for gap in parts.get(Kind.GAP, ()):
            self.gap_count += 1
            if self.gap_count <= SHOWN_GAPS:
                self.gaps += ((int(gap["from_ns"]), int(gap["clock_ns"])),)

    def _observe_ends(self, parts: Parts, kind: Kind) -> Rows | None:
        """A message is one beat, however many levels or contracts it has; returns the rows that end one."""
        if kind not in parts:
            return None
        ends = parts[kind][(parts[kind]["flags"] & Flag.LAST) != 0]
        if len(ends):
            self.pulses.setdefault(kind, Pulse()).observe(ends["clock_ns"].copy())
            self.latencies.setdefault(kind, Latency()).observe_rows(ends)
        return ends

    def _observe_chains(self, parts: Parts) -> None:
        ends = self._observe_ends(parts, Kind.CHAIN)
        if ends is not None and len(ends):
            self.spots.append(_spots_of_chains(ends[ends["spot"] > 0], self.bars_kind, self.instrument))

    @property
    def has_bars(self) -> bool:
        """Whether it has prints or vendor bars of its own."""
        return bool(len(self.prints) or self.vendor)

    def bars_history(self) -> History:
        """What bars are made of: the finest vendor bars that count and the prints; else spots of chains."""
        bars, bars_ns = empty(self.bars_kind), 0
        if self.vendor:
            bars_ns = min(self.vendor)
            bars = self.vendor[bars_ns].view()
        are_spots = bool(not self.vendor and len(self.spots) and not len(self.prints))
        if are_spots:
            bars, bars_ns = self.spots.view(), SPOT_NS
        price = "close" if self.bars_kind is Kind.INDEX else "close_ticks"
        return History(bars, bars_ns, are_spots, self.prints.view(), price)

    def _prints_and_tops(self, parts: Parts, ticks: Rows, derived: Derived) -> tuple[Rows, Rows, Rows]:
        brought = self.feed.apply(parts, ticks)
        if len(brought.tops):
            derived.append((Kind.TOP, brought.tops))
            self._keep_ofi(brought.tops)
            steps, self._step = _best_steps(brought.tops, self._step)
            self.best.append(_differing(steps, self.best.view()[-1:]))
        if len(brought.prints):
            derived.append((Kind.PRINT, brought.prints))
        self.stacked.apply(brought.flow)
        self._detect(brought, derived)
        return brought.prints, brought.tops, brought.samples

    def best_view(self) -> Rows:
        """Best prices, BEST (n,), up to now: whenever one of them changed from cell to cell of time.

        The last row is provisional, see ``Columns.view_with``.
        """
        changed = _differing(self._step, self.best.view()[-1:])
        return self.best.view_with(changed) if len(changed) else self.best.view()

    def _detect(self, brought: Brought, derived: Derived) -> None:
        seen = self.detectors.apply(brought.flow, brought.tops, brought.samples)
        if len(seen.detections):
            self.detections.append(seen.detections)
            derived.append((Kind.DETECTION, seen.detections))
        if len(seen.markouts):
            self.markouts.append(seen.markouts)
            derived.append((Kind.MARKOUT, seen.markouts))

    def _keep_ofi(self, tops: Rows) -> None:
        clocks = np.concatenate([self._ofi_clocks, tops["clock_ns"]])
        values = np.concatenate([self._ofi, tops["ofi"]])
        recent = clocks > clocks[-1] - OFI_WINDOW_NS
        self._ofi_clocks, self._ofi = clocks[recent], values[recent]

    def ofi(self, now_ns: int) -> float | None:
        """Event order-flow imbalance summed over the ten seconds before ``now_ns``; None when undefined."""
        recent = self._ofi[self._ofi_clocks > now_ns - OFI_WINDOW_NS]
        known = recent[~np.isnan(recent)]
        return float(known.sum()) if len(known) else None

    def _session_opens(self, prints: Rows) -> Times:
        if self.calendar is None:
            return np.zeros(0, np.int64)
        return self.calendar.session_opens(
            int(prints["clock_ns"][0]) - 4 * 86_400 * NS_PER_S, int(prints["clock_ns"][-1])
        )

    def _keep_vendor(self, rows: Rows | None, prints: Rows) -> Rows:
        """Keep the vendor bars that count; returns those the emitted bars are made of."""
        if self.bar_ns is None:
            self.bar_ns = _leading(rows, prints)
        if rows is None or not self.bar_ns:
            return empty(self.bars_kind)
        rows = counting(rows, prints, self.print_ns)
        for interval_ns in np.unique(rows["interval_ns"]).tolist():
            store = self.vendor.setdefault(interval_ns, Columns(DTYPES[self.bars_kind]))
            store.append(rows[rows["interval_ns"] == interval_ns])
        return rows[rows["interval_ns"] == self.bar_ns]

    def keep_features(self, rows: Rows) -> None:
        """Keep FEATURES rows; the oldest are forgotten, many at a time."""
        if len(self.features) + len(rows) > 2 * KEPT_FEATURES:
            recent = Columns(DTYPES[Kind.FEATURES])
            recent.append(self.features.view()[-KEPT_FEATURES:])
            self.features = recent
        self.features.append(rows)

    def freeze(self) -> FrozenLane:
        """The state now; cheap: histories are shared, not copied."""
        return FrozenLane(
            feed=self.feed.freeze(),
            bar_ns=self.bar_ns,
            print_ns=self.print_ns,
            series=tuple(series.freeze() for series in self.series),
            traded=self.traded.freeze(),
            prints=self.prints.freeze(),
            vendor={interval: store.freeze() for interval, store in self.vendor.items()},
            spots=self.spots.freeze(),
            pulses={kind: pulse.freeze() for kind, pulse in self.pulses.items()},
            latencies={kind: latency.freeze() for kind, latency in self.latencies.items()},
            ofi=(self._ofi_clocks, self._ofi),
            gaps=self.gaps,
            gap_count=self.gap_count,
            volume=self.volume,
            sample_ns=self.sample_ns,
            best=self.best.freeze(),
            step=self._step,
            mark=self.mark,
            detectors=self.detectors.freeze(),
            detections=self.detections.freeze(),
            markouts=self.markouts.freeze(),
            features=self.features.freeze(),
            stacked=self.stacked.freeze(),
        )

    def thaw(self, frozen: FrozenLane) -> None:
        """Become what was frozen."""
        self.reset()
        self.feed.thaw(frozen.feed)
        self.bar_ns, self.print_ns = frozen.bar_ns, frozen.print_ns
        for series, part in zip(self.series, frozen.series, strict=True):
            series.thaw(part)
        self.traded.thaw(frozen.traded)
        self.prints.adopt(frozen.prints)
        self.detectors.thaw(frozen.detectors)
        self.detections.adopt(frozen.detections)
        self.markouts.adopt(frozen.markouts)
        self.best.adopt(frozen.best)
        self._step, self.mark = frozen.step, frozen.mark
        self.features.adopt(frozen.features)
        self.stacked.thaw(frozen.stacked)
        for interval, part in frozen.vendor.items():
            self.vendor.setdefault(interval, Columns(DTYPES[self.bars_kind])).adopt(part)
        self.spots.adopt(frozen.spots)
        for kind, part in frozen.pulses.items():
            self.pulses.setdefault(kind, Pulse()).thaw(part)
        for kind, part in frozen.latencies.items():
            self.latencies.setdefault(kind, Latency()).thaw(part)
        self._ofi_clocks, self._ofi = frozen.ofi
        self.gaps, self.gap_count = frozen.gaps, frozen.gap_count
        self.volume, self.sample_ns = frozen.volume, frozen.sample_ns


def _best_steps(tops: Rows, step: Rows) -> tuple[Rows, Rows]:
    """The last best prices in each cell that has ended, BEST (n,), and those in the cell that has not.

    A slice may end in the middle of a cell; so what counts of a cell is known only when the next one begins.

    Args:
        tops: TOP rows, one at least.
        step: The last best prices before them, BEST (1,); (0,) before the first.
    """
    rows = np.zeros(len(tops), BEST)
    for name, source in (("clock_ns", "clock_ns"), ("bid", "bid_ticks"), ("ask", "ask_ticks")):
        rows[name] = tops[source]
    rows = np.concatenate([step, rows])
    cells = rows["clock_ns"] // CELL_NS
    return rows[:-1][cells[1:] != cells[:-1]], rows[-1:]


def _differing(steps: Rows, last: Rows) -> Rows:
    """Those of BEST rows that differ from the ones before; ``last`` is the one before them, or none."""
    both = np.concatenate([last, steps])
    differs = (both["bid"][1:] != both["bid"][:-1]) | (both["ask"][1:] != both["ask"][:-1])
    return steps[differs] if len(last) else steps[np.append(True, differs)[: len(steps)]]


def _leading(bars: Rows | None, prints: Rows) -> int | None:
    """Length of the first of these bars when it came before every print; 0 after a print, None without either."""
    if bars is None or not len(bars):
        return 0 if len(prints) else None
    return 0 if len(prints) and prints["seq"][0] < bars["seq"][0] else int(bars["interval_ns"][0])


def _spots_of_chains(ends: Rows, kind: Kind, instrument: Instrument) -> Rows:
    """Bars of one price, from the last rows of snapshots."""
    rows = empty(kind, len(ends))
    for name in ("seq", "clock_ns", "event_ns", "recv_ns", "instrument"):
        rows[name] = ends[name]
    rows["interval_ns"], rows["open_ns"], rows["volume"] = SPOT_NS, ends["clock_ns"] - SPOT_NS, np.nan
    suffix = "" if kind is Kind.INDEX else "_ticks"
    prices = ends["spot"] if kind is Kind.INDEX else np.rint(ends["spot"] / instrument.tick)
    for name in ("open", "high", "low", "close"):
        rows[f"{name}{suffix}"] = prices
    for name in ("buy_volume", "sell_volume", "trades"):
        if name in (rows.dtype.names or ()):
            rows[name] = np.nan
    return rows
