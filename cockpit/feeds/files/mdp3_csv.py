"""What the tables of a decoded CME MDP 3.0 capture share: their columns, instruments, clocks and ends of events.

The clock is the capture, the venue's time the transaction; ``sequence`` is the number of the packet, by which the
two tables of one capture belong together. Source: CME Globex MDP 3.0, templates 46, 47 and 48.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import Flag, Kind
from cockpit.feeds.files.columns import Columns
from cockpit.feeds.files.dbn_catalog import Catalog
from cockpit.feeds.files.dbn_map import Mapped
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.rows_source import Lines, RowsSource, blank
from cockpit.instruments import Instrument
from cockpit.units import Sizes

FORMAT: Final = "mdp3_csv"
_COMMON: Final = frozenset(("capture_ns", "packet_seq", "transact_ns", "last_in_event", "security_id", "price"))
_LEVELS: Final = _COMMON | {"entry", "action", "level", "size", "num_orders", "aggressor"}
_ORDERS: Final = _COMMON | {"side", "action", "order_id", "display_qty"}
# CME gives a security id to one contract at a time, and a capture without definitions does not say to which
_SECURITIES: Final = {"37699": "ESU9", "16145": "ESZ9", "10571": "ESH0"}  # in August 2019


def opener(names: tuple[str, ...]) -> Callable[[Path, int, int | None], RowsSource] | None:
    """What opens a table with this header; None when it is of no such capture."""
    if set(names) >= _LEVELS:
        from cockpit.feeds.files import mdp3_levels

        return mdp3_levels.open_levels
    if set(names) >= _ORDERS:
        from cockpit.feeds.files import mdp3_orders

        return mdp3_orders.open_orders
    return None


def begin(kind: Kind, table: Columns, who: Sizes) -> Mapped:
    """Rows of a table with their header, packet and end of event."""
    out = blank(kind, table.whole("capture_ns"), table.whole("transact_ns"), who)
    packet = table.whole("packet_seq")
    out.refuse((packet < 0) | (packet > 2**32 - 1), "packet number unreadable", packet)
    out.rows["sequence"] = np.clip(packet, 0, 2**32 - 1)
    out.rows["flags"] = table.codes("last_in_event", {"1": Flag.LAST})
    return out


def securities(table: Columns, losses: Losses) -> tuple[tuple[Instrument, ...], Sizes]:
    """The instruments of a table and int64 (n,), which each row is about; -1 where it does not say."""
    ids, which = table.distinct("security_id")
    catalog = Catalog("GLBX")
    clock_ns = int(table.whole("capture_ns").max())
    numbers = [catalog.number(_SECURITIES.get(one, f"ID{one}"), clock_ns) if one else -1 for one in ids]
    who = np.array(numbers, np.int32)[which]
    catalog.narrow(who, table.nanos("price"))
    catalog.close()
    unnamed = [one for one in ids if one and one not in _SECURITIES]
    if unnamed:
        losses.note("security id without a name, called by its number", f"ID{unnamed[0]}", len(unnamed))
    for line in catalog.losses.lines():
        losses.note(line)
    return catalog.instruments, who.astype(np.int64)


def ticks_by(instruments: tuple[Instrument, ...], who: Sizes) -> Sizes:
    """Tick in 1e-9 of the instrument of each row, int64 (n,)."""
    return np.array([*(one.tick_nano for one in instruments), 1], np.int64)[who]  # last: nobody


def add(found: Lines, out: Mapped, used: NDArray[np.bool_], table: Columns) -> None:
    """Add the rows that are used, and gaps for lines that were lost.

    Args:
        found: Where to.
        out: Rows of all lines of the table, n.
        used: bool (n,), which are events.
        table: The table.
    """
    some = Mapped(out.kind, out.rows[used])
    for one in out.refusals:
        some.refuse(one.mask[used], one.reason, np.asarray(one.values)[used], one.is_price)
    found.add(some, table.lines[used])
    found.lose(table)
