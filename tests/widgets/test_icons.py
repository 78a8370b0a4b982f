"""Icons come out of qtawesome's font without importing qtawesome."""

import subprocess
import sys
from typing import Any

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from cockpit.errors import ConfigError
from cockpit.widgets.icons import glyph, paint_icon
from cockpit.widgets.replay_bar import TRANSPORT

# design.md 4
AGREED = [
    "magnifying-glass",
    "bell",
    "lock-simple",
    "lock-simple-open",
    "play",
    "pause",
    "skip-back",
    "skip-forward",
    "rewind",
    "fast-forward",
    "record",
    "push-pin",
    "arrow-square-out",
    "arrow-square-in",
    "dots-three",
    "caret-down",
    "warning",
    "info",
    "check",
    "x",
    "link",
    "gear-six",
    "camera",
    "keyboard",
    "squares-four",
    "crosshair",
    "ruler",
    "funnel",
    "speaker-high",
    "copy",
    "floppy-disk",
    "monitor",
    "plus",
    "folder-open",
]


@pytest.mark.parametrize("name", [*AGREED, *(icon for *icons, _ in TRANSPORT for icon in icons)])
def test_every_agreed_icon_is_in_the_font(name: str) -> None:
    assert len(glyph(name)) == 1


def test_an_unknown_icon_is_named() -> None:
    with pytest.raises(ConfigError, match="no Phosphor icon 'nonsense'"):
        glyph("nonsense")


def test_an_icon_leaves_ink(qapp: Any) -> None:
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint_icon(painter, QRectF(0, 0, 32, 32), "play", Qt.GlobalColor.white, 24)
    painter.end()
    lit = sum(image.pixelColor(x, y).lightness() > 128 for x in range(32) for y in range(32))
    assert 20 < lit < 500


def test_hands_and_health_import_no_heavy_library() -> None:
    code = (
        "import sys, cockpit.widgets.keymap, cockpit.widgets.replay_bar, cockpit.widgets.chooser, "
        "cockpit.widgets.drops, cockpit.widgets.offers, cockpit.widgets.panels.health; "
        "print([name for name in ('numba', 'scipy', 'pyarrow', 'qtawesome', 'pyqtgraph') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
