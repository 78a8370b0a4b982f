"""Panel frames: built when first drawn, honest when they cannot draw, marked in windows of their own."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from cockpit.state.commands import RestartPanel
from cockpit.state.screen import Screen
from cockpit.state.views import ChartState, Freshness, HealthState, Provenance, WorkspaceState
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panel_frame import PanelFrame, SourceGone
from tests.widgets.shell import PANELS, Body, Sent, head, theme

BY_ID = {spec.id: spec for spec in PANELS}
STATE = ChartState(head=head("ESH4.GLBX", "5m", Freshness.FRESH, 0.1))


def make(qtbot: Any, panel: str = "chart.1") -> PanelFrame:
    screen = Screen()
    made = PanelFrame(BY_ID[panel], PanelContext(panel, theme(), screen, Sent(screen)))
    qtbot.addWidget(made)
    made.resize(500, 400)
    return made


@pytest.fixture
def frame(qtbot: Any) -> PanelFrame:
    return make(qtbot)


def test_the_body_is_built_with_the_first_state(frame: PanelFrame) -> None:
    assert frame.body is None
    frame.draw(STATE)
    frame.draw(STATE)
    assert isinstance(frame.body, Body)
    assert frame.body.states == [STATE, STATE]
    assert frame.header.head is STATE.head


def test_a_state_without_a_head_has_the_title_and_the_provenance_of_what_is_open(qtbot: Any) -> None:
    frame = make(qtbot, "health")
    frame.context.screen.workspace.publish(WorkspaceState(provenance=Provenance.REPLAY))
    frame.draw(HealthState())
    assert frame.header.words() == ("Data health",)
    assert frame.header.accessibleName() == "Data health \N{MIDDLE DOT} REPLAY"
    frame.show_provenance(None)
    assert frame.header.accessibleName() == "Data health"


def test_seen_follows_show_and_hide(frame: PanelFrame) -> None:
    assert not frame.seen
    frame.show()
    assert frame.seen
    frame.hide()
    assert not frame.seen


def test_a_failure_covers_the_body_and_its_button_asks_for_another_try(frame: PanelFrame) -> None:
    frame.draw(STATE)
    frame.show()
    frame.fail("ValueError: no bars")
    assert frame.failure == "ValueError: no bars"
    asked: list[object] = []
    frame.retry_wanted.connect(asked.append)
    button = frame.findChild(QPushButton)
    assert button is not None
    assert button.focusPolicy() == Qt.FocusPolicy.NoFocus
    button.click()
    assert asked == [frame]
    assert frame.failure == ""


def test_the_saved_view_waits_for_the_body(frame: PanelFrame) -> None:
    frame.restore_view({"bars": 120})
    assert frame.view_state() == {"bars": 120}
    frame.draw(STATE)
    assert isinstance(frame.body, Body)
    assert frame.body.view == {"bars": 120}
    frame.body.view = {"bars": 60}
    assert frame.view_state() == {"bars": 60}


def test_in_a_window_of_its_own_a_replay_wears_the_frame(frame: PanelFrame) -> None:
    frame.draw(STATE)
    frame.show()
    violet = QColor(theme().tokens["replay"])

    def corners() -> list[bool]:
        QApplication.processEvents()
        picture = frame.grab().toImage()
        right, bottom = picture.width() - 1, picture.height() - 1
        return [picture.pixelColor(x, y) == violet for x in (1, right - 1) for y in (1, bottom // 2, bottom - 1)]

    assert corners() == [False] * 6
    frame.wear(Provenance.REPLAY)
    assert corners() == [True] * 6
    frame.wear(None)
    assert corners() == [False] * 6


def test_in_a_window_of_its_own_simulated_data_wears_the_hatch(frame: PanelFrame) -> None:
    frame.draw(replace(STATE, head=replace(STATE.head, provenance=Provenance.SIMULATED)))
    frame.show()
    frame.wear(Provenance.SIMULATED)
    QApplication.processEvents()
    picture = frame.grab().toImage()
    strip = {picture.pixelColor(x, 2).name() for x in range(20, 120)}
    assert QColor(theme().tokens["sim"]).name() in strip
    assert len(strip) > 1


def test_every_pane_takes_the_keys_for_each_has_settings(qtbot: Any) -> None:
    told: list[str] = []
    for panel in ("chart.1", "ladder", "vix", "health"):
        frame = make(qtbot, panel)
        frame.focus_taken.connect(told.append)
        frame.focus_body()
    assert told == ["chart.1", "ladder", "vix", "health"]


def test_the_frame_never_gets_smaller_than_the_least_chart(frame: PanelFrame) -> None:
    frame.resize(10, 10)
    frame.draw(STATE)
    frame.show()
    assert frame.body is not None
    assert (frame.body.width(), frame.body.height()) >= (360, 220)


def test_every_panel_says_why_its_source_is_gone_inside_itself_at_every_size(qtbot: Any) -> None:
    reason = "engine stopped since 13:40:02: book ESU2.GLBX: order size not positive: 0 at 4,801.25"
    for panel, size in (
        ("ladder", (302, 560)),
        ("vix", (302, 300)),
        ("chart.1", (482, 290)),
        ("ladder", (240, 200)),
    ):
        frame = make(qtbot, panel)
        frame.resize(*size)
        frame.show()
        frame.draw(replace(STATE, head=replace(STATE.head, freshness=Freshness.FAILED, reason=reason)))
        note = frame.findChild(SourceGone)
        assert note is not None
        words = note.findChild(QLabel)
        assert words is not None
        assert frame.rect().contains(note.geometry()), (panel, size)
        assert words.height() >= words.heightForWidth(words.width()), "no line is cut"
        assert note.accessibleName() == reason.replace("engine", "Engine")


def test_a_panel_whose_source_is_gone_offers_one_button(frame: PanelFrame) -> None:
    frame.show()
    failed = replace(STATE, head=replace(STATE.head, freshness=Freshness.FAILED, reason="the book engine stopped"))
    frame.draw(failed)
    button = frame.findChild(QPushButton)
    assert button is not None
    assert button.isVisible()
    note = button.parentWidget()
    assert note is not None
    assert frame.rect().contains(note.geometry())
    assert note.rect().contains(button.geometry())
    words = note.findChild(QLabel)
    assert words is not None
    assert words.text() == "The book engine stopped"
    assert words.geometry().bottom() < button.geometry().top()
    button.click()
    assert isinstance(frame.context.commands, Sent)
    assert frame.context.commands.commands == [RestartPanel("chart.1")]
    frame.draw(STATE)
    assert not button.isVisible()
