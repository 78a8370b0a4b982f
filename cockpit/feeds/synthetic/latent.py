"""What the books do not see: one path of fair prices, volatility and activity on a grid of 0.1 s, day and night.

Cells are numbered from the Unix epoch, so that a cell's random numbers depend on the seed and on nothing else; what
came before enters by the state alone. Closed cells change nothing.

Source: ``market-model.md`` 3 (latent market).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.errors import ConfigError
from cockpit.feeds.synthetic import curves, latent_kernels
from cockpit.feeds.synthetic.curves import CELL_NS, CELLS_PER_DAY
from cockpit.feeds.synthetic.latent_kernels import MEMORY
from cockpit.feeds.synthetic.philox import draw, normal
from cockpit.feeds.synthetic.scenario import Scenario
from cockpit.units import Floats

ROOTS: Final = ("ES", "NQ", "YM", "RTY")
FIRST_PRICES: Final = np.array([6500.0, 23_800.0, 45_500.0, 2_380.0])  # where every path begins, points
TICKS: Final = np.array([0.25, 0.25, 1.0, 0.1])
MEDIAN_VOL: Final = 0.107  # a year, of regular hours
SPREAD_OF_DAYS: Final = 0.457  # standard deviation of the log of a day's volatility
_DAYS_BACK: Final = 400
_AHEAD_CELLS: Final = 8 * CELLS_PER_DAY
State = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A run of cells. Paths stand at the cells' edges, so they have one more entry.

    Attributes:
        first: Number of the first cell; cell ``k`` is ``[k, k + 1) * CELL_NS`` since the Unix epoch.
        move: float64 (n+1,), log return of the index since the path began.
        shock: float64 (n+1,), log change of 30-day volatility for the option surface, slowly fading.
        fair: float64 (4, n+1), fair prices of ES, NQ, YM, RTY, ticks.
        sigma: float64 (n,), volatility over the day's own mean of regular hours; 0 where closed.
        heat: float64 (n,), volatility over what is usual at that time of an average day; 0 where closed.
        activity: float64 (n,), rate of orders over the mean of regular hours; 0 where closed.
        day_vol: float64 (n,), the trade date's volatility a year, of regular hours.
    """

    first: int
    move: Floats
    shock: Floats
    fair: Floats
    sigma: Floats
    heat: Floats
    activity: Floats
    day_vol: Floats

    def __len__(self) -> int:
        return len(self.sigma)

    @property
    def start_ns(self) -> int:
        """Where it begins, ns UTC."""
        return self.first * CELL_NS


def cell_of(at_ns: int) -> int:
    """Number of the cell an instant lies in."""
    return at_ns // CELL_NS


@njit(cache=True, nogil=True)
def _day_factor(seed: Any, day: int) -> float:
    """Log of a day's volatility over the median, in standard deviations: a slow, a quick and a sudden part."""
    slow = quick = sudden = 0.0
    for each in range(day - _DAYS_BACK + 1, day + 1):
        u0, u1, u2, u3 = draw(seed, 901, each, 1)
        slow = 0.98 * slow + np.sqrt(1 - 0.98**2) * normal(u0, u1)
        quick = 0.75 * quick + np.sqrt(1 - 0.75**2) * normal(u2, u3)
    u0, u1, _, _ = draw(seed, 903, day, 1)
    sudden = normal(u0, u1)
    return np.sqrt(0.6) * slow + np.sqrt(0.3) * quick + np.sqrt(0.1) * sudden


def day_volatility(seed: int, day: int) -> float:
    """Volatility a year of regular hours on a trading day.

    Args:
        seed: Of the market.
        day: Weekdays since 1970-01-01 (``curves.spans``).
    """
    return MEDIAN_VOL * float(np.exp(SPREAD_OF_DAYS * _day_factor(np.uint64(seed & 0xFFFFFFFF), day)))


class Latent:
    """The path of one seed from an instant on, taken in order in pieces of any length.

    Args:
        seed: 0 to 2^32 - 1.
        first_ns: Where it begins, ns UTC, cut down to a cell.
        scenario: Knobs.
        jumps: Whether the price may jump.

    Raises:
        ConfigError: A seed that does not fit.
    """

    def __init__(self, seed: int, first_ns: int, scenario: Scenario | None = None, *, jumps: bool = True) -> None:
        if not 0 <= seed < 2**32:
            raise ConfigError(f"seed {seed}: 0 to 4,294,967,295")
        self.seed = seed
        self.scenario = scenario or Scenario()
        self.first = cell_of(first_ns)
        self._next = self.first
        self._memory = latent_kernels.first_memory(seed, self.first)
        self._knobs = latent_kernels.knobs(self.scenario, jumps, float(FIRST_PRICES[0]))
        self._legs = latent_kernels.legs(self.scenario, self.first)
        self._table_until = 0
        self._table = latent_kernels.no_table()

    @property
    def next_cell(self) -> int:
        """Number of the cell that comes next."""
        return self._next

    def advance(self, n: int) -> Cells:
        """The next ``n`` cells.

        Raises:
            ConfigError: ``n`` is negative.
        """
        if n < 0:
            raise ConfigError(f"{n} cells: not below 0")
        first = self._next
        if first + n > self._table_until:
            self._read_calendar(first, first + max(n, _AHEAD_CELLS))
        edges, cells = np.empty((6, n + 1)), np.empty((4, n))
        start = np.log(FIRST_PRICES / TICKS)
        latent_kernels.walk(
            self._memory, self._knobs, self._legs, self._table,
            curves.regular_shape(), curves.night_shape(), start, np.uint64(self.seed), first, edges, cells,
        )  # fmt: skip
        self._next = first + n
        for array in (edges, cells):
            array.flags.writeable = False
        return Cells(first, edges[0], edges[1], edges[2:], cells[0], cells[1], cells[2], cells[3])

    def _read_calendar(self, first: int, last: int) -> None:
        starts, kinds, days = curves.spans(first * CELL_NS, last * CELL_NS)
        if self.scenario.thin:
            kinds = np.where(kinds == curves.REGULAR, curves.NIGHT, kinds)
        # whole cells: the time of day must not depend on where the table begins, not even in its last bit
        walls = np.array([curves.wall_ns_of_day(int(ns)) // CELL_NS for ns in starts])
        own = self.scenario.annual_vol
        vols = np.array([day_volatility(self.seed, int(day)) if own is None else own for day in days])
        self._table = latent_kernels.table(starts // CELL_NS, kinds, walls, vols)
        self._table_until = last

    def save(self) -> State:
        """Its state as plain arrays; the next piece of a path that loads it is equal to the byte."""
        return {"latent_memory": self._memory.copy(), "latent_next": np.array([self._next], np.int64)}

    def load(self, state: State) -> None:
        """Go on where ``save`` was called, on a path of the same seed, start and scenario.

        Raises:
            ConfigError: Not made by ``save``.
        """
        memory, at = state.get("latent_memory"), state.get("latent_next")
        if memory is None or at is None or memory.dtype != MEMORY or memory.shape != (1,):
            raise ConfigError("not the saved state of a latent market")
        self._memory = memory.copy()
        self._next = int(at[0])
        self._table_until = 0
