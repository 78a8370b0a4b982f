"""What a trader reads off the ladder, and when it moves."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cockpit.instruments import Instrument, resolve
from cockpit.state.ladder_walls import LadderQueue, LadderWall
from cockpit.state.screen import Screen
from cockpit.state.views import Freshness, Head, LadderState, Provenance
from cockpit.units import NANO
from cockpit.widgets.empty import halves
from cockpit.widgets.figures import amount, size_grid
from cockpit.widgets.ladder.geometry import columns
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.ladder import FOOT, HEAD, LEAST_ROWS, READOUT, LadderPanel
from cockpit.widgets.pressure.meter import FULL, SHORT
from cockpit.widgets.theme import LADDER_ROW, load_theme
from tests.widgets.plot.panes import Painted
from tests.widgets.pressure.states import BUYERS, UNKNOWN
from tests.widgets.shell import pixels

LOW, TICKS = 19_000, 400
BID, ASK = 19_199, 19_200


class Sink:
    """Takes commands."""

    def send(self, command: object) -> None:
        """Nothing happens."""


def state(bid: int = BID, ask: int = ASK, **changes: object) -> LadderState:
    ticks = np.arange(LOW, LOW + TICKS)
    bids = np.where(ticks <= bid, 10 + bid - ticks, 0).astype(np.int64)
    asks = np.where(ticks >= ask, 20 + ticks - ask, 0).astype(np.int64)
    made = LadderState(
        head=Head(resolve("ESH4.GLBX"), Provenance.REPLAY, Freshness.FRESH, 0),
        low_tick=LOW,
        bid_sizes=bids,
        ask_sizes=asks,
        bid_counts=np.where(bids > 0, 3, -1).astype(np.int64),
        ask_counts=np.where(asks > 0, -1, -1).astype(np.int64),
        traded=np.where(ticks == bid, 1_234_567.0, 0.0),
        best_bid=bid,
        best_ask=ask,
        last_tick=bid,
        last_size=4,
        last_aggressor="A",
        bid_total=1_234,
        ask_total=1_000,
        spread_ticks=ask - bid,
        mid=(bid + ask) / 2,
        microprice=bid + 0.25,
        imbalance=-0.11,
        ofi=None,
        resting_orders=9,
    )
    return replace(made, **changes)


@pytest.fixture
def panel(qtbot) -> LadderPanel:
    made = LadderPanel(PanelContext("ladder", load_theme("graphite"), Screen(), Sink()))
    qtbot.addWidget(made)
    made.resize(400, READOUT + HEAD + FOOT + 31 * LADDER_ROW)
    return made


def test_a_row_says_volume_orders_size_and_price(panel: LadderPanel) -> None:
    panel.draw(state())
    assert panel.row_text(BID) == ("1,234,567", "3", "10", "4,799.75", "", "")
    assert panel.row_text(ASK) == ("", "", "", "4,800.00", "20", "")
    assert panel.row_text(LOW - 5) == ("", "", "", "4,748.75", "", "")


def test_what_is_unknown_is_a_dash(panel: LadderPanel) -> None:
    panel.draw(
        state(ofi=None, imbalance=None, spread_ticks=None, microprice=None, weighted_mid=None, bid_total=None)
    )
    assert dict(panel.readouts()) == {"Spread": "– t", "W mid": "–", "Imb": "–", "OFI 10 s": "–"}
    assert panel.foot() == ("–", "Δ –", "1,000")


def test_the_readouts_carry_signs(panel: LadderPanel) -> None:
    panel.draw(state(ofi=-12.0))
    assert dict(panel.readouts())["OFI 10 s"] == "−12"
    assert dict(panel.readouts())["Imb"] == "−0.11"
    assert panel.foot() == ("1,234", "Δ +234", "1,000")


def test_it_stands_still_until_ten_ticks_then_recentres(panel: LadderPanel) -> None:
    panel.draw(state())
    top = panel._anchor.top
    panel.draw(state(BID + 9, ASK + 9))
    assert panel._anchor.top == top
    panel.draw(state(BID + 11, ASK + 11))
    assert panel._anchor.top == top + 11


def test_nothing_moves_under_the_pointer_and_a_key_recentres(panel: LadderPanel) -> None:
    panel.draw(state())
    top = panel._anchor.top
    panel.enterEvent(QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    panel.draw(state(BID + 50, ASK + 50))
    assert panel._anchor.top == top
    panel.recentre()
    assert panel._anchor.top == top + 50
    panel.leaveEvent(QEvent(QEvent.Type.Leave))
    panel.draw(state(BID - 50, ASK - 50))
    assert panel._anchor.top == top - 50


def test_another_symbol_starts_centred(panel: LadderPanel) -> None:
    panel.draw(state())
    other = replace(state(BID + 5, ASK + 5), head=Head(resolve("NQH4.GLBX"), Provenance.REPLAY, Freshness.FRESH, 0))
    panel.draw(other)
    assert panel._anchor.row(BID + 5) == panel.visible_rows() // 2


def _pixels(panel: LadderPanel) -> np.ndarray:
    panel._compose()
    return panel._px.copy()


def test_bars_grow_from_the_price_column_in_the_sides_colours(panel: LadderPanel) -> None:
    theme = load_theme("graphite")
    panel.draw(state())
    pixels = _pixels(panel)
    row = (
        panel._anchor.row(LOW + 100)
        if panel._anchor.row(LOW + 100) < panel.visible_rows()
        else panel.visible_rows() - 2
    )
    y = row * LADDER_ROW + 2
    bid_ink = theme.mixed("bid", theme.tints["size"])
    assert (pixels[y] == bid_ink).sum() > 10
    assert (pixels[2] == theme.mixed("ask", theme.tints["size"])).sum() > 10


def test_stale_is_grey_and_hatched_and_fresh_is_not(panel: LadderPanel) -> None:
    theme = load_theme("graphite")
    panel.draw(state())
    fresh = _pixels(panel)
    panel.draw(replace(state(), head=replace(state().head, freshness=Freshness.STALE)))
    stale = _pixels(panel)
    coloured = theme.mixed("bid", theme.tints["size"])
    assert (fresh == coloured).any()
    assert not (stale == coloured).any()


def test_drawing_twice_shows_the_same(panel: LadderPanel) -> None:
    panel.draw(state())
    first = _pixels(panel)
    panel.draw(state())
    assert (first == _pixels(panel)).all()


def test_without_a_book_the_reason_is_on_the_panel(panel: LadderPanel) -> None:
    panel.draw(LadderState(head=Head(reason="no order book in this recording")))
    picture = panel.grab().toImage()
    ground = picture.pixelColor(1, 1)
    assert any(picture.pixelColor(x, panel.height() // 2) != ground for x in range(60, panel.width() - 60))


def test_a_past_without_a_book_says_from_when_there_is_one_to_eyes_and_to_ears(panel: LadderPanel) -> None:
    reason = "No book before Wed 10:00 — the history holds prints only"
    panel.draw(LadderState(head=Head(resolve("ESH4.GLBX"), reason=reason)))
    assert panel.empty_text() == panel.accessibleDescription() == reason
    assert halves(reason) == ("No book before Wed 10:00", "The history holds prints only")
    panel.draw(state())
    assert panel.empty_text() == ""
    assert panel.accessibleDescription() == "bid 4,799.75, ask 4,800.00"


# the pressure meter above it

BARE = READOUT + HEAD + FOOT


def test_the_meter_gives_way_before_the_ladder_has_fewer_than_eight_rows(panel: LadderPanel) -> None:
    kept: list[int] = []
    for height in range(900, 159, -3):
        panel.resize(300, height)
        panel.draw(state(pressure=BUYERS))
        rows, room = panel.visible_rows(), panel.rows_top() - READOUT - HEAD
        assert room in (FULL, SHORT, 0)
        assert room == 0 or rows >= LEAST_ROWS
        assert room + BARE + rows * LADDER_ROW <= height
        if not kept or kept[-1] != room:
            kept.append(room)
    assert kept == [FULL, SHORT, 0]


def test_rows_stand_below_the_meter_and_the_touch_in_their_middle(panel: LadderPanel) -> None:
    panel.resize(400, BARE + FULL + 21 * LADDER_ROW)
    panel.draw(state(pressure=BUYERS))
    assert panel.meter.geometry().getRect() == (0, 0, 400, FULL)
    assert (panel.rows_top(), panel.visible_rows()) == (FULL + READOUT + HEAD, 21)
    assert panel._anchor.row(BID) == 10
    panel.show()
    picture = panel.grab().toImage()
    touch = panel.rows_top() + 10 * LADDER_ROW + LADDER_ROW // 2
    frame = load_theme("graphite").color("accent").rgb()
    assert any(picture.pixel(x, touch) == frame for x in range(panel.width())), "the last trade's frame"


def test_the_meter_shows_the_pressure_of_the_state_and_ages_with_its_book(panel: LadderPanel) -> None:
    panel.draw(state(pressure=BUYERS))
    assert panel.meter.lines()[0] == "Pressure +0.34 buyers, moderate"
    assert not panel.meter.isHidden()
    panel.draw(state(pressure=UNKNOWN))
    assert panel.meter.lines()[0] == "Pressure – fewer than two components"


def test_without_a_book_there_is_no_meter_unless_the_pressure_is_known(panel: LadderPanel) -> None:
    head = Head(resolve("ESH4.GLBX"), reason="no order book in this recording")
    panel.draw(LadderState(head=head, pressure=UNKNOWN))
    assert panel.meter.isHidden()
    panel.draw(LadderState(head=head, pressure=BUYERS))
    assert not panel.meter.isHidden()
    panel.draw(LadderState(head=head))
    assert panel.meter.isHidden()


def test_scrolling_and_recentring_work_over_the_meter_too(panel: LadderPanel) -> None:
    panel.draw(state(pressure=BUYERS))
    panel.show()
    top = panel._anchor.top
    QTest.wheelEvent(panel.windowHandle(), QPointF(50, 30), QPoint(0, 120))
    assert panel._anchor.top == top + 3
    QTest.mouseDClick(panel.meter, Qt.MouseButton.LeftButton, pos=QPoint(50, 30))
    assert panel._anchor.top == top


def test_a_meter_that_looks_the_same_is_not_painted_with_the_book(panel: LadderPanel) -> None:
    panel.draw(state(pressure=BUYERS))
    panel.show()
    QApplication.processEvents()
    of_ladder, of_meter = Painted(), Painted()
    panel.installEventFilter(of_ladder)
    panel.meter.installEventFilter(of_meter)
    panel.draw(state(BID + 1, ASK + 1, pressure=BUYERS))
    QApplication.processEvents()
    assert (of_ladder.count, of_meter.count) == (1, 0)
    panel.draw(state(BID + 1, ASK + 1, pressure=replace(BUYERS, value=0.5)))
    QApplication.processEvents()
    assert of_meter.count == 1


def test_keys_scroll_the_ladder_as_the_wheel_does_and_it_stays(panel: LadderPanel) -> None:
    panel.draw(state())
    panel.show()
    top = panel._anchor.top
    panel.scroll_rows(-5)
    assert panel._anchor.top == top - 5
    panel.draw(state(BID + 1, ASK + 1))
    assert panel._anchor.top == top - 5


def test_sizes_of_coins_are_coins_not_lots(panel: LadderPanel) -> None:
    coin = Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", tick_nano=NANO // 10, decimals=1, kind="crypto",
                      lot_nano=NANO // 1_000)  # fmt: skip
    before = state()
    sizes = np.full_like(before.bid_sizes, 3_412)
    panel.draw(replace(before, head=replace(before.head, instrument=coin), bid_sizes=sizes, bid_total=34_120,
                       ask_total=1_500, ofi=-250.0))  # fmt: skip
    assert panel.row_text(before.low_tick)[2] == "3.412"
    assert panel.foot() == ("34.120", "Δ +32.620", "1.500")
    assert dict(panel.readouts())["OFI 10 s"] == "−0.250"
    assert [amount(None, 1_284), amount(coin, 5, plus=True), size_grid(None), size_grid(coin)] == [
        "1,284", "+0.005", (1, 0), (1, 3),
    ]  # fmt: skip
    dust = replace(coin, lot_nano=10)  # 1e-8 of a coin: three places are shown
    assert (size_grid(dust), amount(dust, 750_000_000)) == ((100_000, 3), "7.500")


def stacked_state(**changes: object) -> LadderState:
    """Added and pulled at two prices."""
    added, pulled = np.zeros(TICKS, np.int64), np.zeros(TICKS, np.int64)
    added[BID - LOW], pulled[BID - LOW] = 20, 5
    pulled[ASK - LOW] = 13
    return state(added=added, pulled=pulled, net_stacked=28, **changes)


def row_pixels(panel: LadderPanel, tick: int) -> np.ndarray:
    shown = pixels(panel)
    anchor = panel._anchor
    assert anchor is not None
    top = panel.rows_top() + anchor.row(tick) * LADDER_ROW
    return shown[top : top + LADDER_ROW]


def test_what_was_stacked_and_pulled_stands_beside_its_price(panel: LadderPanel) -> None:
    panel.draw(stacked_state())
    assert (panel.stacked_text(BID), panel.stacked_text(ASK)) == ("+15", "\u221213")
    assert panel.stacked_text(BID - 1) == ""
    assert panel.net_text() == "net +28"
    left = columns(400)[6]
    with_figures = row_pixels(panel, BID)[:, left + 1 :].copy()
    panel.draw(state())
    assert panel.stacked_text(BID) == ""
    assert (row_pixels(panel, BID)[:, left + 1 :] != with_figures).any()


def test_a_narrow_ladder_has_no_room_for_it(panel: LadderPanel) -> None:
    panel.resize(300, panel.height())
    panel.draw(stacked_state())
    assert panel.net_text() == ""


def test_a_wall_stands_out_and_shows_what_left_it(panel: LadderPanel) -> None:
    theme = load_theme("graphite")
    tick = ASK + 3
    panel.draw(state())
    plain = row_pixels(panel, tick).copy()
    wall = LadderWall(tick, False, 60, 20, 10, 0, 0, 5 * NANO)
    panel.draw(state(walls=(wall,)))
    row = row_pixels(panel, tick)
    assert (row != plain).any()
    assert (row == theme.argb("ask")).any(), "its cap"
    assert (row == theme.argb("accent")).any(), "what was eaten"
    assert (row == theme.argb("put")).any(), "what was pulled"
    assert not (plain == theme.argb("put")).any()


def test_a_level_tells_its_queue_and_its_wall_but_nothing_covers_the_prices(panel: LadderPanel) -> None:
    wall = LadderWall(BID, True, 60, 20, 10, 0, 0, 5 * NANO)
    queue = LadderQueue(BID, True, (3, 5, 1), 12, 57)
    panel.draw(stacked_state(walls=(wall,), queue=queue))
    anchor = panel._anchor
    assert anchor is not None
    y = panel.rows_top() + anchor.row(BID) * LADDER_ROW + 5
    tip = " ".join(panel.tip_at(QPointF(120, y)).split())
    assert "12 orders: 3 5 1 \u2026, an order now would stand behind 57" in tip
    assert "eaten 20, pulled 10" in tip
    assert "20 added, 5 pulled" in tip
    assert panel.tip_at(QPointF((columns(400)[3] + columns(400)[4]) / 2, y)) == ""
    assert panel.tip_at(QPointF(120, y + 3 * LADDER_ROW)) == ""
