"""The walk of the latent market, cell by cell, in one compiled loop.

Streams of random numbers, one place per cell: 1 and 2 volatility, 3 jumps, 4 and 5 returns; two normals per place.

Source: ``market-model.md`` 3 (latent market); departures from it: ``resources/docs/adr/0013``.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from cockpit.feeds.synthetic import curves
from cockpit.feeds.synthetic.philox import draw, normal
from cockpit.feeds.synthetic.scenario import Scenario
from cockpit.units import Floats, Rows, Times

DT: Final = 0.1  # s
YEAR_S: Final = 252 * 23_400.0
# volatility: log-normal, three speeds; half-lives s, standard deviations
HALF_LIFE: Final = (2400.0, 60.0, 3.0)
SPREAD: Final = (0.33, 0.25, 0.40)
JUMP_EVERY_S: Final = 2200.0
JUMP_SIZE: Final = 0.8  # in standard deviations of ten seconds
JUMP_HEAT: Final = 0.5  # what a jump adds to volatility per its size
JUMP_FADE_S: Final = 90.0
# activity follows volatility less than one to one; what is left of it moves market orders (``heat``)
ACTIVITY_SLOW: Final = 0.2
ACTIVITY_QUICK: Final = 0.05
ACTIVITY_JUMP: Final = 0.3
# shares of the common factor and own noise of ES, NQ, YM, RTY
BETA: Final = np.array([1.0, 1.22, 0.85, 1.15])
OWN: Final = np.array([0.0, 0.62, 0.36, 0.85])
SHOCK_BETA: Final = -8.2  # log of 30-day volatility per log of the index
SHOCK_NOISE: Final = 0.0041  # per sqrt(300 s)
SHOCK_FADE_S: Final = 40 * 3600.0  # of trading; a shock of one day is halved by the next but one
MEDIAN_VOL: Final = 0.107

MEMORY: Final = np.dtype(
    [
        ("slow", np.float64),
        ("quick", np.float64),
        ("flicker", np.float64),
        ("jumped", np.float64),
        ("move", np.float64),
        ("shock", np.float64),
        ("logs", np.float64, (4,)),
    ],
    align=True,
)
KNOBS: Final = np.dtype(
    [
        ("vol", np.float64),
        ("activity", np.float64),
        ("drift", np.float64),  # per cell
        ("pin", np.float64),  # log of the index over its start
        ("pull", np.float64),  # per cell
        ("jumps", np.int64),
    ],
    align=True,
)


class Table(NamedTuple):
    """Spans of the market's hours: first cells, kinds, New York's cell of the day there, volatilities a year."""

    starts: Times
    kinds: Times
    walls: Times
    vols: Floats


class Legs(NamedTuple):
    """Scripted stretches: first cells, ends, log move per cell, factor on volatility."""

    starts: Times
    ends: Times
    steps: Floats
    vols: Floats


def table(starts: Times, kinds: Times, walls: Times, vols: Floats) -> Table:
    """Spans as the kernel reads them."""
    return Table(starts, kinds, walls, vols)


def no_table() -> Table:
    """No span at all."""
    return Table(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def legs(scenario: Scenario, first: int) -> Legs:
    """A scenario's stretches in cells from the first cell of the market on."""
    starts = np.array([first + round(leg.after_s / DT) for leg in scenario.legs], np.int64)
    lengths = np.array([max(round(leg.lasts_s / DT), 1) for leg in scenario.legs], np.int64)
    moves = np.array([leg.log_move for leg in scenario.legs], np.float64)
    vols = np.array([leg.vol for leg in scenario.legs], np.float64)
    return Legs(starts, starts + lengths, moves / np.maximum(lengths, 1), vols)


def knobs(scenario: Scenario, jumps: bool, first_price: float) -> Rows:
    """A scenario's numbers per cell, shape (1,)."""
    out = np.zeros(1, KNOBS)
    out["vol"], out["activity"] = scenario.vol, scenario.activity
    out["drift"] = scenario.drift * DT / 3600.0
    if scenario.pin_level > 0:
        out["pin"] = np.log(scenario.pin_level / first_price)
        out["pull"] = scenario.pin_strength * DT / 3600.0
    out["jumps"] = jumps
    return out


def first_memory(seed: int, first: int) -> Rows:
    """The state a path begins with, drawn from what is usual, shape (1,)."""
    out = np.zeros(1, MEMORY)
    _begin(out, np.uint64(seed), first)
    return out


@njit(cache=True, nogil=True)
def _begin(memory: Any, seed: Any, first: int) -> None:
    u0, u1, u2, u3 = draw(seed, 1, first, 7)
    memory[0].slow = SPREAD[0] * normal(u0, u1)
    memory[0].quick = SPREAD[1] * normal(u2, u3)
    u0, u1, _, _ = draw(seed, 2, first, 7)
    memory[0].flicker = SPREAD[2] * normal(u0, u1)


