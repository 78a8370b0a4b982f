"""The impact calculator: what a market order of a chosen size would cost in the ladder's book, level by level.

Nothing here sends an order. Source: ``design.md`` 7 "Impact", ``book.png``; seed 002, phase 6.
"""

import math
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from cockpit.instruments import DASH, MINUS
from cockpit.state.commands import ThinkOrder
from cockpit.state.screen import IMPACT_PANE
from cockpit.state.views import ImpactState
from cockpit.widgets.empty import paint_empty
from cockpit.widgets.figures import unit, units
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.panel import PanelContext, PanelSpec
from cockpit.widgets.pick_list import NOTCH, paint_text
from cockpit.widgets.surface import TypedLine
from cockpit.widgets.theme import PADDING

MINIMUM: Final = (240, 190)
TOP: Final = 12
FIELD: Final = 32  # height of the switch and the size
SWITCH, NARROW_SWITCH = 56, 46  # width of one of its halves
NARROW: Final = 300  # logical pixels; below, the halves are narrower and the unit is short
WIDEST: Final = 440  # of what is drawn: in a wider pane values would stand far from their names
SLIDER: Final = 22
ROW: Final = 24
BLOCKS: Final = 22
KNOB: Final = 6.0
STEPS: Final = 100  # of the slider, evenly in logarithms from one lot to all that is visible
SIDES: Final = (("buy", "Buy", "bid"), ("sell", "Sell", "ask"))  # value, text, token


