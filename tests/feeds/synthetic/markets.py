"""Simulated markets for tests: a day with regular hours, replay through the real book engine, digests."""

import hashlib

import numpy as np

from cockpit.engines.book.mbo import MboBook
from cockpit.feeds.synthetic.futures import FuturesMarket
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_S, Rows

MIDDAY_NS = parse_instant("2026-03-10T15:30:00Z")  # 11:30 in New York
S = NS_PER_S


def digest(rows: Rows) -> str:
    """Of the rows' bytes."""
    return hashlib.sha256(np.ascontiguousarray(rows).tobytes()).hexdigest()


def of(rows: Rows, place: int) -> Rows:
    """Rows of one instrument."""
    return rows[rows["instrument"] == place]


def replayed(snapshot: Rows, rows: Rows, place: int) -> tuple[MboBook, Rows]:
    """The engine's book after a snapshot and what came then, and its tops."""
    book = MboBook(place)
    book.apply(of(snapshot, place))
    return book, book.apply(of(rows, place)).tops


def assert_equal_books(book: MboBook, market: FuturesMarket, place: int) -> None:
    """The engine's book is the simulator's own, order by order, queue by queue."""
    own = MboBook(place)
    own.apply(of(market.snapshot(market.now_ns), place))
    mine, theirs = book.freeze(), own.freeze()
    for name in ("ids", "sizes", "prices", "counts"):
        assert np.array_equal(getattr(mine, name), getattr(theirs, name)), name
    assert book.best() == market.books[place].touch
