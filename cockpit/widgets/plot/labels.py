"""Axis labels as ready pixmaps: texts of axes repeat, and a cached label costs a fifth of ``drawText``."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.theme import Theme

CACHE_SIZE: Final = 512  # labels; a day of panning stays under it per zoom level
PADDING: Final = 6  # logical pixels left and right of a tag's text
TAG_HEIGHT: Final = 18
LABEL_HEIGHT: Final = 16  # the whole of a label, its font's line
TAG_RADIUS: Final = 3
MONOSPACED: Final = ("axis", "tag")
ROLES: Final = (*MONOSPACED, "label", "small")


class Labels:
    """Draws texts of a few roles on the panel's ground.

    Texts are drawn once per (text, role, colour, pixel ratio) and blitted from then on.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._ratio = 1.0
        self._pixmaps: dict[tuple[str, str, str], QPixmap] = {}
        self._fonts = {role: theme.font(role) for role in ROLES}
        # of every character, where the face is monospaced
        self._advances = {role: text_width(theme, role, "0") for role in MONOSPACED}
        self._drops = {role: QFontMetricsF(font).capHeight() / 2 for role, font in self._fonts.items()}
        self._colors: dict[str, QColor] = {}
        self._boxes: dict[tuple[float, float, str, bool], QPixmap] = {}

    def set_ratio(self, ratio: float) -> None:
        """Draw for this device pixel ratio from now on."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._pixmaps.clear()
            self._boxes.clear()

    def width(self, text: str, role: str = "axis") -> float:
        """Logical pixels the text takes."""
        advance = self._advances.get(role)
        return text_width(self._theme, role, text) if advance is None else advance * len(text)

    def draw(self, painter: QPainter, x: float, middle: float, text: str, role: str, token: str) -> None:
        """Draw a text whose left end is ``x`` and whose vertical middle is ``middle``, on the panel's colour."""
        pixmap = self._pixmap(text, role, token)
        ratio = self._ratio
        y = middle - pixmap.height() / ratio / 2
        painter.drawPixmap(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), pixmap)

    def draw_tag(
        self, painter: QPainter, box: QRectF, text: str, ground: str, token: str, *, hollow: bool, role: str = "tag"
    ) -> None:
        """Draw a rounded tag with a centred text: filled with ``ground``, or outlined in it when hollow."""
        key = (box.width(), box.height(), ground, hollow)
        pixmap = self._boxes.get(key)
        if pixmap is None:
            if len(self._boxes) >= CACHE_SIZE:
                self._boxes.clear()
            pixmap = self._boxes[key] = self._drawn_box(*key)
        ratio = self._ratio
        painter.drawPixmap(QPointF(round(box.x() * ratio) / ratio, round(box.y() * ratio) / ratio), pixmap)
        self.draw_text(painter, box, text, role, ground if hollow else token)

    def wipe(self, painter: QPainter, box: QRectF) -> None:
        """Take a painted label away."""
        painter.fillRect(box, self._color("bg1"))

    def draw_text(self, painter: QPainter, box: QRectF, text: str, role: str, token: str) -> None:
        """Draw a changing text, centred in a box; not cached."""
        painter.setFont(self._fonts[role])
        painter.setPen(self._color(token))
        middle = box.center()
        painter.drawText(QPointF(middle.x() - self.width(text, role) / 2, middle.y() + self._drops[role]), text)

    def _color(self, token: str) -> QColor:
        color = self._colors.get(token)
        if color is None:
            color = self._colors[token] = self._theme.color(token)
        return color

    def _pixmap(self, text: str, role: str, token: str) -> QPixmap:
        key = (text, role, token)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            if len(self._pixmaps) >= CACHE_SIZE:
                self._pixmaps.clear()
            pixmap = self._pixmaps[key] = self._drawn(text, self._fonts[role], role, self._color(token))
        return pixmap

    def _drawn(self, text: str, font: QFont, role: str, color: QColor) -> QPixmap:
        pixmap = self._blank(self.width(text, role) + 1, LABEL_HEIGHT)
        painter = QPainter(pixmap)
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(QPointF(0, pixmap.height() / self._ratio / 2 + self._drops[role]), text)
        painter.end()
        return pixmap

    def _drawn_box(self, width: float, height: float, ground: str, hollow: bool) -> QPixmap:
        pixmap = self._blank(width, height)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, 0, width, height)
        if hollow:
            painter.setPen(self._color(ground))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), TAG_RADIUS, TAG_RADIUS)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color(ground))
            painter.drawRoundedRect(box, TAG_RADIUS, TAG_RADIUS)
        painter.end()
        return pixmap

    def _blank(self, width: float, height: float) -> QPixmap:
        """A pixmap of the panel's colour: opaque, so that it is copied and not blended."""
        pixmap = QPixmap(max(round(width * self._ratio), 1), max(round(height * self._ratio), 1))
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(self._color("bg1"))
        return pixmap
