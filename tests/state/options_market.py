"""A small option chain with prices that fit together, and the index and volatility series beside it."""

from datetime import date

import numpy as np

from cockpit.engines.options.black import black76
from cockpit.engines.options.expiry import expiry_instants, years_between
from cockpit.events.dtypes import CALL, DTYPES, PUT, Flag, Kind
from cockpit.instruments import Instrument, from_table
from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_MIN

EPOCH = date(1970, 1, 1)
RATE = 0.04


def index(root: str) -> Instrument:
    """An index of the contract table."""
    found = from_table(f"{root}.CBOE", root)
    assert found is not None
    return found


def chain_rows(as_of_ns: int, spot: float, days: tuple[date, ...], tilt: float = 1.0) -> np.ndarray:
    """CHAIN rows of one SPXW snapshot: 41 strikes five points apart, calls and puts, priced with a smile.

    Args:
        days: Expiry dates.
        tilt: Open interest of puts over that of calls.
    """
    strikes = np.round(spot / 5) * 5 + 5.0 * np.arange(-20, 21)
    parts = []
    for day in days:
        number = np.array([(day - EPOCH).days], np.int32)
        expiry = expiry_instants(np.array([b"SPXW"], "S8"), number)
        years = float(years_between(as_of_ns, expiry)[0])
        iv = 0.2 - 0.4 * np.log(strikes / spot)
        for right in (CALL, PUT):
            rows = np.zeros(len(strikes), DTYPES[Kind.CHAIN])
            shape = np.ones(len(strikes))
            price = black76(
                spot * shape,
                strikes,
                max(years, 1e-9) * shape,
                RATE * shape,
                iv,
                np.full(len(strikes), right == CALL),
            ).price
            rows["strike"], rows["right"], rows["expiry_day"], rows["root"] = strikes, right, number[0], b"SPXW"
            rows["bid"], rows["ask"] = np.maximum(price - 0.05, 0.0), price + 0.05
            rows["iv"], rows["gamma"], rows["delta"], rows["last"] = iv, 0.001, 0.5, price
            rows["volume"] = 10.0
            away = strikes - spot if right == CALL else spot - strikes
            rows["open_interest"] = np.round(
                1000.0 * (tilt if right == PUT else 1.0) * np.exp(-(((away - 40) / 40) ** 2))
            )
            parts.append(rows)
    rows = np.concatenate(parts)
    rows["clock_ns"] = rows["event_ns"] = as_of_ns
    rows["recv_ns"], rows["spot"], rows["flags"] = NO_TIME, spot, Flag.SNAPSHOT
    rows["flags"][-1] |= Flag.LAST
    rows["seq"] = np.arange(len(rows))
    return rows


def index_bars(start_ns: int, closes: np.ndarray, interval_ns: int = 5 * NS_PER_MIN) -> np.ndarray:
    """INDEX rows, one after the other; each bar closes at its clock."""
    rows = np.zeros(len(closes), DTYPES[Kind.INDEX])
    rows["clock_ns"] = start_ns + interval_ns * np.arange(1, len(closes) + 1)
    rows["open_ns"] = rows["event_ns"] = rows["clock_ns"] - interval_ns
    rows["recv_ns"], rows["interval_ns"] = NO_TIME, interval_ns
    for name in ("open", "high", "low", "close"):
        rows[name] = closes
    rows["volume"] = np.nan
    rows["seq"] = np.arange(len(rows))
    return rows


def daily_bars(last_close_ns: int, closes: np.ndarray) -> np.ndarray:
    """INDEX rows a day apart, the last closing at ``last_close_ns``."""
    start = last_close_ns - NS_PER_DAY * len(closes)
    return index_bars(start, closes, NS_PER_DAY)
