"""The second stroke: after ``;`` or ``Ctrl+G`` what may follow is listed, and the next key does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.action_spec import ActionSpec, cap
from cockpit.widgets.caps import cap_width, paint_cap
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.strokes import stroke_of
from cockpit.widgets.surface import MARGIN, NARROW, Surface, keeps_plain
from cockpit.widgets.theme import Theme

LINE: Final = 26
HEAD: Final = 36
EDGE: Final = 16
CAPS: Final = 40  # least room of the key caps
MOST_LINES: Final = 16  # of a column while the window has room for another
FEW: Final = 4  # strokes of one line that are all written out


@dataclass(frozen=True, slots=True, eq=False)
class Follow:
    """A second stroke and what it does.

    Attributes:
        stroke: As in the table, ``F`` or ``3``.
        spec: The action.
        reason: Why it makes no sense now; empty when it does.
    """

    stroke: str
    spec: ActionSpec
    reason: str


def lines(follows: Sequence[Follow]) -> list[tuple[str, str, str]]:
    """Cap, text and reason of each line; a family of digits shares one."""
    shown: dict[str, list[Follow]] = {}
    for follow in follows:
        shown.setdefault(follow.spec.family or follow.spec.id, []).append(follow)
    return [
        (
            _caps([member.stroke for member in members]),
            members[0].spec.text if len(members) == 1 else members[0].spec.family,
            members[0].reason,
        )
        for members in shown.values()
    ]


def _caps(strokes: Sequence[str]) -> str:
    """``F``, ``0 … 9``, ``← → ↑ ↓``; a modifier that all of a few share stands once before them."""
    if len(strokes) > FEW:
        return f"{strokes[0]} … {strokes[-1]}"
    shared = {stroke.rpartition("+")[0] for stroke in strokes if len(stroke) > 1}
    before = shared.pop() if len(shared) == 1 else ""
    keys = [cap(stroke.removeprefix(f"{before}+") if before else stroke) for stroke in strokes]
    return f"{before} {' '.join(keys)}".strip()


class Chord(Surface):
    """The list. It takes every plain key: one that is listed acts, another is named as unknown.

    Args:
        first: The stroke that opened it.
        follows: What may follow.
        chosen: Called with the action after the list has gone; one that repeats leaves it open.
    """

    name = "chord"

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        first: str,
        follows: Sequence[Follow],
        chosen: Callable[[ActionSpec], None],
    ) -> None:
        self._lines = lines(follows)
        room = max((window.height() - HEAD - 10 - 2 * MARGIN) // LINE, 1)
        beside = max((window.width() - 2 * MARGIN) // NARROW, 1)
        self._columns = min(max(-(-len(self._lines) // min(room, MOST_LINES)), 1), beside)
        self._caps = max(max(cap_width(keys, theme) for keys, _, _ in self._lines) + 10, CAPS)
        self._rows = -(-len(self._lines) // self._columns)
        super().__init__(window, theme, NARROW * self._columns, HEAD + LINE * self._rows + 10)
        self._first, self._chosen = first, chosen
        self._follows = {follow.stroke: follow for follow in follows}
        self.note = "press a key, Esc leaves"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Keys after {first}")

    def event(self, event: QEvent) -> bool:
        """Plain keys are meant for this list."""
        return keeps_plain(event) or super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  Qt's name
        """Tab is a key like any other here."""
        del next
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act, leave, or say that nothing has this key."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif stroke := stroke_of(event):
            self.stroke(stroke)

    def stroke(self, stroke: str) -> None:
        """The second stroke, as the table writes it."""
        follow = self._follows.get(stroke) or self._follows.get(stroke.removeprefix("Shift+"))
        if follow is None:
            self.note = f"{self._first} {cap(stroke)} is free"
        elif follow.reason:
            self.note = follow.reason
        elif follow.spec.repeats:
            self.note = "again, or Esc"
            self._chosen(follow.spec)
        else:
            self.leave()
            self._chosen(follow.spec)
            return
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere ends it."""
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.abandon()

    def paint(self, painter: QPainter) -> None:
        """The first stroke, the note, a line for each second one."""
        theme, wide = self._theme, self.width() - 2 * EDGE
        head = QRectF(EDGE, 0, wide, HEAD)
        paint_text(painter, theme, head, "strong", "text1", self._first)
        paint_text(painter, theme, head, "label", "text3", self.note, right=True)
        line_at_foot(painter, 1, HEAD, self.width() - 2, theme.color("line"))
        column = self.width() / self._columns
        for place, (stroke, text, reason) in enumerate(self._lines):
            left, row = EDGE + place // self._rows * column, place % self._rows
            line = QRectF(left, HEAD + 4 + row * LINE, column - 2 * EDGE, LINE)
            right = line.left() + cap_width(stroke, theme)
            paint_cap(painter, QPointF(right, line.center().y()), stroke, theme)
            words = line.adjusted(self._caps, 0, 0, 0)
            cut = paint_text(painter, theme, words, "body", "text3" if reason else "text1", text)
            paint_text(painter, theme, words.adjusted(cut + 12, 0, 0, 0), "label", "text3", reason, right=True)
