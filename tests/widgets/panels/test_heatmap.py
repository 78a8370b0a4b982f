"""What a trader reads off the heatmap, and what keys and hands do to it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cockpit.engines.book.layout import CELL_NS
from cockpit.state.screen import Screen
from cockpit.state.views import Freshness, HeatState
from cockpit.widgets.desk import ChartKeys, HeatKeys, PriceKeys
from cockpit.widgets.heat.places import HeatBands, size_text, unit_of
from cockpit.widgets.panel import HasChoices, PanelContext
from cockpit.widgets.panels.heatmap import HeatmapPanel
from tests.widgets.heat.states import Market
from tests.widgets.shell import known, pixels, theme


class Sink:
    """Takes commands."""

    def send(self, command: object) -> None:
        """Nothing happens."""


@pytest.fixture
def market() -> Market:
    made = Market()
    made.feed(3_000)
    return made


@pytest.fixture
def panel(qtbot) -> HeatmapPanel:
    made = HeatmapPanel(PanelContext("heatmap", theme(), Screen(), Sink()))
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


def test_it_says_why_it_is_empty(panel: HeatmapPanel) -> None:
    panel.draw(HeatState())
    assert panel.reason == "Nothing open"
    state = Market().state(5 * CELL_NS)
    panel.draw(state)
    assert panel.reason == "no order book so far, only bars or prints" or panel.reason.startswith("nothing")


def test_at_now_it_says_so_and_behind_it_says_how_far(panel: HeatmapPanel, market: Market) -> None:
    panel.draw(market.state())
    pixels(panel)
    assert ("View", "at live edge") in panel.readouts()
    assert panel.pill.isHidden()
    panel.pan(-10)
    assert dict(panel.readouts())["Behind"]
    assert not panel.pill.isHidden()
    QTest.mouseClick(panel.pill, Qt.MouseButton.LeftButton)
    assert panel.view.right is None


def test_the_past_stands_still_while_live_goes_on(panel: HeatmapPanel, market: Market) -> None:
    panel.choose("depth", "hidden")
    panel.choose("profile", "hidden")
    panel.choose("cvd", "hidden")
    panel.draw(market.state())
    panel.pan(-20)
    before = pixels(panel)[60:440, :700]
    market.feed(300)
    panel.draw(market.state())
    assert (pixels(panel)[60:440, :700] == before).all()
    panel.to_live()
    assert (pixels(panel)[60:440, :700] != before).any()


def test_keys_of_charts_move_it(panel: HeatmapPanel, market: Market) -> None:
    panel.draw(market.state())
    assert isinstance(panel, ChartKeys)
    assert isinstance(panel, PriceKeys)
    assert isinstance(panel, HeatKeys)
    zoom, tick, centre = panel.view.zoom, panel.view.tick, panel.view.centre
    panel.zoom(1)
    panel.zoom_prices(1)
    panel.pan_prices(0.1)
    assert panel.view.zoom == zoom - 1
    assert panel.view.tick > tick
    assert panel.view.centre is not None
    assert centre is not None
    assert panel.view.centre > centre
    panel.to_oldest()
    first = panel.scale().x(market.state().heat.first_ns or 0)
    assert 0 <= first <= panel.scale().columns
    panel.to_usual()
    assert panel.view.right is None
    assert panel.view.follows


def test_the_legend_names_the_ends_of_levels_while_they_are_marked(panel: HeatmapPanel, market: Market) -> None:
    panel.draw(market.state())
    assert {"pulled", "eaten"} <= dict(panel.readouts()).keys()
    panel.zoom(-4)
    assert not {"pulled", "eaten"} & dict(panel.readouts()).keys()


def test_the_hand_drags_time_and_prices_and_the_wheel_magnifies(panel: HeatmapPanel, market: Market) -> None:
    panel.draw(market.state())
    QTest.mousePress(panel, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(panel, QPoint(320, 240))
    QTest.mouseRelease(panel, Qt.MouseButton.LeftButton, pos=QPoint(320, 240))
    zoom = panel.view.zoom
    at = QPointF(300, 200)
    wheel = QWheelEvent(
        at, panel.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(panel, wheel)
    assert panel.view.zoom == zoom - 1


def test_cut_offs_follow_the_keys_and_contrast_takes_them_back(panel: HeatmapPanel, market: Market) -> None:
    panel.draw(market.state())
    first = panel.limits()
    panel.cut(2)
    assert panel.limits().low > first.low
    assert panel.limits().high > first.high
    for _ in range(3):
        panel.next_contrast()
    assert panel.limits() == first


def test_limits_stay_while_the_book_stays_alike(panel: HeatmapPanel, market: Market) -> None:
    panel.draw(market.state())
    first = panel.limits()
    for _ in range(20):
        market.feed(5)
        panel.draw(market.state())
        assert panel.limits() == first


def test_prices_are_put_together_as_chosen_and_choices_outlive_the_session(
    panel: HeatmapPanel, market: Market, qtbot
) -> None:
    panel.draw(market.state())
    assert isinstance(panel, HasChoices)
    panel.choose("group", "5")
    panel.choose("bubbles", "hidden")
    panel.cut(1)
    assert panel.scale().group == 5
    assert ("Row", "5 t") in panel.readouts()
    with pytest.raises(KeyError):
        panel.choose("group", "3")
    other = HeatmapPanel(PanelContext("heatmap", theme(), Screen(), Sink()))
    qtbot.addWidget(other)
    other.restore_view(panel.view_state())
    assert other.view_state() == panel.view_state()
    other.restore_view({"group": "3", "zoom": "far", "cut": None})
    assert other.view_state() == panel.view_state()


def test_the_pointer_reads_out_what_rested_then(panel: HeatmapPanel, market: Market) -> None:
    state = market.state()
    panel.draw(state)
    scale, top = panel.scale(), panel.bands().top
    at = (state.now_ns or 0) - 100 * CELL_NS
    bids, asks = state.heat.book_at(at)
    tick = max(bids)
    spot = QPoint(round(scale.x(at)), round(top + scale.y(tick)))
    instant = scale.instant(spot.x())
    QTest.mouseMove(panel, spot)
    panel.mouseMoveEvent(_move(panel, spot))
    rested = state.heat.size_at(tick, instant)
    assert dict(panel.readouts())["Rested"] == (f"{rested:,}" if rested else "nothing")
    del asks


def test_stale_data_looks_stale(panel: HeatmapPanel, market: Market) -> None:
    state = market.state()
    panel.draw(state)
    fresh = pixels(panel)
    panel.draw(replace(state, head=replace(state.head, freshness=Freshness.STALE)))
    assert (pixels(panel) != fresh).mean() > 0.1


def test_another_theme_shows_at_once(panel: HeatmapPanel, market: Market) -> None:
    panel.draw(market.state())
    pixels(panel)
    light = theme("daylight")
    panel._theme.become(light)
    assert int(pixels(panel)[60, -4]) & 0xFFFFFF == light.argb("bg1") & 0xFFFFFF


def test_narrow_panes_drop_the_profile_then_the_depth() -> None:
    wide, middle, narrow = (HeatBands.of(width, 400, 72) for width in (900, 500, 380))
    assert wide.profile > 0
    assert wide.depth > 0
    assert (middle.profile, middle.depth > 0) == (0, True)
    assert (narrow.profile, narrow.depth) == (0, 0)


def test_sizes_are_in_contracts_or_coins() -> None:
    future = known("ESH4.GLBX")
    coin = replace(future, kind="crypto", root="BTCUSDT", lot_nano=1_000_000)
    assert (size_text(future, 1_284), unit_of(future)) == ("1,284", "contracts")
    assert (size_text(coin, 1_500), unit_of(coin)) == ("1.500", "BTC")
    assert size_text(future, 2_400_000) == "2.40M"


def _move(panel: HeatmapPanel, spot: QPoint):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    at = QPointF(spot)
    none = Qt.MouseButton.NoButton
    return QMouseEvent(QEvent.Type.MouseMove, at, panel.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier)
