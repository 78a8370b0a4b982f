"""The feature strips: what they say, the crosshair by pointer and keys, formulas, and which rows are shown."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from cockpit.instruments import Instrument
from cockpit.resources import open_text
from cockpit.state.panels.strips import PLAIN
from cockpit.state.screen import Screen
from cockpit.state.views import Freshness, Head, Provenance, Strip, StripLine, StripsState
from cockpit.units import NS_PER_S
from cockpit.widgets.actions import by_id
from cockpit.widgets.desk import CrossKeys, ExplainsRows, RowKeys
from cockpit.widgets.panel import HasChoices, PanelContext
from cockpit.widgets.panels.strips import StripsPanel
from cockpit.widgets.strips.lines import nearest, path
from cockpit.widgets.strips.words import WORDS
from tests.widgets.keyboard import Sent
from tests.widgets.shell import known, pixels, theme

S = NS_PER_S
NOW = 1_703_545_800 * S
HEAD = Head(known("ESH4.GLBX"), Provenance.REPLAY, Freshness.FRESH, S // 10)


def line(*values: float | None, begins: tuple[int, ...] = (0,)) -> StripLine:
    """Values of the last seconds; None is unknown."""
    at = [place for place, value in enumerate(values) if value is not None]
    clocks = NOW - (len(values) - 1 - np.array(at, np.int64)) * S
    starts = np.array([place in begins for place in at])
    return StripLine(clocks, np.array([values[place] for place in at], np.float64), starts, values[-1])


def state(**lines: StripLine | tuple[StripLine, ...]) -> StripsState:
    strips = tuple(Strip(name, each if isinstance(each, tuple) else (each,)) for name, each in lines.items())
    return StripsState(HEAD, NOW, 180 * S, strips, is_fitted=False, kyle=(300, 0.41))


FULL = state(
    spread=line(1.0, 1.0, 2.0, 1.0),
    microprice=line(0.1, -0.1, 0.2, 0.12),
    imbalance=line(0.1, 0.3, 0.2, 0.19),
    ofi=line(5.0, -80.0, 0.0, 61.0),
    net_stack=line(1.0, 40.0, -20.0, -118.0),
    slope=(line(100.0, 120.0, 130.0, 142.0), line(90.0, 100.0, 110.0, 119.0)),
    depth_5=line(8_000.0, 8_100.0, 8_300.0, None),
    kyle=line(0.01, 0.02, 0.03, 0.0332),
)


@pytest.fixture
def panel(qtbot: object) -> StripsPanel:
    made = StripsPanel(PanelContext("strips", theme(), Screen(), Sent()))
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(360, 330)
    made.draw(FULL)
    return made


def hover(panel: StripsPanel, at: QPoint) -> None:
    spot = QPointF(at)
    none = Qt.MouseButton.NoButton
    panel.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, spot, spot, none, none, Qt.KeyboardModifier.NoModifier))


def test_rows_read_as_in_the_picture_and_what_is_unknown_is_a_dash(panel: StripsPanel) -> None:
    assert panel.rows() == (
        ("Spread", "0.25"),
        ("Weighted mid − mid", "+0.03"),
        ("Imbalance", "+0.19"),
        ("OFI, 1 s", "+61"),
        ("Net pull / stack", "−118"),
        ("Slope, bid / ask", "142 / 119"),
        ("Depth in 5 bp", "–"),
    )
    assert "Net pull / stack −118" in panel.accessibleDescription()
    assert panel.accessibleName() == "Book, last 180 s"


def test_coins_are_written_as_coins(panel: StripsPanel) -> None:
    coin = Instrument("BTCUSDT-PERP.BINANCE", "BTC", tick_nano=100_000_000, kind="crypto", lot_nano=1_000_000)
    panel.draw(dataclasses.replace(FULL, head=dataclasses.replace(HEAD, instrument=coin)))
    rows = dict(panel.rows())
    assert rows["OFI, 1 s"] == "+0.061"
    assert rows["Slope, bid / ask"] == "0.142 / 0.119"
    assert rows["Spread"] == "0.10"
    assert "coins" in panel.tip_at(QPointF(5, panel._heights()[3][1] + 2))


def test_the_pointer_over_the_lines_reads_every_row_at_that_moment(panel: StripsPanel) -> None:
    panel.resize(1_400, 330)
    area = panel._lines_area()
    at = QPoint(round(area.left() + area.width() * (1 - 2 / 180)), 60)
    hover(panel, at)
    assert dict(panel.rows())["OFI, 1 s"] == "−80"
    assert panel.moment() == "18:09:58"
    before = pixels(panel)
    hover(panel, QPoint(3, 60))
    assert dict(panel.rows())["OFI, 1 s"] == "+61"
    assert panel.moment() == ""
    assert not np.array_equal(pixels(panel), before)


def test_keys_move_the_crosshair_by_seconds_and_rows(panel: StripsPanel) -> None:
    assert isinstance(panel, CrossKeys)
    panel.toggle_key_cross()
    assert panel.has_key_cross
    panel.move_key_cross(-1, 0)
    assert dict(panel.rows())["Spread"] == "0.50"
    panel.move_key_cross(-90, -2)
    assert dict(panel.rows())["Spread"] == "–", "nothing is known so far back"
    panel.move_key_cross(1_000, 0)
    assert panel.moment() == "18:10:00"
    panel.toggle_key_cross()
    assert (panel.has_key_cross, panel.moment()) == (False, "")
    panel.move_key_cross(0, -1)
    assert not panel.has_key_cross, "another row, no moment"
    panel.move_key_cross(-1, 0)
    assert (panel.has_key_cross, panel.moment()) == (True, "18:09:59")


def test_the_arrows_of_the_keyboard_reach_a_body_that_has_only_a_crosshair(panel: StripsPanel) -> None:
    desk = SimpleNamespace(focused_pane=lambda: "strips", panel=lambda _: panel)
    hands = SimpleNamespace(desk=desk)
    for action in ("chart.down", "chart.down", "chart.left"):
        assert by_id(action).start(hands)
    panel.toggle_formula()
    assert panel.opened.startswith("(bid − ask) / (bid + ask)")
    assert panel.moment() == "18:09:59"


def test_a_click_or_enter_opens_the_formula_of_a_row_and_closes_it(panel: StripsPanel) -> None:
    assert isinstance(panel, ExplainsRows)
    top = panel._heights()[3][1]
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(10, round(top) + 4))
    assert panel.opened.startswith("event order-flow imbalance of the best quotes")
    assert "formulas.md, Book, last 180 s" in panel.opened
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert panel.opened == ""
    QTest.keyClick(panel, Qt.Key.Key_Down)
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert panel.opened.startswith("added − pulled bids")
    pixels(panel)


def test_rows_are_chosen_in_the_settings_and_kept(panel: StripsPanel) -> None:
    assert isinstance(panel, HasChoices)
    panel.choose("kyle", "shown")
    panel.choose("spread", "hidden")
    labels = [name for name, _ in panel.rows()]
    assert "Spread" not in labels
    assert labels[-1] == "Kyle's lambda"
    assert dict(panel.rows())["Kyle's lambda"] == "+0.0083", "a quarter of a point a tick"
    assert "n 300, R² 0.41" in panel.tip_at(QPointF(5, panel._heights()[-1][1] + 2))
    kept = panel.view_state()
    for name in WORDS:
        panel.choose(name, "hidden")
    assert "Every row is hidden" in panel.empty_text()
    panel.restore_view({**kept, "no such row": "shown"})
    assert [name for name, _ in panel.rows()] == labels


def test_with_nothing_open_it_says_how_to_begin_and_without_a_book_why(panel: StripsPanel) -> None:
    panel.draw(StripsState())
    assert "Nothing open" in panel.empty_text()
    panel.draw(StripsState(Head(known("ESH4.GLBX"), reason="no order book so far"), NOW))
    assert panel.empty_text() == "no order book so far"
    pixels(panel)


def test_a_small_panel_scrolls_to_the_selected_row(panel: StripsPanel) -> None:
    assert isinstance(panel, RowKeys)
    panel.resize(260, 120)
    assert len(panel._heights()) == 4
    for _ in range(6):
        QTest.keyClick(panel, Qt.Key.Key_Down)
    assert [strip.name for strip, _, _ in panel._heights()] == ["ofi", "net_stack", "slope", "depth_5"]
    panel.scroll_rows(10)
    assert panel._heights()[0][0].name == "spread"


def test_a_line_is_broken_where_it_begins_anew(panel: StripsPanel) -> None:
    area = panel._lines_area()
    broken = path(line(1.0, 2.0, 3.0, 4.0, begins=(0, 2)), area, 1.0, 4.0, NOW, 180 * S)
    moves = [broken.elementAt(i).isMoveTo() for i in range(broken.elementCount())]
    assert moves.count(True) == 2
    flat = path(line(7.0, 7.0), area, 7.0, 7.0, NOW, 180 * S)
    assert flat.boundingRect().center().y() == pytest.approx(area.center().y())
    assert nearest(line(1.0, None, None, None, None, 2.0), NOW - 2 * S, S) is None


def test_every_strip_has_words_and_a_line_in_the_formulas() -> None:
    assert set(WORDS) == {"microprice", *PLAIN}
    with open_text("docs", "formulas.md") as file:
        section = file.read().partition("## Book, last 180 s")[2].partition("\n## ")[0]
    for name in ("Spread", "Micro-price − mid", "Imbalance", "OFI, 1 s", "Net pull / stack", "Slope, bid / ask",
                 "Depth in 5, 10, 25 bp", "OFI, integrated 1 s", "Delta-depth imbalance", "VPIN", "Kyle's lambda",
                 "Bought / sold, 1 s", "OFI, ten ranks 1 s"):  # fmt: skip
        assert f"| {name}" in section, name
