"""A recording through books and detectors alone: for `cockpit detect`, and for the desk when rules change.

It takes the same events in the same order as the desk does, so that with the same rules it sees the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from cockpit.engines.detect.engine import Detectors, Rules
from cockpit.events.dtypes import DTYPES, Kind, empty
from cockpit.events.market import Slice, by_instrument
from cockpit.instruments import Instrument
from cockpit.ring import Columns
from cockpit.state.book_feed import BOOK_KINDS, BookFeed
from cockpit.units import NS_PER_MIN, Rows

BLOCK_EVENTS: Final = 65_536
_KINDS: Final = frozenset({*BOOK_KINDS, Kind.TRADE, Kind.GAP})


class Slices(Protocol):
    """What the scan needs of a river."""

    def take(self, max_events: int, until_ns: int | None = None) -> Slice | None:
        """The next events; None or nothing at the end."""
        ...


@dataclass(eq=False)
class Scanned:
    """What came of one instrument.

    Attributes:
        detectors: As they stand at the end, with their scores.
        events: Rows of it that were taken.
        first_ns, last_ns: Clock of the first and the last of them; None without any.
        minutes: In how many minutes of the clock there were any.
    """

    detectors: Detectors
    feed: BookFeed
    events: int = 0
    first_ns: int | None = None
    last_ns: int | None = None
    minutes: int = 0
    _minute: int = 0
    seen: Columns = field(default_factory=lambda: Columns(DTYPES[Kind.DETECTION]))
    marked: Columns = field(default_factory=lambda: Columns(DTYPES[Kind.MARKOUT]))

    @property
    def detections(self) -> Rows:
        """Everything seen, DETECTION (n,)."""
        return self.seen.view()

    @property
    def markouts(self) -> Rows:
        """What came after, MARKOUT (n,)."""
        return self.marked.view()

    def count(self, rows: Rows) -> None:
        """Note rows of the recording, in order."""
        clocks = rows["clock_ns"]
        self.events += len(rows)
        first, last = int(clocks.min()), int(clocks.max())
        self.first_ns = first if self.first_ns is None else min(self.first_ns, first)
        self.last_ns = last if self.last_ns is None else max(self.last_ns, last)
        minutes = np.unique(clocks // NS_PER_MIN)
        new = minutes[minutes > self._minute]
        if len(new):
            self.minutes += len(new)
            self._minute = int(new[-1])


class Scan:
    """Feeds slices to one book and its detectors per instrument.

    Args:
        instruments: In id order; may grow while it runs.
        rules: Of every instrument.
        only: Ids that are wanted; None: all.
    """

    def __init__(self, instruments: Iterable[Instrument], rules: Rules, only: frozenset[int] | None = None) -> None:
        self._instruments, self._rules, self._only = instruments, rules, only
        self.found: dict[int, Scanned] = {}

    def take(self, piece: Slice) -> None:
        """The next slice of the river."""
        parts: dict[int, dict[Kind, Rows]] = {}
        everywhere: list[tuple[Kind, Rows]] = []
        for batch in piece.batches:
            if batch.kind not in _KINDS or not len(batch):
                continue
            for instrument, rows in by_instrument(batch.rows):
                if instrument < 0:
                    everywhere.append((batch.kind, rows))
                elif self._only is None or instrument in self._only:
                    parts.setdefault(instrument, {})[batch.kind] = rows
        ticks = piece.of(Kind.TICK)
        ticks = empty(Kind.TICK) if ticks is None else ticks
        for instrument in {*parts, *self.found}:
            self._apply(instrument, parts.get(instrument, {}), everywhere, ticks)

    def _apply(
        self, instrument: int, parts: dict[Kind, Rows], everywhere: list[tuple[Kind, Rows]], ticks: Rows
    ) -> None:
        it = self.found.get(instrument)
        if it is None:
            feed = BookFeed(instrument, keeps_heat=False)
            it = self.found[instrument] = Scanned(Detectors(instrument, self._rules), feed)
        for kind, rows in everywhere:
            own = parts.get(kind)
            both = rows if own is None else np.concatenate([own, rows])
            parts[kind] = both[np.argsort(both["seq"], kind="stable")]
        for rows in parts.values():
            it.count(rows)
        brought = it.feed.apply(parts, ticks)
        seen = it.detectors.apply(brought.flow, brought.tops, brought.samples)
        if len(seen.detections):
            it.seen.append(seen.detections)
        if len(seen.markouts):
            it.marked.append(seen.markouts)


def scan(
    river: Any,
    rules: Rules,
    *,
    only: frozenset[int] | None = None,
    until_ns: int | None = None,
    progress: Callable[[int, int], bool] = lambda _events, _clock: True,
) -> dict[int, Scanned]:
    """Everything a river has, through books and detectors.

    Args:
        river: Fresh; with ``take`` and ``registry``.
        rules, only: As in ``Scan``.
        until_ns: Stop after the last event at or before it.
        progress: Told events taken so far and the clock; False from it ends the scan.

    Returns:
        By instrument id, in order; instruments without book or trades are left out.
    """
    work, events = Scan(river.registry, rules, only), 0
    while (piece := river.take(BLOCK_EVENTS, until_ns)) is not None and piece.events:
        work.take(piece)
        events += piece.events
        if not progress(events, piece.clock_ns):
            break
    return dict(sorted((key, each) for key, each in work.found.items() if each.feed.book is not None))
