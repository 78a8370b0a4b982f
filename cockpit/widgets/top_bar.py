"""The bar on top: product, workspace, search, provenance, session, date and the one clock (``design.md`` 5)."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from cockpit.instants import clock_text, date_text
from cockpit.instruments import DASH
from cockpit.state.views import WorkspaceState
from cockpit.widgets.actions import by_id, cap, words
from cockpit.widgets.glyphs_state import draw_provenance, provenance_width, text_width
from cockpit.widgets.hairline import line_at_foot, line_down
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.theme import BUTTON, TOP_BAR, Theme
from cockpit.widgets.workspace_tabs import WorkspaceTabs

PRODUCT: Final = "Cockpit"
SEARCH: Final = 380
MARK: Final = 40  # width of the mark
_LEAST_SEARCH: Final = 150
_NAME: Final = 47  # left edge of the product's name
_GAP: Final = 14


class SearchField(QAbstractButton):
    """Looks like an input; a click or ``Ctrl+K`` opens the palette, which is where one types."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText("Symbol, action, recording")
        self.print_keys()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def print_keys(self) -> None:
        """Print the key that acts now."""
        self._key = cap(next(iter(by_id("palette").keys), ""))
        self.setAccessibleName(f"Search: symbol, action, recording. {self._key}")
        self.update()

    def sizeHint(self) -> QSize:
        """380 x 32."""
        return QSize(SEARCH, BUTTON)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Well, magnifier, words, key cap."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.setBrush(theme.color("bg0"))
        painter.drawRoundedRect(area, 4, 4)
        paint_icon(painter, QRectF(10, 0, 18, self.height()), "magnifying-glass", theme.color("text2"))
        cap = self._paint_cap(painter)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text3"))
        room = QRectF(36, 0, cap - 44, self.height())
        text = QFontMetricsF(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_cap(self, painter: QPainter) -> float:
        theme = self._theme
        font = theme.font("key")
        wide = QFontMetricsF(font).horizontalAdvance(self._key) + 12
        area = QRectF(self.width() - wide - 8.5, (self.height() - 18) / 2 + 0.5, wide, 17)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.setBrush(theme.color("bg2"))
        painter.drawRoundedRect(area, 3, 3)
        painter.setFont(font)
        painter.setPen(theme.color("text2"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._key)
        return area.left()


class MarkButton(QAbstractButton):
    """The mark of the product, which opens the main menu."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setGeometry(4, (TOP_BAR - BUTTON) // 2, MARK, BUTTON)
        self.setAccessibleName("Main menu")
        self.print_keys()

    def print_keys(self) -> None:
        """Print the key that acts now."""
        self.setToolTip(words("menu"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The needle; a raised ground under the pointer."""
        painter = QPainter(self)
        if self.underMouse():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("bg4"))
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        _paint_mark(painter, self._theme, QPointF(self.width() / 2, self.height() / 2 + 4))


class TopBar(QWidget):
    """44 px; hand-painted but for the search field and the mark.

    Signals:
        search_requested: The palette shall open.
        menu_requested: The main menu shall open.
    """

    search_requested = Signal()
    menu_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._workspace = WorkspaceState()
        self._shown: object = None
        self.setFixedHeight(TOP_BAR)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.tabs = WorkspaceTabs(theme, self)
        self.tabs.show_names((PRODUCT,), PRODUCT, can_add=False)
        self.search = SearchField(theme, self)
        self.search.clicked.connect(self.search_requested)
        self.mark = MarkButton(theme, self)
        self.mark.clicked.connect(self.menu_requested)
        self._lay_out()

    def print_keys(self) -> None:
        """Print the keys that act now."""
        self.search.print_keys()
        self.mark.print_keys()

    @property
    def seen(self) -> bool:
        """Whether it is on the screen."""
        return self.isVisible()

    def show_workspaces(self, names: tuple[str, ...], current: str) -> None:
        """Show the tabs of these workspaces."""
        self.tabs.show_names(names, current)
        self._lay_out()
        self.update()

    def draw(self, state: WorkspaceState) -> None:
        """Show provenance, session and clock; repaints only when one of them changed."""
        self._workspace = state
        shown = (state.provenance, state.session_text, self.clock())
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleName(" \N{MIDDLE DOT} ".join(str(part) for part in (*self.words(), *self.clock())))
            self._lay_out()
            self.update()

    def fail(self, reason: str) -> None:
        """A bar has no place to explain; the log and the notice do."""

    def clock(self) -> tuple[str, str]:
        """Date and time in New York; dashes when nothing is open."""
        now = self._workspace.now_ns
        return (DASH, DASH) if now is None else (date_text(now), clock_text(now))

    def words(self) -> tuple[str, ...]:
        """Provenance and session as they are printed, what there is of them."""
        state = self._workspace
        provenance = (state.provenance.value,) if state.provenance is not None else ()
        return (*provenance, state.session_text) if state.session_text else provenance

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the search field anew."""
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Left: the product; right: the state of the session. Tabs and search field stand between."""
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg2"))
        line_at_foot(painter, 0, TOP_BAR, self.width(), theme.color("line"))
        self._paint_left(painter)
        self._paint_right(painter, draw=True)

    def _paint_left(self, painter: QPainter) -> None:
        theme = self._theme
        left = self._text(painter, _NAME, PRODUCT, "title", "text1") + _GAP + 6
        line_down(painter, round(left - _GAP / 2) - 3, 11, TOP_BAR - 22, theme.color("line"))

    def _text(self, painter: QPainter, left: float, text: str, role: str, token: str) -> float:
        wide = text_width(self._theme, role, text)
        painter.setFont(self._theme.font(role))
        painter.setPen(self._theme.color(token))
        painter.drawText(QRectF(left, 0, wide + 2, TOP_BAR - 1), Qt.AlignmentFlag.AlignVCenter, text)
        return left + wide

    def _parts(self) -> list[tuple[str, str, str]]:
        """Text, font role and colour from right to left: clock, date, session."""
        date, clock = self.clock()
        known = self._workspace.now_ns is not None
        parts = [(clock, "clock", "text1" if known else "text3"), (date, "body", "text2")]
        if self._workspace.session_text:
            parts.append((self._workspace.session_text, "body", "text2"))
        return parts

    def _paint_right(self, painter: QPainter | None, *, draw: bool) -> float:
        """Draw, or only measure, the right side; returns its left edge."""
        edge = self.width() - float(_GAP)
        room = 0.52 * self.width()
        provenance = self._workspace.provenance
        tag = provenance_width(self._theme, provenance) + _GAP if provenance is not None else 0.0
        for number, (text, role, token) in enumerate(self._parts()):
            wide = text_width(self._theme, role, text)
            if number and edge - wide - tag < room:
                break  # too narrow: the session goes first, then the date
            edge -= wide
            if draw and painter is not None:
                self._text(painter, edge, text, role, token)
            edge -= 10 if number == 0 else 2 * _GAP
            if draw and painter is not None and number:
                line_down(painter, round(edge + _GAP), 11, TOP_BAR - 22, self._theme.color("line"))
        if provenance is None:
            return edge
        edge -= tag - _GAP
        if draw and painter is not None:
            draw_provenance(painter, self._theme, edge, TOP_BAR / 2, provenance)
        return edge - _GAP

    def _lay_out(self) -> None:
        """The tabs have what the search field leaves; it shrinks before tabs go behind a count, and goes last."""
        start = round(_NAME + text_width(self._theme, "title", PRODUCT)) + _GAP + 2
        right = self._paint_right(None, draw=False)
        room = right - _GAP - start
        field = min(max(room - self.tabs.wanted() - _GAP, float(_LEAST_SEARCH)), float(SEARCH))
        if room - field - _GAP < self.tabs.least():
            field = 0.0
        tabs = round(max(min(self.tabs.wanted(), room - field - _GAP * bool(field)), 0))
        self.tabs.setGeometry(start, 0, tabs, TOP_BAR - 1)
        left = start + tabs + _GAP
        centre = (self.width() - SEARCH) / 2
        wide = min(float(SEARCH), right - left - _GAP)
        self.search.setVisible(wide >= _LEAST_SEARCH)
        at = min(max(centre, left), right - wide - _GAP / 2)
        self.search.setGeometry(round(at), (TOP_BAR - BUTTON) // 2, max(round(wide), 0), BUTTON)


def _paint_mark(painter: QPainter, theme: Theme, hub: QPointF) -> None:
    """The needle: a half ring and a hand."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(theme.color("text1"), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawArc(QRectF(hub.x() - 9, hub.y() - 9, 18, 18), -10 * 16, 200 * 16)
    pen.setColor(theme.color("accent"))
    painter.setPen(pen)
    painter.drawLine(hub, hub + QPointF(4.5, -5))
    painter.restore()
