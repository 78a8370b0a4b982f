"""Recorded Binance messages as a source: books bridged by the venue's rules, prints, best quotes, mark prices.

A recording may come in parts, which continue each other; a part may be two files recorded side by side, the
streams and the answers of the REST interface.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from cockpit.errors import ParseError, SourceError
from cockpit.events.dtypes import Kind, torn_gap
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.binance.market import MarketRows
from cockpit.feeds.binance.parse import Answer, Other, Trade, parse
from cockpit.feeds.binance.rows import RowBuilder
from cockpit.feeds.files import binance_lines
from cockpit.feeds.files.binance_lines import Line, merged_lines
from cockpit.feeds.files.binance_survey import Steps, Survey, instruments_of, survey
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.source import CHUNK_EVENTS, Source, SourceInfo
from cockpit.units import NO_TIME

FORMAT: Final = "binance_messages"
STEP_LINES: Final = 32  # half a millisecond

Piece = tuple[tuple[Batch, ...], int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """Files that were recorded side by side, and what their beginnings told."""

    paths: tuple[Path, ...]
    surveys: tuple[Survey, ...]

    @property
    def steps(self) -> dict[str, Steps]:
        """Decimals by raw symbol, over all its files."""
        found: dict[str, Steps] = {}
        for each in self.surveys:
            for raw, steps in each.steps.items():
                found[raw] = steps.wider(found.get(raw, Steps()))
        return found


class BinanceMessages:
    """A recording of one market; see ``Source``.

    Args:
        parts: In the order of time.
        chunk_events: Most events in a chunk.
    """

    def __init__(self, parts: Sequence[Part], chunk_events: int = CHUNK_EVENTS) -> None:
        self.parts, self.chunk_events = tuple(parts), chunk_events
        streams = [each for part in parts for each in part.surveys]
        self.market = next((each for each in streams if not each.answers_only), streams[0]).market
        steps: dict[str, Steps] = {}
        for part in parts:
            for raw, each in part.steps.items():
                steps[raw] = each.wider(steps.get(raw, Steps()))
        self.instruments = instruments_of(self.market, steps)
        self._losses, self._seen, self._rows = Losses(), -1, None
        firsts = [each.first_ns for each in parts[0].surveys if each.first_ns is not None]
        self._first_ns, self._last_ns = min(firsts, default=None), None

    @property
    def info(self) -> SourceInfo:
        """Facts; rows and the end become known when it has been read once."""
        return SourceInfo(
            path=" + ".join(str(part.paths[0]) for part in self.parts),
            format=FORMAT,
            schema=self.market.value,
            instruments=tuple(self.instruments.values()),
            first_ns=self._first_ns,
            last_ns=self._last_ns,
            rows=self._rows,
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was lost or doubtful in what was read so far."""
        return self._losses.lines()

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """The events in chunks; a torn recording ends with a GAP."""
        return (chunk for chunk in self.steps(from_chunk) if chunk is not None)

    def steps(self, from_chunk: int = 0) -> Iterator[Chunk | None]:
        """The same, with None between: see ``Pausing``."""
        number = 0
        for piece in self._pieces():
            for chunk in () if piece is None else _cut(piece, self.chunk_events):
                if number >= from_chunk:
                    yield chunk
                number += 1
            if piece is None:
                yield None

    def _pieces(self) -> Iterator[Piece | None]:
        """Rows, and the half-open range of ``seq`` they cover, as they become ready; None after so many lines."""
        builder, losses = RowBuilder(), Losses()
        rows = MarketRows(self.market, self.instruments, builder)
        clock_ns = NO_TIME
        for part in self.parts:
            for read, line in enumerate(merged_lines(part.paths, losses), 1):
                _take(rows, line, losses)
                if read % STEP_LINES == 0:
                    yield None
                if len(builder) >= self.chunk_events:
                    piece = _taken(builder)
                    clock_ns = max(clock_ns, *(int(each.rows["clock_ns"].max()) for each in piece[0]))
                    self._tell(losses, builder.next_seq)
                    yield piece
        for raw, line in rows.lines.items():
            if line.sync.wants_snapshot and line.sync.waiting:
                losses.note(f"{raw}: changes of the book without a snapshot before them; it stays unknown")
        if len(builder):
            piece = _taken(builder)
            clock_ns = max(clock_ns, *(int(each.rows["clock_ns"].max()) for each in piece[0]))
            yield piece
        total = builder.next_seq
        if any(line.startswith("torn at ") for line in losses.lines()) and clock_ns != NO_TIME:
            yield (Batch(Kind.GAP, torn_gap(total, clock_ns)),), total, total + 1
            total += 1
        self._tell(losses, total)
        self._rows, self._last_ns = total, None if clock_ns == NO_TIME else clock_ns

    def _tell(self, losses: Losses, seen: int) -> None:
        """Show the losses of whichever reader has come furthest."""
        if seen >= self._seen:
            self._losses, self._seen = losses, seen


