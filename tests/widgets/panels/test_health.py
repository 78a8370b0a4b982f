"""The data-health panel: what each row says, what stands below, what is said when there is nothing."""

from dataclasses import replace
from typing import Any

import pytest

from cockpit.state.screen import Screen
from cockpit.state.views import FeedHealth, Freshness, HealthState, ReplayState
from cockpit.units import NS_PER_S
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.health import HEALTH, LINE, HealthPanel, rate_text, summary, tip
from cockpit.widgets.theme import LEGEND, PADDING, ROW, TABLE_HEAD
from tests.widgets.keyboard import Sent, theme

LOSSES = ("byte 1,024: definition missing", "byte 40,960: 2 records dropped")
AGING = FeedHealth(
    "ESH4.GLBX trade", Freshness.AGING, 3 * NS_PER_S, 2 * NS_PER_S, 0.2, 2271, 1, 4, LOSSES[0], LOSSES
)
FRESH = FeedHealth("ESH4.GLBX mbo", Freshness.FRESH, NS_PER_S // 10, 2 * NS_PER_S, 8140.4, 53_250, 0, 0)
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
        "ESH4.GLBX trade 3.0 s 12/min 1",
        "ESH4.GLBX mbo 0.1 s 8,140/s 0",
        "VIX.CBOE index – – 0",
        *LOSSES,
        "Memory 412 MB",
        "Pump turn p99 1.2 ms",
        "Renderer raster: software GL",
    ]


def test_a_stopped_engine_is_named_with_the_key_that_starts_it_again(panel: HealthPanel) -> None:
    panel.draw(HealthState((FRESH,), ("ESH4.GLBX: crossed: bid 2 >= ask 1",)))
    assert "Stopped: ESH4.GLBX: crossed: bid 2 >= ask 1" in panel.text()


def test_unknown_costs_are_dashes_and_nothing_open_says_so(panel: HealthPanel) -> None:
    panel.draw(HealthState())
    costs = ["Memory –", "Pump turn p99 –", "Renderer –"]
    assert panel.text() == ["Nothing is open; Ctrl+O opens a recording", *costs]


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