class ImpactPanel(QWidget):
    """Draws an ``ImpactState``; its own state is only the text being typed."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._theme, self._commands = context.theme, context.commands
        self._state = ImpactState()
        self.line = TypedLine(context.theme, self, "title")
        self.line.setAccessibleName("Size of the market order; b buys, s sells")
        self.line.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.line.textEdited.connect(self._typed)
        self.line.entered.connect(lambda _: self._commit())
        self.line.stepped.connect(lambda by: self.resize_order(-by))
        self.line.escaped.connect(self._give_up)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(*MINIMUM)
        self.setAccessibleName("Market impact")

    def draw(self, state: ImpactState) -> None:
        """Show the state."""
        changed = state.order != self._state.order
        another = state.head.instrument != self._state.head.instrument
        self._state = state
        if another:
            self._place_line()  # its unit is longer or shorter
        if changed or not self.line.text():
            self._show_size()
        self.setAccessibleDescription(", ".join(f"{name} {value}" for name, value in self.rows()))
        self.update()

    # what the user does

    def ask_size(self) -> None:
        """Let the size be typed."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def other_side(self) -> None:
        """Buy instead of sell, or the other way round."""
        self._commands.send(ThinkOrder(side="sell" if self._state.order.side == "buy" else "buy"))

    def resize_order(self, by: int) -> None:
        """Up or down by a tenth of the slider's way."""
        self._slide_to(self._share() + by / 10)

    def _typed(self, text: str) -> None:
        """Letters choose the side, the rest is a size once it is a number."""
        letter = text[-1:].lower()
        if letter in ("b", "+", "s", "-"):
            self.line.setText(text[:-1])
            self._commands.send(ThinkOrder(side="buy" if letter in "b+" else "sell"))

    def _commit(self) -> None:
        size = size_of(self.line.text())
        if size is not None:
            self._commands.send(ThinkOrder(size=size))
        self._give_up()

    def _give_up(self) -> None:
        self._show_size()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_size(self) -> None:
        if not self.line.hasFocus():
            size = self._state.order.size
            self.line.setText("" if size is None else f"{size:,.10g}")

    def view_state(self) -> dict[str, Any]:
        """The order, as JSON can hold it."""
        return {"side": self._state.order.side, "size": self._state.order.size}

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Think of the order that ``view_state`` told; what cannot be used is left out."""
        side, size = kept.get("side"), kept.get("size")
        if side in ("buy", "sell"):
            self._commands.send(ThinkOrder(side=side, size=size_of(str(size))))

    # what can be read

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Names and values, an en dash where something is unknown."""
        state, instrument = self._state, self._state.head.instrument
        tick = None if instrument is None else instrument.tick
        decimals = 2 if instrument is None else instrument.decimals

        def slip(value: float | None) -> str:
            if value is None or tick is None:
                return DASH
            return f"{_signed(value / tick, 2)} ticks"

        bps = "" if state.from_mid_bps is None else f"{_signed(state.from_mid_bps, 2)} bps"
        cost = DASH if state.cost_usd is None else f"${state.cost_usd:,.0f}"
        return (
            ("Average price", DASH if state.average is None else f"{state.average:,.{decimals}f}"),
            ("Slippage vs mid", ", ".join(part for part in (bps, slip(state.from_mid)) if part)),
            ("Slippage vs touch", slip(state.from_touch)),
            ("Cost vs mid", cost),
            ("Levels used", f"{state.levels_used} of {state.levels:,}"),
            ("Unfilled", f"{state.unfilled:,.10g}"),
        )

    def empty_text(self) -> str:
        """Why there is nothing to walk; empty when there is."""
        state = self._state
        if state.head.instrument is None:
            return state.head.reason or "Nothing is open; the ladder's book is walked here"
        return "" if state.levels else state.head.reason or "This side of the book is empty"

    def shown_rows(self) -> tuple[tuple[str, str], ...]:
        """The rows as they are painted: where name and value have no room beside each other, of several values the
        last stands alone."""
        room = self._inner()
        return tuple(
            (name, value if self._wide(name, value) <= room else value.rpartition(", ")[2] or value)
            for name, value in self.rows()
        )

    def _wide(self, name: str, value: str) -> float:
        return text_width(self._theme, "label", name) + 8 + text_width(self._theme, "number", value)

    # places

    def _inner(self) -> float:
        """Width of what is drawn, without the padding at its sides."""
        return min(self.width(), WIDEST) - 2 * PADDING

    def _switch(self, which: int) -> QRectF:
        half = self._half()
        return QRectF(PADDING + which * half, TOP, half, FIELD)

    def _half(self) -> int:
        return NARROW_SWITCH if self.width() < NARROW else SWITCH

    def _field(self) -> QRectF:
        left = 2 * self._half() + 12
        return QRectF(PADDING + left, TOP, max(self._inner() - left, 60), FIELD)

    def _track(self) -> QRectF:
        return QRectF(PADDING + KNOB, TOP + FIELD + 8, self._inner() - 2 * KNOB, SLIDER)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field keeps the right of the switch."""
        super().resizeEvent(event)
        self._place_line()

    def _place_line(self) -> None:
        taken = text_width(self._theme, "label", self._unit()) + 12
        self.line.setGeometry(self._field().adjusted(8, 2, -taken - 4, -2).toRect())

    def _unit(self) -> str:
        instrument = self._state.head.instrument
        return unit(instrument) if self.width() < NARROW else units(instrument)

    # the slider

    def _share(self) -> float:
        """Where the size stands between one lot and all that is visible, 0..1, in logarithms."""
        least, most = self._bounds()
        size = self._state.order.size or least
        return 0.0 if most <= least else min(max(math.log(size / least) / math.log(most / least), 0.0), 1.0)

    def _bounds(self) -> tuple[float, float]:
        instrument = self._state.head.instrument
        lot = 1.0 if instrument is None else instrument.lot
        return lot, max(self._state.visible, lot)

    def _slide_to(self, share: float) -> None:
        least, most = self._bounds()
        share = round(min(max(share, 0.0), 1.0) * STEPS) / STEPS
        size = least * (most / least) ** share
        lots = max(round(size / least), 1)
        self._commands.send(ThinkOrder(size=lots * least))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The switch and the slider."""
        spot = event.position()
        for which, (side, _, _) in enumerate(SIDES):
            if self._switch(which).contains(spot):
                self._commands.send(ThinkOrder(side=side))
        if self._field().contains(spot):
            self.ask_size()
        elif self._track().adjusted(-KNOB, 0, KNOB, 0).contains(spot):
            self._drag(spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the slider."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._track().top() <= event.position().y() <= (
            self._track().bottom() + ROW
        ):
            self._drag(event.position())

    def _drag(self, spot: QPointF) -> None:
        track = self._track()
        self._slide_to((spot.x() - track.left()) / track.width())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Up is more."""
        self._slide_to(self._share() + event.angleDelta().y() / NOTCH * 2 / STEPS)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Switch, size, slider, rows, the levels taken as blocks."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        empty = self.empty_text()
        self.line.setVisible(not empty)
        if empty:
            paint_empty(painter, theme, QRectF(self.rect()), empty)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_switch(painter)
        self._paint_field(painter)
        self._paint_slider(painter)
        y = self._track().bottom() + 6
        for name, value in self.shown_rows():
            area = QRectF(PADDING, y, self._inner(), ROW)
            if y + ROW > self.height():
                return
            token = "aging" if name == "Unfilled" and self._state.unfilled > 0 else "text1"
            wide = paint_text(painter, theme, area, "number", token, value, right=True)
            paint_text(painter, theme, area.adjusted(0, 0, -wide - 8, 0), "label", "text2", name)
            y += ROW
        self._paint_blocks(painter, y + 6)

    def _paint_switch(self, painter: QPainter) -> None:
        theme = self._theme
        for which, (side, text, token) in enumerate(SIDES):
            area, chosen = self._switch(which), side == self._state.order.side
            painter.setPen(QPen(theme.color("line2"), 1))
            painter.setBrush(theme.color(token) if chosen else theme.color("bg2"))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            ink = "bg0" if chosen else "text2"
            inset = (area.width() - text_width(theme, "strong", text)) / 2
            paint_text(painter, theme, area.adjusted(inset, 0, 0, 0), "strong", ink, text)

    def _paint_field(self, painter: QPainter) -> None:
        theme, area = self._theme, self._field()
        painter.setPen(QPen(theme.color("accent" if self.line.hasFocus() else "line2"), 1))
        painter.setBrush(theme.color("bg0"))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        paint_text(painter, theme, area.adjusted(0, 0, -10, 0), "label", "text3", self._unit(), right=True)

    def _paint_slider(self, painter: QPainter) -> None:
        theme, track = self._theme, self._track()
        middle = track.center().y()
        x = track.left() + self._share() * track.width()
        painter.setPen(QPen(theme.color("line2"), 2))
        painter.drawLine(QPointF(track.left(), middle), QPointF(track.right(), middle))
        painter.setPen(QPen(theme.color("text2"), 2))
        painter.drawLine(QPointF(track.left(), middle), QPointF(x, middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text1"))
        painter.drawEllipse(QPointF(x, middle), KNOB, KNOB)

    def _paint_blocks(self, painter: QPainter, top: float) -> None:
        """What is taken of each level, as wide as its share; below it where that ends."""
        state, theme = self._state, self._theme
        room = self._inner()
        if not state.levels_used or state.filled <= 0 or top + BLOCKS + 18 > self.height():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        token = "ask" if state.order.side == "buy" else "bid"
        x = float(PADDING)
        for number, taken in enumerate(state.taken.tolist()):
            wide = room * taken / state.filled
            area = QRectF(x, top, max(wide - 1, 1), BLOCKS)
            painter.fillRect(area, theme.color(token, 0.45 + 0.4 * (number % 2)))
            text = f"{taken:,.4g}" if taken < 1 else f"{taken:,.0f}"
            if text_width(theme, "label", text) + 6 < wide:
                inset = (wide - text_width(theme, "label", text)) / 2
                paint_text(painter, theme, area.adjusted(inset, 0, 0, 0), "label", "text1", text)
            x += wide
        instrument = state.head.instrument
        if instrument is not None:
            far = instrument.format(round(float(state.prices[-1]) / instrument.tick))
            way = "up" if state.order.side == "buy" else "down"
            foot = QRectF(PADDING, top + BLOCKS, room, 18)
            paint_text(painter, theme, foot, "label", "text3", f"taken per level, {way} to {far}", right=True)


def size_of(text: str) -> float | None:
    """A typed size, ``1,250`` or ``0.5``; None when it is no number above 0."""
    try:
        size = float(text.replace(",", "").strip())
    except ValueError:
        return None
    return size if size > 0 and math.isfinite(size) else None


def _signed(value: float, digits: int) -> str:
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return f"{sign}{abs(value):,.{digits}f}"


IMPACT: Final = PanelSpec(
    id=IMPACT_PANE,
    title="Market impact",
    topic=lambda screen: screen.impact,
    build=ImpactPanel,
    refresh_hz=10.0,
    minimum=MINIMUM,
    below="vix",
)
