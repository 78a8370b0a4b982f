"""The row of the legend over a plot: entries that fit, one line or several, and layers that a click toggles."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from cockpit.widgets.actions import words
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.plot.entries import LAYER_NAMES, OFF, Entry
from cockpit.widgets.theme import LEGEND, PADDING, Theme

KEY_GAP: Final = 5  # logical pixels from a key to its value (design.md 4)
PAIR_GAP: Final = 12
LINE: Final = 20  # logical pixels of every line after the first
SPARE: Final = 4  # entries from this rank on are left out rather than begin another line
HOVER_RADIUS: Final = 3.0
TOKENS: Final = (
    "bg1", "bg3", "text1", "text2", "text3", "text4", "bid", "ask", "call", "put", "aging", "stale", "failed",
)  # fmt: skip


class LegendRow(QWidget):
    """Paints the entries that fit. It changes with every print, so what can be known before is.

    A click on what a layer says puts it away; its name stays, and a click brings it back. For screen readers each
    layer is a button as well.

    Without layers it is one row. A layer whose entries do not fit beside the others has a line of its own below;
    once there are so many lines they stay until the width or the layers change, so that nothing jumps.

    Signals:
        layer_clicked: With the name of a layer.
    """

    layer_clicked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: tuple[Entry, ...] = ()
        self._fitting: list[tuple[Entry, QPointF, QPointF]] = []
        self._starts: tuple[int, ...] = ()  # groups that begin a line, after the first
        self._buttons: dict[str, LayerButton] = {}
        self._hovered = self._pressed = ""  # a layer
        self._key_font, self._value_font = theme.font("label"), theme.font("axis")
        values = QFontMetricsF(self._value_font)
        self._advance = values.horizontalAdvance("0")  # of every character: the face is monospaced
        self._base = (LEGEND + values.capHeight()) / 2
        self._keys = QFontMetricsF(self._key_font)
        self.rethemed()
        theme.listen(self.rethemed)
        self.setFixedHeight(LEGEND)
        self.setMouseTracking(True)
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
        said = [(entry.key, key.x()) for entry, key, _ in self._fitting if not entry.value]
        self.setToolTip("\n".join(text for text, x in said if self._cut(text, x) != text))
        height = LEGEND + LINE * max(len(lines) - 1, 0)
        if height != self.height():
            self.setFixedHeight(height)
        self._place_buttons()

    def _place_buttons(self) -> None:
        """A button over what each layer says; of what has no place any more it goes."""
        areas = self.layer_areas()
        for layer in [known for known in self._buttons if known not in areas]:
            self._buttons.pop(layer).deleteLater()
        for layer, area in areas.items():
            button = self._buttons.get(layer)
            if button is None:
                button = self._buttons[layer] = LayerButton(layer, self)
                button.clicked.connect(partial(self.layer_clicked.emit, layer))
            is_off = any(entry.layer == layer and entry.value == OFF for entry in self._entries)
            button.tell(is_on=not is_off)
            button.setGeometry(area)
            button.show()

    def layer_areas(self) -> dict[str, QRect]:
        """What each layer's words cover, where a click toggles it."""
        areas: dict[str, QRect] = {}
        for entry, key, value in self._fitting:
            if entry.layer:
                room = self._room(key, self._reach(entry, key, value)).adjusted(-2, 3, 2, -3)
                areas[entry.layer] = areas[entry.layer].united(room) if entry.layer in areas else room
        return areas

    def _reach(self, entry: Entry, key: QPointF, value: QPointF) -> float:
        """Width of an entry's words."""
        if entry.value:
            return value.x() - key.x() + self._advance * len(entry.value)
        return min(self._key_width(entry), self.width() - PADDING - key.x())

    def _layer_at(self, at: QPoint) -> str:
        return next((layer for layer, area in self.layer_areas().items() if area.contains(at)), "")

    def _hover(self, layer: str) -> None:
        if layer != self._hovered:
            self._hovered = layer
            self.setCursor(Qt.CursorShape.PointingHandCursor if layer else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what a click would toggle."""
        self._hover(self._layer_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._hover("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember what was pressed; elsewhere the pane takes the focus as it always does."""
        left = event.button() is Qt.MouseButton.LeftButton
        self._pressed = self._layer_at(event.position().toPoint()) if left else ""
        event.setAccepted(bool(self._pressed))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click is a press and its release on one layer."""
        pressed, self._pressed = self._pressed, ""
        if pressed and self._layer_at(event.position().toPoint()) == pressed:
            self.layer_clicked.emit(pressed)

    @property
    def hovered(self) -> str:
        """The layer under the pointer; empty for none."""
        return self._hovered

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
            width = self._reach(entry, key, value)
            if (entry.tip or entry.layer) and self._room(key, width).contains(floor(x), floor(y)):
                return "\n".join(part for part in (entry.tip, self.toolTip(), _click_tip(entry)) if part)
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
        if self._hovered:
            self._paint_hover(painter)
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

    def _paint_hover(self, painter: QPainter) -> None:
        area = self.layer_areas().get(self._hovered)
        if area is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colors["bg3"])
        painter.drawRoundedRect(area, HOVER_RADIUS, HOVER_RADIUS)

    def _cut(self, text: str, x: float) -> str:
        """Words as far as the row reaches."""
        return self._keys.elidedText(text, Qt.TextElideMode.ElideRight, self.width() - PADDING - x + 1)

    def _room(self, at: QPointF, width: float) -> QRect:
        """What a text covers; a pixel more on either side for what glyphs stick out."""
        number = round((at.y() - self._base) / LINE)
        top, height = (LEGEND // 2 + number * LINE - LINE // 2, LINE) if number else (0, LEGEND)
        return QRect(floor(at.x()) - 1, top, ceil(width) + 3, height)


def _click_tip(entry: Entry) -> str:
    if not entry.layer:
        return ""
    verb = "shows" if entry.value == OFF else "hides"
    return words(f"layer.{entry.layer}", f"A click {verb} {LAYER_NAMES[entry.layer]}")


class LayerButton(QAbstractButton):
    """A layer's switch for screen readers: the legend draws it and takes its clicks."""

    def __init__(self, layer: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.layer = layer
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys toggle layers by their own
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setCheckable(False)

    def tell(self, *, is_on: bool) -> None:
        """Say what it would do."""
        name = f"{LAYER_NAMES[self.layer]}, {'shown' if is_on else 'off'}"
        if name != self.accessibleName():
            self.setAccessibleName(name)
            self.setAccessibleDescription(words(f"layer.{self.layer}"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing: the legend draws its words."""
