"""Detectors of one book as panels show them: scores and events, the fate of walls, the evidence of one event."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from cockpit.engines.detect.engine import Detectors
from cockpit.engines.detect.scores import FEWEST, HORIZONS, verdict_of
from cockpit.events.dtypes import DetectionPhase, Detector, EndReason
from cockpit.state.book_feed import BOOK_KINDS
from cockpit.state.detections import REASONS, TITLES, Detection, described
from cockpit.state.detector_views import (
    HORIZON_TEXTS,
    DetectorsState,
    EvidenceLevel,
    EvidencePrint,
    EvidenceState,
    FateRow,
    FateState,
    FateTotals,
    Key,
    ScoreRow,
)
from cockpit.state.heat_marks import HeatMark
from cockpit.state.ladder_walls import LadderWall
from cockpit.state.lane import Lane
from cockpit.state.panels.heads import head_of
from cockpit.state.panels.marks import MARKS, marks_of
from cockpit.state.router import Router
from cockpit.state.tuning import Tuning
from cockpit.state.views import Pane, Provenance
from cockpit.units import NS_PER_MS, NS_PER_S, Rows

EVENTS: Final = 200  # newest first; all are on tape
ENDED_WALLS: Final = 40
PRINTS: Final = 200
AROUND_NS: Final = NS_PER_S  # of prints before and after what was seen
BEFORE_NS: Final = 100 * NS_PER_MS  # a cell of the book's history
LEVELS_AROUND: Final = 6  # of the book before and after, either side of the price
NO_BOOK: Final = "no order book so far: detectors look at one"


class DetectorsReducer:
    """States of the three panels; a description is made once."""

    def __init__(self, router: Router, tuning: Tuning) -> None:
        self._router, self._tuning = router, tuning
        self._known: dict[tuple[int, int, int, int], Detection] = {}
        self._levels: tuple[object, tuple[EvidenceLevel, ...]] = (None, ())
        self._marks: dict[int, tuple[object, tuple[HeatMark, ...]]] = {}  # by lane
        self._made: dict[int, dict[tuple[int, int, int], HeatMark]] = {}

    def reduce(self, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int, horizon: int) -> DetectorsState:
        """Scores and events at ``now_ns``."""
        head = head_of(self._router, lane, pane, provenance, now_ns, BOOK_KINDS)
        rows, _, detectors = self._tuning.of(lane)
        if lane.book is None:
            return DetectorsState(head=replace(head, reason=head.reason or NO_BOOK), horizon=horizon)
        seen, own_seen = _counts(rows), _counts(lane.detections.view())
        scores = tuple(
            replace(
                _score(detectors, each.detector, int(seen[each.detector]), horizon),
                own_seen=int(own_seen[each.detector]),
                own=verdict_of(lane.detectors.markouts.score(int(each.detector), horizon)),
            )
            for each in detectors.scanners
        )
        events = tuple(self._described(lane, row) for row in rows[-EVENTS:][::-1])
        is_tried = detectors is not lane.detectors
        return DetectorsState(head, horizon, scores, events, len(rows), is_tried)

    def _described(self, lane: Lane, row: Rows) -> Detection:
        key = (lane.id, int(row["detector"]), int(row["id"]), int(row["seq"]))
        if key not in self._known:
            if len(self._known) > 4 * EVENTS:
                self._known.clear()
            self._known[key] = described(row, lane.instrument)
        return self._known[key]

    def marks(self, lane: Lane, now_ns: int, horizon: int) -> tuple[HeatMark, ...]:
        """What the heatmap marks; the same object until there is something new, or a second is over."""
        rows, marked, detectors = self._tuning.of(lane)
        made = (id(detectors), len(rows), len(marked), int(rows["seq"][-1]) if len(rows) else 0, horizon)
        made = (*made, now_ns // NS_PER_S)
        kept = self._marks.get(lane.id)
        if kept is None or kept[0] != made:
            scores = (_score(detectors, each.detector, 0, horizon) for each in detectors.scanners)
            silent = frozenset(score.detector for score in scores if score.is_silent)
            resting = {row.key: row for row in (_resting(wall, now_ns) for wall in detectors.walls.resting())}
            seen = (self._described(lane, row) for row in rows[-MARKS:][::-1])
            made_before = self._made.setdefault(lane.id, {})
            kept = self._marks[lane.id] = (made, marks_of(seen, resting, silent, lane.instrument, made_before))
        return kept[1]

    def walls(self, lane: Lane, now_ns: int) -> tuple[LadderWall, ...]:
        """The walls that rest at ``now_ns``, highest first."""
        _, _, detectors = self._tuning.of(lane)
        rows = (_resting(wall, now_ns) for wall in detectors.walls.resting())
        return tuple(
            LadderWall(
                row.ticks, row.is_bid, row.peak, row.eaten, row.pulled, row.moved, row.unattributed, row.life_ns
            )
            for row in rows
        )

    def fates(self, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int) -> FateState:
        """The walls at ``now_ns``."""
        head = head_of(self._router, lane, pane, provenance, now_ns, BOOK_KINDS)
        if lane.book is None:
            return FateState(head=replace(head, reason=head.reason or NO_BOOK))
        rows, _, detectors = self._tuning.of(lane)
        ended = rows[(rows["detector"] == Detector.WALL) & (rows["phase"] == DetectionPhase.ENDED)]
        live = tuple(_resting(wall, now_ns) for wall in detectors.walls.resting())
        gone = tuple(_ended(row) for row in ended[-ENDED_WALLS:][::-1])
        bids, asks = (_totals(ended[ended["side"] == side]) for side in (ord("B"), ord("A")))
        since = lane.heat.view().first_ns
        return FateState(head, (*live, *gone), bids, asks, since)

    def evidence(
        self, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int, key: Key | None
    ) -> EvidenceState:
        """The chosen event; nothing where it is not, or not yet."""
        head = head_of(self._router, lane, pane, provenance, now_ns, BOOK_KINDS)
        rows, marked, _ = self._tuning.of(lane)
        places = [] if key is None else np.flatnonzero((rows["detector"] == key[0]) & (rows["id"] == key[1]))
        if not len(places):
            return EvidenceState(head=head, total=len(rows), key=key)
        place = int(places[-1])
        it = self._described(lane, rows[place])
        prints = _prints_around(lane.prints.view(), it)
        return EvidenceState(
            head, it, place + 1, len(rows), _moves(marked, it.key), prints, self._book_around(lane, it), key
        )

    def _book_around(self, lane: Lane, it: Detection) -> tuple[EvidenceLevel, ...]:
        heat = lane.heat.view()
        made = (lane.id, it.key, it.seq, heat.series)
        if self._levels[0] != made:
            self._levels = (made, _levels(heat.book_at(it.begin_ns - BEFORE_NS), heat.book_at(it.clock_ns), it))
        return self._levels[1]


def stepped(rows: Rows, key: Key | None, by: int) -> Key | None:
    """The event before or after the chosen one, in the order of their last rows; the newest without one.

    Args:
        rows: DETECTION.
        key: Of the chosen one.
        by: How many on; negative is earlier.

    Returns:
        None when there are none at all.
    """
    keys = list(dict.fromkeys(zip(rows["detector"][::-1].tolist(), rows["id"][::-1].tolist(), strict=True)))[::-1]
    if not keys:
        return None
    place = keys.index(key) + by if key in keys else len(keys) - 1
    return keys[min(max(place, 0), len(keys) - 1)]


def _counts(rows: Rows) -> np.ndarray:
    """How often each detector saw something, int64 (8,) or more, by its number."""
    return np.bincount(rows["detector"][rows["phase"] == DetectionPhase.SEEN], minlength=8)


def _score(detectors: Detectors, detector: Detector, seen: int, horizon: int) -> ScoreRow:
    verdict = verdict_of(detectors.markouts.score(int(detector), horizon))
    is_silent = verdict.n >= FEWEST and not verdict.is_better
    return ScoreRow(detector, TITLES[detector], seen, verdict, is_silent)


def _resting(wall: Rows, now_ns: int) -> FateRow:
    word = "absorbing" if 4 * wall["filled"] > wall["peak"] else "resting"
    return FateRow(
        (int(Detector.WALL), int(wall["number"])),
        int(wall["price"]),
        bool(wall["side"] == 0),
        int(wall["peak"]),
        int(wall["size"]),
        max(now_ns - int(wall["over_ns"]), 0),
        *(int(wall[name]) for name in ("filled", "pulled", "moved", "lost")),
        word=word,
        is_resting=True,
    )


def _ended(row: Rows) -> FateRow:
    size, eaten, pulled, moved, lost, _ = (int(each) if each == each else 0 for each in row["values"].tolist())  # noqa: PLR0124  NaN
    return FateRow(
        (int(Detector.WALL), int(row["id"])),
        int(row["price_ticks"]),
        bool(row["side"] == ord("B")),
        int(row["size"]),
        size,
        int(row["clock_ns"] - row["begin_ns"]),
        eaten,
        pulled,
        moved,
        lost,
        REASONS[EndReason(int(row["reason"]))],
        is_resting=False,
    )


def _totals(ended: Rows) -> FateTotals:
    gone = ended["values"][:, 1:5].sum(axis=0)
    total = float(gone.sum())
    return FateTotals(len(ended), *(gone / total).tolist()) if total else FateTotals(len(ended))


def _moves(marked: Rows, key: Key) -> tuple[tuple[str, float | None], ...]:
    mine = marked[(marked["detector"] == key[0]) & (marked["id"] == key[1])]
    found: Mapping[int, float] = dict(zip(mine["horizon_ns"].tolist(), mine["move"].tolist(), strict=True))
    moves = (found.get(horizon) for horizon in HORIZONS)
    known = (None if move is None or np.isnan(move) else move for move in moves)
    return tuple(zip(HORIZON_TEXTS, known, strict=True))


def _prints_around(prints: Rows, it: Detection) -> tuple[EvidencePrint, ...]:
    """Prints from a second before it began, at most so many, the last ones."""
    first = np.searchsorted(prints["clock_ns"], it.begin_ns - AROUND_NS)
    last = np.searchsorted(prints["clock_ns"], it.clock_ns + AROUND_NS, side="right")
    causes = frozenset(it.evidence)
    sides = {ord("B"): True, ord("A"): False}
    return tuple(
        EvidencePrint(
            int(row["seq"]),
            int(row["clock_ns"]),
            int(row["price_ticks"]),
            int(row["size"]),
            sides.get(int(row["aggressor"])),
            int(row["seq"]) in causes,
        )
        for row in prints[max(first, last - PRINTS) : last]
    )


def _levels(
    before: tuple[dict[int, int], dict[int, int]], after: tuple[dict[int, int], dict[int, int]], it: Detection
) -> tuple[EvidenceLevel, ...]:
    if it.ticks is None or not any((*before, *after)):
        return ()
    ends = (it.ticks, it.ticks if it.to_ticks is None or abs(it.to_ticks - it.ticks) > 40 else it.to_ticks)
    near = sorted({*before[0], *before[1], *after[0], *after[1], it.ticks})
    inside = [tick for tick in near if min(ends) <= tick <= max(ends)]
    below = [tick for tick in near if tick < min(ends)][-LEVELS_AROUND:]
    above = [tick for tick in near if tick > max(ends)][:LEVELS_AROUND]
    return tuple(
        EvidenceLevel(tick, *(book.get(tick, 0) for book in (*before, *after)))
        for tick in reversed([*below, *inside, *above])
    )
