"""A market in real time: how far it is stepped, what happens when the machine sleeps or the market fails."""

import numpy as np
import pytest

from cockpit.errors import ConfigError
from cockpit.events.dtypes import Kind
from cockpit.events.market import Batch, Chunk, Slice
from cockpit.feeds.live.log import EventLog
from cockpit.feeds.live.paced import PacedFeed
from cockpit.units import NS_PER_MS, NS_PER_S
from tests.state.market import START_NS, order_rows

ROWS = order_rows(4, 5_000)


class RowsMarket:
    """A market whose events are known beforehand."""

    def __init__(self) -> None:
        self.now_ns = START_NS
        self.fails_at = 2**62
        self._taken = 0

    def step(self, until_ns: int) -> Chunk:
        """The rows up to the instant."""
        if until_ns > self.fails_at:
            raise ValueError("out of orders")
        stop = int(np.searchsorted(ROWS["clock_ns"], until_ns, "right"))
        chunk = Chunk((Batch(Kind.MBO, ROWS[self._taken : stop]),), self._taken, stop)
        self._taken, self.now_ns = stop, until_ns
        return chunk


class Keeper:
    """What a flight recorder is told."""

    def __init__(self) -> None:
        self.turned: list[tuple[int, int]] = []
        self.rows = 0

    def turn_over(self, clock_ns: int, next_seq: int) -> None:
        """A whole second."""
        assert next_seq == self.rows
        self.turned.append((clock_ns, next_seq))

    def write(self, piece: Slice) -> None:
        """More events."""
        assert piece.first_seq == self.rows
        self.rows = piece.next_seq


class Hand:
    """A steady clock a test moves."""

    def __init__(self) -> None:
        self.now = 77

    def __call__(self) -> int:
        """ns."""
        return self.now


def feed(speed: float = 1.0) -> tuple[PacedFeed, RowsMarket, EventLog, Keeper, Hand]:
    market, events, keeper, hand = RowsMarket(), EventLog(), Keeper(), Hand()
    paced = PacedFeed(market, events, keeper, hand, speed)
    paced.turn()
    return paced, market, events, keeper, hand


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0])
def test_the_market_goes_as_fast_as_it_is_told(speed: float) -> None:
    paced, market, events, keeper, hand = feed(speed)
    for _ in range(500):
        hand.now += 10 * NS_PER_MS
        paced.turn()
    assert market.now_ns == START_NS + round(5 * NS_PER_S * speed)
    assert events.next_seq == keeper.rows == np.searchsorted(ROWS["clock_ns"], market.now_ns, "right")
    assert all(clock % NS_PER_S == 0 for clock, _ in keeper.turned)


def test_a_machine_that_slept_goes_on_from_there() -> None:
    paced, market, _, _, hand = feed()
    hand.now += 3600 * NS_PER_S
    paced.turn()
    assert market.now_ns == START_NS + 250 * NS_PER_MS
    hand.now += 10 * NS_PER_MS
    paced.turn()
    assert market.now_ns == START_NS + 260 * NS_PER_MS


def test_a_change_of_speed_counts_from_now_on() -> None:
    paced, market, _, _, hand = feed()
    hand.now += 100 * NS_PER_MS
    paced.turn()
    paced.set_speed(10.0)
    paced.turn()
    hand.now += 100 * NS_PER_MS
    paced.turn()
    assert market.now_ns == START_NS + 1_100 * NS_PER_MS
    assert paced.speed == 10.0
    with pytest.raises(ConfigError, match=r"0\.1x to 1000x, not at 5000x"):
        paced.set_speed(5_000.0)


def test_a_market_that_fails_ends_the_log_with_the_reason() -> None:
    market, events = RowsMarket(), EventLog()
    market.fails_at = START_NS
    paced = PacedFeed(market, events, None)
    paced.start()
    paced._thread.join(10)
    assert events.failure == "the simulated market stopped: ValueError: out of orders"
    assert events.is_closed
    paced.stop()


def test_stopping_ends_the_log_without_a_complaint() -> None:
    market, events = RowsMarket(), EventLog()
    paced = PacedFeed(market, events, None)
    paced.start()
    paced.stop()
    assert events.is_closed
    assert events.failure is None
