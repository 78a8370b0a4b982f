"""Where the pressure engine keeps what, and its constants.

numba's cache does not see a change across files: when something here changes its meaning, touch
``pressure_kernels.py`` too.

Source: ``contracts.md`` 5.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import record
from cockpit.units import NS_PER_HOUR, NS_PER_MIN, NS_PER_S

PARTS: Final = ("imbalance", "order_flow", "pull_stack", "aggression", "gex_stiffness")
WEIGHTS: Final = (0.30, 0.25, 0.20, 0.15, 0.10)  # renormalised over what is known
FEWEST_PARTS: Final = 2  # known, else the pressure is unknown
BALANCED: Final = 0.15  # below it neither side presses
MODERATE: Final = 0.40  # below it moderate, from it on strong
LEVEL_DECAY: Final = 0.5  # weight e^(-0.5 i) of the i-th level behind the best
TANH_SCALE: Final = 1.5  # medians of its usual size that bring a flow to tanh(1)
SHRINK_TRADES: Final = 10.0  # so many trades count half

WINDOW_NS: Final = 10 * NS_PER_S  # of flows
USUAL_NS: Final = 5 * NS_PER_MIN  # of the medians, of the move, of the range shown
MOVES_NS: Final = NS_PER_HOUR  # of the root mean square of moves
HALF_LIFE_NS: Final = 2 * NS_PER_S  # of the value shown
LEAST_FLOWS: Final = 30  # known ones, else their median is unknown
LEAST_MOVES_NS: Final = 10 * NS_PER_MIN  # age of the oldest move known, else their size is unknown
LONGEST_STEP_NS: Final = NS_PER_MIN  # between ticks in a silence of less than two hours; a longer one is a closure

NEAR_ROOM: Final = 1024  # ticks: more than six minutes of them, at two a second
FAR_ROOM: Final = 8192  # moves: more than an hour of them, at two a second
NEVER: Final = 2**63 - 1  # an instant that has not come

# what goes into the components, by place in an array of float64, NaN unknown
BID_WEIGHTED, ASK_WEIGHTED, OFI, OFI_MEDIAN, NET_STACK, NET_STACK_MEDIAN = range(6)
TRADES, BOUGHT, SOLD, GEX_RATIO, MOVE_TICKS, SIGMA_TICKS = range(6, 12)
N_INPUTS: Final = 12


NEAR: Final = record(  # one tick: sums since the beginning, and what was made of them
    ("clock_ns", np.int64),
    ("ofi", np.float64),
    ("net_stack", np.int64),  # bids less asks
    ("trades", np.float64),  # with an aggressor
    ("bought", np.float64),
    ("sold", np.float64),
    ("mid", np.float64),  # ticks; NaN unknown
    ("ofi_size", np.float64),  # of the flow of the window; NaN unknown
    ("net_stack_size", np.float64),
    ("value", np.float64),  # smoothed; NaN unknown
)
MOVE: Final = record(("clock_ns", np.int64), ("ticks", np.float64))
SUMS: Final = record(
    ("ofi", np.float64),  # since the beginning, as in NEAR
    ("trades", np.float64),
    ("bought", np.float64),
    ("sold", np.float64),
    ("squares", np.float64),  # of the moves of the last hour
    ("ticks", np.int64),  # ever
    ("window", np.int64),  # number of the last tick that lies a whole window back; -1 when none does
    ("usual", np.int64),  # the same of USUAL_NS
    ("moves", np.int64),  # ever
    ("first_move", np.int64),  # number of the oldest in the last hour
    ("flows", np.int64),  # how many sizes of flows are in order
    ("stacks", np.int64),
    ("whole_ns", np.int64),  # since then two sides, uncrossed and trusted at every tick; NEVER when not now
    ("deep_ns", np.int64),  # since then more than one level has been seen; NEVER before
)


class Memory(NamedTuple):
    """All state of one pressure engine.

    Attributes:
        near: NEAR (NEAR_ROOM,), ring by tick number.
        moves: MOVE (FAR_ROOM,), ring by move number.
        flows, stacks: float64 (NEAR_ROOM,), the known sizes of the last five minutes in ascending order.
        inputs: float64 (N_INPUTS,), of the last tick.
        sums: SUMS (1,).
    """

    near: Any
    moves: Any
    flows: Any
    stacks: Any
    inputs: Any
    sums: Any


def memory() -> Memory:
    """A memory of nothing."""
    sums = np.zeros(1, SUMS)
    sums["whole_ns"] = sums["deep_ns"] = NEVER
    sums["window"] = sums["usual"] = -1
    near, moves = np.zeros(NEAR_ROOM, NEAR), np.zeros(FAR_ROOM, MOVE)
    flows, stacks = np.zeros((2, NEAR_ROOM), np.float64)
    return Memory(near, moves, flows, stacks, np.full(N_INPUTS, np.nan), sums)
