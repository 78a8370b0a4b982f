"""The evidence drawer: what it tells, its keys and buttons, and how it comes and goes with the event looked at."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cockpit.instruments import Instrument
from cockpit.state.commands import CloseEvidence, ShowEvidence, StepEvidence
from cockpit.state.detector_views import EvidenceState
from cockpit.widgets.detect.drawer import EvidenceDrawer
from cockpit.widgets.detect.words import evidence_text, move_text
from tests.widgets.detect.samples import EVENTS, EVIDENCE, HEAD
from tests.widgets.shell import Shell, pixels

COIN = Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", kind="crypto", tick_nano=100_000_000, lot_nano=1_000_000)


@pytest.fixture
def shell(qtbot: Any) -> Shell:
    return Shell(qtbot, size=(1280, 720)).open()


@pytest.fixture
def drawer(shell: Shell) -> EvidenceDrawer:
    return opened(shell, EVIDENCE)


def opened(shell: Shell, state: EvidenceState) -> EvidenceDrawer:
    shell.screen.evidence.publish(state)
    shell.frames(3)
    drawer = shell.window.evidence.drawer
    assert drawer is not None
    return drawer


def asked(shell: Shell, kind: type) -> list[object]:
    return [command for command in shell.sent.commands if isinstance(command, kind)]


def test_it_tells_where_when_the_rule_the_numbers_and_what_followed(drawer: EvidenceDrawer) -> None:
    assert drawer.heading() == ("Wall", "bid 4,860.00", "18:19:20.345 New York, Mon 25 Dec", "event 60 of 60")
    text = drawer.text()
    assert "1,284 > 470 for longer than the time asked (5.0 s so far)." in text
    assert "size 1,284 median level 157" in text
    assert "What followed, in the expected direction: up" in text
    assert "1 s +1.5 ticks 5 s unknown" in text
    assert "30 s −0.5 ticks 5 m not yet" in text
    assert "#12,340 #12,345 …, 2 of 43" in text


def test_the_book_stands_before_and_after_with_the_change_and_prints_that_made_it_are_marked(
    drawer: EvidenceDrawer,
) -> None:
    text = drawer.text()
    assert "1,284 640 −644 4,815.00" in text
    assert "4,815.25 80 75 −5" in text
    assert "● 18:19:18.000 4,815.00 12 sell" in text
    assert "18:19:19.000 4,815.00 3 buy" in text
    assert "Prints, 2; 1 ● made it" in text


def test_coins_are_coins_and_what_is_not_kept_is_said(shell: Shell) -> None:
    drawer = opened(shell, replace(EVIDENCE, head=replace(HEAD, instrument=COIN), prints=(), levels=()))
    assert "The history of the book does not reach there." in drawer.text()
    assert "None from a second before to a second after." in drawer.text()
    drawer.show_state(replace(EVIDENCE, head=replace(HEAD, instrument=COIN)), None)
    assert any("1.284 0.640 −0.644" in line for line in drawer.text())


def test_words_for_moves_and_events() -> None:
    assert [move_text(move, over) for move, over in ((2.0, True), (0.0, True), (None, True), (None, False))] == [
        "+2 ticks", "0 ticks", "unknown", "not yet"
    ]  # fmt: skip
    assert evidence_text(replace(EVENTS[0], causes=2)) == "#12,340 #12,345"
    assert evidence_text(replace(EVENTS[0], evidence=())) == "none kept"


def test_keys_go_to_other_events_into_the_replay_and_away(shell: Shell, drawer: EvidenceDrawer) -> None:
    assert QApplication.focusWidget() is drawer
    QTest.keyClick(drawer, Qt.Key.Key_Left)
    QTest.keyClick(drawer, Qt.Key.Key_Right)
    QTest.keyClick(drawer, Qt.Key.Key_Return)
    assert asked(shell, StepEvidence) == [StepEvidence(-1), StepEvidence(1)]
    assert asked(shell, ShowEvidence) == [ShowEvidence()]
    QTest.keyClick(drawer, Qt.Key.Key_Escape)
    assert asked(shell, CloseEvidence) == [CloseEvidence()]
    shell.screen.evidence.publish(replace(EVIDENCE, place=59))  # made before the closing was obeyed
    shell.frames(2)
    assert shell.window.evidence.drawer is None
    shell.screen.evidence.publish(EvidenceState(head=HEAD))
    shell.frames(2)
    assert opened(shell, EVIDENCE) is not drawer


def test_esc_closes_it_from_anywhere_and_buttons_do_what_keys_do(shell: Shell, drawer: EvidenceDrawer) -> None:
    for button in drawer.buttons[:3]:
        button.click()
    assert asked(shell, StepEvidence) == [StepEvidence(-1), StepEvidence(1)]
    assert asked(shell, ShowEvidence) == [ShowEvidence()]
    QTest.keyClick(drawer, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is drawer.buttons[0]
    shell.body("ladder").setFocus()
    shell.frames()
    assert not drawer.is_left, "one compares it with the other panels"
    shell.window.step_out()
    assert asked(shell, CloseEvidence) == [CloseEvidence()]


def test_an_event_the_playhead_has_not_reached_stays_and_says_so(shell: Shell, drawer: EvidenceDrawer) -> None:
    before = pixels(drawer)
    shell.screen.evidence.publish(EvidenceState(head=HEAD, key=EVENTS[0].key))
    shell.frames(2)
    assert drawer.waits
    assert "The playhead is before it: this is what was seen then." in drawer.text()
    assert (pixels(drawer) != before).any()
    shell.screen.evidence.publish(replace(EVIDENCE, total=61))
    shell.frames(2)
    assert not drawer.waits
    shell.screen.evidence.publish(EvidenceState())
    shell.frames(2)
    assert shell.window.evidence.drawer is None
    assert asked(shell, CloseEvidence) == [], "nobody has to be told"


def test_it_stands_between_the_bars_inside_a_small_window_and_scrolls(shell: Shell) -> None:
    drawer = opened(shell, replace(EVIDENCE, prints=EVIDENCE.prints * 40))
    window = shell.window.rect()
    assert window.contains(drawer.geometry())
    assert drawer.y() >= shell.window.top_bar.height()
    assert all(drawer.rect().contains(button.geometry()) for button in drawer.buttons)
    QTest.keyClick(drawer, Qt.Key.Key_PageDown)
    assert drawer.scrolled > 300
    QTest.keyClick(drawer, Qt.Key.Key_Home)
    assert drawer.scrolled == 0
    shell.window.resize(900, 600)
    shell.frames(3)
    assert shell.window.rect().contains(drawer.geometry())


def test_with_less_motion_it_is_there_at_once(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell.window.evidence._theme, "still", True)
    shell.screen.evidence.publish(EVIDENCE)
    shell.frames(1)
    drawer = shell.window.evidence.drawer
    assert drawer is not None
    assert drawer.geometry().right() < shell.window.width()


def test_it_slides_in_from_the_right(shell: Shell) -> None:
    shell.screen.evidence.publish(EVIDENCE)
    shell.frames(1, ms=1)
    drawer = shell.window.evidence.drawer
    assert drawer is not None
    first = drawer.x()
    shell.frames(20, ms=10)
    assert drawer.x() < first
    assert drawer.geometry().right() < shell.window.width()
