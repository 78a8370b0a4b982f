"""The replay bar: what it prints, which buttons act, and that none of it takes the keys."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cockpit.state import commands as c
from cockpit.state.playback import SPEEDS as LADDER
from cockpit.state.views import ReplayState
from cockpit.units import NS_PER_HOUR, NS_PER_MS, NS_PER_S
from cockpit.widgets.actions import by_id
from cockpit.widgets.replay_bar import SPEEDS, ReplayBar, position_text, reached_text, speed_text
from tests.widgets.keyboard import FIRST_NS, LAST_NS, Sent, theme

OPEN = ReplayState(
    is_open=True,
    first_ns=FIRST_NS,
    last_ns=LAST_NS,
    now_ns=FIRST_NS + NS_PER_HOUR + 204 * NS_PER_MS,
    position=12_345,
    total=53_250,
    digest="7f3ac21e",
    buckets=np.full(480, 1.0),
)


class Bar:
    """A bar 1280 px wide, what it sent and what it started."""

    def __init__(self, qtbot: Any) -> None:
        self.sent = Sent()
        self.started: list[str] = []
        self.bar = ReplayBar(theme(), self.sent, self.started.append)
        self.bar.resize(1280, 48)
        qtbot.addWidget(self.bar)
        self.bar.show()


@pytest.fixture
def shown(qtbot: Any) -> Bar:
    return Bar(qtbot)


def test_the_menu_offers_the_speeds_of_the_playback() -> None:
    assert SPEEDS == LADDER


@pytest.mark.parametrize(
    ("speed", "text"),
    [(0.1, "0.1×"), (0.25, "0.25×"), (1.0, "1×"), (16.0, "16×"), (1000.0, "1,000×"), (math.inf, "max")],
)
def test_speeds_are_short(speed: float, text: str) -> None:
    assert speed_text(speed) == text


def test_the_reached_speed_is_told_only_when_it_is_another() -> None:
    running = replace(OPEN, is_playing=True, speed=10.0)
    assert reached_text(replace(running, reached=9.9)) == ""
    assert reached_text(replace(running, reached=4.25)) == "4.2×"
    assert reached_text(replace(running, speed=math.inf, reached=1234.0)) == "1,234×"
    assert reached_text(replace(running, is_playing=False, reached=4.0)) == ""
    assert reached_text(replace(running, reached=None)) == ""


def test_the_total_is_not_told_before_it_is_known() -> None:
    assert position_text(OPEN) == "12,345 of 53,250"
    assert position_text(replace(OPEN, total=None)) == "12,345 events"
    assert position_text(ReplayState()) == ""


def test_it_prints_clock_position_digest_and_recorder(shown: Bar) -> None:
    shown.bar.draw(replace(OPEN, recording="Recording 4.1 MB"))
    assert shown.bar.clock.text() == "19:00:00.204"
    assert shown.bar.facts.text() == "12,345 of 53,250  Digest 7f3a c21e  Recording 4.1 MB"
    assert shown.bar.clock.toolTip().endswith("2023-12-25T00:00:00.204000000Z")


def test_an_alarm_takes_the_recorders_place(shown: Bar) -> None:
    shown.bar.draw(replace(OPEN, alarm="Recording stopped: disk full"))
    assert shown.bar.facts.text().endswith("Recording stopped: disk full")


def test_end_and_seeking_are_said(shown: Bar) -> None:
    shown.bar.draw(replace(OPEN, at_end=True))
    assert "At the end" in shown.bar.facts.text()
    shown.bar.draw(replace(OPEN, seeking=True))
    assert "Seeking" in shown.bar.facts.text()


def test_a_live_session_says_whether_it_is_followed_or_how_far_behind_it_is(shown: Bar) -> None:
    live = replace(OPEN, is_live=True, total=None)
    shown.bar.draw(live)
    assert "At live edge" in shown.bar.facts.text()
    assert not shown.bar.to_live.isVisible()
    shown.bar.draw(replace(live, behind_ns=252 * NS_PER_S))
    assert "REWOUND 4 m 12 s behind" in shown.bar.facts.text()
    assert "At live edge" not in shown.bar.facts.text()
    assert shown.bar.to_live.isVisible()
    shown.bar.draw(OPEN)
    assert "edge" not in shown.bar.facts.text()


def test_a_narrow_bar_keeps_the_map(shown: Bar) -> None:
    shown.bar.resize(900, 48)
    shown.bar.draw(OPEN)
    assert shown.bar.facts.text() == ""
    assert shown.bar.map.width() > 300
    shown.bar.draw(replace(OPEN, is_live=True, behind_ns=252 * NS_PER_S))
    assert shown.bar.facts.text() == "REWOUND 4 m 12 s"


def test_counting_digits_do_not_push_the_map(shown: Bar) -> None:
    shown.bar.draw(replace(OPEN, position=99_999_999, total=None))
    QTest.qWait(0)
    wide = shown.bar.facts.width()
    shown.bar.draw(replace(OPEN, position=1, total=None))
    assert shown.bar.facts.width() == wide


def test_with_nothing_open_there_is_nothing_to_press_or_read(shown: Bar) -> None:
    shown.bar.draw(ReplayState())
    assert not any(button.isEnabled() for button in shown.bar.buttons.values())
    assert shown.bar.clock.text() == "–"
    assert shown.bar.map.text() == "Nothing is open"
    QTest.mouseClick(shown.bar.map, Qt.MouseButton.LeftButton, pos=QPoint(50, 10))
    assert shown.sent.commands == []


def test_before_the_span_is_known_the_map_says_how_far_it_has_read(shown: Bar) -> None:
    shown.bar.draw(replace(OPEN, last_ns=None, indexed_ns=FIRST_NS + NS_PER_HOUR))
    assert shown.bar.map.text() == "Reading ahead for the map, read to Sun 24 Dec 19:00:00"


def test_buttons_start_actions_of_the_table_and_print_their_keys(shown: Bar) -> None:
    shown.bar.draw(OPEN)
    for action, button in shown.bar.buttons.items():
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert button.toolTip().startswith(by_id(action).text)
    assert shown.started == ["bar.back", "event.back", "play", "event.on", "bar.on"]
    assert shown.bar.buttons["play"].toolTip() == "Play or pause  Space"


def test_no_part_of_the_bar_takes_the_focus(shown: Bar) -> None:
    assert all(child.focusPolicy() == Qt.FocusPolicy.NoFocus for child in shown.bar.findChildren(QWidget))


def test_the_speed_menu_marks_the_speed_and_sets_another(shown: Bar) -> None:
    shown.bar.draw(replace(OPEN, speed=4.0))
    menu = shown.bar.speed.menu()
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["4×"]
    menu.actions()[-1].trigger()
    assert shown.sent.commands == [c.SetSpeed(math.inf)]
    menu.deleteLater()


def test_a_click_on_the_map_jumps_there_and_only_once(shown: Bar) -> None:
    shown.bar.draw(OPEN)
    QTest.qWait(0)
    strip = shown.bar.map
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() // 2, 10))
    (command,) = shown.sent.commands
    assert isinstance(command, c.SeekTo)
    assert abs(command.clock_ns - (FIRST_NS + LAST_NS) // 2) < (LAST_NS - FIRST_NS) / strip.width()


def test_a_drag_waits_for_the_jump_before_and_ends_where_it_was_let_go(shown: Bar) -> None:
    shown.bar.draw(OPEN)
    strip = shown.bar.map
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    shown.bar.draw(replace(OPEN, seeking=True))
    for x in range(20, 60, 10):
        QTest.mouseMove(strip, QPoint(x, 10))
    assert len(shown.sent.commands) == 1
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    scale = strip.scale()
    assert scale is not None
    assert [command.clock_ns for command in shown.sent.commands] == [scale.ns(10.0), scale.ns(60.0)]


def test_it_says_so_when_it_cannot_draw(shown: Bar) -> None:
    shown.bar.fail("ValueError: x")
    assert shown.bar.facts.text() == "cannot draw: ValueError: x"
