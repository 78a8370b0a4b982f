"""The layers of a chart, bottom up: each draws its part of a ``Picture`` into pixels.

A new overlay is a function here and a line in ``LAYERS``. This module loads numba; surfaces import it late.
"""

from collections.abc import Callable, Iterable
from math import floor
from typing import Final

import numpy as np

from cockpit.units import Pixels
from cockpit.widgets.plot import kernels, line_kernels, overlay_kernels
from cockpit.widgets.plot.detail import Detail
from cockpit.widgets.plot.gamma import FLIP_DASH, PROFILE_FILL, PROFILE_HEAD, Profile
from cockpit.widgets.plot.gamma import LINE_WIDTH as LEVEL_WIDTH
from cockpit.widgets.plot.gamma_inks import GammaInks
from cockpit.widgets.plot.inks import CASING_WEIGHT, HATCH_STEP, HATCH_WEIGHT, LINE_WIDTH, SOLID_UNDER
from cockpit.widgets.plot.lines import Line
from cockpit.widgets.plot.picture import Picture

Layer = Callable[[Pixels, Picture], None]
DASH: Final = 4  # logical pixels on and off (design.md 4, "session 4-4")
NET_WIDTH: Final = 3  # logical pixels of the net in the strike profile
FLIP_TICK: Final = 5  # logical pixels of the mark of a further flip on the axis


def ground(px: Pixels, picture: Picture) -> None:
    """Panel colour and grid."""
    bands, inks = picture.bands, picture.inks
    kernels.fill(px, 0, 0, bands.columns, bands.rows, inks.ground)
    kernels.level_lines(px, picture.levels, 0, bands.right, inks.grid)
    kernels.instant_lines(px, picture.instants, 0, bands.bottom, 0, picture.end, inks.grid)
    dash = round(DASH * bands.ratio)
    kernels.instant_lines(px, picture.sessions, 0, bands.bottom, dash, picture.end, inks.session)


def gamma_field(px: Pixels, picture: Picture) -> None:
    """Gamma exposure under the candles: the field by strike and time, and the strike profile beside the axis."""
    bands, gamma = picture.bands, picture.gamma
    if gamma is None:
        return
    inks, step = gamma.inks, round(HATCH_STEP * bands.ratio)
    for part in gamma.parts:
        overlay_kernels.field(
            px, part.values, part.columns, part.left, part.edges, bands.plot_bottom, gamma.per_usd,
            inks.plus, inks.minus,
        )  # fmt: skip
        if inks.is_hatched:
            top, base = max(int(part.edges[-1]), 0), min(int(part.edges[0]), bands.plot_bottom)
            end = part.left + len(part.columns)
            kernels.hatch(px, part.left, top, end, base, step, inks.hatch, HATCH_WEIGHT)
    if bands.profile:
        kernels.fill(px, bands.right, 0, bands.right + 1, bands.plot_bottom, inks.edge)
    if gamma.profile is not None:
        _profile(px, picture, gamma.profile, inks)


def _profile(px: Pixels, picture: Picture, profile: Profile, inks: GammaInks) -> None:
    bands = picture.bands
    middle, reach = bands.right + bands.profile // 2, round(bands.profile // 2 * PROFILE_FILL)
    overlay_kernels.strikes(
        px, profile.edges, profile.calls, profile.puts, profile.nets, middle, reach, reach / profile.largest,
        round(NET_WIDTH * bands.ratio), round(PROFILE_HEAD * bands.ratio), bands.plot_bottom,
        inks.call_bar, inks.put_bar, inks.call_net, inks.put_net,
    )  # fmt: skip
    kernels.fill(px, middle, 0, middle + 1, bands.plot_bottom, inks.edge)


