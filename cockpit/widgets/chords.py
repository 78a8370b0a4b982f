"""The second stroke: after ``;`` or ``Ctrl+G`` what may follow is listed, and the next key does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.actions import ActionSpec
from cockpit.widgets.caps import cap_width, paint_cap
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.surface import NARROW, Surface, is_plain
from cockpit.widgets.theme import Theme

LINE: Final = 26
HEAD: Final = 36
EDGE: Final = 16
CAPS: Final = 64
_BARE: Final = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)


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
            members[0].stroke if len(members) == 1 else f"{members[0].stroke} … {members[-1].stroke}",
            members[0].spec.text if len(members) == 1 else members[0].spec.family,
            members[0].reason,
        )
        for members in shown.values()
    ]


class Chord(Surface):
    """The list. It takes every plain key: one that is listed acts, another is named as unknown.

    Args:
        first: The stroke that opened it.
        follows: What may follow.
        chosen: Called with the action after the list has gone.
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
        super().__init__(window, theme, NARROW, HEAD + LINE * len(self._lines) + 10)
        self._first, self._chosen = first, chosen
        self._follows = {follow.stroke: follow for follow in follows}
        self.note = "press a key, Esc leaves"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Keys after {first}")

    def event(self, event: QEvent) -> bool:
        """Plain keys are meant for this list."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_plain(event):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  Qt's name
        """Tab is a key like any other here."""
        del next
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act, leave, or say that nothing has this key."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() not in _BARE:
            self.stroke(event.text())

    def stroke(self, text: str) -> None:
        """The second stroke, as text."""
        follow = self._follows.get(text.upper())
        if follow is None:
            self.note = f"{self._first} {text} is free" if text.strip() else "no such key"
        elif follow.reason:
            self.note = follow.reason
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
        for place, (stroke, text, reason) in enumerate(self._lines):
            line = QRectF(EDGE, HEAD + 4 + place * LINE, wide, LINE)
            right = line.left() + cap_width(stroke, theme)
            paint_cap(painter, QPointF(right, line.center().y()), stroke, theme)
            words = line.adjusted(CAPS, 0, 0, 0)
            cut = paint_text(painter, theme, words, "body", "text3" if reason else "text1", text)
            paint_text(painter, theme, words.adjusted(cut + 12, 0, 0, 0), "label", "text3", reason, right=True)
