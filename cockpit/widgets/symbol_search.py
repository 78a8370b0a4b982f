"""Symbol search: letters typed anywhere open it with those letters already in it; none is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from cockpit.state.commands import SelectInstrument
from cockpit.state.views import Choice, WorkspaceState
from cockpit.widgets.fuzzy import match
from cockpit.widgets.glyphs_state import draw_freshness, draw_link_chip
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.pick_list import ROW, PickList, paint_match, paint_text
from cockpit.widgets.surface import HEAD, WIDE, Surface, TypedLine
from cockpit.widgets.theme import Theme
from cockpit.widgets.used import symbol_entry

ROWS: Final = 6
RAW_WIDTH: Final = 104
EDGE: Final = 20
RECENT_GAIN: Final = 12.0  # as in the palette
NAME_WEIGHT: Final = 0.6  # a fit of the name counts less than one of the symbol


@dataclass(frozen=True, slots=True)
class Found:
    """A symbol that fits, and its matched letters.

    Attributes:
        choice: The symbol.
        in_raw, in_name: Indices of matched letters in the venue's symbol and in the name.
        score: The higher the better.
    """

    choice: Choice
    in_raw: tuple[int, ...]
    in_name: tuple[int, ...]
    score: float

    @property
    def raw(self) -> str:
        """The venue's own symbol."""
        return self.choice.symbol.rpartition(".")[0] or self.choice.symbol


def found(typed: str, choices: Sequence[Choice], recent: Sequence[str] = ()) -> list[Found]:
    """The symbols that fit what was typed, by symbol or by name, best first; of like fits the last chosen first.

    Args:
        typed: What the user typed.
        choices: All there are.
        recent: Ids of used palette entries, the latest first.
    """
    places = {name: at for at, name in enumerate(recent)}
    rows: list[Found] = []
    for choice in choices:
        raw = choice.symbol.rpartition(".")[0] or choice.symbol
        by_raw = match(typed, raw) or match(typed, choice.symbol)
        by_name = match(typed, choice.name) if choice.name else None
        if by_raw is None and by_name is None:
            continue
        raw_score = -1.0 if by_raw is None else by_raw.score
        name_score = -1.0 if by_name is None else by_name.score * NAME_WEIGHT
        in_raw = () if by_raw is None else tuple(at for at in by_raw.positions if at < len(raw))
        in_name = by_name.positions if by_name is not None and by_raw is None else ()
        rows.append(Found(choice, in_raw, in_name, max(raw_score, name_score)))

    def rank(row: Found) -> tuple[float, int]:
        at = places.get(symbol_entry(row.choice.symbol), len(places))
        return -row.score - RECENT_GAIN * (at < len(places)), at

    return sorted(rows, key=rank)


class SymbolSearch(Surface):
    """The search, for one pane.

    Args:
        pane: The pane it will set.
        group: Its link group, 0 for none.
        workspace: What can be chosen.
        send: Takes the command, after the search has gone.
        recent: Ids of used palette entries, the latest first.
    """

    name = "symbol"

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        pane: str,
        group: int,
        workspace: WorkspaceState,
        send: Callable[[SelectInstrument], None],
        recent: Sequence[str] = (),
    ) -> None:
        super().__init__(window, theme, WIDE, HEAD + ROWS * ROW + 8)
        self._recent = tuple(recent)
        self._pane, self._group, self._send = pane, group, send
        self._workspace = workspace
        self.setAccessibleName("Symbol search")
        self.line = TypedLine(theme, self)
        self.line.setAccessibleName("Symbol")
        self.list: PickList[Found] = PickList(theme, self, self._paint_row, self._click)
        self.list.setAccessibleName("Symbols that fit")
        self.list.describe(lambda row: f"{row.raw} {row.choice.name} {row.choice.last_text}".rstrip())
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

    def draw(self, workspace: WorkspaceState) -> None:
        """Newer prices and states of the same symbols; the selection stays where it is."""
        self._workspace = workspace
        self.list.show_items(found(self.line.text(), workspace.choices, self._recent), keep=True)

    def resizeEvent(self, event: object) -> None:
        """Field on top, rows below."""
        del event
        self.line.setGeometry(40, 9, max(self.width() - 40 - self._help_width() - 36, 80), 32)
        self.list.setGeometry(0, HEAD + 4, self.width(), self.height() - HEAD - 8)

    def show_over(self, focus: QWidget, over: QRect | None = None, home: QWidget | None = None) -> None:
        """As any surface; as high as there are symbols, three rows at least."""
        rows = min(max(len(self._workspace.choices), 3), ROWS)
        self.resize_to(HEAD + rows * ROW + 8)
        super().show_over(focus, over, home)

    def help_text(self) -> str:
        """What Enter will do."""
        if self._group == 0:
            return "Enter: this pane"
        return f"Enter: group {self._group}    Shift+Enter: this pane only"

    def _help_width(self) -> int:
        return round(QFontMetricsF(self._theme.font("label")).horizontalAdvance(self.help_text()))

    def _search(self, typed: str) -> None:
        self.list.show_items(found(typed, self._workspace.choices, self._recent))
        self.update()

    def _enter(self, alone: bool) -> None:  # noqa: FBT001  the signal's form
        if self.list.selected is not None:
            self._choose(self.list.selected, linked=not alone)

    def _click(self, row: Found) -> None:
        self._choose(row, linked=True)

    def _choose(self, row: Found, *, linked: bool) -> None:
        self.leave()
        self._send(SelectInstrument(row.choice.symbol, self._pane, linked))

    def paint(self, painter: QPainter) -> None:
        """The pane's link chip, what Enter does, and why there may be nothing to choose."""
        theme = self._theme
        draw_link_chip(painter, theme, 14, HEAD / 2, self._group)
        head = QRectF(EDGE, 0, self.width() - 2 * EDGE, HEAD)
        paint_text(painter, theme, head, "label", "text3", self.help_text(), right=True)
        line_at_foot(painter, 1, HEAD, self.width() - 2, theme.color("line"))
        if not self.list.items:
            area = QRectF(EDGE, HEAD + 4, self.width() - 2 * EDGE, ROW)
            paint_text(painter, theme, area, "body", "text3", self.empty_text())

    def empty_text(self) -> str:
        """Why no row is shown."""
        if not self._workspace.choices:
            return "Nothing is open. Esc, then Ctrl+O opens a recording."
        return f"No open symbol fits “{self.line.text()}”"

    def _paint_row(self, painter: QPainter, area: QRectF, row: Found, selected: bool) -> None:
        theme, choice = self._theme, row.choice
        quiet = "text2" if selected else "text3"
        left, right = area.left() + EDGE - 1, area.right() - 14
        cell = QRectF(left, area.top(), RAW_WIDTH - 8, area.height())
        paint_match(painter, theme, cell, "title", "text1", row.raw, row.in_raw)
        draw_freshness(painter, theme, QPointF(right - 5, area.center().y()), choice.freshness)
        price = QRectF(right - 130, area.top(), 112, area.height())
        paint_text(
            painter, theme, price, "number", "text1" if choice.last_text else quiet, choice.last_text, right=True
        )
        venue = QRectF(right - 220, area.top(), 84, area.height())
        paint_text(painter, theme, venue, "label", quiet, choice.venue, right=True)
        name = QRectF(left + RAW_WIDTH, area.top(), venue.left() - left - RAW_WIDTH, area.height())
        paint_match(painter, theme, name, "body", "text2", choice.name, row.in_name)
