"""The browser of recorded sessions: each with a picture of its trading, its length, instruments and gaps.

``Ctrl+R``; typing filters, Enter opens. The list fills while the tapes are being read.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from cockpit.instants import clock_text, date_text
from cockpit.instruments import DASH
from cockpit.state.published import Published
from cockpit.state.views import Provenance, Session
from cockpit.units import NS_PER_MIN, NS_PER_S
from cockpit.widgets.fuzzy import ranked
from cockpit.widgets.glyphs_state import draw_provenance, provenance_width
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.pick_list import ROW, PickList, paint_text
from cockpit.widgets.surface import HEAD, Surface, TypedLine
from cockpit.widgets.theme import Theme

WIDTH: Final = 860
ROWS: Final = 10
EDGE: Final = 16
STRIP_WIDTH: Final = 150
WHEN: Final = 176
LENGTH: Final = 78
SIZE: Final = 74
GAPS: Final = 70


def length_text(session: Session) -> str:
    """``15 m``, ``2 h 05 m``, ``48 s``; an en dash when it is not known."""
    if session.first_ns is None or session.last_ns is None:
        return DASH
    span = session.last_ns - session.first_ns
    minutes = span // NS_PER_MIN
    if minutes < 1:
        return f"{span // NS_PER_S} s"
    return f"{minutes} m" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} m"


def when_text(session: Session) -> str:
    """``Wed 11 Mar  10:00:00``; the file's name when the span is not known."""
    if session.first_ns is None:
        return Path(session.path).name
    return f"{date_text(session.first_ns)}  {clock_text(session.first_ns)}"


def size_text(size: int) -> str:
    """``41 MB``, ``0.3 MB``."""
    return f"{size / 1e6:,.0f} MB" if size >= 10e6 else f"{size / 1e6:.1f} MB"


def gaps_text(session: Session) -> str:
    """``no gap``, ``2 gaps``; empty until they have been counted."""
    if session.gaps is None:
        return ""
    return "no gap" if not session.gaps else f"{session.gaps} gap{'s' if session.gaps > 1 else ''}"


def symbols_text(session: Session) -> str:
    """``ESM6 NQM6 YMM6 +6``; the reason when it cannot be opened."""
    if session.reason:
        return session.reason
    names = [symbol.rpartition(".")[0] or symbol for symbol in session.symbols]
    return " ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")


def told(session: Session) -> str:
    """A row for whoever cannot see it: ``Wed 11 Mar  10:00:00, 12 m, SIMULATED, ESM6, no gap, 41 MB``."""
    length = "recording" if session.is_running else length_text(session)
    source = "" if session.provenance is None else session.provenance.value
    parts = (when_text(session), length, source, symbols_text(session), gaps_text(session), size_text(session.size))
    return ", ".join(part for part in parts if part)


def searched(session: Session) -> str:
    """What typing is compared with."""
    return f"{when_text(session)} {' '.join(session.symbols)} {Path(session.path).name}"


