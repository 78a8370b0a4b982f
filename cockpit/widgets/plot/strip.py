"""The volume profile beside the price axis: bars by price and side, value area, point of control.

It changes with every print while the newest bar is in view, so it is no part of the composed pixels: an image of
its own, see-through between the bars, made again only when the profile or the price scale is another.
Source: ``design.md`` 7 (liquidity heatmap), ``book.png``.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from cockpit.instruments import Instrument
from cockpit.state.views import Freshness, ProfileState
from cockpit.units import Floats, Pixels, Ticks
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.inks import HATCHED, STRENGTH
from cockpit.widgets.plot.labels import LABEL_HEIGHT, Labels
from cockpit.widgets.plot.scale import PriceScale
from cockpit.widgets.theme import Theme

LEAST_ROW: Final = 3  # logical pixels of a bar; prices finer than this share one
GAP_FROM: Final = 4  # device pixels of a bar, from which one is left free above the next
FILL: Final = 0.86  # of the strip, by the largest bar
INSIDE, OUTSIDE = 0.72, 0.34  # opacity within and beside the value area
HEAD: Final = 20  # logical pixels of the heading
INSET: Final = 6
EDGE: Final = 8  # logical pixels of the marks at the ends of the value area
SCOPE_HEADS: Final = {"visible": "Vol, visible", "session": "Vol, session"}


@dataclass(frozen=True, slots=True)
class _Made:
    """What an image was made of."""

    version: int
    price: PriceScale
    columns: int
    ratio: float
    freshness: Freshness | None


def grouped(profile: ProfileState, price: PriceScale, least: int) -> tuple[Ticks, Floats]:
    """Bars of the profile on a price scale.

    Args:
        least: Device rows a bar takes at least: levels finer than that share one.

    Returns:
        int64 (k + 1,), prices in ticks between the bars, ascending; float64 (3, k), contracts bought, sold and of
        unknown side.
    """
    step = max(ceil(least / (price.per_unit * profile.step)), 1) * profile.step
    places = (profile.low + np.arange(len(profile.buys)) * profile.step) // step
    first, count = int(places[0]), int(places[-1] - places[0]) + 1
    sums = np.array(
        [np.bincount(places - first, side, count) for side in (profile.buys, profile.sells, profile.unsided)]
    )
    return (first + np.arange(count + 1)) * step, sums


class ProfileStrip:
    """Paints the profile of one pane and keeps its image."""

    def __init__(self, theme: Theme, labels: Labels) -> None:
        self._theme, self._labels = theme, labels
        self._made: _Made | None = None
        self._pixels: Pixels = np.zeros((1, 1), np.uint32)
        self._image = QImage()

    @staticmethod
    def rect(bands: Bands) -> QRectF:
        """Where it is, in logical pixels; empty without one."""
        left = (bands.width - bands.traded) / bands.ratio
        return QRectF(left, 0, bands.traded / bands.ratio, bands.plot_bottom / bands.ratio)

    def paint(
        self,
        painter: QPainter,
        profile: ProfileState,
        bands: Bands,
        price: PriceScale,
        instrument: Instrument,
        freshness: Freshness | None,
    ) -> None:
        """Draw it over the composed pixels."""
        area = self.rect(bands)
        heading = SCOPE_HEADS.get(profile.scope, profile.scope)
        if profile.read < 1:
            heading = f"{profile.read * 100:.0f} % read"
        if profile.poc is not None and profile.value is not None:
            made = _Made(profile.version, price, bands.traded, bands.ratio, freshness)
            if made != self._made:
                self._compose(profile, bands, price, freshness)
                self._made = made
            painter.drawImage(area.topLeft(), self._image)
            self._mark(painter, area, profile.poc, profile.value, bands, price, instrument)
        self._labels.draw(painter, area.left() + INSET, HEAD / 2, heading, "label", "text3")

    def _compose(self, profile: ProfileState, bands: Bands, price: PriceScale, freshness: Freshness | None) -> None:
        from cockpit.widgets.plot.kernels import fill  # noqa: PLC0415  numba loads at the first draw

        theme, ratio = self._theme, bands.ratio
        # the array must outlive the image, which only points into it: replace the image first
        pixels = np.zeros((bands.plot_bottom, bands.traded), np.uint32)
        shape, form = (bands.traded, bands.plot_bottom), QImage.Format.Format_ARGB32_Premultiplied
        self._image = QImage(pixels.data, *shape, pixels.strides[0], form)
        self._image.setDevicePixelRatio(ratio)
        self._pixels = pixels
        edges, sums = grouped(profile, price, round(LEAST_ROW * ratio))
        rows = price.ys(edges.astype(np.float64) - 0.5)
        largest = sums.sum(axis=0).max()
        if not largest > 0:
            return
        low, high = profile.value or (0.0, 0.0)
        strength = 1.0 if freshness is None else STRENGTH[freshness]
        tokens = ("text2", "text3", "text3") if freshness in HATCHED else ("bid", "ask", "text3")
        inks = [[theme.mixed(token, weight * strength) for token in tokens] for weight in (INSIDE, OUTSIDE)]
        ends = np.rint(np.cumsum(sums, axis=0) * (bands.traded * FILL / largest)).astype(np.int64) + 1
        for bar in range(sums.shape[1]):
            base, top = int(rows[bar]), int(rows[bar + 1])
            if base < 0 or top >= bands.plot_bottom:
                continue
            top += 1 if base - top >= GAP_FROM else 0
            is_inside = edges[bar + 1] > low and edges[bar] <= high
            left = 1
            for side in range(3):
                right = int(ends[side, bar])
                if right > left:
                    fill(pixels, left, max(top, 0), right, max(base, top + 1), inks[0 if is_inside else 1][side])
                    left = right

    def _mark(
        self,
        painter: QPainter,
        area: QRectF,
        poc: float,
        value: tuple[float, float],
        bands: Bands,
        price: PriceScale,
        instrument: Instrument,
    ) -> None:
        """The point of control as a line with its price, the ends of the value area as short ones."""
        hair = 1 / bands.ratio
        for end in value:
            row = price.y(end)
            if 0 <= row < bands.plot_bottom:
                mark = QRectF(area.left(), row / bands.ratio, EDGE, hair)
                painter.fillRect(mark, self._theme.color("text2"))
        row = price.y(poc)
        if not 0 <= row < bands.plot_bottom:
            return
        y = row / bands.ratio
        painter.fillRect(QRectF(area.left(), y, area.width(), hair), self._theme.color("accent"))
        text = f"POC {instrument.format(poc)}"
        if self._labels.width(text, "axis") + 2 * INSET > area.width():
            text = instrument.format(poc)
        width = self._labels.width(text, "axis")
        top = y - LABEL_HEIGHT if y - LABEL_HEIGHT >= HEAD else y + 2
        box = QRectF(area.right() - width - INSET, top, width, LABEL_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(box.adjusted(-2, 1, 2, -1), self._theme.color("bg1", 0.7))
        self._labels.draw_text(painter, box, text, "axis", "text1")
