"""Faults of a feed, put into the simulated stream at known times, with the honest effects a real one would have.

One fault in every five minutes of the clock, the kinds in turn, at an instant that is a function of the seed:

``silence``       the futures say nothing for fifteen seconds; then the break is noticed, the books are sent anew.
``gap``           a third of a second of messages is lost; the same.
``burst``         the futures are held up for two seconds and come at once.
``disconnect``    the link breaks, which is known at once; no futures, levels or chains for ten seconds.
``late``          the futures come a quarter of a second late for eight seconds.
``out_of_order``  some messages carry clocks that step back, for five seconds.
``crossed``       a bid stands above the best offer of ES for a second and a half.
``bad_chain``     chains of those five minutes have crossed, negative and missing quotes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.errors import ConfigError
from cockpit.events.dtypes import ADD, BID, CANCEL, Flag, GapReason, Kind, empty
from cockpit.feeds.synthetic.curves import CELL_NS
from cockpit.feeds.synthetic.philox import uniforms
from cockpit.units import NO_TIME, NS_PER_MIN, NS_PER_MS, NS_PER_S, Rows

PERIOD_NS: Final = 5 * NS_PER_MIN
DURATIONS_NS: Final = {
    "silence": 15 * NS_PER_S,
    "gap": 300 * NS_PER_MS,
    "burst": 2 * NS_PER_S,
    "disconnect": 10 * NS_PER_S,
    "late": 8 * NS_PER_S,
    "out_of_order": 5 * NS_PER_S,
    "crossed": 1500 * NS_PER_MS,
    "bad_chain": PERIOD_NS,
}
KINDS: Final = tuple(DURATIONS_NS)
LOST: Final = ("silence", "gap", "disconnect")  # whose messages never come, so that books must be sent anew
IN_FEED_FAILURE: Final = ("disconnect", "silence", "gap", "late")  # of the scenario of that name
LATE_NS: Final = 250 * NS_PER_MS
_STREAM: Final = 950
_BACK_NS: Final = 5 * NS_PER_MS
_EVERY: Final = 50  # one transaction in so many is out of order
_CROSSED_ID: Final = 1 << 62  # ids of orders that no book of the market has


@dataclass(frozen=True, slots=True)
class Fault:
    """One occurrence, ``start_ns <= t < end_ns``, ns UTC, both on whole tenths of a second."""

    kind: str
    start_ns: int
    end_ns: int
    number: int


class Faults:
    """When what goes wrong.

    Args:
        seed: Of the market.
        kinds: Those wanted, in turn; none: nothing ever does.

    Raises:
        ConfigError: There is no such kind; the message names those there are.
    """

    def __init__(self, seed: int, kinds: tuple[str, ...]) -> None:
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown:
            raise ConfigError(f"no fault {unknown[0]!r}; there are {', '.join(KINDS)}")
        self._seed, self._kinds = seed, kinds

    def at(self, ns: int) -> Fault | None:
        """The fault an instant lies in, or None."""
        found = self.of_window(ns // PERIOD_NS)
        return found if found is not None and found.start_ns <= ns < found.end_ns else None

    def next_edge(self, after_ns: int, until_ns: int) -> int:
        """The first beginning or end of a fault after an instant, or ``until_ns`` where that comes first."""
        for window in range(after_ns // PERIOD_NS, until_ns // PERIOD_NS + 1):
            fault = self.of_window(window)
            if fault is None:
                return until_ns
            for edge in (fault.start_ns, fault.end_ns):
                if edge > after_ns:
                    return min(edge, until_ns)
        return until_ns

    def of_window(self, window: int) -> Fault | None:
        """The fault of the window that begins at ``window * PERIOD_NS``."""
        if not self._kinds:
            return None
        kind = self._kinds[window % len(self._kinds)]
        length = DURATIONS_NS[kind]
        room = PERIOD_NS - length
        part = float(uniforms(self._seed, _STREAM, window, 1)[0])
        start = window * PERIOD_NS + int(room * part) // CELL_NS * CELL_NS
        return Fault(kind, start, start + length, window)


def gap_rows(fault: Fault, instruments: int, at_ns: int) -> Rows:
    """What a reader is told of a break: a GAP row for each of the first ``instruments`` ids."""
    rows = empty(Kind.GAP, instruments)
    rows["clock_ns"], rows["event_ns"], rows["recv_ns"] = at_ns, NO_TIME, NO_TIME
    rows["instrument"], rows["from_ns"] = np.arange(instruments), fault.start_ns
    rows["expected"] = rows["received"] = -1
    rows["reason"] = GapReason.VENUE if fault.kind == "disconnect" else GapReason.SEQUENCE
    return rows


def delayed(fault: Fault, rows: Rows) -> Rows:
    """Orders of a burst, all at its end, or of a late stretch, each later, none after its end."""
    if fault.kind == "burst":
        rows["clock_ns"] = fault.end_ns
    else:
        rows["clock_ns"] = np.minimum(rows["clock_ns"] + LATE_NS, fault.end_ns)
    return rows


def step_back(rows: Rows) -> None:
    """Give some transactions among orders a clock a little before the one of their neighbours."""
    rows["clock_ns"][rows["sequence"] % _EVERY == 0] -= _BACK_NS


def crossing_row(fault: Fault, ask_ticks: int, *, is_end: bool) -> Rows:
    """The order that crosses the book of instrument 0 when a fault begins, or its cancel when it ends, MBO (1,)."""
    rows = empty(Kind.MBO, 1)
    at_ns = fault.end_ns if is_end else fault.start_ns
    rows["clock_ns"] = rows["event_ns"] = rows["recv_ns"] = at_ns
    rows["instrument"], rows["order_id"] = 0, _CROSSED_ID + fault.number
    rows["price_ticks"], rows["size"] = ask_ticks + 2, 1
    rows["action"], rows["side"] = CANCEL if is_end else ADD, BID
    rows["flags"] = Flag.LAST
    return rows


def spoiled(chain: Rows) -> Rows:
    """A chain with quotes no market makes: a third crossed, some below nothing, some missing."""
    place = (chain["strike"] / 5).astype(np.int64)
    chain["ask"] = np.where(place % 3 == 0, chain["bid"] / 2, chain["ask"])
    chain["bid"] = np.where(place % 11 == 1, -1.0, chain["bid"])
    chain["ask"] = np.where(place % 13 == 2, np.nan, chain["ask"])
    for name in ("iv", "gamma", "delta"):
        chain[name] = np.where(place % 7 == 3, np.nan, chain[name])
    return chain
