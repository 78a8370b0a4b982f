"""The strips beside a plot: prices on the right, New York time below, and the tags that lie on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from cockpit.instants import eastern
from cockpit.instruments import Instrument
from cockpit.units import NO_TIME, NS_PER_MIN
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.cone import Day
from cockpit.widgets.plot.labels import LABEL_HEIGHT, PADDING, TAG_HEIGHT, Labels
from cockpit.widgets.plot.scale import PriceScale, TimeScale
from cockpit.widgets.plot.ticks import NEAR_TAG, SESSION_DATE_NS, TimeTick
from cockpit.widgets.theme import PRICE_AXIS, TIME_AXIS

WIDE_AXIS = 80  # for prices of five digits and two decimals (design.md 6)
USUAL_CHARS = 8
BADGE = 18
DAY_GAP = 6


@dataclass(frozen=True, slots=True)
class Tag:
    """A text on an axis.

    Attributes:
        at: Logical pixel of its middle along the axis.
        text: What it says.
        ground, token: Colours of the box and of the text.
        hollow: Outlined only.
        below: A second line under it, without a box.
    """

    at: float
    text: str
    ground: str
    token: str
    hollow: bool = False
    below: str = ""


def axis_width(instrument: Instrument | None, longest: float, advance: float) -> int:
    """Logical pixels of the price axis for prices as long as ``longest``; ``advance`` is one figure's."""
    chars = 0 if instrument is None else len(instrument.format(longest))
    if chars <= USUAL_CHARS:
        return PRICE_AXIS
    return max(WIDE_AXIS, ceil(chars * advance) + 2 * PADDING + 1)


class PriceAxis:
    """The strip right of the plot."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._painted: list[float] = []  # middles of the labels that were painted last

    def rect(self, bands: Bands) -> QRectF:
        """Where it is, in logical pixels."""
        left, ratio = (bands.width + 1) / bands.ratio, bands.ratio
        return QRectF(left, 0, bands.columns / ratio - left, bands.bottom / ratio)

    def tag_rect(self, bands: Bands, tag: Tag) -> QRectF:
        """The box of a tag, cut at neither end of the axis."""
        strip = self.rect(bands)
        middle = self.clamped(bands, tag.at)
        return QRectF(strip.left() + 1, middle - TAG_HEIGHT / 2, strip.width() - 3, TAG_HEIGHT)

    def clamped(self, bands: Bands, at: float) -> float:
        """The middle of a tag that points at ``at``, kept on the plot's height."""
        low, high = TAG_HEIGHT / 2, bands.plot_bottom / bands.ratio - TAG_HEIGHT / 2
        return min(max(at, low), max(high, low))

    def paint(
        self, painter: QPainter, bands: Bands, price: PriceScale, instrument: Instrument, ticks: Sequence[float]
    ) -> None:
        """All labels that fit whole."""
        self._painted = []
        right = self.rect(bands).right() - PADDING
        low, high = LABEL_HEIGHT / 2, bands.plot_bottom / bands.ratio - LABEL_HEIGHT / 2
        for tick in ticks:
            middle = (price.y(tick) + 0.5) / bands.ratio
            if low <= middle <= high:
                text = instrument.format(tick)
                self._labels.draw(painter, right - self._labels.width(text), middle, text, "axis", "text2")
                self._painted.append(middle)

    def paint_tags(self, painter: QPainter, bands: Bands, tags: Sequence[Tag]) -> None:
        """Tags over the painted labels; labels near one are wiped out first."""
        strip = self.rect(bands)
        taken = [self.clamped(bands, tag.at) for tag in tags]
        taken += [self.clamped(bands, tag.at) + TAG_HEIGHT for tag in tags if tag.below]
        for middle in self._painted:
            if any(abs(middle - near) < NEAR_TAG for near in taken):
                label = QRectF(strip.left(), middle - LABEL_HEIGHT / 2, strip.width(), LABEL_HEIGHT)
                self._labels.wipe(painter, label)
        for tag in tags:
            box = self.tag_rect(bands, tag)
            self._labels.draw_tag(painter, box, tag.text, tag.ground, tag.token, hollow=tag.hollow)
            if tag.below:
                left = box.center().x() - self._labels.width(tag.below) / 2
                self._labels.draw(painter, left, box.center().y() + TAG_HEIGHT, tag.below, "axis", "text2")

    def badge_rect(self, bands: Bands) -> QRectF:
        """Where the badge of a fixed scale is: the foot of the axis."""
        strip = self.rect(bands)
        y = (bands.rows + bands.bottom) / bands.ratio / 2
        return QRectF(strip.center().x() - BADGE / 2, y - BADGE / 2, BADGE, BADGE)

    def paint_badge(self, painter: QPainter, bands: Bands) -> None:
        """The badge of a fixed scale."""
        self._labels.draw_tag(painter, self.badge_rect(bands), "F", "bg4", "text1", hollow=False)


