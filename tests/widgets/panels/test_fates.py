"""The fate of walls: what a row says, what all of them add up to, and how one is opened."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from cockpit.instruments import Instrument
from cockpit.state.commands import OpenEvidence
from cockpit.state.detector_views import FateState
from cockpit.state.screen import Screen
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.fates import FatesPanel
from tests.widgets.detect.samples import FATES, HEAD, WALLS
from tests.widgets.keyboard import Sent
from tests.widgets.shell import pixels, theme

COIN = Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", kind="crypto", tick_nano=100_000_000, lot_nano=1_000_000)


@pytest.fixture
def panel(qtbot: object) -> FatesPanel:
    made = FatesPanel(PanelContext("fates", theme(), Screen(), Sent()))
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(480, 320)
    made.draw(FATES)
    return made


def sent(panel: FatesPanel) -> list[object]:
    return panel._commands.commands  # type: ignore[attr-defined]


def test_a_row_is_price_peak_life_and_what_became_of_it(panel: FatesPanel) -> None:
    assert panel.cells() == (("4,810.00", "1,284", "8:24", "resting"), ("4,807.50", "862", "1:02:00", "pulled"))
    assert "pulled 827" in panel.tip_at(QPointF(100, 26 + 1.5 * panel._theme.row))


def test_sizes_of_a_coin_are_coins(panel: FatesPanel) -> None:
    panel.draw(replace(FATES, head=replace(HEAD, instrument=COIN)))
    assert [cells[1] for cells in panel.cells()] == ["1.284", "0.862"]


def test_totals_are_shares_of_each_side(panel: FatesPanel) -> None:
    assert panel.totals() == (
        "asks, 48: eaten 31 %, pulled 46 %, moved 15 %, unattributed 8 %",
        "bids, 53: eaten 44 %, pulled 29 %, moved 18 %, unattributed 9 %",
    )
    assert panel.since() == "Walls since 18:20"


def test_every_cause_has_its_colour(panel: FatesPanel) -> None:
    shown = pixels(panel)
    for token in ("accent", "put", "info", "line2"):
        assert panel._theme.argb(token) in shown


def test_enter_and_a_click_open_the_wall(panel: FatesPanel) -> None:
    QTest.keyClick(panel, Qt.Key.Key_Down)
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert sent(panel) == [OpenEvidence(1, 59)]
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(100, 30))
    assert sent(panel)[-1] == OpenEvidence(1, 60)
    panel.draw(replace(FATES, rows=(WALLS[1],)))
    assert panel.row == 0


def test_it_says_why_it_is_empty_and_a_small_one_still_shows_walls(panel: FatesPanel) -> None:
    panel.resize(260, 150)
    assert panel.fit() >= 2
    pixels(panel)
    panel.draw(FateState(head=HEAD))
    assert panel.empty_text().startswith("No wall so far")
    panel.draw(FateState())
    assert "Nothing open" in panel.empty_text()
