"""Runs of text with their place: what is painted is what can be read and measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from cockpit.widgets.theme import Theme

LEFT: Final = 0.0
MIDDLE: Final = 0.5
RIGHT: Final = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """One run.

    Attributes:
        text: What is written, perhaps cut.
        role, token: Font and colour.
        x, base: Left end of the base line, logical pixels.
        area: What the glyphs cover, from capital height to descent.
        is_cut: Whether it ends with an ellipsis.
    """

    text: str
    role: str
    token: str
    x: float
    base: float
    area: QRectF
    is_cut: bool = False


@lru_cache(maxsize=256)
def _metrics(theme: Theme, role: str) -> QFontMetricsF:
    return QFontMetricsF(theme.font(role))


def place(
    theme: Theme,
    role: str,
    token: str,
    forms: Sequence[str],
    x: float,
    base: float,
    *,
    anchor: float = LEFT,
    room: float = float("inf"),
) -> Text:
    """A run whose left end, middle or right end is at ``x``.

    Args:
        forms: What to write, longest first; the first that fits into ``room`` is taken, the last is cut.
        base: Base line.
        anchor: ``LEFT``, ``MIDDLE`` or ``RIGHT``.
        room: Width there is.
    """
    metrics = _metrics(theme, role)
    fitting = (form for form in forms if metrics.horizontalAdvance(form) <= room)
    text = next(fitting, forms[-1])
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0.0)) if room < 1e6 else text
    wide = metrics.horizontalAdvance(shown)
    left = x - wide * anchor
    below = metrics.descent() if any(letter in "gjpqy,()/|" for letter in shown) else 0.0
    area = QRectF(left, base - metrics.capHeight(), wide, metrics.capHeight() + below)
    return Text(shown, role, token, left, base, area, shown != text)


def middle_base(theme: Theme, role: str, middle: float) -> float:
    """Base line of a text whose capitals stand around ``middle``."""
    return middle + _metrics(theme, role).capHeight() / 2


def paint(painter: QPainter, theme: Theme, texts: Sequence[Text]) -> None:
    """Write them."""
    for each in texts:
        painter.setFont(theme.font(each.role))
        painter.setPen(theme.color(each.token))
        painter.drawText(QPointF(each.x, each.base), each.text)
