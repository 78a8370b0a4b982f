"""The entry of a workspace's name: for a new one, a copy, or another name."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.surface import ENTRY, Surface, TypedLine
from cockpit.widgets.theme import Theme

HEIGHT: Final = 84
EDGE: Final = 16
CAPTION: Final = 190  # room at the right of the field


class WorkspaceName(Surface):
    """One line and what is wrong with it.

    Args:
        caption: What the name is for.
        name: What stands there at first, selected.
        check: Says why a name cannot be given; empty when it can.
        done: Takes the name, after the entry has gone.
    """

    name = "workspace"

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        caption: str,
        name: str,
        check: Callable[[str], str],
        done: Callable[[str], None],
    ) -> None:
        super().__init__(window, theme, ENTRY, HEIGHT)
        self._caption, self._check, self._done = caption, check, done
        self._tried = False
        self.line = TypedLine(theme, self)
        self.line.setAccessibleName(caption)
        self.setAccessibleName(caption)
        self.line.setText(name)
        self.line.selectAll()
        self.line.textEdited.connect(lambda _: self.update())
        self.line.entered.connect(self.apply)
        self.line.escaped.connect(self.leave)
        self.line.abandoned.connect(self.abandon)

    @property
    def wrong(self) -> str:
        """Why the name that stands there cannot be given; empty when it can."""
        return self._check(self.line.text())

    def type(self, text: str) -> None:
        """Add typed text, as if it came from the keyboard."""
        self.line.insert(text)
        self.update()

    def resizeEvent(self, event: object) -> None:
        """The field; what is to be said stands below it."""
        del event
        self.line.setGeometry(EDGE - 4, 10, self.width() - 2 * EDGE - CAPTION, 32)

    def apply(self) -> None:
        """Take the name when it can be given, else stay and say why not."""
        self._tried = True
        if self.wrong:
            self.update()
        elif not self.is_left:
            text = self.line.text().strip()
            self.leave()
            self._done(text)

    def paint(self, painter: QPainter) -> None:
        """Caption at the right, remedy below."""
        theme = self._theme
        head = QRectF(EDGE, 0, self.width() - 2 * EDGE, 50)
        paint_text(painter, theme, head, "label", "text3", self._caption, right=True)
        line_at_foot(painter, 1, 50, self.width() - 2, theme.color("line"))
        foot, wrong = QRectF(EDGE, 50, self.width() - 2 * EDGE, HEIGHT - 50), self.wrong
        blank = not self.line.text().strip()
        if wrong and not (blank and not self._tried):
            paint_text(painter, theme, foot, "label", "failed", wrong)
        else:
            hint = "letters, digits, spaces and dashes" if blank else "Enter"
            paint_text(painter, theme, foot, "label", "text3", hint)
