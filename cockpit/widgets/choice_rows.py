"""Rows of choices: a title and its values side by side, the chosen one lit. Keys and mouse change them at once.

What the settings of the program and those of a pane are made of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from cockpit.widgets.caps import cap_width, paint_cap
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.pick_list import NOTCH, paint_text
from cockpit.widgets.theme import DENSE_BUTTON, PADDING, Theme

LINE: Final = 36
TITLE: Final = 150  # logical pixels for the title
INSET: Final = 10  # left and right of a value's words
BETWEEN: Final = 2
RADIUS: Final = 4.0
ARROW: Final = 24.0


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One setting.

    Attributes:
        id: To find it again.
        title: For people.
        value: What is chosen.
        options: What can be chosen; none where ``opens`` does the rest.
        choose: Told the value that was chosen.
        key: Key of the same as an action; empty for none.
        shown: What stands there where there are no options.
        opens: Does what Enter means where there are no options.
    """

    id: str
    title: str
    value: str
    options: tuple[Option, ...]
    choose: Callable[[str], None]
    key: str = ""
    shown: str = ""
    opens: Callable[[], None] | None = None

    def after(self, by: int) -> str | None:
        """The next value that can be had in a direction; None when there is no other."""
        usable = [option.value for option in self.options if not option.lacks]
        if self.value not in usable:
            return usable[0] if usable else None
        at = usable.index(self.value) + by
        return usable[at] if 0 <= at < len(usable) else None

    @property
    def words(self) -> str:
        """What is chosen, for people."""
        return next((option.text for option in self.options if option.value == self.value), self.shown)


class ChoiceRows(QWidget):
    """The rows, one of them selected."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: Sequence[Row] = ()
        self._selected = 0
        self._first = 0
        self._title = TITLE
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these; the selected row keeps its place."""
        self._rows = rows
        self._selected = min(self._selected, max(len(rows) - 1, 0))
        widest = max((text_width(self._theme, "body", row.title) for row in rows), default=0.0)
        self._title = round(widest) + 2 * PADDING
        self._reveal()

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown."""
        return self._rows

    @property
    def selected(self) -> Row | None:
        """The row keys act on."""
        return self._rows[self._selected] if self._rows else None

    def step(self, by: int) -> None:
        """Select another row; past an end it goes round."""
        if self._rows:
            self._selected = (self._selected + by) % len(self._rows)
            self._reveal()

    def turn(self, by: int) -> None:
        """Choose the next value of the selected row in a direction."""
        row = self.selected
        value = None if row is None else row.after(by)
        if row is not None and value is not None:
            row.choose(value)

    def act(self) -> None:
        """Enter: open what the row opens, else its next value, the first after the last."""
        row = self.selected
        if row is None:
            return
        if row.opens is not None:
            row.opens()
            return
        usable = [option.value for option in row.options if not option.lacks]
        after = row.after(1)
        value = after if after is not None else usable[0] if usable else None
        if value is not None and value != row.value:
            row.choose(value)

    # places

    def _count(self) -> int:
        return max(self.height() // LINE, 1)

    def _reveal(self) -> None:
        self._first = min(max(self._first, self._selected - self._count() + 1), self._selected)
        self._first = max(min(self._first, len(self._rows) - self._count()), 0)
        self.update()

    def _line(self, place: int) -> QRectF:
        return QRectF(0, (place - self._first) * LINE, self.width(), LINE)

    def _values(self, place: int) -> QRectF:
        """Where the values of a row stand: right of its title, left of its key."""
        row, line = self._rows[place], self._line(place)
        right = line.right() - PADDING - (cap_width(row.key, self._theme) + 8 if row.key else 0.0)
        top = line.top() + (LINE - DENSE_BUTTON) / 2
        return QRectF(self._title, top, max(right - self._title, 0.0), DENSE_BUTTON)

    def boxes(self, place: int) -> list[tuple[QRectF, str]]:
        """Where each value of a row can be clicked; empty when they do not all fit and only one is shown."""
        area, left, made = self._values(place), self._values(place).left(), []
        for option in self._rows[place].options:
            wide = text_width(self._theme, "body", option.text) + 2 * INSET
            made.append((QRectF(left, area.top(), wide, area.height()), option.value))
            left += wide + BETWEEN
        return made if left - BETWEEN <= area.right() else []

    # hands

    def _place_at(self, y: float) -> int | None:
        place = self._first + int(y // LINE)
        return place if 0 <= place < len(self._rows) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The pointer selects."""
        place = self._place_at(event.position().y())
        if place is not None and place != self._selected:
            self._selected = place
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a value chooses it; on a row that opens something, opens it."""
        place = self._place_at(event.position().y())
        if place is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._selected, row = place, self._rows[place]
        self.update()
        if row.opens is not None:
            row.opens()
            return
        boxes = self.boxes(place)
        lacking = {option.value for option in row.options if option.lacks}
        for box, value in boxes:
            if box.contains(event.position()) and value not in lacking:
                row.choose(value)
                return
        area = self._values(place)
        if not boxes and area.contains(event.position()):
            self.turn(-1 if event.position().x() < area.left() + ARROW else 1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll."""
        by = -round(event.angleDelta().y() / NOTCH)
        self._first = max(min(self._first + by, len(self._rows) - self._count()), 0)
        self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows in view."""
        del event
        painter, theme = QPainter(self), self._theme
        for place in range(self._first, min(self._first + self._count(), len(self._rows))):
            row, line = self._rows[place], self._line(place)
            lit = place == self._selected
            if lit:
                painter.fillRect(line, theme.color("bg3"))
                painter.fillRect(QRectF(0, line.top(), 3, LINE), theme.color("accent"))
            title = QRectF(PADDING, line.top(), self._title - PADDING, LINE)
            paint_text(painter, theme, title, "body", "text1" if lit else "text2", row.title)
            if row.key:
                paint_cap(painter, QPointF(line.right() - PADDING, line.center().y()), row.key, theme)
            self._paint_values(painter, place, row)

    def _paint_values(self, painter: QPainter, place: int, row: Row) -> None:
        area, boxes = self._values(place), self.boxes(place)
        if not row.options:
            paint_text(painter, self._theme, area, "body", "text1", row.shown)
            return
        if not boxes:
            self._paint_one(painter, area, row)
            return
        for (box, value), option in zip(boxes, row.options, strict=True):
            chosen = value == row.value
            self._box(painter, box, lit=chosen)
            ink = "on_accent" if chosen else "text4" if option.lacks else "text2"
            paint_text(painter, self._theme, box.adjusted(INSET, 0, 0, 0), "body", ink, option.text)

    def _paint_one(self, painter: QPainter, area: QRectF, row: Row) -> None:
        """The chosen value between two arrows."""
        wide = min(area.width(), text_width(self._theme, "body", row.words) + 2 * ARROW + 2)
        box = QRectF(area.left(), area.top(), wide, area.height())
        self._box(painter, box, lit=False)
        ends = ((-1, box.adjusted(INSET, 0, 0, 0), "‹", False), (1, box.adjusted(0, 0, -INSET, 0), "›", True))
        for by, place, arrow, right in ends:
            ink = "text2" if row.after(by) is not None else "text4"
            paint_text(painter, self._theme, place, "body", ink, arrow, right)
        inner = box.adjusted(ARROW, 0, -ARROW + 2, 0)
        paint_text(painter, self._theme, inner, "body", "text1", row.words)

    def _box(self, painter: QPainter, box: QRectF, *, lit: bool) -> None:
        theme = self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent" if lit else "line2"), 1.0))
        painter.setBrush(theme.color("accent" if lit else "bg2"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.restore()
