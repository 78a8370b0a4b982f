"""The legend row over a plot: one bar's open, high, low, close, volume and delta."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cockpit.instruments import DASH, MINUS, Instrument
from cockpit.state.views import ChartState, Freshness
from cockpit.widgets.plot.inks import HATCHED
from cockpit.widgets.theme import LEGEND, PADDING, Theme

KEY_GAP: Final = 5  # logical pixels from a key to its value (design.md 4)
PAIR_GAP: Final = 12
DELTA: Final = "\N{GREEK CAPITAL LETTER DELTA}"
# what a narrow legend drops, first to last
_DROPPED: Final = (DELTA, "Vol", "O", "H", "L")


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
    row = state.bars[len(state.bars) - 1 if bar is None else bar]
    plain = "text3" if state.head.freshness in (*HATCHED, Freshness.FAILED) else "text1"
    coloured = plain == "text1"
    side = ("bid" if row["close"] >= row["open"] else "ask") if coloured else plain
    delta = float(row["delta"])
    lean = ("bid" if delta > 0 else "ask") if coloured and delta else plain
    known_delta = () if delta != delta else (Entry(DELTA, signed(delta), lean),)  # noqa: PLR0124  NaN
    return (
        *(Entry(key, _price(instrument, row[name]), plain) for key, name in (("O", "open"), ("H", "high"))),
        Entry("L", _price(instrument, row["low"]), plain),
        Entry("C", _price(instrument, row["close"]), side),
        Entry("Vol", whole(float(row["volume"])), plain),
        *known_delta,
    )


def _price(instrument: Instrument, value: float) -> str:
    return instrument.format(float(value))


def whole(value: float) -> str:
    """A grouped whole number, or an en dash for NaN."""
    return DASH if value != value else f"{value:,.0f}"  # noqa: PLR0124  NaN


def signed(value: float) -> str:
    """A whole number that always shows its sign, grouped."""
    text = f"{abs(value):,.0f}"
    return text if text == "0" else f"{'+' if value > 0 else MINUS}{text}"


class LegendRow(QWidget):
    """Paints the entries that fit, in one row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: tuple[Entry, ...] = ()
        self._key_font, self._value_font = theme.font("label"), theme.font("axis")
        self._keys, self._values = QFontMetricsF(self._key_font), QFontMetricsF(self._value_font)
        self.setFixedHeight(LEGEND)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these; nothing is painted when they are the same."""
        if entries != self._entries:
            self._entries = entries
            self.update()

    @property
    def text(self) -> str:
        """What can be read: ``O 6,002.50  H ...``, of the entries that fit."""
        return "  ".join(f"{entry.key} {entry.value}" for entry in self.fitting())

    def fitting(self) -> list[Entry]:
        """The entries there is room for."""
        kept = list(self._entries)
        for key in _DROPPED:
            if self._length(kept) <= self.width() - 2 * PADDING:
                break
            kept = [entry for entry in kept if entry.key != key]
        return kept

    def _length(self, entries: list[Entry]) -> float:
        return sum(self._step(entry) for entry in entries) - PAIR_GAP

    def _step(self, entry: Entry) -> float:
        texts = self._keys.horizontalAdvance(entry.key) + self._values.horizontalAdvance(entry.value)
        return texts + KEY_GAP + PAIR_GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        """Keys in text3, values in their own colour, on one base line."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        x, base = float(PADDING), self.height() / 2 + self._values.capHeight() / 2
        for entry in self.fitting():
            painter.setFont(self._key_font)
            painter.setPen(self._theme.color("text3"))
            painter.drawText(QPointF(x, base), entry.key)
            after = x + self._keys.horizontalAdvance(entry.key) + KEY_GAP
            painter.setFont(self._value_font)
            painter.setPen(self._theme.color(entry.token))
            painter.drawText(QPointF(after, base), entry.value)
            x += self._step(entry)
        painter.end()
