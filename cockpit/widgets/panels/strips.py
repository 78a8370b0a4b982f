"""The feature strips: what a book's numbers were over the last three minutes, one row each.

Hover, or ``; K`` and the arrows, reads every row at one moment; a click or Enter opens the formula of a row.

Source: ``design/book.png`` "Book, last 180 s".
"""

from typing import Any, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from cockpit.instants import clock_text
from cockpit.state.views import Freshness, Strip, StripsState
from cockpit.units import NS_PER_S
from cockpit.widgets.empty import nothing_open, paint_empty
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.hairline import line_down
from cockpit.widgets.ladder.inks import STRENGTH
from cockpit.widgets.panel import ChosenFromTable, PanelContext, PanelSpec
from cockpit.widgets.pick_list import NOTCH, paint_text
from cockpit.widgets.strips.lines import bounds, nearest, path, place
from cockpit.widgets.strips.words import CHOICES, WORDS, extent, formula, label, value
from cockpit.widgets.theme import PADDING
from cockpit.widgets.tips import TipSource
from cockpit.widgets.wrapping import wrapped

MINIMUM: Final = (240, 120)
FOOT: Final = 20  # the time axis: how far back, the moment pointed at, now
LEAST_ROW: Final = 24
RANGE_ROW: Final = 40  # from this height on a row tells its range where there is width
MOST_ROW: Final = 64
STACKED_ROW: Final = 34  # from here on the value may stand below the label where there is little width
LEAST_LINE: Final = 90  # width of a line worth looking at
DOT: Final = 2.5
LINE: Final = 15  # of a formula
MOST_LINES: Final = 4
REACH_NS: Final = 3 * NS_PER_S  # of the crosshair: farther off nothing is known


