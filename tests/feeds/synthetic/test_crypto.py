"""Simulated coins: equal bytes however they are cut, sound books, rates near the recording's."""

import numpy as np
import pytest

from cockpit.errors import ConfigError
from cockpit.feeds.synthetic.crypto import CryptoMarket
from cockpit.instants import parse_instant
from cockpit.units import Rows
from tests.feeds.synthetic.markets import S, digest, of

START_NS = parse_instant("2026-03-14T15:30:00Z")  # a Saturday
SPAN_S = 600


@pytest.fixture(scope="module")
def minutes() -> tuple[Rows, Rows]:
    """Books and trades of ten minutes."""
    return CryptoMarket(7, START_NS).step(START_NS + SPAN_S * S)


def test_pieces_and_saved_states_are_the_whole(minutes: tuple[Rows, Rows]) -> None:
    market = CryptoMarket(7, START_NS)
    books, trades = [], []
    while market.now_ns < START_NS + SPAN_S * S:
        part = market.step(min(market.now_ns + 7_777_777_777, START_NS + SPAN_S * S))
        books.append(part[0])
        trades.append(part[1])
        if len(books) == 20:
            state = market.save()
            market = CryptoMarket(7, START_NS)
            market.load(state)
    assert digest(np.concatenate(books)) == digest(minutes[0])
    assert digest(np.concatenate(trades)) == digest(minutes[1])
    assert digest(CryptoMarket(8, START_NS).step(START_NS + S)[1]) != digest(
        CryptoMarket(7, START_NS).step(START_NS + S)[1]
    )


def test_one_river_of_both_kinds(minutes: tuple[Rows, Rows]) -> None:
    seq = np.concatenate([rows["seq"] for rows in minutes])
    clock = np.concatenate([rows["clock_ns"] for rows in minutes])
    order = np.argsort(seq)
    assert np.array_equal(seq[order], np.arange(len(seq)))
    assert (np.diff(clock[order]) >= 0).all()


def test_books_are_sound(minutes: tuple[Rows, Rows]) -> None:
    books = minutes[0]
    assert (books["bid_ticks"][:, 0] < books["ask_ticks"][:, 0]).all()
    assert (np.diff(books["bid_ticks"], axis=1) < 0).all()
    assert (np.diff(books["ask_ticks"], axis=1) > 0).all()
    assert (books["bid_sizes"] > 0).all()
    assert (books["ask_sizes"] > 0).all()


def test_rates_are_near_the_recording(minutes: tuple[Rows, Rows]) -> None:
    books, trades = (of(rows, 0) for rows in minutes)
    assert len(books) / SPAN_S == pytest.approx(19.0, rel=0.1)
    assert len(trades) / SPAN_S == pytest.approx(61.9, rel=0.6)
    spread = books["ask_ticks"][:, 0] - books["bid_ticks"][:, 0]
    assert (spread == 1).mean() == pytest.approx(0.94, abs=0.05)
    _, which = np.unique(trades["clock_ns"], return_inverse=True)
    sizes = np.bincount(which, trades["size"])
    assert np.median(sizes) == pytest.approx(30, rel=0.4)  # thousandths of a coin
    at = np.searchsorted(books["clock_ns"], START_NS + np.arange(1, SPAN_S) * S) - 1
    mids = (books["bid_ticks"] + books["ask_ticks"])[at, 0] / 2
    assert np.diff(np.log(mids)).std() * 1e4 == pytest.approx(1.21, rel=0.5)


def test_it_refuses_to_step_back_and_foreign_states() -> None:
    market = CryptoMarket(7, START_NS)
    assert len(market.snapshot(START_NS)) == 2
    with pytest.raises(ConfigError, match="step back"):
        market.step(START_NS - S)
    with pytest.raises(ConfigError, match="shared does not fit"):
        market.load({})
