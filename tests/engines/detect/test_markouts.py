"""What came after a detection, what comes anyway, and what that says."""

import numpy as np
import pytest

from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.scores import HORIZONS, Score, verdict_of, wilson
from cockpit.engines.detect.walls import WallRule
from cockpit.events.dtypes import Detector
from cockpit.units import NS_PER_S
from tests.engines.detect.market import Tape, seen
from tests.engines.detect.test_walls import ASKS, RATIO, USUAL

WALL = int(Detector.WALL)


def step(tape: Tape, up: int) -> Tape:
    """The whole touch moves by so many ticks."""
    bids = [(100 + up - i, 10) for i in range(10)]
    return tape.book(bids, [(101 + up + i, 10) for i in range(10)], snapshot=True)


def test_a_detection_is_followed_to_the_first_moment_at_or_after_each_horizon() -> None:
    tape = Tape().book(USUAL, ASKS, snapshot=True).at(3).book([(97, 60)]).at(9)
    tape.book([(101, 5)], [(101, 0)]).at(12).book([(101, 0), (100, 0)]).at(60)
    _, found = seen(tape, RATIO)
    marks = {int(row["horizon_ns"]): row for row in found.markouts}
    assert sorted(marks) == list(HORIZONS[:3])
    seen_ns = int(found.detections["clock_ns"][0])
    assert [(float(row["from_mid"]), float(row["to_mid"])) for row in marks.values()] == [
        (100.5, 101.5),
        (100.5, 100.5),
        (100.5, 100.5),
    ]
    assert [float(row["move"]) for row in marks.values()] == [1.0, 0.0, 0.0]
    for horizon, row in marks.items():
        assert 0 <= int(row["clock_ns"]) - seen_ns - horizon < NS_PER_S // 5


def test_what_a_gap_interrupts_counts_nowhere() -> None:
    tape = Tape().book(USUAL, ASKS, snapshot=True).at(3).book([(97, 60)]).at(8.5)
    tape.book([(10, 1)], [], snapshot=True)  # one side is gone: there is no mid
    tape.at(9.5).book(USUAL, ASKS, snapshot=True).at(20)
    detectors, found = seen(tape, RATIO)
    assert np.isnan(found.markouts["move"][:2]).all()
    assert detectors.markouts.score(WALL, 0) == Score(0, 0, None)


def test_the_base_rate_is_of_any_second_and_of_the_expected_direction() -> None:
    tape = Tape().book(USUAL, ASKS, snapshot=True)
    rule = Rules(wall=WallRule(use_high=0, persist_ns=NS_PER_S, again_ns=0))
    for second in range(3, 40):
        tape.at(second).book([(100, 10 if second % 2 else 9)], [])
    tape.book([(98, 60)])
    for second in range(41, 71):  # the market rises by a tick every second
        step(tape.at(second), second - 40)
    detectors, _ = seen(tape, rule)
    score = detectors.markouts.score(WALL, 1)
    assert score.n >= 1
    seconds, up, down = detectors.markouts._arrays.base[1].tolist()  # noqa: SLF001  what the chance is made of
    assert down == 0
    assert score.chance == pytest.approx(up / seconds)
    assert 0.4 < up / seconds < 0.6


def test_wilsons_interval() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson(10, 10)[1] == pytest.approx(1.0)


def test_a_detector_is_better_only_when_the_whole_interval_is_and_enough_was_seen() -> None:
    assert verdict_of(Score(40, 36, 0.5)).is_better
    assert not verdict_of(Score(40, 22, 0.5)).is_better
    assert not verdict_of(Score(19, 19, 0.5)).is_better, "too few"
    assert not verdict_of(Score(40, 36, None)).is_better, "nobody knows the base rate"
    assert verdict_of(Score(0, 0, None)).share is None