@njit(cache=True, nogil=True)
def walk(
    memory: Any, knobs: Any, legs: Legs, table: Table, regular: Any, night: Any, start: Floats,
    seed: Any, first: int, edges: Floats, cells: Floats,
) -> None:  # fmt: skip
    """Fill the cells from ``first`` on.

    Args:
        memory: The state, moved on.
        knobs, legs: Of the scenario.
        table: Spans that reach over all cells.
        regular, night: Shapes of the day.
        start: Logs of the first prices in ticks.
        seed: uint64.
        first: Number of the first cell.
        edges: (6, n+1): move, shock, four fair prices.
        cells: (4, n): sigma, heat, activity, the day's volatility.
    """
    s = memory[0]
    keep = np.empty(3)
    noise = np.empty(3)
    middle = 0.0
    calm = 0.0
    for i in range(3):
        keep[i] = np.exp(-np.log(2.0) * DT / HALF_LIFE[i])
        noise[i] = SPREAD[i] * np.sqrt(1.0 - keep[i] * keep[i])
        middle += SPREAD[i] * SPREAD[i]
    calm = 0.5 * (ACTIVITY_SLOW**2 * (SPREAD[0] ** 2 + SPREAD[1] ** 2) + ACTIVITY_QUICK**2 * SPREAD[2] * SPREAD[2])
    fade = np.exp(-DT / JUMP_FADE_S)
    forget = np.exp(-DT / SHOCK_FADE_S)
    unrest = SHOCK_NOISE * np.sqrt(DT / 300.0)
    per_cell = np.sqrt(DT / YEAR_S)
    at = np.searchsorted(table.starts, first, side="right") - 1
    _edge(edges, 0, s, start)
    for cell in range(cells.shape[1]):
        k = first + cell
        while at + 1 < len(table.starts) and table.starts[at + 1] <= k:
            at += 1
        cells[3, cell] = table.vols[at]
        if table.kinds[at] == curves.CLOSED:
            cells[0, cell] = cells[1, cell] = cells[2, cell] = 0.0
            _edge(edges, cell + 1, s, start)
            continue
        wall = (table.walls[at] + k - table.starts[at]) % curves.CELLS_PER_DAY * DT
        usual, busy = curves.shape(table.kinds[at], wall, regular, night)
        u0, u1, u2, u3 = draw(seed, 1, k, 1)
        s.slow = keep[0] * s.slow + noise[0] * normal(u0, u1)
        s.quick = keep[1] * s.quick + noise[1] * normal(u2, u3)
        u0, u1, u2, u3 = draw(seed, 2, k, 1)
        s.flicker = keep[2] * s.flicker + noise[2] * normal(u0, u1)
        vix = normal(u2, u3)
        vol, script = 1.0, 0.0
        for leg in range(len(legs.starts)):
            if legs.starts[leg] <= k < legs.ends[leg]:
                vol *= legs.vols[leg]
                script += legs.steps[leg]
        vol *= knobs[0].vol
        base = table.vols[at] * per_cell
        jump = 0.0
        s.jumped *= fade
        u0, u1, _, _ = draw(seed, 3, k, 1)
        rate = DT / JUMP_EVERY_S * (1.0 if table.kinds[at] == curves.REGULAR else 0.3)
        if u0 < rate and knobs[0].jumps != 0:
            size = np.log(2.0 * u1) if u1 < 0.5 else -np.log(2.0 * (1.0 - u1))
            jump = size * JUMP_SIZE * base * usual * np.sqrt(10.0 / DT) * vol
            s.jumped += JUMP_HEAT * min(abs(size), 3.0)
        excited = np.exp(s.slow + s.quick + s.flicker - middle) * (1.0 + s.jumped)
        sigma = usual * excited * vol
        u0, u1, u2, u3 = draw(seed, 4, k, 1)
        factor = base * sigma * normal(u0, u1) + jump
        factor += knobs[0].drift + script - knobs[0].pull * (s.move - knobs[0].pin)
        s.move += factor
        s.logs[0] += BETA[0] * factor
        s.logs[1] += BETA[1] * factor + OWN[1] * base * sigma * normal(u2, u3)
        u0, u1, u2, u3 = draw(seed, 5, k, 1)
        s.logs[2] += BETA[2] * factor + OWN[2] * base * sigma * normal(u0, u1)
        s.logs[3] += BETA[3] * factor + OWN[3] * base * sigma * normal(u2, u3)
        s.shock = s.shock * forget + SHOCK_BETA * factor + unrest * vix
        cells[0, cell] = sigma
        cells[1, cell] = excited * vol * table.vols[at] / MEDIAN_VOL
        slow = ACTIVITY_SLOW * (s.slow + s.quick) + ACTIVITY_QUICK * s.flicker - calm
        cells[2, cell] = busy * knobs[0].activity * np.exp(slow) * (1.0 + ACTIVITY_JUMP * s.jumped)
        _edge(edges, cell + 1, s, start)


@njit(nogil=True, inline="always")
def _edge(edges: Floats, at: int, s: Any, start: Floats) -> None:
    edges[0, at] = s.move
    edges[1, at] = s.shock
    for i in range(4):
        edges[2 + i, at] = np.exp(start[i] + s.logs[i])
