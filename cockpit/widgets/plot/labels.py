"""Axis labels as ready pixmaps: texts of axes repeat, and a cached label costs a fifth of ``drawText``."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from cockpit.widgets.theme import Theme

CACHE_SIZE: Final = 512  # labels; a day of panning stays under it per zoom level
PADDING: Final = 6  # logical pixels left and right of a tag's text
TAG_HEIGHT: Final = 18
TAG_RADIUS: Final = 3


class Labels:
    """Draws texts of a few roles on the panel's ground.

    Texts are drawn once per (text, role, colour, pixel ratio) and blitted from then on.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._ratio = 1.0
        self._pixmaps: dict[tuple[str, str, str], QPixmap] = {}
        self._fonts = {role: theme.font(role) for role in ("axis", "tag")}
        self._metrics = {role: QFontMetricsF(font) for role, font in self._fonts.items()}
        # of every character: the face is monospaced
        self._advances = {role: metrics.horizontalAdvance("0") for role, metrics in self._metrics.items()}
        self._drops = {role: metrics.capHeight() / 2 for role, metrics in self._metrics.items()}
        self._colors: dict[str, QColor] = {}

    def set_ratio(self, ratio: float) -> None:
        """Draw for this device pixel ratio from now on."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._pixmaps.clear()

    def width(self, text: str, role: str = "axis") -> float:
        """Logical pixels the text takes."""
        return self._advances[role] * len(text)

    def draw(self, painter: QPainter, x: float, middle: float, text: str, role: str, token: str) -> None:
        """Draw a text whose left end is ``x`` and whose vertical middle is ``middle``, on the panel's colour."""
        pixmap = self._pixmap(text, role, token)
        ratio = self._ratio
        y = middle - pixmap.height() / ratio / 2
        painter.drawPixmap(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), pixmap)

    def draw_tag(self, painter: QPainter, box: QRectF, text: str, ground: str, token: str, *, hollow: bool) -> None:
        """Draw a rounded tag with a centred text: filled with ``ground``, or outlined in it when hollow."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        color = self._color(ground)
        if hollow:
            painter.setPen(color)
            painter.setBrush(self._color("bg1"))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), TAG_RADIUS, TAG_RADIUS)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(box, TAG_RADIUS, TAG_RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.draw_text(painter, box, text, "tag", ground if hollow else token)

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
        metrics, ratio = self._metrics[role], self._ratio
        height = round(metrics.height() * ratio)
        pixmap = QPixmap(max(round((metrics.horizontalAdvance(text) + 1) * ratio), 1), height)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self._theme.color("bg1"))
        painter = QPainter(pixmap)
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(QPointF(0, height / ratio / 2 + self._drops[role]), text)
        painter.end()
        return pixmap
