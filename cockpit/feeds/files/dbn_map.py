"""DBN records as event rows: one row a record, and marks on those that cannot be trusted.

Source: DBN record layouts; clock and price rules of ``contracts.md`` 1; undefined values become NO_PRICE, NO_TIME.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import BOOK_LEVELS, DTYPES, Kind
from cockpit.feeds.files import dbn_records as dbn
from cockpit.feeds.files.dbn_symbols import Numbers
from cockpit.units import NANO, NO_PRICE, NO_TIME, NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Rows, Ticks, Times

Mask = NDArray[np.bool_]

_INTERVALS: Final = {
    dbn.OHLCV_1S: NS_PER_S,
    dbn.OHLCV_1M: NS_PER_MIN,
    dbn.OHLCV_1H: NS_PER_HOUR,
    dbn.OHLCV_1D: NS_PER_DAY,
    dbn.OHLCV_EOD: NS_PER_DAY,
    dbn.CBBO_1S: NS_PER_S,
    dbn.BBO_1S: NS_PER_S,
    dbn.CBBO_1M: NS_PER_MIN,
    dbn.BBO_1M: NS_PER_MIN,
}


def _all_but(letters: bytes) -> Mask:
    table = np.ones(256, np.bool_)
    table[list(letters)] = False
    return table


_BAD_ACTIONS: Final = _all_but(b"ACMRTFN")
_BAD_SIDES: Final = _all_but(b"BAN")


@dataclass(frozen=True, slots=True, eq=False)
class Refusal:
    """Rows that cannot be trusted.

    Attributes:
        mask: bool (n,), which.
        reason: Why.
        values: Shape (n,), what was found in each row.
        is_price: Whether ``values`` are in 1e-9.
        kept: Whether the rows stay, without what was wrong with them.
    """

    mask: Mask
    reason: str
    values: np.ndarray
    is_price: bool = False
    kept: bool = False


@dataclass(slots=True, eq=False)
class Mapped:
    """Rows of one kind; ``seq`` is still 0."""

    kind: Kind
    rows: Rows
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, mask: Mask, reason: str, values: np.ndarray, is_price: bool = False) -> None:
        """Mark rows as not to be trusted."""
        if bool(mask.any()):
            self.refusals.append(Refusal(mask, reason, values, is_price))

    def doubt(self, mask: Mask, reason: str, values: np.ndarray) -> None:
        """Mark rows that stay, without the price that was wrong with them."""
        if bool(mask.any()):
            self.refusals.append(Refusal(mask, reason, values, is_price=True, kept=True))


@dataclass(frozen=True, slots=True)
class Span:
    """Clocks a file can hold, inclusive, ns: its own promise with a wide margin."""

    first_ns: int
    last_ns: int


def map_group(group: dbn.Group, known: Numbers, span: Span) -> Mapped:
    """The event rows of the records of one type.

    Args:
        group: Records of an event type, n > 0.
        known: Numbers and ticks of the instruments; learns new ones.
        span: Rows whose clock is outside are refused.
    """
    kind = KIND_OF[group.rtype]
    out = Mapped(kind, np.zeros(len(group.records), DTYPES[kind]))
    _header(out, group, span)
    numbers = known.of(group.records["instrument_id"], out.rows["clock_ns"])
    out.rows["instrument"] = numbers
    if int(numbers.min()) < 0:
        unknown = np.broadcast_to(numbers < 0, out.rows.shape)
        out.refuse(unknown, "instrument id without a symbol", group.records["instrument_id"])
    _FILL[kind](out, group.records, known.catalog.ticks(numbers), group.rtype)
    if kind is Kind.DEFINITION:
        out.rows["symbol"] = np.strings.add(group.records["raw_symbol"], f".{known.catalog.venue}".encode())
    return out


def clocks(group: dbn.Group) -> Times:
    """The instant that decides, int64 (n,): ``ts_recv``, else ``ts_event``; a bar its close; NO_TIME when none."""
    return _stamps(group)[0]


def _stamps(group: dbn.Group) -> tuple[Times, Times, Times | None]:
    """Clock, event time and, where records have it, receive time; int64 (n,) each."""
    records = group.records
    event = _times(records["ts_event"])
    if KIND_OF.get(group.rtype) is Kind.BAR:
        return np.where(event == NO_TIME, NO_TIME, event + _INTERVALS[group.rtype]), event, None
    if "ts_recv" not in (records.dtype.names or ()):
        return event, event, None
    recv = _times(records["ts_recv"])
    missing = recv == NO_TIME
    return (np.where(missing, event, recv) if bool(missing.any()) else recv), event, recv


def _header(out: Mapped, group: dbn.Group, span: Span) -> None:
    rows = out.rows
    clock, event, recv = _stamps(group)
    rows["clock_ns"] = clock
    rows["event_ns"] = event
    rows["recv_ns"] = NO_TIME if recv is None else recv
    if int(clock.min()) < span.first_ns or int(clock.max()) > span.last_ns:
        wrong = (clock < span.first_ns) | (clock > span.last_ns)
        rows["clock_ns"][wrong] = NO_TIME
        out.refuse(wrong, "clock outside the span of the file", clock)


def _times(stamps: NDArray[np.uint64]) -> Times:
    """int64 instants; undefined (2^64 - 1) and impossible ones (above 2^63) become NO_TIME."""
    signed = stamps.astype(np.int64)
    if int(signed.min()) < 0:
        signed[signed < 0] = NO_TIME
    return signed


def _ticks(out: Mapped, nano: NDArray[np.int64], tick: Ticks) -> Ticks:
    """Ticks of prices; off-grid ones are refused."""
    ticks, off = _on_grid(nano, tick)
    out.refuse(off, "price off the tick grid", nano, is_price=True)
    return ticks


def _on_grid(nano: NDArray[np.int64], tick: Ticks) -> tuple[Ticks, Mask]:
    """Ticks, NO_PRICE where undefined, and marks of what is off the grid; one division, the costly part."""
    ticks = nano // tick
    off = ticks * tick != nano
    missing = nano == dbn.UNDEF_PRICE
    if bool(missing.any()):
        ticks[missing] = NO_PRICE
        off &= ~missing
    return ticks, off


def _sizes(out: Mapped, sizes: NDArray[np.uint32], ticks: Ticks) -> NDArray[np.uint32]:
    """Sizes; an undefined one is 0 where there is no price, and refused where there is."""
    undefined = sizes == dbn.UNDEF_SIZE
    if not bool(undefined.any()):
        return sizes
    out.refuse(undefined & (ticks != NO_PRICE), "size undefined at a price", sizes)
    return np.where(undefined, np.uint32(0), sizes)


def _letters(out: Mapped, records: Rows, has_action: bool = True) -> None:
    if has_action:
        out.rows["action"] = records["action"]
        out.refuse(_BAD_ACTIONS.take(records["action"]), "unknown action", records["action"])
    out.refuse(_BAD_SIDES.take(records["side"]), "unknown side", records["side"])


def _fill_mbo(out: Mapped, records: Rows, tick: Ticks, _rtype: int) -> None:
    rows = out.rows
    ticks = _ticks(out, records["price"], tick)
    rows["price_ticks"] = ticks
    rows["size"] = _sizes(out, records["size"], ticks)
    rows["order_id"] = records["order_id"]
    rows["sequence"] = records["sequence"]
    rows["flags"] = records["flags"]
    rows["side"] = records["side"]
    _letters(out, records)


def _fill_mbp(out: Mapped, records: Rows, tick: Ticks, rtype: int) -> None:
    rows = out.rows
    ticks = _ticks(out, records["price"], tick)
    rows["price_ticks"] = ticks
    rows["size"] = _sizes(out, records["size"], ticks)
    rows["flags"] = records["flags"]
    rows["side"] = records["side"]
    _letters(out, records)
    counted = rtype in (dbn.MBP_1, dbn.MBP_10)
    if counted:
        rows["sequence"] = records["sequence"]
        rows["depth"] = records["depth"]
    filled = BOOK_LEVELS if rtype == dbn.MBP_10 else 1
    for name in ("bid", "ask"):
        rows[f"{name}_ticks"][:, filled:] = NO_PRICE
        for level in range(filled):
            at = _ticks(out, records[f"{name}_px_{level:02d}"], tick)
            rows[f"{name}_ticks"][:, level] = at
            rows[f"{name}_sizes"][:, level] = _sizes(out, records[f"{name}_sz_{level:02d}"], at)
            rows[f"{name}_counts"][:, level] = records[f"{name}_ct_{level:02d}"] if counted else -1


def _fill_quote(out: Mapped, records: Rows, tick: Ticks, rtype: int) -> None:
    rows = out.rows
    rows["interval_ns"] = _INTERVALS[rtype]
    counted = rtype in (dbn.BBO_1S, dbn.BBO_1M)
    for name in ("bid", "ask"):
        ticks = _ticks(out, records[f"{name}_px_00"], tick)
        rows[f"{name}_ticks"] = ticks
        rows[f"{name}_size"] = _sizes(out, records[f"{name}_sz_00"], ticks)
        rows[f"{name}_count"] = records[f"{name}_ct_00"] if counted else -1


def _fill_trade(out: Mapped, records: Rows, tick: Ticks, _rtype: int) -> None:
    rows = out.rows
    ticks = _ticks(out, records["price"], tick)
    out.refuse(ticks == NO_PRICE, "trade without a price", records["price"])
    rows["price_ticks"] = ticks
    rows["size"] = _sizes(out, records["size"], ticks)
    rows["sequence"] = records["sequence"]
    rows["flags"] = records["flags"]
    rows["aggressor"] = records["side"]
    _letters(out, records, has_action=False)


def _fill_bar(out: Mapped, records: Rows, tick: Ticks, rtype: int) -> None:
    rows = out.rows
    rows["interval_ns"] = _INTERVALS[rtype]
    rows["open_ns"] = rows["clock_ns"] - _INTERVALS[rtype]
    for name in ("open", "high", "low", "close"):
        rows[f"{name}_ticks"] = _ticks(out, records[name], tick)
    rows["volume"] = records["volume"]
    for name in ("buy_volume", "sell_volume", "trades"):
        rows[name] = np.nan
    out.refuse(
        crooked(rows), "bar without a price, or with open or close outside high and low", records["close"], True
    )


def crooked(rows: Rows) -> Mask:
    """Marks of BAR rows, bool (n,): a price missing, or open or close outside low to high."""
    low, high = rows["low_ticks"], rows["high_ticks"]
    inside = (low > NO_PRICE) & (high >= low)
    for name in ("open_ticks", "close_ticks"):
        inside &= (rows[name] >= low) & (rows[name] <= high)
    return ~inside


def _fill_definition(out: Mapped, records: Rows, tick: Ticks, _rtype: int) -> None:
    rows = out.rows
    rows["asset"] = records["asset"]
    rows["instrument_class"] = records["instrument_class"]
    increment = records["min_price_increment"]
    rows["tick_nano"] = np.where((increment == dbn.UNDEF_PRICE) | (increment < 0), 0, increment)
    multiplier = records["contract_multiplier"].astype(np.int64)
    rows["multiplier_nano"] = np.where((multiplier <= 0) | (multiplier == 2**31 - 1), 0, multiplier * NANO)
    rows["expiration_ns"] = _times(records["expiration"])
    strike = records["strike_price"]
    rows["strike_nano"] = np.where(strike == dbn.UNDEF_PRICE, NO_PRICE, strike)


def _fill_statistic(out: Mapped, records: Rows, tick: Ticks, _rtype: int) -> None:
    """Statistics; a price off the grid (a volume-weighted average, a cash settlement) is not in ticks: NO_PRICE."""
    rows = out.rows
    ticks, off = _on_grid(records["price"], tick)
    ticks[off] = NO_PRICE
    out.doubt(off, "price off the tick grid left out", records["price"])
    rows["price_ticks"] = ticks
    rows["ts_ref_ns"] = _times(records["ts_ref"])
    quantity = records["quantity"]
    undefined = np.iinfo(quantity.dtype).max  # int32 before version 3
    rows["quantity"] = np.where(quantity == undefined, -1, quantity)
    rows["stat_type"] = records["stat_type"]
    rows["update_action"] = records["update_action"]
    rows["flags"] = records["stat_flags"]


def _fill_status(out: Mapped, records: Rows, _tick: Ticks, _rtype: int) -> None:
    for name in ("action", "reason", "trading_event", "is_trading", "is_quoting"):
        out.rows[name] = records[name]


def _fill_imbalance(out: Mapped, records: Rows, tick: Ticks, _rtype: int) -> None:
    rows = out.rows
    ticks = _ticks(out, records["ref_price"], tick)
    rows["ref_ticks"] = ticks
    rows["paired_size"] = records["paired_qty"]
    rows["imbalance_size"] = records["total_imbalance_qty"]
    rows["side"] = records["side"]
    _letters(out, records, has_action=False)


KIND_OF: Final = {
    dbn.MBO: Kind.MBO,
    **dict.fromkeys((dbn.MBP_1, dbn.MBP_10, dbn.CMBP_1, dbn.TCBBO), Kind.MBP),
    **dict.fromkeys((dbn.CBBO_1S, dbn.CBBO_1M, dbn.BBO_1S, dbn.BBO_1M), Kind.QUOTE),
    dbn.TRADE: Kind.TRADE,
    **dict.fromkeys((dbn.OHLCV_1S, dbn.OHLCV_1M, dbn.OHLCV_1H, dbn.OHLCV_1D, dbn.OHLCV_EOD), Kind.BAR),
    dbn.DEFINITION: Kind.DEFINITION,
    dbn.STATISTIC: Kind.STATISTIC,
    dbn.STATUS: Kind.STATUS,
    dbn.IMBALANCE: Kind.IMBALANCE,
}

_FILL: Final[dict[Kind, Callable[[Mapped, Rows, Ticks, int], None]]] = {
    Kind.MBO: _fill_mbo,
    Kind.MBP: _fill_mbp,
    Kind.QUOTE: _fill_quote,
    Kind.TRADE: _fill_trade,
    Kind.BAR: _fill_bar,
    Kind.DEFINITION: _fill_definition,
    Kind.STATISTIC: _fill_statistic,
    Kind.STATUS: _fill_status,
    Kind.IMBALANCE: _fill_imbalance,
}
