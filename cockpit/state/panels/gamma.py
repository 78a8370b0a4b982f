"""The gamma field on a chart: each chain repriced along the path of price and time, a column a bar.

Columns of closed bars are worked out once, newest first and a few at a time, so that no frame waits for a history.
The column of the forming bar is that of the last known close: it changes when a bar closes, not with every print.

Source: ``contracts.md`` 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from itertools import count
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options.basis import Basis, Measure
from cockpit.errors import EngineError
from cockpit.instruments import Instrument
from cockpit.state.chains import COMPARED_SIGN, DEFAULT_SIGN, Solved
from cockpit.state.field import STALE_CHAIN_NS, Entry, Field, on_target, taken, underlying
from cockpit.state.freshness import POLLED_FACTOR, STALE_FACTOR, freshness
from cockpit.state.lane import Lane
from cockpit.state.panes import LACKING
from cockpit.state.views import Freshness, GexLevel, GexOverlay, GexStretch, Pane, borders
from cockpit.units import NS_PER_MIN, Floats, Rows, Sizes, Times

if TYPE_CHECKING:
    from cockpit.engines.options.gex import Gex

FRESH_CHAIN_NS: Final = NS_PER_MIN  # contracts.md 7: opened once from a file
POLL_NS: Final = 15 * NS_PER_MIN  # chains further apart than this are no poll
RANGE: Final = 0.10  # of the spot: strikes further away are not drawn
MOST_COLUMNS: Final = 2_048  # newest bars that get a column: more than a screen shows
BUDGET_CELLS: Final = 400_000  # contracts times columns a reduction works out: a millisecond or two
_VERSIONS: Final = count(1)  # one count for all panes: equal versions are equal pictures


def chain_limits(entries: Sequence[Entry]) -> tuple[int, int]:
    """Ages from which the newest chain is AGING and STALE, ns: by its own cadence where it is polled."""
    gaps = np.diff([entry.as_of_ns for entry in entries[-8:]])
    cadence = float(np.median(gaps)) if len(gaps) >= 2 else 0.0
    if 0 < cadence <= POLL_NS:
        fresh = round(POLLED_FACTOR * cadence)
        return fresh, STALE_FACTOR * fresh
    return FRESH_CHAIN_NS, STALE_CHAIN_NS


def chain_freshness(entries: Sequence[Entry], now_ns: int) -> tuple[Freshness, int]:
    """Freshness of the newest chain, and its age in ns."""
    age = max(now_ns - entries[-1].as_of_ns, 0)
    return freshness(age, *chain_limits(entries)), age


@dataclass(slots=True, eq=False)
class _Stretch:
    """Columns under one chain; ``first`` is the bar of column 0."""

    entry: Entry
    first: int
    strikes: Floats
    values: NDArray[np.float32]
    is_done: NDArray[np.bool_]
    shown: GexStretch | None = None

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.is_done)


@dataclass(slots=True, eq=False)
class _History:
    """What a chart's field has come to so far."""

    series: int = -1
    stretches: list[_Stretch] = made_by(default_factory=list)
    seen: tuple[object, ...] = ()
    made_of: tuple[object, ...] = ()
    overlay: GexOverlay = made_by(default_factory=GexOverlay)
    is_complete: bool = True


def _near(gex: "Gex") -> NDArray[np.bool_]:
    """Strikes that are drawn."""
    return np.abs(gex.strikes / gex.spot - 1) <= RANGE


class GammaReducer:
    """Overlays by lane, interval, sign model and bucket, shared by panes that show the same."""

    def __init__(self, chains: Field) -> None:
        self._field = chains
        self._histories: dict[tuple[int, str, str, str], _History] = {}
        self._reduced: list[_History] = []

    def begin(self) -> None:
        """A new round of reductions."""
        self._reduced.clear()

    @property
    def is_complete(self) -> bool:
        """Whether every column of the overlays of this round has been worked out; else another round goes on."""
        return all(history.is_complete for history in self._reduced)

    def keep_only(self, wanted: set[tuple[int, str, str, str]]) -> None:
        """Forget fields that no pane shows."""
        self._histories = {key: history for key, history in self._histories.items() if key in wanted}

    def reduce(self, lane: Lane, pane: Pane, series: int, bars: Rows, is_forming: bool, now_ns: int) -> GexOverlay:
        """The overlay of one pane.

        Args:
            series: Number of the bar series; another one begins anew.
            bars: BAR_VIEW, the forming one last where ``is_forming``.
        """
        empty = GexOverlay(sign=pane.sign, bucket=pane.bucket)
        source = self._field.chain_source(lane)
        if source is None:
            return replace(empty, reason=self._why_none(lane))
        entries = self._field.chains(source)
        state, age = chain_freshness(entries, now_ns)
        base = replace(
            empty, freshness=state, age_ns=age, root=source.instrument.root, as_of_ns=entries[-1].as_of_ns
        )
        solved = entries[-1].solved
        if solved.chain is None:
            return replace(base, reason=f"the chain cannot be used: {solved.error}")
        if pane.sign in LACKING:
            return replace(base, reason="the flow model needs signed option prints; none are open")
        basis = self._field.basis(lane, source)
        measure = None if basis is None else basis.at(now_ns)
        if basis is not None and measure is None:
            return replace(base, reason=f"no {source.instrument.root} and {lane.instrument.raw} price within 15 m")
        history = self._histories.setdefault((lane.id, pane.interval, pane.sign, pane.bucket), _History())
        self._reduced.append(history)
        builder = _Builder(history, lane.instrument, pane, entries, basis, measure)
        # a chart made of the chain's own spots begins with the chain
        builder.update(series, bars, is_forming, "right" if lane.has_bars else "left")
        return replace(
            history.overlay,
            freshness=state,
            age_ns=age,
            basis=None if measure is None else measure.value,
            basis_age_ns=None if measure is None else max(now_ns - measure.at_ns, 0),
        )

    def _why_none(self, lane: Lane) -> str:
        stopped = [why for name, why in self._field.faults.items() if name.startswith("chain")]
        if stopped:
            return f"the chain engine stopped: {stopped[0]}"
        return f"no option chain of {lane.instrument.root} so far"


