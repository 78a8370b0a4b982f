"""What a recorded source is: facts about it, and its events in chunks, from the start, as often as asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cockpit.events.market import Chunk
from cockpit.instruments import Instrument

CHAIN = "chain"  # schema of files that are option chains
SIMULATED = "simulated"  # format of what no market ever said
CHUNK_EVENTS = 65_536  # big enough that Python's cost a chunk vanishes, small enough for a 4 ms pump slice in ten


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What ``cockpit inspect`` prints and the health panel shows.

    Attributes:
        path: As the user named it.
        format: ``dbn``, ``bars_csv``, ``index_csv``, ``cboe_csv``, ``cboe_json``, ``chain_json``, ``yahoo_json``,
            ``binance_messages``, ``simulated`` or ``tape``.
        schema: The format's own name of the content, ``mbo``, ``ohlcv-1m``, ``chain``, ``mixed``, ...
        instruments: In id order: row value ``i`` of ``instrument`` means ``instruments[i]``.
        first_ns, last_ns: Clock span as far as the header or index tells; None until it has been read.
        rows: Events in it; None until it has been read to the end once.
        has_ticks: Whether it brings its own TICK events (a tape of a live run), so that the river adds none.
        interval_ns: Bar length for bar files, else 0.
        is_simulated: Whether a simulated market made it, or any part of the tape it is on.
        quick_seek: Whether ``chunks(n)`` is quick for any ``n``, so that nothing need be kept for going back.
    """

    path: str
    format: str
    schema: str
    instruments: tuple[Instrument, ...]
    first_ns: int | None
    last_ns: int | None
    rows: int | None
    has_ticks: bool = False
    interval_ns: int = 0
    quick_seek: bool = False
    is_simulated: bool = False


@runtime_checkable
class Pausing(Protocol):
    """A source that takes long over a chunk, and can be read in steps."""

    def steps(self, from_chunk: int = 0) -> Iterator["Chunk | None"]:
        """As ``Source.chunks``, with None about every millisecond of work in which no chunk became ready."""
        ...


class Source(Protocol):
    """A recorded source of events.

    ``chunks`` may be called again and starts anew; two calls give equal bytes. ``seq`` of a row counts from 0
    within the source. ``instrument`` of a row indexes ``info.instruments``. Clocks may step back inside a
    source; the river orders by the largest clock so far.
    """

    @property
    def info(self) -> SourceInfo:
        """Facts about it; span and rows become exact once ``chunks`` ran to the end."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was lost or doubtful so far, one line each, naming place and reason; for the screen."""
        ...

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """The chunks from number ``from_chunk`` on; each but the last of CHUNK_EVENTS events or fewer."""
        ...
