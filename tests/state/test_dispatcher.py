"""What the user wants, and what the screen is told."""

import math
from pathlib import Path

import pytest

from cockpit.events.dtypes import Kind
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from cockpit.opening import calendar_of, open_desk
from cockpit.state import commands as c
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.recording import Opened
from cockpit.state.screen import LADDER_PANE, Screen
from cockpit.state.views import Freshness, Provenance
from cockpit.units import NO_TIME, NS_PER_MS, NS_PER_S
from tests.state.market import START_NS, RowsSource, es, order_rows

EVENTS = 4_000


def nothing_measured() -> dict[str, float | None]:
    return {}


def opener(paths: tuple[str, ...]) -> Opened:
    """Two seeded contracts for the paths ``one`` and ``two``; a real file otherwise."""
    known = {"one": es(), "two": es("ESM4.GLBX")}
    if not set(paths) <= set(known):
        return open_desk(paths)
    sources = [RowsSource(order_rows(len(path), EVENTS), instrument=known[path]) for path in paths]
    return Opened(paths, lambda: River(sources), {})


@pytest.fixture
def desk() -> Dispatcher:
    return Dispatcher(Screen(), opener, calendar_of, lambda folder, river: Recorder(Path(folder), river.registry))


def play_to_the_end(desk: Dispatcher) -> None:
    desk.send(c.SetSpeed(math.inf))
    desk.send(c.Play())
    while desk.busy:
        desk.advance(lambda: 0, NS_PER_S)
    desk.publish(nothing_measured)


def test_before_anything_is_open_every_panel_says_nothing(desk: Dispatcher) -> None:
    desk.publish(nothing_measured)
    assert desk.screen.workspace.value.provenance is None
    assert desk.screen.charts["chart.1"].value.head.instrument is None
    assert desk.screen.ladder.value.best_bid is None
    assert not desk.screen.replay.value.is_open


def test_a_command_that_cannot_be_obeyed_becomes_a_notice(desk: Dispatcher) -> None:
    desk.send(c.Play())
    notice = desk.screen.notices.value[-1]
    assert "nothing is open" in notice.text
    assert notice.severity == "watch"


def test_an_unreadable_file_is_named_and_what_was_open_stays(desk: Dispatcher, tmp_path: Path) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    play_to_the_end(desk)
    bad = tmp_path / "bad.bin"
    bad.write_bytes(b"\x00\x01\x02 nothing anybody wrote")
    desk.send(c.OpenSources((str(bad),), at_end=False))
    assert "bad.bin" in desk.screen.notices.value[-1].text
    assert desk.screen.replay.value.names == ("one",)


