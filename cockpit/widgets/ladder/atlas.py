"""Coverage of the few glyphs a ladder writes, baked once per font and pixel ratio by Qt itself.

Kernels write numbers from it at memory speed and the figures still look as QPainter's do
(``rendering.md`` 3, "Ladder": 0.17 ms for 180 numbers against 0.3 ms and more by ``drawText``).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

GLYPHS: Final = "0123456789,.'-\N{MINUS SIGN}\N{EN DASH}+ kM"
COMMA: Final = GLYPHS.index(",")
POINT, KILO, MEGA = (GLYPHS.index(glyph) for glyph in ".kM")
SPACE: Final = GLYPHS.index(" ")
_CODES: Final = {glyph: code for code, glyph in enumerate(GLYPHS)}


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """Glyph pictures of one face at one pixel ratio.

    Attributes:
        coverage: uint8 (glyphs, height, width), 0-255.
        advance: Device pixels from one glyph to the next (whole: figures do not jitter).
        ascent: Device pixels from the top of a cell to the base line.
    """

    coverage: NDArray[np.uint8]
    advance: int
    ascent: int

    @property
    def height(self) -> int:
        """Cell height in device pixels."""
        return int(self.coverage.shape[1])


def bake(font: QFont, ratio: float) -> Atlas:
    """Draw every glyph of GLYPHS with ``font`` at a device pixel ratio."""
    scaled = QFont(font)
    scaled.setPixelSize(max(1, round(font.pixelSize() * ratio)))
    metrics = QFontMetricsF(scaled)
    advance = max(1, round(metrics.horizontalAdvance("0")))
    ascent, height = round(metrics.ascent()), round(metrics.ascent() + metrics.descent())
    coverage = np.zeros((len(GLYPHS), height, advance), np.uint8)
    for code, glyph in enumerate(GLYPHS):
        image = QImage(advance, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(QColor(0, 0, 0, 0))
        painter = QPainter(image)
        painter.setFont(scaled)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(QPointF((advance - metrics.horizontalAdvance(glyph)) / 2, ascent), glyph)
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height, -1)[:, :advance]
        coverage[code] = (pixels >> np.uint32(24)).astype(np.uint8)
    return Atlas(coverage, advance, ascent)


def codes(text: str, width: int) -> NDArray[np.int8]:
    """Glyph codes of a text, right-aligned in int8 (width,), blanks left; unknown characters are blanks."""
    out = np.full(width, SPACE, np.int8)
    shown = text[-width:]
    out[width - len(shown) :] = [_CODES.get(glyph, SPACE) for glyph in shown]
    return out
