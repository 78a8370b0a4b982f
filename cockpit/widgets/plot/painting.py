"""What ``QPainter`` draws over the composed pixels, and which part of a pane each of it covers."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QLineF, QRect, QRectF
from PySide6.QtGui import QPainter, QPen, QRegion

from cockpit.instruments import Instrument
from cockpit.state.views import ChartState
from cockpit.widgets.empty import nothing_open, paint_empty
from cockpit.widgets.figures import amount
from cockpit.widgets.plot.axes import PriceAxis, Tag, TimeAxis
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.composer import Composed
from cockpit.widgets.plot.cone_painting import paint_cone
from cockpit.widgets.plot.gamma import PROFILE_HEAD, GammaPicture
from cockpit.widgets.plot.labels import LABEL_HEIGHT, PADDING, TAG_HEIGHT, Labels
from cockpit.widgets.plot.levels import HEIGHT as NAME_HEIGHT
from cockpit.widgets.plot.levels import LevelMarks, Placard
from cockpit.widgets.plot.lines import DeltaScale
from cockpit.widgets.plot.marks import Cross, LastPrice
from cockpit.widgets.plot.ruler import Ruler, paint_ruler
from cockpit.widgets.plot.strip import ProfileStrip
from cockpit.widgets.theme import Theme

CROSS_DASH: Final = 3  # logical pixels on and off (design.md 4)
NEIGHBOUR: Final = 60  # logical pixels beside a time tag whose label may hide or come back
NEAR_AREA: Final = 20_000  # logical pixels
WORD_GAP: Final = 6  # logical pixels from the middle of the strike profile
WORD_MIDDLE: Final = PROFILE_HEAD / 2
BAND_WORDS: Final = "flip by sign model"
BAND_FROM: Final = 110  # logical pixels of height: names of levels take some 50 at its top
NO_MARKS: Final = LevelMarks()


class Painting:
    """Draws last price, crosshair, axes and notes of one pane."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._labels = Labels(theme)
        self.prices, self.times = PriceAxis(self._labels), TimeAxis(self._labels)
        self.strip = ProfileStrip(theme, self._labels)
        self._dashed_for = (0, 0)
        self._down: list[QLineF] = []
        self._across: list[QLineF] = []
        self._hairline = QPen(theme.color("text3"))
        self._hairline.setCosmetic(True)
        self._line_colors = {False: theme.color("accent"), True: theme.color("text3")}

    def ruler(self, painter: QPainter, ruler: Ruler, state: ChartState, composed: Composed) -> None:
        """The ruler with its read-out."""
        paint_ruler(painter, ruler, state, composed, self._theme, self._labels)

    @property
    def advance(self) -> float:
        """Logical pixels one figure of the axes takes."""
        return self._labels.width("0")

    def set_ratio(self, ratio: float) -> None:
        """Draw for this device pixel ratio from now on."""
        self._labels.set_ratio(ratio)

    def last_line(self, painter: QPainter, last: LastPrice | None, bands: Bands) -> None:
        """The line of the last price."""
        if last is not None and last.row is not None:
            line = device_rect(last.column, last.row, last.end, last.row + 1, bands.ratio)
            painter.fillRect(line, self._line_colors[last.is_old])

    def hairlines(self, painter: QPainter, cross: Cross, bands: Bands) -> None:
        """The two dashed lines of the crosshair."""
        size = (bands.width, bands.bottom)
        if size != self._dashed_for:
            self._dashed_for = size
            self._down = _dashes(bands.bottom, bands.ratio, down=True)
            self._across = _dashes(bands.width, bands.ratio, down=False)
        painter.setPen(self._hairline)
        if cross.column is not None:
            painter.translate(cross.column / bands.ratio, 0)
            painter.drawLines(self._down)
            painter.translate(-cross.column / bands.ratio, 0)
        if cross.row is not None:
            painter.translate(0, cross.row / bands.ratio)
            painter.drawLines(self._across)
            painter.translate(0, -cross.row / bands.ratio)

    def axes(self, painter: QPainter, state: ChartState, composed: Composed, *, fixed: bool) -> None:
        """Labels of both axes, the badge of a fixed price scale, and what is written into the plot for good."""
        picture, instrument = composed.picture, state.head.instrument
        if instrument is not None:
            self.prices.paint(painter, picture.bands, picture.price, instrument, composed.prices)
        self.times.paint(painter, picture.bands, picture.time, composed.times, picture.end)
        if picture.gamma is not None:
            if picture.cone is None:
                self._band_words(painter, picture.gamma, picture.bands)
            if picture.bands.profile:
                self._profile_words(painter, picture.bands)
        if picture.cone is not None:
            paint_cone(painter, picture.cone, picture.bands, self._theme, self._labels)
            self.times.paint_days(painter, picture.bands, picture.cone.days, picture.cone.now)
        if picture.delta is not None:
            self._delta_words(painter, picture.delta, picture.bands, state.head.instrument)
        if fixed:
            self.prices.paint_badge(painter, picture.bands)

    def _delta_words(
        self, painter: QPainter, delta: DeltaScale, bands: Bands, instrument: Instrument | None
    ) -> None:
        """What the lowest pane is, and between which values it runs."""
        top, bottom = delta.top / bands.ratio, delta.bottom / bands.ratio
        self._labels.draw(painter, WORD_GAP, top + LABEL_HEIGHT / 2 + 1, "CVD", "label", "text3")
        left = (bands.width + 1) / bands.ratio + PADDING
        for value, middle in ((delta.high, top + LABEL_HEIGHT / 2 + 1), (delta.low, bottom - LABEL_HEIGHT / 2 - 1)):
            self._labels.draw(painter, left, middle, amount(instrument, value, plus=True), "axis", "text3")

    def _band_words(self, painter: QPainter, gamma: GammaPicture, bands: Bands) -> None:
        """What the tinted band is, in its middle, where neither names of levels nor flips are; only with room."""
        if gamma.band is None:
            return
        top, bottom = (row / bands.ratio for row in gamma.band)
        width = self._labels.width(BAND_WORDS, "axis")
        left = gamma.free / bands.ratio + WORD_GAP
        if bottom - top >= BAND_FROM and left + width <= bands.right / bands.ratio:
            box = QRectF(left, (top + bottom - NAME_HEIGHT) / 2, width, NAME_HEIGHT)
            self._labels.draw_text(painter, box, BAND_WORDS, "axis", "text2")

    def _profile_words(self, painter: QPainter, bands: Bands) -> None:
        """Which half of the strike profile is which."""
        middle = (bands.right + bands.profile // 2) / bands.ratio
        for word, token, left in (("puts", "put", middle - WORD_GAP - self._labels.width("puts", "label")),
                                  ("calls", "call", middle + WORD_GAP)):  # fmt: skip
            self._labels.draw(painter, left, WORD_MIDDLE, word, "label", token)

    def name_width(self, text: str) -> float:
        """Logical pixels the name of a level takes."""
        return self._labels.width(text, "small")

    def placards(self, painter: QPainter, dirty: QRegion, marks: LevelMarks) -> None:
        """Names of levels, as far as they are dirty."""
        for placard in marks.placards:
            box = _placard_rect(placard)
            if dirty.intersects(outer(box)):
                self._labels.draw_tag(
                    painter, box, placard.text, placard.token, placard.token, hollow=True, role="small"
                )

    def tags(
        self,
        painter: QPainter,
        dirty: QRegion,
        bands: Bands,
        last: LastPrice | None,
        cross: Cross,
        levels: LevelMarks = NO_MARKS,
    ) -> None:
        """Tags on both axes, as far as they are dirty."""
        tags = [tag for tag in (*levels.tags, last and last.tag, cross.price_tag) if tag is not None]
        if tags and dirty.intersects(outer(self.prices.rect(bands))):
            self.prices.paint_tags(painter, bands, tags)
        if cross.time_tag is not None and dirty.intersects(outer(self.times.rect(bands))):
            self.times.paint_tag(painter, bands, cross.time_tag)

    def empty(self, painter: QPainter, area: QRectF, state: ChartState) -> None:
        """A pane without bars: panel colour and why."""
        painter.fillRect(area, self._theme.color("bg1"))
        paint_empty(painter, self._theme, area, reason_of(state))

    def moved_cross(self, before: Cross, after: Cross, bands: Bands) -> QRegion:
        """What has to be painted when the crosshair moves."""
        places = [self._cross_places(cross, bands) for cross in (before, after)]
        return _regions(zip(*places, strict=True))

    def moved_last(self, before: LastPrice | None, after: LastPrice | None, bands: Bands) -> QRegion:
        """What has to be painted when the last price moves."""
        places = [self._last_places(last, bands) for last in (before, after)]
        return _regions(zip(*places, strict=True))

    def moved_levels(self, before: LevelMarks, after: LevelMarks, bands: Bands) -> QRegion:
        """What has to be painted when names or tags of levels move."""
        region = QRegion()
        for gone in set(before.placards) ^ set(after.placards):
            region += outer(_placard_rect(gone))
        for gone in set(before.tags) ^ set(after.tags):
            region += self._price_tag(gone, bands)
        return region

    def _cross_places(self, cross: Cross, bands: Bands) -> tuple[QRect, QRect, QRect, QRect]:
        """Both hairlines and both tags; empty where there is none."""
        ratio, column, row = bands.ratio, cross.column, cross.row
        down = QRect() if column is None else outer(device_rect(column, 0, column + 1, bands.bottom, ratio))
        across = QRect() if row is None else outer(device_rect(0, row, bands.width, row + 1, ratio))
        price = QRect() if cross.price_tag is None else self._price_tag(cross.price_tag, bands)
        time = QRect() if cross.time_tag is None else outer(self.times.tag_rect(bands, cross.time_tag))
        return down, across, price, time if time.isNull() else time.adjusted(-NEIGHBOUR, 0, NEIGHBOUR, 0)

    def _last_places(self, last: LastPrice | None, bands: Bands) -> tuple[QRect, QRect]:
        if last is None:
            return QRect(), QRect()
        tag = self._price_tag(last.tag, bands)
        if last.row is None:
            return QRect(), tag
        return outer(device_rect(last.column, last.row, last.end, last.row + 1, bands.ratio)), tag

    def _price_tag(self, tag: Tag, bands: Bands) -> QRect:
        """A tag with its second line and the labels that hide beside it."""
        room = TAG_HEIGHT * (2 if tag.below else 1)
        return outer(self.prices.tag_rect(bands, tag)).adjusted(0, -TAG_HEIGHT, 0, room)


def _placard_rect(placard: Placard) -> QRectF:
    return QRectF(placard.x, placard.y - NAME_HEIGHT / 2, placard.width, NAME_HEIGHT)


def reason_of(state: ChartState) -> str:
    """Why there is nothing to draw."""
    if state.head.reason:
        return state.head.reason
    return nothing_open() if state.head.instrument is None else "No bars yet"


def device_rect(left: int, top: int, right: int, bottom: int, ratio: float) -> QRectF:
    """Device pixels as logical ones."""
    return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)


def outer(rect: QRectF) -> QRect:
    """The whole logical pixels a rectangle touches."""
    return rect.toAlignedRect()


def _regions(moves: Iterable[tuple[QRect, QRect]]) -> QRegion:
    """Old and new places; as one rectangle where they are near, for each more costs as much as 10,000 pixels."""
    region = QRegion()
    for before, after in moves:
        both = before.united(after)
        if both.width() * both.height() <= NEAR_AREA:
            region += both
        else:
            region = region + before + after
    return region


def _dashes(length: int, ratio: float, *, down: bool) -> list[QLineF]:
    """The dashes of a hairline along an edge, through the middles of its device pixels."""
    # ready lines, moved to their place: a dash pattern or a tiled pixmap takes 4 times as long under a clip
    dash, half = max(round(CROSS_DASH * ratio), 1), 0.5 / ratio
    ends = [(at / ratio + half, (min(at + dash, length) - 1) / ratio + half) for at in range(0, length, 2 * dash)]
    return [QLineF(half, a, half, b) if down else QLineF(a, half, b, half) for a, b in ends]
