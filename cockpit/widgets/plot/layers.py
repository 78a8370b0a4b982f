"""The layers of a chart, bottom up: each draws its part of a ``Picture`` into pixels.

A new overlay is a function here and a line in ``LAYERS``. This module loads numba; surfaces import it late.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from cockpit.units import Pixels
from cockpit.widgets.plot import kernels
from cockpit.widgets.plot.detail import Detail
from cockpit.widgets.plot.inks import HATCH_STEP, HATCH_WEIGHT, LINE_WIDTH, SOLID_UNDER
from cockpit.widgets.plot.picture import Picture

Layer = Callable[[Pixels, Picture], None]
DASH: Final = 4  # logical pixels on and off (design.md 4, "session 4-4")


def ground(px: Pixels, picture: Picture) -> None:
    """Panel colour and grid."""
    bands, inks = picture.bands, picture.inks
    kernels.fill(px, 0, 0, bands.columns, bands.rows, inks.ground)
    kernels.level_lines(px, picture.levels, 0, bands.width, inks.grid)
    kernels.instant_lines(px, picture.instants, 0, bands.bottom, 0, bands.width, inks.grid)
    dash = round(DASH * bands.ratio)
    kernels.instant_lines(px, picture.sessions, 0, bands.bottom, dash, bands.width, inks.session)


def gaps(px: Pixels, picture: Picture) -> None:
    """Where data is missing: bare ground, hatched, with dashed edges. Nothing is drawn across it."""
    bands, inks = picture.bands, picture.inks
    step, dash = round(HATCH_STEP * bands.ratio), round(DASH * bands.ratio)
    for left, right in picture.gaps:
        shown = min(right, bands.width)
        kernels.fill(px, left, 0, shown, bands.bottom, inks.ground)
        kernels.hatch(px, left, 0, shown, bands.bottom, step, inks.hatch, HATCH_WEIGHT)
        edges = np.array([left, right - 1])
        kernels.instant_lines(px, edges, 0, bands.bottom, dash, bands.width, inks.gap)


def bars(px: Pixels, picture: Picture) -> None:
    """Volume and candles."""
    draw_rows(px, picture, picture.detail)


def draw_rows(px: Pixels, picture: Picture, detail: Detail) -> None:
    """Volume and candles of some rows, on the scales of the picture."""
    bands, price, inks = picture.bands, picture.price, picture.inks
    merged = picture.time.slot < 1.0
    body = 1 if merged else picture.time.body(bands.ratio)
    is_solid = body + 1 < SOLID_UNDER * bands.ratio  # an odd width is up to a pixel off
    outline = 0 if is_solid else max(round(LINE_WIDTH * bands.ratio), 1)
    place = (detail.first, detail.slot, detail.origin, bands.width)
    if picture.volume_per_unit > 0:
        top, bottom = picture.volume_scale()
        kernels.volumes(
            px, detail.rows, *place, top, bottom, picture.volume_per_unit, body,
            inks.up_volume, inks.down_volume, inks.up, inks.down,
        )  # fmt: skip
    kernels.candles(
        px, detail.rows, *place, price.top, bands.plot_bottom, price.high, price.per_unit, body, outline,
        inks.up, inks.up_body, inks.down,
    )  # fmt: skip


def age(px: Pixels, picture: Picture) -> None:
    """Hatch over everything when the data is old."""
    if picture.inks.is_hatched:
        bands = picture.bands
        step = round(HATCH_STEP * bands.ratio)
        kernels.hatch(px, 0, 0, bands.width, bands.bottom, step, picture.inks.hatch, HATCH_WEIGHT)


def frame(px: Pixels, picture: Picture) -> None:
    """Separators of plot, volume pane and axes."""
    bands, ink = picture.bands, picture.inks.frame
    kernels.fill(px, bands.width, 0, bands.width + 1, bands.rows, ink)
    kernels.fill(px, 0, bands.bottom, bands.columns, bands.bottom + 1, ink)
    if bands.has_volume:
        kernels.fill(px, 0, bands.plot_bottom, bands.width, bands.plot_bottom + 1, ink)


LAYERS: Final[tuple[Layer, ...]] = (ground, gaps, bars, age, frame)