class Sessions(Surface):
    """Ctrl+R.

    Args:
        topic: The sessions; filled by the application after it was asked.
        chosen: Called with the path to open, after the browser has gone.
    """

    name = "sessions"

    def __init__(
        self, window: QWidget, theme: Theme, topic: Published[tuple[Session, ...]], chosen: Callable[[str], None]
    ) -> None:
        super().__init__(window, theme, WIDTH, HEAD + ROWS * ROW + 8)
        self._topic, self._chosen = topic, chosen
        self._version = -1
        self.setAccessibleName("Recorded sessions")
        self.line = TypedLine(theme, self)
        self.line.setPlaceholderText("Recorded session: date, symbol, name")
        self.line.setAccessibleName("Search recorded sessions")
        self.list: PickList[Session] = PickList(theme, self, self._paint_row, self._choose)
        self.list.setAccessibleName("Sessions")
        self.list.describe(told)
        self.line.textEdited.connect(lambda _: self._search(keep=False))
        self.line.stepped.connect(self.list.step)
        self.line.entered.connect(self._enter)
        self.line.escaped.connect(self.leave)
        self.line.abandoned.connect(self.abandon)
        self.follow()

    def type(self, text: str) -> None:
        """Add typed text, as if it came from the keyboard."""
        self.line.insert(text)
        self._search(keep=False)

    def follow(self) -> None:
        """Show what was read meanwhile."""
        if self._topic.version != self._version:
            self._version = self._topic.version
            self._search(keep=True)

    def resizeEvent(self, event: object) -> None:
        """Field on top, rows below."""
        del event
        self.line.setGeometry(44, 9, self.width() - 44 - 110, 32)
        self.list.setGeometry(0, HEAD + 4, self.width(), self.height() - HEAD - 8)

    def _search(self, *, keep: bool) -> None:
        typed = self.line.text()
        every: Sequence[Session] = self._topic.value
        fits = [row[0] for row in ranked(typed, every, searched)] if typed else every
        self.list.show_items(fits, keep=keep)
        self.update()

    def _enter(self) -> None:
        self.follow()  # what was read since the last frame can be opened as well
        if self.list.selected is not None:
            self._choose(self.list.selected)

    def _choose(self, session: Session) -> None:
        if not session.reason:
            self.leave()
            self._chosen(session.path)

    def paint(self, painter: QPainter) -> None:
        """The glass, how many fit, and what to do when there is none."""
        theme = self._theme
        paint_icon(painter, QRectF(14, 0, 20, HEAD), "magnifying-glass", theme.color("text2"), 16)
        count = f"{len(self.list.items)} of {len(self._topic.value)}"
        paint_text(painter, theme, QRectF(20, 0, self.width() - 40, HEAD), "label", "text3", count, right=True)
        line_at_foot(painter, 1, HEAD, self.width() - 2, theme.color("line"))
        if not self.list.items:
            words = "Nothing recorded yet: the flight recorder begins with the first live or simulated market"
            text = f"Nothing fits “{self.line.text()}”" if self._topic.value else words
            area = QRectF(EDGE, HEAD + 4, self.width() - 2 * EDGE, ROW)
            paint_text(painter, theme, area, "body", "text3", text)

    def _paint_row(self, painter: QPainter, area: QRectF, session: Session, selected: bool) -> None:  # noqa: FBT001  PickList's form
        theme = self._theme
        quiet = "text2" if selected else "text3"
        row = area.adjusted(EDGE, 0, -EDGE, 0)
        paint_text(painter, theme, _cell(row, row.left(), WHEN - 8), "body", "text1", when_text(session))
        right = row.right()
        gaps = gaps_text(session)
        for text, wide, token in (
            (size_text(session.size), SIZE, quiet),
            (gaps, GAPS, "resync" if session.gaps else quiet),
        ):
            paint_text(painter, theme, _cell(row, right - wide, wide), "label", token, text, right=True)
            right -= wide
        right -= 12
        if self.width() >= WIDTH - 60:
            right -= STRIP_WIDTH
            _paint_strip(painter, theme, _cell(row, right, STRIP_WIDTH).adjusted(0, 5, 0, -5), session)
            right -= 12
        at = row.left() + WHEN
        length = "recording" if session.is_running else length_text(session)
        paint_text(painter, theme, _cell(row, at, LENGTH), "label", "text2", length)
        at += LENGTH
        if session.provenance is not None:
            draw_provenance(painter, theme, at, row.center().y(), session.provenance)
            at += provenance_width(theme, Provenance.SIMULATED) + 12
        token = "failed" if session.reason else quiet
        paint_text(painter, theme, _cell(row, at, right - at), "label", token, symbols_text(session))


def _cell(row: QRectF, left: float, width: float) -> QRectF:
    return QRectF(left, row.top(), width, row.height())


def _paint_strip(painter: QPainter, theme: Theme, area: QRectF, session: Session) -> None:
    """Price as a line over the volume."""
    strip = session.strip
    if not len(strip):
        return
    painter.save()
    volume, prices = strip[:, 1], strip[:, 0]
    step = area.width() / len(strip)
    most = max(float(volume.max()), 1.0)
    bars = theme.color("line2")
    for at, traded in enumerate(volume.tolist()):
        high = area.height() * 0.6 * traded / most
        painter.fillRect(QRectF(area.left() + at * step, area.bottom() - high, max(step - 0.5, 0.5), high), bars)
    known = np.flatnonzero(~np.isnan(prices))
    if len(known) > 1:
        low, high = float(np.nanmin(prices)), float(np.nanmax(prices))
        scale = (area.height() - 2) / max(high - low, 1.0)
        points = [
            QPointF(area.left() + (at + 0.5) * step, area.bottom() - 1 - (float(prices[at]) - low) * scale)
            for at in known.tolist()
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("text2"), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
    painter.restore()
