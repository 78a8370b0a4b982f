"""The raster surface: one array of device pixels composed by kernels, shown as a QImage."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import cast

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from cockpit.units import Floats, Pixels
from cockpit.widgets.plot.detail import Detail
from cockpit.widgets.plot.lines import Line
from cockpit.widgets.plot.picture import Picture


def warm() -> None:
    """Load the kernels (numba and its cache): a second once, so that the first draw need not."""
    import_module("cockpit.widgets.plot.layers")


class RasterSurface:
    """Pixels of one pane: closed bars composed once, the forming bar drawn over them and taken back.

    ``pixels`` may be read between calls (by a GL surface, by tests); only this class writes them.
    """

    def __init__(self) -> None:
        self.pixels: Pixels = np.zeros((1, 1), np.uint32)
        self._image = QImage()
        # what lies under the forming bar: left column and a copy of the columns
        self._under: tuple[int, Pixels] | None = None

    @property
    def image(self) -> QImage:
        """The pixels as an image; it shares their memory."""
        return self._image

    def resize(self, columns: int, rows: int, ratio: float) -> bool:
        """Take this size; whether it is another one, and everything has to be composed again."""
        if self.pixels.shape == (rows, columns) and self._image.devicePixelRatio() == ratio:
            return False
        # the array must outlive the image, which only points into it: replace the image first
        pixels = np.zeros((rows, columns), np.uint32)
        self._image = QImage(pixels.data, columns, rows, pixels.strides[0], QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(ratio)
        self.pixels = pixels
        self._under = None
        return True

    def compose(self, picture: Picture, write: Callable[[QPainter], None]) -> None:
        """Draw everything; ``write`` then adds what is written, in logical pixels."""
        from cockpit.widgets.plot.layers import LAYERS  # noqa: PLC0415  numba loads at the first draw

        self._under = None
        for layer in LAYERS:
            layer(self.pixels, picture)
        painter = QPainter(self._image)
        write(painter)
        painter.end()

    def draw_forming(self, picture: Picture, row: Floats, bar: int, lines: Iterable[Line] = ()) -> None:
        """Draw the forming bar ``row`` (1, 8) at index ``bar``, in place of what it looked like before.

        Args:
            lines: The parts of lines that lead to it from the bar before.
        """
        from cockpit.widgets.plot.layers import draw_lines, draw_rows  # noqa: PLC0415  numba loads at the first draw

        self.erase_forming()
        left, right = forming_columns(picture, bar)
        if right > left:
            self._under = left, self.pixels[:, left:right].copy()
            detail = Detail(row, bar, picture.time.slot, picture.time.origin, 1)
            draw_rows(self.pixels, picture, detail, candle_columns(picture, bar)[0])
            draw_lines(self.pixels, picture, lines)

    def erase_forming(self) -> None:
        """Take the forming bar away."""
        if self._under is not None:
            left, columns = self._under
            self.pixels[:, left : left + columns.shape[1]] = columns
            self._under = None

    def paint(self, painter: QPainter, dirty: QRegion) -> None:
        """Show the pixels of a region (logical pixels)."""
        # one rectangle at a time is copied at memory speed; under the whole region as a clip Qt blends spans
        # instead, on several threads, which took 4 times as long for the few strips of a live frame
        for rect in rectangles(dirty):
            painter.setClipRect(rect)
            painter.drawImage(0, 0, self._image)
        painter.setClipping(False)


def rectangles(region: QRegion) -> list[QRect]:
    """The rectangles of a region."""
    return list(cast("Iterable[QRect]", region))  # PySide's stubs do not know that a region can be iterated


def forming_columns(picture: Picture, bar: int) -> tuple[int, int]:
    """Device columns [left, right) the candle of ``bar`` and lines that lead to it may cover, cut to the plot."""
    left, right = candle_columns(picture, bar)
    if picture.lines:
        left = max(min(left, picture.time.centre(bar - 1)), 0)
    return left, right


def candle_columns(picture: Picture, bar: int) -> tuple[int, int]:
    """Device columns [left, right) the candle of ``bar`` may cover with its casing, cut to the plot.

    The casing leaves the candle before it alone: drawn with all the others it would lie under that one.
    """
    half = picture.time.body(picture.bands.ratio) // 2
    centre, casing = picture.time.centre(bar), picture.casing
    left = max(centre - half - casing, 0)
    if casing and bar > 0:
        left = max(left, min(picture.time.centre(bar - 1) + half + 1, centre - half))
    return left, min(centre + half + casing + 1, picture.end)
