"""A snapshot of an option chain that has been read whole, as a source of CHAIN events."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from cockpit.events.dtypes import Kind
from cockpit.feeds.files.chain_rows import Chain
from cockpit.feeds.files.csv_source import Content, TableSource
from cockpit.feeds.files.losses import Losses


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
        content = Content(form, "chain", (chain.underlying,), Kind.CHAIN, chain.rows, 0, torn)
        super().__init__(path, content, losses, chunk_events)
        self.dropped: Mapping[str, int] = MappingProxyType(dict(chain.dropped))
