"""The depth ladder panel: sizes as bars, volume at price, order counts; static until it must move.

Above it stands the pressure meter, as far as eight rows are left.
"""

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from cockpit.instruments import DASH, MINUS
from cockpit.state.commands import LookAtLevel
from cockpit.state.views import Freshness, LadderState, is_old
from cockpit.units import Pixels, Sizes
from cockpit.widgets import theme as look
from cockpit.widgets.empty import nothing_open, paint_empty
from cockpit.widgets.figures import amount, size_grid
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.hairline import line_across
from cockpit.widgets.ladder.atlas import Atlas, bake, codes
from cockpit.widgets.ladder.geometry import STACKED_FROM, Anchor, centred, columns, follow
from cockpit.widgets.ladder.inks import inks
from cockpit.widgets.ladder.words import level_tip, readout_tip
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.panel import PanelContext, PanelSpec, ViewChoice
from cockpit.widgets.pressure.meter import PressureMeter, meter_height
from cockpit.widgets.tips import TipSource

READOUT: Final = look.LEGEND
HEAD: Final = look.TABLE_HEAD
FOOT: Final = 30
LABEL_GLYPHS: Final = 14
PAD: Final = 5
HATCH_STEP: Final = 9
HATCH_WEIGHT: Final = 56  # of 256: 22 %
KEY_GAP: Final = 5  # from the name of a read-out to its value
PAIR_GAP: Final = 12
LEAST_ROWS: Final = 8  # before the pressure meter gives way
ROWS: Final = (Option("follow", "Follow the touch"), Option("held", "Held"))
METERS: Final = (Option("shown", "Shown"), Option("hidden", "Hidden"))
SUM: Final = "Σ10"
CROSS_PHASES: Final = ("pre-open", "closed")  # where a crossed book is no surprise
TITLES: Final = ("Vol", "Ord", "Bid", "Price", "Ask", "Ord", "P/S")


