"""Liquidity fate: every wall with what became of it, and of all that ended.

Up and down pick a wall, Enter or a click opens its evidence. Source: ``design.md`` 7 "Fate ledger", ``book.png``.
"""

from collections.abc import Hashable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from cockpit.instants import date_text, eastern
from cockpit.state.commands import OpenEvidence
from cockpit.state.detector_views import FateRow, FateState, FateTotals
from cockpit.state.screen import FATES_PANE
from cockpit.state.views import Freshness
from cockpit.widgets.detect.picked import PickedRows
from cockpit.widgets.detect.words import PARTS, fate_cells, fate_tip, parts, shares
from cockpit.widgets.empty import nothing_open, paint_empty
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.hairline import line_across
from cockpit.widgets.ladder.inks import STRENGTH
from cockpit.widgets.panel import PanelContext, PanelSpec
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.theme import PADDING, TABLE_HEAD

MINIMUM: Final = (260, 150)
HEADS: Final = ("Price", "Peak", "Life", "Now")
GAP: Final = 12
EDGE: Final = 3
BAR: Final = 8
LEGEND: Final = 24
TOTALS: Final = 24  # heading of the totals
TOTAL: Final = 26  # one side of them
SEGMENT: Final = 16
LEAST_BAR, MOST_BAR = 50.0, 220.0
LEAST_ROWS: Final = 2  # before legend and totals get room
WORD_INKS: Final = {"pulled": "put", "eaten": "accent", "absorbing": "accent", "moved": "info"}


