"""Snapshots of chains for tests: made from known volatilities, or read from recordings; and the slow formulas."""

import math
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cockpit.events.dtypes import CALL, PUT, Flag, Kind, empty
from cockpit.feeds.files.sniff import open_source
from cockpit.instants import parse_instant
from cockpit.units import Rows

AS_OF = parse_instant("2025-08-28T11:00")  # a Thursday
SPOT = 6500.0
RATE = 0.04
YIELD = 0.013
YEAR_NS = 365 * 86_400 * 1e9


def day(text: str) -> int:
    """Days since 1970-01-01 of ``2025-09-19``."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def cumulative(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def density(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def price(forward: float, strike: float, years: float, rate: float, iv: float, is_call: bool) -> float:
    """Black-76, one option, as it stands in a book."""
    width = iv * math.sqrt(years)
    d1 = math.log(forward / strike) / width + width / 2
    sign = 1 if is_call else -1
    inner = forward * cumulative(sign * d1) - strike * cumulative(sign * (d1 - width))
    return math.exp(-rate * years) * sign * inner


def gamma(spot: float, forward: float, strike: float, years: float, rate: float, iv: float) -> float:
    """d2V/dS2 of an option on a forward that moves in proportion to the spot."""
    width = iv * math.sqrt(years)
    d1 = math.log(forward / strike) / width + width / 2
    return math.exp(-rate * years) * density(d1) * forward / (spot * spot * width)


def forward_of(expiry_ns: int, as_of_ns: int = AS_OF, spot: float = SPOT) -> tuple[float, float]:
    """Years to an expiry and the forward with the yield of this module."""
    years = (expiry_ns - as_of_ns) / YEAR_NS
    return years, spot * math.exp((RATE - YIELD) * years)


def smile(strike: float, forward: float) -> float:
    """A volatility that falls with the strike."""
    return 0.15 - 0.3 * math.log(strike / forward)


def series(
    root: str,
    expiry: str,
    expires: str,
    strikes: Sequence[float],
    spread: float = 0.1,
    open_interest: float = 100.0,
    volatility: Callable[[float, float], float] = smile,
    as_of_ns: int = AS_OF,
) -> Rows:
    """Calls and puts of one series, quoted around their value; calls first at every strike.

    Args:
        root, expiry: Of the symbols, ``SPXW`` and ``2025-09-19``.
        expires: Instant of expiry as typed, New York.
        strikes: Any.
        spread: Between bid and ask.
        open_interest: Of every contract.
        volatility: Of a strike and the forward.
        as_of_ns: Instant of the quotes.
    """
    years, forward = forward_of(parse_instant(expires), as_of_ns)
    rows = empty(Kind.CHAIN, 2 * len(strikes))
    for at, strike in enumerate(strikes):
        iv = volatility(strike, forward)
        for row, right in ((rows[2 * at], CALL), (rows[2 * at + 1], PUT)):
            value = price(forward, strike, years, RATE, iv, right == CALL)
            row["strike"], row["right"] = strike, right
            row["bid"], row["ask"] = max(value - spread / 2, 0.0), value + spread / 2
            row["iv"], row["gamma"] = iv, gamma(SPOT, forward, strike, years, RATE, iv)
    rows["last"] = rows["volume"] = rows["delta"] = np.nan
    rows["open_interest"] = open_interest
    rows["root"], rows["expiry_day"] = root.encode(), day(expiry)
    return dated(rows, as_of_ns)


def dated(rows: Rows, as_of_ns: int = AS_OF, spot: float = SPOT) -> Rows:
    """The rows as one whole snapshot of an instant."""
    rows["clock_ns"] = rows["event_ns"] = rows["recv_ns"] = as_of_ns
    rows["spot"] = spot
    rows["instrument"] = 0
    rows["seq"] = np.arange(len(rows))
    rows["flags"] = 0
    rows["flags"][-1] = Flag.LAST
    return rows


def joined(*parts: Rows) -> Rows:
    """Several series as one snapshot, of the instant of the first."""
    return dated(np.concatenate(parts), int(parts[0]["clock_ns"][0]))


def place(rows: Rows, strike: float, right: int) -> Any:
    """The first row of a strike and right; fields may be set."""
    return rows[int(np.flatnonzero((rows["strike"] == strike) & (rows["right"] == right))[0])]


@cache
def recorded(data: Path, name: str) -> Rows:
    """The snapshot of a file below ``options/cboe_csv``, read once: not to be written to."""
    source = open_source(data / "options" / "cboe_csv" / name)
    rows = np.concatenate([batch.rows for chunk in source.chunks() for batch in chunk.batches])
    rows.flags.writeable = False
    return rows
