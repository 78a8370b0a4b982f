"""What detectors share: the stretch they look at, and small parts of kernels.

numba's cache does not see a change across files: when something here changes, touch the kernels that use it.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.engines.book.layout import FLOW, NOWHERE, Record, Records, What, record
from cockpit.events.dtypes import ASK, BID, EVIDENCE, SAMPLE, DetectionPhase
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_S, Rows

KEPT_NS: Final = 10 * NS_PER_S  # how far detectors may look back in the flow
KEPT_ROWS: Final = 1 << 17  # and how many rows, whichever is less
CAUSE: Final = 15  # mask of ``What`` in ``what``
OUT_ROWS: Final = 512  # room for what one call of a kernel finds
FIRED: Final = record(("price", np.int64), ("side", np.int64), ("clock_ns", np.int64))  # of what fired lately
FIRED_ROOM: Final = 32
CONTEXT: Final = record(  # what was known at a row of the flow, its own transaction included once it ended
    ("bid", np.int64),  # best prices, ticks; NO_PRICE
    ("ask", np.int64),
    ("median", np.float64, (2,)),  # by side: median size of the ten best levels over three minutes; NaN unknown
    ("high", np.float64, (2,)),  # and a high quantile of it
    ("sample", np.int64),  # at a tick: index of its SAMPLE; else -1
)
_SEEN: Final = int(DetectionPhase.SEEN)

# nothing here makes an array, so none needs reference counts: they cost more than the work
part: Any = njit(nogil=True, forceinline=True, _nrt=False)  # pyright: ignore[reportCallIssue]  not in the stub
call: Any = njit(nogil=True, inline="never", _nrt=False)  # pyright: ignore[reportCallIssue]  for what is rare, and long
kernel: Any = njit(cache=True, nogil=True, _nrt=False)  # pyright: ignore[reportCallIssue]  the same


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A piece of the flow of one instrument, with what came before it.

    Attributes:
        flow: FLOW (m,); the rows to look at are ``flow[start:stop]``, what is before them is at least KEPT_NS or
            KEPT_ROWS of the past.
        start, stop: Where they are.
        context: CONTEXT (stop - start,).
        samples: SAMPLE (k,), the book at each TICK among them.
    """

    flow: Rows
    start: int
    stop: int
    context: Rows
    samples: Rows


def nothing() -> Stretch:
    """A stretch in which nothing happens, to load kernels with."""
    flow, samples = np.zeros(1, FLOW), np.zeros(0, SAMPLE)
    flow["what"], flow["side"] = What.NOTHING, NOWHERE
    samples.flags.writeable = False  # as books give them
    return Stretch(flow, 0, 1, np.zeros(1, CONTEXT), samples)


def fired() -> Rows:
    """FIRED (FIRED_ROOM,), of a detector that never fired."""
    rows = np.zeros(FIRED_ROOM, FIRED)
    rows["price"], rows["clock_ns"] = NO_PRICE, NO_TIME
    return rows


@part
def is_debounced(fired: Records, price: int, side: int, clock_ns: int, span_ns: int) -> bool:
    """Whether the same was seen at this price within the last ``span_ns``."""
    for k in range(len(fired)):
        each = fired[k]
        if each.price == price and each.side == side and each.clock_ns > clock_ns - span_ns:
            return True
    return False


@part
def note_fired(fired: Records, price: int, side: int, clock_ns: int) -> None:
    """Remember it, in the place of the oldest."""
    oldest = 0
    for k in range(1, len(fired)):
        if fired[k].clock_ns < fired[oldest].clock_ns:
            oldest = k
    fired[oldest].price, fired[oldest].side, fired[oldest].clock_ns = price, side, clock_ns


@part
def begin(found: Record, row: Record, number: int, detector: int, side: int, direction: int) -> None:
    """Fill in what every detection has; ``row`` of the flow made it certain."""
    found.seq, found.clock_ns = row.seq, row.clock_ns
    found.event_ns = found.recv_ns = NO_TIME
    found.id, found.detector, found.phase, found.reason = number, detector, _SEEN, 0
    found.side = BID if side == 0 else ASK
    found.direction = direction
    found.price_ticks = found.to_ticks = NO_PRICE
    found.begin_ns = row.clock_ns
    found.size = found.count = found.causes = 0
    found.threshold = found.ratio = found.mid = np.nan
    for k in range(len(found.values)):
        found.values[k] = np.nan
    for k in range(EVIDENCE):
        found.evidence[k] = -1


@part
def add_cause(found: Record, seq: int) -> None:
    """Remember a change or trade: the first half of EVIDENCE and the last half are kept, all are counted."""
    half = EVIDENCE // 2
    n = found.causes
    if n == 0 or found.evidence[n - 1 if n <= half else half + (n - 1 - half) % half] != seq:
        found.evidence[n if n < half else half + (n - half) % half] = seq
        found.causes = n + 1
