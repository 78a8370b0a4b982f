"""The simulated market as a source of so many hours, like any recording."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from cockpit.errors import ConfigError
from cockpit.events.dtypes import Kind
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.source import CHUNK_EVENTS, SIMULATED, SourceInfo
from cockpit.feeds.synthetic.market import Market, MarketConfig
from cockpit.feeds.synthetic.options import IndicesOf
from cockpit.units import NS_PER_HOUR, NS_PER_S, Rows

PIECE_NS: Final = 10 * NS_PER_S  # of the market at a time: rows stay in the processor's caches
LONGEST_HOURS: Final = 24 * 366


class SyntheticSource:
    """Some hours of a simulated market; see ``Source``. Every call of ``chunks`` runs it again from the start.

    Args:
        config: The market.
        hours: How long, above 0.
        indices_of: See ``Market``.
        chunk_events: Events in a chunk.

    Raises:
        ConfigError: The hours are none, or the market cannot be.

    Attributes:
        truth: What became of the planted traders, known at the end of a run; ready for JSON.
    """

    def __init__(
        self, config: MarketConfig, hours: float, indices_of: IndicesOf, chunk_events: int = CHUNK_EVENTS
    ) -> None:
        if not 0 < hours <= LONGEST_HOURS:
            raise ConfigError(f"{hours:g} hours of a simulated market: above 0, at most {LONGEST_HOURS:,}")
        self._config, self._indices_of, self._chunk_events = config, indices_of, chunk_events
        self.truth: list[dict[str, Any]] = []
        market = Market(config, indices_of)
        self._until_ns = market.now_ns + round(hours * NS_PER_HOUR)
        self._info = SourceInfo(
            path=f"{SIMULATED}:{config.seed}",
            format=SIMULATED,
            schema="mixed",
            instruments=market.instruments,
            first_ns=market.now_ns,
            last_ns=self._until_ns,
            rows=None,
            has_ticks=True,
            is_simulated=True,
        )

    @property
    def info(self) -> SourceInfo:
        """Facts; ``rows`` is known after one run."""
        return self._info

    @property
    def warnings(self) -> tuple[str, ...]:
        """Nothing is lost in a simulation."""
        return ()

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """The market from its start; the chunks before ``from_chunk`` are run through and left out."""
        market = Market(self._config, self._indices_of)
        waiting = Waiting()
        number = 0
        while market.now_ns < self._until_ns:
            waiting.add(market.step(min(market.now_ns + PIECE_NS, self._until_ns)))
            is_end = market.now_ns >= self._until_ns
            if is_end:
                self.truth = market.futures.planting.truth()
            while len(waiting) >= self._chunk_events or (is_end and len(waiting)):
                chunk = waiting.take(self._chunk_events)
                if number >= from_chunk:
                    yield chunk
                number += 1
        self._info = replace(self._info, rows=market.next_seq)


class Waiting:
    """Events that follow each other, put in as they come and taken out in pieces of a size."""

    def __init__(self) -> None:
        self._rows: dict[Kind, list[Rows]] = {}
        self._first = self._next = 0

    def __len__(self) -> int:
        return self._next - self._first

    def add(self, chunk: Chunk) -> None:
        """Put in the events that come next."""
        if not len(self):
            self._first = chunk.first_seq
        for batch in chunk.batches:
            self._rows.setdefault(batch.kind, []).append(batch.rows)
        self._next = chunk.next_seq

    def take(self, events: int) -> Chunk:
        """Take out the first events, at most so many."""
        end = min(self._first + events, self._next)
        taken: list[Batch] = []
        for kind, parts in sorted(self._rows.items()):
            if not parts:
                continue
            rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
            cut = int(np.searchsorted(rows["seq"], end))
            self._rows[kind] = [rows[cut:]] if cut < len(rows) else []
            if cut:
                taken.append(Batch(kind, rows[:cut]))
        chunk = Chunk(tuple(taken), self._first, end)
        self._first = end
        return chunk
