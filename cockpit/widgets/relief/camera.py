"""Where a place of the depth surface is on the screen: orthographic, turned about the upright and tilted. Pure.

Along, across and up run from 0 to 1: time to the right, price toward the viewer, size upwards.
"""

from dataclasses import dataclass, replace
from math import cos, radians, sin
from typing import Final

DEEP, HIGH = 0.78, 0.30  # length of the price axis and of the size axis against the time axis
USUAL_TURN, USUAL_TILT = -14.0, 40.0  # degrees
LEAST_TILT, MOST_TILT = 12.0, 88.0
CORNERS: Final = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))  # along, across; in order around the floor
FULL: Final = 360.0

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Turn:
    """How the surface is looked at, degrees.

    Attributes:
        turn: About the upright, [-180, 180); positive brings the oldest side nearer.
        tilt: From flat along the floor (0) to from above (90).
    """

    turn: float = USUAL_TURN
    tilt: float = USUAL_TILT

    def by(self, turn: float, tilt: float) -> "Turn":
        """Turned further; the tilt ends where the floor would be a line or upside down."""
        return replace(
            self,
            turn=(self.turn + turn + FULL / 2) % FULL - FULL / 2,
            tilt=min(max(self.tilt + tilt, LEAST_TILT), MOST_TILT),
        )


@dataclass(frozen=True, slots=True)
class Camera:
    """A linear map from the surface to pixels: x = x0 + xu u + xv v, y = y0 + yu u + yv v - yz z.

    Attributes:
        x0, y0: Of the floor's corner at along 0, across 0.
        xu, xv, yu, yv, yz: Pixels of the whole of an axis.
    """

    x0: float
    y0: float
    xu: float
    xv: float
    yu: float
    yv: float
    yz: float

    @staticmethod
    def fitting(turn: Turn, left: float, top: float, right: float, bottom: float) -> "Camera":
        """As large as the box allows, in its middle; turning changes the size, never leaves the box."""
        a, b = radians(turn.turn), radians(turn.tilt)
        xu, xv = cos(a), -DEEP * sin(a)
        yu, yv, yz = sin(a) * sin(b), DEEP * cos(a) * sin(b), HIGH * cos(b)
        wide = abs(xu) + abs(xv)
        high = abs(yu) + abs(yv) + yz
        scale = max(min((right - left) / wide, (bottom - top) / high), 1.0)
        x0 = (left + right) / 2 - (xu + xv) / 2 * scale
        y0 = (top + bottom) / 2 - (yu + yv - yz) / 2 * scale
        return Camera(x0, y0, xu * scale, xv * scale, yu * scale, yv * scale, yz * scale)

    def at(self, along: float, across: float, up: float = 0.0) -> Spot:
        """Pixels of a place."""
        return (
            self.x0 + self.xu * along + self.xv * across,
            self.y0 + self.yu * along + self.yv * across - self.yz * up,
        )

    def scaled(self, factor: float) -> "Camera":
        """The same in other pixels."""
        parts = (self.x0, self.y0, self.xu, self.xv, self.yu, self.yv, self.yz)
        return Camera(*(factor * part for part in parts))

    @property
    def nearest(self) -> Spot:
        """The corner of the floor that is nearest to the viewer: along and across, each 0 or 1."""
        return (1.0 if self.yu > 0 else 0.0, 1.0 if self.yv > 0 else 0.0)

    @property
    def upright(self) -> Spot:
        """The corner at which sizes are told: of the two beside the nearest one, the one on the right."""
        along, across = self.nearest
        beside = ((1 - along, across), (along, 1 - across))
        return max(beside, key=lambda corner: self.at(*corner)[0])
