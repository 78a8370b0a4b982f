"""Two perpetual futures as price levels: a walk of fair prices, churning levels, bursts of trades, cell by cell.

Levels lie in a ring by price modulo its length; what is at or below the bid is bid, at or above the ask is ask.

Rates measured on ``books/binance-usdm-btcusdt-20240808.jsonl.gz`` (344 s, USDT-M BTCUSDT):

- 61.9 prints a second in 15.6 aggressor orders (prints of one millisecond and side); 8.9 % at two or more prices;
- order sizes BTC: median 0.030, mean 0.45, p90 0.65, p99 7.1: a log-normal of median 0.03 and sigma 2.33;
- depth messages 19.0 a second (``depth@0ms``), best quotes 192 a second: a row per depth message is what we make;
- spread of one tick 94 % of the quotes; touch size median 2.7, p10 0.08, p90 8.4 BTC;
- levels: median 0.048, mean 0.33, p90 0.70 BTC, one in 1.8 ticks;
- log returns: 1.21 bp in a second, 3.76 bp in ten; variance over mean of prints in a second 387.

There is no recording of ETHUSDT: it has BTC's rates times 0.8 and 1.2 times its moves, a guess.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, CANCEL, Flag
from cockpit.feeds.synthetic.philox import draw, normal
from cockpit.units import Floats, Rows, Sizes

CELL_NS: Final = 100_000_000
RING: Final = 8192
COINS: Final = 2
NO_TICKS: Final = -(2**63)
SIGMA_CELL: Final = 1.35e-4 * np.sqrt(0.1)
BETA: Final = np.array([1.0, 1.0])
OWN: Final = np.array([0.0, 0.66])  # makes 1.2 times the volatility of the first
ORDERS_CELL: Final = np.array([1.9, 1.5])  # aggressor orders
UNIT_SIZE: Final = np.array([1.0, 20.0])  # median sizes against BTC's, smallest units: an ether is cheaper
ORDER_MEDIAN, ORDER_SIGMA = 30.0, 2.33  # of 0.001
LEVEL_MEDIAN, LEVEL_SIGMA = 47.5, 1.97
TOUCH_MEDIAN, TOUCH_SIGMA = 2300.0, 1.2
PRESENT: Final = 0.55  # levels with anything on them
CHURN: Final = 34  # levels a depth message changes
PRINTS: Final = 0.75  # that another print follows in the same order
BURST, BURST_FADE_S = 0.75, 1.5  # orders that orders set off, and how soon
HALF_LIFE_S, SPREAD = 120.0, 0.6  # of volatility
_LAST, _SNAPSHOT = Flag.LAST, Flag.SNAPSHOT
MAX_EVENTS: Final = 256
MAX_ROWS: Final = 4096  # a cell writes fewer of each kind

COIN: Final = np.dtype(
    [("bid", np.int64), ("ask", np.int64), ("move", np.float64), ("burst", np.float64), ("sequence", np.int64)],
    align=True,
)
SHARED: Final = np.dtype([("vol", np.float64), ("count", np.int64), ("seq", np.int64)], align=True)


class Coins(NamedTuple):
    """State of both books."""

    shared: Any  # (1,) SHARED
    coins: Any  # (COINS,) COIN
    levels: Sizes  # (COINS, RING), smallest units


@njit(nogil=True)
def _pair(book: Coins, seed: Any) -> tuple[float, float]:
    u0, u1, _, _ = draw(seed, 60, book.shared[0].count, 3)
    book.shared[0].count += 1
    return u0, u1


@njit(nogil=True)
def _size(book: Coins, seed: Any, coin: int, median: float, sigma: float) -> int:
    u, v = _pair(book, seed)
    return max(int(median * UNIT_SIZE[coin] * np.exp(sigma * normal(u, v))), 1)


@njit(nogil=True)
def _lay(book: Coins, seed: Any, coin: int, price: int) -> None:
    """Put something on a level, or nothing."""
    u, _ = _pair(book, seed)
    size = _size(book, seed, coin, LEVEL_MEDIAN, LEVEL_SIGMA) if u < PRESENT else 0
    book.levels[coin, price & (RING - 1)] = size


@njit(nogil=True)
def _touch(book: Coins, seed: Any, coin: int, price: int) -> None:
    book.levels[coin, price & (RING - 1)] = _size(book, seed, coin, TOUCH_MEDIAN, TOUCH_SIGMA)


@njit(nogil=True)
def _move(book: Coins, seed: Any, coin: int, bid: int, ask: int) -> None:
    """Carry the touch to new prices: what it passes is laid anew, as is what comes into reach."""
    c = book.coins[coin]
    reach = RING // 4
    if abs(bid - c.bid) >= reach:
        for behind in range(reach):
            _lay(book, seed, coin, bid - behind)
            _lay(book, seed, coin, ask + behind)
    else:
        for price in range(c.bid + 1, bid + 1):
            _lay(book, seed, coin, price)
            _lay(book, seed, coin, price + reach)
        for price in range(ask, c.ask):
            _lay(book, seed, coin, price)
            _lay(book, seed, coin, price - reach)
    c.bid, c.ask = bid, ask
    for side in range(2):
        price = bid if side == 0 else ask
        _touch(book, seed, coin, price)


@njit(nogil=True)
def _churn(book: Coins, seed: Any, coin: int) -> None:
    c = book.coins[coin]
    for _ in range(CHURN):
        u, v = _pair(book, seed)
        behind = 1 + int(u ** (-0.7)) if u > 1e-4 else 200
        price = c.bid - behind if v < 0.5 else c.ask + behind
        _lay(book, seed, coin, price)


@njit(nogil=True)
def _settle(book: Coins, seed: Any, coin: int) -> None:
    """After trades: the touch stays where there is size; an emptied one is found again, at most ten ticks away."""
    c = book.coins[coin]
    mask = RING - 1
    for _ in range(10):
        if book.levels[coin, c.bid & mask] > 0:
            break
        c.bid -= 1
    if book.levels[coin, c.bid & mask] == 0:
        _touch(book, seed, coin, c.bid)
    for _ in range(10):
        if book.levels[coin, c.ask & mask] > 0:
            break
        c.ask += 1
    if book.levels[coin, c.ask & mask] == 0:
        _touch(book, seed, coin, c.ask)


@njit(nogil=True)
def _write_book(book: Coins, coin: int, now: int, row: Any, flags: int) -> None:
    c = book.coins[coin]
    row.seq = book.shared[0].seq
    row.clock_ns = row.recv_ns = now
    row.event_ns = now - 1_500_000
    row.instrument = coin
    row.sequence = c.sequence & 0xFFFFFFFF
    row.action, row.side, row.flags, row.depth = CANCEL, 78, flags, 0
    row.price_ticks, row.size = c.bid, 0
    mask = RING - 1
    for side in range(2):
        price = c.bid if side == 0 else c.ask
        way = -1 if side == 0 else 1
        at = 0
        for behind in range(RING // 4):
            size = book.levels[coin, (price + way * behind) & mask]
            if size == 0:
                continue
            if side == 0:
                row.bid_ticks[at], row.bid_sizes[at], row.bid_counts[at] = price + way * behind, size, 0
            else:
                row.ask_ticks[at], row.ask_sizes[at], row.ask_counts[at] = price + way * behind, size, 0
            at += 1
            if at == BOOK_LEVELS:
                break
        for rest in range(at, BOOK_LEVELS):
            if side == 0:
                row.bid_ticks[rest], row.bid_sizes[rest], row.bid_counts[rest] = NO_TICKS, 0, 0
            else:
                row.ask_ticks[rest], row.ask_sizes[rest], row.ask_counts[rest] = NO_TICKS, 0, 0


@njit(nogil=True)
def _trade(book: Coins, seed: Any, coin: int, now: int, fair: float, rows: Rows, n: int) -> int:
    """An aggressor order: prints from the touch on, as many as its size takes or chance splits; new row count."""
    c = book.coins[coin]
    u, v = _pair(book, seed)
    away = fair - 0.5 * (c.bid + c.ask)
    is_buy = u < 0.5 + 0.35 * min(max(away / 5.0, -1.0), 1.0)
    left = _size(book, seed, coin, ORDER_MEDIAN, ORDER_SIGMA)
    price = c.ask if is_buy else c.bid
    way = 1 if is_buy else -1
    walked = 0
    while left > 0 and walked < 40 and n < len(rows):
        here = book.levels[coin, price & (RING - 1)]
        if here == 0:
            price += way
            walked += 1
            continue
        v, u = _pair(book, seed)
        part = min(left, here)
        if v < PRINTS and part > 3:
            part = max(int(part * u), 1)
        row = rows[n]
        row.seq = book.shared[0].seq
        book.shared[0].seq += 1
        row.clock_ns = row.recv_ns = now
        row.event_ns = now - 1_500_000
        row.instrument = coin
        row.price_ticks, row.size = price, part
        row.sequence = c.sequence & 0xFFFFFFFF
        c.sequence += 1
        row.aggressor = BID if is_buy else ASK
        row.flags = _LAST
        n += 1
        left -= part
        book.levels[coin, price & (RING - 1)] = here - part
    _settle(book, seed, coin)
    return n


@njit(nogil=True)
def _plan(book: Coins, seed: Any, cell: int, busy: float, times: Floats, what: Sizes) -> int:
    """When what happens in a cell, sorted; 2 coin: a depth message, 2 coin + 1: an aggressor order."""
    n = 0
    for coin in range(COINS):
        u, v, w, _ = draw(seed, 61 + coin, cell, 1)
        for place in (0.02 + 0.025 * u, 0.07 + 0.025 * v):
            times[n], what[n] = place, 2 * coin
            n += 1
        c = book.coins[coin]
        c.burst *= np.exp(-0.1 / BURST_FADE_S)
        rate = ORDERS_CELL[coin] * busy * (1.0 - BURST) + c.burst
        passed = -np.log(w) / rate
        while passed < 1.0 and n < MAX_EVENTS:
            times[n], what[n] = 0.1 * passed, 2 * coin + 1
            n += 1
            c.burst += BURST * (1.0 - np.exp(-0.1 / BURST_FADE_S))
            _, w = _pair(book, seed)
            passed -= np.log(w) / rate
    for i in range(1, n):
        t, k = times[i], what[i]
        j = i - 1
        while j >= 0 and times[j] > t:
            times[j + 1], what[j + 1] = times[j], what[j]
            j -= 1
        times[j + 1], what[j + 1] = t, k
    return n


@njit(cache=True, nogil=True)
def found(book: Coins, seed: Any, start: Floats) -> None:
    """Lay the first books around the first prices, ticks."""
    for coin in range(COINS):
        bid = int(start[coin])
        book.coins[coin].bid = bid - RING
        _move(book, seed, coin, bid, bid + 1)


@njit(cache=True, nogil=True)
def walk(book: Coins, seed: Any, first: int, n: int, start: Floats, books: Rows, trades: Rows, used: Sizes) -> int:
    """Go through cells from ``first`` on until ``n`` are done or a buffer is nearly full.

    Args:
        book: State, moved on.
        seed: uint64.
        first: Number of the first cell since the epoch.
        n: How many.
        start: First prices, ticks.
        books, trades: MBP and TRADE rows to write, from ``used`` on.
        used: int64 (2,), rows written of each, moved on.

    Returns:
        Cells done.
    """
    times, what = np.empty(MAX_EVENTS), np.empty(MAX_EVENTS, np.int64)
    keep = np.exp(-np.log(2.0) * 0.1 / HALF_LIFE_S)
    noise = SPREAD * np.sqrt(1.0 - keep * keep)
    fair = np.empty(COINS)
    for cell in range(n):
        if used[0] + MAX_ROWS > len(books) or used[1] + MAX_ROWS > len(trades):
            return cell
        k = first + cell
        s = book.shared[0]
        u0, u1, u2, u3 = draw(seed, 63, k, 1)
        s.vol = keep * s.vol + noise * normal(u0, u1)
        common = normal(u2, u3)
        u0, u1, _, _ = draw(seed, 64, k, 1)
        sigma = SIGMA_CELL * np.exp(s.vol - SPREAD * SPREAD)
        busy = np.exp(s.vol - 0.5 * SPREAD * SPREAD)
        for coin in range(COINS):
            book.coins[coin].move += sigma * (BETA[coin] * common + OWN[coin] * normal(u0, u1))
            fair[coin] = start[coin] * np.exp(book.coins[coin].move)
        events = _plan(book, seed, k, busy, times, what)
        for event in range(events):
            now = k * CELL_NS + int(times[event] * 1e9)
            coin = what[event] // 2
            if what[event] % 2 == 1:
                used[1] = _trade(book, seed, coin, now, float(fair[coin]), trades, used[1])
                continue
            u, _ = _pair(book, seed)
            wide = 1 if u < 0.94 else 1 + int(12 * (u - 0.94) / 0.06)
            bid = int(np.floor(fair[coin] - 0.5 * wide + 0.5))
            c = book.coins[coin]
            if abs(fair[coin] - 0.5 * (c.bid + c.ask)) > 2.0 or c.ask - c.bid > 3:
                _move(book, seed, coin, bid, bid + wide)
            _churn(book, seed, coin)
            c.sequence += 1
            _write_book(book, coin, now, books[used[0]], _LAST)
            s.seq += 1
            used[0] += 1
    return n


@njit(cache=True, nogil=True)
def dump(book: Coins, now: int, rows: Rows) -> None:
    """One MBP row per book as it is."""
    for coin in range(COINS):
        _write_book(book, coin, now, rows[coin], _LAST | _SNAPSHOT)
