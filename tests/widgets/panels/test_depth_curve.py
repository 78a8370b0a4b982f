"""What a trader reads off the depth curve, and what keys and hands do to it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from cockpit.instruments import Instrument
from cockpit.state.commands import SetPace
from cockpit.state.depth_views import CurveState
from cockpit.state.screen import CURVE_PANE, Screen
from cockpit.state.views import Freshness, Head, Provenance
from cockpit.units import NS_PER_S
from cockpit.widgets.curve.places import RANGES, CurveScale, size_marks, steps
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.depth_curve import DepthCurvePanel
from tests.widgets.keyboard import Sent
from tests.widgets.shell import known, pixels, theme

HEAD = Head(known("ESH4.GLBX"), Provenance.REPLAY, Freshness.FRESH, NS_PER_S // 10, link=1, note="order level")
ASKS = np.arange(19_206, 19_266)
BOOK = CurveState(
    head=HEAD,
    bid_ticks=np.arange(19_205, 19_145, -1),
    bid_sums=np.arange(1, 61) * 10,
    ask_ticks=ASKS,
    ask_sums=np.arange(1, 61) * 12,
    at_ns=5,
)
COIN = Instrument(
    "BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", decimals=1, tick_nano=10**8, kind="crypto", lot_nano=10**6
)


@pytest.fixture
def panel(qtbot: object) -> DepthCurvePanel:
    made = DepthCurvePanel(PanelContext(CURVE_PANE, theme(), Screen(), Sent()))
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(420, 300)
    made.draw(BOOK)
    return made


def spot(panel: DepthCurvePanel, tick: float) -> QPointF:
    scale = panel.scale()
    assert scale is not None
    return QPointF(scale.x(tick) + 0.01, 150)


def point(panel: DepthCurvePanel, at: QPointF) -> None:
    none, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    panel.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, plain))


def test_it_says_what_is_in_view_and_where_the_mid_is(panel: DepthCurvePanel) -> None:
    assert panel.readouts() == ("bids 500", "mid 4,801.375", "asks 600")
    assert panel.accessibleDescription() == "bids 500, mid 4,801.375, asks 600"
    panel.choose("range", "10 levels")
    assert panel.readouts()[0::2] == ("bids 100", "asks 120")


def test_the_pointer_tells_what_an_order_of_that_size_would_do(panel: DepthCurvePanel) -> None:
    quiet = pixels(panel)
    point(panel, spot(panel, 19_217))
    assert panel.readouts()[-1] == "buy 144 → 11 ticks"
    assert (pixels(panel) != quiet).any()
    point(panel, spot(panel, 19_203.9))
    assert panel.readouts()[-1] == "sell 20 → 1 tick"
    panel.leaveEvent(None)  # type: ignore[arg-type]
    assert len(panel.readouts()) == 3
    panel.choose("range", "500 levels")
    point(panel, spot(panel, 19_265.6))
    assert panel.readouts()[-1] == "buy 720 → 59 ticks, all that is shown"


def test_keys_lay_the_same_order_level_by_level(panel: DepthCurvePanel) -> None:
    panel.move_key_cross(1, 0)
    assert not panel.has_key_cross
    panel.toggle_key_cross()
    assert panel.readouts()[-1] == "buy 12 → 0 ticks"
    panel.move_key_cross(2, 0)
    assert panel.readouts()[-1] == "buy 36 → 2 ticks"
    panel.move_key_cross(0, -1)
    assert panel.readouts()[-1] == "sell 80 → 7 ticks"
    panel.move_key_cross(0, -100)
    assert panel.readouts()[-1] == "sell 500 → 49 ticks", "the last level in view"
    assert "sell 500" in panel.accessibleDescription()
    panel.toggle_key_cross()
    assert not panel.has_key_cross


def test_the_range_is_remembered_by_instrument(panel: DepthCurvePanel) -> None:
    panel.choose("range", "25 bps")
    coin = replace(BOOK, head=replace(HEAD, instrument=COIN))
    panel.draw(coin)
    assert panel.range == "25 bps", "what was chosen last"
    panel.choose("range", "100 levels")
    panel.draw(BOOK)
    assert panel.range == "25 bps"
    kept = panel.view_state()
    other = DepthCurvePanel(PanelContext(CURVE_PANE, theme(), Screen(), Sent()))
    other.restore_view({**kept, "pace": "never", "nonsense": 1})
    other.draw(coin)
    assert (other.range, other.view_state()["pace"]) == ("100 levels", "1")
    other.draw(BOOK)
    assert other.range == "25 bps"
    other.restore_view({"range": "all of it", "ranges": [3]})
    assert other.range == "25 bps"


def test_a_key_walks_every_range_and_comes_round(panel: DepthCurvePanel) -> None:
    seen = []
    for _ in RANGES:
        seen.append(panel.range)
        panel.next_range()
    assert seen == [option.value for option in RANGES]
    assert panel.range == seen[0]


def test_another_pace_is_asked_for(panel: DepthCurvePanel) -> None:
    panel.choose("pace", "5")
    assert panel._commands.commands == [SetPace(CURVE_PANE, "5")]  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        panel.choose("pace", "7")


def test_coins_are_shown_as_coins(panel: DepthCurvePanel) -> None:
    panel.draw(replace(BOOK, head=replace(HEAD, instrument=COIN)))
    assert panel.readouts() == ("bids 0.500", "mid 1,920.55", "asks 0.600")
    assert size_marks(600, 0.001, 3) == pytest.approx([0.2, 0.4, 0.6])


def test_what_must_be_known_of_a_book_is_said(panel: DepthCurvePanel) -> None:
    short = replace(BOOK, depth=10, bid_ticks=BOOK.bid_ticks[:10], bid_sums=BOOK.bid_sums[:10], at_ns=6)
    panel.draw(short)
    assert "10 levels shown" in panel.readouts()
    drawn = pixels(panel)
    panel.draw(replace(short, is_suspect=True, is_crossed=True, depth=1, at_ns=7))
    assert panel.readouts()[3:] == ("may be wrong: data was lost", "crossed", "1 level shown")
    assert (pixels(panel) != drawn).any()
    panel.draw(replace(BOOK, bid_ticks=BOOK.bid_ticks[:0], bid_sums=BOOK.bid_sums[:0], at_ns=8))
    assert panel.readouts() == ("no bids", "mid –", "asks 600")


def test_an_old_book_looks_old_and_an_unchanged_one_is_not_painted_anew(panel: DepthCurvePanel) -> None:
    fresh = pixels(panel)
    picture = panel._picture
    panel.draw(replace(BOOK, head=replace(HEAD, age_ns=NS_PER_S)))
    pixels(panel)
    assert panel._picture is picture
    panel.draw(replace(BOOK, head=replace(HEAD, freshness=Freshness.STALE)))
    assert (pixels(panel) != fresh).any()


def test_no_book_is_said_in_words(panel: DepthCurvePanel) -> None:
    panel.draw(CurveState())
    assert "Nothing open" in panel.empty_text()
    panel.draw(CurveState(head=replace(HEAD, reason="no order book so far")))
    assert panel.readouts() == ("no order book so far",)
    pixels(panel)


def test_steps_rise_outwards_and_end_where_a_short_book_ends() -> None:
    scale = CurveScale.of(BOOK, "10 levels", 0, 0, 400, 200)
    assert scale is not None
    whole = steps(BOOK.ask_ticks, BOOK.ask_sums, scale, is_bid=False, is_whole=True)
    assert whole[0] == (scale.x(19_206), 200)
    assert whole[-1][0] == 400
    assert all(b[0] >= a[0] and b[1] <= a[1] for a, b in pairwise(whole))
    short = steps(BOOK.bid_ticks[:10], BOOK.bid_sums[:10], scale, is_bid=True, is_whole=False)
    assert short[-1] == (0, scale.y(100))
    few = steps(BOOK.bid_ticks[:3], BOOK.bid_sums[:3], scale, is_bid=True, is_whole=False)
    assert few[-1] == (scale.x(19_202), scale.y(30)), "the last level that is told is a tick wide"
    assert CurveScale.of(CurveState(), "10 levels", 0, 0, 400, 200) is None


def test_many_levels_of_one_pixel_are_one_step() -> None:
    ticks = np.arange(1_000, 9_000)
    book = replace(BOOK, ask_ticks=ticks, ask_sums=np.arange(1, 8_001))
    scale = CurveScale(0, 10_000, 8_000, 0, 100, 0, 50)
    corners = steps(book.ask_ticks, book.ask_sums, scale, is_bid=False, is_whole=True)
    assert len(corners) < 2 * 82 + 3
    assert corners[-1][1] == scale.y(8_000)
