"""The depth curve panel: what rests within a range of prices, added up, and what an order of that size would do."""

from typing import Any, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from cockpit.state.commands import SetPace
from cockpit.state.depth_views import PACES_NS, CurveState, Reach
from cockpit.state.screen import CURVE_PANE
from cockpit.widgets.curve.painting import CurvePainting, mid_text, notes, reach_text
from cockpit.widgets.curve.places import RANGES, CurveScale
from cockpit.widgets.empty import nothing_open, paint_empty
from cockpit.widgets.figures import amount
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.panel import PanelContext, PanelSpec, ViewChoice
from cockpit.widgets.theme import LEGEND, TIME_AXIS

MINIMUM: Final = (300, 180)
PACES: Final = tuple(
    Option(pace, {"1": "Every second", "0.1": "Ten a second", "5": "Every 5 seconds"}[pace]) for pace in PACES_NS
)
FAR_LEVELS: Final = 10  # one press up or down
KEPT_SYMBOLS: Final = 64  # whose range is remembered
TITLE: Final = "Depth curve"


class DepthCurvePanel(QWidget):
    """Draws a ``CurveState``; its own are the range in view, by instrument, and the order under the pointer."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._theme, self._commands = context.theme, context.commands
        self._state = CurveState()
        self._painting = CurvePainting(context.theme)
        self._usual, self._ranges = (
            RANGES[0].value,
            dict[str, str](),
        )  # of instruments nobody chose it for; by symbol
        self._pace = PACES[0].value
        self._pointer: QPointF | None = None
        self._key_tick: float | None = None  # the price under the keys
        self._picture: QPixmap | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(*MINIMUM)
        self.setAccessibleName(TITLE)
        context.theme.listen(self.paint_anew)

    # states

    def draw(self, state: CurveState) -> None:
        """Show the state; nothing is painted when only its age is another."""
        before, self._state = self._state, state
        if self._looks(before) != self._looks(state) or before.bid_sums is not state.bid_sums:
            self.paint_anew()
            self._describe()

    @staticmethod
    def _looks(state: CurveState) -> tuple[object, ...]:
        head = state.head
        return (state.at_ns, head.instrument, head.freshness, head.reason, state.is_suspect)

    def paint_anew(self) -> None:
        """Nothing painted before is used again."""
        self._picture = None
        self.update()

    def empty_text(self) -> str:
        """Why there is no curve; empty when there is one."""
        state = self._state
        if len(state.bid_ticks) or len(state.ask_ticks):
            return ""
        return state.head.reason or (nothing_open() if state.head.instrument is None else "The book is empty")

    def scale(self) -> CurveScale | None:
        """Where prices and sizes are; None while there is nothing to draw."""
        return CurveScale.of(self._state, self.range, 0.0, LEGEND, self.width(), self.height() - TIME_AXIS)

    def reach(self) -> Reach | None:
        """The order under the keys, else under the pointer; None without either, or within the spread."""
        scale, at = self.scale(), self._pointer
        if scale is None:
            return None
        if self._key_tick is not None:
            return self._state.reach(self._key_tick)
        if at is None or not scale.top <= at.y() < scale.bottom:
            return None
        return self._state.reach(min(max(scale.tick(at.x()), scale.low), scale.high))

    def readouts(self) -> tuple[str, ...]:
        """All that is said: totals in view, the mid, what must be known, the order under the pointer."""
        state, scale, reach = self._state, self.scale(), self.reach()
        if scale is None:
            return (self.empty_text(),)
        instrument = state.head.instrument
        bids, asks = (amount(instrument, lots) for lots in state.totals(scale.low, scale.high))
        sides = (
            f"bids {bids}" if len(state.bid_ticks) else "no bids",
            f"mid {mid_text(state)}",
            f"asks {asks}" if len(state.ask_ticks) else "no asks",
        )
        told = () if reach is None else (reach_text(reach, instrument),)
        return (*sides, *(text for text, _ in notes(state)), *told)

    def _describe(self) -> None:
        text = ", ".join(self.readouts())
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    # what keys do

    @property
    def range(self) -> str:
        """What is in view, a value of ``RANGES``: of this instrument, else the one chosen last."""
        return self._ranges.get(self._symbol, self._usual)

    @property
    def _symbol(self) -> str:
        instrument = self._state.head.instrument
        return "" if instrument is None else instrument.symbol

    def next_range(self) -> None:
        """The next range of prices, the first one after the last."""
        values = [option.value for option in RANGES]
        self.choose("range", values[(values.index(self.range) + 1) % len(values)])

    @property
    def has_key_cross(self) -> bool:
        """Whether the arrows move the order now."""
        return self._key_tick is not None

    def toggle_key_cross(self) -> None:
        """Put the order under the keys, at the best ask, or take it away."""
        best = self._state.ask_ticks if len(self._state.ask_ticks) else self._state.bid_ticks
        self._key_tick = float(best[0]) if self._key_tick is None and len(best) else None
        self._told_anew()

    def move_key_cross(self, bars: int, rows: int) -> None:
        """To the next level of higher or lower price, up and down by ten; levels out of view stay out."""
        scale = self.scale()
        if scale is None or self._key_tick is None:
            return
        levels = [int(tick) for ticks in (self._state.bid_ticks, self._state.ask_ticks) for tick in ticks.tolist()]
        levels = sorted({tick for tick in levels if scale.low <= tick <= scale.high})
        for _ in range(abs(bars + FAR_LEVELS * rows)):
            up = bars + FAR_LEVELS * rows > 0
            ahead = [tick for tick in levels if (tick > self._key_tick if up else tick < self._key_tick)]
            if ahead:
                self._key_tick = float(ahead[0] if up else ahead[-1])
        self._told_anew()

    def _told_anew(self) -> None:
        self._describe()
        self.update()

    # what can be chosen

    def choices(self) -> tuple[ViewChoice, ...]:
        """The range of prices, of this instrument, and how often another book is shown."""
        return (
            ViewChoice("range", "Prices in view", self.range, RANGES),
            ViewChoice("pace", "Another book", self._pace, PACES),
        )

    def choose(self, name: str, value: str) -> None:
        """Show it another way; see ``HasChoices``."""
        known = {choice.name: [option.value for option in choice.options] for choice in self.choices()}
        if value not in known.get(name, ()):
            raise KeyError(f"{name} {value}")
        if name == "pace":
            self._pace = value
            self._commands.send(SetPace(CURVE_PANE, value))
            return
        self._usual = value
        if self._symbol:
            self._ranges.pop(self._symbol, None)
            self._ranges[self._symbol] = value
            self._ranges = dict(list(self._ranges.items())[-KEPT_SYMBOLS:])
        self.paint_anew()
        self._describe()

    def view_state(self) -> dict[str, Any]:
        """What was chosen, as JSON can hold it."""
        return {"range": self._usual, "pace": self._pace, "ranges": dict(self._ranges)}

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Show what ``view_state`` told; what cannot be used is left at its default."""
        values = [option.value for option in RANGES]
        ranges: Any = kept.get("ranges")
        if isinstance(ranges, dict):
            self._ranges = {str(symbol): value for symbol, value in ranges.items() if value in values}
        if kept.get("range") in values:
            self._usual = kept["range"]
        if kept.get("pace") in PACES_NS:
            self.choose("pace", kept["pace"])
        self.paint_anew()

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curve as it was painted, the order under the pointer over it."""
        del event
        painter, scale = QPainter(self), self.scale()
        if scale is None:
            painter.fillRect(self.rect(), self._theme.color("bg1"))
            paint_empty(painter, self._theme, QRectF(self.rect()), self.empty_text())
            return
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._picture is None or self._picture.size() != size or self._picture.devicePixelRatio() != ratio:
            self._picture = self._painted(scale, size, ratio)
        painter.drawPixmap(0, 0, self._picture)
        reach = self.reach()
        if reach is not None:
            self._painting.pointer(painter, self._state, scale, reach)

    def _painted(self, scale: CurveScale, size: QSize, ratio: float) -> QPixmap:
        picture = QPixmap(size)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._theme.color("bg1"))
        painter, state = QPainter(picture), self._state
        middle = (scale.left + scale.right) / 2 if state.mid is None else scale.x(state.mid)
        self._painting.plot(painter, state, scale)
        self._painting.header(painter, state, state.totals(scale.low, scale.high), self.width(), middle)
        painter.end()
        return picture

    # hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The pointer takes over from the keys."""
        self._pointer, self._key_tick = event.position(), None
        self._told_anew()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        del event
        self._pointer = None
        self._told_anew()


DEPTH_CURVE: Final = PanelSpec(
    id=CURVE_PANE,
    title=TITLE,
    topic=lambda screen: screen.curve,
    build=DepthCurvePanel,
    refresh_hz=10.0,
    minimum=MINIMUM,
)
