"""Where the mid went after each detection, and where it goes anyway: what a detector is worth.

A detection is followed over HORIZONS, to the first end of a transaction, or tick, at or after each. It was right
when the mid had moved in the expected direction; a mid that stands still is not right. The base rate is how often
the mid goes that way over the same time from any second, so that a detector in a rising market is not praised for
the market. A stretch with a gap or a suspect book in it counts nowhere.

Source: issue 5, markouts; Wilson (1927) for the interval, see ``scores.py``.
"""

from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import ENDS, Record, Records, What, record
from cockpit.engines.detect.layout import CAUSE, Stretch, kernel, nothing, part
from cockpit.engines.detect.scores import HORIZONS, Score
from cockpit.events.dtypes import DTYPES, DetectionPhase, Kind
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_S, Rows, Sizes

DETECTORS: Final = 8  # numbers of detectors, and one more
WAITING: Final = 4_096  # detections followed at a time; past it the oldest is given up, and counted
SECONDS: Final = 512  # mids kept, one a second; more than the longest horizon
OUT_ROWS: Final = 1_024
FAR_NS: Final = 2**62
PENDING: Final = record(
    ("id", np.int64),
    ("detector", np.int64),
    ("direction", np.int64),
    ("since_ns", np.int64),
    ("mid", np.float64),
    ("next", np.int64),  # index into HORIZONS
)
STATE: Final = record(
    ("waiting", np.int64),
    ("dropped", np.int64),
    ("broken_ns", np.int64),  # last clock at which the mid was not known
    ("is_suspect", np.int64),  # whether the book may be wrong: since a gap, or as the last tick said
    ("due_ns", np.int64),  # no horizon of what is pending ends before
    ("second", np.int64),  # the last whole second whose mid was kept
    ("taken", np.int64),  # mids kept so far
    ("compared", np.int64, (len(HORIZONS),)),  # of them, compared with a later one, by horizon
)
MID: Final = record(("clock_ns", np.int64), ("mid", np.float64))
N, HITS, UPS = 0, 1, 2  # of a score: detections that count, those that were right, those that expected up
BASE_N, BASE_UP, BASE_DOWN = 0, 1, 2
_TICK, _GAP = What.TICK, What.GAP
_SEEN: Final = int(DetectionPhase.SEEN)
_HORIZONS: Final = np.array(HORIZONS)


class MarkoutArrays(NamedTuple):
    """All there is.

    Attributes:
        pending: PENDING (WAITING,), the first ``state.waiting`` in order of their beginning.
        mids: MID (SECONDS,), a ring.
        state: STATE (1,).
        scores: int64 (DETECTORS, horizons, 3), by N, HITS, UPS.
        base: int64 (horizons, 3), by BASE_N, BASE_UP, BASE_DOWN.
    """

    pending: Records
    mids: Records
    state: Records
    scores: Sizes
    base: Sizes


def markout_arrays() -> MarkoutArrays:
    """Of an instrument in which nothing was seen."""
    state = np.zeros(1, STATE)
    state["broken_ns"] = state["second"] = NO_TIME
    state["due_ns"] = FAR_NS
    scores, base = np.zeros((DETECTORS, len(HORIZONS), 3), np.int64), np.zeros((len(HORIZONS), 3), np.int64)
    return MarkoutArrays(np.zeros(WAITING, PENDING), np.zeros(SECONDS, MID), state, scores, base)


@part
def _wait(arrays: MarkoutArrays, detection: Record) -> None:
    state = arrays.state[0]
    if detection.phase != _SEEN or detection.direction == 0 or np.isnan(detection.mid):
        return
    if state.waiting == len(arrays.pending):
        state.dropped += 1
        for k in range(1, state.waiting):
            arrays.pending[k - 1] = arrays.pending[k]
        state.waiting -= 1
    new = arrays.pending[state.waiting]
    new.id, new.detector, new.direction = detection.id, detection.detector, detection.direction
    new.since_ns, new.mid, new.next = detection.clock_ns, detection.mid, 0
    state.waiting += 1
    state.due_ns = min(state.due_ns, detection.clock_ns + _HORIZONS[0])


@part
def _mark(arrays: MarkoutArrays, row_of: Record, mid: float, found: Records) -> int:
    """Write what is due, and drop what was followed to its end."""
    state, n, kept = arrays.state[0], 0, 0
    state.due_ns = FAR_NS
    for k in range(state.waiting):
        each = arrays.pending[k]
        while each.next < len(_HORIZONS) and row_of.clock_ns >= each.since_ns + _HORIZONS[each.next]:
            is_known = not np.isnan(mid) and state.broken_ns < each.since_ns
            row = found[n]
            row.seq, row.clock_ns, row.event_ns, row.recv_ns = row_of.seq, row_of.clock_ns, NO_TIME, NO_TIME
            row.id, row.detector, row.direction = each.id, each.detector, each.direction
            row.horizon_ns, row.since_ns, row.from_mid = _HORIZONS[each.next], each.since_ns, each.mid
            row.to_mid = mid if is_known else np.nan
            row.move = (mid - each.mid) * each.direction if is_known else np.nan
            if is_known:
                score = arrays.scores[each.detector, each.next]
                score[N] += 1
                score[HITS] += 1 if row.move > 0 else 0
                score[UPS] += 1 if each.direction > 0 else 0
            each.next += 1
            n += 1
        if each.next < len(_HORIZONS):
            state.due_ns = min(state.due_ns, each.since_ns + _HORIZONS[each.next])
            if kept != k:
                arrays.pending[kept] = arrays.pending[k]
            kept += 1
    state.waiting = kept
    return n


