"""Tooltips with the raw value, its instant and its formula; a pin keeps one on the window until it is taken off.

One appears 250 ms after the pointer came to rest over something, then follows it at once from thing to thing; it is
a child of the window it belongs to, so that it moves and floats with it. Source: ``design.md`` 5 "Tooltip".
"""

from collections.abc import Callable
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cockpit.widgets.desk import Later
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.theme import Theme
from cockpit.widgets.wrapping import wrapped

DELAY_MS: Final = 250
FRESHEN_MS: Final = 250  # a tip over a value that moves says what it is now
AWAY: Final = 14  # from the pointer, logical pixels
RADIUS: Final = 6.0
WIDEST: Final = 540
LINE: Final = 17
INSET: Final = 10
PIN: Final = 22  # room of the pin's mark, right of the first line
MOST_LINES: Final = 4  # of one sentence
MARGIN: Final = 4  # to the window's edges
QUIET: Final = ("As of", "Formula", "Rule", "Method")
SHOW: Final = "tip"  # name of the delayed job


class TipBox(QWidget):
    """The box. Let through by the mouse until it is pinned; then a click takes it off."""

    def __init__(self, theme: Theme, window: QWidget, text: str, off: Callable[["TipBox"], None]) -> None:
        super().__init__(window)
        self._theme, self._off = theme, off
        self.text, self.is_pinned = "", False
        self._lines: list[str] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.say(text)

    def say(self, text: str) -> None:
        """Say something else, in a box that fits it."""
        if text == self.text:
            return
        self.text, font = text, self._theme.font("label")
        parts = [wrapped(part, font, WIDEST - 2 * INSET - PIN, MOST_LINES) for part in text.split("\n")]
        self._lines = [line for part in parts for line in part]
        widest = max((text_width(self._theme, "label", line) for line in self._lines), default=0.0)
        self.resize(round(widest) + 2 * INSET + PIN, LINE * len(self._lines) + 2 * (INSET - 3))
        self.setAccessibleName(text)
        self.update()

    def stand_by(self, pointer: QPoint) -> None:
        """Stand beside a place of the window, inside it, and never under the pointer."""
        window = self.parentWidget()
        if window is None:
            return
        room = window.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        x, y = pointer.x() + AWAY, pointer.y() + AWAY
        if x + self.width() > room.right():
            x = pointer.x() - AWAY - self.width()
        if y + self.height() > room.bottom():
            y = pointer.y() - AWAY - self.height()
        self.move(max(x, room.left()), max(y, room.top()))

    def pin(self) -> None:
        """Stay, and take clicks."""
        self.is_pinned = True
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on=False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleDescription("Pinned; a click takes it off")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take it off."""
        event.accept()
        self._off(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Raised box, first line in text1, what it rests on quieter."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line2"), 1.0))
        painter.setBrush(theme.color("bg3"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        for place, line in enumerate(self._lines):
            area = QRectF(INSET, INSET - 3 + place * LINE, self.width() - 2 * INSET - PIN + 2, LINE)
            paint_text(painter, theme, area, "label", "text2" if line.startswith(QUIET) else "text1", line)
        if self.is_pinned:
            corner = QRectF(self.width() - PIN - 4, INSET - 3, PIN, LINE)
            paint_icon(painter, corner, "push-pin", theme.color("accent"), 14)


class Tips(QObject):
    """Which tip is shown, and which are pinned.

    Args:
        later: Waits the moment before one appears.
    """

    def __init__(self, theme: Theme, later: Later, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._later = theme, later
        self._box: TipBox | None = None
        self._pinned: list[TipBox] = []
        self._source: TipSource | None = None
        self._sources: list[TipSource] = []

    @property
    def shown(self) -> str:
        """What the tip at the pointer says; empty when there is none."""
        box = self._living(self._box)
        return "" if box is None else box.text

    @property
    def pinned(self) -> tuple[str, ...]:
        """What pinned tips say, the oldest first."""
        self._pinned = [box for box in self._pinned if self._living(box) is not None]
        return tuple(box.text for box in self._pinned)

    def pinned_boxes(self) -> tuple[TipBox, ...]:
        """The pinned boxes, the oldest first."""
        return tuple(box for box in self._pinned if self._living(box) is not None)

    def add(self, source: "TipSource") -> None:
        """Know a thing that has tips; keys can pin its tip as well."""
        self._sources.append(source)

    def hover(self, source: "TipSource") -> None:
        """The pointer is over something: its tip comes after a moment, or at once where one is shown already."""
        self._source = source
        if not source.text():
            self._hide()
        elif self._living(self._box) is not None:
            self._show()
        else:
            self._later.later(SHOW, DELAY_MS, self._show)

    def leave(self, source: "TipSource") -> None:
        """The pointer is no longer over it."""
        if source is self._source:
            self._source = None
            self._hide()

    def pin(self, near: QWidget | None) -> str:
        """Pin the tip that is shown, else the first tip inside ``near``; returns what it says, empty for none."""
        if self._living(self._box) is None and near is not None:
            self._sources = [source for source in self._sources if shiboken6.isValid(source)]
            inside = (source for source in self._sources if source.is_inside(near) and source.first())
            self._source = next(inside, None)
            if self._source is not None:
                self._source.at = QPointF(self._source.home())
                self._show()
        box = self._living(self._box)
        if box is None:
            return ""
        box.pin()
        self._pinned.append(box)
        self._box = None
        self._later.cancel(SHOW)
        return box.text

    def unpin(self, box: TipBox) -> None:
        """Take one off."""
        self._pinned = [kept for kept in self._pinned if kept is not box]
        box.hide()
        box.deleteLater()

    def unpin_all(self) -> int:
        """Take all off; returns how many there were."""
        boxes = self.pinned_boxes()
        for box in boxes:
            self.unpin(box)
        return len(boxes)

    def _show(self) -> None:
        source = self._source
        text = "" if source is None or not shiboken6.isValid(source) else source.text()
        if source is None or not text:
            self._hide()
            return
        window = source.window()
        box = self._living(self._box)
        if box is None or box.parentWidget() is not window:
            self._hide()
            box = self._box = TipBox(self._theme, window, text, self.unpin)
        box.say(text)
        box.stand_by(source.place())
        box.show()
        box.raise_()
        self._later.later(SHOW, FRESHEN_MS, self._show)

    def _hide(self) -> None:
        self._later.cancel(SHOW)
        box, self._box = self._living(self._box), None
        if box is not None:
            box.hide()
            box.deleteLater()

    @staticmethod
    def _living(box: TipBox | None) -> TipBox | None:
        return box if box is not None and shiboken6.isValid(box) else None


class TipSource(QObject):
    """Watches the pointer over one widget, and knows what a place of it says.

    Args:
        widget: Its tooltips are shown here from now on, not by Qt.
        tips: Shows them; None: Qt's own tooltip stays as it is.
        tip_at: What a place of the widget says; empty for nothing.
    """

    def __init__(self, widget: QWidget, tips: Tips | None, tip_at: Callable[[QPointF], str]) -> None:
        super().__init__(widget)
        self._widget, self._tips, self._tip_at = widget, tips, tip_at
        self.at = QPointF()
        if tips is not None:
            widget.setMouseTracking(True)
            widget.installEventFilter(self)
            tips.add(self)

    def text(self) -> str:
        """What the place under the pointer says."""
        return self._tip_at(self.at) if self._widget.isVisible() else ""

    def first(self) -> str:
        """What the widget says at its own first place, for keys."""
        return self._tip_at(QPointF(self.home())) if self._widget.isVisible() else ""

    def home(self) -> QPoint:
        """A place near the widget's upper left corner, where its main figure stands."""
        return QPoint(min(24, self._widget.width() // 2), min(16, self._widget.height() // 2))

    def is_inside(self, near: QWidget) -> bool:
        """Whether the widget is ``near`` or within it."""
        return near is self._widget or near.isAncestorOf(self._widget)

    def window(self) -> QWidget:
        """The window it is in now."""
        return self._widget.window()

    def place(self) -> QPoint:
        """The pointer in that window."""
        return self._widget.mapTo(self.window(), self.at.toPoint())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer; Qt's own tooltip stays away."""
        tips = self._tips
        if tips is None:
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self.at = event.position()
            if not event.buttons():
                tips.hover(self)
        elif kind in (QEvent.Type.Leave, QEvent.Type.Hide, QEvent.Type.MouseButtonPress):
            tips.leave(self)
        elif kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            return True
        return False
