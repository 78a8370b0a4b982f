"""Top bar, status bar and notices."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cockpit.clock import ManualClock
from cockpit.engines.spans import Spans
from cockpit.state.governor import load_of
from cockpit.state.views import Freshness, HealthState, Hop, Load, Notice, Provenance, WorkspaceState
from cockpit.units import NS_PER_S
from cockpit.widgets.frame_clock import FrameClock, FrameStatistics
from cockpit.widgets.status_bar import StatusBar
from cockpit.widgets.toasts import SHOWN, STAYS_MS, Toasts
from cockpit.widgets.top_bar import TopBar
from tests.widgets.shell import FEEDS, NOW_NS, theme

DASH = "\N{EN DASH}"
OPEN = WorkspaceState(provenance=Provenance.REPLAY, session_text="RTH, closes in 2 h 17 m", now_ns=NOW_NS)


@pytest.fixture
def top(qtbot: Any) -> TopBar:
    made = TopBar(theme())
    qtbot.addWidget(made)
    made.resize(1280, 44)
    return made


def test_the_clock_is_new_york_and_a_dash_when_nothing_is_open(top: TopBar) -> None:
    top.draw(WorkspaceState())
    assert top.clock() == (DASH, DASH)
    assert top.words() == ()
    top.draw(OPEN)
    assert top.clock() == ("Mon 25 Dec", "18:20:00")
    assert top.words() == ("REPLAY", "RTH, closes in 2 h 17 m")
    assert "18:20:00" in top.accessibleName()


def test_a_click_on_the_search_field_asks_for_the_palette(top: TopBar) -> None:
    asked: list[bool] = []
    top.search_requested.connect(lambda: asked.append(True))
    QTest.mouseClick(top.search, Qt.MouseButton.LeftButton)
    assert asked == [True]
    assert top.search.focusPolicy() == Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("width", [480, 640, 800, 960, 1280, 1600, 2560])
def test_the_search_field_never_overlaps_and_is_380_where_there_is_room(top: TopBar, width: int) -> None:
    top.resize(width, 44)
    top.draw(OPEN)
    top.show()
    field = top.search.geometry()
    assert 0 < field.width() <= 380 or top.search.isHidden()
    if width >= 1280:
        assert field.width() == 380
    assert field.right() < top._paint_right(None, draw=False)


@pytest.fixture
def status(qtbot: Any) -> StatusBar:
    made = StatusBar(theme(), "raster")
    qtbot.addWidget(made)
    made.resize(1280, 26)
    return made


def test_every_source_has_its_name_and_age(status: StatusBar) -> None:
    status.draw(HealthState(feeds=FEEDS, pump_p99_ms=2.4))
    assert status.sources() == ("ESH4.GLBX mbo 72 s", "ZNH4.GLBX mbo 0.1 s")
    assert status.readings()[0] == ("event to pixel p99", "–")


def test_unknown_readings_are_dashes(status: StatusBar) -> None:
    pixel = "event to pixel p99"
    assert dict(status.readings()) == {pixel: DASH, "frame p99": DASH, "frame rate": DASH, "renderer": "raster"}
    status.show_frames(FrameStatistics(100, 59.6, 2.0, 3.14))
    status.draw(HealthState(hops=(Hop("arrival to pixel", Spans(9, 2_000_000, 9_000_000, 31_000_000)),)))
    assert dict(status.readings()) == {
        pixel: "31 ms",
        "frame p99": "3.1 ms",
        "frame rate": "60",
        "renderer": "raster",
    }


def test_what_is_left_out_for_want_of_time_is_said_between_sources_and_readings(status: StatusBar) -> None:
    status.draw(HealthState(feeds=FEEDS))
    quiet = status.grab().toImage()
    assert status.shedding() == ""
    status.show_load(Load(1, 30.0, shed=("panels 30 Hz",), since_ns=NOW_NS))
    assert status.shedding() == "shedding: panels 30 Hz"
    assert "shedding: panels 30 Hz" in status.accessibleName()
    assert status.grab().toImage() != quiet
    status.show_load(Load())
    assert "shedding" not in status.accessibleName()


def test_what_is_left_out_names_motion_first_and_where_room_is_short_who_says_the_rest(status: StatusBar) -> None:
    status.draw(HealthState(feeds=FEEDS))
    status.show_load(load_of(5, NOW_NS))
    whole = "shedding: motion off, panels 15 Hz, overlays at rest, gauge and health 2 Hz"
    assert status.shedding_within(1_000.0) == whole
    assert status.shedding_within(200.0) == "shedding 5 of 5, F9 says what"
    assert whole in status.accessibleName(), "whoever hears it hears it all"


def test_a_source_that_never_spoke_has_a_dash_for_its_age(status: StatusBar) -> None:
    silent = replace(FEEDS[0], freshness=None, age_ns=None)
    status.draw(HealthState(feeds=(silent,)))
    assert status.sources() == (f"ESH4.GLBX mbo {DASH}",)


def test_many_sources_in_a_small_window_are_counted_not_cut(status: StatusBar) -> None:
    feeds = tuple(replace(FEEDS[0], name=f"SYMBOL{i}.VENUE mbo", freshness=Freshness.FRESH) for i in range(40))
    status.draw(HealthState(feeds=feeds))
    assert not status.grab().isNull()
    assert len(status.sources()) == 40


class Stack:
    """Toasts on a window with a clock moved by hand."""

    def __init__(self, qtbot: Any) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(1000, 600)
        self.time = ManualClock(NS_PER_S)
        self.clock = FrameClock(self.time, parent=self.window)
        self.toasts = Toasts(theme(), self.clock, self.window)
        self.toasts.changed.connect(lambda: self.toasts.place(1000, 80, 1000))
        self.window.show()

    def titles(self) -> list[str]:
        return [card.notice.title for card in self.toasts.cards()]


@pytest.fixture
def stack(qtbot: Any) -> Stack:
    return Stack(qtbot)


def notice(number: int, severity: str = "watch") -> Notice:
    return Notice(number, severity, f"title {number}", "what to do")


def test_the_newest_notice_is_on_top_and_at_most_three_are_shown(stack: Stack) -> None:
    stack.toasts.draw(tuple(notice(number) for number in range(1, 6)))
    assert stack.titles() == ["title 5", "title 4", "title 3"]
    assert len(stack.toasts.cards()) == SHOWN
    assert len(stack.toasts.open_notices()) == 5


def test_a_notice_seen_before_does_not_come_again(stack: Stack) -> None:
    stack.toasts.draw((notice(1), notice(2)))
    QTest.mouseClick(stack.toasts.cards()[0], Qt.MouseButton.LeftButton)
    stack.toasts.draw((notice(1), notice(2), notice(3)))
    assert stack.titles() == ["title 3", "title 1"]


def test_news_go_first_then_doubts_and_alarms_stay(stack: Stack) -> None:
    stack.toasts.draw((notice(1, "info"), notice(2, "watch"), notice(3, "high")))
    stack.time.advance(STAYS_MS["info"] * 1_000_000 - 1)
    stack.clock.frame()
    assert stack.titles() == ["title 3", "title 2", "title 1"]
    stack.time.advance(2)
    stack.clock.frame()
    assert stack.titles() == ["title 3", "title 2"]
    stack.time.advance((STAYS_MS["watch"] - STAYS_MS["info"]) * 1_000_000)
    stack.clock.frame()
    assert stack.titles() == ["title 3"]
    QTest.mouseClick(stack.toasts.cards()[0], Qt.MouseButton.LeftButton)
    assert stack.toasts.isHidden()


def test_toasts_stay_inside_the_window_also_when_it_is_small(stack: Stack) -> None:
    stack.toasts.draw((notice(1),))
    stack.window.resize(300, 300)
    stack.toasts.place(300, 80, 300)
    assert stack.window.rect().contains(stack.toasts.geometry())
