"""The Detectors panel: scores against chance, events newest first, and how one is opened by keys and mouse."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from cockpit.state.commands import OpenEvidence, StepHorizon
from cockpit.state.detector_views import DetectorsState
from cockpit.state.screen import Screen
from cockpit.widgets.detect.words import caption, count_text, score_tip, share_text
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.detectors import EVENT, DetectorsPanel
from tests.widgets.detect.samples import DETECTORS, HEAD, event
from tests.widgets.keyboard import Sent
from tests.widgets.shell import pixels, theme


@pytest.fixture
def panel(qtbot: object) -> DetectorsPanel:
    made = DetectorsPanel(PanelContext("detectors", theme(), Screen(), Sent()))
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(340, 420)
    made.draw(DETECTORS)
    return made


def sent(panel: DetectorsPanel) -> list[object]:
    return panel._commands.commands  # type: ignore[attr-defined]


def row_color(panel: DetectorsPanel, row: int) -> set[int]:
    """Colours in the track of a detector."""
    track = panel.card().track(row)
    shown = pixels(panel)[int(track.top()) : int(track.bottom()), int(track.left()) : int(track.right())]
    return set(shown.ravel().tolist())


def test_scores_say_how_many_and_how_often_right_and_too_few_is_said(panel: DetectorsPanel) -> None:
    wall, sweep, absorption = DETECTORS.scores
    assert (count_text(wall), share_text(wall)) == ("n 212", "61 %")
    assert (count_text(sweep), share_text(sweep)) == ("n 148", "42 %")
    assert (count_text(absorption), share_text(absorption)) == ("n 4, too few", "")
    assert caption(2) == "right after 30 s, Wilson 95 %"
    assert "By chance: 44.0%" in score_tip(wall, 2)
    assert "n 4, too few" in panel.accessibleDescription()


def test_a_silent_detector_has_no_accent_and_its_events_are_grey(panel: DetectorsPanel) -> None:
    accent, grey = panel._theme.argb("accent"), panel._theme.argb("text4")
    assert accent in row_color(panel, 0)
    assert accent not in row_color(panel, 1)
    assert grey in row_color(panel, 1)
    bid = panel._theme.argb("bid")
    assert bid in pixels(panel)
    panel.draw(replace(DETECTORS, scores=tuple(replace(row, is_silent=True) for row in DETECTORS.scores)))
    assert bid not in pixels(panel)


def test_arrows_pick_an_event_enter_opens_it_and_new_ones_do_not_move_it(panel: DetectorsPanel) -> None:
    for _ in range(3):
        QTest.keyClick(panel, Qt.Key.Key_Down)
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert sent(panel) == [OpenEvidence(1, 57)]
    panel.draw(replace(DETECTORS, events=(event(61), *DETECTORS.events)))
    assert panel.row == 4
    QTest.keyClick(panel, Qt.Key.Key_Up)
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert sent(panel)[-1] == OpenEvidence(1, 58)
    QTest.keyClick(panel, Qt.Key.Key_End)
    assert panel.first == 61 - panel.fit()
    assert "Wall bid 4,801.00" in panel.accessibleDescription()


def test_a_click_opens_the_event_under_it_and_scrolled_rows_stay_when_new_ones_come(panel: DetectorsPanel) -> None:
    top = panel.card().height
    panel.scroll_rows(-5)
    before = panel.ids()[panel.first]
    panel.draw(replace(DETECTORS, events=(event(61), *DETECTORS.events)))
    assert panel.ids()[panel.first] == before
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(100, int(top + EVENT * 1.5 + 6)))
    assert sent(panel) == [OpenEvidence(1, 54)]


def test_a_click_on_the_caption_turns_to_the_next_time(panel: DetectorsPanel) -> None:
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=panel.card().caption().center().toPoint())
    assert sent(panel) == [StepHorizon(1)]


def test_it_says_why_there_is_nothing_and_tells_all_of_what_is_under_the_pointer(panel: DetectorsPanel) -> None:
    assert "8.2 × median" in panel.tip_at(QPointF(100, panel.card().height + 20))
    assert panel.tip_at(QPointF(100, panel.card().track(1).center().y())).startswith("Sweep: seen 151 times")
    panel.draw(DetectorsState(head=replace(HEAD, reason="no order book so far: detectors look at one")))
    assert panel.empty_text().startswith("no order book so far")
    panel.draw(DetectorsState())
    assert "Nothing open" in panel.empty_text()
    assert panel.tip_at(QPointF(100, 100)) == ""


def test_tried_rules_are_said_and_a_small_panel_still_lists_an_event(panel: DetectorsPanel) -> None:
    plain = pixels(panel)
    panel.draw(replace(DETECTORS, is_tried=True))
    assert (pixels(panel) != plain).any()
    panel.resize(240, 190)
    assert panel.fit() >= 1
