"""The tabs of the workspaces in the top bar (``cockpit.png``): names, the open one underlined, a plus."""

from math import ceil
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.theme import TOP_BAR, Theme

PAD: Final = 12  # left and right of a name
PLUS: Final = 30
UNDERLINE: Final = 3
LONGEST: Final = 150  # a name longer than that ends in dots

_PLUS: Final = "+"
_MORE: Final = "…"


class WorkspaceTabs(QWidget):
    """Hand-painted. Tabs that do not fit are behind a count, which opens their list; the open one is always there.

    Signals:
        chosen: A tab was clicked; its name.
        menu_wanted: The right button went down on a tab; its name and the global position.
        rename_wanted: A tab was double-clicked; its name.
        add_wanted: The plus was clicked.
        list_wanted: The count of hidden tabs was clicked.
    """

    chosen = Signal(str)
    menu_wanted = Signal(str, QPoint)
    rename_wanted = Signal(str)
    add_wanted = Signal()
    list_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self._current = ""
        self._over = ""
        self._can_add = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)

    def show_names(self, names: tuple[str, ...], current: str, *, can_add: bool = True) -> None:
        """Show these, with one of them open."""
        self._names, self._current, self._can_add = names, current, can_add
        listed = ", ".join(f"{name} (open)" if name == current else name for name in names)
        self.setAccessibleName(f"Workspaces: {listed}")
        self.updateGeometry()
        self.update()

    @property
    def current(self) -> str:
        """The open one."""
        return self._current

    def wanted(self) -> int:
        """Width at which every tab has room."""
        return ceil(sum(self._width(name) for name in self._names)) + PLUS * self._can_add

    def least(self) -> int:
        """Width of the open tab with the count of the others."""
        rest = len(self._names) > 1
        return ceil(self._width(self._current)) + PLUS * rest + PLUS * self._can_add

    def sizeHint(self) -> QSize:
        """As wide as all tabs, as high as the bar."""
        return QSize(self.wanted(), TOP_BAR)

    def parts(self) -> list[tuple[str, str, QRectF]]:
        """What is shown, left to right: a key (a name, ``+`` or ``…``), its text and its place."""
        shown = self._fitting()
        hidden = len(self._names) - len(shown)
        rest = [(_MORE, f"+{hidden}")] if hidden else []
        rest += [(_PLUS, "")] if self._can_add else []
        places: list[tuple[str, str, QRectF]] = []
        left = 0.0
        for key, text in [*((name, name) for name in shown), *rest]:
            wide = float(PLUS) if key in (_PLUS, _MORE) else self._width(key)
            places.append((key, text, QRectF(left, 0, wide, TOP_BAR)))
            left += wide
        return places

    def _fitting(self) -> list[str]:
        """The names with room, in order; the open one replaces the last of them where it would be hidden."""
        room = self.width() - PLUS * self._can_add
        if sum(self._width(name) for name in self._names) <= room:
            return list(self._names)
        room -= PLUS + self._width(self._current)
        shown = []
        for name in self._names:
            if name == self._current:
                shown.append(name)
                continue
            room -= self._width(name)
            if room < 0:
                break
            shown.append(name)
        return shown if self._current in shown else [*shown, self._current]

    def _width(self, name: str) -> float:
        return min(text_width(self._theme, "strong", name), LONGEST) + 2 * PAD

    def place(self, name: str) -> QRectF | None:
        """Where a tab is; None while it is hidden. ``+`` and ``…`` are places, too."""
        return next((area for key, _, area in self.parts() if key == name), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names; the open one bright over its line, the one under the pointer raised."""
        del event
        theme = self._theme
        painter = QPainter(self)
        for key, text, area in self.parts():
            if key == self._over and key != self._current:
                painter.fillRect(area.adjusted(2, 8, -2, -8), theme.color("bg3"))
            if key == _PLUS:
                paint_icon(painter, area, "plus", theme.color("text2"), 14)
                continue
            open_now = key == self._current
            painter.setFont(theme.font("strong" if open_now else "body"))
            painter.setPen(theme.color("text1" if open_now else "text2"))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, LONGEST)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, shown)
            if open_now:
                line = QRectF(area.left() + PAD / 2, TOP_BAR - UNDERLINE - 1, area.width() - PAD, UNDERLINE)
                painter.fillRect(line, theme.color("accent"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left opens, right asks what to do with it."""
        key = self._at(event)
        event.accept()
        if event.button() == Qt.MouseButton.RightButton and key in self._names:
            self.menu_wanted.emit(key, event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            if key == _PLUS:
                self.add_wanted.emit()
            elif key == _MORE:
                self.list_wanted.emit()
            elif key:
                self.chosen.emit(key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Another name."""
        key = self._at(event)
        if event.button() == Qt.MouseButton.LeftButton and key in self._names:
            self.rename_wanted.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Raise what is under the pointer."""
        self._show_over(self._at(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is raised."""
        del event
        self._show_over("")

    def event(self, event: QEvent) -> bool:
        """A tooltip for each part."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            key = next((key for key, _, area in self.parts() if area.contains(event.pos())), "")
            words = {_PLUS: "New workspace", _MORE: "Every workspace"}.get(key, key)
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _show_over(self, key: str) -> None:
        if key != self._over:
            self._over = key
            self.update()

    def _at(self, event: QMouseEvent) -> str:
        return next((key for key, _, area in self.parts() if area.contains(event.position())), "")
