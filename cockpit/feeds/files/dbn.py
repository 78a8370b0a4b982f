"""DBN files, versions 1 to 3, plain or zstd, any schema, as a source of events.

Blocks of fixed size are decoded to arrays; memory stays flat however long the file is.
Source: Databento Binary Encoding; the order-book and symbology rules of Databento's documentation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cockpit.events.dtypes import Kind, torn_gap
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.files import dbn_records as dbn
from cockpit.feeds.files.bytestream import ByteStream
from cockpit.feeds.files.dbn_catalog import Catalog
from cockpit.feeds.files.dbn_cut import Noted, Part, cut, settle
from cockpit.feeds.files.dbn_map import KIND_OF, Span, clocks, map_group
from cockpit.feeds.files.dbn_notices import learn, note_unmapped, prices_of, skipped
from cockpit.feeds.files.dbn_stream import LATEST_NS, Block, blocks, read_header
from cockpit.feeds.files.dbn_symbols import Numbers, SymbolTable
from cockpit.feeds.files.losses import Losses, merged
from cockpit.feeds.source import CHUNK_EVENTS, SourceInfo
from cockpit.units import NO_TIME, NS_PER_DAY

_MARGIN_NS: Final = 8 * NS_PER_DAY  # a weekly session began at most this long before the span that was asked for
# records made longer than their header says (repeated, appended) are read; a clock years off is a flipped bit, and
# would hold back every record after it
_OVERTIME_NS: Final = 3 * 366 * NS_PER_DAY
_FEW: Final = 64  # symbols of the metadata that are listed without looking for their rows


@dataclass(slots=True)
class _Pass:
    """What one reading of the file has come to."""

    numbers: Numbers
    losses: Losses = field(default_factory=Losses)
    seq: int = 0
    last_ns: int = NO_TIME
    low_ns: int = 2**63 - 1
    high_ns: int = NO_TIME


class DbnSource:
    """A DBN file as a source; see ``Source``.

    Args:
        path: The file.
        chunk_events: Most events in a chunk.

    Raises:
        SourceError: It cannot be opened, or its header is wrong.
    """

    def __init__(self, path: Path, chunk_events: int = CHUNK_EVENTS) -> None:
        self._path = path
        self._chunk_events = chunk_events
        with ByteStream(path) as stream:
            self._header = read_header(stream, path)
            self._where = stream.where
        header = self._header
        self._layouts = dbn.Layouts(header.version, header.ts_out)
        self._table = SymbolTable(header.mappings, header.stype_in, header.stype_out)
        self._catalog = Catalog(header.venue)
        self._span = Span(
            max((header.start_ns or 0) - _MARGIN_NS, 0),
            LATEST_NS if header.end_ns is None else header.end_ns + _OVERTIME_NS,
        )
        self._header_losses = self._doubts_of_header()
        self._reading = Losses()
        self._complete: _Pass | None = None
        self._take_census()

    @property
    def info(self) -> SourceInfo:
        """Facts; span and rows are exact after the first complete pass."""
        header, done = self._header, self._complete
        exact = done is not None and done.seq > 0
        return SourceInfo(
            path=str(self._path),
            format="dbn",
            schema=header.schema,
            instruments=self._catalog.instruments,
            first_ns=done.low_ns if done is not None and exact else header.start_ns,
            last_ns=done.high_ns if done is not None and exact else header.end_ns,
            rows=None if done is None else done.seq,
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was lost or doubtful so far."""
        lines = merged((self._header_losses, self._catalog.losses, self._reading))
        return tuple(f"{self._path.name}: {line}" for line in lines)

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """The chunks; those before ``from_chunk`` are decoded and dropped, for the format has no index."""
        for number, chunk in enumerate(self._all_chunks()):
            if number >= from_chunk:
                yield chunk

    def _begin(self) -> _Pass:
        return _Pass(Numbers(self._catalog, self._table))

    def _all_chunks(self) -> Iterator[Chunk]:
        state = self._begin()
        if self._complete is None:
            self._reading = state.losses
        for block in blocks(self._path, self._header, self._layouts, self._chunk_events):
            parts = self._parts(block, state)
            first = state.seq
            batches = settle(parts, first, state.last_ns, Noted(state.losses, self._where)) if parts else []
            self._count(batches, state)
            yield from cut(batches, first, state.seq, self._chunk_events)
            if block.tear is not None:
                yield from self._tear(block.tear, state)
        self._complete, self._reading = state, state.losses

    def _parts(self, block: Block, state: _Pass) -> list[Part]:
        learn(block.split.groups, state.numbers)
        note_unmapped(block.split, state.losses)
        parts: list[Part] = []
        for group in block.split.groups:
            gaps = skipped(group)
            if group.rtype in KIND_OF:
                mapped = map_group(group, state.numbers, self._span)
                parts.append(Part(mapped, group.places, group.offsets + block.offset))
            elif gaps is not None:
                parts.append(gaps)
        return parts

    def _count(self, batches: list[Batch], state: _Pass) -> None:
        last_seq = -1
        for batch in batches:
            clocks = batch.rows["clock_ns"]
            state.seq += len(clocks)
            state.low_ns = min(state.low_ns, int(clocks.min()))
            state.high_ns = max(state.high_ns, int(clocks.max()))
            if int(batch.rows["seq"][-1]) > last_seq:
                last_seq, state.last_ns = int(batch.rows["seq"][-1]), int(clocks[-1])

    def _tear(self, tear: tuple[int, str], state: _Pass) -> Iterator[Chunk]:
        offset, reason = tear
        state.losses.note(f"torn at {self._where(offset)}: {reason}; everything before was read")
        at = state.last_ns if state.seq else (self._header.start_ns or NO_TIME)
        if at == NO_TIME:
            return
        yield Chunk((Batch(Kind.GAP, torn_gap(state.seq, at)),), state.seq, state.seq + 1)
        state.seq += 1
        state.low_ns, state.high_ns = min(state.low_ns, at), max(state.high_ns, at)

    def _take_census(self) -> None:
        """Meet the instruments: all of them, for a consumer numbers them once.

        The first block is enough when the metadata names few symbols and all their ticks are known; else the file
        is read to its end once.
        """
        numbers = Numbers(self._catalog, self._table)
        listed = self._table.symbols
        complete = True
        for block in blocks(self._path, self._header, self._layouts):
            self._meet(block, numbers)
            complete = block.last
            if len(listed) in range(1, _FEW) and not complete:
                for raw in listed:
                    self._catalog.number(raw, self._header.start_ns or 0)
                if self._catalog.all_explained:
                    break
        if complete and not self._catalog.seen and len(listed) < _FEW:
            for raw in listed:  # an empty file still says what it is about
                self._catalog.number(raw, self._header.start_ns or 0)
        self._catalog.close()

    def _meet(self, block: Block, numbers: Numbers) -> None:
        learn(block.split.groups, numbers)
        for group in block.split.groups:
            if group.rtype in KIND_OF:
                who = numbers.of(group.records["instrument_id"], clocks(group))
                for price in prices_of(group):
                    self._catalog.narrow(who, price)

    def _doubts_of_header(self) -> Losses:
        losses = Losses()
        for what, symbols in (("not found", self._header.not_found), ("incomplete", self._header.partial)):
            if symbols:
                losses.note(f"symbol {what} by the provider", symbols[0], len(symbols))
        return losses
