"""The tables of books, orders and trades this program reads, told apart by their first lines."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cockpit.feeds.source import Source

_SGX: Final = ("bid", "bid_quantity", "ask", "ask_quantity")
_BITSTAMP: Final = ("id", "timestamp", "exchange.timestamp", "price", "volume", "action", "direction")
_LOBSTER_MESSAGE: Final = re.compile(r"\d+\.\d+,[1-7],\d+,-?\d+,-?\d+,-?\d")
_LOBSTER_BEST: Final = re.compile(r"-?\d+,\d+,-?\d+,\d+")

Opener = Callable[[Path, int, int | None], Source]  # path, most events in a chunk, day of times that have none


def recognise(names: tuple[str, ...], lines: Sequence[str]) -> Opener | None:
    """What opens a table, by path, most events in a chunk and day; None when it is none of these.

    Args:
        names: Fields of its first line, lower case.
        lines: Its first lines that are not blank.
    """
    if {"ts_recv", "ts_event", "publisher_id"} <= set(names):
        from cockpit.feeds.files import databento_csv

        return databento_csv.open_table if databento_csv.is_table(names) else None
    if names[:1] == ("event_index",):
        from cockpit.feeds.files import itch_csv

        return itch_csv.open_table if itch_csv.is_table(names) else None
    if names[:2] == ("capture_ns", "packet_seq"):
        from cockpit.feeds.files import mdp3_csv

        return mdp3_csv.opener(names)
    if names[:2] == ("exchange", "symbol"):
        from cockpit.feeds.files import tardis_csv

        return tardis_csv.opener(names)
    if names == _BITSTAMP:
        from cockpit.feeds.files import bitstamp_csv

        return bitstamp_csv.open_table
    if names == _SGX:
        from cockpit.feeds.files import sgx_text

        return sgx_text.open_text
    if names and ";" in names[0]:
        from cockpit.feeds.files import dom_csv

        return dom_csv.open_table if dom_csv.is_table(tuple(names[0].split(";"))) else None
    if lines and _LOBSTER_MESSAGE.fullmatch(lines[0].strip()):
        from cockpit.feeds.files import lobster_csv

        return lobster_csv.open_messages
    if lines and _LOBSTER_BEST.fullmatch(lines[0].strip()):
        from cockpit.feeds.files import lobster_csv

        return lobster_csv.open_best
    return None
