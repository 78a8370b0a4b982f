"""The strips right of the heatmap: what rests at its right end, and what was traded in view, price by price."""

from bisect import bisect_left
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from cockpit.state.views import HeatState, is_old
from cockpit.units import Floats, Pixels, Sizes
from cockpit.widgets.heat.places import HeatBands, size_text
from cockpit.widgets.heat.view import HeatScale
from cockpit.widgets.plot.labels import LABEL_HEIGHT, Labels
from cockpit.widgets.theme import Theme

HEAD: Final = 20  # logical pixels of the heading
FILL: Final = 0.62  # of the strip, by the largest size: its number stands outside
PROFILE_FILL: Final = 0.86
LARGE: Final = 0.9  # quantile of the sizes from which a bar is solid and has its number


def grouped_depth(rests: Sizes, scale: HeatScale) -> Sizes:
    """int64 (2, rows of the map), bid and ask in the rows in view, the lowest first, of those by tick."""
    return rests.reshape(2, scale.map_rows, scale.group).sum(axis=2)


def traded_rows(state: HeatState, scale: HeatScale) -> Floats:
    """float64 (3, rows of the map), lots bought, sold and of unknown side in view, the lowest price first."""
    clocks = state.prints["clock_ns"]
    first, last = bisect_left(clocks, scale.instant(0)), bisect_left(clocks, scale.instant(scale.columns))
    part = state.prints[first:last]
    places = (part["price_ticks"] - scale.low_tick) // scale.group
    inside = (places >= 0) & (places < scale.map_rows)
    sides = np.where(part["aggressor"] == ord("B"), 0, np.where(part["aggressor"] == ord("A"), 1, 2))
    at = (sides * scale.map_rows + places)[inside]
    return np.bincount(at, part["size"][inside], 3 * scale.map_rows).reshape(3, -1)


class HeatStrips:
    """Paints both strips."""

    def __init__(self, theme: Theme, labels: Labels) -> None:
        self._theme, self._labels = theme, labels
        self._fonts = {role: theme.font(role) for role in ("axis", "label")}

    def paint(
        self, painter: QPainter, state: HeatState, rests: Sizes, scale: HeatScale, bands: HeatBands, ratio: float
    ) -> None:
        """Both strips, at their places in the pane.

        Args:
            rests: int64 (2, ticks of the map), bid and ask at the right end.
        """
        left, high = bands.plot, bands.bottom - bands.top
        if bands.depth:
            self._depth(painter, state, rests, scale, QRectF(left, bands.top, bands.depth, high), ratio)
            left += bands.depth
        if bands.profile:
            self._profile(painter, state, scale, QRectF(left, bands.top, bands.profile, high), ratio)

    def _middle(self, scale: HeatScale, area: QRectF, row: int, ratio: float) -> float:
        """Middle of a row of the map, logical pixels of the pane."""
        return area.top() + (scale.high - scale.low_tick - (row + 0.5) * scale.group) * scale.per_tick / ratio

    def _bars(
        self, painter: QPainter, scale: HeatScale, area: QRectF, ratio: float, ends: Floats, inks: Pixels
    ) -> None:
        """Bars by row, one beside the other.

        Args:
            ends: float64 (k, rows), right end of each bar, shares of the strip; 0 for none.
            inks: uint32 (k, rows).
        """
        from cockpit.widgets.heat.kernels import bars  # noqa: PLC0415  numba loads at the first draw

        rows, columns = max(round(area.height() * ratio), 1), max(round(area.width() * ratio), 1)
        px = np.full((rows, columns), self._theme.argb("bg1"), np.uint32)
        px[:, : max(round(ratio), 1)] = self._theme.argb("line")
        places = np.rint(ends * columns).astype(np.int64)
        bars(px, places, inks, round(HEAD * ratio), scale.high - scale.low_tick, scale.per_tick, scale.group)
        image = QImage(px.data, columns, rows, px.strides[0], QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(area.topLeft(), image)

    def _inks(self, state: HeatState, tokens: tuple[str, ...], weight: float) -> Pixels:
        old = is_old(state.head.freshness)
        return np.array([[self._theme.mixed("text3" if old else token, weight)] for token in tokens], np.uint32)

    def _depth(
        self, painter: QPainter, state: HeatState, rests: Sizes, scale: HeatScale, area: QRectF, ratio: float
    ) -> None:
        instrument = state.head.instrument
        assert instrument is not None  # the pane has something to show
        sizes = grouped_depth(rests, scale)
        largest = max(int(sizes.max(initial=0)), 1)
        large = float(np.quantile(sizes[sizes > 0], LARGE)) if sizes.any() else 1.0
        faint, solid = (self._inks(state, ("bid", "ask"), weight) for weight in (0.5, 0.9))
        self._bars(painter, scale, area, ratio, FILL * sizes / largest, np.where(sizes >= large, solid, faint))
        painter.setFont(self._fonts["axis"])
        painter.setPen(self._theme.color("text2"))
        last = area.top() + HEAD - LABEL_HEIGHT / 2
        for row in np.flatnonzero((sizes >= large).any(axis=0))[::-1].tolist():
            middle = self._middle(scale, area, row, ratio)
            if last + LABEL_HEIGHT - 2 <= middle <= area.bottom() - LABEL_HEIGHT / 2:
                size = int(sizes[:, row].max())
                at = QPointF(area.left() + FILL * area.width() * size / largest + 5, middle + 4)
                painter.drawText(at, size_text(instrument, size))
                last = middle
        is_now = scale.x(state.now_ns or 0) <= scale.columns
        self._heading(painter, area, "Depth now" if is_now else "Depth then")

    def _profile(self, painter: QPainter, state: HeatState, scale: HeatScale, area: QRectF, ratio: float) -> None:
        instrument, theme = state.head.instrument, self._theme
        assert instrument is not None  # as in ``_depth``
        rows = traded_rows(state, scale)
        sums = rows.sum(axis=0)
        ends = PROFILE_FILL * np.cumsum(rows, axis=0) / max(float(sums.max(initial=0.0)), 1.0)
        inks = np.broadcast_to(self._inks(state, ("bid", "ask", "text3"), 0.72), rows.shape)
        self._bars(painter, scale, area, ratio, ends, np.ascontiguousarray(inks))
        if sums.any():
            row = int(np.argmax(sums))
            y = self._middle(scale, area, row, ratio)
            painter.fillRect(QRectF(area.left(), y, area.width(), 1), theme.color("accent"))
            tick = scale.low_tick + row * scale.group + (scale.group - 1) // 2
            text = f"POC {instrument.format(tick)}"
            width = self._labels.width(text, "axis")
            base = y - LABEL_HEIGHT if y - LABEL_HEIGHT > area.top() + HEAD else y + 2
            spot = QRectF(area.right() - width - 5, base, width, LABEL_HEIGHT)
            painter.fillRect(spot.adjusted(-2, 0, 2, 0), theme.color("bg1", 0.75))
            self._labels.draw_text(painter, spot, text, "axis", "text1")
        self._heading(painter, area, "Vol, visible")

    def _heading(self, painter: QPainter, area: QRectF, text: str) -> None:
        painter.setFont(self._fonts["label"])
        painter.setPen(self._theme.color("text3"))
        painter.drawText(QPointF(area.left() + 7, area.top() + HEAD / 2 + 4), text)