@part
def _keep_mid(arrays: MarkoutArrays, clock_ns: int, mid: float) -> None:
    """Once a second: compare the mids of long enough ago with this one."""
    state = arrays.state[0]
    for h in range(len(_HORIZONS)):
        while state.compared[h] < state.taken:
            old = arrays.mids[state.compared[h] % SECONDS]
            if clock_ns < old.clock_ns + _HORIZONS[h]:
                break
            if not np.isnan(mid) and not np.isnan(old.mid) and state.broken_ns < old.clock_ns:
                arrays.base[h, BASE_N] += 1
                arrays.base[h, BASE_UP] += 1 if mid > old.mid else 0
                arrays.base[h, BASE_DOWN] += 1 if mid < old.mid else 0
            state.compared[h] += 1
    arrays.mids[state.taken % SECONDS].clock_ns = clock_ns
    arrays.mids[state.taken % SECONDS].mid = mid
    state.taken += 1
    for h in range(len(_HORIZONS)):
        state.compared[h] = max(state.compared[h], state.taken - SECONDS)


@kernel
def scan_markouts(
    arrays: MarkoutArrays, detections: Records, seen: int, flow: Records, start: int, stop: int, context: Records,
    samples: Records, found: Records,
) -> tuple[int, int, int]:  # fmt: skip
    """Follow detections through the flow, until all is taken or ``found`` has no room.

    Args:
        arrays: Changed.
        detections: DETECTION (m,), in seq order; each is followed from behind the row of its seq.
        seen: How many of them were taken before.
        flow, start, stop: As in ``layout.Stretch``.
        context: CONTEXT (stop - start,).
        samples: SAMPLE, as the context refers to them.
        found: MARKOUT (n,), at least as long as there are pending ones times horizons.

    Returns:
        How many detections have been taken, the first row of the flow not taken, and rows written.
    """
    state, n = arrays.state[0], 0
    for i in range(start, stop):
        row, known = flow[i], context[i - start]
        while seen < len(detections) and detections[seen].seq < row.seq:
            _wait(arrays, detections[seen])
            seen += 1
        if n > 0 and n + state.waiting * len(_HORIZONS) > len(found):
            return seen, i, n
        what = row.what & CAUSE
        if what == _GAP:
            state.is_suspect = 1
        if what == _TICK:
            state.is_suspect = samples[known.sample].is_suspect
        if what != _TICK and row.what < ENDS:
            continue
        mid = np.nan
        if state.is_suspect == 0 and known.bid != NO_PRICE and known.ask != NO_PRICE:
            mid = 0.5 * known.bid + 0.5 * known.ask
        else:
            state.broken_ns = row.clock_ns
        if row.clock_ns >= state.due_ns:
            n += _mark(arrays, row, mid, found[n:])
        if what == _TICK and row.clock_ns // NS_PER_S > state.second:
            state.second = row.clock_ns // NS_PER_S
            _keep_mid(arrays, row.clock_ns, mid)
    while seen < len(detections):
        _wait(arrays, detections[seen])
        seen += 1
    return seen, stop, n


class Markouts:
    """What came after the detections of one instrument."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Become as new."""
        self._arrays = markout_arrays()

    def apply(self, detections: Rows, stretch: Stretch) -> Rows:
        """Take DETECTION rows and the stretch they were seen in; returns MARKOUT (n,)."""
        waiting = int(self._arrays.state["waiting"][0]) + len(detections)
        found = np.zeros(max(OUT_ROWS, waiting * len(HORIZONS)), DTYPES[Kind.MARKOUT])
        parts: list[Rows] = []
        seen, at = 0, stretch.start
        while at < stretch.stop:
            context = stretch.context[at - stretch.start :]
            seen, at, n = scan_markouts(
                self._arrays, detections, seen, stretch.flow, at, stretch.stop, context, stretch.samples, found
            )
            parts.append(found[:n].copy())
        return np.concatenate([found[:0], *parts])

    def score(self, detector: int, horizon: int) -> Score:
        """Of a detector over ``HORIZONS[horizon]``."""
        n, hits, ups = self._arrays.scores[detector, horizon].tolist()
        seconds, up, down = self._arrays.base[horizon].tolist()
        chance = None if not n or not seconds else (ups * up + (n - ups) * down) / (n * seconds)
        return Score(n, hits, chance)

    @property
    def dropped(self) -> int:
        """Detections given up because too many were followed at a time."""
        return int(self._arrays.state["dropped"][0])

    def freeze(self) -> tuple[Rows, ...]:
        """All of its state; of what is pending only what is in use."""
        pending = self._arrays.pending[: int(self._arrays.state["waiting"][0])].copy()
        return (pending, *(array.copy() for array in self._arrays[1:]))

    def thaw(self, frozen: tuple[Rows, ...]) -> None:
        """Become what was frozen."""
        self.reset()
        self._arrays.pending[: len(frozen[0])] = frozen[0]
        for array, kept in zip(self._arrays[1:], frozen[1:], strict=True):
            array[...] = kept


def warm() -> None:
    """Load the kernel from numba's cache, or compile it (seconds); any thread may call it."""
    Markouts().apply(np.zeros(0, DTYPES[Kind.DETECTION]), nothing())
