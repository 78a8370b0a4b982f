"""The pane under the map: bars that stand still while it moves, words in the instrument's units, room it takes."""

from dataclasses import replace

import numpy as np
import pytest

from cockpit.engines.book.layout import CELL_NS
from cockpit.instruments import MINUS, Instrument
from cockpit.state.deltas import SECOND
from cockpit.state.screen import Screen
from cockpit.units import NS_PER_S
from cockpit.widgets.heat.delta_pane import bar_seconds, bars_in, signed_text, span_words
from cockpit.widgets.heat.view import HeatScale
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.heatmap import HeatmapPanel
from tests.widgets.heat.states import FIRST_CELL, Market
from tests.widgets.shell import pixels, theme


class Sink:
    """Takes commands."""

    def send(self, command: object) -> None:
        """Nothing happens."""


@pytest.fixture
def panel(qtbot) -> HeatmapPanel:
    made = HeatmapPanel(PanelContext("heatmap", theme(), Screen(), Sink()))
    qtbot.addWidget(made)
    made.resize(900, 560)
    made.show()
    return made


def scale(end_cell: int, cells: int = 5, columns: int = 400) -> HeatScale:
    return HeatScale(columns, 100, cells, 1, end_cell // cells, 100.0, 3.0, 1)


def test_bars_hold_whole_spans_and_do_not_change_while_the_map_moves() -> None:
    rows = np.zeros(900, SECOND)
    rows["clock_ns"] = FIRST_CELL * CELL_NS // NS_PER_S * NS_PER_S + np.arange(900) * NS_PER_S
    rows["delta"] = np.arange(900) % 7 - 3
    end = FIRST_CELL + 6_000
    one, other = bars_in(rows, scale(end), 5), bars_in(rows, scale(end + 35), 5)
    shared = dict(zip(one[0].tolist()[1:-1], one[1].tolist()[1:-1], strict=True))
    again = dict(zip(*(part.tolist()[1:-1] for part in other), strict=True))
    assert len(shared.keys() & again.keys()) > 30
    assert all(shared[key] == again[key] for key in shared.keys() & again.keys())
    spot = one[0][3]
    assert one[1][3] == rows["delta"][(rows["clock_ns"] >= spot) & (rows["clock_ns"] < spot + 5 * NS_PER_S)].sum()


def test_a_bar_is_a_second_where_there_is_room() -> None:
    assert bar_seconds(scale(FIRST_CELL), 1.0) == 1
    assert bar_seconds(scale(FIRST_CELL, cells=100), 1.0) == 30
    assert [span_words(n) for n in (1, 5, 120)] == ["delta per second", "delta per 5 s", "delta per 2 min"]


def test_coins_are_coins() -> None:
    coin = Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", kind="crypto", lot_nano=1_000_000)
    assert signed_text(coin, -2_924_500) == f"{MINUS}2,924"
    assert signed_text(coin, 1_500) == "1.500"


def test_it_shows_what_the_prints_say_and_can_be_hidden(panel: HeatmapPanel) -> None:
    market = Market()
    market.feed(2_000)
    state = market.state()
    assert len(state.deltas) > 50
    prints = state.prints
    signs = np.where(prints["aggressor"] == ord("B"), 1, np.where(prints["aggressor"] == ord("A"), -1, 0))
    assert int(state.deltas["cvd"][-1]) == int((signs * prints["size"]).sum())
    panel.draw(state)
    bands = panel.bands()
    assert bands.delta == 96
    assert bands.bottom + bands.delta == bands.times
    top, bottom = round(bands.bottom), round(bands.times)
    shown = pixels(panel)[top:bottom]
    assert (shown == np.uint32(theme().argb("bid"))).any()
    assert (shown == np.uint32(theme().argb("ask"))).any()
    panel.draw(replace(state, deltas=state.deltas[:0], now_ns=(state.now_ns or 0) + 1))
    assert not (pixels(panel)[top:bottom] == np.uint32(theme().argb("bid"))).any()
    panel.choose("cvd", "hidden")
    assert panel.bands().bottom == panel.bands().times


def test_a_gap_covers_bars_and_line(panel: HeatmapPanel) -> None:
    market = Market()
    market.feed(2_000)
    state = market.state()
    now = state.now_ns or 0
    panel.draw(state)
    bands, ratio = panel.bands(), panel.devicePixelRatioF()
    gap = (now - 60 * NS_PER_S, now - 30 * NS_PER_S)
    panel.draw(replace(state, heat=replace(state.heat, gaps=(gap,)), now_ns=now + 1))
    picture = pixels(panel)[round(bands.bottom) + 2 : round(bands.times)]
    left, right = (round(panel.scale().x(at) / ratio) for at in gap)
    inside = picture[:, left + 2 : right - 2]
    for token in ("bid", "ask", "accent"):
        assert not (inside == np.uint32(theme().argb(token))).any()


def test_a_low_pane_keeps_its_map(panel: HeatmapPanel) -> None:
    market = Market()
    market.feed(500)
    panel.draw(market.state())
    panel.resize(900, 300)
    assert panel.bands().delta == 0
