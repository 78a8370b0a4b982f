"""Decoded NASDAQ ITCH 5.0 order events of one share, with the ten levels of the book after each.

The order events become order-level changes, the ten levels their reference (``RowsSource.recorded``). A
recording that begins in mid-session has orders that rest already: of those the levels tell the sum as soon as
they show it, so each such level gets one nameless order with what is not explained by orders announced before.
What lies deeper than the recorded levels have ever shown is not known and not made up.

Source: NASDAQ TotalView-ITCH 5.0, messages A F E C X D U; the header names the other columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import ADD, ASK, BID, BOOK_LEVELS, CANCEL, DTYPES, FILL, NONE, TRADE, Flag, Kind
from cockpit.feeds.files.columns import Columns, read_columns
from cockpit.feeds.files.dbn_map import Mapped
from cockpit.feeds.files.depth_learned import Announced, learn
from cockpit.feeds.files.grids import fine_enough
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.midnight import since_midnight
from cockpit.feeds.files.named import named_day
from cockpit.feeds.files.rows_source import Lines, RowsSource, blank, lots_of, ticks_of
from cockpit.instruments import Instrument
from cockpit.units import NANO, NO_PRICE, Rows, Sizes, Ticks, Times

FORMAT: Final = "itch_csv"
BELOW_DEPTH: Final = "event of an order from before the start, below the depth shown since"
_NEEDED: Final = frozenset(
    ("timestamp_ns", "message_type", "order_id", "old_order_id", "size", "old_size", "price", "old_price",
     "execution_price", "direction", "stock", "ask_price_1", "bid_price_1")
)  # fmt: skip
_ADDS: Final = (ord("A"), ord("F"))
_TRADED: Final = (ord("E"), ord("C"))
_REPLACED: Final = ord("U")
_KNOWN: Final = b"AFECXDU"
NAMELESS: Final = 1 << 63  # ids of nameless orders begin here; ITCH counts its own from 1
_ASKED: Final = 1 << 62
_ACTIONS: Final = (TRADE, FILL, CANCEL, ADD)  # rows of one event in their order
_EXTRA: Final = len(_ACTIONS)


@dataclass(frozen=True, slots=True, eq=False)
class _Events:
    """One entry a row of the table; all arrays (n,)."""

    clock_ns: Times
    letter: NDArray[np.uint8]
    side: NDArray[np.uint8]
    order_id: Sizes
    old_id: Sizes
    price: Ticks
    old_price: Ticks
    traded_at: Ticks
    size: Sizes
    old_size: Sizes


def is_table(names: tuple[str, ...]) -> bool:
    """Whether a header is that of such a table."""
    return set(names) >= _NEEDED


def open_table(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of such a table.

    Raises:
        SourceError: It cannot be read, has no usable row, speaks of several shares, or nothing tells its date.
    """
    losses = Losses()
    table = read_columns(path, losses)
    stocks, _ = table.distinct("stock")
    if len(stocks) != 1 or not stocks[0]:
        raise SourceError(path, f"events of {len(stocks)} shares; one is read: {', '.join(stocks[:4])}")
    clock_ns = since_midnight(table.whole("timestamp_ns"), named_day(path, day))
    share = Instrument(f"{stocks[0]}.XNAS", stocks[0], tick_nano=NANO // 100, kind="equity")
    every = [table.nanos(name) for name in ("price", "old_price", "execution_price")]
    share = fine_enough(share, np.concatenate(every))
    levels = _levels(table, clock_ns, share)
    events, good = _events(table, clock_ns, share, levels, losses)
    found = Lines(losses)
    told = levels.rows[good]
    depth = sum(f"ask_price_{at + 1}" in table.names for at in range(BOOK_LEVELS))
    for mapped, rows, place in _changes(events, told, depth, losses):
        found.add(mapped, table.lines[good][rows], place)
    lost = np.concatenate([table.lost, table.lines[~good]])
    found.lose(Columns(table.names, table.texts, table.lines, np.sort(lost), table.torn), 0)
    recorded = Lines(Losses())
    recorded.add(Mapped(Kind.MBP, told), table.lines[good])
    reference = RowsSource(path, FORMAT, "mbp-10", (share,), recorded, None, chunk_events)
    return RowsSource(path, FORMAT, "mbo", (share,), found, table.torn, chunk_events, reference)


def _levels(table: Columns, clock_ns: Times, share: Instrument) -> Mapped:
    out = blank(Kind.MBP, clock_ns)
    out.rows["flags"] = Flag.LAST
    out.rows["action"] = ADD
    out.rows["price_ticks"] = NO_PRICE
    for side in ("bid", "ask"):
        for at in range(BOOK_LEVELS):
            names = f"{side}_price_{at + 1}", f"{side}_size_{at + 1}"
            if not set(names) <= set(table.names):
                out.rows[f"{side}_ticks"][:, at] = NO_PRICE
                continue
            size = lots_of(out, table.nanos(names[1]), NANO, False)
            price = ticks_of(out, table.nanos(names[0]), share.tick_nano, size > 0)
            out.rows[f"{side}_ticks"][:, at] = np.where(size > 0, price, NO_PRICE)
            out.rows[f"{side}_sizes"][:, at] = np.where(price == NO_PRICE, 0, size)
            out.rows[f"{side}_counts"][:, at] = -1  # not told
    return out


def _events(
    table: Columns, clock_ns: Times, share: Instrument, levels: Mapped, losses: Losses
) -> tuple[_Events, NDArray[np.bool_]]:
    """The events that can be used, and bool (n,), which rows of the table they are."""
    check = blank(Kind.MBO, clock_ns)
    check.refusals.extend(levels.refusals)
    letter = table.letters("message_type")
    check.refuse(~np.isin(letter, [*_KNOWN]), "unknown message type", letter)
    side = table.codes("direction", {"1": BID, "-1": ASK, "1.0": BID, "-1.0": ASK}).astype(np.uint8)
    check.refuse(side == 0, "direction is neither 1 nor -1", side)
    replaced, traded = letter == _REPLACED, letter == _TRADED[1]
    order_id, old_id = table.whole("order_id"), table.whole("old_order_id")
    check.refuse((order_id < 0) | (replaced & (old_id < 0)), "order id missing or unreadable", order_id)
    price = ticks_of(check, table.nanos("price"), share.tick_nano)
    old_price = ticks_of(check, table.nanos("old_price"), share.tick_nano, replaced)
    traded_at = ticks_of(check, table.nanos("execution_price"), share.tick_nano, traded)
    size = lots_of(check, table.nanos("size"), NANO)
    old_size = lots_of(check, table.nanos("old_size"), NANO, replaced)
    check.refuse(size <= 0, "size not above 0", size)
    good = np.ones(len(table), np.bool_)
    for refusal in check.refusals:
        fresh = refusal.mask & good
        if bool(fresh.any()):
            line = int(table.lines[int(np.argmax(fresh))])
            losses.note(f"event refused: {refusal.reason}", f"line {line:,}", int(fresh.sum()))
        good &= ~refusal.mask
    traded_at = np.where(traded, traded_at, price)
    columns: tuple[Any, ...] = (
        clock_ns,
        letter,
        side,
        order_id,
        old_id,
        price,
        old_price,
        traded_at,
        size,
        old_size,
    )
    return _Events(*(column[good] for column in columns)), good


def _changes(
    events: _Events, told: Rows, depth: int, losses: Losses
) -> Iterator[tuple[Mapped, NDArray[np.int64], int | NDArray[np.int64]]]:
    """Order-level rows, the event each belongs to, and its place within it."""
    is_add, is_replace = np.isin(events.letter, _ADDS), events.letter == _REPLACED
    enters, leaves = np.flatnonzero(is_add | is_replace), np.flatnonzero(~is_add)
    price = np.where(is_replace, events.old_price, events.price)[leaves]
    size = np.where(is_replace, events.old_size, events.size)[leaves]
    leaving = np.where(is_replace, events.old_id, events.order_id)[leaves]
    is_known = _announced(events.order_id[enters], enters, leaving, leaves)
    known = leaves[is_known]
    announced = Announced(
        np.concatenate([events.side[enters], events.side[known]]),
        np.concatenate([events.price[enters], price[is_known]]),
        np.concatenate([enters, known]),
        np.concatenate([events.size[enters], -size[is_known]]),
    )
    hidden = learn(told, announced, depth)
    # an order from before the start is part of the nameless one once that is there, and nothing before
    counts = is_known | (leaves > hidden.since(events.side[leaves], price))
    if not bool(counts.all()):
        losses.note(BELOW_DEPTH, count=int((~counts).sum()))
    named = np.where(is_known, leaving.astype(np.uint64), nameless(events.side[leaves], price))
    extra = _EXTRA + np.arange(len(hidden.rows)) - np.searchsorted(hidden.rows, hidden.rows)
    ends = np.full(len(events.letter), -1, np.int64)  # place of the last row of each event
    ends[leaves] = _ACTIONS.index(CANCEL)
    ends[enters] = _ACTIONS.index(ADD)
    np.maximum.at(ends, hidden.rows, extra)
    traded = np.isin(events.letter[leaves], _TRADED)
    for place, action in enumerate(_ACTIONS):
        if action == ADD:
            at, which = (
                enters,
                (events.order_id[enters].astype(np.uint64), events.price[enters], events.size[enters]),
            )
        else:
            chosen = traded | (action == CANCEL)
            at, which = leaves[chosen], (named[chosen], price[chosen], size[chosen])
        out = _rows(events, at, action, *which)
        if action == TRADE:
            out.rows["side"] = np.where(out.rows["side"] == BID, ASK, BID)  # the aggressor
            out.rows["price_ticks"] = events.traded_at[at]
        elif action == CANCEL:
            out.rows["action"][~counts] = NONE
        out.rows["flags"] = np.where(ends[at] == place, Flag.LAST, 0)
        yield out, at, place
    ids = nameless(hidden.sides, hidden.prices)
    out = _rows(events, hidden.rows, ADD, ids, hidden.prices, hidden.sizes)
    out.rows["side"] = hidden.sides
    out.rows["flags"] = np.where(ends[hidden.rows] == extra, Flag.LAST, 0)
    yield out, hidden.rows, extra


def _rows(
    events: _Events, at: NDArray[np.int64], action: int, ids: NDArray[np.uint64], price: Ticks, size: Sizes
) -> Mapped:
    out = Mapped(Kind.MBO, np.zeros(len(at), DTYPES[Kind.MBO]))
    rows = out.rows
    rows["clock_ns"] = rows["event_ns"] = rows["recv_ns"] = events.clock_ns[at]
    rows["action"], rows["side"] = action, events.side[at]
    rows["order_id"], rows["price_ticks"], rows["size"] = ids, price, size
    return out


def nameless(sides: NDArray[np.uint8], prices: Ticks) -> NDArray[np.uint64]:
    """Ids of the orders that stand for what rested at a level before its recording began, uint64 (n,)."""
    return (prices + np.where(sides == ASK, _ASKED, 0)).astype(np.uint64) | np.uint64(NAMELESS)


def _announced(ids: Sizes, at: NDArray[np.int64], asked: Sizes, asked_at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each asked id entered in an earlier row."""
    if not len(ids):
        return np.zeros(len(asked), np.bool_)
    known, first = np.unique(ids, return_index=True)
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return (known[place] == asked) & (at[first[place]] < asked_at)