class FatesPanel(PickedRows):
    """Draws a ``FateState``; its own state is the picked wall and how far the list is scrolled."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._state, self._workspace = FateState(), context.screen.workspace
        self.setMinimumSize(*MINIMUM)
        self.setAccessibleName("Liquidity fate")

    def draw(self, state: FateState) -> None:
        """Show the state."""
        before = self.ids()
        self._state = state
        self.renewed(before)
        self._describe()

    def _describe(self) -> None:
        picked = self._state.rows[self.row : self.row + 1]
        wall = (fate_tip(row, self._state.head.instrument).replace("\n", ", ") for row in picked)
        self.setAccessibleDescription(self.empty_text() or "; ".join((*self.totals(), *wall)))

    # what can be read

    def cells(self) -> tuple[tuple[str, str, str, str], ...]:
        """Price, peak, life and word of every wall."""
        return tuple(fate_cells(row, self._state.head.instrument) for row in self._state.rows)

    def totals(self) -> tuple[str, ...]:
        """``asks, 48: eaten 31 %, pulled 46 %, moved 15 %, unattributed 8 %``."""
        return tuple(
            f"{self._side(name, totals)}: "
            + ", ".join(
                f"{word} {round(100 * share)} %" for (word, _), share in zip(PARTS, shares(totals), strict=True)
            )
            for name, totals in self._sides()
        )

    def since(self) -> str:
        """``Walls since 09:30``; with the day where that is another than today."""
        since, now = self._state.since_ns, self._workspace.value.now_ns
        if since is None:
            return "Walls that ended"
        other = now is not None and date_text(since) != date_text(now)
        return f"Walls since {date_text(since) + ' ' if other else ''}{eastern(since):%H:%M}"

    def _sides(self) -> tuple[tuple[str, FateTotals], ...]:
        return ("asks", self._state.asks), ("bids", self._state.bids)

    def _side(self, name: str, totals: FateTotals) -> str:
        return f"{name}, {totals.walls:,}"

    def empty_text(self) -> str:
        """Why there is nothing to show; empty when there is."""
        state = self._state
        if state.head.instrument is None:
            return state.head.reason or nothing_open()
        if state.rows or state.asks.walls or state.bids.walls:
            return ""
        return state.head.reason or "No wall so far; one must stay large for a while first"

    # the list

    def ids(self) -> Sequence[Hashable]:
        """Keys of the walls."""
        return [row.key for row in self._state.rows]

    def _foot(self) -> float:
        """Height of legend and totals; legend alone, or nothing, where there is little room."""
        room = self.height() - TABLE_HEAD - LEAST_ROWS * self._theme.row
        whole = LEGEND + TOTALS + 2 * TOTAL + 6
        return whole if room >= whole else LEGEND if room >= LEGEND else 0.0

    def fit(self) -> int:
        """Walls that have room."""
        return max(int((self.height() - TABLE_HEAD - self._foot()) // self._theme.row), 0)

    def row_at(self, spot: QPointF) -> int | None:
        """The wall there."""
        place = int((spot.y() - TABLE_HEAD) // self._theme.row)
        row = self._first + place
        return row if spot.y() >= TABLE_HEAD and place < self.fit() and row < len(self._state.rows) else None

    def open_row(self, row: int) -> None:
        """Look at the evidence of a wall."""
        self._commands.send(OpenEvidence(*self._state.rows[row].key))

    def pick(self, row: int) -> None:
        """Pick a wall and bring it into view."""
        super().pick(row)
        self._describe()

    def tip_at(self, spot: QPointF) -> str:
        """All of the wall there."""
        row = None if self.empty_text() else self.row_at(spot)
        return "" if row is None else fate_tip(self._state.rows[row], self._state.head.instrument)

    # painting

    def _columns(self) -> list[tuple[float, float]]:
        """Left and right of price, peak, life, bar, word; without room for all, life goes first, then the bar."""
        theme, cells = self._theme, self.cells()
        wides = [
            max((text_width(theme, "number", each[place]) for each in cells), default=0.0) for place in range(4)
        ]
        wides = [max(wide, text_width(theme, "label", head)) for wide, head in zip(wides, HEADS, strict=True)]
        room = self.width() - 2 * PADDING
        bar = room - sum(wides) - 4 * GAP
        if bar < LEAST_BAR:
            bar, wides[2] = bar + wides[2] + GAP, -GAP
        bar = max(bar, 0.0)
        x, columns = float(PADDING), []
        for wide in (*wides[:3], bar):
            columns.append((x, x + max(wide, 0.0)))
            x += wide + GAP
        return [*columns, (self.width() - PADDING - wides[3], float(self.width() - PADDING))]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Table, legend, totals."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        empty = self.empty_text()
        if empty:
            paint_empty(painter, theme, QRectF(self.rect()), empty)
            return
        columns = self._columns()
        self._paint_heads(painter, columns)
        painter.setOpacity(STRENGTH[self._state.head.freshness or Freshness.FRESH])
        y, picked = float(TABLE_HEAD), self.row
        for row in range(self._first, min(self._first + self.fit(), len(self._state.rows))):
            if row == picked and self.hasFocus():
                painter.fillRect(QRectF(0, y, self.width(), theme.row), theme.color("bg3"))
            self._paint_wall(painter, y, self._state.rows[row], columns)
            y += theme.row
        if self._foot() >= LEGEND:
            self._paint_legend(painter, y)
        if self._foot() > LEGEND:
            self._paint_totals(painter, y + LEGEND)
        painter.setOpacity(1.0)

    def _paint_heads(self, painter: QPainter, columns: list[tuple[float, float]]) -> None:
        theme = self._theme
        bar = "Eaten · pulled · moved · ?"
        for place, (text, (left, right)) in enumerate(zip((*HEADS[:3], bar, HEADS[3]), columns, strict=True)):
            area = QRectF(left, 0, right - left + 1, TABLE_HEAD)
            if right > left:
                paint_text(painter, theme, area, "label", "text3", text, right=place in (1, 2, 4))
        line_across(painter, 0, TABLE_HEAD - 1, self.width(), theme.color("line"))

    def _paint_wall(self, painter: QPainter, y: float, row: FateRow, columns: list[tuple[float, float]]) -> None:
        theme, instrument = self._theme, self._state.head.instrument
        side = "bid" if row.is_bid else "ask"
        painter.fillRect(QRectF(0, y + 1, EDGE, theme.row - 2), theme.color(side))
        price, peak, life, word = fate_cells(row, instrument)
        inks = (side, "text1", "text2")
        for place, (text, ink) in enumerate(zip((price, peak, life), inks, strict=True)):
            left, right = columns[place]
            if right > left:
                area = QRectF(left, y, right - left + 1, theme.row)
                paint_text(painter, theme, area, "number", ink, text, right=place > 0)
        left, right = columns[4]
        ink = WORD_INKS.get(word, "text2")
        paint_text(painter, theme, QRectF(left, y, right - left, theme.row), "label", ink, word, right=True)
        left, right = columns[3]
        wide = min(right - left, MOST_BAR)
        if wide >= LEAST_BAR / 2:
            self._paint_bar(painter, QRectF(left, y + (theme.row - BAR) / 2, wide, BAR), row)

    def _paint_bar(self, painter: QPainter, area: QRectF, row: FateRow) -> None:
        """Each cause as its part of the peak, or of all that left where more did than ever stood."""
        gone = parts(row)
        whole = max(row.peak, sum(lots for _, lots in gone), 1)
        painter.fillRect(area, self._theme.color("grid"))
        x = area.left()
        for (_, lots), (_, token) in zip(gone, PARTS, strict=True):
            wide = area.width() * lots / whole
            if wide > 0:
                painter.fillRect(QRectF(x, area.top(), max(wide, 1.0), area.height()), self._theme.color(token))
            x += wide

    def _paint_legend(self, painter: QPainter, y: float) -> None:
        theme, x = self._theme, float(PADDING)
        for word, token in PARTS:
            wide = text_width(theme, "label", word)
            if x + 12 + wide > self.width() - PADDING:
                return
            painter.fillRect(QRectF(x, y + LEGEND / 2 - 4, 8, 8), theme.color(token))
            paint_text(painter, theme, QRectF(x + 13, y, wide + 1, LEGEND), "label", "text3", word)
            x += 13 + wide + GAP

    def _paint_totals(self, painter: QPainter, y: float) -> None:
        theme = self._theme
        line_across(painter, 0, y, self.width(), theme.color("line"))
        head = QRectF(PADDING, y, self.width() - 2 * PADDING, TOTALS)
        paint_text(painter, theme, head, "label", "text2", self.since())
        y += TOTALS
        names = max(text_width(theme, "strong", self._side(*side)) for side in self._sides())
        for name, totals in self._sides():
            token = "bid" if name == "bids" else "ask"
            area = QRectF(PADDING, y, names + 1, TOTAL)
            paint_text(painter, theme, area, "strong", token, self._side(name, totals))
            left = PADDING + names + GAP
            bar = QRectF(left, y + (TOTAL - SEGMENT) / 2, max(self.width() - PADDING - left, 0.0), SEGMENT)
            self._paint_shares(painter, bar, totals)
            y += TOTAL

    def _paint_shares(self, painter: QPainter, area: QRectF, totals: FateTotals) -> None:
        theme, x = self._theme, area.left()
        painter.fillRect(area, theme.color("grid"))
        for share, (_, token) in zip(shares(totals), PARTS, strict=True):
            wide, text = share * area.width(), f"{round(100 * share)} %"
            if wide > 0:
                painter.fillRect(QRectF(x, area.top(), max(wide - 1, 1.0), area.height()), theme.color(token))
            told = text_width(theme, "key", text)
            if told + 6 <= wide:
                ink = "text1" if token == "line2" else "on_data"
                inset = (wide - 1 - told) / 2
                spot = QRectF(x + inset, area.top(), told + 1, area.height())
                paint_text(painter, theme, spot, "key", ink, text)
            x += wide


FATES: Final = PanelSpec(
    id=FATES_PANE,
    title="Liquidity fate",
    topic=lambda screen: screen.fates,
    build=FatesPanel,
    refresh_hz=10.0,
    minimum=MINIMUM,
    below="detectors",
)
