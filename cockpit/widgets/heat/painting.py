"""What ``QPainter`` draws around the composed map: axes, depth now, volume profile, words."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPixmap

from cockpit.instants import eastern
from cockpit.instruments import Instrument
from cockpit.state.views import Cutoffs, HeatState, is_old
from cockpit.units import NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Sizes
from cockpit.widgets.heat.delta_pane import DeltaPane
from cockpit.widgets.heat.inks import FIRST, LAST
from cockpit.widgets.heat.marks import HeatMarks
from cockpit.widgets.heat.places import HeatBands, size_text, unit_of
from cockpit.widgets.heat.strips import HeatStrips
from cockpit.widgets.heat.view import HeatScale
from cockpit.widgets.plot.labels import LABEL_HEIGHT, TAG_HEIGHT, Labels
from cockpit.widgets.plot.ticks import NEAR_TAG, price_ticks
from cockpit.widgets.theme import LEGEND, PADDING, PRICE_AXIS, TIME_AXIS, Theme

STRIPS_NS: Final = 500_000_000  # of clock between two pictures of the strips
TIME_GAP: Final = 90
ENDS: Final = {"pulled": "put", "eaten": "accent"}  # how a level ended, and the hue of its mark (design.md 2, 7)
RAMP: Final = (140, 10)  # the colour bar
_STEPS: Final = (
    *(step * NS_PER_S for step in (1, 2, 5, 10, 15, 30)),
    *(step * NS_PER_MIN for step in (1, 2, 5, 10, 15, 20, 30)),
    *(step * NS_PER_HOUR for step in (1, 2, 3, 4, 6, 12, 24)),
)


Paint = Callable[[QPainter], None]


def time_marks(scale: HeatScale, ratio: float) -> list[tuple[float, str, bool]]:
    """Round New York times in view: device pixel, text, and whether it is a whole hour."""
    per_px = scale.instant(1) - scale.instant(0)
    wanted = TIME_GAP * ratio * per_px
    step = next((step for step in _STEPS if step >= wanted), _STEPS[-1])
    shift = _offset(scale.instant(0))
    at = -(-(scale.instant(0) + shift) // step) * step
    marks: list[tuple[float, str, bool]] = []
    while (x := scale.x(at - shift)) < scale.columns:
        clock = eastern(at - shift)
        text = f"{clock:%H:%M:%S}" if step < NS_PER_MIN else f"{clock:%H:%M}"
        if clock.hour == clock.minute == clock.second == 0:
            text = f"{clock.day} {clock:%b}"
        marks.append((x, text, clock.minute == clock.second == 0))
        at += step
    return marks


def _offset(ns: int) -> int:
    """New York's distance from UTC, ns."""
    offset = eastern(ns).utcoffset()
    return 0 if offset is None else round(offset.total_seconds()) * NS_PER_S