class TimeAxis:
    """The strip below the plot."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._painted: list[tuple[float, float]] = []  # left and right ends of the labels that were painted last

    def rect(self, bands: Bands) -> QRectF:
        """Where it is, in logical pixels."""
        top, ratio = (bands.bottom + 1) / bands.ratio, bands.ratio
        return QRectF(0, top, bands.width / ratio, bands.rows / ratio - top)

    def tag_rect(self, bands: Bands, tag: Tag) -> QRectF:
        """The box of a tag, kept on the axis."""
        strip = self.rect(bands)
        width = self._labels.width(tag.text, "tag") + 2 * PADDING
        left = min(max(tag.at - width / 2, 0.0), max(strip.right() - width, 0.0))
        return QRectF(left, strip.top() + (TIME_AXIS - TAG_HEIGHT) / 2 - 1, width, TAG_HEIGHT)

    def paint(self, painter: QPainter, bands: Bands, time: TimeScale, ticks: Sequence[TimeTick], end: int) -> None:
        """All labels that fit whole left of device column ``end``."""
        self._painted = []
        strip = self.rect(bands)
        for tick in ticks:
            role, token = ("tag", "text1") if tick.strong else ("axis", "text2")
            width = self._labels.width(tick.text, role)
            left = (time.centre(tick.bar) + 0.5) / bands.ratio - width / 2
            if left >= 2 and left + width <= end / bands.ratio - 2:
                self._labels.draw(painter, left, self._middle(strip), tick.text, role, token)
                self._painted.append((left, left + width))

    def paint_days(self, painter: QPainter, bands: Bands, days: Sequence[Day], now: int) -> None:
        """Names of sessions to come under their ends: without the date where they stand too close, then fewer."""
        strip = self.rect(bands)
        texts = [day.name for day in days]
        if _crowded(days, [self._labels.width(text) for text in texts], bands.ratio):
            texts = [text.partition(" ")[0] for text in texts]
        low, high = now / bands.ratio + 2, strip.right() - 2
        for day, text in reversed(list(zip(days, texts, strict=True))):
            width = self._labels.width(text)
            left = min(day.column / bands.ratio - width / 2, high - width)
            if left >= low:
                self._labels.draw(painter, left, self._middle(strip), text, "axis", "text2")
                self._painted.append((left, left + width))
                high = left - DAY_GAP

    def paint_tag(self, painter: QPainter, bands: Bands, tag: Tag) -> None:
        """A tag over the painted labels; those that it touches are wiped out first."""
        box, top = self.tag_rect(bands, tag), self._middle(self.rect(bands)) - LABEL_HEIGHT / 2
        for left, right in self._painted:
            if left <= box.right() + 2 and right >= box.left() - 2:
                self._labels.wipe(painter, QRectF(left - 1, top, right - left + 2, LABEL_HEIGHT))
        self._labels.draw_tag(painter, box, tag.text, tag.ground, tag.token, hollow=tag.hollow)

    def _middle(self, strip: QRectF) -> float:
        return strip.top() + TIME_AXIS / 2 - 1


def _crowded(days: Sequence[Day], widths: Sequence[float], ratio: float) -> bool:
    """Whether names under neighbouring days would touch."""
    apart = zip(days[:-1], days[1:], widths[:-1], widths[1:], strict=True)
    return any((b.column - a.column) / ratio < (one + other) / 2 + DAY_GAP for a, b, one, other in apart)


def instant_text(ns: int, newest_ns: int, bar_ns: int, *, daily: bool = False) -> str:
    """An instant as the crosshair's tag prints it: no date on the newest bar's day, no clock for days.

    Args:
        bar_ns: Length of the bar that opens there.
        daily: Whether the bar is a trading day, whatever its length; opening in the evening it is the next day's.
    """
    if ns == NO_TIME:
        return ""
    at, newest = eastern(ns), eastern(newest_ns)
    if daily:
        day = eastern(ns + SESSION_DATE_NS)
        return f"{day.day} {day:%b %Y}"
    clock = f"{at:%H:%M}" if bar_ns >= NS_PER_MIN and bar_ns % NS_PER_MIN == 0 else f"{at:%H:%M:%S}"
    if at.date() == newest.date():
        return clock
    return f"{at.day} {at:%b} {clock}" if at.year == newest.year else f"{at.day} {at:%b %Y} {clock}"


def countdown_text(ns: int) -> str:
    """Time until a bar closes: ``3:12``, ``1:03:12``."""
    seconds = max(-(-ns // 1_000_000_000), 0)
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
