"""What ``QPainter`` draws around the composed map: axes, depth now, volume profile, words."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPixmap

from cockpit.instants import eastern
from cockpit.instruments import Instrument
from cockpit.state.views import Cutoffs, HeatState, is_old
from cockpit.units import NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Floats, Sizes
from cockpit.widgets.heat.inks import FIRST, LAST
from cockpit.widgets.heat.view import HeatScale
from cockpit.widgets.plot.labels import LABEL_HEIGHT, TAG_HEIGHT, Labels
from cockpit.widgets.plot.ticks import NEAR_TAG, price_ticks
from cockpit.widgets.theme import LEGEND, PADDING, PRICE_AXIS, TIME_AXIS, Theme

DEPTH: Final = 150  # logical pixels of the sizes now, and of the volume profile (design.md 7)
PROFILE: Final = 150
DEPTH_FROM, PROFILE_FROM = 420, 620  # logical pixels of the pane, under which they are dropped
STRIP_SHARE: Final = 0.15  # of the pane a strip takes at most
HEAD: Final = 20  # of a strip
STRIPS_NS: Final = 200_000_000  # of clock between two pictures of the strips
TIME_GAP: Final = 90
FILL: Final = 0.62  # of the strip, by the largest size: its number stands outside
NUMBER_FROM: Final = 12  # logical pixels of a row that has room for a number
RAMP: Final = (140, 10)  # the colour bar
_STEPS: Final = (
    *(step * NS_PER_S for step in (1, 2, 5, 10, 15, 30)),
    *(step * NS_PER_MIN for step in (1, 2, 5, 10, 15, 20, 30)),
    *(step * NS_PER_HOUR for step in (1, 2, 3, 4, 6, 12, 24)),
)


@dataclass(frozen=True, slots=True)
class HeatBands:
    """Where the parts of the pane are, logical pixels.

    Attributes:
        width, height: The whole pane.
        plot: Width of the map.
        depth, profile: Widths of the strips right of it; 0 without one.
        axis: Width of the price axis.
    """

    width: float
    height: float
    plot: float
    depth: float
    profile: float
    axis: float

    @staticmethod
    def of(width: float, height: float, axis: float, *, depth: bool = True, profile: bool = True) -> "HeatBands":
        """The parts of a pane; narrow ones drop the profile first."""
        strip = min(DEPTH, round(STRIP_SHARE * width))
        beside = strip if depth and width >= DEPTH_FROM else 0
        volume = min(PROFILE, strip) if profile and width >= PROFILE_FROM else 0
        return HeatBands(width, height, max(width - axis - beside - volume, 1), beside, volume, axis)

    @property
    def top(self) -> float:
        """Where the map begins, under the legend."""
        return LEGEND

    @property
    def bottom(self) -> float:
        """Where it ends, over the time axis."""
        return max(self.height - TIME_AXIS, LEGEND + 1)


def size_text(instrument: Instrument, lots: float) -> str:
    """A size as it is written: grouped, with the decimals the lot has."""
    size = instrument.size(lots)
    if abs(size) >= 100_000:
        return f"{size / 1e6:,.2f}M" if abs(size) >= 1e6 else f"{size / 1e3:,.0f}k"
    return f"{size:,.0f}" if instrument.lot >= 1 or size >= 1_000 else f"{size:,.{3 if size < 10 else 1}f}"


def unit_of(instrument: Instrument) -> str:
    """What sizes are counted in."""
    kinds = {"equity": "shares", "crypto": instrument.root.removesuffix("USDT") or "coins"}
    return kinds.get(instrument.kind, "contracts")


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


class HeatPainting:
    """Paints axes, strips and legend of one pane."""

    def __init__(self, theme: Theme) -> None:
        self._theme, self._labels = theme, Labels(theme)
        self._fonts = {role: theme.font(role) for role in ("axis", "label")}
        self._strips, self._strips_of = QPixmap(), tuple[object, ...]()
        self._rests: Sizes = np.zeros((2, 0), np.int64)
        self._advance = QFontMetricsF(theme.font("axis")).horizontalAdvance("0")

    def axis_width(self, instrument: Instrument | None, tick: float) -> float:
        """Logical pixels of the price axis."""
        chars = 0 if instrument is None else len(instrument.format(tick))
        return max(PRICE_AXIS, ceil(chars * self._advance) + 2 * 8)

    def axes(self, painter: QPainter, state: HeatState, scale: HeatScale, bands: HeatBands, ratio: float) -> None:
        """Prices on the right with tags of the touch, New York time below."""
        instrument, labels, theme = state.head.instrument, self._labels, self._theme
        assert instrument is not None  # the pane has something to show
        labels.set_ratio(ratio)
        left = bands.width - bands.axis
        painter.fillRect(QRectF(left, bands.top, bands.axis, bands.height - bands.top), theme.color("bg1"))
        painter.fillRect(QRectF(0, bands.bottom, bands.width, bands.height - bands.bottom), theme.color("bg1"))
        painter.fillRect(QRectF(left, bands.top, 1, bands.bottom - bands.top), theme.color("line"))
        painter.fillRect(QRectF(0, bands.bottom, bands.width, 1), theme.color("line"))
        tags = self._tags(state, scale, bands, ratio)
        height = bands.bottom - bands.top
        for tick in price_ticks(instrument, scale.tick_at(scale.rows), scale.tick_at(0), height):
            middle = bands.top + scale.y(tick) / ratio
            is_free = all(abs(middle - at) >= NEAR_TAG for at, *_ in tags)
            if bands.top + LABEL_HEIGHT / 2 <= middle <= bands.bottom - LABEL_HEIGHT / 2 and is_free:
                text = instrument.format(tick)
                labels.draw(painter, bands.width - 6 - labels.width(text), middle, text, "axis", "text2")
        for at, text, ground, token in tags:
            area = QRectF(left + 1, at - TAG_HEIGHT / 2, bands.axis - 3, TAG_HEIGHT)
            labels.draw_tag(painter, area, text, ground, token, hollow=is_old(state.head.freshness))
        for x, text, strong in time_marks(scale, ratio):
            role = "tag" if strong else "axis"
            start = x / ratio - labels.width(text, role) / 2
            if start >= 2 and start + labels.width(text, role) <= bands.plot - 2:
                token = "text1" if strong else "text2"
                labels.draw(painter, start, bands.bottom + TIME_AXIS / 2, text, role, token)

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

    # strips

    def strips(
        self, painter: QPainter, state: HeatState, rests: Sizes, scale: HeatScale, bands: HeatBands, ratio: float
    ) -> None:
        """What rests at the right end of the map, and what was traded in view; made again some times a second.

        Args:
            rests: int64 (2, ticks of the map), bid and ask.
        """
        width = bands.depth + bands.profile
        if not width:
            return
        turn = (state.now_ns or 0) // STRIPS_NS
        made = (replace(scale, end=scale.end // 4), bands, state.head, turn, ratio)
        if made != self._strips_of:
            self._strips_of, self._rests = made, rests
            high = bands.bottom - bands.top
            self._strips = QPixmap(round(width * ratio), round(high * ratio))
            self._strips.setDevicePixelRatio(ratio)
            beside = QPainter(self._strips)
            beside.translate(-bands.plot, -bands.top)
            self._paint_strips(beside, state, scale, bands, ratio)
            beside.end()
        painter.drawPixmap(QPointF(bands.plot, bands.top), self._strips)

    def _paint_strips(
        self, painter: QPainter, state: HeatState, scale: HeatScale, bands: HeatBands, ratio: float
    ) -> None:
        left = bands.plot
        for width, what in ((bands.depth, self._depth), (bands.profile, self._profile)):
            if width:
                area = QRectF(left, bands.top, width, bands.bottom - bands.top)
                painter.fillRect(area, self._theme.color("bg1"))
                painter.fillRect(QRectF(left, bands.top, 1, area.height()), self._theme.color("line"))
                painter.save()
                painter.setClipRect(area)
                what(painter, state, scale, area, ratio)
                painter.restore()
                left += width

    def _row_area(self, scale: HeatScale, area: QRectF, row: int, ratio: float) -> tuple[float, float]:
        """Upper border and height of a row of the map."""
        low = scale.low_tick + row * scale.group
        top = area.top() + (scale.high - low - scale.group) * scale.per_tick / ratio
        return top, scale.group * scale.per_tick / ratio

    def _depth(self, painter: QPainter, state: HeatState, scale: HeatScale, area: QRectF, ratio: float) -> None:
        theme, instrument = self._theme, state.head.instrument
        assert instrument is not None  # as in ``axes``
        sizes = grouped_depth(self._rests, scale)
        largest = int(sizes.max(initial=0))
        old = is_old(state.head.freshness)
        painter.setFont(self._fonts["axis"])
        inks = {
            (token, big): theme.mixed_color("text3" if old else token, 0.9 if big else 0.5)
            for token in ("bid", "ask")
            for big in (True, False)
        }
        big = float(np.quantile(sizes[sizes > 0], 0.9)) if largest else 0.0
        last_number = area.top() + HEAD - LABEL_HEIGHT
        for row in range(sizes.shape[1] - 1, -1, -1):
            top, height = self._row_area(scale, area, row, ratio)
            for side, token in ((0, "bid"), (1, "ask")):
                size = int(sizes[side, row])
                if size and top + height > area.top() + HEAD:
                    width = FILL * area.width() * size / largest
                    place = QRectF(area.left() + 1, top, max(width, 1), max(height - 1, 1))
                    painter.fillRect(place, inks[token, size >= big])
                    middle = top + height / 2
                    if size >= big and middle - last_number >= LABEL_HEIGHT - 2:
                        painter.setPen(theme.color("text2"))
                        at = QPointF(area.left() + width + 5, middle + 4)
                        painter.drawText(at, size_text(instrument, size))
                        last_number = middle
        is_now = scale.x(state.now_ns or 0) <= scale.columns
        self._heading(painter, area, "Depth now" if is_now else "Depth then")

    def _profile(self, painter: QPainter, state: HeatState, scale: HeatScale, area: QRectF, ratio: float) -> None:
        theme, instrument = self._theme, state.head.instrument
        assert instrument is not None  # as in ``axes``
        rows = traded_rows(state, scale)
        sums = rows.sum(axis=0)
        largest = float(sums.max(initial=0.0))
        if largest > 0:
            old = is_old(state.head.freshness)
            inks = [theme.mixed_color("text3" if old else token, 0.72) for token in ("bid", "ask", "text3")]
            for row in np.flatnonzero(sums).tolist():
                top, height = self._row_area(scale, area, row, ratio)
                if top + height <= area.top() + HEAD:
                    continue
                left = area.left() + 1
                for side in range(3):
                    width = 0.86 * area.width() * rows[side, row] / largest
                    painter.fillRect(QRectF(left, top, width, max(height - 1, 1)), inks[side])
                    left += width
            row = int(np.argmax(sums))
            top, height = self._row_area(scale, area, row, ratio)
            y = top + height / 2
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
        head = QRectF(area.left() + 1, area.top(), area.width() - 1, HEAD)
        painter.fillRect(head, self._theme.color("bg1", 0.85))
        painter.setFont(self._fonts["label"])
        painter.setPen(self._theme.color("text3"))
        painter.drawText(QPointF(area.left() + 7, area.top() + HEAD / 2 + 4), text)

    # the legend

    def legend(
        self, painter: QPainter, state: HeatState, pairs: tuple[tuple[str, str], ...], limits: Cutoffs,
        how: str, width: float, colours: np.ndarray,
    ) -> None:  # fmt: skip
        """The colour bar with its limits and unit, then keys and values as far as they fit."""
        theme, instrument = self._theme, state.head.instrument
        assert instrument is not None  # as in ``axes``
        painter.fillRect(QRectF(0, 0, width, LEGEND), theme.color("bg1"))
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
        for key, value in pairs:
            wide = self._labels.width(key, "label") + 5 + self._labels.width(value)
            if x + wide > width - 6:
                break
            x = self._text(painter, x, base, key, "label", "text3") + 5
            x = (
                self._text(painter, x, base, value, "axis", "text3" if is_old(state.head.freshness) else "text1")
                + 12
            )

    def _text(self, painter: QPainter, x: float, base: float, text: str, role: str, token: str) -> float:
        painter.setFont(self._fonts[role])
        painter.setPen(self._theme.color(token))
        painter.drawText(QPointF(x, base), text)
        return x + self._labels.width(text, role)
