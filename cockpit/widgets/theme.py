"""Colours, fonts and spacings from ``resources/themes/*.toml``: the only place a colour comes from.

There is one ``Theme`` on the screen. It is changed in place, so that everything drawn from then on is drawn with
the new one; what keeps pixels or brushes made from it listens, or compares ``revision``.
Source: ``design.md`` 2-4.
"""

import tomllib
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QFont, QFontDatabase

from cockpit.errors import ConfigError
from cockpit.resources import open_text, resource
from cockpit.units import Pixels
from cockpit.widgets.vision import seen_as

THEMES: Final = ("graphite", "daylight")
BLUE_UP: Final = "blue_up"
SIDES: Final = (BLUE_UP, "east_asian", "high_contrast")  # palettes of the two sides of a market

# heights and gaps in device-independent pixels (design.md 4)
GUTTER: Final = 4
PADDING: Final = 14
TOP_BAR: Final = 44
HEADER: Final = 30
LEGEND: Final = 34
TIME_AXIS: Final = 24
PRICE_AXIS: Final = 72
TABLE_HEAD: Final = 26
STATUS_BAR: Final = 26
REPLAY_BAR: Final = 48
BUTTON: Final = 32
DENSE_BUTTON: Final = 28
TAG: Final = 18
ROW: Final = 24  # at normal density, as the next
LADDER_ROW: Final = 22
NORMAL: Final = "normal"
DENSITIES: Final = {
    "compact": (20, 18),
    NORMAL: (ROW, LADDER_ROW),
    "roomy": (30, 26),
}  # rows of tables, of a ladder

_UI: Final = "Inter"
_DISPLAY: Final = "Inter Display"
_MONO: Final = "JetBrains Mono"

# role -> family, pixel size, weight (design.md 3)
ROLES: Final[dict[str, tuple[str, int, int]]] = {
    "hero": (_DISPLAY, 44, 600),
    "readout": (_DISPLAY, 24, 600),
    "clock": (_MONO, 16, 600),
    "clock_open": (_MONO, 22, 600),
    "title": (_UI, 14, 600),
    "body": (_UI, 13, 400),
    "strong": (_UI, 13, 600),
    "label": (_UI, 12, 400),
    "number": (_MONO, 13, 400),
    "number_bold": (_MONO, 13, 700),
    "axis": (_MONO, 12, 400),
    "tag": (_MONO, 12, 600),
    "small": (_UI, 11, 600),
    "key": (_MONO, 11, 400),
}


