"""The command palette: every action, every symbol that is open, every recent recording; fuzzy, recent first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.caps import cap_width, paint_cap
from cockpit.widgets.fuzzy import Match, ranked
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.pick_list import ROW, PickList, paint_match, paint_text
from cockpit.widgets.surface import HEAD, WIDE, Surface, TypedLine
from cockpit.widgets.theme import Theme

ROWS: Final = 8
KIND_WIDTH: Final = 84
# more than the length of a text can make (fuzzy.COVERAGE), less than from one kind of fit to the next
RECENT_GAIN: Final = 12.0
UNUSABLE_COST: Final = 6.0
EDGE: Final = 20  # text to the surface's edge


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing the palette offers.

    Attributes:
        id: Stable name, for remembering what was used.
        kind: ``Replay``, ``Symbol``, ``Recording``, ...
        text: What is matched and shown.
        key: Key cap; empty when it has none.
        word: State or reason at the right, ``open a recording first``.
        run: Does it.
        usable: Whether it makes sense now; others are shown in grey with their word.
    """

    id: str
    kind: str
    text: str
    run: Callable[[], None]
    key: str = ""
    word: str = ""
    usable: bool = True


Row = tuple[Entry, Match]


def offered(typed: str, entries: Sequence[Entry], recent: Sequence[str]) -> list[Row]:
    """Entries that fit, best first; of fits of one kind the recently used first, what cannot be done now last.

    Args:
        typed: What the user typed.
        entries: All of them.
        recent: Ids of used entries, the latest first.
    """
    places = {name: at for at, name in enumerate(recent)}
    order = sorted(entries, key=lambda entry: (places.get(entry.id, len(places)), not entry.usable))
    rows = ranked(typed, order, lambda entry: entry.text)

    def rank(row: Row) -> float:
        entry, fit = row
        return fit.score + RECENT_GAIN * (entry.id in places) - UNUSABLE_COST * (not entry.usable)

    return sorted(rows, key=rank, reverse=True)


class Palette(Surface):
    """Ctrl+K.

    Args:
        entries: Everything on offer.
        recent: Ids of used entries, the latest first.
        chosen: Called with the entry after the palette has gone.
    """

    name = "palette"

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        entries: Sequence[Entry],
        recent: Sequence[str],
        chosen: Callable[[Entry], None],
    ) -> None:
        super().__init__(window, theme, WIDE, HEAD + ROWS * ROW + 8)
        self._entries, self._recent, self._chosen = entries, recent, chosen
        self.setAccessibleName("Command palette")
        self.line = TypedLine(theme, self)
        self.line.setPlaceholderText("Action, symbol, recording")
        self.line.setAccessibleName("Search actions, symbols, recordings")
        self.list: PickList[Row] = PickList(theme, self, self._paint_row, self._choose)
        self.list.setAccessibleName("What fits")
        self.list.describe(lambda row: f"{row[0].kind}: {row[0].text} {row[0].key} {row[0].word}".rstrip())
        self.line.textEdited.connect(self._search)
        self.line.stepped.connect(self.list.step)
        self.line.entered.connect(self._enter)
        self.line.escaped.connect(self.leave)
        self.line.abandoned.connect(self.abandon)
        self._search("")

    def type(self, text: str) -> None:
        """Add typed text, as if it came from the keyboard."""
        self.line.insert(text)
        self._search(self.line.text())

    def resizeEvent(self, event: object) -> None:
        """Field on top, rows below."""
        del event
        self.line.setGeometry(44, 9, self.width() - 44 - 90, 32)
        self.list.setGeometry(0, HEAD + 4, self.width(), self.height() - HEAD - 8)

    def _search(self, typed: str) -> None:
        self.list.show_items(offered(typed, self._entries, self._recent))
        self.update()

    def _enter(self) -> None:
        if self.list.selected is not None:
            self._choose(self.list.selected)

    def _choose(self, row: Row) -> None:
        entry = row[0]
        if entry.usable:
            self.leave()
            self._chosen(entry)

    def paint(self, painter: QPainter) -> None:
        """The glass, how many fit, and what to do when none does."""
        theme, middle = self._theme, QRectF(20, 0, self.width() - 40, HEAD)
        paint_icon(painter, QRectF(14, 0, 20, HEAD), "magnifying-glass", theme.color("text2"), 16)
        count = f"{len(self.list.items)} of {len(self._entries)}"
        paint_text(painter, theme, middle, "label", "text3", count, right=True)
        line_at_foot(painter, 1, HEAD, self.width() - 2, theme.color("line"))
        if not self.list.items:
            area = QRectF(EDGE, HEAD + 4, self.width() - 2 * EDGE, ROW)
            paint_text(painter, theme, area, "body", "text3", f"Nothing fits “{self.line.text()}”")

    def _paint_row(self, painter: QPainter, area: QRectF, row: Row, selected: bool) -> None:
        entry, fit = row
        theme = self._theme
        quiet = "text2" if selected else "text3"  # text3 never stands on bg4
        kind = QRectF(area.left() + EDGE, area.top(), KIND_WIDTH - 8, area.height())
        paint_text(painter, theme, kind, "label", quiet, entry.kind)
        right = area.right() - 14
        if entry.key:
            paint_cap(painter, QPointF(right, area.center().y()), entry.key, theme)
            right -= cap_width(entry.key, theme) + 12
        if entry.word:
            word = QRectF(area.left(), area.top(), right - area.left(), area.height())
            paint_text(painter, theme, word, "label", quiet, entry.word, right=True)
            right -= QFontMetricsF(theme.font("label")).horizontalAdvance(entry.word) + 12
        left = area.left() + EDGE + KIND_WIDTH
        text = QRectF(left, area.top(), right - left, area.height())
        token = "text1" if entry.usable else quiet
        paint_match(painter, theme, text, "body", token, entry.text, fit.positions)
