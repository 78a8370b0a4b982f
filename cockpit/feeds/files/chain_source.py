"""A snapshot of an option chain that has been read whole, as a source of CHAIN events."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from cockpit.events.dtypes import Kind
from cockpit.feeds.files.chain_doubts import doubt_labels, doubt_snapshot
from cockpit.feeds.files.chain_rows import Chain
from cockpit.feeds.files.csv_source import Content, TableSource
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.source import CHAIN


class ChainSource(TableSource):
    """The contracts of one snapshot in file order; see ``Source``.

    Args:
        path: As the user named it.
        form: ``cboe_csv``, ``cboe_json``, ...
        chain: What was read.
        torn: Where and why reading stopped before the end; None when it did not.
        losses: What was refused or doubted on the way.
        chunk_events: Most events in a chunk.

    Attributes:
        dropped: Contracts that were refused, by reason as ``contracts.md`` 2 names it: ``bad_row``, ``duplicate``.
    """

    def __init__(
        self, path: Path, form: str, chain: Chain, torn: str | None, losses: Losses, chunk_events: int
    ) -> None:
        content = Content(form, CHAIN, (chain.underlying,), Kind.CHAIN, chain.rows, 0, torn)
        super().__init__(path, content, losses, chunk_events)
        self.dropped: Mapping[str, int] = MappingProxyType(dict(chain.dropped))


def complete(
    path: Path, chain: Chain, spot: float, clock_ns: int, title: str, told: str | None, losses: Losses
) -> None:
    """Fill in spot and clock of a chain, and note what is odd about it: the last remarks before its source.

    Args:
        path: Of the file.
        chain: What was read.
        spot: Price of the underlying; NaN unknown.
        clock_ns: When the snapshot was made.
        title, told: What the file calls its underlying, and the root that means; see ``doubt_labels``.
        losses: Where doubts are noted.
    """
    chain.rows["spot"] = spot
    chain.rows["clock_ns"] = chain.rows["event_ns"] = clock_ns
    doubt_labels(path, title, told, chain.underlying, losses)
    doubt_snapshot(chain.rows, chain.underlying, losses)