def gamma_levels(px: Pixels, picture: Picture) -> None:
    """Walls and flip as lines across the plot, where the flip may lie, further flips as marks on the axis."""
    bands, gamma = picture.bands, picture.gamma
    if gamma is None:
        return
    inks, thick = gamma.inks, round(LEVEL_WIDTH * bands.ratio)
    if gamma.band is not None:
        top, bottom = gamma.band
        # beside the field only: over it the tint would change what its colours say
        overlay_kernels.tint(px, gamma.free, top, bands.right, bottom, inks.band, inks.band_weight)
    on, off = (round(part * bands.ratio) for part in FLIP_DASH)
    for line in gamma.lines:
        top = line.row - thick // 2
        bottom = min(top + thick, bands.plot_bottom)
        if line.dashed:
            overlay_kernels.dashes(px, 0, top, bands.width, bottom, on, off, inks.lines[line.kind])
        else:
            kernels.fill(px, 0, top, bands.width, bottom, inks.lines[line.kind])
    tick = bands.width + 1 + round(FLIP_TICK * bands.ratio)
    for row in gamma.ticks:
        kernels.fill(px, bands.width + 1, row - thick // 2, tick, row - thick // 2 + thick, inks.lines["flip"])


def gaps(px: Pixels, picture: Picture) -> None:
    """Where data is missing: bare ground, hatched, with dashed edges. Nothing is drawn across it."""
    bands, inks = picture.bands, picture.inks
    step, dash = round(HATCH_STEP * bands.ratio), round(DASH * bands.ratio)
    for left, right in picture.gaps:
        shown = min(right, picture.end)
        kernels.fill(px, left, 0, shown, bands.bottom, inks.ground)
        kernels.hatch(px, left, 0, shown, bands.bottom, step, inks.hatch, HATCH_WEIGHT)
        edges = np.array([left, right - 1])
        kernels.instant_lines(px, edges, 0, bands.bottom, dash, picture.end, inks.gap)


def bars(px: Pixels, picture: Picture) -> None:
    """Volume and candles."""
    draw_rows(px, picture, picture.detail)


def lines(px: Pixels, picture: Picture) -> None:
    """Lines through the bars, and what their pane is measured against."""
    if picture.delta is not None:
        zero = floor(float(picture.delta.ys(np.zeros(1))[0]))
        if picture.delta.top < zero < picture.delta.bottom:
            kernels.fill(px, 0, zero, picture.end, zero + 1, picture.inks.session)
    draw_lines(px, picture, picture.lines)


def draw_lines(px: Pixels, picture: Picture, parts: Iterable[Line]) -> None:
    """Some lines, cut where bars end."""
    for part in parts:
        line_kernels.trace(
            px, part.xs, part.ys, part.joins, picture.end, part.top, part.bottom, part.thick, part.on, part.off,
            part.phase, part.ink, part.weight,
        )  # fmt: skip


def draw_rows(px: Pixels, picture: Picture, detail: Detail, left: int = 0) -> None:
    """Volume and candles of some rows, on the scales of the picture; their casings from column ``left`` on."""
    bands, price, inks = picture.bands, picture.price, picture.inks
    merged = picture.time.slot < 1.0
    body = 1 if merged else picture.time.body(bands.ratio)
    is_solid = body + 1 < SOLID_UNDER * bands.ratio  # an odd width is up to a pixel off
    outline = 0 if is_solid else max(round(LINE_WIDTH * bands.ratio), 1)
    place = (detail.first, detail.slot, detail.origin)
    if picture.volume_per_unit > 0:
        top, bottom = picture.volume_scale()
        kernels.volumes(
            px, detail.rows, *place, picture.end, top, bottom, picture.volume_per_unit, body,
            inks.up_volume, inks.down_volume, inks.up_delta, inks.down_delta,
        )  # fmt: skip
    scale = (price.top, bands.plot_bottom, price.high, price.per_unit)
    if inks.casing is not None:
        overlay_kernels.casings(
            px, detail.rows, *place, left, picture.end, *scale, body, picture.casing, inks.casing, CASING_WEIGHT
        )
    kernels.candles(
        px, detail.rows, *place, picture.end, *scale, body, outline, inks.up, inks.up_body, inks.down
    )  # fmt: skip


def age(px: Pixels, picture: Picture) -> None:
    """Hatch over everything when the data is old."""
    if picture.inks.is_hatched:
        step = round(HATCH_STEP * picture.bands.ratio)
        kernels.hatch(px, 0, 0, picture.end, picture.bands.bottom, step, picture.inks.hatch, HATCH_WEIGHT)


def future(px: Pixels, picture: Picture) -> None:
    """Bands of the cone, ends of sessions, a hatch when the volatility is old, the line between now and then."""
    cone, bands = picture.cone, picture.bands
    if cone is None:
        return
    tops, bases = cone.spans(bands.ratio)
    ink = picture.inks.old_cone if cone.is_old else picture.inks.now
    overlay_kernels.stacked(px, cone.now, tops, bases, bands.plot_bottom, ink, cone.fills)
    ends = np.array([day.column for day in cone.days], np.int64)
    dash = round(DASH * bands.ratio)
    kernels.instant_lines(px, ends, 0, bands.bottom, dash, bands.right, picture.inks.session)
    if cone.is_old:
        step = round(HATCH_STEP * bands.ratio)
        kernels.hatch(px, cone.now, 0, bands.right, bands.bottom, step, picture.inks.hatch, HATCH_WEIGHT)
    kernels.fill(px, cone.now, 0, cone.now + max(round(bands.ratio), 1), bands.bottom, picture.inks.now)


def frame(px: Pixels, picture: Picture) -> None:
    """Separators of plot, volume pane and axes."""
    bands, ink = picture.bands, picture.inks.frame
    kernels.fill(px, bands.width, 0, bands.width + 1, bands.rows, ink)
    kernels.fill(px, 0, bands.bottom, bands.columns, bands.bottom + 1, ink)
    if bands.has_volume:
        kernels.fill(px, 0, bands.plot_bottom, bands.width, bands.plot_bottom + 1, ink)
    if bands.cvd:
        kernels.fill(px, 0, bands.volume_bottom, bands.width, bands.volume_bottom + 1, ink)
    if bands.traded:
        left = bands.width - bands.traded
        kernels.fill(px, left, 0, left + 1, bands.plot_bottom, ink)


LAYERS: Final[tuple[Layer, ...]] = (
    ground, gamma_field, gaps, gamma_levels, future, bars, lines, age, frame,
)  # fmt: skip
