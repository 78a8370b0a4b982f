"""Phosphor icons out of qtawesome's font, without importing qtawesome.

``import qtawesome`` and its first icon cost 0.3 s (measured: 0.23 s import, 0.09 s to register seven fonts), a
third of the whole start; reading the one font and its table costs 10 ms.
"""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter

from cockpit.errors import ConfigError

SIZE: Final = 16  # design.md 4


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise ConfigError("qtawesome is not installed; its fonts hold the icons")
    return Path(spec.origin).parent / "fonts"


@cache
def _letters() -> dict[str, str]:
    tables = sorted(_folder().glob("phosphor-charmap-*.json"))
    if not tables:
        raise ConfigError(f"{_folder()} has no Phosphor table; reinstall qtawesome")
    return json.loads(tables[-1].read_text(encoding="utf-8"))


@cache
def _family() -> str:
    fonts = sorted(_folder().glob("phosphor-*.ttf"))
    number = QFontDatabase.addApplicationFont(str(fonts[-1])) if fonts else -1
    if number < 0:
        raise ConfigError(f"{_folder()} has no usable Phosphor font; reinstall qtawesome")
    return QFontDatabase.applicationFontFamilies(number)[0]


def glyph(name: str) -> str:
    """The letter of an icon in the font.

    Args:
        name: Phosphor's name without ``ph.``: ``play``, ``magnifying-glass``.

    Raises:
        ConfigError: No such icon.
    """
    code = _letters().get(name)
    if code is None:
        raise ConfigError(f"no Phosphor icon {name!r}")
    return chr(int(code, 16))


def icon_font(size: float = SIZE) -> QFont:
    """The icon font with the given size in pixels; needs the application."""
    font = QFont(_family())
    font.setPixelSize(round(size))
    return font


def paint_icon(painter: QPainter, area: QRectF, name: str, color: QColor, size: float = SIZE) -> None:
    """Draw an icon in the middle of the area."""
    painter.setFont(icon_font(size))
    painter.setPen(color)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, glyph(name))
