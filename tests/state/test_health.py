"""The data-health state: latency of every source and leg, what waits, what the process costs."""

import math
from pathlib import Path

import numpy as np

from cockpit.events.dtypes import Kind
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from cockpit.opening import calendar_of
from cockpit.state import commands as c
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.recording import Opened
from cockpit.state.screen import Screen
from cockpit.state.views import HealthState, Provenance
from cockpit.units import NO_TIME, NS_PER_MS, NS_PER_S
from tests.state.market import RowsSource, order_rows

PROCESS: dict[str, float | None] = {
    "steady_ns": 5.0 * NS_PER_S,
    "memory_mb": 640.0,
    "memory_growth": 12.5,
    "handles": 41,
    "pump_p99_ms": 3.0,
    "frame_p50_ms": 4.0,
    "frame_p95_ms": 7.0,
    "frame_p99_ms": 9.0,
    "frame_rate_hz": 60.0,
}


def desk_of(rows: np.ndarray, provenance: Provenance = Provenance.REPLAY) -> Dispatcher:
    def opener(paths: tuple[str, ...]) -> Opened:
        return Opened(paths, lambda: River([RowsSource(rows)]), {}, provenance)

    made = Dispatcher(Screen(), opener, calendar_of, lambda folder, river: Recorder(Path(folder), river.registry))
    made.send(c.OpenSources(("one",), at_end=False))
    return made


def played(desk: Dispatcher) -> HealthState:
    desk.send(c.SetSpeed(math.inf))
    desk.send(c.Play())
    while desk.busy:
        desk.advance(lambda: 5 * NS_PER_S, NS_PER_S)
    desk.publish(lambda: PROCESS)
    return desk.screen.health.value


def test_the_first_leg_is_the_recorded_one_and_says_so() -> None:
    rows = order_rows(2, 400)
    rows["event_ns"] = rows["recv_ns"] - np.arange(1, 401) * NS_PER_MS
    health = played(desk_of(rows))
    assert [(hop.name, hop.note) for hop in health.hops] == [
        ("venue to arrival", "as recorded"),
        ("arrival to engine", ""),
        ("engine to frame", ""),
        ("arrival to pixel", ""),
    ]
    spans, of_feed = health.hops[0].spans, health.feeds[0].arrival
    assert spans is not None
    assert spans == of_feed
    last = rows[rows["clock_ns"] // (60 * NS_PER_S) >= rows["clock_ns"][-1] // (60 * NS_PER_S) - 1]
    exact = np.quantile(last["recv_ns"] - last["event_ns"], 0.99, method="inverted_cdf")
    assert exact <= spans.p99_ns <= exact * 1.1


def test_a_source_without_stamps_of_its_own_has_no_latency() -> None:
    rows = order_rows(2, 100)
    rows["event_ns"] = NO_TIME
    health = played(desk_of(rows, Provenance.SIMULATED))
    assert health.feeds[0].arrival is None
    assert (health.hops[0].spans, health.hops[0].note) == (None, "as simulated")


def test_what_the_process_measured_is_there_also_with_nothing_open() -> None:
    desk = desk_of(order_rows(2, 50))
    health = played(desk)
    desk.send(c.CloseSources())
    desk.publish(lambda: PROCESS)
    for state in (health, desk.screen.health.value):
        assert (state.memory_mb, state.memory_growth, state.handles) == (640.0, 12.5, 41)
        assert state.frames is not None
        assert (state.frames.p95_ms, state.frames.rate_hz) == (7.0, 60.0)
    assert desk.screen.health.value.feeds == ()


def test_a_still_desk_goes_on_telling_what_it_costs() -> None:
    desk = desk_of(order_rows(2, 50))
    health = played(desk)
    desk.publish_vitals({**PROCESS, "memory_mb": 700.0, "handles": None})
    after = desk.screen.health.value
    assert (after.memory_mb, after.handles) == (700.0, None)
    assert after.feeds == health.feeds


def test_events_wait_for_the_paint_and_a_recording_shows_its_numbers(tmp_path: Path) -> None:
    desk = desk_of(order_rows(2, 300))
    desk.send(c.StartRecording(str(tmp_path / "tape")))
    health = played(desk)
    assert health.unpainted == 300
    assert health.tape is not None
    desk.hops.drawn()
    desk.hops.painted(5 * NS_PER_S + 7 * NS_PER_MS)
    desk.publish_vitals(PROCESS)
    desk.send(c.SetLink("chart.1", 3))
    desk.publish(lambda: PROCESS)
    frame = desk.screen.health.value.hops[2].spans
    assert frame is not None
    assert 7 * NS_PER_MS <= frame.p50_ns <= 8 * NS_PER_MS
    desk.send(c.StopRecording())


def test_latencies_go_back_with_the_playhead() -> None:
    rows = order_rows(2, 400)
    rows["event_ns"][200:] -= NS_PER_S
    desk = desk_of(rows)
    played(desk)
    assert desk.recording is not None
    latency = desk.recording.router.lanes[0].latencies[Kind.MBO]
    late = latency.spans()
    assert late is not None
    assert late.p95_ns > NS_PER_S
    desk.send(c.SeekTo(int(rows["clock_ns"][150])))
    desk.recording.playback.finish()
    latency = desk.recording.router.lanes[0].latencies[Kind.MBO]
    early = latency.spans()
    assert early is not None
    assert early.p99_ns < NS_PER_MS
