"""Data health: every stream with its state, age, rate and latency; what was lost, what stopped, what it costs.

Rows stand in the order of the state, worst first. Source: ``design.md`` 7 "Data health", ``cockpit.png``.
"""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from cockpit.instants import age_text
from cockpit.instruments import DASH
from cockpit.state.views import FeedHealth, Freshness, HealthState
from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.caps import paint_cap
from cockpit.widgets.glyphs_state import draw_freshness, state_color, text_width
from cockpit.widgets.health.words import Line, lines, p99_text, rate_text, read, short_name, summary, tip
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.panel import ChosenFromTable, PanelContext, PanelSpec
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.theme import LEGEND, PADDING, TABLE_HEAD, Theme
from cockpit.widgets.tips import TipSource
from cockpit.widgets.wrapping import wrapped

TINT: Final = 0.10  # of a row that is not fresh (design.md 7)
GLYPH_ROOM: Final = 20
# the columns after the name, in the order in which they get room, and their least widths; a text may need more
COLUMNS: Final = (("age", 46), ("rate", 48), ("p99", 56), ("gaps", 46), ("drops", 48))
COLUMN_GAP: Final = 10
LEAST_NAME: Final = 60
CELL: Final = 56  # one of the quantiles of a leg
LINE: Final = 16  # from line to line of a text that takes several
MOST_LINES: Final = 6  # of one text; the tooltip has the rest
CAP_ROOM: Final = 44  # for the key cap at the right of a line
SHOWN: Final = (Option("shown", "Shown"), Option("hidden", "Hidden"))
CHOICES: Final = {  # what the user chooses here: title and values, the first where it begins
    "sources": ("Sources", (Option("all", "All"), Option("bad", "Not fresh"))),
    "latency": ("Latency", SHOWN),
    "program": ("Program", SHOWN),
}
NOTCH: Final = 120  # one step of a mouse wheel, in eighths of a degree

_HUES: Final = {
    Freshness.AGING: "aging",
    Freshness.STALE: "stale",
    Freshness.RESYNCING: "resync",
    Freshness.FAILED: "failed",
}


