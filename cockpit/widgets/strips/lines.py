"""Where the line of a strip lies, and which of its moments is under the pointer. No colours, no words."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from cockpit.state.views import Strip, StripLine

FLAT: Final = 1e-12  # a range below it is one value: its line lies in the middle


def bounds(strip: Strip) -> tuple[float, float]:
    """Lowest and highest value of all its lines; (0, 0) without any."""
    every = [line.values for line in strip.lines if len(line.values)]
    if not every:
        return 0.0, 0.0
    return float(min(values.min() for values in every)), float(max(values.max() for values in every))


def place(area: QRectF, low: float, high: float, share: float, value: float) -> QPointF:
    """Where a value at a share (0..1) of the span lies."""
    up = 0.5 if high - low <= FLAT else (value - low) / (high - low)
    return QPointF(area.left() + share * area.width(), area.bottom() - up * area.height())


def path(line: StripLine, area: QRectF, low: float, high: float, now_ns: int, span_ns: int) -> QPainterPath:
    """The line in its area; broken where it begins anew, a dot's width where a value stands alone."""
    drawn = QPainterPath()
    shares = 1.0 - (now_ns - line.clocks) / span_ns
    for share, value, begins in zip(shares.tolist(), line.values.tolist(), line.begins.tolist(), strict=True):
        at = place(area, low, high, share, value)
        if begins:
            drawn.moveTo(at)
            drawn.lineTo(at + QPointF(0.75, 0))
        else:
            drawn.lineTo(at)
    return drawn


def nearest(line: StripLine, at_ns: int, reach_ns: int) -> int | None:
    """Index of the moment nearest to an instant, no farther than ``reach_ns``; None where nothing is known."""
    if not len(line.clocks):
        return None
    best = int(np.argmin(np.abs(line.clocks - at_ns)))
    return best if abs(int(line.clocks[best]) - at_ns) <= reach_ns else None