class LadderPanel(QWidget):
    """Draws a ``LadderState``. The view's own state is only which tick stands in the top row."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._theme = context.theme
        self._state = LadderState()
        self._anchor: Anchor | None = None
        self._anchor_of = ""
        self._inside = False
        self._scrolled = False
        self._px: Pixels = np.zeros((1, 1), np.uint32)
        self._image: QImage | None = None
        self._atlases: tuple[float, Atlas, Atlas] | None = None
        self._labels: tuple[Any, np.ndarray, np.ndarray] | None = None
        self._stale_pixels = True
        self._price_glyphs = 0  # of the longest price in view
        self.meter = PressureMeter(context.theme, self, context.motion)
        TipSource(self.meter, context.tips, lambda spot: self.meter.tip_at(spot.y()))
        TipSource(self, context.tips, self.tip_at)
        self.meter.hide()
        self._looked_at: int | None = None  # level whose queue was asked for
        self._wants_meter = True
        self._meter_room = 0  # height it has above the ladder; 0: none
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Depth ladder")
        context.theme.listen(self.rethemed)

    # what others ask

    def draw(self, state: LadderState) -> None:
        """Show the state."""
        self._state = state
        instrument = state.head.instrument
        symbol = "" if instrument is None else instrument.symbol
        self.meter.draw(state.pressure, state.head.freshness)
        self._place_meter()
        if symbol != self._anchor_of:
            self._anchor, self._anchor_of, self._scrolled = None, symbol, False
        held = self._inside or self._scrolled
        self._anchor = follow(self._anchor, self.middle(), self.visible_rows(), held=held)
        self._paint_anew()
        self._describe()

    def _describe(self) -> None:
        """What a screen reader is told: the touch, or why there is none."""
        state, instrument = self._state, self._state.head.instrument
        text = self.empty_text()
        if not text and instrument is not None:
            sides = (("bid", state.best_bid), ("ask", state.best_ask))
            text = ", ".join(f"{side} {DASH if at is None else instrument.format(at)}" for side, at in sides)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def rethemed(self) -> None:
        """Other colours, perhaps other rows: the touch stays in the middle of them."""
        self._place_meter()
        self._centre()
        self._paint_anew()

    def recentre(self) -> None:
        """Bring the touch into the middle row."""
        self._scrolled = False
        self._centre()
        self._paint_anew()

    def choices(self) -> tuple[ViewChoice, ...]:
        """Whether the rows follow the touch, and whether the pressure meter stands above them."""
        return (
            ViewChoice("rows", "Rows", "held" if self._scrolled else "follow", ROWS),
            ViewChoice("pressure", "Pressure meter", "shown" if self._wants_meter else "hidden", METERS),
        )

    def choose(self, name: str, value: str) -> None:
        """Show it another way; see ``HasChoices``."""
        chosen = {("rows", "follow"), ("rows", "held"), ("pressure", "shown"), ("pressure", "hidden")}
        if (name, value) not in chosen:
            raise KeyError(f"{name} {value}")
        if name == "pressure":
            self._wants_meter = value == "shown"
            self._place_meter()
            self._paint_anew()
        elif value == "follow":
            self.recentre()
        else:
            self._scrolled = True
            self._paint_anew()

    def view_state(self) -> dict[str, Any]:
        """What is chosen for good, as JSON can hold it."""
        return {"pressure": self._wants_meter}

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Show what ``view_state`` told; what cannot be used is left at its default."""
        self._wants_meter = kept.get("pressure") is not False
        self._place_meter()

    def middle(self) -> int | None:
        """Tick between the best quotes, else of the one there is, else of the last print; None without any."""
        state = self._state
        known = [tick for tick in (state.best_bid, state.best_ask) if tick is not None]
        if known:
            return sum(known) // len(known)
        return state.last_tick

    def visible_rows(self) -> int:
        """Whole rows in view; none is cut."""
        return max(0, (self.height() - self.rows_top() - FOOT) // self._theme.ladder_row)

    def rows_top(self) -> int:
        """Where the first row begins, logical pixels."""
        return self._meter_room + READOUT + HEAD

    def row_text(self, tick: int) -> tuple[str, str, str, str, str, str]:
        """What the row of a tick shows: volume, bid orders, bid, price, ask, ask orders; blank where nothing is."""
        state, at = self._state, tick - self._state.low_tick
        instrument = state.head.instrument
        price = "" if instrument is None else instrument.format(tick)
        if not 0 <= at < len(state.bid_sizes):
            return ("", "", "", price, "", "")

        def shown(lots: float) -> str:
            return amount(instrument, int(lots)) if lots >= 1 else ""

        def orders(count: int) -> str:
            return f"{count:,}" if count >= 0 else ""

        bid, ask = int(state.bid_sizes[at]), int(state.ask_sizes[at])
        return (
            shown(float(state.traded[at])),
            orders(int(state.bid_counts[at])) if bid else "",
            shown(bid),
            price,
            shown(ask),
            orders(int(state.ask_counts[at])) if ask else "",
        )

    def readouts(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the strip on top, an en dash where a value is unknown; a phase that is not "open"."""
        state, instrument = self._state, self._state.head.instrument
        ticks = DASH if state.spread_ticks is None else _signed(state.spread_ticks, plus=False)
        learned = state.microprice
        fair, micro = state.weighted_mid if learned is None else learned, DASH
        if fair is not None and instrument is not None:
            micro = f"{fair * instrument.unit:,.{instrument.decimals + 1}f}"
        phase = (("Phase", state.phase),) if state.phase not in ("", "open") else ()
        return (
            *phase,
            ("Spread", f"{ticks} t"),
            ("W mid" if learned is None else "Micro", micro),
            ("Imb", DASH if state.imbalance is None else _signed_fraction(state.imbalance)),
            ("OFI 10 s", DASH if state.ofi is None else amount(instrument, round(state.ofi), plus=True)),
        )

    def empty_text(self) -> str:
        """Why there is no row; empty while there are some."""
        state = self._state
        if state.best_bid is not None or state.best_ask is not None:
            return ""
        return state.head.reason or (nothing_open() if state.head.instrument is None else "The book is empty")

    def foot(self) -> tuple[str, str, str]:
        """Ten levels: bid total, difference, ask total."""
        bid, ask, instrument = self._state.bid_total, self._state.ask_total, self._state.head.instrument
        difference = DASH if bid is None or ask is None else amount(instrument, bid - ask, plus=True)
        totals = (DASH if each is None else amount(instrument, each) for each in (bid, ask))
        return (next(totals), f"Δ {difference}", next(totals))

    def stacked_text(self, tick: int) -> str:
        """Added less pulled of a tick in the last minute, signed; empty where nothing happened."""
        at, stacked = tick - self._state.low_tick, self._stacked()
        if not 0 <= at < len(stacked) or not stacked[at]:
            return ""
        return amount(self._state.head.instrument, int(stacked[at]), plus=True)

    def net_text(self) -> str:
        """Net of pulled and stacked at ten levels, bid less ask; empty where there is no column for it."""
        net = self._state.net_stacked
        return (
            ""
            if net is None or not self._has_stacked()
            else (f"net {amount(self._state.head.instrument, net, plus=True)}")
        )

    # the meter

    def _place_meter(self) -> None:
        """Give the meter the height that leaves the rows enough; the touch stays in the middle of the rest."""
        state = self._state
        something = state.best_bid is not None or state.best_ask is not None or state.pressure.value is not None
        spare = self.height() - READOUT - HEAD - FOOT - LEAST_ROWS * self._theme.ladder_row
        room = meter_height(spare) if something and self._wants_meter else 0
        if room:
            self.meter.setGeometry(0, 0, self.width(), room)
        if room != self._meter_room:
            self._meter_room = room
            self.meter.setVisible(room > 0)
            self._centre()

    def _centre(self) -> None:
        """Keep the touch in the middle of another height, unless the user looks elsewhere."""
        middle = self.middle()
        if middle is not None and not self._scrolled:
            self._anchor = centred(middle, self.visible_rows())

    def _paint_anew(self) -> None:
        """All but the meter, which knows itself when it looks different."""
        self._stale_pixels = True
        top = self._meter_room
        self.update(0, top, self.width(), self.height() - top)

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Compose when something changed, then show."""
        painter = QPainter(self)
        if self._state.best_bid is None and self._state.best_ask is None:
            self._paint_empty(painter)
            return
        if self._stale_pixels or self._image is None or self._image.devicePixelRatio() != self.devicePixelRatioF():
            self._compose()
        painter.fillRect(self.rect(), self._theme.color("bg1"))
        if self._image is not None:
            painter.drawImage(0, self.rows_top(), self._image)
        self._paint_readouts(painter)
        self._paint_titles(painter)
        self._paint_foot(painter)

    def _compose(self) -> None:
        from cockpit.widgets.ladder.kernels import rows  # noqa: PLC0415  numba loads after the window shows
        from cockpit.widgets.plot.kernels import hatch  # noqa: PLC0415

        ratio = self.devicePixelRatioF()
        high = round(self._theme.ladder_row * ratio)
        self._fit(ratio)
        state, anchor = self._state, self._anchor
        if anchor is None:
            return
        _, regular, bold = self._faces(ratio)
        labels, emphasis = self._row_labels(anchor)
        edges = np.array(self._edges(self._px.shape[1], ratio), np.int64)
        first = anchor.top - state.low_tick
        marks = [
            -1 if tick is None else tick - state.low_tick
            for tick in (state.best_bid, state.best_ask, state.last_tick)
        ]
        rows(
            self._px, regular.coverage, bold.coverage, regular.advance, high, edges,
            round(PAD * ratio), first, labels, emphasis, state.bid_sizes, state.ask_sizes, state.bid_counts,
            state.ask_counts, state.traded, np.array(marks, np.int64), self._largest(first, len(labels)),
            inks(self._theme, state.head.freshness), np.array(size_grid(state.head.instrument), np.int64),
            self._stacked(), self._walls(),
        )  # fmt: skip
        if state.head.freshness in (Freshness.STALE, Freshness.RESYNCING):
            height, width = self._px.shape
            hatch(self._px, 0, 0, width, height, round(HATCH_STEP * ratio), self._theme.argb("text3"), HATCH_WEIGHT)
        self._stale_pixels = False

    def _edges(self, width: int, ratio: float = 1.0) -> tuple[int, ...]:
        """Edges of the columns in a width; pixels are logical, or device ones at a ratio."""
        return columns(width, self._price_width() * ratio, stacked=self._has_stacked())

    def _has_stacked(self) -> bool:
        return self.width() >= STACKED_FROM

    def _stacked(self) -> Sizes:
        """Added less pulled by tick, int64 (n,)."""
        state = self._state
        if len(state.added) != len(state.bid_sizes):
            return np.zeros(len(state.bid_sizes), np.int64)
        return state.added - state.pulled

    def _walls(self) -> Sizes:
        """Where walls rest and what left them, int64 (n, 3); see ``kernels.rows``."""
        state = self._state
        walls = np.zeros((len(state.bid_sizes), 3), np.int64)
        for wall in state.walls:
            if 0 <= (at := wall.ticks - state.low_tick) < len(walls):
                walls[at] = 1, wall.eaten, wall.pulled
        return walls

    def _price_width(self) -> float:
        """What the longest price in view needs, logical pixels."""
        glyph = QFontMetricsF(self._theme.font("number_bold")).horizontalAdvance("0")
        return self._price_glyphs * glyph + 2 * PAD

    def _fit(self, ratio: float) -> None:
        """Pixels for the rows' area at this ratio; the array must outlive the image that shows it."""
        height = max(1, round(self.visible_rows() * self._theme.ladder_row * ratio))
        width = max(1, round(self.width() * ratio))
        if self._image is None or self._px.shape != (height, width):
            self._px = np.empty((height, width), np.uint32)
            self._image = QImage(self._px.data, width, height, width * 4, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(ratio)

    def _faces(self, ratio: float) -> tuple[float, Atlas, Atlas]:
        if self._atlases is None or self._atlases[0] != ratio:
            faces = (bake(self._theme.font(role), ratio) for role in ("number", "number_bold"))
            self._atlases = (ratio, *faces)  # pyright: ignore[reportAttributeAccessIssue]  two faces, not any number
        assert self._atlases is not None
        return self._atlases

    def _row_labels(self, anchor: Anchor) -> tuple[np.ndarray, np.ndarray]:
        """Price glyphs and emphasis of the visible rows, made anew only when the rows moved."""
        instrument = self._state.head.instrument
        key = (anchor.top, self.visible_rows(), self._anchor_of)
        if self._labels is None or self._labels[0] != key:
            ticks = [anchor.top - row for row in range(self.visible_rows())]
            texts = ["" if instrument is None else instrument.format(tick) for tick in ticks]
            self._price_glyphs = max(map(len, texts), default=0)
            whole = [instrument is not None and tick * instrument.tick_nano % 1_000_000_000 == 0 for tick in ticks]
            labels = np.array([codes(text, LABEL_GLYPHS) for text in texts], np.int8).reshape(-1, LABEL_GLYPHS)
            self._labels = (key, labels, np.array(whole, np.int8))
        return self._labels[1], self._labels[2]

    def _largest(self, first: int, n: int) -> np.ndarray:
        """Largest size and volume in view: what a full bar stands for."""
        low, high = max(first - n + 1, 0), max(first + 1, 0)
        state = self._state
        sizes = (state.bid_sizes[low:high], state.ask_sizes[low:high])
        size = max((int(part.max()) for part in sizes if len(part)), default=0)
        volume = float(state.traded[low:high].max()) if len(state.traded[low:high]) else 0.0
        stacked = self._stacked()[low:high]
        return np.array([max(size, 1), volume, max(int(np.abs(stacked).max(initial=0)), 1)], np.float64)

    def _placed_readouts(self) -> list[tuple[str, str, float, float, float]]:
        """Key, value, left edge of each, and the right edge, of the read-outs that fit."""
        x, placed = float(look.PADDING), []
        for key, value in self.readouts():
            after = x + round(text_width(self._theme, "label", key)) + KEY_GAP
            right = after + text_width(self._theme, "axis", value)
            if right > self.width() - 4:
                break
            placed.append((key, value, x, after, right))
            x = right + PAIR_GAP
        return placed

    def tip_at(self, spot: QPointF) -> str:
        """What the tooltip of a read-out says, or of a level beside its price; prices stay uncovered."""
        tick = self._level_at(spot)
        if tick is not None:
            return level_tip(self._state, tick)
        if not self._meter_room <= spot.y() < self._meter_room + READOUT:
            return ""
        placed = self._placed_readouts()
        return next((readout_tip(self._state, key) for key, _, x, _, right in placed if x <= spot.x() <= right), "")

    def _level_at(self, spot: QPointF) -> int | None:
        """The tick of the row there; None over the prices and outside of the rows."""
        row = (spot.y() - self.rows_top()) // self._theme.ladder_row
        edges = self._edges(self.width())
        if self._anchor is None or not 0 <= row < self.visible_rows() or edges[3] <= spot.x() < edges[4]:
            return None
        return self._anchor.top - int(row)

    def _look_at(self, tick: int | None) -> None:
        """Ask for the queue of another level."""
        if tick != self._looked_at:
            self._looked_at = tick
            self._context.commands.send(LookAtLevel(tick))

    def _paint_readouts(self, painter: QPainter) -> None:
        theme = self._theme
        base = self._meter_room + READOUT / 2 + 4
        for key, value, x, after, _ in self._placed_readouts():
            painter.setFont(theme.font("label"))
            painter.setPen(theme.color("text3"))
            painter.drawText(QPointF(x, base), key)
            painter.setFont(theme.font("axis"))
            painter.setPen(theme.color(self._value_ink()))
            painter.drawText(QPointF(after, base), value)

    def _value_ink(self) -> str:
        return "text3" if is_old(self._state.head.freshness) else "text1"

    def _paint_titles(self, painter: QPainter) -> None:
        theme, top = self._theme, self._meter_room + READOUT
        area = QRect(0, top, self.width(), HEAD)
        painter.fillRect(area, theme.color("bg2"))
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("text2"))
        edges = self._edges(self.width())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        for place, title in enumerate(TITLES):
            cell = QRect(edges[place], top, edges[place + 1] - edges[place] - PAD, HEAD)
            if edges[place + 1] > edges[place]:
                painter.drawText(cell, right, title)
        if self._inside or self._scrolled:
            painter.setPen(theme.color("accent"))
            painter.setFont(theme.font("small"))
            painter.drawText(QRect(PAD, top, edges[1], HEAD), Qt.AlignmentFlag.AlignVCenter, "held")

    def _paint_foot(self, painter: QPainter) -> None:
        theme = self._theme
        top = self.height() - FOOT
        painter.fillRect(0, top, self.width(), FOOT, theme.color("bg1"))
        line_across(painter, 0, top, self.width(), theme.color("line"))
        edges = self._edges(self.width())
        state, foot = self._state, self.foot()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("text3"))
        painter.drawText(QRect(PAD, top, edges[2], FOOT), Qt.AlignmentFlag.AlignVCenter, SUM)
        if state.is_crossed:
            painter.setPen(theme.color("text3" if state.phase in CROSS_PHASES else "aging"))
            after = PAD + painter.fontMetrics().horizontalAdvance(f"{SUM} ")
            painter.drawText(QRect(after, top, edges[2], FOOT), Qt.AlignmentFlag.AlignVCenter, "crossed")
        painter.setFont(theme.font("number"))
        grey = self._value_ink() == "text3"
        inks_of = ("text3", "text3", "text3") if grey else ("bid", "text1", "ask")
        room = edges[5] - edges[4] - PAD
        fits = painter.fontMetrics().horizontalAdvance(foot[2]) <= room
        last = edges[5] if fits else self.width()
        cells = ((edges[1], edges[3]), (edges[3], edges[4]), (edges[4], last))
        for text, ink, (start, stop) in zip(foot, inks_of, cells, strict=True):
            painter.setPen(theme.color(ink))
            painter.drawText(QRect(start, top, stop - start - PAD, FOOT), right, text)
        net = self.net_text()
        if fits and net and painter.fontMetrics().horizontalAdvance(net) <= self.width() - edges[5] - 2 * PAD:
            painter.setPen(theme.color("text3" if grey else "text1"))
            painter.drawText(QRect(edges[5], top, self.width() - edges[5] - PAD, FOOT), right, net)

    def _paint_empty(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self._theme.color("bg1"))
        area = QRectF(self.rect()).adjusted(0, self._meter_room, 0, 0)
        paint_empty(painter, self._theme, area, self.empty_text())

    # hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the touch in the middle of the new height."""
        self._place_meter()
        self._centre()
        self._stale_pixels = True

    def scroll_rows(self, rows: int) -> None:
        """Show higher prices, or lower ones; the ladder then stays until it is recentred."""
        if self._anchor is not None and rows:
            self._anchor, self._scrolled = Anchor(self._anchor.top + rows), True
            self._paint_anew()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by rows."""
        self.scroll_rows(event.angleDelta().y() // 40)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look at the level under the pointer."""
        self._look_at(self._level_at(event.position()))
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Recentre."""
        self.recentre()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Nothing moves under a hand."""
        self._inside = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Free to recentre again; no level is looked at."""
        self._inside = False
        self._look_at(None)
        self.update()


def _signed(value: int, *, plus: bool = True) -> str:
    sign = MINUS if value < 0 else "+" if plus and value > 0 else ""
    return f"{sign}{abs(value):,}"


def _signed_fraction(value: float) -> str:
    return f"{MINUS if value < 0 else '+'}{abs(value):.2f}"


LADDER = PanelSpec(
    id="ladder",
    title="Ladder",
    topic=lambda screen: screen.ladder,
    build=LadderPanel,
    refresh_hz=60.0,  # at 30 a book change waited for the second frame: 36 ms at the 99th percentile, not 27
)
