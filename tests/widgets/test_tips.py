"""Tooltips: after a moment, then at once; kept by a pin; of real panels with value, instant and formula."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.state.screen import Screen
from cockpit.state.views import Freshness, PressureState
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.ladder import LadderPanel
from cockpit.widgets.tips import AWAY, DELAY_MS, TipBox, Tips, TipSource
from tests.widgets.keyboard import HandClock, Keyboard
from tests.widgets.shell import Sent, head, pixels, theme

THIRD = 100


class Desk:
    """A window with one widget whose three thirds say different things; the last says nothing."""

    def __init__(self, qtbot: Any) -> None:
        self.clock = HandClock()
        self.window = QWidget()
        self.window.resize(800, 600)
        self.tips = Tips(theme(), self.clock, self.window)
        self.widget = QWidget(self.window)
        self.widget.setGeometry(100, 100, 3 * THIRD, 60)
        self.says = ["Spread: 1 ticks\nFormula: ask − bid\nAs of 13:42:48.918 ET", "Micro: 2", ""]
        self.source = TipSource(self.widget, self.tips, lambda at: self.says[int(at.x() // THIRD)])
        qtbot.addWidget(self.window)
        self.window.show()

    def point(self, x: int) -> None:
        """Move the pointer over the widget."""
        at, none = QPointF(x, 30), Qt.MouseButton.NoButton
        where = QPointF(self.widget.mapToGlobal(at.toPoint()))
        keys = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.widget, QMouseEvent(QEvent.Type.MouseMove, at, where, none, none, keys))

    def box(self) -> TipBox | None:
        """The one tip that is not pinned."""
        boxes = [box for box in self.window.findChildren(TipBox) if box.isVisible() and not box.is_pinned]
        assert len(boxes) < 2
        return boxes[0] if boxes else None


@pytest.fixture
def desk(qtbot: Any) -> Desk:
    return Desk(qtbot)


def test_a_tip_comes_after_a_moment_and_then_follows_at_once(desk: Desk) -> None:
    desk.point(10)
    assert desk.box() is None
    assert desk.clock.jobs["tip"][0] == DELAY_MS
    desk.clock.pass_ms(DELAY_MS)
    assert desk.tips.shown == desk.says[0]
    desk.point(150)
    assert desk.tips.shown == desk.says[1], "at once while moving"
    desk.point(250)
    assert desk.box() is None, "where there is nothing to say"


def test_a_tip_goes_with_the_pointer(desk: Desk) -> None:
    desk.point(10)
    desk.clock.pass_ms(DELAY_MS)
    QApplication.sendEvent(desk.widget, QEvent(QEvent.Type.Leave))
    assert desk.tips.shown == ""
    assert "tip" not in desk.clock.jobs


def test_a_tip_over_a_value_that_moves_says_what_it_is_now(desk: Desk) -> None:
    desk.point(150)
    desk.clock.pass_ms(DELAY_MS)
    desk.says[1] = "Micro: 3"
    desk.clock.pass_ms(DELAY_MS)
    assert desk.tips.shown == "Micro: 3"


def test_a_tip_stands_beside_the_pointer_inside_the_window(desk: Desk) -> None:
    desk.point(10)
    desk.clock.pass_ms(DELAY_MS)
    box = desk.box()
    assert box is not None
    assert box.pos() == QPoint(110 + AWAY, 130 + AWAY)
    for corner in (QPoint(0, 0), QPoint(799, 599), QPoint(799, 0), QPoint(0, 599)):
        box.stand_by(corner)
        assert desk.window.rect().contains(box.geometry())
        assert not box.geometry().contains(corner)


def test_qt_shows_no_second_tip(desk: Desk) -> None:
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), desk.widget.mapToGlobal(QPoint(5, 5)))
    assert desk.source.eventFilter(desk.widget, event)


def test_a_pin_keeps_it_and_a_click_takes_it_off(desk: Desk) -> None:
    desk.point(10)
    desk.clock.pass_ms(DELAY_MS)
    box = desk.box()
    assert box is not None
    loose = pixels(box)
    assert desk.tips.pin(None) == desk.says[0]
    assert (pixels(box) != loose).any(), "it wears a pin"
    desk.point(150)
    desk.clock.pass_ms(DELAY_MS)
    assert desk.tips.pinned == (desk.says[0],)
    assert desk.tips.shown == desk.says[1], "the next tip comes beside the pinned one"
    kept = desk.tips.pinned_boxes()[0]
    assert kept.isVisible()
    QTest.mouseClick(kept, Qt.MouseButton.LeftButton)
    assert desk.tips.pinned == ()
    assert not kept.isVisible()


def test_a_tip_that_is_not_pinned_lets_clicks_through(desk: Desk) -> None:
    desk.point(10)
    desk.clock.pass_ms(DELAY_MS)
    box = desk.box()
    assert box is not None
    assert box.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_all_pins_go_at_once(desk: Desk) -> None:
    for x in (10, 150):
        desk.point(x)
        desk.clock.pass_ms(DELAY_MS)
        desk.tips.pin(None)
    assert len(desk.tips.pinned) == 2
    assert desk.tips.unpin_all() == 2
    assert desk.tips.pinned == ()


def test_keys_pin_without_a_mouse_and_say_when_there_is_nothing(qtbot: Any) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.press("; I")
    assert "none is shown" in keyboard.keymap.said
    source = TipSource(keyboard.desk.bodies["chart.1"], keyboard.keymap.tips, lambda _: "Net GEX +3.9B per 1 %")
    assert source.first()
    keyboard.press("; I")
    assert keyboard.keymap.tips.pinned == ("Net GEX +3.9B per 1 %",)
    keyboard.press("; O")
    assert keyboard.keymap.tips.pinned == ()
    keyboard.press("; O")
    assert keyboard.keymap.said == "No tooltip is pinned"


def test_a_panel_that_died_costs_nothing(desk: Desk) -> None:
    desk.point(10)
    desk.widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    desk.clock.pass_ms(DELAY_MS)
    assert desk.tips.shown == ""
    assert desk.tips.pin(desk.window) == ""


def test_read_outs_of_the_ladder_name_value_formula_and_instant(qtbot: Any) -> None:
    screen = Screen()
    panel = LadderPanel(PanelContext("ladder", theme(), screen, Sent(screen)))
    qtbot.addWidget(panel)
    panel.resize(400, 700)
    state = replace(
        panel._state,
        head=head("ESH4.GLBX", "", Freshness.FRESH, 0.1),
        best_bid=19242,
        best_ask=19243,
        spread_ticks=1,
        microprice=19242.375,
        imbalance=-0.08123,
        bid_total=595,
        ask_total=692,
        pressure=PressureState(at_ns=1_703_547_067_123_000_000),
    )
    panel.draw(state)
    tips = {panel.tip_at(QPointF(x, panel.rows_top() - 50)) for x in range(400)} - {""}
    assert len(tips) == 4
    micro = next(text for text in tips if text.startswith("Micro"))
    assert "4,810.59375" in micro
    assert "19,242.3750 ticks" in micro
    assert "Formula: micro-price (Stoikov" in micro
    assert "As of 18:31:07.123 ET" in micro
    assert any("order-flow" in text and "not defined now" in text for text in tips)
    assert panel.tip_at(QPointF(200, panel.rows_top() + 40)) == "", "nothing covers prices"