@dataclass(slots=True, eq=False, weakref_slot=True)
class Theme:
    """One theme, resolved.

    Attributes:
        name: ``graphite`` or ``daylight``.
        dark: Whether text is lighter than its ground.
        tokens: ``#RRGGBB`` by token name.
        links: ``#RRGGBB`` of link groups 0-9.
        stops: Control points of the colour maps, ``#RRGGBB``, low to high, by map name.
        maps: uint32 (256,) opaque ARGB lookup tables by map name.
        tints: Opacities by name.
        sides: Palette of the two sides, one of ``SIDES``.
        density: One of ``DENSITIES``.
        still: Nothing moves by itself ("reduce motion").
        revision: Grows whenever the theme was changed in place.
    """

    name: str
    dark: bool
    tokens: dict[str, str]
    links: tuple[str, ...]
    stops: dict[str, tuple[str, ...]]
    maps: dict[str, Pixels]
    tints: dict[str, float]
    sides: str = BLUE_UP
    density: str = NORMAL
    still: bool = False
    revision: int = 0
    _listeners: list[weakref.WeakMethod[Callable[[], None]]] = field(default_factory=list, repr=False)

    @property
    def row(self) -> int:
        """Height of a table's row, logical pixels."""
        return DENSITIES[self.density][0]

    @property
    def ladder_row(self) -> int:
        """Height of a ladder's row, logical pixels."""
        return DENSITIES[self.density][1]

    def become(self, other: "Theme") -> None:
        """Take over everything of another theme, in place, and tell who listens."""
        self.name, self.dark, self.tokens, self.links = other.name, other.dark, other.tokens, other.links
        self.stops, self.maps, self.tints, self.sides = other.stops, other.maps, other.tints, other.sides
        self.density, self.still = other.density, other.still
        self.revision += 1
        self._listeners = [kept for kept in self._listeners if kept() is not None]
        for kept in tuple(self._listeners):
            act = kept()
            if act is not None and _is_alive(act):
                act()

    def listen(self, act: Callable[[], None]) -> None:
        """Call a bound method after every change, for as long as its object lives; the theme does not keep it."""
        self._listeners.append(weakref.WeakMethod(act))

    def seen_with(self, vision: str) -> "Theme":
        """The theme as somebody with that vision sees it, one of ``vision.VISIONS``; for samples."""
        stops = {name: tuple(seen_as(stop, vision) for stop in points) for name, points in self.stops.items()}
        return replace(
            self,
            tokens={token: seen_as(color, vision) for token, color in self.tokens.items()},
            links=tuple(seen_as(color, vision) for color in self.links),
            stops=stops,
            maps={name: _lut(points) for name, points in stops.items()},
            _listeners=[],
        )

    def color(self, token: str, alpha: float = 1.0) -> QColor:
        """The token's colour; KeyError for an unknown token."""
        color = QColor(self.tokens[token])
        color.setAlphaF(alpha)
        return color

    def argb(self, token: str) -> int:
        """The token as opaque 0xAARRGGBB, for pixel kernels."""
        return 0xFF000000 | int(self.tokens[token][1:], 16)

    def mixed(self, token: str, alpha: float, ground: str = "bg1") -> int:
        """The token at ``alpha`` over an opaque ground, as opaque 0xAARRGGBB."""
        front, back = _rgb(self.tokens[token]), _rgb(self.tokens[ground])
        red, green, blue = np.rint(back + (front - back) * alpha).astype(int).tolist()
        return 0xFF000000 | red << 16 | green << 8 | blue

    def mixed_color(self, token: str, alpha: float, ground: str = "bg1") -> QColor:
        """As ``mixed``, as a QColor."""
        return QColor.fromRgb(self.mixed(token, alpha, ground))

    def link(self, group: int) -> QColor:
        """Colour of a link group 0-9."""
        return QColor(self.links[group])

    def font(self, role: str, scale: float = 1.0) -> QFont:
        """The font of a role in ``ROLES``: pixel sizes, tabular figures, no ligatures in the mono face."""
        family, size, weight = ROLES[role]
        font = QFont(family)
        font.setPixelSize(round(size * scale))
        font.setWeight(QFont.Weight(weight))
        font.setStyleHint(QFont.StyleHint.Monospace if family == _MONO else QFont.StyleHint.SansSerif)
        if family == _MONO:
            font.setFeature(QFont.Tag("calt"), 0)
        else:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font


def load_theme(name: str, sides: str = BLUE_UP, density: str = NORMAL, *, still: bool = False) -> Theme:
    """Read a shipped theme.

    Args:
        sides, density, still: See ``Theme``.

    Raises:
        ConfigError: No such theme, side palette or density, or the file lacks a part.
    """
    for value, known, what in (
        (name, THEMES, "theme"),
        (sides, SIDES, "side palette"),
        (density, DENSITIES, "density"),
    ):
        if value not in known:
            raise ConfigError(f"no {what} {value!r}; there are: {', '.join(known)}")
    with open_text("themes", f"{name}.toml") as file:
        data: dict[str, Any] = tomllib.loads(file.read())
    try:
        stops = {key: tuple(points) for key, points in data["maps"].items()}
        return Theme(
            name=name,
            dark=data["dark"],
            tokens={**data["tokens"], **({} if sides == BLUE_UP else data["sides"][sides])},
            links=tuple(data["links"]["colours"]),
            stops=stops,
            maps={key: _lut(points) for key, points in stops.items()},
            tints=data["tints"],
            sides=sides,
            density=density,
            still=still,
        )
    except KeyError as missing:
        raise ConfigError(f"resources/themes/{name}.toml lacks {missing}") from missing


def load_fonts() -> tuple[str, ...]:
    """Register the shipped fonts with Qt; needs the application. Returns the files that failed."""
    failed = [
        file.name
        for folder in ("inter", "jetbrains-mono")
        for file in sorted(resource("fonts", folder).iterdir(), key=lambda entry: entry.name)
        if file.name.endswith((".ttf", ".otf")) and QFontDatabase.addApplicationFontFromData(file.read_bytes()) < 0
    ]
    return tuple(failed)


def _is_alive(act: Callable[[], None]) -> bool:
    """Whether the widget of a bound method still is one: Qt ends widgets before Python lets go of them."""
    owner = getattr(act, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


def _rgb(text: str) -> np.ndarray:
    return np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)], float)


def _lut(points: tuple[str, ...]) -> Pixels:
    stops = np.stack([_rgb(point) for point in points])
    at = np.linspace(0, len(points) - 1, 256)
    channels = [np.rint(np.interp(at, np.arange(len(points)), stops[:, c])).astype(np.uint32) for c in range(3)]
    return np.uint32(0xFF000000) | channels[0] << np.uint32(16) | channels[1] << np.uint32(8) | channels[2]
