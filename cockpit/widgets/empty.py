"""What a panel says while it has nothing to draw: what is missing in one line, and why below it."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.theme import Theme
from cockpit.widgets.wrapping import wrapped

BETWEEN: Final = 4.0  # logical pixels from the headline to the reason
SIDE: Final = 16.0
MOST_LINES: Final = 4  # of either
MARKS: Final = (" — ", "; ")  # where a sentence goes on to its reason


def halves(text: str) -> tuple[str, str]:
    """What is missing, beginning with a capital, and why; the second is empty where nothing more is said."""
    for mark in MARKS:
        head, found, rest = text.partition(mark)
        if found:
            return _capital(head), _capital(rest)
    return _capital(text), ""


def nothing_open() -> str:
    """What a market panel says before anything is open, with the ways in."""
    ways = (("open", "opens a recording"), ("market", "the simulated market"))
    keys = [f"{cap(by_id(action).keys[0])} {words}" for action, words in ways if by_id(action).keys]
    return f"Nothing open — {', '.join(keys)}" if keys else "Nothing open"


def paint_empty(painter: QPainter, theme: Theme, area: QRectF, text: str) -> None:
    """Both halves in the middle of an area, broken into lines that fit."""
    head, why = halves(text)
    room = area.width() - 2 * SIDE
    blocks = [
        (theme.font(role), theme.color(token), wrapped(words, theme.font(role), room, MOST_LINES))
        for role, token, words in (("strong", "text2", head), ("label", "text3", why))
        if words
    ]
    heights = [QFontMetricsF(font).height() * len(lines) for font, _, lines in blocks]
    y = area.center().y() - (sum(heights) + BETWEEN * (len(blocks) - 1)) / 2
    for (font, color, lines), height in zip(blocks, heights, strict=True):
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(color)
        for number, line in enumerate(lines):
            left = area.center().x() - metrics.horizontalAdvance(line) / 2
            painter.drawText(QPointF(left, y + metrics.ascent() + number * metrics.height()), line)
        y += height + BETWEEN


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
