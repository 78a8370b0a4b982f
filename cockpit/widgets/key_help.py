"""F1: every key there is, from the one table, grouped, on one page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from cockpit.widgets.actions import ActionSpec, cap
from cockpit.widgets.caps import cap_width, paint_cap
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.surface import MARGIN, Surface, keeps_plain
from cockpit.widgets.theme import Theme

COLUMN_WIDTH: Final = 372
LINE: Final = 24
HEAD: Final = 44
GROUP_GAP: Final = 10
EDGE: Final = 20
LEAST_WIDTH: Final = 340  # of a column before the columns go onto pages
MOST_LINES: Final = 25  # of one column: with the head they fit 720 px


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One line of the page.

    Attributes:
        group: Heading it stands under.
        text: What the keys do.
        caps: Key caps, ranges such as ``A … Z`` as one.
        ids: Actions it speaks for.
    """

    group: str
    text: str
    caps: tuple[str, ...]
    ids: tuple[str, ...]


def help_lines(actions: Iterable[ActionSpec]) -> list[HelpLine]:
    """A line for each action that has a key; a family that differs by a digit shares one."""
    families: dict[tuple[str, str], list[ActionSpec]] = {}
    for spec in actions:
        if spec.keys:
            families.setdefault((spec.group, spec.family or spec.id), []).append(spec)
    return [
        HelpLine(
            group,
            members[0].family or members[0].text,
            caps([key for spec in members for key in spec.keys]),
            tuple(spec.id for spec in members),
        )
        for (group, _), members in families.items()
    ]


def caps(keys: Sequence[str]) -> tuple[str, ...]:
    """The caps of some keys; runs of three or more neighbours (A, B, C) become ``A … C``."""
    runs: list[list[str]] = []
    for before, key in zip(["", *keys], keys, strict=False):
        if runs and key[-1].isalnum() and before[:-1] == key[:-1] and ord(key[-1]) - ord(before[-1]) == 1:
            runs[-1].append(key)
        else:
            runs.append([key])
    if len(runs) == len(keys) and len(keys) > 2:  # noqa: PLR2004  two keys have a cap each
        together = _together(keys)
        if together:
            return (together,)
    shown: list[str] = []
    for run in runs:
        many = len(run) > 2  # noqa: PLR2004  two neighbours are written out
        shown.extend([f"{cap(run[0])} … {cap(run[-1])[-1]}"] if many else [cap(key) for key in run])
    return tuple(shown)


def _together(keys: Sequence[str]) -> str:
    """``; Shift+← → ↑ ↓`` for keys that begin alike and end in one arrow or sign each; empty for others."""
    heads = {key[: len(key) - len(_ending(key))] for key in keys}
    if len(heads) > 1 or not next(iter(heads)):
        return ""
    head = heads.pop()
    return " ".join([cap(keys[0]), *(cap(key.removeprefix(head)) for key in keys[1:])])


def _ending(key: str) -> str:
    """The last key of a combination: ``Left`` of ``; Shift+Left``, ``-`` of ``; -``."""
    return key.rpartition(" ")[2].rpartition("+")[2] or key[-1]


Column = list[HelpLine | str]  # a str is a heading
_TURNS: Final = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageDown: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageUp: -1,
}


def layout(lines: Sequence[HelpLine], most: int) -> list[Column]:
    """The lines in columns of at most ``most`` entries, headings included.

    Groups stay whole where that needs no more columns than cutting them; a cut group has its heading twice.
    """
    whole, cut = _whole(lines, most), _cut(lines, most)
    return whole if whole is not None and len(whole) <= len(cut) else cut


def _whole(lines: Sequence[HelpLine], most: int) -> list[Column] | None:
    groups: dict[str, Column] = {}
    for line in lines:
        groups.setdefault(line.group, [line.group]).append(line)
    columns: list[Column] = [[]]
    for group in groups.values():
        if len(group) > most:
            return None
        if len(columns[-1]) + len(group) > most:
            columns.append([])
        columns[-1].extend(group)
    return columns


