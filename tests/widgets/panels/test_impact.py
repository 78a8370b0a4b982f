"""The impact calculator: what it says of an order, and how side and size are chosen by keys and mouse."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cockpit.state.commands import ThinkOrder
from cockpit.state.screen import Screen
from cockpit.state.views import Freshness, Head, ImpactState, Order, Provenance
from cockpit.units import NS_PER_S
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.impact import ImpactPanel, size_of
from tests.widgets.keyboard import Sent
from tests.widgets.shell import known, pixels, theme

HEAD = Head(known("ESH4.GLBX"), Provenance.REPLAY, Freshness.FRESH, NS_PER_S // 10)
WALKED = ImpactState(
    head=HEAD,
    order=Order("buy", 500.0),
    filled=500.0,
    average=6001.92,
    from_mid=0.5475,
    from_touch=0.4225,
    from_mid_bps=0.9123,
    cost_usd=13_688.0,
    levels_used=4,
    levels=10,
    prices=np.array([6001.50, 6001.75, 6002.0, 6002.25]),
    taken=np.array([57.0, 148.0, 188.0, 107.0]),
    visible=2_000.0,
)


@pytest.fixture
def panel(qtbot: object) -> ImpactPanel:
    screen = Screen()
    made = ImpactPanel(PanelContext("impact", theme(), screen, Sent()))
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(320, 300)
    made.draw(WALKED)
    return made


def sent(panel: ImpactPanel) -> list[object]:
    return panel._commands.commands  # type: ignore[attr-defined]


def test_it_says_what_the_order_would_cost(panel: ImpactPanel) -> None:
    assert dict(panel.rows()) == {
        "Average price": "6,001.92",
        "Slippage vs mid": "+0.91 bps, +2.19 ticks",
        "Slippage vs touch": "+1.69 ticks",
        "Cost vs mid": "$13,688",
        "Levels used": "4 of 10",
        "Unfilled": "0",
    }
    assert panel.line.text() == "500"
    assert "Cost vs mid $13,688" in panel.accessibleDescription()


def test_what_is_unknown_is_a_dash_and_no_book_is_said_in_words(panel: ImpactPanel) -> None:
    panel.draw(replace(WALKED, filled=0.0, unfilled=500.0, average=None, from_mid=None, from_touch=None,
                       from_mid_bps=None, cost_usd=None, levels_used=0))  # fmt: skip
    rows = dict(panel.rows())
    assert (rows["Average price"], rows["Cost vs mid"], rows["Unfilled"]) == ("–", "–", "500")
    panel.draw(ImpactState())
    assert "Nothing is open" in panel.empty_text()
    panel.draw(ImpactState(head=replace(HEAD, reason="no order book so far")))
    assert panel.empty_text() == "no order book so far"


def test_a_size_is_typed_and_letters_choose_the_side(panel: ImpactPanel) -> None:
    panel.ask_size()
    QTest.keyClicks(panel.line, "s")
    assert sent(panel) == [ThinkOrder(side="sell")]
    panel.line.setText("1,250")
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    assert sent(panel)[-1] == ThinkOrder(size=1250.0)


def test_nonsense_is_not_sent_and_the_size_comes_back(panel: ImpactPanel) -> None:
    panel.line.setText("many")
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    assert sent(panel) == []
    assert panel.line.text() == "500"
    assert [size_of(text) for text in ("0", "-3", "nan", "inf", "", "0.5")] == [None] * 5 + [0.5]


def test_the_switch_and_the_slider_follow_the_mouse(panel: ImpactPanel) -> None:
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=panel._switch(1).center().toPoint())
    assert sent(panel) == [ThinkOrder(side="sell")]
    track = panel._track()
    for share, size in ((0.0, 1.0), (1.0, 2000.0), (0.5, 45.0)):
        spot = QPoint(round(track.left() + share * track.width()), round(track.center().y()))
        QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=spot)
        assert sent(panel)[-1] == ThinkOrder(size=size)


def test_arrows_in_the_field_grow_and_shrink_the_order(panel: ImpactPanel) -> None:
    QTest.keyClick(panel.line, Qt.Key.Key_Up)
    QTest.keyClick(panel.line, Qt.Key.Key_Down)
    more, less = (command.size for command in sent(panel))  # type: ignore[attr-defined]
    assert more > 500 > less


def test_the_levels_taken_are_drawn_and_the_order_is_kept(panel: ImpactPanel) -> None:
    drawn = pixels(panel)
    panel.draw(replace(WALKED, taken=np.array([400.0, 50.0, 25.0, 25.0])))
    assert (pixels(panel) != drawn).any()
    assert panel.view_state() == {"side": "buy", "size": 500.0}
    panel.restore_view({"side": "sell", "size": 3})
    panel.restore_view({"side": "up", "size": "x"})
    assert sent(panel) == [ThinkOrder(side="sell", size=3.0)]


def test_in_a_narrow_pane_size_and_names_can_be_read_and_in_a_wide_one_nothing_stands_far_apart(
    panel: ImpactPanel,
) -> None:
    panel.resize(252, 500)
    panel.draw(WALKED)
    panel.show()
    metrics = panel.line.fontMetrics()
    assert panel.line.text() == "500"
    assert panel.line.width() >= metrics.horizontalAdvance("1,234") + 4
    rows = dict(panel.shown_rows())
    assert rows["Slippage vs mid"] == "+2.19 ticks", "the basis points give way to the name"
    assert dict(panel.rows())["Slippage vs mid"] == "+0.91 bps, +2.19 ticks"
    narrow = pixels(panel)
    panel.resize(900, 500)
    assert dict(panel.shown_rows())["Slippage vs mid"] == "+0.91 bps, +2.19 ticks"
    wide = pixels(panel)
    ground = wide[499, 899]
    assert (wide[:, 460:] == ground).all()
    assert (narrow[:, 230:240] != ground).any()
