"""Detectors as panels show them: scores, the fate of walls, the evidence of one, and rules that are tried."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit.engines.detect.engine import Rules
from cockpit.events.dtypes import ASK, Detector, Kind
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from cockpit.instruments import Instrument
from cockpit.opening import calendar_of
from cockpit.state import commands as c
from cockpit.state.detector_views import TuningPhase
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.recording import Opened
from cockpit.state.scanning import scan
from cockpit.state.screen import Screen
from cockpit.units import NS_PER_S
from tests.engines.detect.market import Tape, texts
from tests.engines.detect.test_walls import ASKS, USUAL
from tests.state.market import RowsSource

COIN = Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", kind="crypto")


def walls() -> Tape:
    """Three bid walls: one is pulled, one is eaten, one rests."""
    tape = Tape().book(USUAL, ASKS, snapshot=True).at(3)
    tape.book([(97, 60)]).at(10).book([(97, 0)]).at(12)
    tape.book([(100, 80)]).at(20).trade(ASK, 100, 75).at(20.1).book([(100, 5)]).at(22)
    return tape.book([(98, 70)]).at(60).book([(98, 71)])


def opener(paths: tuple[str, ...]) -> Opened:
    tape = walls()
    sources = [RowsSource(tape.of(kind), kind, COIN) for kind in (Kind.DEPTH, Kind.TRADE)]
    return Opened(paths, lambda: River(sources), {})


@pytest.fixture
def jobs() -> list[Callable[[], None]]:
    return []


@pytest.fixture
def desk(jobs: list[Callable[[], None]]) -> Dispatcher:
    """At the end of the recording; scans wait in ``jobs``."""
    desk = Dispatcher(Screen(), opener, calendar_of, lambda folder, river: Recorder(Path(folder), river.registry))
    desk.on_scan = jobs.append
    desk.send(c.OpenSources(("walls",), at_end=False))
    desk.send(c.SetSpeed(math.inf))
    desk.send(c.TryRules(("wall.use_high=0",)))
    desk.send(c.TryRules())
    jobs.clear()
    play(desk)
    return desk


def play(desk: Dispatcher) -> None:
    desk.send(c.Play())
    show(desk)


def show(desk: Dispatcher) -> None:
    while desk.busy:
        desk.advance(lambda: 0, NS_PER_S)
    desk.publish(dict)


def test_walls_tell_what_became_of_them(desk: Dispatcher) -> None:
    state = desk.screen.fates.value
    told = [(row.ticks, row.word, row.eaten, row.pulled, row.is_resting) for row in state.rows]
    assert told == [(98, "resting", 0, 0, True), (100, "eaten", 75, 0, False), (97, "pulled", 0, 60, False)]
    assert (state.bids.walls, state.asks.walls) == (2, 0)
    shares = (state.bids.eaten, state.bids.pulled, state.bids.moved, state.bids.unattributed)
    assert shares == pytest.approx((75 / 135, 60 / 135, 0, 0))


def test_events_are_listed_newest_first_and_scores_count_them(desk: Dispatcher) -> None:
    state = desk.screen.detectors.value
    walls = [each for each in state.events if each.detector is Detector.WALL]
    assert [each.title for each in walls] == ["Wall", "Wall eaten", "Wall", "Wall pulled", "Wall"]
    assert walls[-1].where == "bid 0.97"
    score = next(row for row in state.scores if row.detector is Detector.WALL)
    assert (score.seen, score.is_silent) == (3, False)
    assert not state.is_tried


def test_evidence_is_the_prints_the_book_before_and_after_and_the_rule(desk: Dispatcher) -> None:
    eaten = next(each for each in desk.screen.detectors.value.events if each.title == "Wall eaten")
    desk.send(c.OpenEvidence(*eaten.key))
    show(desk)
    state = desk.screen.evidence.value
    assert state.detection == eaten
    assert [(each.ticks, each.size, each.is_buy) for each in state.prints] == [(100, 75, False)]
    at = {level.ticks: (level.bid_before, level.bid_after) for level in state.levels}
    assert at[100] == (10, 5)
    assert at[99] == (10, 10)
    assert [text for text, _ in state.markouts] == ["1.0 s", "5.0 s", "30 s", "5 m"]
    assert state.markouts[0][1] == 0.0
    assert state.markouts[3][1] is None
    desk.send(c.StepEvidence(-1))
    show(desk)
    assert desk.screen.evidence.value.place < state.place
    desk.send(c.CloseEvidence())
    show(desk)
    assert desk.screen.evidence.value.detection is None


def test_an_event_is_shown_in_replay(desk: Dispatcher) -> None:
    pulled = next(each for each in desk.screen.detectors.value.events if each.title == "Wall pulled")
    desk.send(c.OpenEvidence(*pulled.key))
    show(desk)
    desk.send(c.ShowEvidence())
    assert desk.recording is not None
    assert desk.recording.playback.is_playing
    assert desk.recording.playback.clock_ns == max(pulled.begin_ns - 5 * NS_PER_S, 1_000_000 * NS_PER_S)


def test_tried_rules_scan_in_the_background_and_go_along(desk: Dispatcher, jobs: list[Callable[[], None]]) -> None:
    own = texts(desk.recording.router.lanes[0].detections.view()) if desk.recording else []
    desk.send(c.TryRules(("wall.absolute=75",)))
    show(desk)
    assert desk.screen.tuning.value.phase is TuningPhase.SCANNING
    assert desk.screen.tuning.value.changed == ("wall.absolute",)
    assert desk.screen.detectors.value.total == len(own), "until then, what there was"
    jobs.pop()()
    show(desk)
    assert desk.screen.tuning.value.phase is TuningPhase.READY
    state = desk.screen.detectors.value
    assert [each.ticks for each in state.events if each.title == "Wall"] == [100]
    assert state.is_tried
    assert desk.recording is not None
    assert texts(desk.recording.router.lanes[0].detections.view()) == own, "what is on tape stays the program's own"
    desk.send(c.TryRules())
    show(desk)
    assert desk.screen.tuning.value.phase is TuningPhase.OFF
    assert desk.screen.detectors.value.total == len(own)


def test_after_a_jump_tried_rules_see_what_the_playhead_saw(
    desk: Dispatcher, jobs: list[Callable[[], None]]
) -> None:
    desk.send(c.TryRules(("wall.absolute=55",)))
    jobs.pop()()
    assert desk.recording is not None
    desk.send(c.SeekTo(desk.recording.playback.clock_ns - 45 * NS_PER_S))
    show(desk)
    jobs.pop()()
    show(desk)
    assert [each.ticks for each in desk.screen.detectors.value.events if each.title == "Wall"] == [97]
    play(desk)
    found = scan(opener(("walls",)).river(), desk.recording.tuning.rules)
    rows, _, _ = desk.recording.tuning.of(desk.recording.router.lanes[0])
    assert texts(rows) == texts(found[0].detections)


def test_a_rule_that_is_none_is_refused_by_name(desk: Dispatcher) -> None:
    for setting, text in (
        ("wall.rato=3", "no parameter 'wall.rato'"),
        ("wall.ratio=much", "a number is needed"),
        ("wall.persist=5", "a time such as"),
        ("wall.ratio", "NAME=VALUE"),
    ):
        desk.send(c.TryRules((setting,)))
        assert text in desk.screen.notices.value[-1].text


def test_a_scan_sees_what_the_desk_sees(desk: Dispatcher) -> None:
    assert desk.recording is not None
    found = scan(opener(("walls",)).river(), Rules())
    assert texts(found[0].detections) == texts(desk.recording.router.lanes[0].detections.view())
    assert found[0].minutes >= 1


def test_the_heatmap_marks_each_wall_once_and_tells_how_long_it_rests(desk: Dispatcher) -> None:
    marks = desk.screen.heatmap.value.marks
    assert [mark.clock_ns for mark in marks] == sorted(mark.clock_ns for mark in marks)
    assert [(mark.ticks, mark.label) for mark in marks] == [
        (97.0, "Wall pulled 100%"), (100.0, "Wall eaten 80"), (98.0, "Wall 71 \u00b7 38 s"),
    ]  # fmt: skip
    pulled, _, resting = marks
    assert all(mark.is_bid for mark in marks)
    assert pulled.clock_ns - resting.clock_ns < 0, "an end is marked where it ended, a wall where it began"
    assert "bid" in resting.tip
    desk.publish(dict)
    assert desk.screen.heatmap.value.marks is marks, "nothing is made anew for the same second"


def test_evidence_of_a_mark_is_that_of_its_detection(desk: Dispatcher) -> None:
    mark = desk.screen.heatmap.value.marks[0]
    desk.send(c.OpenEvidence(*mark.key))
    desk.publish(dict)
    it = desk.screen.evidence.value.detection
    assert it is not None
    assert (it.key, it.label) == (mark.key, mark.label)


def test_from_before_it_an_event_is_shown_once_more_and_another_recording_forgets_it(desk: Dispatcher) -> None:
    pulled = next(each for each in desk.screen.detectors.value.events if each.title == "Wall pulled")
    desk.send(c.OpenEvidence(*pulled.key))
    show(desk)
    desk.send(c.ShowEvidence())
    desk.send(c.Pause())
    show(desk)
    state = desk.screen.evidence.value
    assert (state.detection, state.key) == (None, pulled.key), "chosen, and not seen yet where the playhead is"
    desk.send(c.ShowEvidence())
    assert desk.recording is not None
    assert desk.recording.playback.is_playing
    desk.send(c.CloseSources())
    desk.publish(dict)
    assert desk.screen.evidence.value.key is None
    assert desk.detectors.key is None


def test_while_rules_are_tried_the_own_counts_stay_beside_the_new_ones(
    desk: Dispatcher, jobs: list[Callable[[], None]]
) -> None:
    desk.send(c.TryRules(("wall.absolute=75",)))
    jobs.pop()()
    show(desk)
    row = next(each for each in desk.screen.detectors.value.scores if each.detector is Detector.WALL)
    assert (row.own_seen, row.seen) == (3, 1)
    assert {"wall.use_high", "wall.reach_ticks"} <= desk.screen.tuning.value.whole
    assert not {"wall.ratio", "wall.persist"} & desk.screen.tuning.value.whole
