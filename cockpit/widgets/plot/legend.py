"""The legend over a plot: one bar's numbers, then what each layer says of itself: unit, age, convention, method."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cockpit.instants import age_text
from cockpit.instruments import DASH, MINUS, Instrument
from cockpit.state.views import ChartState, ConeState, Freshness, GexOverlay, is_old
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.plot.entries import CONE, GEX, Entry
from cockpit.widgets.plot.study_entries import study_entries
from cockpit.widgets.plot.words import BUCKET_WORDS, METHOD_WORDS, SIGN_WORDS, money, points, signed
from cockpit.widgets.theme import LEGEND, PADDING, Theme

KEY_GAP: Final = 5  # logical pixels from a key to its value (design.md 4)
PAIR_GAP: Final = 12
LINE: Final = 20  # logical pixels of every line after the first
DELTA: Final = "\N{GREEK CAPITAL LETTER DELTA}"
SPARE: Final = 4  # entries from this rank on are left out rather than begin another line
TOO_NARROW: Final = "pane too narrow to draw it"
TOKENS: Final = ("bg1", "text1", "text2", "text3", "bid", "ask", "call", "put", "aging", "stale", "failed")
_AGE_TOKENS: Final = {
    Freshness.FRESH: "text2",
    Freshness.AGING: "aging",
    Freshness.STALE: "stale",
    Freshness.RESYNCING: "stale",
    Freshness.FAILED: "failed",
}


def legend_of(state: ChartState, bar: int | None, *, has_room: bool = True) -> tuple[Entry, ...]:
    """What the legend says about bar ``bar``, or about the newest for None, and about the layers that are on.

    Unknown is an en dash. ``has_room``: whether the pane is wide enough for a cone.
    """
    instrument = state.head.instrument
    if instrument is None or not len(state.bars):
        return ()
    _, _, opened, high, low, close, volume, delta = state.bars[-1 if bar is None else bar].tolist()
    plain = "text3" if is_old(state.head.freshness) else "text1"
    coloured = plain == "text1"
    side = ("bid" if close >= opened else "ask") if coloured else plain
    lean = ("bid" if delta > 0 else "ask") if coloured and delta else plain
    known_delta = () if delta != delta else (Entry(DELTA, signed(delta), lean, 5),)  # noqa: PLR0124  NaN
    return (
        Entry("O", instrument.format(opened), plain, 3),
        Entry("H", instrument.format(high), plain, 2),
        Entry("L", instrument.format(low), plain, 1),
        Entry("C", instrument.format(close), side),
        Entry("Vol", whole(volume), plain, 4),
        *known_delta,
        *study_entries(state, bar, instrument, plain),
        *(() if state.gex is None else gex_entries(state.gex)),
        *(() if state.cone is None else cone_entries(state.cone, instrument, has_room=has_room)),
    )


def gex_entries(gex: GexOverlay) -> tuple[Entry, ...]:
    """What the gamma overlay says of itself, or why it is empty."""
    words = [SIGN_WORDS.get(gex.sign, gex.sign)]
    if gex.bucket != "all":
        words.append(BUCKET_WORDS.get(gex.bucket, gex.bucket))
    if gex.reason:
        return Entry("Net GEX", DASH, "text3", 0, GEX), Entry(gex.reason, "", "text3", 0, GEX)
    old = is_old(gex.freshness)
    total = Entry("Net GEX", DASH, "text3", 0, GEX)
    if gex.total is not None:
        token = "text3" if old else "call" if gex.total >= 0 else "put"
        total = Entry("Net GEX", f"{money(gex.total)} / 1 %", token, 0, GEX)
    basis = ()
    if gex.basis is not None:
        basis = (Entry("Basis", _basis_text(gex, gex.basis), "text3" if old else "text1", 2, GEX),)
    age = () if gex.age_ns is None else (_age_entry("Chain", gex.age_ns, gex.freshness, 1, GEX),)
    return (total, *basis, *age, *(Entry(word, "", "text3", 0, GEX) for word in words))


def _basis_text(gex: GexOverlay, basis: float) -> str:
    sign = "+" if basis >= 0 else MINUS
    text = f"×{basis:,.4f}" if gex.is_ratio else f"{sign}{abs(basis):,.2f}"
    return text if gex.basis_age_ns is None else f"{text} · {age_text(gex.basis_age_ns)}"


def _age_entry(key: str, age_ns: int, freshness: Freshness | None, rank: int, group: int) -> Entry:
    return Entry(key, age_text(age_ns), "text2" if freshness is None else _AGE_TOKENS[freshness], rank, group)


def cone_entries(cone: ConeState, instrument: Instrument, *, has_room: bool = True) -> tuple[Entry, ...]:
    """What the cone says of itself, or why there is none."""
    if cone.reason:
        return Entry("Cone", DASH, "text3", 0, CONE), Entry(cone.reason, "", "text3", 0, CONE)
    old = is_old(cone.freshness)
    plain, unit = "text3" if old else "text1", instrument.unit
    moves = tuple(
        Entry(f"{days} d ±1σ", DASH if move is None else f"±{points(move, unit)}", plain, rank, CONE)
        for days, move, rank in ((1, cone.one_session, 0), (5, cone.five_sessions, 2))
    )
    vix = DASH if cone.vix is None else f"{cone.vix:,.2f}"
    aged = cone.freshness not in (None, Freshness.FRESH) and cone.age_ns is not None
    token = plain if cone.freshness is None or not aged else _AGE_TOKENS[cone.freshness]
    text = f"{vix} · {age_text(cone.age_ns or 0)}" if aged else vix
    method = METHOD_WORDS.get(cone.method, cone.method)
    return (
        *moves,
        Entry("VIX", text, token, 1 if has_room else 3, CONE),
        Entry(method if has_room else f"{method}; {TOO_NARROW}", "", "text3", 0, CONE),
    )


def whole(value: float) -> str:
    """A grouped whole number, or an en dash for NaN."""
    return DASH if value != value else f"{value:,.0f}"  # noqa: PLR0124  NaN


class LegendRow(QWidget):
    """Paints the entries that fit. It changes with every print, so what can be known before is.

    Without layers it is one row. A layer whose entries do not fit beside the others has a line of its own below;
    once there are so many lines they stay until the width or the layers change, so that nothing jumps.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: tuple[Entry, ...] = ()
        self._fitting: list[tuple[Entry, QPointF, QPointF]] = []
        self._starts: tuple[int, ...] = ()  # groups that begin a line, after the first
        self._key_font, self._value_font = theme.font("label"), theme.font("axis")
        values = QFontMetricsF(self._value_font)
        self._advance = values.horizontalAdvance("0")  # of every character: the face is monospaced
        self._base = (LEGEND + values.capHeight()) / 2
        self._keys = QFontMetricsF(self._key_font)
        self.rethemed()
        theme.listen(self.rethemed)
        self.setFixedHeight(LEGEND)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def rethemed(self) -> None:
        """Take the colours from the theme as it is now."""
        self._colors = {token: self._theme.color(token) for token in TOKENS}
        self.update()

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these; only what changed is painted."""
        before, self._entries = self._entries, entries
        if entries == before:
            return
        if [(entry.key, len(entry.value)) for entry in entries] != [(old.key, len(old.value)) for old in before]:
            if {entry.group for entry in entries} != {old.group for old in before}:
                self._starts = ()
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
        return "  ".join(f"{entry.key} {entry.value}".rstrip() for entry, _, _ in self._fitting)

    def _place(self) -> None:
        """Break the entries into lines, leave out what does not fit and find a place for the rest."""
        room = self.width() - 2 * PADDING + PAIR_GAP
        lines = self._lines(room)
        self._starts = tuple(line[0].group for line in lines[1:])
        self._fitting = []
        for number, line in enumerate(lines):
            x, base = float(PADDING), self._base + number * LINE
            for entry in self._kept(line, room):
                after = x + self._key_width(entry) + KEY_GAP
                self._fitting.append((entry, QPointF(x, base), QPointF(after, base)))
                x += self._width(entry)
        words = [(entry.key, key.x()) for entry, key, _ in self._fitting if not entry.value]
        self.setToolTip("\n".join(text for text, x in words if self._cut(text, x) != text))
        height = LEGEND + LINE * max(len(lines) - 1, 0)
        if height != self.height():
            self.setFixedHeight(height)

    def _lines(self, room: float) -> list[list[Entry]]:
        """A line for each group that does not fit beside the group before, or that had one already."""
        lines: list[list[Entry]] = []
        for group, members in groupby(self._entries, lambda entry: entry.group):
            more = list(members)
            beside = [*lines[-1], *more] if lines and group not in self._starts else []
            needed = [entry for entry in beside if entry.rank < SPARE]
            if beside and self._total(needed) <= room:
                lines[-1] = beside
            else:
                lines.append(more)
        return lines

    def _kept(self, line: Sequence[Entry], room: float) -> list[Entry]:
        kept = list(line)
        while self._total(kept) > room:
            first = max(kept, key=lambda entry: entry.rank)
            if first.rank == 0:
                break
            kept.remove(first)
        return kept

    def _total(self, entries: Iterable[Entry]) -> float:
        return sum(self._width(entry) for entry in entries)

    def _width(self, entry: Entry) -> float:
        value = KEY_GAP + self._advance * len(entry.value) if entry.value else 0.0
        return self._key_width(entry) + value + PAIR_GAP

    def _key_width(self, entry: Entry) -> float:
        return text_width(self._theme, "label", entry.key)

    def tip_at(self, x: float, y: float) -> str:
        """How the entry under a point is worked out; what was cut off anywhere else."""
        for entry, key, value in self._fitting:
            width = (
                value.x() - key.x() + self._advance * len(entry.value) if entry.value else self._key_width(entry)
            )
            if entry.tip and self._room(key, width).contains(floor(x), floor(y)):
                return entry.tip
        return self.toolTip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may fit other entries."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._starts = ()
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Keys in text3, values in their own colour, on one base line."""
        painter, dirty = QPainter(self), event.region()
        painter.fillRect(event.rect(), self._colors["bg1"])
        painter.setFont(self._key_font)
        painter.setPen(self._colors["text3"])
        for entry, key, _ in self._fitting:
            if dirty.intersects(self._room(key, self._key_width(entry))):
                painter.drawText(key, entry.key if entry.value else self._cut(entry.key, key.x()))
        painter.setFont(self._value_font)
        for entry, _, value in self._fitting:
            if entry.value and dirty.intersects(self._room(value, self._advance * len(entry.value))):
                painter.setPen(self._colors[entry.token])
                painter.drawText(value, entry.value)
        painter.end()

    def _cut(self, words: str, x: float) -> str:
        """Words as far as the row reaches."""
        return self._keys.elidedText(words, Qt.TextElideMode.ElideRight, self.width() - PADDING - x + 1)

    def _room(self, at: QPointF, width: float) -> QRect:
        """What a text covers; a pixel more on either side for what glyphs stick out."""
        number = round((at.y() - self._base) / LINE)
        top, height = (LEGEND // 2 + number * LINE - LINE // 2, LINE) if number else (0, LEGEND)
        return QRect(floor(at.x()) - 1, top, ceil(width) + 3, height)