class HeatPainting:
    """Paints axes, strips and legend of one pane."""

    def __init__(self, theme: Theme) -> None:
        self._theme, self._labels = theme, Labels(theme)
        self._beside = HeatStrips(theme, self._labels)
        self.marks = HeatMarks(theme, self._labels)
        self._under = DeltaPane(theme, self._labels)
        self._fonts = {role: theme.font(role) for role in ("axis", "label")}
        self._parts: dict[str, tuple[object, QPixmap]] = {}
        self._advance = QFontMetricsF(theme.font("axis")).horizontalAdvance("0")

    def axis_width(self, instrument: Instrument | None, tick: float) -> float:
        """Logical pixels of the price axis."""
        chars = 0 if instrument is None else len(instrument.format(tick))
        return max(PRICE_AXIS, ceil(chars * self._advance) + 2 * 8)

    def _kept(
        self,
        painter: QPainter,
        name: str,
        made: object,
        area: QRectF,
        ratio: float,
        paint: Callable[[QPainter], None],
    ) -> None:
        """Show a part of the pane; it is painted anew only when it is made of something else.

        Args:
            made: Everything the picture is a function of.
            area: Where it lies; ``paint`` draws in the pane's coordinates.
        """
        kept = self._parts.get(name)
        if kept is None or kept[0] != (made, area, ratio):
            pixmap = QPixmap(max(round(area.width() * ratio), 1), max(round(area.height() * ratio), 1))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(self._theme.color("bg1"))
            beside = QPainter(pixmap)
            beside.translate(-area.topLeft())
            paint(beside)
            beside.end()
            kept = self._parts[name] = ((made, area, ratio), pixmap)
        painter.drawPixmap(area.topLeft(), kept[1])

    def axes(self, painter: QPainter, state: HeatState, scale: HeatScale, bands: HeatBands, ratio: float) -> None:
        """Prices on the right with a tag of the last one, New York time below."""
        self._labels.set_ratio(ratio)
        area = QRectF(bands.width - bands.axis, bands.top, bands.axis, bands.bottom - bands.top)
        made = (replace(scale, end=0), state.last_tick, state.head.instrument, is_old(state.head.freshness))
        self._kept(painter, "prices", made, area, ratio, lambda to: self._prices(to, state, scale, bands, ratio))
        below = QRectF(0, bands.times, bands.width, bands.height - bands.times)
        self._kept(painter, "times", scale, below, ratio, lambda to: self._times(to, scale, bands, ratio))

    def _prices(
        self, painter: QPainter, state: HeatState, scale: HeatScale, bands: HeatBands, ratio: float
    ) -> None:
        instrument, labels, left = state.head.instrument, self._labels, bands.width - bands.axis
        assert instrument is not None  # the pane has something to show
        height = bands.bottom - bands.top
        painter.fillRect(QRectF(left, bands.top, 1, height), self._theme.color("line"))
        tags = self._tags(state, scale, bands, ratio)
        for tick in price_ticks(instrument, scale.tick_at(scale.rows), scale.tick_at(0), height):
            middle = bands.top + scale.y(tick) / ratio
            is_free = all(abs(middle - at) >= NEAR_TAG for at, *_ in tags)
            if bands.top + LABEL_HEIGHT / 2 <= middle <= bands.bottom - LABEL_HEIGHT / 2 and is_free:
                text = instrument.format(tick)
                labels.draw(painter, bands.width - 6 - labels.width(text), middle, text, "axis", "text2")
        for at, text, ground, token in tags:
            area = QRectF(left + 1, at - TAG_HEIGHT / 2, bands.axis - 3, TAG_HEIGHT)
            labels.draw_tag(painter, area, text, ground, token, hollow=is_old(state.head.freshness))

    def _times(self, painter: QPainter, scale: HeatScale, bands: HeatBands, ratio: float) -> None:
        labels = self._labels
        painter.fillRect(QRectF(0, bands.times, bands.width, 1), self._theme.color("line"))
        for x, text, strong in time_marks(scale, ratio):
            role = "tag" if strong else "axis"
            start = x / ratio - labels.width(text, role) / 2
            if start >= 2 and start + labels.width(text, role) <= bands.plot - 2:
                token = "text1" if strong else "text2"
                labels.draw(painter, start, bands.times + TIME_AXIS / 2, text, role, token)

    def _tags(
        self, state: HeatState, scale: HeatScale, bands: HeatBands, ratio: float
    ) -> list[tuple[float, str, str, str]]:
        """Middle, text, ground and ink of the tag of the last price, kept on the axis; none far away."""
        instrument, tick = state.head.instrument, state.last_tick
        if instrument is None or tick is None:
            return []
        middle = bands.top + scale.y(tick) / ratio
        if not bands.top <= middle <= bands.bottom:
            return []
        middle = min(max(middle, bands.top + TAG_HEIGHT / 2), bands.bottom - TAG_HEIGHT / 2)
        return [(middle, instrument.format(tick), "accent", "on_accent")]

    def strips(
        self, painter: QPainter, state: HeatState, rests: Sizes, scale: HeatScale, bands: HeatBands, ratio: float
    ) -> None:
        """What rests at the right end of the map, and what was traded in view; made again some times a second.

        Args:
            rests: int64 (2, ticks of the map), bid and ask.
        """
        width = bands.depth + bands.profile
        if width:
            area = QRectF(bands.plot, bands.top, width, bands.bottom - bands.top)
            turn = (state.now_ns or 0) // STRIPS_NS, scale.end // (scale.columns // 8 + 1)
            made = (
                replace(scale, end=0),
                state.head.instrument,
                state.head.freshness,
                state.heat.series,
                turn,
                bands,
            )
            paint = self._beside.paint
            self._kept(
                painter, "strips", made, area, ratio, lambda to: paint(to, state, rests, scale, bands, ratio)
            )

    def deltas(self, painter: QPainter, state: HeatState, scale: HeatScale, bands: HeatBands, ratio: float) -> None:
        """What was bought less sold, under the map."""
        if not bands.delta:
            return
        area = QRectF(0, bands.bottom, bands.width, bands.delta)
        last = state.deltas[-1:].tolist()
        made = (
            scale,
            len(state.deltas),
            last,
            state.heat.gaps,
            state.head.instrument,
            is_old(state.head.freshness),
        )
        paint = self._under.paint
        self._kept(painter, "deltas", made, area, ratio, lambda to: paint(to, state, scale, bands, ratio))

    # the legend

    def legend(
        self, painter: QPainter, state: HeatState, pairs: tuple[tuple[str, str], ...], limits: Cutoffs,
        how: str, width: float, colours: np.ndarray, ratio: float,
    ) -> None:  # fmt: skip
        """The colour bar with its limits and unit, then keys and values as far as they fit."""
        area = QRectF(0, 0, width, LEGEND)
        made = (pairs, limits, how, state.head.instrument, is_old(state.head.freshness), id(colours))
        paint = self._paint_legend
        self._kept(
            painter, "legend", made, area, ratio, lambda to: paint(to, state, pairs, limits, how, width, colours)
        )

    def _paint_legend(
        self, painter: QPainter, state: HeatState, pairs: tuple[tuple[str, str], ...], limits: Cutoffs,
        how: str, width: float, colours: np.ndarray,
    ) -> None:  # fmt: skip
        instrument = state.head.instrument
        assert instrument is not None  # as in ``_prices``
        base = LEGEND / 2 + 4
        x = float(PADDING)
        bar, high = RAMP if width >= 520 else (70, RAMP[1])
        low_text, high_text = size_text(instrument, limits.low), size_text(instrument, limits.high)
        x = self._text(painter, x, base, low_text, "axis", "text1") + 6
        shown = np.ascontiguousarray(colours[FIRST : LAST + 1]).reshape(1, -1)
        ramp = QImage(shown.data, shown.shape[1], 1, shown.strides[0], QImage.Format.Format_RGB32)
        painter.drawImage(QRectF(x, (LEGEND - high) / 2, bar, high), ramp, QRectF(ramp.rect()))
        x = self._text(painter, x + bar + 6, base, high_text, "axis", "text1") + 6
        x = self._text(painter, x, base, f"{unit_of(instrument)}, log, {how}", "label", "text3") + 16
        value_token = "text3" if is_old(state.head.freshness) else "text1"
        for key, value in pairs:
            wide = self._labels.width(key, "label") + 5 + self._labels.width(value)
            if x + wide > width - 6:
                break
            if key in ENDS:
                painter.fillRect(QRectF(x, (LEGEND - high) / 2, 3, high), self._theme.color(ENDS[key]))
                x += 7
            x = self._text(painter, x, base, key, "label", "text3") + 5
            x = self._text(painter, x, base, value, "axis", value_token) + (12 if value else 7)

    def _text(self, painter: QPainter, x: float, base: float, text: str, role: str, token: str) -> float:
        painter.setFont(self._fonts[role])
        painter.setPen(self._theme.color(token))
        painter.drawText(QPointF(x, base), text)
        return x + self._labels.width(text, role)