def _take(rows: MarketRows, line: Line, losses: Losses) -> None:
    try:
        message = parse(line.payload)
    except ParseError as error:
        losses.note("message refused, unreadable", f"{line.place}: {error}")
        rows.unreadable(line.payload, line.recv_ns)
        return
    try:
        is_read = rows.take(message, line.recv_ns, line.symbol)
    except ParseError as error:
        losses.note("message refused", f"{line.place}: {error}")
        return
    if is_read or isinstance(message, Answer):
        return
    if isinstance(message, Other):
        losses.note(f"message of a kind that is not read, {message.kind[:40]}", line.place)
    elif isinstance(message, Trade):
        losses.note(f"{message.kind} left out, for the same prints came before in another stream", line.place)


def _taken(builder: RowBuilder) -> Piece:
    first, stop = builder.first_seq, builder.next_seq
    return builder.take(), first, stop


def _cut(piece: Piece, most: int) -> Iterator[Chunk]:
    batches, first, stop = piece
    for begin in range(first, stop, most):
        end = min(begin + most, stop)
        yield Chunk(tuple(_within(batches, begin, end)), begin, end)


def _within(batches: tuple[Batch, ...], begin: int, end: int) -> Iterator[Batch]:
    for batch in batches:
        low, high = np.searchsorted(batch.rows["seq"], (begin, end))
        if low < high:
            yield Batch(batch.kind, batch.rows[low:high])


# -- opening -------------------------------------------------------------------------------------------------------


def open_messages(path: Path, head: Sequence[str], chunk_events: int) -> BinanceMessages:
    """The source of a recording; answers recorded beside a file of streams are found by its name.

    Raises:
        SourceError: It has no message about an instrument.
    """
    paths = [path]
    if not binance_lines.holds_answers(head) and (beside := _beside(path)) is not None:
        paths.append(beside)
    return BinanceMessages([Part(tuple(paths), tuple(survey(each) for each in paths))], chunk_events)


def _beside(path: Path) -> Path | None:
    """``x.http.txt.gz`` of ``x.ws.txt.gz``, where there is one."""
    if ".ws" not in path.suffixes:
        return None
    at = path.name.rindex(".ws")
    other = path.with_name(f"{path.name[:at]}.http{path.name[at + 3 :]}")
    return other if other.is_file() else None


def join_recordings(sources: Sequence[Source]) -> list[Source]:
    """Sources with recordings joined that belong together, in the order in which they were named.

    Answers go to the streams named beside them. A recording of the same instruments as the one before, and not
    begun before it, continues it: its changes carry on that book, where their ids say so.

    Raises:
        SourceError: Never for what belongs together; for a continuation that begins before what it continues.
    """
    joined: list[Source] = []
    for source in sources:
        before = joined[-1] if joined else None
        if isinstance(source, BinanceMessages) and isinstance(before, BinanceMessages):
            both = _joined(before, source)
            if both is not None:
                joined[-1] = both
                continue
        joined.append(source)
    return joined


def _joined(first: BinanceMessages, second: BinanceMessages) -> BinanceMessages | None:
    if first.market is not second.market or not first.instruments.keys() & second.instruments.keys():
        return None
    before, after = first.parts[-1], second.parts[0]
    if _is_answers(before) != _is_answers(after):
        streams, answers = (after, before) if _is_answers(before) else (before, after)
        if answers.paths[0] in streams.paths:
            side_by_side = streams
        else:
            side_by_side = Part((*streams.paths, *answers.paths), (*streams.surveys, *answers.surveys))
        return BinanceMessages([*first.parts[:-1], side_by_side, *second.parts[1:]], first.chunk_events)
    if after.surveys[0].first_recv_ns < before.surveys[0].first_recv_ns:
        named = f"the same instruments as {before.paths[0]}, yet begun before it"
        raise SourceError(after.paths[0], f"{named}; name the older recording first")
    return BinanceMessages([*first.parts, *second.parts], first.chunk_events)


def _is_answers(part: Part) -> bool:
    return all(each.answers_only for each in part.surveys)