def test_one_instrument_fills_every_chart_and_the_ladder(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    play_to_the_end(desk)
    charts = [desk.screen.charts[f"chart.{n}"].value for n in range(1, 5)]
    assert [chart.head.interval for chart in charts] == ["1m", "5m", "30s", "15m"]
    assert all(chart.head.instrument == es() and len(chart.bars) for chart in charts)
    assert all(chart.head.provenance is Provenance.REPLAY for chart in charts)
    ladder = desk.screen.ladder.value
    assert ladder.best_bid is not None
    assert ladder.head.note == "order level"


def test_two_instruments_take_turns_and_links(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one", "two"), at_end=False))
    panes = desk.panes
    assert panes["chart.1"].symbol == "ESH4.GLBX"
    assert panes["chart.2"].symbol == "ESM4.GLBX"
    assert panes["chart.1"].link != panes["chart.2"].link


def test_a_symbol_goes_to_the_link_group_or_to_one_pane(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one", "two"), at_end=False))
    for pane in ("chart.1", "chart.3"):
        desk.send(c.SetLink(pane, 5))
    desk.send(c.SelectInstrument("ESM4.GLBX", "chart.1"))
    assert desk.panes["chart.3"].symbol == "ESM4.GLBX"
    desk.send(c.SelectInstrument("ESH4.GLBX", "chart.1", linked=False))
    assert desk.panes["chart.1"].symbol == "ESH4.GLBX"
    assert desk.panes["chart.3"].symbol == "ESM4.GLBX"


def test_a_symbol_that_is_not_open_is_refused_by_name(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    desk.send(c.SelectInstrument("NQH4.GLBX", "chart.1"))
    assert "NQH4.GLBX" in desk.screen.notices.value[-1].text
    assert desk.panes["chart.1"].symbol == "ESH4.GLBX"


def test_a_bad_interval_says_which_there_are(desk: Dispatcher) -> None:
    desk.send(c.SelectInterval("7m", "chart.1"))
    assert "7m" in desk.screen.notices.value[-1].text
    assert "5m" in desk.screen.notices.value[-1].text
    assert desk.panes["chart.1"].interval == "1m"


def test_bars_of_a_new_interval_add_up_to_the_prints(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    play_to_the_end(desk)
    for interval in ("30s", "t10", "v50", "4h"):
        desk.send(c.SelectInterval(interval, "chart.1"))
        desk.publish(nothing_measured)
        bars = desk.screen.charts["chart.1"].value.bars
        assert desk.recording is not None
        assert bars["volume"].sum() == desk.recording.router.lanes[0].volume


def test_stepping_by_bars_stops_at_every_boundary_both_ways(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    desk.send(c.SeekTo(START_NS + 150 * NS_PER_S))
    desk.send(c.StepBars(1, "chart.1"))
    assert desk.recording is not None
    playback = desk.recording.playback
    assert playback.clock_ns == START_NS + 180 * NS_PER_S
    desk.send(c.StepBars(-1, "chart.1"))
    desk.send(c.StepBars(-1, "chart.1"))
    assert playback.clock_ns == START_NS + 60 * NS_PER_S


def test_going_back_rebuilds_the_chart_as_it_was(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    at = START_NS + 200 * NS_PER_S
    seen = []
    for away in (None, START_NS + 700 * NS_PER_S):
        if away is not None:
            desk.send(c.SeekTo(away))
            desk.recording.playback.finish()
            desk.publish(nothing_measured)
        desk.send(c.SeekTo(at))
        desk.recording.playback.finish()
        desk.publish(nothing_measured)
        state = desk.screen.charts["chart.1"].value
        seen.append((state.bars.tobytes(), state.is_forming, state.countdown_ns))
    assert seen[0] == seen[1]


def test_a_quiet_book_ages_and_goes_stale_on_the_event_clock(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    play_to_the_end(desk)
    assert desk.screen.ladder.value.head.freshness is Freshness.FRESH
    assert desk.recording is not None
    last = desk.recording.playback.clock_ns
    assert last is not None
    for after_s, expected in ((1.9, Freshness.FRESH), (4.0, Freshness.AGING), (6.5, Freshness.STALE)):
        desk.recording.playback.clock_ns = last + round(after_s * NS_PER_S)
        desk._dirty = True
        desk.publish(nothing_measured)
        assert desk.screen.ladder.value.head.freshness is expected


def test_an_engine_that_breaks_stops_alone(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one", "two"), at_end=False))
    assert desk.recording is not None
    router = desk.recording.router
    router.lanes[0].traded.apply = lambda *_: 1 / 0  # a bug nobody foresaw
    play_to_the_end(desk)
    assert "ZeroDivisionError" in router.faults[0]
    assert desk.screen.charts["chart.1"].value.head.freshness is Freshness.FAILED
    assert desk.screen.charts["chart.2"].value.head.freshness is not Freshness.FAILED
    assert router.counts[1, Kind.MBO] == EVENTS
    assert any("ESH4.GLBX" in fault for fault in desk.screen.health.value.faults)


def test_a_restarted_engine_is_where_it_would_have_been(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    assert desk.recording is not None
    router = desk.recording.router
    play_to_the_end(desk)
    whole = router.digest.hex()
    desk.send(c.SeekTo(START_NS))
    desk.recording.playback.finish()
    traded = router.lanes[0].traded
    traded.apply = lambda *_: 1 / 0
    play_to_the_end(desk)
    assert router.faults
    del traded.apply
    desk.send(c.RestartEngines())
    while desk.busy:
        desk.advance(lambda: 0, NS_PER_S)
    assert not router.faults
    assert router.digest.hex() == whole


def test_a_torn_file_puts_every_book_of_it_in_doubt(desk: Dispatcher, data: Path, tmp_path: Path) -> None:
    whole = (data / "books" / "es-mbo-esh4-20231225-until2340.dbn.zst").read_bytes()
    torn = tmp_path / "torn.dbn.zst"
    torn.write_bytes(whole[: len(whole) // 2])
    desk.send(c.OpenSources((str(torn),)))
    while desk.busy:
        desk.advance(lambda: 0, NS_PER_S)
    desk.publish(nothing_measured)
    assert desk.screen.ladder.value.head.freshness is Freshness.RESYNCING
    assert desk.screen.health.value.feeds[0].gaps == 1
    assert desk.screen.charts["chart.1"].value.gaps[-1][1] == NO_TIME
    assert any("torn.dbn.zst" in warning for warning in desk.screen.health.value.feeds[0].warnings)


def test_a_step_by_bars_from_the_ladder_takes_the_bars_of_the_first_chart(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    desk.send(c.SelectInterval("1m", "chart.1"))
    desk.send(c.SeekTo(START_NS + 90 * NS_PER_S))
    desk.send(c.StepBars(1, LADDER_PANE))
    assert desk.recording is not None
    assert desk.recording.playback.clock_ns == START_NS + 120 * NS_PER_S


def test_recording_a_replay_makes_a_tape_that_replays_the_same(desk: Dispatcher, tmp_path: Path) -> None:
    tape = tmp_path / "tape"
    desk.send(c.OpenSources(("one",), at_end=False))
    desk.send(c.StartRecording(str(tape)))
    play_to_the_end(desk)
    assert desk.recording is not None
    digest = desk.recording.router.digest.hex()
    desk.send(c.StopRecording())
    desk.send(c.OpenSources((str(tape),), at_end=False))
    play_to_the_end(desk)
    assert desk.recording.router.digest.hex() == digest


def test_a_recording_begun_in_the_middle_holds_the_run_from_its_start(desk: Dispatcher, tmp_path: Path) -> None:
    tape = tmp_path / "tape"
    desk.send(c.OpenSources(("one",), at_end=False))
    assert desk.recording is not None
    desk.send(c.StepEvents(EVENTS // 2))
    desk.send(c.StartRecording(str(tape)))
    desk.publish(nothing_measured)
    assert desk.screen.replay.value.recording == "Recording the past, 0 %"
    desk.send(c.StepEvents(10))
    play_to_the_end(desk)
    digest = desk.recording.router.digest.hex()
    desk.send(c.StopRecording())
    desk.send(c.OpenSources((str(tape),), at_end=False))
    play_to_the_end(desk)
    assert desk.recording.router.digest.hex() == digest
    assert desk.screen.replay.value.position == EVENTS


def test_the_player_waits_while_the_past_is_written(desk: Dispatcher, tmp_path: Path) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    assert desk.recording is not None
    desk.send(c.StepEvents(EVENTS // 2))
    at = desk.recording.router.next_seq
    desk.send(c.StartRecording(str(tmp_path / "tape")))
    desk.send(c.Play())
    desk.advance(lambda: 0, NS_PER_S)
    assert desk.recording.router.next_seq == at
    play_to_the_end(desk)
    assert desk.recording.router.next_seq > at


def test_a_jump_ends_the_recording_and_says_so(desk: Dispatcher, tmp_path: Path) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    desk.send(c.StartRecording(str(tmp_path / "tape")))
    desk.send(c.Play())
    desk.advance(lambda: 0, NS_PER_MS)
    desk.send(c.SeekTo(START_NS + 100 * NS_PER_S))
    assert "jumped" in desk.screen.notices.value[-1].text


def test_playing_at_the_end_starts_before_the_first_print(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    assert desk.recording is not None
    while not desk.recording.index.advance():
        pass
    play_to_the_end(desk)
    desk.send(c.Pause())
    desk.send(c.TogglePlay())
    assert desk.recording.playback.is_playing
    assert desk.recording.playback.clock_ns is not None
    assert desk.recording.playback.clock_ns <= START_NS + 60 * NS_PER_S


def test_a_recording_opens_at_its_end(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",)))
    assert desk.recording is not None
    desk.publish(nothing_measured)
    assert desk.screen.replay.value.seeking
    while desk.busy:
        desk.advance(lambda: 0, NS_PER_S)
    desk.publish(nothing_measured)
    replay = desk.screen.replay.value
    assert (replay.at_end, replay.is_playing, replay.seeking, replay.position) == (True, False, False, EVENTS)
    assert len(desk.screen.charts["chart.1"].value.bars) > 5


def test_saved_panes_come_back_and_nonsense_is_refused(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    desk.send(c.SelectInterval("t500", "chart.2"))
    saved = desk.saved()
    other = Dispatcher(Screen(), opener, calendar_of, lambda folder, river: Recorder(Path(folder), river.registry))
    other.restore(saved)
    assert other.panes == desk.panes
    from cockpit.errors import ConfigError  # noqa: PLC0415

    for nonsense in ([], {"chart.1": {"symbol": 1}}, {"chart.1": {"symbol": "", "interval": "7m", "link": 1}}):
        with pytest.raises(ConfigError):
            other.restore(nonsense)
    assert other.panes[LADDER_PANE] == desk.panes[LADDER_PANE]
