"""The Stoikov micro-price: where the mid will be on average, learned from how it moved before.

A moment of the book is a state of imbalance and spread. From counted transitions follow, per state, the chance to
go over into another state while the mid stays (Q), to jump by K ticks (R), and to jump and land in a state (T); the
sum of expected jumps over all further jumps is the adjustment that is added to the mid. Symmetrised data make it
converge.

Source: Stoikov (2018), "The micro-price: a high-frequency estimator of future prices"; ``formulas.md`` 5.1.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import EngineError
from cockpit.units import Floats, Sizes, Ticks

IMBALANCES: Final = 10  # parts of the bid's share of the best size
SPREADS: Final = 4  # 1, 2, 3 ticks, and more
MOST_JUMP: Final = 4  # half ticks of the mid; what jumps farther counts as this far
TERMS: Final = 60  # of the sum; after the sixth they hardly matter
LEAST_MOVES: Final = 100  # jumps of the mid a fit needs


@dataclass(frozen=True, slots=True, eq=False)
class MicropriceFit:
    """A table to add to the mid.

    Attributes:
        adjustments: float64 (SPREADS, IMBALANCES), ticks; NaN where the state was never left.
        moments: Book states counted.
        moves: Jumps of the mid among them.
    """

    adjustments: Floats
    moments: int
    moves: int

    def at(self, share: float, spread_ticks: int) -> float | None:
        """The adjustment at a bid share (0..1) and spread, ticks; None where nothing was learned."""
        if not 0 <= share <= 1 or spread_ticks < 1:
            return None
        value = self.adjustments[min(spread_ticks, SPREADS) - 1, min(int(share * IMBALANCES), IMBALANCES - 1)]
        return None if np.isnan(value) else float(value)


def adjustments(fit: MicropriceFit, bid_sizes: Floats, ask_sizes: Floats, spreads: Floats) -> Floats:
    """The table at many moments, float64 (n,) in ticks; NaN where nothing was learned or nothing is known.

    Args:
        bid_sizes, ask_sizes: float64 (n,), of the best levels; NaN unknown.
        spreads: float64 (n,), ticks.
    """
    known = (bid_sizes > 0) & (ask_sizes > 0) & (spreads >= 1)
    shares = np.where(known, bid_sizes / np.where(known, bid_sizes + ask_sizes, 1.0), 0.0)
    cells = np.minimum((shares * IMBALANCES).astype(np.int64), IMBALANCES - 1)
    gaps = np.minimum(np.where(known, spreads, 1.0).astype(np.int64), SPREADS) - 1
    return np.where(known, fit.adjustments[gaps, cells], np.nan)


def first_jump(q: Floats, r: Floats, k: Floats) -> Floats:
    """G1 = (I - Q)^-1 R K: expected size of the next jump from each state, float64 (n,)."""
    return np.linalg.solve(np.eye(len(q)) - q, r @ k)


def next_states(q: Floats, t: Floats) -> Floats:
    """B = (I - Q)^-1 T: where the next jump lands, float64 (n, n)."""
    return np.linalg.solve(np.eye(len(q)) - q, t)


def adjustment(q: Floats, r: Floats, k: Floats, t: Floats, terms: int = TERMS) -> Floats:
    """The sum of B^i G1 over ``terms`` jumps, float64 (n,), unit of ``k``.

    Args:
        q: float64 (n, n), chance of going over without a jump.
        r: float64 (n, m), chance of each jump.
        k: float64 (m,), the jumps.
        t: float64 (n, n), chance of a jump that lands in each state.
    """
    step = first_jump(q, r, k)
    landed = next_states(q, t)
    total = step.copy()
    for _ in range(terms - 1):
        step = landed @ step
        total += step
    return total


def fit_microprice(bid_ticks: Ticks, bid_sizes: Sizes, ask_ticks: Ticks, ask_sizes: Sizes) -> MicropriceFit:
    """Learn the table from best quotes in event order.

    Args:
        bid_ticks, bid_sizes, ask_ticks, ask_sizes: int64 (n,); moments with an empty side or a spread below one
            tick are left out, and nothing is learned across them.

    Raises:
        EngineError: Too few jumps of the mid to learn from.
    """
    good = (bid_sizes > 0) & (ask_sizes > 0) & (ask_ticks > bid_ticks)
    share = np.zeros(len(good))
    share[good] = bid_sizes[good] / (bid_sizes[good] + ask_sizes[good])
    cell = np.minimum((share * IMBALANCES).astype(np.int64), IMBALANCES - 1)
    gap = np.minimum(np.where(good, ask_ticks - bid_ticks, 1), SPREADS) - 1
    twice_mid = np.where(good, bid_ticks + ask_ticks, 0)
    pairs = good[1:] & good[:-1]
    jumps = np.clip(np.diff(twice_mid), -MOST_JUMP, MOST_JUMP)[pairs]
    moves = int(np.count_nonzero(jumps))
    if moves < LEAST_MOVES:
        raise EngineError(f"{moves} jumps of the mid; a micro-price needs {LEAST_MOVES} to learn from")
    before = (gap * IMBALANCES + cell)[:-1][pairs], (gap * IMBALANCES + cell)[1:][pairs]
    mirrored = tuple(state // IMBALANCES * IMBALANCES + IMBALANCES - 1 - state % IMBALANCES for state in before)
    states, nexts = (np.concatenate([a, b]) for a, b in zip(before, mirrored, strict=True))
    table = _solved(states, nexts, np.concatenate([jumps, -jumps]))
    return MicropriceFit(table.reshape(SPREADS, IMBALANCES), int(good.sum()), moves)


def _solved(states: Ticks, nexts: Ticks, jumps: Ticks) -> Floats:
    """Adjustments in ticks by state, float64 (SPREADS * IMBALANCES,); NaN for states never seen."""
    n = SPREADS * IMBALANCES
    steps = np.array([step for step in range(-MOST_JUMP, MOST_JUMP + 1) if step])
    stays, lands, leaps = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, len(steps)))
    still = jumps == 0
    np.add.at(stays, (states[still], nexts[still]), 1.0)
    np.add.at(lands, (states[~still], nexts[~still]), 1.0)
    np.add.at(leaps, (states[~still], np.searchsorted(steps, jumps[~still])), 1.0)
    counts = stays.sum(axis=1) + lands.sum(axis=1)
    # states from which no jump was ever reached would keep their probability for ever: they take no part
    seen = _reaching(stays, leaps.sum(axis=1) > 0)
    stays, lands, leaps = (each[seen] / counts[seen, None] for each in (stays, lands, leaps))
    found = np.full(n, np.nan)
    found[seen] = adjustment(stays[:, seen], leaps, steps / 2, lands[:, seen])
    return found


def _reaching(stays: Floats, jumping: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """States from which a jumping one is reached without a jump, bool (n,)."""
    while True:
        wider = jumping | ((stays[:, jumping] > 0).any(axis=1))
        if (wider == jumping).all():
            return jumping
        jumping = wider
