"""The options half of the market on the latent path: the index, its chain, the volatility indices of that chain.

Levels are sampled at marks every fifteen seconds of the index session; the chain is published every few minutes of
it. What a mark says depends on the path up to it alone, so pieces of any length give the same rows.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.calendars import Calendar, calendar_of
from cockpit.errors import ConfigError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.feeds.synthetic.chain import DIVIDENDS, RATE, ChainModel, Spot
from cockpit.feeds.synthetic.curves import CELL_NS
from cockpit.feeds.synthetic.latent import FIRST_PRICES, Cells
from cockpit.feeds.synthetic.listings import expiry_instants, third_friday
from cockpit.feeds.synthetic.scenario import Scenario
from cockpit.feeds.synthetic.surface import at_the_money
from cockpit.feeds.synthetic.volatility_level import VolatilityLevel, daily_closes
from cockpit.instants import eastern, eastern_days
from cockpit.instruments import MONTH_CODES, Instrument, split_future
from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_MIN, NS_PER_S, Floats, Rows, Times

# volatility indices in points over so many days each, of CHAIN rows at an instant; None where it cannot be told
IndicesOf = Callable[[Rows, int, Sequence[int]], Sequence[float | None]]
State = dict[str, np.ndarray]

MARK_NS: Final = 15 * NS_PER_S  # how often levels are published
_MARK_CELLS: Final = MARK_NS // CELL_NS
CHAIN_NS: Final = 5 * NS_PER_MIN
SYMBOLS: Final = ("SPX.CBOE", "VIX.CBOE", "VIX9D.CBOE", "VIX3M.CBOE")
HORIZONS: Final = (30, 9, 93)  # days, of the volatility indices in the order of SYMBOLS
_VIX_FROM_DAYS: Final = (24, 31)  # the VIX rests on the first Fridays from these days ahead on
_FRIDAY: Final = 4
_MINUTES_PER_DAY: Final = 1_440
YEAR_SESSIONS: Final = 252
_YEAR_NS: Final = 365 * NS_PER_DAY
_WIDEST: Final = 0.8  # log of how much wider spreads get when volatility leaps
_BAR: Final = 3  # open, high, low of the running bar


@dataclass(frozen=True, slots=True)
class Publishing:
    """What is published, and how.

    Attributes:
        ids: Instrument of each of SYMBOLS.
        future_expiry_ns: Of the future the path prices: the index is what it is worth today.
        chain_ns: How often the chain comes, a whole number of marks.
        volatility_ns: How often the volatility indices come, a whole number of marks; the index comes at each.
    """

    ids: tuple[int, int, int, int]
    future_expiry_ns: int
    chain_ns: int = CHAIN_NS
    volatility_ns: int = MARK_NS

    def __post_init__(self) -> None:
        for name, every in (("a chain", self.chain_ns), ("volatility indices", self.volatility_ns)):
            if every <= 0 or every % MARK_NS:
                raise ConfigError(f"{name} every {every / NS_PER_S:g} s: a whole number of 15 s above 0")


class OptionsMarket:
    """Index levels and chains of one seed.

    Args:
        seed: Of the market.
        start_ns: Where the market begins, ns UTC.
        scenario: Knobs.
        indices_of: Makes volatility indices of quotes; the formula lives with the engines.
        publishing: What is published.

    Attributes:
        publishing: The same; may be changed at any mark.
    """

    def __init__(
        self, seed: int, start_ns: int, scenario: Scenario, indices_of: IndicesOf, publishing: Publishing
    ) -> None:
        self._seed, self._start_ns = seed, start_ns
        self._indices_of, self.publishing = indices_of, publishing
        self._level = VolatilityLevel(seed, scenario)
        self._options, self._cash = calendar_of("cboe"), calendar_of("xnys")
        self._model: ChainModel | None = None
        self._centre = 0.0  # where the day's strikes are centred
        self._chain = np.zeros(0, DTYPES[Kind.CHAIN])
        self._bar = np.full(_BAR, np.nan)  # of the index since the last mark, log of the level
        self._levels = np.full(len(SYMBOLS), np.nan)  # last published of the day
        self._last: dict[int, Rows] = {}  # by instrument, in the order they were published

    def prelude(self) -> Rows:
        """A year of daily closes of the volatility indices before the start, INDEX rows by clock."""
        spot = self._spot(self._start_ns, 0.0, 0.0)
        now = self._volatilities(ChainModel(self._seed, _day_of(spot.ns), spot.level), spot)
        years = np.array(HORIZONS) / 365
        over = now / (100 * at_the_money(years, spot.atm30, 0.0))
        past = daily_closes(self._seed, self._level, self._start_ns, YEAR_SESSIONS, HORIZONS, over)
        rows = np.zeros((len(past.closes_ns), len(HORIZONS)), DTYPES[Kind.INDEX])
        rows["clock_ns"], rows["open_ns"] = past.closes_ns[:, None], past.opens_ns[:, None]
        rows["event_ns"], rows["recv_ns"] = past.opens_ns[:, None], NO_TIME
        rows["interval_ns"], rows["instrument"] = NS_PER_DAY, self.publishing.ids[1:]
        for name in ("open", "high", "low", "volume"):
            rows[name] = np.nan
        rows["close"] = np.round(past.values.T, 2)
        return rows.ravel()

    def advance(self, cells: Cells) -> tuple[Rows, Rows]:
        """INDEX and CHAIN rows of the marks after the first edge of the cells up to the last, by clock."""
        levels: list[Rows] = []
        chains: list[Rows] = []
        done = 0
        for mark in _marks(cells):
            edge = mark - cells.first
            self._follow(cells, done, edge)
            done = edge
            at_ns = mark * CELL_NS
            if _is_open(self._options, at_ns):
                self._publish(cells, edge, at_ns, levels, chains)
            self._bar[:] = np.nan
        self._follow(cells, done, len(cells))
        return _joined(levels, Kind.INDEX), _joined(chains, Kind.CHAIN)

    def standing(self) -> tuple[Rows, Rows]:
        """What was published last and still holds: INDEX rows, the daily closes before them, and the last CHAIN."""
        return np.concatenate([self.prelude(), *self._last.values()]), self._chain.copy()

    def _follow(self, cells: Cells, start: int, end: int) -> None:
        """Carry the running bar of the index over the edges from ``start`` to ``end``, both with it."""
        if end <= start or not _is_open(self._cash, (cells.first + end) * CELL_NS):
            return
        logs = self._logs(cells, start, end)
        low, high = float(logs.min()), float(logs.max())
        if math.isnan(self._bar[0]):
            self._bar[:] = logs[0], high, low
        else:
            self._bar[1], self._bar[2] = max(self._bar[1], high), min(self._bar[2], low)

    def _logs(self, cells: Cells, start: int, end: int) -> Floats:
        """Log of the index over where it began, at edges ``start`` to ``end``."""
        at_ns = (cells.first + np.arange(start, end + 1)) * CELL_NS
        return cells.move[start : end + 1] - (RATE - DIVIDENDS) * self._years_of_future(at_ns)

    def _years_of_future(self, at_ns: Times) -> Floats:
        return (self.publishing.future_expiry_ns - at_ns) / _YEAR_NS

    def _spot(self, at_ns: int, move: float, shock: float) -> Spot:
        carry = (RATE - DIVIDENDS) * float(self._years_of_future(np.array(at_ns)))
        level = float(FIRST_PRICES[0]) * math.exp(move - carry)
        wide = math.exp(min(max(shock, 0.0), _WIDEST))
        return Spot(at_ns, level, self._level.at(at_ns), shock, wide)

    def _publish(self, cells: Cells, edge: int, at_ns: int, levels: list[Rows], chains: list[Rows]) -> None:
        spot = self._spot(at_ns, float(cells.move[edge]), float(cells.shock[edge]))
        model = self._model_of(spot)
        if self._options.session_of(at_ns - 1) is not None:  # the opening instant itself ends no interval
            levels.append(self._level_rows(model, spot))
        if at_ns % self.publishing.chain_ns == 0:
            self._chain = chain = model.rows(spot)
            chain["instrument"] = self.publishing.ids[0]
            if len(chain):
                chains.append(chain)

    def _level_rows(self, model: ChainModel, spot: Spot) -> Rows:
        values = np.full(len(SYMBOLS), np.nan)
        values[0] = round(spot.level, 2)
        if spot.ns % self.publishing.volatility_ns == 0:
            values[1:] = np.round(self._volatilities(model, spot), 2)
        keep = ~np.isnan(values)
        if _is_open(self._cash, spot.ns) and not math.isnan(self._bar[0]):
            first, high, low = (float(FIRST_PRICES[0]) * math.exp(each) for each in self._bar)
            bar = np.round([first, high, low], 2)
        else:  # the cash market is over: only what options say goes on
            keep[0], bar = False, np.full(_BAR, np.nan)
        before = np.where(np.isnan(self._levels), values, self._levels)
        rows = np.zeros(len(values), DTYPES[Kind.INDEX])
        rows["clock_ns"], rows["recv_ns"] = spot.ns, NO_TIME
        rows["open_ns"] = rows["event_ns"] = spot.ns - MARK_NS
        rows["interval_ns"], rows["instrument"] = MARK_NS, self.publishing.ids
        rows["open"], rows["close"], rows["volume"] = before, values, np.nan
        rows["high"], rows["low"] = np.maximum(before, values), np.minimum(before, values)
        rows["open"][0], rows["high"][0], rows["low"][0] = bar
        self._levels = np.where(keep, values, self._levels)
        for row in rows[keep].reshape(-1, 1):
            number = int(row["instrument"][0])
            self._last.pop(number, None)
            self._last[number] = row
        return rows[keep]

    def _volatilities(self, model: ChainModel, spot: Spot) -> Floats:
        """The volatility indices, points, by HORIZONS; NaN where the chain cannot tell."""
        wanted = np.concatenate([_series_for(model, spot.ns, days) for days in HORIZONS])
        found = self._indices_of(model.rows(spot, wanted), spot.ns, HORIZONS)
        return np.array([np.nan if value is None else value for value in found])

    def _model_of(self, spot: Spot) -> ChainModel:
        """The chain of the day the instant lies in; its strikes are centred where the day was first priced."""
        day = _day_of(spot.ns)
        if self._model is None or self._model.day != day:
            self._centre = spot.level
            self._model = ChainModel(self._seed, day, self._centre)
            self._levels[:] = np.nan
        return self._model

    def save(self) -> State:
        """Its state as plain arrays."""
        day = -1 if self._model is None else self._model.day
        return {
            "options_day": np.array([day], np.int64),
            "options_centre": np.array([self._centre]),
            "options_bar": self._bar.copy(),
            "options_levels": self._levels.copy(),
            "options_chain": self._chain.copy(),
            "options_last": _joined(list(self._last.values()), Kind.INDEX),
        }

    def load(self, state: State) -> None:
        """Go on where ``save`` was called, in a market of the same seed, start and scenario.

        Raises:
            ConfigError: Not made by ``save``.
        """
        try:
            day, centre = int(state["options_day"][0]), float(state["options_centre"][0])
            bar, levels, chain, last = (state[f"options_{name}"] for name in ("bar", "levels", "chain", "last"))
        except (KeyError, IndexError) as error:
            raise ConfigError(f"not the saved state of an options market ({error})") from error
        if (
            bar.shape != (_BAR,)
            or levels.shape != (len(SYMBOLS),)
            or chain.dtype != DTYPES[Kind.CHAIN]
            or last.dtype != DTYPES[Kind.INDEX]
        ):
            raise ConfigError("not the saved state of an options market (arrays of another shape)")
        self._bar, self._levels, self._chain = bar.copy(), levels.copy(), chain.copy()
        self._last = {int(row["instrument"][0]): row.copy() for row in last.reshape(-1, 1)}
        self._centre = centre
        self._model = None if day < 0 else ChainModel(self._seed, day, centre)


def future_expiry_ns(future: Instrument, at_ns: int) -> int:
    """When a quarterly index future is settled: at the opening of its third Friday, ns UTC.

    Args:
        future: Its symbol carries month and year, the year by its last digit.
        at_ns: An instant at most nine years before.

    Raises:
        ConfigError: Its symbol is that of no future.
    """
    parts = split_future(future.raw)
    if parts is None:
        raise ConfigError(f"{future.symbol} is no future")
    year = eastern(at_ns).year
    year += (int(parts[2]) - year) % 10
    month = np.datetime64(f"{year}-{MONTH_CODES.index(parts[1]) + 1:02d}")
    return int(expiry_instants(np.array([third_friday(month)]), np.ones(1, np.bool_))[0])


def _day_of(at_ns: int) -> int:
    return int(eastern_days(np.array([at_ns], np.int64))[0])


def _marks(cells: Cells) -> range:
    """Cells whose first edge is a mark, after the run's first edge up to its last."""
    first = (cells.first // _MARK_CELLS + 1) * _MARK_CELLS
    return range(first, cells.first + len(cells) + 1, _MARK_CELLS)


def _is_open(calendar: Calendar, at_ns: int) -> bool:
    """Whether an instant lies in a session, its two ends with it."""
    return calendar.session_of(at_ns) is not None or calendar.session_of(at_ns - 1) is not None


def _series_for(model: ChainModel, at_ns: int, days: int) -> Times:
    """Numbers of the series that a volatility index over ``days`` may rest on."""
    series = model.series
    if days == HORIZONS[0]:
        return np.flatnonzero(np.isin(series.day, _vix_days(model)))
    minutes = (series.at_ns - at_ns) // NS_PER_MIN
    usable = np.flatnonzero(minutes > 0)
    at = int(np.searchsorted(minutes[usable], days * _MINUTES_PER_DAY, side="right"))
    return usable[max(at - 1, 0) : at + 1]


def _vix_days(model: ChainModel) -> list[int]:
    """The Fridays 24 to 30 and 31 to 37 days ahead, or the days before where those are holidays."""
    found = []
    for first in _VIX_FROM_DAYS:
        friday = model.day + first + (_FRIDAY - (model.day + first + 3) % 7) % 7  # 1970-01-01 was a Thursday
        found.append(friday if friday in model.series.day else friday - 1)
    return found


def _joined(parts: list[Rows], kind: Kind) -> Rows:
    return np.concatenate(parts) if parts else np.zeros(0, DTYPES[kind])
