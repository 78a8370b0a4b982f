"""The pane under the heatmap: what was bought less sold by second as bars, and its running sum as a line."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygonF

from cockpit.instruments import DASH, MINUS, Instrument
from cockpit.state.views import CELL_NS, HeatState, is_old
from cockpit.units import NO_TIME, NS_PER_S, Rows
from cockpit.widgets.heat.places import HeatBands, size_text
from cockpit.widgets.heat.view import HeatScale
from cockpit.widgets.plot.labels import Labels
from cockpit.widgets.theme import PADDING, Theme

HEAD: Final = 18  # logical pixels of the words
FOOT: Final = 6
LEAST_BAR: Final = 2  # logical pixels; where seconds are narrower, several are one bar
SPANS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)  # seconds of a bar
LINE: Final = 1.5


def bar_seconds(scale: HeatScale, ratio: float) -> int:
    """Seconds of a bar at a scale."""
    per_second = (scale.x(NS_PER_S) - scale.x(0)) / ratio
    return next((span for span in SPANS if span * per_second >= LEAST_BAR), SPANS[-1])


def signed_text(instrument: Instrument, lots: int) -> str:
    """A size with its sign, as sizes are written."""
    return f"{MINUS if lots < 0 else ''}{size_text(instrument, abs(lots))}"


def span_words(seconds: int) -> str:
    """``delta per second``, ``delta per 5 s``, ``delta per 2 min``."""
    if seconds == 1:
        return "delta per second"
    return f"delta per {seconds} s" if seconds < 60 else f"delta per {seconds // 60} min"


def bars_in(rows: Rows, scale: HeatScale, seconds: int) -> tuple[np.ndarray, np.ndarray]:
    """Begin and delta of the bars in view, int64 (n,) each.

    Args:
        rows: SECOND, ascending.
        seconds: Of a bar, counted from the beginning of time: bars do not change while the map moves.
    """
    span = seconds * NS_PER_S
    clocks = rows["clock_ns"]
    first = int(np.searchsorted(clocks, scale.instant(0) // span * span))
    last = int(np.searchsorted(clocks, scale.instant(scale.columns)))
    if first >= last:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    begins = clocks[first:last] // span * span
    starts = np.flatnonzero(np.append(True, begins[1:] != begins[:-1]))
    return begins[starts], np.add.reduceat(rows["delta"][first:last], starts)


class DeltaPane:
    """Paints it; the caller keeps the picture until it is made of something else."""

    def __init__(self, theme: Theme, labels: Labels) -> None:
        self._theme, self._labels = theme, labels

    def paint(self, painter: QPainter, state: HeatState, scale: HeatScale, bands: HeatBands, ratio: float) -> None:
        """Bars, line, gaps, words, in the coordinates of the heatmap's pane."""
        theme, rows, old = self._theme, state.deltas, is_old(state.head.freshness)
        instrument = state.head.instrument
        assert instrument is not None  # the pane has something to show
        area = QRectF(0, bands.bottom, bands.plot, bands.delta)
        painter.fillRect(QRectF(0, area.top(), bands.width, 1), theme.color("line"))
        painter.save()
        painter.setClipRect(area.adjusted(0, 1, 0, 0))
        seconds = bar_seconds(scale, ratio)
        self._bars(painter, rows, scale, area, ratio, seconds, old=old)
        low, high, now = self._line(painter, state, scale, area, ratio, old=old)
        self._gaps(painter, state, scale, area, ratio)
        painter.restore()
        painter.fillRect(QRectF(bands.plot, area.top(), 1, area.height()), theme.color("line"))
        self._words(painter, instrument, area, seconds, now, old=old)
        if low is not None and high is not None:
            x = bands.plot + 6
            self._labels.draw(painter, x, area.top() + 11, signed_text(instrument, high), "axis", "text3")
            if low != high:
                self._labels.draw(painter, x, area.bottom() - 10, signed_text(instrument, low), "axis", "text3")

    def _bars(
        self,
        painter: QPainter,
        rows: Rows,
        scale: HeatScale,
        area: QRectF,
        ratio: float,
        seconds: int,
        *,
        old: bool,
    ) -> None:
        begins, deltas = bars_in(rows, scale, seconds)
        top, room = area.top() + HEAD, area.height() - HEAD - FOOT
        middle = top + room / 2
        painter.fillRect(QRectF(area.left(), round(middle), area.width(), 1), self._theme.color("grid"))
        most = int(np.abs(deltas).max(initial=0))
        if not most:
            return
        wide = max((scale.x(seconds * NS_PER_S) - scale.x(0)) / ratio - 1, 1.0)
        lefts = [round(scale.x(begin)) / ratio for begin in begins.tolist()]
        highs = (np.abs(deltas) * (room / 2 / most)).tolist()
        painter.setPen(Qt.PenStyle.NoPen)
        for is_up, token in ((True, "bid"), (False, "ask")):
            painter.setBrush(self._theme.color("text3" if old else token))
            painter.drawRects(
                [
                    QRectF(left, middle - high if is_up else middle, wide, max(high, 1.0))
                    for left, high, delta in zip(lefts, highs, deltas.tolist(), strict=True)
                    if delta and (delta > 0) is is_up
                ]
            )

    def _line(
        self, painter: QPainter, state: HeatState, scale: HeatScale, area: QRectF, ratio: float, *, old: bool
    ) -> tuple[int | None, int | None, int | None]:
        """The running sum as steps; returns its lowest, highest and last value in view, None before the first."""
        rows = state.deltas
        clocks, now = rows["clock_ns"], state.now_ns or 0
        first = max(int(np.searchsorted(clocks, scale.instant(0), side="right")) - 1, 0)
        last = int(np.searchsorted(clocks, min(scale.instant(scale.columns), now), side="right"))
        if first >= last:
            return None, None, None
        xs, values = _thinned(clocks[first:last], rows["cvd"][first:last], scale)
        low, high = int(values.min()), int(values.max())
        room, bottom = area.height() - HEAD - FOOT, area.bottom() - FOOT
        ys = bottom - (values - low) * (room / (high - low)) if high > low else values * 0.0 + bottom - room / 2
        points, before = list[QPointF](), float(ys[0])
        for x, y in zip((xs / ratio).tolist(), ys.tolist(), strict=True):
            points.extend((QPointF(x, before), QPointF(x, y)))
            before = y
        points.append(QPointF(min(scale.x(now) / ratio, area.right()), before))
        painter.setPen(QPen(self._theme.color("text3" if old else "accent"), LINE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        return low, high, int(values[-1])

    def _gaps(self, painter: QPainter, state: HeatState, scale: HeatScale, area: QRectF, ratio: float) -> None:
        """What is not known hides bars and line, as on the map."""
        theme = self._theme
        for since, until in state.heat.gaps:
            left = scale.x(since) / ratio
            right = scale.x(int(state.now_ns or 0) if until == NO_TIME else until) / ratio
            right = max(right, left + 4)
            if right < 0 or left > area.right():
                continue
            box = QRectF(left, area.top(), right - left, area.height())
            painter.fillRect(box, theme.color("bg1"))
            painter.fillRect(box, QBrush(theme.color("text3", 0.4), Qt.BrushStyle.BDiagPattern))
            pen = QPen(theme.color("resync"))
            pen.setCosmetic(True)
            pen.setDashPattern([4, 4])
            painter.setPen(pen)
            for x in (left, right):
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _words(
        self, painter: QPainter, instrument: Instrument, area: QRectF, seconds: int, now: int | None, *, old: bool
    ) -> None:
        labels, middle = self._labels, area.top() + 10
        value = DASH if now is None else signed_text(instrument, now)
        x = float(PADDING)
        for text, role, token, after in (
            ("CVD", "label", "text3", 5), (value, "axis", "text3" if old else "text1", 12),
            (span_words(seconds), "label", "text3", 0),
        ):  # fmt: skip
            labels.draw(painter, x, middle, text, role, token)
            x += labels.width(text, role) + after


def _thinned(clocks: np.ndarray, values: np.ndarray, scale: HeatScale) -> tuple[np.ndarray, np.ndarray]:
    """Pixel and value of the steps; of several within a pixel the last one, and their extremes before it."""
    xs = np.floor(clocks / CELL_NS * (scale.pixels / scale.cells)) - scale.start
    xs = np.maximum(xs, 0.0)
    starts = np.flatnonzero(np.append(True, xs[1:] != xs[:-1]))
    if len(starts) == len(xs):
        return xs, values
    lows, highs = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    ends = np.append(starts[1:], len(values)) - 1
    return np.repeat(xs[starts], 3), np.stack([lows, highs, values[ends]], axis=1).reshape(-1)
