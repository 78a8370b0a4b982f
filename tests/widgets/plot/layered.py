"""Charts with layers: hand-made gamma overlays and cones that look like real ones, and their pictures.

Prices are in ticks of 0.25 as those of ``charts``.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from cockpit.state.views import ChartState, ConeState, Freshness, GexLevel, GexOverlay, GexStretch
from cockpit.units import NS_PER_S, Floats
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.composer import Composed, Composer
from cockpit.widgets.plot.cone import has_cone
from cockpit.widgets.plot.gamma import has_field, has_gamma
from cockpit.widgets.plot.gamma_inks import gamma_inks_of
from cockpit.widgets.plot.inks import inks_of
from cockpit.widgets.plot.view import View
from cockpit.widgets.theme import load_theme

THEME = load_theme("graphite")
TICKS = 4  # a point
QUANTILES = (-1.959964, -0.994458, -0.674490, 0.0, 0.674490, 0.994458, 1.959964)
DAYS = ("Wed 13", "Thu 14", "Fri 15", "Mon 18", "Tue 19")


def overlay(
    state: ChartState, since: int = 240, strikes: int = 40, spacing: float = 5.0, **changes: Any
) -> GexOverlay:
    """An SPX chain's field on an ES chart from bar ``since`` on: positive above the newest price, negative below.

    Args:
        strikes, spacing: How many and how far apart, points.
    """
    spot = float(state.bars["close"][-1])
    centre = round(spot / TICKS / spacing) * spacing
    names = centre + (np.arange(strikes) - strikes // 2) * spacing  # SPX points
    basis = 12.25
    at = (names + basis) * TICKS
    calls = 3.2e9 * np.exp(-(((names - centre - 4 * spacing) / (5 * spacing)) ** 2)) * heavy(names)
    puts = -2.6e9 * np.exp(-(((names - centre + 5 * spacing) / (5 * spacing)) ** 2)) * heavy(names)
    count = len(state.bars) - since
    drift = 1 + 0.25 * np.sin(np.arange(count) / 9.0)[:, None] * np.cos(np.arange(strikes) / 3.0)[None, :]
    values = ((calls + puts)[None, :] * drift).astype(np.float32)
    middles = (at[1:] + at[:-1]) / 2
    edges = np.concatenate(([at[0] - spacing * 2], middles, [at[-1] + spacing * 2]))
    top, low = int(np.argmax(calls)), int(np.argmin(puts))
    flip = float(at[strikes // 2]) - 13.0
    made = GexOverlay(
        freshness=Freshness.FRESH,
        age_ns=42 * NS_PER_S,
        root="SPX",
        as_of_ns=state.now_ns,
        total=1.42e9,
        call=float(calls.sum()),
        put=float(puts.sum()),
        stretches=(GexStretch(since, edges, values),),
        scale=float(np.abs(values).max()),
        at=at,
        calls=calls,
        puts=puts,
        levels=(
            GexLevel("call_wall", float(names[top]), float(at[top]), float(calls[top])),
            GexLevel("put_wall", float(names[low]), float(at[low]), float(puts[low])),
            GexLevel("flip", flip / TICKS, flip),
            GexLevel("flip", flip / TICKS + 16.0, flip + 64.0),
        ),
        flip_band=(flip - 10.0, flip + 14.0),
        basis=basis,
        basis_age_ns=250 * NS_PER_S,
        version=1,
    )
    return replace(made, **changes)


def heavy(names: Floats) -> Floats:
    """Round strikes carry more than those between."""
    return np.where(names % 25 == 0, 1.0, np.where(names % 10 == 0, 0.55, 0.3))


def cone(state: ChartState, vix: float = 27.29, points: int = 61, **changes: Any) -> ConeState:
    """Today's rest and five sessions ahead by the VIX."""
    origin = float(state.bars["close"][-1])
    along = np.linspace(0.0, 1.0, points)
    spread = vix / 1600 * np.sqrt(5 * along)
    made = ConeState(
        freshness=Freshness.FRESH,
        age_ns=9 * NS_PER_S,
        vix=vix,
        now_ns=state.now_ns,
        origin=origin,
        along=along,
        bands=origin * np.exp(spread[:, None] * np.array(QUANTILES) - spread[:, None] ** 2 / 2),
        days=tuple((name, (place + 1) / 5) for place, name in enumerate(DAYS)),
        one_session=origin * vix / 1600,
        five_sessions=origin * vix / 1600 * 5**0.5,
        version=1,
    )
    return replace(made, **changes)


def layered(state: ChartState, *, gex: bool = True, cone_on: bool = True) -> ChartState:
    """The state with a gamma overlay, a cone, or both."""
    return replace(state, gex=overlay(state) if gex else None, cone=cone(state) if cone_on else None)


def composed_of(
    state: ChartState, width: float = 900, ratio: float = 1.0, view: View | None = None, height: float = 400
) -> Composed:
    """What a pane with volume composes of a state."""
    shown = {"volume": True, "gex": has_gamma(state.gex), "cone": has_cone(state.cone)}
    inks = inks_of(THEME, state.head.freshness, over_field=has_field(state.gex))
    gamma_inks = None if state.gex is None else gamma_inks_of(THEME, state.gex.freshness)
    return Composer().compose(state, view or View(), Bands.of(width, height, ratio, **shown), inks, gamma_inks)
