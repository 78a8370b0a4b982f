"""The ruler: two points of a chart, the box between them, and what lies inside. Source: ``design.md`` 6."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from cockpit.instants import age_text
from cockpit.instruments import DASH, Instrument
from cockpit.state.views import ChartState
from cockpit.units import Floats
from cockpit.widgets.figures import amount
from cockpit.widgets.plot.composer import Composed
from cockpit.widgets.plot.labels import LABEL_HEIGHT, Labels
from cockpit.widgets.plot.words import points, signed
from cockpit.widgets.theme import Theme

TINT: Final = 0.08  # of the accent over the box
GAP: Final = 8  # logical pixels from the box to its read-out
PAD: Final = 8
LINE: Final = 18


@dataclass(frozen=True, slots=True)
class Ruler:
    """From a bar and price to a bar and price, stored units."""

    bar: int
    price: float
    to_bar: int
    to_price: float

    def turned(self) -> "Ruler":
        """The same box, held at its other corner."""
        return Ruler(self.to_bar, self.to_price, self.bar, self.price)


def read_out(ruler: Ruler, state: ChartState, instrument: Instrument) -> tuple[str, ...]:
    """What lies between the two points: bars and time, ticks and points, volume and delta. Unknown is a dash."""
    first, last = sorted((ruler.bar, ruler.to_bar))
    bars = state.bars[first : last + 1]
    away = ruler.to_price - ruler.price
    apart = abs(ruler.to_bar - ruler.bar)
    opens = state.bars["open_ns"]
    time = age_text(abs(int(opens[ruler.to_bar]) - int(opens[ruler.bar])))
    ticks = away if not instrument.is_index else away / instrument.tick
    sign = "+" if away > 0 else "" if away == 0 else signed(-1.0)[0]
    return (
        f"{apart:,} bar{'' if apart == 1 else 's'} · {time}",
        f"{signed(ticks)} ticks · {sign}{points(away, instrument.unit)} pts",
        f"Vol {_sum(bars['volume'], instrument)} · Δ {_sum(bars['delta'], instrument, plus=True)}",
    )


def _sum(values: Floats, instrument: Instrument, *, plus: bool = False) -> str:
    """The sum of what is known, and how many bars tell nothing."""
    lacking = int(np.isnan(values).sum())
    if lacking == len(values):
        return DASH
    text = amount(instrument, float(np.nansum(values)), plus=plus)
    return text if not lacking else f"{text} ({lacking:,} unknown)"


def paint_ruler(
    painter: QPainter, ruler: Ruler, state: ChartState, composed: Composed, theme: Theme, labels: Labels
) -> None:
    """Draw the box and its read-out over everything; the read-out stays on the plot."""
    picture, instrument = composed.picture, state.head.instrument
    if instrument is None or max(ruler.bar, ruler.to_bar) >= len(state.bars):
        return
    ratio, bands = picture.bands.ratio, picture.bands
    start, end = (
        QPointF((picture.time.centre(bar) + 0.5) / ratio, (picture.price.y(price) + 0.5) / ratio)
        for bar, price in ((ruler.bar, ruler.price), (ruler.to_bar, ruler.to_price))
    )
    box = QRectF(start, end).normalized()
    painter.save()
    painter.setClipRect(QRectF(0, 0, bands.width / ratio, bands.bottom / ratio))
    painter.fillRect(box, theme.color("accent", TINT))
    painter.setPen(theme.color("accent"))
    painter.drawRect(box)
    lines = read_out(ruler, state, instrument)
    width = max(labels.width(line, "axis") for line in lines) + 2 * PAD
    height = LINE * len(lines) + PAD
    left = box.right() + GAP if box.right() + GAP + width <= bands.right / ratio else box.left() - GAP - width
    left = min(max(left, 2.0), bands.right / ratio - width - 2)
    top = min(max(end.y() - height / 2, 2.0), bands.plot_bottom / ratio - height - 2)
    painter.fillRect(QRectF(left, top, width, height), theme.color("bg3"))
    painter.setPen(theme.color("line2"))
    painter.drawRect(QRectF(left, top, width, height))
    for number, line in enumerate(lines):
        row = QRectF(left + PAD, top + PAD / 2 + number * LINE, width - 2 * PAD, LABEL_HEIGHT)
        labels.draw_text(painter, row, line, "axis", "text1")
    painter.restore()
