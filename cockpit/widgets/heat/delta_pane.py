"""The pane under the heatmap: what was bought less sold by second as bars, and its running sum as a line."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPen

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
        theme, old = self._theme, is_old(state.head.freshness)
        instrument = state.head.instrument
        assert instrument is not None  # the pane has something to show
        area = QRectF(0, bands.bottom, bands.plot, bands.delta)
        seconds = bar_seconds(scale, ratio)
        image, found = self._compose(state, scale, (round(bands.delta * ratio), scale.columns), ratio, seconds)
        image.setDevicePixelRatio(ratio)
        painter.save()
        painter.setClipRect(area)
        painter.drawImage(area.topLeft(), image)
        self._gaps(painter, state, scale, area, ratio)
        painter.restore()
        painter.fillRect(QRectF(0, area.top(), bands.width, 1), theme.color("line"))
        painter.fillRect(QRectF(bands.plot, area.top(), 1, area.height()), theme.color("line"))
        low, high, now = found or (None, None, None)
        self._words(painter, instrument, area, seconds, now, old=old)
        if low is not None and high is not None:
            x = bands.plot + 6
            self._labels.draw(painter, x, area.top() + 11, signed_text(instrument, high), "axis", "text3")
            if low != high:
                self._labels.draw(painter, x, area.bottom() - 10, signed_text(instrument, low), "axis", "text3")

    def _compose(
        self, state: HeatState, scale: HeatScale, shape: tuple[int, int], ratio: float, seconds: int
    ) -> tuple[QImage, tuple[int, int, int] | None]:
        """The picture of bars and line, and the lowest, highest and last value in view; None before the first."""
        from cockpit.widgets.heat import kernels  # noqa: PLC0415  numba loads at the first draw
        from cockpit.widgets.heat.delta_kernels import upright_bars  # noqa: PLC0415

        theme, old, rows = self._theme, is_old(state.head.freshness), state.deltas
        px = np.full(shape, theme.argb("bg1"), np.uint32)
        top, room = round(HEAD * ratio), shape[0] - round((HEAD + FOOT) * ratio)
        middle = top + room // 2
        px[middle] = theme.argb("grid")
        begins, deltas = bars_in(rows, scale, seconds)
        most = int(np.abs(deltas).max(initial=0))
        if most:
            per_ns = scale.pixels / scale.cells / CELL_NS
            lefts = np.rint(begins * per_ns).astype(np.int64) - scale.start
            wide = max(round(seconds * NS_PER_S * per_ns) - max(round(ratio), 1), 1)
            highs = np.rint(deltas * (room / 2 / most)).astype(np.int64)
            highs = np.where(highs == 0, np.sign(deltas), highs)
            up, down = (theme.argb("text3" if old else token) for token in ("bid", "ask"))
            upright_bars(px, lefts, highs, wide, middle, up, down)
        image = QImage(px.data, shape[1], shape[0], px.strides[0], QImage.Format.Format_RGB32)
        clocks, now = rows["clock_ns"], state.now_ns or 0
        first = max(int(np.searchsorted(clocks, scale.instant(0), side="right")) - 1, 0)
        last = int(np.searchsorted(clocks, min(scale.instant(scale.columns), now), side="right"))
        if first >= last:
            return image.copy(), None
        values = rows["cvd"][first:last].copy()
        low, high = int(values.min()), int(values.max())
        per_lot = room / (high - low) if high > low else 1.0
        above = high + 0.5 + (top if high > low else middle) / per_lot  # value at the upper border of the picture
        kernels.steps_of(
            px, clocks[first:last] - _instant_of(scale), values, now - _instant_of(scale),
            scale.pixels / scale.cells / CELL_NS, above, per_lot, max(round(LINE * ratio), 1),
            theme.argb("text3" if old else "accent"), 0, shape[1],
        )  # fmt: skip
        return image.copy(), (low, high, int(values[-1]))

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


def _instant_of(scale: HeatScale) -> int:
    """Instant at the left border: from there pixels are counted."""
    return round(scale.start * scale.cells / scale.pixels * CELL_NS)
