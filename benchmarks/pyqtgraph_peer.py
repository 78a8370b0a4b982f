"""The peer of the frame benchmark: a chart as pyqtgraph draws it when it is tuned as far as its own means go.

Candles and volume bars from ``PrimitiveArray`` with brushes only, a wick being a thin rectangle; the newest bar an
item of its own; fixed axis sizes, one level of ticks, no SI prefix, no menus, buttons or antialiasing. The last
price and the crosshair carry pyqtgraph's own line labels, and the legend is one plain text item. It has no tags on
the axes, no colours in the legend and no session lines, so it draws a little less than ours.
"""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsSimpleTextItem

from cockpit.state.views import ChartState
from cockpit.units import Rows
from cockpit.widgets.theme import PRICE_AXIS, TIME_AXIS, Theme

BODY = 0.66
WICK = 0.12  # of the slot: a thin rectangle in data coordinates, about a pixel at the benchmark's zoom


class Bars(pg.GraphicsObject):
    """Rectangles of two colours, prepared once per change of data."""

    def __init__(self, theme: Theme, *, volume: bool) -> None:
        super().__init__()
        self._brushes = [pg.mkBrush(theme.color("bid")), pg.mkBrush(theme.color("ask"))]
        self._arrays = [PrimitiveArray(QRectF, 4), PrimitiveArray(QRectF, 4)]
        self._volume = volume
        self._bounds = QRectF()

    def set_rows(self, rows: Rows, first: int) -> None:
        """Prepare the rectangles of these bars, the first of which has index ``first``."""
        x = np.arange(first, first + len(rows)) + 0.5
        rising = rows["close"] >= rows["open"]
        for array, chosen in zip(self._arrays, (rising, ~rising), strict=True):
            parts = self._rectangles(rows[chosen], x[chosen])
            array.resize(len(parts))
            array.ndarray()[:] = parts
        low, high = (0.0, rows["volume"].max()) if self._volume else (rows["low"].min(), rows["high"].max())
        bounds = QRectF(first, low, len(rows), high - low)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.update()

    def _rectangles(self, rows: Rows, x: np.ndarray) -> np.ndarray:
        if self._volume:
            return np.column_stack([x - BODY / 2, np.zeros(len(x)), np.full(len(x), BODY), rows["volume"]])
        base, top = np.minimum(rows["open"], rows["close"]), np.maximum(rows["open"], rows["close"])
        bodies = np.column_stack([x - BODY / 2, base, np.full(len(x), BODY), np.maximum(top - base, 0.2)])
        wicks = np.column_stack([x - WICK / 2, rows["low"], np.full(len(x), WICK), rows["high"] - rows["low"]])
        return np.concatenate([bodies, wicks])

    def paint(self, painter: QPainter, *_: object) -> None:
        """Two calls, one per colour."""
        painter.setPen(Qt.PenStyle.NoPen)
        for brush, array in zip(self._brushes, self._arrays, strict=True):
            painter.setBrush(brush)
            painter.drawRects(*array.drawargs())

    def boundingRect(self) -> QRectF:
        """Where the bars are."""
        return self._bounds


class PeerPane(pg.GraphicsLayoutWidget):
    """Price and volume plots over one time axis, with a last-price line and a crosshair."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setBackground(theme.color("bg1"))
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.ci.layout.setSpacing(0)
        self.prices = self._plot(theme, 0, bottom=False)
        self.volumes = self._plot(theme, 1, bottom=True)
        self.ci.layout.setRowStretchFactor(0, 4)
        self.ci.layout.setRowStretchFactor(1, 1)
        self.volumes.setXLink(self.prices)
        self._closed = [Bars(theme, volume=False), Bars(theme, volume=True)]
        self._forming = [Bars(theme, volume=False), Bars(theme, volume=True)]
        label = {"label": "{value:,.2f}", "labelOpts": {"position": 0.95, "color": theme.color("text1")}}
        self._last = pg.InfiniteLine(angle=0, pen=pg.mkPen(theme.color("accent"), width=1), **label)
        dashed = pg.mkPen(theme.color("text3"), width=1, style=Qt.PenStyle.DashLine)
        self.cross = [pg.InfiniteLine(angle=angle, pen=dashed, **label) for angle in (90, 0)]
        self._legend = QGraphicsSimpleTextItem()
        self._legend.setFont(theme.font("axis"))
        self._legend.setBrush(theme.color("text1"))
        self.scene().addItem(self._legend)
        for item in (self._closed[0], self._forming[0], self._last, *self.cross):
            self.prices.addItem(item, ignoreBounds=True)
        self._below = pg.InfiniteLine(angle=90, pen=dashed)
        for item in (self._closed[1], self._forming[1], self._below):
            self.volumes.addItem(item, ignoreBounds=True)
        self._shown = -1
        self._state: ChartState | None = None

    def _plot(self, theme: Theme, row: int, *, bottom: bool) -> pg.PlotItem:
        plot = self.addPlot(row, 0, enableMenu=False)
        plot.hideButtons()
        plot.disableAutoRange()
        plot.hideAxis("left")
        plot.showAxis("right")
        plot.showAxis("bottom", bottom)
        for name in ("right", "bottom"):
            axis = plot.getAxis(name)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(maxTickLevel=0, autoExpandTextSpace=False, tickFont=theme.font("axis"))
            axis.setTextPen(theme.color("text2"))
        plot.getAxis("right").setWidth(PRICE_AXIS)
        plot.getAxis("bottom").setHeight(TIME_AXIS if bottom else 0)
        plot.showGrid(x=True, y=True, alpha=0.1)
        return plot

    def draw(self, state: ChartState) -> None:
        """Show the state: closed bars when there are more of them, the forming one always."""
        self._state = state
        closed = len(state.bars) - 1
        if closed != self._shown:
            self._shown = closed
            for item in self._closed:
                item.set_rows(state.bars[:closed], 0)
        for item in self._forming:
            item.set_rows(state.bars[closed:], closed)
        self._last.setValue(state.last)
        _, _, *prices, volume, delta = state.bars[-1].tolist()
        names = ("O", "H", "L", "C")
        said = "  ".join(f"{name} {price:,.2f}" for name, price in zip(names, prices, strict=True))
        self._legend.setText(f"{said}  Vol {volume:,.0f}  {delta:+,.0f}")

    def look(self, right: float, bars: int) -> None:
        """Show ``bars`` bars that end at index ``right``, prices and volume fitted."""
        assert self._state is not None
        rows = self._state.bars[max(int(right) - bars, 0) : int(right) + 1]
        self.prices.setXRange(right - bars, right, padding=0)
        self.prices.setYRange(rows["low"].min(), rows["high"].max(), padding=0.08)
        self.volumes.setYRange(0, rows["volume"].max(), padding=0)

    def point(self, at: QPointF) -> None:
        """The crosshair at a point of the price plot's scene."""
        x, y = self.prices.vb.mapSceneToView(at).toTuple()
        self.cross[0].setValue(x)
        self.cross[1].setValue(y)
        self._below.setValue(x)