class StripsPanel(ChosenFromTable, QWidget):
    """Draws a ``StripsState``; its own state is the row that is selected, the crosshair and an open formula."""

    choice_table = CHOICES

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._theme = context.theme
        self._state = StripsState()
        self._row = 0  # selected, of those that are shown
        self._first = 0  # the first in view
        self._opened = ""  # name of the row whose formula is shown
        self._back_ns: int | None = None  # how far before now the crosshair stands
        self._by_keys = False
        self._has_ranges = self._is_stacked = False  # by the width of what is shown
        self.begin_choices()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(*MINIMUM)
        TipSource(self, context.tips, self.tip_at)
        self._name()

    def draw(self, state: StripsState) -> None:
        """Show the state."""
        self._state = state
        self._name()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName("Book, last 180 s")
        self.setAccessibleDescription(
            self.empty_text() or ", ".join(f"{name} {text}" for name, text in self.rows())
        )

    # what can be read

    def shown(self) -> tuple[Strip, ...]:
        """The strips that are chosen, in order."""
        by_name = {strip.name: strip for strip in self._state.strips}
        return tuple(by_name[name] for name in WORDS if name in by_name and self._chosen[name] == "shown")

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Labels and values, at the crosshair where there is one."""
        return tuple((label(self._state, strip.name), self._figures(strip)) for strip in self.shown())

    def moment(self) -> str:
        """Time at the crosshair; empty without one."""
        at_ns = self._at_ns()
        return "" if at_ns is None else clock_text(at_ns)

    @property
    def opened(self) -> str:
        """Formula of the row that is open; empty when none is."""
        return formula(self._state, self._opened) if self._opened else ""

    def empty_text(self) -> str:
        """Why there is nothing to show; empty when there is."""
        state = self._state
        if state.head.instrument is None:
            return state.head.reason or nothing_open()
        if not state.strips:
            return state.head.reason or "No numbers of this book so far"
        return "" if self.shown() else "Every row is hidden; the settings of the pane show them"

    def _figures(self, strip: Strip) -> str:
        at_ns = self._at_ns()
        if at_ns is None:
            return value(self._state, strip)
        places = [nearest(line, at_ns, REACH_NS) for line in strip.lines]
        figures = tuple(
            None if at is None else float(line.values[at]) for line, at in zip(strip.lines, places, strict=True)
        )
        return value(self._state, strip, figures)

    def _at_ns(self) -> int | None:
        if self._back_ns is None or self._state.now_ns is None:
            return None
        return self._state.now_ns - self._back_ns

    # what the user does

    def chosen_anew(self) -> None:
        """Which rows are shown."""
        self._row = min(self._row, max(len(self.shown()) - 1, 0))
        self._reveal()
        self._name()
        self.update()

    @property
    def has_key_cross(self) -> bool:
        """Whether the arrows move the crosshair now."""
        return self._by_keys

    def toggle_key_cross(self) -> None:
        """Put the crosshair under the keys, at now, or take it away."""
        self._by_keys = not self._by_keys
        self._back_ns = 0 if self._by_keys else None
        self._moved()

    def move_key_cross(self, bars: int, rows: int) -> None:
        """Move it by seconds, and to another row; positive is later and up. A step in time begins one."""
        if bars:
            back = (self._back_ns or 0) // NS_PER_S - bars
            self._back_ns = min(max(back, 0), self._state.span_ns // NS_PER_S) * NS_PER_S
            self._by_keys = True
        self.select(self._row - rows)

    def select(self, row: int) -> None:
        """Select a row of those that are shown."""
        self._row = min(max(row, 0), max(len(self.shown()) - 1, 0))
        self._reveal()
        self._moved()

    def toggle_formula(self) -> None:
        """Open the formula of the selected row, or close it."""
        strips = self.shown()
        if strips:
            name = strips[min(self._row, len(strips) - 1)].name
            self._opened = "" if self._opened == name else name
            self._moved()

    def _moved(self) -> None:
        self._name()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens a formula; up and down select, while the arrows are not the crosshair's."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle_formula()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.select(self._row + (1 if key == Qt.Key.Key_Down else -1))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click opens the formula of a row, a second one closes it."""
        row = self._row_at(event.position().y())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self._row = row
            self.toggle_formula()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The pointer over the lines is the crosshair."""
        area, x = self._lines_area(), event.position().x()
        over = area.left() <= x <= area.right() and not self.empty_text()
        share = (x - area.left()) / max(area.width(), 1.0)
        back = round((1.0 - share) * self._state.span_ns / NS_PER_S) * NS_PER_S if over else None
        if back != self._back_ns:
            self._back_ns, self._by_keys = back, False
            self._moved()

    def leaveEvent(self, event: QEvent) -> None:
        """Without a pointer there is no crosshair but that of the keys."""
        super().leaveEvent(event)
        if not self._by_keys and self._back_ns is not None:
            self._back_ns = None
            self._moved()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll where there are more rows than room."""
        self._scroll(-round(event.angleDelta().y() / NOTCH))

    def scroll_rows(self, rows: int) -> None:
        """Show rows that stand higher, or lower."""
        self._scroll(-rows)

    def visible_rows(self) -> int:
        """Rows that fit."""
        return max(int((self.height() - FOOT) // LEAST_ROW), 1)

    def _scroll(self, by: int) -> None:
        most = max(len(self.shown()) - self.visible_rows(), 0)
        self._first = min(max(self._first + by, 0), most)
        self.update()

    def _reveal(self) -> None:
        fit = self.visible_rows()
        self._first = max(min(self._first, self._row), self._row - fit + 1, 0)
        self._scroll(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another height has room for more rows."""
        super().resizeEvent(event)
        self._reveal()

    # places

    def _heights(self) -> list[tuple[Strip, float, float]]:
        """Strips in view with top and height; the open formula stands below its row."""
        strips = self.shown()[self._first : self._first + self.visible_rows()]
        lines, high = self._formula_lines(), self._heights_of(len(strips))
        places, y = [], 2.0
        for strip in strips:
            places.append((strip, y, high))
            y += high + (LINE * len(lines) if strip.name == self._opened else 0)
        return places

    def _heights_of(self, strips: int) -> float:
        """Height of each of so many rows."""
        room = self.height() - FOOT - LINE * len(self._formula_lines())
        return min(max(room / max(min(strips, self.visible_rows()), 1), LEAST_ROW), MOST_ROW)

    def _formula_lines(self) -> list[str]:
        if self._opened not in [strip.name for strip in self.shown()]:
            return []
        font = self._theme.font("label")
        return wrapped(self.opened, font, self.width() - 2 * PADDING, MOST_LINES)

    def _row_at(self, y: float) -> int | None:
        for number, (_, top, high) in enumerate(self._heights()):
            if top <= y < top + high:
                return self._first + number
        return None

    def _lines_area(self) -> QRectF:
        """Left to right of the lines, the same for every row."""
        theme, strips = self._theme, self.shown()
        high = self._heights_of(len(strips))
        names = max((text_width(theme, "label", label(self._state, strip.name)) for strip in strips), default=0.0)
        values = max((text_width(theme, "number", self._figures(strip)) for strip in strips), default=0.0)
        ranges = max((text_width(theme, "key", extent(self._state, strip)) for strip in strips), default=0.0)
        wide = self.width() - 2 * PADDING
        self._has_ranges = high >= RANGE_ROW and wide - max(names, ranges) - values - 24 >= LEAST_LINE
        self._is_stacked = high >= STACKED_ROW and wide - names - values - 24 < LEAST_LINE
        if self._is_stacked:
            left = PADDING + min(max(names, values), 0.6 * wide) + 12
            return QRectF(left, 0, max(self.width() - PADDING - left, 0.0), self.height() - FOOT)
        left = PADDING + min(max(names, ranges) if self._has_ranges else names, 0.42 * wide) + 12
        right = self.width() - PADDING - min(values, 0.4 * wide) - 12
        return QRectF(left, 0, max(right - left, 0.0), self.height() - FOOT)

    # what is under the pointer

    def event(self, event: QEvent) -> bool:
        """The tooltip of what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def tip_at(self, spot: QPointF) -> str:
        """Value, range and formula of the row there."""
        row = self._row_at(spot.y())
        if row is None or row >= len(self.shown()):
            return ""
        strip = self.shown()[row]
        seen = extent(self._state, strip)
        lines = [f"{label(self._state, strip.name)} {self._figures(strip)}", seen and f"Last 180 s: {seen}"]
        if self._state.now_ns is not None:
            lines.append(f"As of {self.moment() or clock_text(self._state.now_ns)}")
        return "\n".join(each for each in (*lines, f"Formula {formula(self._state, strip.name)}") if each)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rows, the crosshair over all of them, the time axis."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        empty = self.empty_text()
        if empty:
            paint_empty(painter, theme, QRectF(self.rect()), empty)
            return
        across = self._lines_area()
        places = self._heights()
        for number, (strip, top, high) in enumerate(places):
            if self.hasFocus() and self._first + number == self._row:
                painter.fillRect(QRectF(0, top, 3, high), theme.color("accent"))
            self._paint_row(painter, strip, QRectF(PADDING, top, self.width() - 2 * PADDING, high), across)
            if strip.name == self._opened:
                for line, text in enumerate(self._formula_lines()):
                    area = QRectF(PADDING, top + high + line * LINE, self.width() - 2 * PADDING, LINE)
                    paint_text(painter, theme, area, "label", "text3", text)
        self._paint_time(painter, across)

    def _paint_row(self, painter: QPainter, strip: Strip, area: QRectF, across: QRectF) -> None:
        theme, text = self._theme, self._figures(strip)
        name = QRectF(area.left(), area.top(), across.left() - area.left() - 6, area.height())
        figure = QRectF(across.right() + 6, area.top(), area.right() - across.right() - 6, area.height())
        if self._is_stacked:
            figure = name.adjusted(0, 16, 0, 0)
            name.adjust(0, 0, 0, -14)
        elif self._has_ranges:
            paint_text(painter, theme, name.adjusted(0, 16, 0, 0), "key", "text3", extent(self._state, strip))
            name.adjust(0, 0, 0, -14)
        paint_text(painter, theme, name, "label", "text2", label(self._state, strip.name))
        painter.setOpacity(STRENGTH[self._state.head.freshness or Freshness.FRESH])
        right = not self._is_stacked
        paint_text(painter, theme, figure, "number", self._ink(strip, text), text, right=right)
        if self._back_ns is not None:
            x = across.left() + (1.0 - self._back_ns / self._state.span_ns) * (across.width() - DOT)
            line_down(painter, x, area.top(), area.height(), theme.color("text3"))
        self._paint_lines(painter, strip, QRectF(across.left(), area.top(), across.width(), area.height()))
        painter.setOpacity(1.0)

    def _ink(self, strip: Strip, text: str) -> str:
        if not WORDS[strip.name].is_signed or text[:1] not in ("+", "−"):
            return "text1"
        return "bid" if text[0] == "+" else "ask"

    def _paint_lines(self, painter: QPainter, strip: Strip, area: QRectF) -> None:
        state, theme = self._state, self._theme
        if state.now_ns is None:
            return
        low, high = bounds(strip)
        inner = area.adjusted(0, min(area.height() * 0.2, 8), -DOT, -min(area.height() * 0.2, 8))
        inks = ("text2",) if len(strip.lines) == 1 else ("bid", "ask")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line, ink in zip(strip.lines, inks, strict=True):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color(ink), 1.25))
            painter.drawPath(path(line, inner, low, high, state.now_ns, state.span_ns))
            at = self._at_ns()
            found = (len(line.values) - 1 if line.last is not None else None) if at is None else (
                nearest(line, at, REACH_NS)
            )  # fmt: skip
            if found is not None:
                share = 1.0 - (state.now_ns - int(line.clocks[found])) / state.span_ns
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent"))
                painter.drawEllipse(place(inner, low, high, share, float(line.values[found])), DOT, DOT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_time(self, painter: QPainter, across: QRectF) -> None:
        theme, moment = self._theme, self.moment()
        foot = QRectF(across.left(), self.height() - FOOT, across.width(), FOOT - 2)
        if not moment:
            paint_text(painter, theme, foot, "key", "text3", f"−{self._state.span_ns // NS_PER_S} s")
            paint_text(painter, theme, foot, "key", "text3", "now", right=True)
            return
        x = across.left() + (1.0 - (self._back_ns or 0) / self._state.span_ns) * across.width()
        wide = text_width(theme, "key", moment)
        left = min(max(x - wide / 2, PADDING), self.width() - PADDING - wide)
        paint_text(painter, theme, QRectF(left, foot.top(), wide + 1, foot.height()), "key", "text1", moment)

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Show what ``view_state`` told; rows of another version are left at their default."""
        super().restore_view({name: chosen for name, chosen in kept.items() if name in CHOICES})


STRIPS: Final = PanelSpec(
    id="strips",  # saved layouts hold it: never rename
    title="Book, last 180 s",
    topic=lambda screen: screen.strips,
    build=StripsPanel,
    refresh_hz=1.0,
    minimum=MINIMUM,
)
