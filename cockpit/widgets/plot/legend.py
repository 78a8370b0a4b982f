"""The legend row over a plot: one bar's open, high, low, close, volume and delta."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cockpit.instruments import DASH, MINUS
from cockpit.state.views import ChartState, Freshness
from cockpit.widgets.plot.inks import HATCHED
from cockpit.widgets.theme import LEGEND, PADDING, Theme

KEY_GAP: Final = 5  # logical pixels from a key to its value (design.md 4)
PAIR_GAP: Final = 12
DELTA: Final = "\N{GREEK CAPITAL LETTER DELTA}"
KEYS: Final = ("O", "H", "L", "C", "Vol", DELTA)
DROPPED: Final = (DELTA, "Vol", "O", "H", "L")  # by a narrow legend, first to last


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value; ``token`` is the value's colour."""

    key: str
    value: str
    token: str


def legend_of(state: ChartState, bar: int | None) -> tuple[Entry, ...]:
    """What the legend says about bar ``bar``, or about the newest for None. Unknown is an en dash."""
    instrument = state.head.instrument
    if instrument is None or not len(state.bars):
        return ()
    _, _, opened, high, low, close, volume, delta = state.bars[-1 if bar is None else bar].tolist()
    plain = "text3" if state.head.freshness in (*HATCHED, Freshness.FAILED) else "text1"
    coloured = plain == "text1"
    side = ("bid" if close >= opened else "ask") if coloured else plain
    lean = ("bid" if delta > 0 else "ask") if coloured and delta else plain
    known_delta = () if delta != delta else (Entry(DELTA, signed(delta), lean),)  # noqa: PLR0124  NaN
    return (
        Entry("O", instrument.format(opened), plain),
        Entry("H", instrument.format(high), plain),
        Entry("L", instrument.format(low), plain),
        Entry("C", instrument.format(close), side),
        Entry("Vol", whole(volume), plain),
        *known_delta,
    )


def whole(value: float) -> str:
    """A grouped whole number, or an en dash for NaN."""
    return DASH if value != value else f"{value:,.0f}"  # noqa: PLR0124  NaN


def signed(value: float) -> str:
    """A whole number that always shows its sign, grouped."""
    text = f"{abs(value):,.0f}"
    return text if text == "0" else f"{'+' if value > 0 else MINUS}{text}"


class LegendRow(QWidget):
    """Paints the entries that fit, in one row. It changes with every print, so what can be known before is."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._fitting: list[tuple[Entry, QPointF, QPointF]] = []
        self._key_font, self._value_font = theme.font("label"), theme.font("axis")
        values = QFontMetricsF(self._value_font)
        self._advance = values.horizontalAdvance("0")  # of every character: the face is monospaced
        self._base = (LEGEND + values.capHeight()) / 2
        keys = QFontMetricsF(self._key_font)
        self._key_widths = {key: keys.horizontalAdvance(key) for key in KEYS}
        self._colors = {token: theme.color(token) for token in ("bg1", "text1", "text3", "bid", "ask")}
        self.setFixedHeight(LEGEND)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these; only what changed is painted."""
        before, self._entries = self._entries, entries
        if entries == before:
            return
        if [(entry.key, len(entry.value)) for entry in entries] != [(old.key, len(old.value)) for old in before]:
            self._place()
            self.update()
            return
        now = {entry.key: entry for entry in entries}
        for place, (old, key, value) in enumerate(self._fitting):
            entry = now[old.key]
            if entry != old:
                self._fitting[place] = (entry, key, value)
                self.update(self._room(value, self._advance * len(entry.value)))

    @property
    def text(self) -> str:
        """What can be read: ``O 6,002.50  H ...``, of the entries that fit."""
        return "  ".join(f"{entry.key} {entry.value}" for entry, _, _ in self._fitting)

    def _place(self) -> None:
        """Leave out what does not fit and find a place for the rest."""
        kept, room = list(self._entries), self.width() - 2 * PADDING + PAIR_GAP
        for key in DROPPED:
            if sum(self._width(entry) for entry in kept) <= room:
                break
            kept = [entry for entry in kept if entry.key != key]
        x = float(PADDING)
        self._fitting = []
        for entry in kept:
            after = x + self._key_widths[entry.key] + KEY_GAP
            self._fitting.append((entry, QPointF(x, self._base), QPointF(after, self._base)))
            x += self._width(entry)

    def _width(self, entry: Entry) -> float:
        return self._key_widths[entry.key] + KEY_GAP + self._advance * len(entry.value) + PAIR_GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may fit other entries."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Keys in text3, values in their own colour, on one base line."""
        painter, dirty = QPainter(self), event.region()
        painter.fillRect(event.rect(), self._colors["bg1"])
        painter.setFont(self._key_font)
        painter.setPen(self._colors["text3"])
        for entry, key, _ in self._fitting:
            if dirty.intersects(self._room(key, self._key_widths[entry.key])):
                painter.drawText(key, entry.key)
        painter.setFont(self._value_font)
        for entry, _, value in self._fitting:
            if dirty.intersects(self._room(value, self._advance * len(entry.value))):
                painter.setPen(self._colors[entry.token])
                painter.drawText(value, entry.value)
        painter.end()

    def _room(self, at: QPointF, width: float) -> QRect:
        """What a text covers; a pixel more on either side for what glyphs stick out."""
        return QRect(floor(at.x()) - 1, 0, ceil(width) + 3, LEGEND)