class HealthPanel(ChosenFromTable, QWidget):
    """Draws a ``HealthState``; its own state is only how far it is scrolled."""

    choice_table = CHOICES

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._theme: Theme = context.theme
        self._replay = context.screen.replay
        self._load = context.screen.load
        self._state = HealthState()
        self.begin_choices()
        self._feeds: tuple[FeedHealth, ...] = ()  # those that are listed
        self._lines = lines(self._state)
        self._texts: list[list[str]] = []  # of each line, as broken into this width
        self._scrolled = 0
        self._column_widths = [float(least) for _, least in COLUMNS]
        self.setMinimumSize(180, 90)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Data health")
        TipSource(self, context.tips, lambda spot: self.tip_at(spot.y()))

    def draw(self, state: HealthState) -> None:
        """Show the state."""
        self._state = state
        self._lay_out()

    def _lay_out(self) -> None:
        state, chosen = self._state, self._chosen
        bad_only = chosen["sources"] == "bad"
        self._feeds = tuple(feed for feed in state.feeds if not bad_only or feed.freshness is not Freshness.FRESH)
        sections = tuple(name for name in ("latency", "program") if chosen[name] == "shown")
        self._lines = lines(state, self._load.value, sections, len(state.feeds) - len(self._feeds))
        self._measure_columns()
        self._break_lines()
        self.update()

    def chosen_anew(self) -> None:
        """Which sources are listed, and which sections stand below them."""
        self._lay_out()

    def scroll_rows(self, rows: int) -> None:
        """Show what stands higher, or lower."""
        self._scroll_to(self._scrolled - rows * self._theme.row)
        self.update()

    def visible_rows(self) -> int:
        """Rows of the table in view, without the heads."""
        return max((self.height() - self._top()) // self._theme.row, 1)

    def text(self) -> list[str]:
        """Every row and line as it reads, for tests and screen readers."""
        rows = [" ".join(self._cells(feed)) for feed in self._feeds]
        return [summary(self._state.feeds)[1] or self.empty_text(), *rows, *(read(line) for line in self._lines)]

    def empty_text(self) -> str:
        """Why there is no row."""
        if self._state.feeds:
            return ""
        if self._replay.value.is_open:
            return "No event heard yet"
        return f"Nothing is open; {cap(by_id('open').keys[0])} opens a recording"

    def _cells(self, feed: FeedHealth) -> tuple[str, ...]:
        """Name and the columns of ``COLUMNS``."""
        age = DASH if feed.age_ns is None else age_text(feed.age_ns)
        return feed.name, age, rate_text(feed.rate), p99_text(feed.arrival), f"{feed.gaps:,}", f"{feed.dropped:,}"

    # places

    def _top(self) -> int:
        return LEGEND + TABLE_HEAD

    def _break_lines(self) -> None:
        """What was lost and why is read whole: several lines where one does not do."""
        font, room = self._theme.font("label"), self.width() - 2 * PADDING - GLYPH_ROOM
        self._texts = [
            wrapped(line.value, font, room - (CAP_ROOM if line.key else 0), MOST_LINES)
            if line.wide
            else [line.value]
            for line in self._lines
        ]
        self._scroll_to(self._scrolled)

    def _heights(self) -> list[int]:
        """Of the lines below the feeds."""
        return [
            TABLE_HEAD + PADDING // 2 if line.is_head else self._theme.row + (len(texts) - 1) * LINE
            for line, texts in zip(self._lines, self._texts, strict=True)
        ]

    def _content_height(self) -> int:
        return self._top() + self._theme.row * len(self._feeds) + sum(self._heights()) + PADDING

    def _scroll_to(self, pixels: int) -> None:
        self._scrolled = max(min(pixels, self._content_height() - self.height()), 0)

    def _row(self, place: int) -> QRectF:
        """Row of the table, or line below it; the lines stand half a padding lower."""
        feeds = len(self._feeds)
        top = self._top() + min(place, feeds) * self._theme.row - self._scrolled
        if place < feeds:
            return QRectF(0, top, self.width(), self._theme.row)
        heights = self._heights()
        return QRectF(0, top + PADDING + sum(heights[: place - feeds]), self.width(), heights[place - feeds])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by rows."""
        self.scroll_rows(round(event.angleDelta().y() / NOTCH))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew, and stay inside the content."""
        del event
        self._break_lines()

    def event(self, event: QEvent) -> bool:
        """The tooltip of the row under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos().y()), self)
            return True
        return super().event(event)

    def tip_at(self, y: float) -> str:
        """What the tooltip at that height says; empty where there is nothing to say."""
        for place, feed in enumerate(self._feeds):
            if self._row(place).contains(1.0, y):
                return tip(feed)
        for place, line in enumerate(self._lines, len(self._feeds)):
            if self._row(place).contains(1.0, y):
                said = (read(line), line.tip) if line.cells or line.tip else (line.value,)
                return "\n".join(text for text in said if text)
        return ""

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Summary, table head, feeds, lines."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        body = QRectF(0, self._top(), self.width(), self.height() - self._top())
        painter.save()
        painter.setClipRect(body)
        for place, feed in enumerate(self._feeds):
            self._paint_feed(painter, self._row(place), place, feed)
        for place, line in enumerate(self._lines, len(self._feeds)):
            self._paint_line(painter, self._row(place), line, self._texts[place - len(self._feeds)])
        painter.restore()
        self._paint_summary(painter, QRectF(0, 0, self.width(), LEGEND))
        self._paint_titles(painter, QRectF(0, LEGEND, self.width(), TABLE_HEAD))

    def _paint_summary(self, painter: QPainter, area: QRectF) -> None:
        theme = self._theme
        worst, text = summary(self._state.feeds)
        words = area.adjusted(PADDING, 0, -PADDING, 0)
        if not text:
            paint_text(painter, theme, words, "label", "text3", self.empty_text())
            return
        draw_freshness(painter, theme, QPointF(PADDING + 5, area.center().y()), worst)
        paint_text(painter, theme, words.adjusted(GLYPH_ROOM, 0, 0, 0), "label", "text1", text)

    def _paint_titles(self, painter: QPainter, area: QRectF) -> None:
        theme = self._theme
        painter.fillRect(area, theme.color("bg2"))
        name, *numbers = self._columns(area)
        paint_text(painter, theme, name, "label", "text3", "Feed")
        for (title, _), cell in zip(COLUMNS, numbers, strict=False):
            paint_text(painter, theme, cell, "label", "text3", title, right=True)

    def _columns(self, area: QRectF) -> list[QRectF]:
        """Cells of a row: the name, and as many columns as leave it room."""
        left, right = area.left() + PADDING + GLYPH_ROOM, area.right() - PADDING
        name_wide = max((self._wide(short_name(feed.name)) for feed in self._feeds), default=0.0)
        widths: list[float] = []
        for wide in self._column_widths:
            needed = LEAST_NAME if len(widths) < 3 else max(name_wide, LEAST_NAME)
            if widths and right - left - sum(widths) - wide < needed:
                break
            widths.append(wide)
        cells: list[QRectF] = []
        for wide in reversed(widths):
            cells.insert(0, QRectF(right - wide, area.top(), wide, area.height()))
            right -= wide
        return [QRectF(left, area.top(), right - left, area.height()), *cells]

    def _wide(self, text: str, role: str = "body") -> float:
        return text_width(self._theme, role, text)

    def _measure_columns(self) -> None:
        cells = [self._cells(feed)[1:] for feed in self._feeds]
        self._column_widths = [
            max([float(least), *(self._wide(row[place], "number_bold") + COLUMN_GAP for row in cells)])
            for place, (_, least) in enumerate(COLUMNS)
        ]

    def _paint_feed(self, painter: QPainter, area: QRectF, place: int, feed: FeedHealth) -> None:
        theme = self._theme
        bad = feed.freshness not in (None, Freshness.FRESH)
        if bad:
            tint = state_color(theme, feed.freshness)
            tint.setAlphaF(TINT)
            painter.fillRect(area, tint)
        elif place % 2:
            painter.fillRect(area, theme.color("bg2", theme.tints["odd_row"]))
        draw_freshness(painter, theme, QPointF(PADDING + 5, area.center().y()), feed.freshness)
        name, age, *rest = self._columns(area)
        texts = self._cells(feed)
        shown = texts[0] if self._wide(texts[0]) <= name.width() else short_name(texts[0])
        paint_text(painter, theme, name, "body", "text1", shown)
        token = _HUES.get(feed.freshness, "text1") if feed.freshness is not None else "text3"
        paint_text(painter, theme, age, "number_bold" if bad else "number", token, texts[1], right=True)
        for place, (cell, text) in enumerate(zip(rest, texts[2:], strict=False)):
            token = "text1" if place >= 2 and text != "0" else "text2"  # losses stand out
            paint_text(painter, theme, cell, "number", token, text, right=True)

    def _paint_line(self, painter: QPainter, area: QRectF, line: Line, texts: list[str]) -> None:
        theme = self._theme
        inner = QRectF(area.left() + PADDING, area.top(), area.width() - 2 * PADDING, self._theme.row)
        if line.key:
            used = paint_cap(painter, QPointF(inner.right(), inner.center().y()), line.key, theme)
            inner.setRight(inner.right() - used - 8)
        if line.icon:
            hue = "aging" if line.icon == "warning" else "failed"
            paint_icon(
                painter, QRectF(inner.left() - 3, inner.top(), 16, inner.height()), line.icon, theme.color(hue), 14
            )
            inner.setLeft(inner.left() + GLYPH_ROOM)
        if line.is_head:
            self._paint_head(painter, area, line)
            return
        if line.wide:
            for number, text in enumerate(texts):
                paint_text(painter, theme, inner.translated(0, number * LINE), "label", line.token, text)
            return
        cut = paint_text(painter, theme, inner, "label", "text2", line.label)
        if line.cells:
            self._paint_cells(painter, inner, line, cut)
            return
        value = inner.adjusted(cut + 12, 0, 0, 0)
        paint_text(
            painter, theme, value, "axis", "text3" if line.value == DASH else line.token, line.value, right=True
        )

    def _paint_head(self, painter: QPainter, area: QRectF, line: Line) -> None:
        """The head of a table below the feeds, half a padding lower."""
        theme = self._theme
        head = QRectF(area.left(), area.bottom() - TABLE_HEAD, area.width(), TABLE_HEAD)
        painter.fillRect(head, theme.color("bg2"))
        inner = head.adjusted(PADDING, 0, -PADDING, 0)
        paint_text(painter, theme, inner, "label", "text3", line.label)
        for cell, text in zip(_thirds(inner), line.cells, strict=False):
            paint_text(painter, theme, cell, "label", "text3", text, right=True)

    def _paint_cells(self, painter: QPainter, inner: QRectF, line: Line, cut: float) -> None:
        theme, cells = self._theme, _thirds(inner)
        note = QRectF(inner.left() + cut + 8, inner.top(), cells[0].left() - inner.left() - cut - 8, inner.height())
        if line.note and note.width() >= text_width(theme, "label", line.note):
            paint_text(painter, theme, note, "label", "text3", line.note)
        for cell, text in zip(cells, line.cells, strict=True):
            paint_text(painter, theme, cell, "axis", "text3" if text == DASH else line.token, text, right=True)


def _thirds(inner: QRectF) -> list[QRectF]:
    """Places of p50, p95 and p99."""
    return [QRectF(inner.right() - (3 - place) * CELL, inner.top(), CELL, inner.height()) for place in range(3)]


HEALTH: Final = PanelSpec(
    id="health",  # saved layouts hold it: never rename
    title="Data health",
    topic=lambda screen: screen.health,
    build=HealthPanel,
    refresh_hz=5.0,  # ages by the tenth of a second are read, not watched
    minimum=(240, 140),
)
