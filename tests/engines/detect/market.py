"""Small markets for detectors: messages of a full-depth book, trades and ticks, one after the other."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from cockpit.engines.book.depth import DepthBook
from cockpit.engines.detect.engine import Detectors, Rules, Seen
from cockpit.events.dtypes import ASK, BID, CLEAR, DTYPES, MODIFY, NONE, Flag, Kind, empty
from cockpit.units import NO_PRICE, NS_PER_S, Rows

Levels = list[tuple[int, int]]


@dataclass
class Tape:
    """Rows of one instrument in the order in which they were told."""

    rows: list[tuple[Kind, Rows]] = field(default_factory=list)
    clock_ns: int = 1_000_000 * NS_PER_S
    seq: int = 0

    def _put(self, kind: Kind, rows: Rows) -> None:
        rows["seq"] = self.seq + np.arange(len(rows))
        rows["clock_ns"] = self.clock_ns
        rows["instrument"] = -1 if kind is Kind.TICK else 0
        self.seq += len(rows)
        self.rows.append((kind, rows))

    def at(self, seconds: float) -> "Tape":
        """From here on it is ``seconds`` after the beginning; every tick of 100 ms on the way is told."""
        end = 1_000_000 * NS_PER_S + round(seconds * NS_PER_S)
        while self.clock_ns + 100_000_000 <= end:
            self.clock_ns += 100_000_000
            self._put(Kind.TICK, empty(Kind.TICK, 1))
        self.clock_ns = end
        return self

    def book(self, bids: Levels = (), asks: Levels = (), *, snapshot: bool = False) -> "Tape":
        """One message of levels (price, size)."""
        levels = [(BID, *level) for level in bids] + [(ASK, *level) for level in asks]
        levels = [(NONE, NO_PRICE, 0), *levels] if snapshot else levels
        rows = empty(Kind.DEPTH, len(levels))
        rows["action"], rows["flags"] = MODIFY, Flag.SNAPSHOT if snapshot else 0
        for row, (side, price, size) in zip(rows, levels, strict=True):
            row["side"], row["price_ticks"], row["size"] = side, price, size
        if snapshot:
            rows["action"][0] = CLEAR
        rows["flags"][-1] |= Flag.LAST
        self._put(Kind.DEPTH, rows)
        return self

    def trade(self, aggressor: int, price: int, size: int) -> "Tape":
        """One print."""
        rows = empty(Kind.TRADE, 1)
        rows["aggressor"], rows["price_ticks"], rows["size"] = aggressor, price, size
        self._put(Kind.TRADE, rows)
        return self

    def of(self, kind: Kind, low: int = 0, high: int = 2**62) -> Rows:
        """All rows of a kind with a sequence from ``low`` to before ``high``."""
        rows = np.concatenate([empty(kind), *(rows for each, rows in self.rows if each is kind)])
        return rows[(rows["seq"] >= low) & (rows["seq"] < high)]


def seen(tape: Tape, rules: Rules | None = None, cuts: tuple[int, ...] = ()) -> tuple[Detectors, Seen]:
    """What detectors see of a tape, cut into slices at some sequences; they are frozen and thawed at each."""
    book, detectors = DepthBook(0), Detectors(0, rules)
    found: list[Seen] = []
    edges = [0, *sorted(cuts), tape.seq]
    for low, high in pairwise(edges):
        given = (tape.of(kind, low, high) for kind in (Kind.DEPTH, Kind.TICK, Kind.TRADE))
        output = book.apply(*given)
        found.append(detectors.apply(output.flow, output.tops, output.samples))
        if cuts:
            twin = Detectors(0, rules)
            twin.thaw(detectors.freeze())
            detectors = twin
    rows = (np.concatenate([getattr(each, name) for each in found]) for name in ("detections", "markouts"))
    return detectors, Seen(*rows)


def texts(rows: Rows) -> list[str]:
    """Bytes of every detection, to compare runs: NaN equals NaN."""
    return [str({name: row[name].tolist() for name in DTYPES[Kind.DETECTION].names or ()}) for row in rows]
