"""States of detectors as a recording would make them."""

from cockpit.engines.detect.scores import Score, verdict_of
from cockpit.events.dtypes import DetectionPhase, Detector, EndReason
from cockpit.state.detections import Detection, Fact
from cockpit.state.detector_views import (
    DetectorsState,
    EvidenceLevel,
    EvidencePrint,
    EvidenceState,
    FateRow,
    FateState,
    FateTotals,
    ScoreRow,
)
from cockpit.state.views import Freshness, Head, Provenance
from cockpit.units import NS_PER_MIN, NS_PER_MS, NS_PER_S
from tests.widgets.shell import NOW_NS, known

HEAD = Head(known("ESH4.GLBX"), Provenance.REPLAY, Freshness.FRESH, NS_PER_S // 10)


def score(detector: Detector, title: str, n: int, hits: int, *, is_silent: bool = False) -> ScoreRow:
    verdict = verdict_of(Score(n, hits, 0.44))
    return ScoreRow(detector, title, n + 3, verdict, is_silent, n + 5, verdict)


def event(number: int, *, detector: Detector = Detector.WALL, is_bid: bool = True) -> Detection:
    clock = NOW_NS - (100 - number) * NS_PER_S + 345 * NS_PER_MS
    return Detection(
        key=(int(detector), number),
        detector=detector,
        phase=DetectionPhase.SEEN,
        reason=EndReason.NONE,
        clock_ns=clock,
        begin_ns=clock - 5 * NS_PER_S,
        seq=12_345 + number,
        is_bid=is_bid,
        ticks=19_200 + number,
        to_ticks=None,
        size=1_284,
        title="Wall" if detector is Detector.WALL else "Sweep",
        label="Wall 1,284",
        where=f"{'bid' if is_bid else 'ask'} 4,{800 + number}.00",
        detail="1,284, 8.2 × median",
        rule="1,284 > 470 for longer than the time asked (5.0 s so far).",
        facts=(Fact("size", "1,284"), Fact("median level", "157")),
        evidence=(12_340, 12_345),
        causes=43,
        direction=1,
        mid=19_300.5,
    )


EVENTS = tuple(event(number) for number in range(60, 0, -1))
DETECTORS = DetectorsState(
    HEAD,
    2,
    (
        score(Detector.WALL, "Wall", 212, 129),
        score(Detector.SWEEP, "Sweep", 148, 62, is_silent=True),
        score(Detector.ABSORPTION, "Absorption", 4, 3),
    ),
    EVENTS,
    len(EVENTS),
)
WALLS = (
    FateRow((1, 60), 19_240, False, 1_284, 1_100, 504 * NS_PER_S, 120, 60, 0, 4, "resting", is_resting=True),
    FateRow((1, 59), 19_230, True, 862, 0, 62 * NS_PER_MIN, 10, 827, 20, 5, "pulled", is_resting=False),
)
FATES = FateState(
    HEAD, WALLS, FateTotals(53, 0.44, 0.29, 0.18, 0.09), FateTotals(48, 0.31, 0.46, 0.15, 0.08), NOW_NS
)
EVIDENCE = EvidenceState(
    HEAD,
    EVENTS[0],
    60,
    60,
    (("1.0 s", 1.5), ("5.0 s", None), ("30 s", -0.5), ("5 m", None)),
    (
        EvidencePrint(12_340, NOW_NS - 42 * NS_PER_S, 19_260, 12, False, is_cause=True),
        EvidencePrint(12_341, NOW_NS - 41 * NS_PER_S, 19_260, 3, True, is_cause=False),
    ),
    (EvidenceLevel(19_261, 0, 80, 0, 75), EvidenceLevel(19_260, 1_284, 0, 640, 0)),
    EVENTS[0].key,
)