class _Builder:
    """Brings one history up to date."""

    def __init__(
        self, history: _History, instrument: Instrument, pane: Pane, entries: Sequence[Entry], basis: Basis | None,
        measure: Measure | None,
    ) -> None:  # fmt: skip
        self._history, self._instrument, self._pane = history, instrument, pane
        self._entries, self._basis, self._measure = entries, basis, measure

    def update(self, series: int, bars: Rows, is_forming: bool, side: Literal["left", "right"]) -> None:
        """Work out what the budget allows and make the overlay anew when anything changed.

        Args:
            side: ``right``: the field begins with the first bar that closes after the chain; ``left``: or with it.
        """
        history = self._history
        measure = self._measure
        seen = (series, len(bars), is_forming, len(self._entries), self._entries[-1].seq, measure, side)
        if seen == history.seen and history.is_complete:
            return
        history.seen = seen
        known = [stretch.entry for stretch in history.stretches]
        entries = [entry for entry in self._entries if entry.solved.chain is not None]
        if series != history.series or known != entries[: len(known)]:
            history.series, history.stretches, history.made_of = series, [], ()
        for entry in entries[len(history.stretches) :]:
            history.stretches.append(self._begin(entry))
        self._fill(bars, is_forming, side)
        done = tuple((stretch.first, stretch.columns, int(stretch.is_done.sum())) for stretch in history.stretches)
        made_of = (done, measure, len(bars))
        if made_of != history.made_of:
            history.made_of = made_of
            history.overlay = self._overlay()

    def _begin(self, entry: Entry) -> _Stretch:
        gex = entry.solved.gex  # any sign model and bucket has the same strikes
        assert gex is not None  # there is a chain
        strikes = np.ascontiguousarray(gex.strikes[_near(gex)])
        return _Stretch(entry, 0, strikes, np.zeros((0, len(strikes)), np.float32), np.zeros(0, np.bool_))

    def _fill(self, bars: Rows, is_forming: bool, side: Literal["left", "right"]) -> None:
        history = self._history
        opened, closes = bars["open_ns"], bars["close_ns"]
        end, budget = len(bars), BUDGET_CELLS
        history.is_complete = True
        for stretch in reversed(history.stretches):
            first = int(np.searchsorted(closes, stretch.entry.as_of_ns, side))
            first = min(max(first, len(bars) - MOST_COLUMNS), end)
            self._resize(stretch, first, end - first)
            if is_forming and end == len(bars) and end > first:
                self._carry(stretch, bars, opened)
            budget -= self._work(stretch, bars, end - first - (is_forming and end == len(bars)), budget)
            end = first

    def _resize(self, stretch: _Stretch, first: int, columns: int) -> None:
        """Room for the columns of bars [first, first + columns); what was worked out keeps its bar."""
        if first == stretch.first and columns == stretch.columns:
            return
        values = np.full((columns, len(stretch.strikes)), np.nan, np.float32)
        is_done = np.zeros(columns, np.bool_)
        low, high = max(first, stretch.first), min(first + columns, stretch.first + stretch.columns)
        if low < high:
            values[low - first : high - first] = stretch.values[low - stretch.first : high - stretch.first]
            is_done[low - first : high - first] = stretch.is_done[low - stretch.first : high - stretch.first]
        stretch.first, stretch.values, stretch.is_done, stretch.shown = first, values, is_done, None

    def _work(self, stretch: _Stretch, bars: Rows, closed: int, budget: int) -> int:
        """Work out closed columns, newest first; returns the cells spent."""
        missing = np.flatnonzero(~stretch.is_done[: max(closed, 0)])
        chain = stretch.entry.solved.chain
        if not len(missing) or chain is None:
            return 0
        most = max(budget // max(len(chain.strike), 1), 0)
        if most < len(missing):
            self._history.is_complete = False
        chosen = missing[len(missing) - min(most, len(missing)) :]
        if len(chosen):
            rows = bars[stretch.first + chosen]
            self._write(stretch, chosen, self._spots(rows["close"], rows["close_ns"]), rows["close_ns"])
            stretch.is_done[chosen] = True
        return len(chosen) * len(chain.strike)

    def _carry(self, stretch: _Stretch, bars: Rows, opened: Times) -> None:
        """The forming bar shows the field at the last close under this chain, or at the chain itself."""
        at = stretch.columns - 1
        entry, chain = stretch.entry, stretch.entry.solved.chain
        if chain is None or not np.isnan(stretch.values[at]).all():
            return
        spots, clocks = np.array([chain.spot]), np.array([entry.as_of_ns], np.int64)
        if stretch.columns > 1:
            last = bars[-2:-1]
            spots, clocks = self._spots(last["close"], last["close_ns"]), last["close_ns"]
        self._write(stretch, np.array([at]), spots, clocks)

    def _spots(self, closes: Floats, clocks: Times) -> Floats:
        """Closes in stored units as prices of the chain's underlying, by the basis known at each instant."""
        prices = closes * self._instrument.unit
        if self._basis is None:
            return prices
        known = self._basis.measures
        places = np.searchsorted(known["at_ns"], clocks, "right") - 1
        return underlying(prices, self._basis, taken(known["value"], places))

    def _write(self, stretch: _Stretch, columns: Sizes, spots: Floats, clocks: Times) -> None:
        from cockpit.engines.options.gex import field_columns  # noqa: PLC0415  numba, loaded with the first chain

        chain = stretch.entry.solved.chain
        known = np.isfinite(spots)
        if chain is None or not known.any():
            return
        made = field_columns(
            chain, stretch.strikes, np.ascontiguousarray(spots[known]), np.ascontiguousarray(clocks[known]),
            self._pane.sign, self._pane.bucket,
        )  # fmt: skip
        stretch.values[columns[known]] = made
        stretch.shown = None

    # the picture

    def _overlay(self) -> GexOverlay:
        entry = self._history.stretches[-1].entry
        gex = entry.solved.exposure(self._pane.sign, self._pane.bucket)
        assert gex is not None  # there is a chain
        near = _near(gex)
        at = self._stored(gex.strikes[near], self._measure)
        net = np.abs((gex.calls + gex.puts)[near])
        return GexOverlay(
            root=entry.solved.snapshot.root,
            as_of_ns=entry.as_of_ns,
            sign=self._pane.sign,
            bucket=self._pane.bucket,
            total=gex.total,
            call=gex.call,
            put=gex.put,
            stretches=self._shown(),
            scale=float(net.max()) if len(net) and net.max() > 0 else 1.0,
            at=at,
            calls=gex.calls[near],
            puts=gex.puts[near],
            levels=self._levels(entry.solved),
            flip_band=self._flip_band(entry.solved),
            is_ratio=self._basis is not None and not self._basis.additive,
            version=next(_VERSIONS),
        )

    def _stored(self, prices: Floats, measure: Measure | None) -> Floats:
        return on_target(prices, self._basis, measure) / self._instrument.unit

    def _shown(self) -> tuple[GexStretch, ...]:
        """Stretches as states: copies where something changed, for what was given away never changes."""
        shown: list[GexStretch] = []
        stretches = self._history.stretches
        for place, stretch in enumerate(stretches):
            if not stretch.columns or not len(stretch.strikes):
                continue
            is_last = place == len(stretches) - 1
            measure = self._measure if is_last else self._measure_at_end(stretches[place + 1].entry.as_of_ns)
            edges = self._stored(borders(stretch.strikes), measure)
            if stretch.shown is None or not np.array_equal(stretch.shown.edges, edges):
                stretch.shown = GexStretch(stretch.first, edges, stretch.values.copy())
            shown.append(stretch.shown)
        return tuple(shown)

    def _measure_at_end(self, until_ns: int) -> Measure | None:
        found = None if self._basis is None else self._basis.at(until_ns)
        return self._measure if found is None else found

    def _levels(self, solved: Solved) -> tuple[GexLevel, ...]:
        gex = solved.exposure(self._pane.sign, self._pane.bucket)
        assert gex is not None  # there is a chain
        found: list[GexLevel] = []
        for kind, strike, values in (
            ("call_wall", gex.call_wall, gex.calls),
            ("put_wall", gex.put_wall, gex.puts),
        ):
            if strike is not None:
                value = float(values[np.searchsorted(gex.strikes, strike)])
                found.append(
                    GexLevel(kind, strike, float(self._stored(np.array([strike]), self._measure)[0]), value)
                )
        flips = self._stored(np.array(gex.flips), self._measure).tolist()
        return (*found, *(GexLevel("flip", flip, at) for flip, at in zip(gex.flips, flips, strict=True)))

    def _flip_band(self, solved: Solved) -> tuple[float, float] | None:
        """Range of the nearest flip over the sign models that have one."""
        flips: list[float] = []
        for sign in (DEFAULT_SIGN, COMPARED_SIGN):
            try:
                gex = solved.exposure(sign, self._pane.bucket)
            except EngineError:
                continue
            if gex is not None and gex.flips:
                flips.append(gex.flips[0])
        if len(flips) < 2:
            return None
        low, high = self._stored(np.array([min(flips), max(flips)]), self._measure).tolist()
        return low, high
