"""The data-health panel: what each row says, what stands below, what is said when there is nothing."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from cockpit.engines.spans import Spans
from cockpit.events.links import LinkCounts, LinkFacts, LinkState
from cockpit.state.screen import Screen
from cockpit.state.views import (
    FeedHealth,
    FrameCost,
    Freshness,
    HealthState,
    Hop,
    Load,
    RecorderHealth,
    ReplayState,
)
from cockpit.units import NS_PER_MS, NS_PER_S
from cockpit.widgets.health.words import lines, rate_text, read, short_name, summary, tip
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.health import HEALTH, LINE, HealthPanel
from cockpit.widgets.theme import LEGEND, PADDING, ROW, TABLE_HEAD
from tests.widgets.keyboard import Sent, theme

LOSSES = ("byte 1,024: definition missing", "byte 40,960: 2 records dropped")
AGING = FeedHealth(
    "ESH4.GLBX trade", Freshness.AGING, 3 * NS_PER_S, 2 * NS_PER_S, 0.2, 2271, 1, 4, LOSSES[0], LOSSES
)
ARRIVAL = Spans(9_000, 2 * NS_PER_MS, 5 * NS_PER_MS, 11 * NS_PER_MS, 3)
FRESH = FeedHealth(
    "ESH4.GLBX mbo", Freshness.FRESH, NS_PER_S // 10, 2 * NS_PER_S, 8140.4, 53_250, 0, 0, arrival=ARRIVAL, queue=17
)
SILENT = FeedHealth("VIX.CBOE index", None, None, 2 * NS_PER_S, None, 0, 0, 0)


@pytest.fixture
def panel(qtbot: Any) -> HealthPanel:
    made = HEALTH.build(PanelContext("health", theme(), Screen(), Sent()))
    assert isinstance(made, HealthPanel)
    made.resize(400, 300)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("rate", "text"),
    [(None, "–"), (8140.4, "8,140/s"), (1.0, "1/s"), (0.2, "12/min"), (0.001, "< 1/min"), (0.0, "0/min")],
)
def test_rates_have_no_more_digits_than_they_need(rate: float | None, text: str) -> None:
    assert rate_text(rate) == text


def test_the_summary_names_the_worst_and_counts() -> None:
    assert summary(()) == (None, "")
    assert summary((FRESH,)) == (Freshness.FRESH, "Fresh")
    assert summary((FRESH, FRESH)) == (Freshness.FRESH, "All 2 fresh")
    assert summary((AGING, FRESH, SILENT)) == (Freshness.AGING, "1 of 3 aging")
    assert summary((FRESH, SILENT)) == (Freshness.FRESH, "1 of 2 heard, fresh")
    assert summary((SILENT,)) == (None, "0 of 1 heard, fresh")


def test_every_row_and_cost_is_there(panel: HealthPanel) -> None:
    panel.draw(HealthState((AGING, FRESH, SILENT), (), 412.3, "", "raster: software GL", 1.24))
    assert panel.text() == [
        "1 of 3 aging",
        "ESH4.GLBX trade 3.0 s 12/min – 1 4",
        "ESH4.GLBX mbo 0.1 s 8,140/s 11 ms 0 0",
        "VIX.CBOE index – – – 0 0",
        *LOSSES,
        "Program",
        "Queue 0 events",
        "Frame rate –",
        "Pump turn p99 1.2 ms",
        "Memory 412 MB",
        "Open handles –",
        "Renderer raster",
        "software GL",
    ]


def test_the_legs_of_the_latency_say_how_they_were_measured(panel: HealthPanel) -> None:
    hops = (
        Hop("venue to arrival", ARRIVAL, "as recorded"),
        Hop("arrival to engine", Spans(900, 184_000, 2_300_000, 4_100_000)),
        Hop("arrival to pixel"),
    )
    panel.draw(HealthState((FRESH,), hops=hops, frames=FrameCost(4.0, 7.25, 12.4, 59.7)))
    said = panel.text()
    assert said[2:7] == [
        "Latency p50 p95 p99",
        "venue → arrival as recorded 2.0 ms 5.0 ms 11 ms",
        "arrival → engine 184 µs 2.3 ms 4.1 ms",
        "arrival → pixel – – –",
        "frame drawn 4.0 ms 7.2 ms 12 ms",
    ]
    assert "Frame rate 60/s" in said


def test_memory_tells_its_growth_and_hides_noise() -> None:
    states = [HealthState(memory_mb=640.2, memory_growth=growth) for growth in (None, 12.4, 0.3, -30.0)]
    said = [read(line) for state in states for line in lines(state) if line.label == "Memory"]
    assert said == ["Memory 640 MB", "Memory 640 MB, +12 MB/h", "Memory 640 MB, 0 MB/h", "Memory 640 MB, −30 MB/h"]


def test_the_recorder_tells_size_rate_backlog_and_how_full_the_ring_is() -> None:
    tape = RecorderHealth(4_600_000, 1_250_000.0, 8_192, 3_100_000_000, 5_000_000_000)
    said = [read(line) for line in lines(HealthState(recorder="Recording 4.6 MB", tape=tape))]
    assert "Recording 4.6 MB" in said
    assert "Recorder 1.2 MB/s, backlog 8,192" in said
    assert "Tape ring 3.1 GB of 5.0 GB, 62 %" in said
    failed = [read(line) for line in lines(HealthState(tape=RecorderHealth(failure="/tapes: disk full")))]
    assert "Recording stopped: /tapes: disk full" in failed


def test_what_is_shed_is_said_with_since_when(qtbot: Any) -> None:
    screen = Screen()
    screen.load.publish(Load(2, 15.0, shed=("panels 15 Hz",), since_ns=1_741_628_530 * NS_PER_S))
    made = HealthPanel(PanelContext("health", theme(), screen, Sent()))
    qtbot.addWidget(made)
    made.draw(HealthState((FRESH,)))
    said = "\n".join(made.text())
    assert "Shedding: panels 15 Hz since 13:42:10 (wall clock)" in said
    assert "no event is dropped" in said


@pytest.mark.parametrize(
    ("name", "short"),
    [("ESH4.GLBX mbo", "ESH4 mbo"), ("BTCUSDT-PERP.BINANCE trade", "BTCUSDT-PERP trade"), ("X index", "X index")],
)
def test_narrow_panels_leave_the_venue_out(name: str, short: str) -> None:
    assert short_name(name) == short


def test_at_300_pixels_name_age_rate_and_p99_stand_beside_each_other(panel: HealthPanel) -> None:
    panel.draw(HealthState((AGING, FRESH, SILENT)))
    for width, cells in ((240, 3), (300, 4), (365, 5), (520, 6)):
        panel.resize(width, 300)
        places = panel._columns(panel.rect().toRectF())
        assert len(places) == cells, width
        assert all(left.right() <= right.left() + 0.5 for left, right in pairwise(places))
        assert panel._wide("ESH4 mbo") <= places[0].width() + 8


def test_a_stopped_engine_is_named_with_the_key_that_starts_it_again(panel: HealthPanel) -> None:
    panel.draw(HealthState((FRESH,), ("ESH4.GLBX: crossed: bid 2 >= ask 1",)))
    assert "Stopped: ESH4.GLBX: crossed: bid 2 >= ask 1" in panel.text()


def test_unknown_costs_are_dashes_and_nothing_open_says_so(panel: HealthPanel) -> None:
    panel.draw(HealthState())
    costs = ["Frame rate –", "Pump turn p99 –", "Memory –", "Open handles –", "Renderer –"]
    assert panel.text() == ["Nothing is open; Ctrl+O opens a recording", "Program", "Queue 0 events", *costs]


def test_an_open_recording_without_events_says_that(qtbot: Any) -> None:
    screen = Screen()
    screen.replay.publish(ReplayState(is_open=True))
    made = HealthPanel(PanelContext("health", theme(), screen, Sent()))
    qtbot.addWidget(made)
    assert made.empty_text() == "No event heard yet"


def test_the_tooltip_tells_limit_counts_and_every_warning(panel: HealthPanel) -> None:
    panel.draw(HealthState((AGING, FRESH)))
    first = LEGEND + TABLE_HEAD + ROW / 2
    assert panel.tip_at(first) == tip(AGING)
    assert "aging from 2.0 s, stale from 6.0 s" in tip(AGING)
    assert "stale from 15 m" in tip(replace(AGING, stale_ns=900 * NS_PER_S)), "a chain of a file"
    assert "2,271 events, 1 gaps, 4 dropped" in tip(AGING)
    assert all(loss in tip(AGING) for loss in LOSSES)
    assert panel.tip_at(5.0) == ""
    assert "venue to arrival: no stamps of both ends" in tip(AGING)
    assert "p50 2.0 ms, p95 5.0 ms, p99 11 ms of 9,000; 3 arrived before they left" in tip(FRESH)
    assert "17 events wait in its queue" in tip(FRESH)


def test_it_paints_in_any_size_and_state(panel: HealthPanel) -> None:
    many = tuple(
        FeedHealth(f"S{at}.X mbo", state, NS_PER_S, NS_PER_S, 1.0, 1, 0, 0)
        for at in range(9)
        for state in Freshness
    )
    for width, height in ((400, 300), (180, 90), (900, 700)):
        panel.resize(width, height)
        panel.draw(HealthState(many))
        assert not panel.grab().isNull()


def test_a_long_loss_is_shown_whole_on_several_lines(panel: HealthPanel) -> None:
    loss = "cut.dbn.zst: torn at byte 1,802,230 of the unpacked data: truncated stream; all before was read"
    feed = FeedHealth("ESH4.GLBX mbo", Freshness.FRESH, 0, 2 * NS_PER_S, 1.0, 1, 0, 0, loss, (loss,))
    panel.resize(260, 300)
    panel.draw(HealthState((feed,)))
    below = LEGEND + TABLE_HEAD + ROW + PADDING
    assert panel.tip_at(below + ROW / 2) == panel.tip_at(below + ROW + LINE) == loss
    panel.resize(900, 300)  # a hidden widget hears of it when it is shown
    panel.draw(HealthState((feed,)))
    assert panel.tip_at(below + ROW + LINE) != loss, "one line where there is room"


def test_the_user_chooses_sources_and_sections_and_is_told_what_is_hidden(panel: HealthPanel) -> None:
    state = HealthState((AGING, FRESH, SILENT), hops=(Hop("venue to arrival"),), pump_p99_ms=1.0)
    panel.draw(state)
    panel.choose("latency", "hidden")
    assert not any(text.startswith("Latency") for text in panel.text())
    panel.choose("program", "hidden")
    panel.choose("sources", "bad")
    assert panel.text() == [
        "1 of 3 aging",
        "ESH4.GLBX trade 3.0 s 12/min – 1 4",
        "VIX.CBOE index – – – 0 0",
        *LOSSES,
        "1 fresh source is hidden; Ctrl+. shows all",
    ]
    assert panel.tip_at(panel._row(1).center().y()).startswith("VIX.CBOE index")
    kept = panel.view_state()
    panel.choose("sources", "all")
    panel.restore_view({**kept, "latency": 7})
    assert panel.view_state() == kept
    panel.draw(HealthState((FRESH,), faults=("book ESH4: no",)))
    assert panel.text()[:2] == ["Fresh", "Stopped: book ESH4: no"], "what is wrong is always told"
    with pytest.raises(KeyError):
        panel.choose("program", "half")


def test_rows_scroll_by_keys_as_by_the_wheel(panel: HealthPanel) -> None:
    panel.draw(HealthState((AGING, FRESH, SILENT) * 10))
    top = panel._row(0).top()
    panel.scroll_rows(-2)
    assert panel._row(0).top() == top - 2 * ROW
    panel.scroll_rows(1)
    assert panel._row(0).top() == top - ROW
    assert panel.visible_rows() == (300 - LEGEND - TABLE_HEAD) // ROW


def test_connections_say_their_state_in_words_with_counts_behind_it() -> None:
    at = 1_760_000_000 * 10**9
    waits = LinkFacts("Binance books", LinkState.BACKOFF, "connection refused", at, at, 4 * 10**9,
                      counts=LinkCounts(losses=3), last_loss="no pong for 10 s", skew_ns=-2 * 10**9)  # fmt: skip
    state = HealthState(links=(waits, LinkFacts("Binance trades", LinkState.LIVE)))
    told = {read(line): line for line in lines(state)}
    assert list(told)[:5] == [
        "Connections",
        "Binance books BACKOFF",
        "BACKOFF 4.0 s: connection refused",
        "Binance trades LIVE",
        "clock skew of 2,000 ms: this machine is behind the venue",
    ]
    assert told["Binance books BACKOFF"].tip == "losses 3\nlast lost: no pong for 10 s"
    assert not any(read(line) == "Connections" for line in lines(HealthState()))
