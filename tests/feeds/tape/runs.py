"""A small recorded run: a river of all kinds of events, and rows derived from it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.market import Batch, Slice
from cockpit.feeds.river import River
from cockpit.feeds.source import Source
from cockpit.feeds.tape.recorder import Recorder
from cockpit.units import NS_PER_S
from tests.events.test_codec import filled
from tests.feeds.rows import Event, ListSource

START = 1_703_545_200 * NS_PER_S
RAW = [kind for kind in Kind if not kind.is_derived and kind is not Kind.TICK]


class FullSource(ListSource):
    """Every field of every row filled with any bits."""

    def chunks(self, from_chunk: int = 0):  # noqa: ANN201  as the base
        for chunk in super().chunks(from_chunk):
            for batch in chunk.batches:
                full = filled(batch.kind, len(batch), chunk.first_seq)
                for name in ("seq", "clock_ns", "instrument"):
                    full[name] = batch.rows[name]
                batch.rows.flags.writeable = True
                batch.rows[:] = full
            yield chunk


def source(events: int = 400, step_ns: int = 60_000_000, chunk: int = 37) -> FullSource:
    """Events of all raw kinds, some with clocks that step back."""
    back = [200_000_000 if n % 11 == 0 else 0 for n in range(events)]
    made = [
        Event(START + n * step_ns - back[n], RAW[(5 * n + n // 5) % len(RAW)], n % 3 - 1, n) for n in range(events)
    ]
    return FullSource(made, ("ESH4.GLBX", "NQH4.GLBX"), (chunk,))


def derived_of(part: Slice) -> list[Batch]:
    """A TOP for every raw event of odd ``seq``, two bars for every tick, in two batches as two engines would."""
    out: list[Batch] = []
    for batch in part.batches:
        rows = batch.rows[batch.rows["seq"] % 2 == 1] if batch.kind is not Kind.TICK else batch.rows
        kind = Kind.TOP if batch.kind is not Kind.TICK else Kind.BAR_CLOSED
        made = np.zeros(len(rows), DTYPES[kind])
        for name in ("seq", "clock_ns", "instrument"):
            made[name] = rows[name]
        out += [Batch(kind, made)] * (1 if kind is Kind.TOP else 2)
    return out


def slices(of: Source, limit: int = 23) -> Iterator[Slice]:
    """The run, slice by slice."""
    river = River([of])
    while (part := river.take(limit)) is not None:
        yield part


def record(folder: Path, of: Source, limit: int = 23, flush_every: int = 3) -> Recorder:
    """Record a whole run, flushing now and then; the recorder is still open."""
    river = River([of])
    recorder = Recorder(folder, river.registry, [of.info], created_ns=START)
    count = 0
    while (part := river.take(limit)) is not None:
        recorder.write(part, derived_of(part))
        count += 1
        if count % flush_every == 0:
            recorder.flush()
    recorder.flush(wait=True)
    return recorder
