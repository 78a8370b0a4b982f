"""From a grid of sizes to heights and inks, and from those to pixels; made anew with another grid or look."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.state.depth_views import COLUMNS, ROWS, UNKNOWN, ReliefState
from cockpit.units import Floats, Pixels
from cockpit.widgets.heat.inks import SHADES, heat_inks
from cockpit.widgets.relief.camera import Camera
from cockpit.widgets.theme import Theme

SLOPE: Final = 0.22  # of the brightness, lighter or darker by the slope (design.md 7)
STEEP: Final = 0.10  # of the height between two cells, from which it is no more
LIGHT: Final = (0.45, -0.9)  # along and across: the light comes from the back on the right
WALL: Final = 0.42  # brightness of the cut faces
DASH: Final = 3.0  # of the way where it lies behind something, logical pixels
CALM: Final = 4  # columns either side


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """What the kernel paints.

    Attributes:
        heights: float32 (ROWS, COLUMNS), 0..1; NaN unknown.
        inks: uint32 (ROWS - 1, COLUMNS - 1), of the faces.
        walls: uint32 (ROWS, COLUMNS), of the cut faces.
        gaps: bool (COLUMNS,).
        way: float64 (COLUMNS,), the mid in rows of the grid; NaN unknown or out of it.
        ups: float64 (COLUMNS,), how high it is drawn, 0..1: as the surface there, without its spikes.
    """

    heights: NDArray[np.float32]
    inks: Pixels
    walls: Pixels
    gaps: NDArray[np.bool_]
    way: Floats
    ups: Floats


def mesh_of(state: ReliefState, theme: Theme) -> Mesh:
    """The mesh of a state in the colours of a theme and of its freshness."""
    relief = state.relief
    unknown = relief.sizes == UNKNOWN
    heights = np.clip(relief.sizes / state.top, 0.0, 1.0).astype(np.float32)
    shades = np.rint(heights * (SHADES - 1)).astype(np.int64)
    slopes = np.clip(
        (LIGHT[0] * np.diff(heights, axis=1)[:-1] + LIGHT[1] * np.diff(heights, axis=0)[:, :-1]) / STEEP, -1.0, 1.0
    )
    palette = heat_inks(theme, state.head.freshness).palette.copy()
    palette[0] = theme.argb("grid")  # where nothing rests there is still a floor
    faces = (shades[:-1, :-1] + shades[1:, :-1] + shades[:-1, 1:] + shades[1:, 1:]) // 4
    heights[unknown] = np.nan
    row = (relief.mids - relief.low + 0.5) / relief.group - 0.5  # a tick lies in the middle of its width
    way = np.where((row >= 0) & (row <= ROWS - 1), row, np.nan)
    return Mesh(
        heights,
        shaded(palette[faces], 1.0 - SLOPE * slopes),
        shaded(palette[shades], np.full(shades.shape, WALL)),
        np.asarray(relief.gaps, np.bool_),
        way,
        _ups(heights, way),
    )


def _ups(heights: NDArray[np.float32], way: Floats) -> Floats:
    """Height of the surface under the way, the median of some columns: the row of the mid jumps between walls."""
    there = np.flatnonzero(~np.isnan(way))
    ups = np.zeros(COLUMNS)
    under = heights[np.rint(way[there]).astype(np.int64), there].astype(np.float64)
    for place, column in enumerate(there.tolist()):
        ups[column] = np.median(under[max(place - CALM, 0) : place + CALM + 1])
    return ups


def shaded(inks: Pixels, factors: Floats) -> Pixels:
    """Opaque pixels with their brightness multiplied; both arrays of one shape."""
    made = np.full(inks.shape, 0xFF000000, np.uint32)
    for shift in (0, 8, 16):
        channel = (inks >> np.uint32(shift) & np.uint32(0xFF)) * factors
        made |= np.clip(np.rint(channel), 0, 255).astype(np.uint32) << np.uint32(shift)
    return made


def paint_mesh(px: Pixels, mesh: Mesh, camera: Camera, theme: Theme, ratio: float) -> None:
    """Paint it over what is there.

    Args:
        px: uint32 (h, w), device pixels, changed.
        camera: In device pixels.
    """
    from cockpit.widgets.relief.kernels import hidden_way, skirts, surface  # noqa: PLC0415  numba loads after the window shows

    along, across = 1 / COLUMNS, 1 / ROWS
    x, y = camera.at(along / 2, across / 2)
    grid = np.array(
        (x, camera.xu * along, camera.xv * across, y, camera.yu * along, camera.yv * across, camera.yz), np.float64
    )
    half = max(round(ratio), 1)  # of the way's width; a pixel less where it lies behind something
    ink, casing = (theme.argb(token) for token in (("accent", "bg0") if theme.dark else ("bg1", "accent")))
    surface(
        px, mesh.heights, mesh.inks, mesh.gaps, mesh.way, mesh.ups, grid, half, ink, casing,
        theme.mixed("resync", 0.10), theme.mixed("resync", 0.45),
    )  # fmt: skip
    skirts(px, mesh.heights, mesh.walls, grid)
    hidden_way(px, mesh.way, mesh.ups, grid, half - 1, ink, max(round(DASH * ratio), 1))
