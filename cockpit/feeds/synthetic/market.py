"""The whole simulated market as one ordered stream: futures, options, indices, coins, and the seconds that pass.

Order: clock, then ticks before levels before chains before orders, so a mark never sees what comes at its instant.
``seq`` has no holes. The same seed gives the same bytes, however time is cut into steps.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cockpit.errors import ConfigError
from cockpit.events.dtypes import Kind, empty
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.synthetic import faults
from cockpit.feeds.synthetic.crypto import CryptoMarket
from cockpit.feeds.synthetic.curves import CELL_NS
from cockpit.feeds.synthetic.faults import Fault, Faults
from cockpit.feeds.synthetic.futures import FuturesMarket
from cockpit.feeds.synthetic.interleave import interleave
from cockpit.feeds.synthetic.latent import Latent
from cockpit.feeds.synthetic.options import (
    CHAIN_NS,
    SYMBOLS,
    IndicesOf,
    OptionsMarket,
    Publishing,
    future_expiry_ns,
)
from cockpit.feeds.synthetic.plants import Plant
from cockpit.feeds.synthetic.scenario import scenario_of
from cockpit.instruments import Instrument, from_table
from cockpit.units import NS_PER_S, Rows

State = dict[str, np.ndarray]

FEED_FAILURE: Final = "feed_failure"  # a scenario of faults alone
PIECE_CELLS: Final = 600  # of the path at a time: a minute


@dataclass(frozen=True, slots=True)
class MarketConfig:
    """What makes a market; equal ones make equal bytes.

    Attributes:
        seed: 0 to 2^32 - 1.
        start_ns: Where it begins, ns UTC, cut down to a whole second.
        calm: Without large traders and jumps.
        scenario: Name of ``scenario.SCENARIOS``.
        faults: Kinds of ``faults.KINDS`` that come in turn.
        chain_ns: How often the option chain comes in its session.
        plants: Known traders put into the futures.
        coins_ns: Where the coins begin, ns UTC; None: where the market begins.
        legs_ns: Where the scripted stretches of a scenario count from, ns UTC; None: where the market begins.
    """

    seed: int
    start_ns: int
    calm: bool = False
    scenario: str = "normal"
    faults: tuple[str, ...] = ()
    chain_ns: int = CHAIN_NS
    plants: tuple[Plant, ...] = ()
    coins_ns: int | None = None
    legs_ns: int | None = None


class Market:
    """One seed's market from an instant on.

    Args:
        config: What it is.
        indices_of: Volatility indices of a chain; the engines' formula, which feeds do not know.

    Raises:
        ConfigError: No such scenario, or a seed that does not fit.

    Attributes:
        instruments: In id order of the rows.
        futures, path, options, coins: Its parts; whoever moves one moves all, and says so by ``stand_at``.
    """

    def __init__(self, config: MarketConfig, indices_of: IndicesOf) -> None:
        self.config = config
        fails = config.scenario == FEED_FAILURE
        scenario = scenario_of("normal" if fails else config.scenario)
        if config.legs_ns is not None:
            later = (config.legs_ns - config.start_ns) / NS_PER_S
            scenario = replace(
                scenario, legs=tuple(replace(leg, after_s=leg.after_s + later) for leg in scenario.legs)
            )
        self._faults = Faults(config.seed, (*config.faults, *(faults.IN_FEED_FAILURE if fails else ())))
        start_ns = config.start_ns - config.start_ns % NS_PER_S
        self.futures = FuturesMarket(
            config.seed, start_ns, calm=config.calm, scenario=scenario, plants=config.plants
        )
        self.path = Latent(config.seed, start_ns, scenario, jumps=not config.calm)
        first = len(self.futures.instruments)
        ids = (first, first + 1, first + 2, first + 3)
        publishing = Publishing(ids, future_expiry_ns(self.futures.instruments[0], start_ns), config.chain_ns)
        self.options = OptionsMarket(config.seed, start_ns, scenario, indices_of, publishing)
        self.coins = CryptoMarket(config.seed, max(start_ns, config.coins_ns or start_ns))
        known = (*self.futures.instruments, *map(_index, SYMBOLS))
        self._first_coin = len(known)
        self.instruments: tuple[Instrument, ...] = (*known, *self.coins.instruments)
        self._now = start_ns
        self._seq = 0
        self._has_begun = False
        self._crossing = 0  # ticks, of the fault that crosses a book

    @property
    def now_ns(self) -> int:
        """Up to where it was stepped, ns UTC."""
        return self._now

    @property
    def next_seq(self) -> int:
        """``seq`` of the next event."""
        return self._seq

    def step(self, until_ns: int) -> Chunk:
        """Everything up to an instant: orders before it, ticks and levels up to it and at it.

        The first step begins with a year of daily closes and the books as they stand.

        Raises:
            ConfigError: The instant is behind the market.
        """
        if until_ns < self._now:
            raise ConfigError(f"the simulated market stands at {self._now}, it cannot step back to {until_ns}")
        pieces = [] if self._has_begun else [self._begin()]
        while self._now < until_ns:
            pieces.append(self._piece(self._faults.next_edge(self._now, until_ns)))
        return pieces[0] if len(pieces) == 1 else joined(pieces, self._seq)

    def stand_at(self, now_ns: int, next_seq: int) -> None:
        """Go on from an instant to which all parts have been moved, after so many events; nothing begins anew."""
        self._now, self._seq, self._has_begun = now_ns, next_seq, True

    def _begin(self) -> Chunk:
        self._has_begun = True
        books = self.futures.snapshot(self._now)
        streams = [(Kind.INDEX, self.options.prelude()), (Kind.MBO, books)]
        if self.coins.start_ns == self._now:
            streams.append((Kind.MBP, self._coin_books()))
        return self._numbered(streams)

    def _coin_books(self) -> Rows:
        books = self.coins.snapshot(self._now)
        books["instrument"] += self._first_coin
        return books

    def _coins(self, until_ns: int) -> list[tuple[Kind, Rows]]:
        """Trades and books of the coins up to an instant; none before they begin."""
        if until_ns <= self.coins.start_ns:
            return []
        books, trades = self.coins.step(until_ns)
        for rows in (books, trades):
            rows["instrument"] += self._first_coin
        return [(Kind.TRADE, trades), (Kind.MBP, books)]

    def _numbered(self, streams: list[tuple[Kind, Rows]]) -> Chunk:
        first_seq = self._seq
        batches, self._seq = interleave(streams, first_seq)
        return Chunk(batches, first_seq, self._seq)

    def _piece(self, until_ns: int) -> Chunk:
        """A step in which no fault begins or ends, except at its two ends."""
        fault = self._faults.at(self._now)
        levels, chains = self._marks(until_ns)
        kind = "" if fault is None else fault.kind
        if kind == "disconnect":
            levels, chains = levels[:0], chains[:0]
        if kind == "bad_chain":
            chains = faults.spoiled(chains)
        ticks = _ticks(self._now, until_ns)
        gaps, orders = self._orders(fault, until_ns)
        streams = [(Kind.TICK, ticks), (Kind.INDEX, levels), (Kind.CHAIN, chains), (Kind.GAP, gaps)]
        made = self._numbered([*streams, (Kind.MBO, orders), *self._coins(until_ns)])
        if kind == "out_of_order":  # they keep the places their true clocks gave them
            faults.step_back(orders)
        self._now = until_ns
        return made

    def _orders(self, fault: Fault | None, until_ns: int) -> tuple[Rows, Rows]:
        """What the futures send, as far as the fault lets them: GAP and MBO rows."""
        market, silent = self.futures, empty(Kind.GAP)
        if fault is None or fault.kind in ("bad_chain", "out_of_order"):
            return silent, market.step(until_ns)
        begins, ends = self._now == fault.start_ns, until_ns == fault.end_ns
        if fault.kind == "late":
            known = until_ns if ends else max(until_ns - faults.LATE_NS, market.now_ns)
            return silent, faults.delayed(fault, market.step(known))
        if fault.kind == "crossed":
            return silent, self._crossed(fault, until_ns, begins=begins, ends=ends)
        count = len(market.instruments)
        told = fault.start_ns if fault.kind == "disconnect" else fault.end_ns  # when the break is noticed
        is_told = fault.kind in faults.LOST and (begins if told == fault.start_ns else ends)
        gaps = faults.gap_rows(fault, count, told) if is_told else silent
        if not ends:
            return gaps, empty(Kind.MBO)
        orders = market.step(until_ns)
        return gaps, faults.delayed(fault, orders) if fault.kind == "burst" else market.snapshot(until_ns)

    def _crossed(self, fault: Fault, until_ns: int, *, begins: bool, ends: bool) -> Rows:
        parts: list[Rows] = []
        if begins:
            self._crossing = self.futures.books[0].touch[1]
            parts.append(faults.crossing_row(fault, self._crossing, is_end=False))
        parts.append(self.futures.step(until_ns))
        if ends:
            parts.append(faults.crossing_row(fault, self._crossing, is_end=True))
        return np.concatenate(parts)

    def _marks(self, until_ns: int) -> tuple[Rows, Rows]:
        """Levels and chains of the whole cells up to an instant."""
        levels, chains = [empty(Kind.INDEX)], [empty(Kind.CHAIN)]
        left = until_ns // CELL_NS - self.path.next_cell
        while left > 0:
            cells = self.path.advance(min(left, PIECE_CELLS))
            found = self.options.advance(cells)
            levels.append(found[0])
            chains.append(found[1])
            left -= len(cells)
        return np.concatenate(levels), np.concatenate(chains)

    def snapshot(self) -> tuple[Batch, ...]:
        """What a reader needs to begin here: all books, the last chain and the last levels, ``seq`` from 0 on.

        Raises:
            ConfigError: The market stands inside a tenth of a second.
        """
        books = self.futures.snapshot(self._now)
        levels, chain = self.options.standing()
        streams = [(Kind.INDEX, levels), (Kind.CHAIN, chain), (Kind.MBO, books)]
        if self._now >= self.coins.start_ns:
            streams.append((Kind.MBP, self._coin_books()))
        return interleave(streams, 0)[0]

    def save(self) -> State:
        """Its state as plain arrays; a market of an equal config that loads it goes on with the same bytes."""
        own = {"stream": np.array([self._now, self._seq, self._has_begun, self._crossing], np.int64)}
        path = {f"path_{name}": value for name, value in self.path.save().items()}
        return {**self.futures.save(), **path, **self.options.save(), **self.coins.save(), **own}

    def load(self, state: State) -> None:
        """Go on where ``save`` was called.

        Raises:
            ConfigError: Not the state of such a market.
        """
        stream = state.get("stream")
        if stream is None or stream.shape != (4,):
            raise ConfigError("not the saved state of a simulated market")
        self.futures.load(state)
        self.path.load({name.removeprefix("path_"): value for name, value in state.items() if name[:5] == "path_"})
        self.options.load(state)
        self.coins.load(state)
        self._now, self._seq, self._crossing = int(stream[0]), int(stream[1]), int(stream[3])
        self._has_begun = bool(stream[2])


def joined(pieces: list[Chunk], next_seq: int) -> Chunk:
    """Chunks that follow each other as one; no chunk at all is one without events that ends at ``next_seq``."""
    by_kind: dict[Kind, list[Rows]] = {}
    for piece in pieces:
        for batch in piece.batches:
            by_kind.setdefault(batch.kind, []).append(batch.rows)
    batches = tuple(Batch(kind, np.concatenate(rows)) for kind, rows in sorted(by_kind.items()))
    return Chunk(batches, pieces[0].first_seq if pieces else next_seq, next_seq)


def _index(symbol: str) -> Instrument:
    found = from_table(symbol, symbol.partition(".")[0])
    if found is None:
        raise ConfigError(f"the contract table has no {symbol}")
    return found


def _ticks(after_ns: int, until_ns: int) -> Rows:
    """A TICK row at every whole second after an instant, up to and at another."""
    seconds = np.arange(after_ns // NS_PER_S + 1, until_ns // NS_PER_S + 1) * NS_PER_S
    rows = empty(Kind.TICK, len(seconds))
    rows["clock_ns"] = rows["event_ns"] = rows["recv_ns"] = seconds
    return rows
