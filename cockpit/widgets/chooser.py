"""What stands where the docks are while nothing is open: the simulated market, a recording, a live market.

Never modal: every key of the table acts beside it. While it has the focus, ``1`` starts the simulated market, ``2``
opens the file dialog, ``3`` connects to the venue, arrows and Enter take a recent recording.
Source: ``design.md`` 7 "Welcome", ``states.png``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cockpit.state.commands import CommandSink, OpenSources
from cockpit.state.views import Loading
from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.caps import paint_cap
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.pick_list import ROW, PickList, paint_text
from cockpit.widgets.surface import RADIUS
from cockpit.widgets.theme import BUTTON, GUTTER, PADDING, Theme

CARD: Final = 118
WIDTH: Final = 1040  # of cards and list together
LOADING: Final = 44
EDGE: Final = 20
MOST_RECENT: Final = 6
HEADING: Final = 34
BUTTON_WIDTH: Final = 92
OWN_KEYS: Final = (
    Qt.Key.Key_1,
    Qt.Key.Key_2,
    Qt.Key.Key_3,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
)


class Chooser(QWidget):
    """The cards, the list, and what is under way.

    Args:
        commands: Gets ``OpenSources``.
        recent: Paths of recordings opened before, the latest first.
        start: Starts an action of the table by its id.
    """

    def __init__(
        self,
        theme: Theme,
        commands: CommandSink,
        recent: Callable[[], Sequence[str]],
        start: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._theme, self._commands, self._recent = theme, commands, recent
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Open a recording")
        self.cards = {
            way.key: Card(theme, self, way, partial(start, way.action), partial(self._has_enter, way))
            for way in WAYS
        }
        self.loading = LoadingBar(theme, self)
        self.list: PickList[str] = PickList(theme, self, self._paint_row, self._open)
        self.list.setAccessibleName("Recent recordings")
        self._heading = Line(theme, self, "Recent", "strong", "text2")
        self._note = Line(theme, self, "", "label", "text3")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        self._column.setSpacing(0)
        self._column.addStretch(2)
        self._column.addWidget(Line(theme, self, "Welcome", "strong", "text2"))
        row = QHBoxLayout()
        row.setSpacing(GUTTER * 2)
        for card in self.cards.values():
            row.addWidget(card, 1)
        self._column.addLayout(row)
        for part in (self.loading, self._heading, self.list, self._note):
            self._column.addWidget(part)
        self._column.addStretch(3)
        self.refresh()

    @property
    def seen(self) -> bool:
        """Whether it is on the screen."""
        return self.isVisible()

    def draw(self, state: Loading) -> None:
        """Follow something long under way."""
        self.loading.draw(state)

    def fail(self, reason: str) -> None:
        """Say that drawing failed."""
        self._note.show_text(reason)

    def _has_enter(self, way: "Way") -> bool:
        """Whether Enter would choose this way: the first one, while there is no recording to take."""
        return self.hasFocus() and way is WAYS[0] and self.list.selected is None

    def refresh(self) -> None:
        """Read the recent recordings again."""
        paths = list(self._recent())[:MOST_RECENT]
        self.list.show_items(paths)
        self.list.setFixedHeight(ROW * len(paths))
        self.list.setVisible(bool(paths))
        self._heading.setVisible(bool(paths))
        help_key = cap(by_id("help").keys[0])
        self._note.show_text(
            f"Files dropped on the window open together, on one clock. {help_key} lists every key."
        )
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keys: there is nothing else to type into."""
        super().showEvent(event)
        self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: object) -> None:
        """Keep the column in the middle."""
        del event
        self._lay_out()

    def _lay_out(self) -> None:
        side = max((self.width() - WIDTH) // 2, PADDING)
        self._column.setContentsMargins(side, PADDING, side, PADDING)

    def event(self, event: QEvent) -> bool:
        """Its own keys are its own while it has the focus; all others go to the shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    def _is_own(self, event: QKeyEvent) -> bool:
        keypad = Qt.KeyboardModifier.KeypadModifier
        return event.key() in OWN_KEYS and not (event.modifiers() & ~keypad)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """``1``, arrows, Enter."""
        if not self._is_own(event):
            super().keyPressEvent(event)
        elif event.text() in self.cards:
            self.cards[event.text()].choose()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.list.step(1 if event.key() == Qt.Key.Key_Down else -1)
        elif self.list.selected is not None:
            self._open(self.list.selected)
        else:
            self.cards["1"].choose()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which row Enter takes."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The row is no longer Enter's."""
        super().focusOutEvent(event)
        self.update()

    def _open(self, path: str) -> None:
        self._commands.send(OpenSources((path,)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The empty desk."""
        del event
        QPainter(self).fillRect(self.rect(), self._theme.color("bg1"))

    def _paint_row(self, painter: QPainter, area: QRectF, path: str, selected: bool) -> None:  # noqa: FBT001  PickList's form
        theme, place = self._theme, Path(path)
        quiet = "text2" if selected else "text3"
        right = area.right() - 14
        if selected and self.hasFocus():
            right -= paint_cap(painter, QPointF(right, area.center().y()), "Enter", theme) + 12
        name = QRectF(area.left() + EDGE - 1, area.top(), right - area.left() - EDGE, area.height())
        cut = paint_text(painter, theme, name, "body", "text1", place.name)
        folder = QRectF(name.left() + cut + 16, area.top(), right - name.left() - cut - 16, area.height())
        paint_text(painter, theme, folder, "label", quiet, str(place.parent), right=True)


@dataclass(frozen=True, slots=True)
class Way:
    """One way in.

    Attributes:
        icon, title, text: What it is.
        button: Word on its button.
        key: Its own digit.
        action: Id of the action it starts; its key is printed too.
        is_primary: Whether it is edged in the accent.
    """

    icon: str
    title: str
    text: str
    button: str
    key: str
    action: str
    is_primary: bool = False


WAYS: Final = (
    Way(
        "play",
        "Simulated market",
        "ES NQ YM RTY, SPX chain, VIX; no network",
        "Start",
        "1",
        "market",
        True,
    ),
    Way(
        "folder-open",
        "A recording",
        "Open or drop files: books, chains, index tables, tapes",
        "Choose",
        "2",
        "open",
    ),
    Way(
        "broadcast",
        "Live market",
        "Binance perpetuals, BTC and ETH; no key",
        "Connect",
        "3",
        "binance",
    ),
)


class Card(QWidget):
    """One way in. Clicking it anywhere chooses.

    Args:
        way: What it offers.
        choose: Does it.
        has_enter: Whether Enter would choose it now.
    """

    def __init__(
        self, theme: Theme, parent: QWidget, way: Way, choose: Callable[[], None], has_enter: Callable[[], bool]
    ) -> None:
        super().__init__(parent)
        self._theme, self._way, self.choose, self.has_enter = theme, way, choose, has_enter
        self.setFixedHeight(CARD)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{way.title}: {way.text}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose, unless the pointer left before it was let go."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.choose()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, words, button, keys; the primary one edged in the accent."""
        del event
        painter, theme, way = QPainter(self), self._theme, self._way
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent" if way.is_primary else "line2"), 1.5 if way.is_primary else 1.0))
        painter.setBrush(theme.color("bg3" if self.underMouse() else "bg2"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), RADIUS, RADIUS)
        if self.has_enter():  # the keys are here: a ring inside the edge, there is no room outside
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), RADIUS - 2, RADIUS - 2)
        wide = self.width() - 2 * EDGE
        paint_icon(painter, QRectF(EDGE - 2, 16, 20, 24), way.icon, theme.color("text1"), 18)
        paint_text(painter, theme, QRectF(EDGE + 28, 16, wide - 28, 24), "title", "text1", way.title)
        paint_text(painter, theme, QRectF(EDGE, 46, wide, 22), "label", "text2", way.text)
        self._paint_button(painter)

    def _paint_button(self, painter: QPainter) -> None:
        theme, way = self._theme, self._way
        button = QRectF(EDGE, CARD - BUTTON - 10, BUTTON_WIDTH, BUTTON - 4)
        painter.setPen(Qt.PenStyle.NoPen if way.is_primary else QPen(theme.color("line2"), 1.0))
        painter.setBrush(theme.color("accent" if way.is_primary else "bg3"))
        painter.drawRoundedRect(button, 4, 4)
        words = QFontMetricsF(theme.font("strong")).horizontalAdvance(way.button)
        inner = button.adjusted((BUTTON_WIDTH - words) / 2, 0, 0, 0)
        paint_text(painter, theme, inner, "strong", "on_accent" if way.is_primary else "text1", way.button)
        right = QPointF(self.width() - EDGE, button.center().y())
        used = paint_cap(painter, right, way.key, theme) + 6
        paint_cap(painter, right - QPointF(used, 0), cap(by_id(way.action).keys[0]), theme)


class LoadingBar(QWidget):
    """Something long under way: what, a counted bar, the time left (``design.md`` 5 "Loading")."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = Loading()
        self.setFixedHeight(LOADING)
        self.hide()

    def draw(self, state: Loading) -> None:
        """Show it, or go when nothing is under way."""
        self._state = state
        self.setVisible(bool(state.title))
        self.setAccessibleName(": ".join(part for part in (state.title, self.text()) if part))
        self.update()

    def text(self) -> str:
        """``14 of 24 hours, 3 s left``; empty while nothing is counted yet."""
        state = self._state
        if not state.total:
            return ""
        left = "" if state.left_s is None else f", {max(state.left_s, 0):.0f} s left"
        return f"{state.done:.0f} of {state.total:.0f} {state.unit}{left}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words above the track."""
        del event
        painter, theme, state = QPainter(self), self._theme, self._state
        words = QRectF(0, 0, self.width(), LOADING - 10)
        paint_text(painter, theme, words, "body", "text1", state.title)
        paint_text(painter, theme, words, "label", "text2", self.text(), right=True)
        track = QRectF(0, LOADING - 8, self.width(), 4)
        painter.fillRect(track, theme.color("bg3"))
        share = min(max(state.done / state.total, 0.0), 1.0) if state.total else 0.0
        painter.fillRect(
            QRectF(track.left(), track.top(), track.width() * share, track.height()), theme.color("accent")
        )


class Line(QWidget):
    """One line of text."""

    def __init__(self, theme: Theme, parent: QWidget, text: str, role: str, token: str) -> None:
        super().__init__(parent)
        self._theme, self._text, self._role, self._token = theme, text, role, token
        self.setFixedHeight(HEADING)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self._text = text
        self.update()

    def text(self) -> str:
        """What it shows."""
        return self._text

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text."""
        del event
        paint_text(QPainter(self), self._theme, QRectF(self.rect()), self._role, self._token, self._text)
