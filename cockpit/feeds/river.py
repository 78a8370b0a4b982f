"""One river: all sources and the ticks merged into one order of events, exact to return to.

Order (``contracts.md`` 1): ``(largest clock so far within the source, order of the source, seq within it)``.
The result does not depend on how sources are cut into chunks nor on how the caller cuts ``take``.

How it is made: of what the sources have buffered, everything up to the safe horizon (no source can still bring
an earlier event) becomes one *window*, merged and numbered at once; slices are views of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cockpit.events.market import Slice
from cockpit.feeds.lane import Lane, LaneMark
from cockpit.feeds.source import CHUNK_EVENTS, Source
from cockpit.feeds.spool import GIBIBYTE, Spooled
from cockpit.feeds.window import Window
from cockpit.instruments import Registry
from cockpit.units import NO_TIME

MAX_SLICE: Final = CHUNK_EVENTS  # events of one slice, so that 36 years of ticks never stand in memory


@dataclass(frozen=True, slots=True)
class RiverMark:
    """Exact place in the river; valid for every river over the same sources in the same order.

    Attributes:
        lanes: Place in each source.
        next_seq: ``seq`` of the next event.
        event_ns: Clock of the last event that is no tick of the river's own; NO_TIME before the first.
        ticks: Ticks that followed it so far.
        clock_ns: Clock after the last event, ticks included; NO_TIME at the start.
    """

    lanes: tuple[LaneMark, ...]
    next_seq: int
    event_ns: int
    ticks: int
    clock_ns: int


class River:
    """All sources merged on one clock, with ticks.

    When no source brings ticks of its own, a TICK row (clock, event and receive time equal, no instrument)
    stands at every whole second ``S`` with ``clock of the event before < S <= clock of the next event``, before
    the events whose clock is ``S`` or later; in a silence fewer and fewer
    (``cockpit.feeds.ticker``). There is none before the first event nor after the last. Ticks are events
    with a ``seq`` like all others.

    Args:
        sources: In command-line order.
        spool_bytes: Memory for chunks kept to return to, shared evenly; more goes to a temporary folder. None:
            keep nothing (headless replay); ``restore`` then reads the sources again.

    Attributes:
        registry: Instruments of all sources, added in source order; rows carry its ids.
        ticking: Whether the river adds ticks.
    """

    def __init__(self, sources: Sequence[Source], spool_bytes: int | None = GIBIBYTE) -> None:
        self.registry = Registry()
        self.sources = tuple(sources)
        self.ticking = not any(source.info.has_ticks for source in sources)
        share = None if spool_bytes is None else spool_bytes // max(len(sources), 1)
        self._lanes = [self._lane(source, order, share) for order, source in enumerate(sources)]
        self._window: Window | None = None
        self._row = 0  # of the window; without one: ticks that already followed the last event
        self._next_seq = 0
        self._event_ns = NO_TIME
        self._clock_ns = NO_TIME

    def _lane(self, source: Source, order: int, spool_bytes: int | None) -> Lane:
        ids = [self.registry.add(instrument) for instrument in source.info.instruments]
        if spool_bytes is not None and not source.info.quick_seek:
            source = Spooled(source, spool_bytes)
        return Lane(source, order, ids)

    @property
    def clock_ns(self) -> int:
        """Clock after the last event taken, ns UTC; NO_TIME at the start."""
        return self._clock_ns

    @property
    def next_seq(self) -> int:
        """``seq`` of the next event; also how many events have been taken."""
        return self._next_seq

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sources lost or doubt so far, in source order."""
        return tuple(warning for source in self.sources for warning in source.warnings)

    def next_clock_ns(self) -> int | None:
        """Clock of the next event, tick or not; None at the end. May read a chunk."""
        window = self._ready()
        return None if window is None else window.clock_ns(self._row)

    def is_ready(self) -> bool:
        """Whether the next events can be taken without reading for long; asking reads a little."""
        if self._window is not None and self._row < self._window.total:
            return True
        return all([lane.is_ready() for lane in self._lanes])  # a list: each of them reads

    def take(self, limit: int, until_ns: int | None = None) -> Slice | None:
        """The next events, ticks among them.

        Args:
            limit: At most so many; fewer come where buffered input ends, and never more than MAX_SLICE.
            until_ns: Only events with a clock up to and including this.

        Returns:
            The events, or a slice without events when none is due by ``until_ns`` (its ``clock_ns`` is the clock
            so far, NO_TIME at the start), or None when all sources have ended.

        Raises:
            SourceError: A source cannot be read on, or breaks its promises.
        """
        window = self._ready()
        if window is None:
            return None
        stop = min(self._row + min(limit, MAX_SLICE), window.total)
        if until_ns is not None:
            stop = min(stop, window.rows_until(until_ns))
        if stop <= self._row:
            return Slice((), self._next_seq, self._next_seq, self._clock_ns)
        taken = window.slice(self._row, stop)
        self._row, self._next_seq, self._clock_ns = stop, taken.next_seq, taken.clock_ns
        return taken

    def _ready(self) -> Window | None:
        """The window with the next row, or None at the end."""
        window = self._window
        if window is not None and self._row < window.total:
            return window
        if window is not None:
            self._event_ns = window.event_ns_before(self._row)
            self._window, self._row = None, 0
        live = [lane for lane in self._lanes if lane.fill()]
        if not live:
            return None
        # nothing can come before the end of the buffer that ends first; at equal clocks the source named first goes
        first = min(live, key=lambda lane: (lane.last_ns, lane.order))
        horizon_ns = first.last_ns
        parts = [lane.cut(horizon_ns, lane.order <= first.order) for lane in live]
        used = [(lane, part) for lane, part in zip(live, parts, strict=True) if len(part.running)]
        base_seq = self._next_seq - self._row
        self._window = Window(
            [lane for lane, _ in used], [part for _, part in used], base_seq, self._event_ns, self.ticking
        )
        return self._window

    def mark(self) -> RiverMark:
        """Where the river stands, to come back to."""
        window = self._window
        if window is None:
            lanes = tuple(lane.mark() for lane in self._lanes)
            return RiverMark(lanes, self._next_seq, self._event_ns, self._row, self._clock_ns)
        ahead = {lane.order: passed for lane, passed in window.passed_by_lane(self._row)}
        return RiverMark(
            tuple(lane.mark(ahead.get(lane.order, 0)) for lane in self._lanes),
            self._next_seq,
            window.event_ns_before(self._row),
            window.ticks_since_event(self._row),
            self._clock_ns,
        )

    def restore(self, mark: RiverMark) -> None:
        """Stand at the mark again; what follows is the same to the byte.

        Raises:
            SourceError: At the next read, when a source is no longer what it was.
        """
        for lane, place in zip(self._lanes, mark.lanes, strict=True):
            lane.go(place)
        self._window, self._row = None, mark.ticks
        self._next_seq, self._event_ns, self._clock_ns = mark.next_seq, mark.event_ns, mark.clock_ns