def _cut(lines: Sequence[HelpLine], most: int) -> list[Column]:
    columns: list[Column] = [[]]
    group = ""
    for line in lines:
        entries: Column = [line] if line.group == group and columns[-1] else [line.group, line]
        if len(columns[-1]) + len(entries) > most:
            columns.append([])
            entries = [line.group, line]
        columns[-1].extend(entries)
        group = line.group
    return columns


class KeyHelp(Surface):
    """The page, or as many as the window needs: arrows turn them. Enter, Space, a click or Esc close it.

    Args:
        actions: The table.
        editor: Key that opens the page where keys are changed, as it is printed; empty for none.
    """

    name = "help"

    def __init__(self, window: QWidget, theme: Theme, actions: Iterable[ActionSpec], editor: str = "") -> None:
        room = window.height() - HEAD - EDGE - 2 * MARGIN
        self._columns = layout(help_lines(actions), min(MOST_LINES, max(room // LINE, 8)))
        highest = max(len(column) for column in self._columns)
        side_by_side = max((window.width() - 2 * MARGIN - 2 * EDGE) // LEAST_WIDTH, 1)
        pages = -(-len(self._columns) // side_by_side)
        self._of_page = -(-len(self._columns) // pages)  # columns of one page
        self._page, self._editor = 0, editor
        width = 2 * EDGE + COLUMN_WIDTH * self._of_page
        super().__init__(window, theme, width, HEAD + highest * LINE + EDGE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Every key")

    @property
    def columns(self) -> list[Column]:
        """What is on the page, column by column."""
        return self._columns

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-len(self._columns) // self._of_page)

    @property
    def shown(self) -> list[Column]:
        """The columns of the page that is open."""
        first = self._page * self._of_page
        return self._columns[first : first + self._of_page]

    def turn(self, by: int) -> None:
        """Turn pages, round and round."""
        self._page = (self._page + by) % self.pages
        self.update()

    def event(self, event: QEvent) -> bool:
        """Plain keys are meant for the page; F1 goes on to the shortcut, which closes it."""
        return keeps_plain(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn, or close."""
        if event.key() in _TURNS:
            self.turn(_TURNS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Space):
            self.leave()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  Qt's name
        """Tab turns a page, too."""
        self.turn(1 if next else -1)
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn."""
        if event.angleDelta().y():
            self.turn(-1 if event.angleDelta().y() > 0 else 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close."""
        del event
        self.leave()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere ends it."""
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.abandon()

    def paint(self, painter: QPainter) -> None:
        """Columns of headings and lines."""
        theme = self._theme
        head = QRectF(EDGE, 0, self.width() - 2 * EDGE, HEAD)
        paint_text(painter, theme, head, "title", "text1", "Keys")
        notes = [f"{self._editor} changes them"] if self._editor else []
        if self.pages > 1:
            notes.append(f"page {self._page + 1} of {self.pages}, arrows turn")
        paint_text(painter, theme, head, "label", "text3", "    ".join([*notes, "Esc closes"]), right=True)
        line_at_foot(painter, 1, HEAD, self.width() - 2, theme.color("line"))
        wide = (self.width() - 2 * EDGE) / self._of_page
        for place, column in enumerate(self.shown):
            for row, entry in enumerate(column):
                area = QRectF(EDGE + place * wide, HEAD + 6 + row * LINE, wide - EDGE, LINE)
                self._paint_entry(painter, area, entry)

    def _paint_entry(self, painter: QPainter, area: QRectF, entry: HelpLine | str) -> None:
        theme = self._theme
        if isinstance(entry, str):
            paint_text(painter, theme, area, "strong", "text2", entry)
            return
        right = area.right()
        for text in reversed(entry.caps):
            paint_cap(painter, QPointF(right, area.center().y()), text, theme)
            right -= cap_width(text, theme) + 6
        area.setRight(right - 6)
        paint_text(painter, theme, area, "label", "text1", entry.text)
