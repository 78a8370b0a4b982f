"""Marks of detectors on the heatmap: a square on the spot, a leader, a label; labels that collide become one.

Where labels lie is a function of (marks, scale without its end), in pixels from the beginning of time: a new column
moves all of them and places none anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from cockpit.state.heat_marks import HeatMark
from cockpit.widgets.heat.places import HeatBands
from cockpit.widgets.heat.view import HeatScale
from cockpit.widgets.plot.labels import PADDING, TAG_HEIGHT, Labels
from cockpit.widgets.theme import Theme

SQUARE: Final = 9  # logical pixels (design.md 7)
FRAME: Final = 2
LIFT: Final = 22  # from the spot to the nearer edge of its label
LIFTS: Final = (1.0, 2.2, -1.0)  # where a label is tried: on its side, farther, on the other side
GAP: Final = 3  # between labels
MOST_PICTURES: Final = 256
LOOK_BACK: Final = 32  # labels before one that it may collide with


@dataclass(frozen=True, slots=True)
class Group:
    """Marks with one label. Logical pixels, x from the beginning of time, y from the top of the map.

    Attributes:
        box: Of the label.
        text: Its words.
        token: Its hue.
        spots: x and y of the squares.
        marks: Of each.
    """

    box: QRectF
    text: str
    token: str
    spots: tuple[tuple[float, float], ...]
    marks: tuple[HeatMark, ...]

    def joined(self, spot: tuple[float, float], mark: HeatMark) -> "Group":
        """With one more."""
        marks = (*self.marks, mark)
        token = self.token if _token(mark) == self.token else "text1"
        return replace(self, text=f"{len(marks)} marks", token=token, spots=(*self.spots, spot), marks=marks)


def _token(mark: HeatMark) -> str:
    return "bid" if mark.is_bid else "ask"


def grouped(
    spots: Sequence[tuple[float, float]], marks: Sequence[HeatMark], widths: Sequence[float], height: float
) -> tuple[Group, ...]:
    """Labels beside their spots, none over another.

    Args:
        spots, marks: In time order; x and y of each mark.
        widths: Of its label, and enough for that of several.
        height: Of the map: labels stay on it.
    """
    groups: list[Group] = []
    for spot, mark, width in zip(spots, marks, widths, strict=True):
        tried = [_box(spot, mark, width, height, lift) for lift in LIFTS]
        near = range(max(len(groups) - LOOK_BACK, 0), len(groups))
        hit = [next((at for at in near if groups[at].box.intersects(_roomy(box))), None) for box in tried]
        free = next((box for box, at in zip(tried, hit, strict=True) if at is None), None)
        if free is not None or hit[0] is None:
            groups.append(Group(free or tried[0], mark.label, _token(mark), (spot,), (mark,)))
        else:
            groups[hit[0]] = groups[hit[0]].joined(spot, mark)
    return tuple(groups)


def _roomy(box: QRectF) -> QRectF:
    return box.adjusted(-GAP, -GAP, GAP, GAP)


def _box(spot: tuple[float, float], mark: HeatMark, width: float, height: float, lift: float) -> QRectF:
    """Bids have their label below, asks above: away from the touch."""
    up = (-1.0 if mark.is_bid else 1.0) * lift
    top = spot[1] - LIFT * up - TAG_HEIGHT if up > 0 else spot[1] - LIFT * up
    return QRectF(spot[0] - width / 2, min(max(top, 2.0), height - TAG_HEIGHT - 2), width, TAG_HEIGHT)


class HeatMarks:
    """Paints the marks of one pane, and knows which one is where."""

    def __init__(self, theme: Theme, labels: Labels) -> None:
        self._theme, self._labels = theme, labels
        self._made: object = None
        self._groups: tuple[Group, ...] = ()
        self._hits: list[tuple[QRectF, tuple[HeatMark, ...]]] = []  # of what is drawn, in the pane's pixels
        self._shown: tuple[str, ...] = ()
        self._ratio = 1.0
        self._pictures: dict[tuple[str, str, float], QPixmap] = {}

    @property
    def shown(self) -> tuple[str, ...]:
        """The labels in view."""
        return self._shown

    def at(self, spot: QPointF) -> tuple[HeatMark, ...]:
        """The marks under a place of the pane: of a square, or of a label."""
        return next((marks for box, marks in self._hits if box.contains(spot)), ())

    def clear(self) -> None:
        """Nothing is drawn any more."""
        self._hits, self._shown = [], ()

    def paint(
        self, painter: QPainter, marks: tuple[HeatMark, ...], scale: HeatScale, bands: HeatBands, ratio: float,
        *, grey: bool,
    ) -> None:  # fmt: skip
        """Draw those in view.

        Args:
            marks: Ascending in time.
            grey: Whether the map is old: hues are for what is current.
        """
        self.clear()
        if not marks:
            return
        self._labels.set_ratio(ratio)
        self._ratio = ratio
        groups = self._placed(marks, scale, bands, ratio)
        painter.save()
        painter.setClipRect(QRectF(0, bands.top, bands.plot, bands.bottom - bands.top))
        left, shown = scale.start / ratio, list[str]()
        seen = [
            (group, inside)
            for group in groups
            if (inside := [at for at, (x, _) in enumerate(group.spots) if 0 <= x - left < bands.plot])
        ]
        self._squares(painter, seen, left, bands, grey=grey)
        for group, _ in seen:
            shown.append(self._label(painter, group, left, bands, grey=grey))
        painter.restore()
        self._shown = tuple(shown)

    def _placed(
        self, marks: tuple[HeatMark, ...], scale: HeatScale, bands: HeatBands, ratio: float
    ) -> tuple[Group, ...]:
        """The labels around the view; anew only for other marks, another scale, or a screen further on."""
        screen = scale.start // scale.columns
        made = (marks, replace(scale, end=0), bands.top, bands.bottom, ratio, screen)
        if made != self._made:
            self._made = made
            first, last = (screen - 1) * scale.columns, (screen + 3) * scale.columns
            height, spots, kept = bands.bottom - bands.top, list[tuple[float, float]](), list[HeatMark]()
            for mark in marks:
                x, y = scale.x(mark.clock_ns) + scale.start, scale.y(mark.ticks)
                if first <= x < last and 0 <= y < scale.rows:
                    spots.append((x / ratio, y / ratio))
                    kept.append(mark)
            least = self._labels.width("99 marks", "axis")
            widths = [max(self._labels.width(mark.label, "axis"), least) + 2 * PADDING for mark in kept]
            self._groups = tuple(self._fitted(group) for group in grouped(spots, kept, widths, height))
        return self._groups

    def _fitted(self, group: Group) -> Group:
        """With a box as wide as its words, where there was room for longer ones."""
        width = self._labels.width(group.text, "axis") + 2 * PADDING
        box = group.box
        return replace(group, box=QRectF(box.center().x() - width / 2, box.top(), width, box.height()))

    @staticmethod
    def _on_map(box: QRectF, left: float, bands: HeatBands) -> QRectF:
        """A box in the pane's pixels, whole while its squares are in view."""
        box = box.translated(-left, bands.top)
        box.moveLeft(min(max(box.left(), 2.0), max(bands.plot - box.width() - 2, 2.0)))
        return box

    def _squares(
        self, painter: QPainter, seen: list[tuple[Group, list[int]]], left: float, bands: HeatBands, *, grey: bool
    ) -> None:
        """The squares of the groups and the lines to their labels; few calls, whatever their number."""
        squares: dict[str, list[QRectF]] = {}
        lines: dict[str, list[QLineF]] = {}
        for group, inside in seen:
            box = self._on_map(group.box, left, bands)
            for at in inside:
                mark, (x, y) = group.marks[at], group.spots[at]
                x, y = x - left, y + bands.top
                token = "text2" if grey else _token(mark)
                end = box.top() if y < box.top() else box.bottom()
                near = min(max(x, box.left() + 4), box.right() - 4)
                lines.setdefault(token, []).append(QLineF(x, y, near, end))
                square = QRectF(x - SQUARE / 2, y - SQUARE / 2, SQUARE, SQUARE)
                squares.setdefault(token, []).append(square)
                self._hits.append((square, (mark,)))
        painter.setBrush(self._theme.color("bg0"))
        for token, boxes in squares.items():
            color = self._theme.color(token)
            painter.setPen(QPen(color, 1))
            painter.drawLines(lines[token])
            pen = QPen(color, FRAME)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRects([box.adjusted(FRAME / 2, FRAME / 2, -FRAME / 2, -FRAME / 2) for box in boxes])

    def _label(self, painter: QPainter, group: Group, left: float, bands: HeatBands, *, grey: bool) -> str:
        box = self._on_map(group.box, left, bands)
        token = "text2" if grey else group.token
        painter.drawPixmap(QPointF(round(box.x()), round(box.y())), self._picture(group.text, token, box))
        self._hits.insert(0, (box, group.marks))
        return group.text

    def _picture(self, text: str, token: str, box: QRectF) -> QPixmap:
        """A label as it is shown; painting words costs ten times as much as showing them again."""
        key = (text, token, self._ratio)
        picture = self._pictures.get(key)
        if picture is None:
            if len(self._pictures) >= MOST_PICTURES:
                self._pictures.clear()
            at = QRectF(0, 0, ceil(box.width()), box.height())
            picture = QPixmap(round(at.width() * self._ratio), round(at.height() * self._ratio))
            picture.setDevicePixelRatio(self._ratio)
            picture.fill(self._theme.color("bg1"))
            painter = QPainter(picture)
            self._labels.draw_tag(painter, at, text, token, token, hollow=True, role="axis")
            painter.end()
            self._pictures[key] = picture
        return picture
