"""What ``QPainter`` draws over the composed pixels, and which part of a pane each of it covers."""

from typing import Final

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QRegion

from cockpit.state.views import ChartState, Freshness
from cockpit.widgets.plot.axes import PriceAxis, Tag, TimeAxis
from cockpit.widgets.plot.composer import Composed
from cockpit.widgets.plot.labels import TAG_HEIGHT, Labels
from cockpit.widgets.plot.marks import Cross, LastPrice
from cockpit.widgets.plot.picture import Bands
from cockpit.widgets.theme import Theme

CROSS_DASH: Final = 3  # logical pixels on and off (design.md 4)
NEIGHBOUR: Final = 60  # logical pixels beside a time tag whose label may hide or come back
NOTE_HEIGHT: Final = 40


class Painting:
    """Draws last price, crosshair, axes and notes of one pane."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._labels = Labels(theme)
        self.prices, self.times = PriceAxis(self._labels), TimeAxis(self._labels)
        self._dashed_for = (0, 0)
        self._down: list[QLineF] = []
        self._across: list[QLineF] = []
        self._hairline = QPen(theme.color("text3"))
        self._hairline.setCosmetic(True)
        self._line_colors = {False: theme.color("accent"), True: theme.color("text3")}

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
            line = device_rect(last.column, last.row, bands.width, last.row + 1, bands.ratio)
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

    def axes(
        self,
        painter: QPainter,
        dirty: QRegion,
        state: ChartState,
        composed: Composed,
        last: LastPrice | None,
        cross: Cross,
        *,
        fixed: bool,
    ) -> None:
        """Labels and tags of both axes, as far as they are dirty."""
        picture = composed.picture
        bands = picture.bands
        if state.head.instrument is not None and dirty.intersects(outer(self.prices.rect(bands))):
            tags = [tag for tag in (last and last.tag, cross.price_tag) if tag is not None]
            self.prices.paint(painter, bands, picture.price, state.head.instrument, composed.prices, tags)
        if dirty.intersects(outer(self.times.rect(bands))):
            tags = [] if cross.time_tag is None else [cross.time_tag]
            self.times.paint(painter, bands, picture.time, composed.times, tags)
        if fixed and dirty.intersects(outer(self.prices.badge_rect(bands))):
            self.prices.paint_badge(painter, bands)

    def note(
        self, painter: QPainter, area: QRectF, text: str, token: str = "text2", *, boxed: bool = False
    ) -> None:
        """A sentence in the middle of an area."""
        painter.setFont(self._theme.font("strong" if boxed else "body"))
        if boxed:
            width = painter.fontMetrics().horizontalAdvance(text) + NOTE_HEIGHT
            box = QRectF(0, 0, min(width, area.width()), NOTE_HEIGHT)
            box.moveCenter(area.center())
            painter.fillRect(box, self._theme.color("bg1"))
        painter.setPen(self._theme.color(token))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area.adjusted(16, 0, -16, 0), flags, text)

    def failure(self, painter: QPainter, state: ChartState, bands: Bands) -> None:
        """The reason over a chart whose source is gone."""
        if state.head.freshness is Freshness.FAILED and state.head.reason:
            area = device_rect(0, 0, bands.width, bands.plot_bottom, bands.ratio)
            self.note(painter, area, state.head.reason, "text1", boxed=True)

    def empty(self, painter: QPainter, area: QRectF, state: ChartState) -> None:
        """A pane without bars: panel colour and why."""
        painter.fillRect(area, self._theme.color("bg1"))
        self.note(painter, area, reason_of(state))

    def cross_region(self, cross: Cross, bands: Bands) -> QRegion:
        """What a crosshair covers."""
        region, ratio = QRegion(), bands.ratio
        if cross.column is not None:
            region += outer(device_rect(cross.column, 0, cross.column + 1, bands.bottom, ratio))
        if cross.row is not None:
            region += outer(device_rect(0, cross.row, bands.width, cross.row + 1, ratio))
        if cross.price_tag is not None:
            region += self._price_tag(cross.price_tag, bands)
        if cross.time_tag is not None:
            region += outer(self.times.tag_rect(bands, cross.time_tag)).adjusted(-NEIGHBOUR, 0, NEIGHBOUR, 0)
        return region

    def last_region(self, last: LastPrice | None, bands: Bands) -> QRegion:
        """What a last price covers."""
        if last is None:
            return QRegion()
        region = QRegion(self._price_tag(last.tag, bands))
        if last.row is not None:
            region += outer(device_rect(last.column, last.row, bands.width, last.row + 1, bands.ratio))
        return region

    def _price_tag(self, tag: Tag, bands: Bands) -> QRect:
        """A tag with its second line and the labels that hide beside it."""
        room = TAG_HEIGHT * (2 if tag.below else 1)
        return outer(self.prices.tag_rect(bands, tag)).adjusted(0, -TAG_HEIGHT, 0, room)


def reason_of(state: ChartState) -> str:
    """Why there is nothing to draw."""
    if state.head.reason:
        return state.head.reason
    return "Nothing open" if state.head.instrument is None else "no bars yet"


def device_rect(left: int, top: int, right: int, bottom: int, ratio: float) -> QRectF:
    """Device pixels as logical ones."""
    return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)


def outer(rect: QRectF) -> QRect:
    """The whole logical pixels a rectangle touches."""
    return rect.toAlignedRect()


def _dashes(length: int, ratio: float, *, down: bool) -> list[QLineF]:
    """The dashes of a hairline along an edge, through the middles of its device pixels."""
    # ready lines, moved to their place: a dash pattern or a tiled pixmap takes 4 times as long under a clip
    dash, half = max(round(CROSS_DASH * ratio), 1), 0.5 / ratio
    ends = [(at / ratio + half, (min(at + dash, length) - 1) / ratio + half) for at in range(0, length, 2 * dash)]
    return [QLineF(half, a, half, b) if down else QLineF(a, half, b, half) for a, b in ends]
