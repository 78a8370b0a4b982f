"""How colours look to eyes that tell fewer hues apart, and how far two colours are from each other. No Qt.

Source: Machado, Oliveira & Fernandes (2009), severity 1.0, applied in linear RGB; CIE 142-2001 (CIEDE2000).
"""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

NORMAL: Final = "normal"
_MATRICES: Final[dict[str, NDArray[np.float64]]] = {
    NORMAL: np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
VISIONS: Final = tuple(_MATRICES)
_TO_XYZ: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])  # D65
_DARK: Final = (6 / 29) ** 3  # where the cube root of CIELAB gives way to a line

Lab = tuple[float, float, float]


def channels(color: str) -> NDArray[np.float64]:
    """float64 (3,), red, green and blue of ``#RRGGBB``, 0-1."""
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], float) / 255.0


def _written(rgb: NDArray[np.float64]) -> str:
    red, green, blue = np.rint(np.clip(rgb, 0.0, 1.0) * 255).astype(int).tolist()
    return f"#{red:02X}{green:02X}{blue:02X}"


def _linear(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _companded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    held = np.clip(linear, 0.0, 1.0)
    return np.where(held <= 0.0031308, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055)


def seen_as(color: str, vision: str) -> str:
    """``#RRGGBB`` as somebody with that vision sees it.

    Args:
        vision: One of ``VISIONS``; KeyError for another.
    """
    if vision == NORMAL:
        return color
    return _written(_companded(_MATRICES[vision] @ _linear(channels(color))))


def lab(color: str) -> Lab:
    """CIELAB of ``#RRGGBB`` under D65: L* 0-100, a*, b*."""
    xyz = _TO_XYZ @ _linear(channels(color)) / _WHITE
    bent = np.where(xyz > _DARK, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = bent.tolist()
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def lightness(color: str) -> float:
    """L* of ``#RRGGBB``, 0-100."""
    return lab(color)[0]


def difference(one: str, other: str) -> float:
    """CIEDE2000 between two ``#RRGGBB``: 1 can just be seen, 25 tells two marks apart at a glance."""
    return _ciede2000(lab(one), lab(other))


def separation(one: str, other: str) -> tuple[float, ...]:
    """CIEDE2000 between two ``#RRGGBB`` for each of ``VISIONS``."""
    return tuple(difference(seen_as(one, vision), seen_as(other, vision)) for vision in VISIONS)


def _hue(a: float, b: float) -> float:
    return degrees(atan2(b, a)) % 360.0 if a or b else 0.0


def _ciede2000(one: Lab, other: Lab) -> float:
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = ((hypot(a1, b1) + hypot(a2, b2)) / 2) ** 7
    grown = 1 + 0.5 * (1 - sqrt(mean / (mean + 25.0**7)))
    c1, c2 = hypot(a1 * grown, b1), hypot(a2 * grown, b2)
    h1, h2 = _hue(a1 * grown, b1), _hue(a2 * grown, b2)
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180.0) % 360.0 - 180.0
    middle = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360.0
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * cos(radians(middle - 30))
        + 0.24 * cos(radians(2 * middle))
        + 0.32 * cos(radians(3 * middle + 6))
        - 0.20 * cos(radians(4 * middle - 63))
    )
    off = (l_mean - 50) ** 2
    light = (l2 - l1) / (1 + 0.015 * off / sqrt(20 + off))
    chroma = (c2 - c1) / (1 + 0.045 * c_mean)
    hue = 2 * sqrt(c1 * c2) * sin(radians(turn) / 2) / (1 + 0.015 * c_mean * weight)
    bend = 2 * sqrt(c_mean**7 / (c_mean**7 + 25.0**7)) if c_mean else 0.0
    rotation = -bend * sin(radians(60 * exp(-(((middle - 275) / 25) ** 2))))
    return sqrt(light**2 + chroma**2 + hue**2 + rotation * chroma * hue)
