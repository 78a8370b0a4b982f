"""DBN records that are no events: symbol mappings, definitions as knowledge, messages of the gateway."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import GapReason, Kind, empty
from cockpit.feeds.files import dbn_records as dbn
from cockpit.feeds.files.dbn_catalog import Definition
from cockpit.feeds.files.dbn_cut import Part
from cockpit.feeds.files.dbn_map import Mapped
from cockpit.feeds.files.dbn_symbols import ALWAYS, Numbers
from cockpit.feeds.files.losses import Losses
from cockpit.units import NO_TIME, NS_PER_DAY, Rows

_PRICES = frozenset({"price", "open", "high", "low", "close", "ref_price"})
_UNDEF_TIME = 2**64 - 1
_SKIPPED = 7  # ErrorCode of records skipped after slow reading


def learn(groups: Iterable[dbn.Group], numbers: Numbers) -> None:
    """Note the symbols and grids that mapping and definition records of a block tell."""
    for group in groups:
        if group.rtype == dbn.MAPPING:
            for record in group.records:
                _learn_mapping(record, numbers)
        elif group.rtype == dbn.DEFINITION:
            _learn_definitions(group.records, numbers)


def _learn_mapping(record: Any, numbers: Numbers) -> None:
    names = (text(record["stype_out_symbol"]), text(record["stype_in_symbol"]))
    raw = next((name for name in names if name and not name.isdecimal()), None)
    if raw is None:
        return
    start, end = int(record["start_ts"]), int(record["end_ts"])
    first = ALWAYS[0] if start >= _UNDEF_TIME else start // NS_PER_DAY
    numbers.learn(
        int(record["instrument_id"]), raw, (first, ALWAYS[1] if end >= _UNDEF_TIME else -(-end // NS_PER_DAY))
    )


def _learn_definitions(records: Rows, numbers: Numbers) -> None:
    for record in records:
        raw = text(record["raw_symbol"])
        if not raw:
            continue
        increment = int(record["min_price_increment"])
        known = Definition(
            tick_nano=increment if 0 < increment < dbn.UNDEF_PRICE else 0,
            asset=text(record["asset"]),
            instrument_class=chr(record["instrument_class"]),
        )
        numbers.catalog.define(raw, known)
        day = min(int(record["ts_recv"]), 2**63 - 1) // NS_PER_DAY
        if numbers.raw(int(record["instrument_id"]), day) is None:
            numbers.learn(int(record["instrument_id"]), raw)


def text(field: bytes) -> str:
    """A fixed-length text field; bytes that are no UTF-8 are shown as question marks."""
    return bytes(field).partition(b"\0")[0].decode("utf-8", "replace").replace("\N{REPLACEMENT CHARACTER}", "?")


def note_unmapped(split: dbn.Split, losses: Losses) -> None:
    """Count the records of a block that are no events and mean something to the reader of the screen."""
    for rtype, count in zip(*np.unique(split.unknown, return_counts=True), strict=True):
        losses.note(f"record of unknown type 0x{int(rtype):02X} skipped", "", int(count))
    for group in split.groups:
        if group.rtype == dbn.ERROR:
            for record in group.records:
                losses.note("error message of the provider", text(record["err"]))
        elif group.rtype == dbn.SYSTEM:
            _note_system(group.records, losses)


def _note_system(records: Rows, losses: Losses) -> None:
    for record in records:
        said = text(record["msg"])
        if "slow" in said.lower():  # the gateway may have skipped records; heartbeats and acks are not news
            losses.note("warning of the provider", said)


def skipped(group: dbn.Group) -> Part | None:
    """Gaps in the place of messages that the gateway left records out because the reader was slow; else None."""
    if group.rtype != dbn.ERROR or "code" not in (group.records.dtype.names or ()):
        return None
    at = np.flatnonzero(group.records["code"] == _SKIPPED)
    if not len(at):
        return None
    rows = empty(Kind.GAP, len(at))
    rows["event_ns"] = rows["recv_ns"] = rows["clock_ns"] = NO_TIME
    rows["expected"] = rows["received"] = -1
    rows["reason"] = GapReason.OVERFLOW
    return Part(Mapped(Kind.GAP, rows), group.places[at], group.offsets[at])


def prices_of(group: dbn.Group) -> list[NDArray[np.int64]]:
    """The price columns of records, int64 (n,) each, in 1e-9; definitions have none that is traded."""
    if group.rtype == dbn.DEFINITION:
        return []
    names = group.records.dtype.names or ()
    return [group.records[name] for name in names if name in _PRICES or "_px_" in name]
