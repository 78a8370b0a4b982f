"""Which proof fits a source and its reference; a new one is one line in ``PROOFS``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.errors import ConfigError
from cockpit.events.dtypes import KIND_NAMES, Kind, empty
from cockpit.feeds.source import Source
from cockpit.instruments import Instrument
from cockpit.proving import (
    after_events,
    as_recorded,
    both_announce,
    bridged,
    collapsed,
    distinct_states,
    orders_alone,
)
from cockpit.proving.report import Report
from cockpit.units import Rows

Tell = Callable[[str], None]
_BOOK_KINDS: Final = (Kind.MBO, Kind.DEPTH, Kind.MBP, Kind.QUOTE)


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One side of a comparison.

    Attributes:
        source: Where it is from.
        kind: Its richest book kind; None when it has no book.
        rows: All of that kind, in order.
        gaps: GAP rows, in order.
        found: All rows of every book kind it has.
    """

    source: Source
    kind: Kind | None
    rows: Rows
    gaps: Rows
    found: dict[Kind, Rows]

    @property
    def format(self) -> str:
        """Of the source."""
        return self.source.info.format

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """By number, as in the rows."""
        return self.source.info.instruments


@dataclass(frozen=True, slots=True)
class Proof:
    """A way to hold one kind of stream against another.

    Attributes:
        name: For people and for the JSON.
        kind: Of the source.
        reference: Kind of the reference; None: the recording is its own.
        compare: Does it.
        formats: Of the source, when it fits those only.
    """

    name: str
    kind: Kind
    reference: Kind | None
    compare: Callable[[Stream, Stream | None, Tell], Report]
    formats: tuple[str, ...] = ()


# the first that fits is taken
PROOFS: Final = (
    Proof("levels after every event", Kind.MBO, Kind.MBP, after_events.compare, ("itch_csv",)),
    Proof("levels both streams announce", Kind.MBO, Kind.MBP, both_announce.compare, ("mdp3_csv",)),
    Proof("levels that follow from the orders", Kind.MBO, Kind.MBP, collapsed.compare),
    Proof("distinct best states", Kind.MBO, Kind.QUOTE, distinct_states.compare),
    Proof("orders by themselves", Kind.MBO, None, orders_alone.compare),
    Proof("bridged by update id, best quotes beside it", Kind.DEPTH, None, bridged.compare),
    Proof("levels as recorded", Kind.MBP, None, as_recorded.compare),
    Proof("levels as recorded, and the best quotes beside them", Kind.MBP, Kind.QUOTE, as_recorded.compare),
    Proof("best quotes as recorded", Kind.QUOTE, None, as_recorded.compare),
)


def read(source: Source, tell: Tell) -> Stream:
    """Everything of a source a comparison may need."""
    found: dict[Kind, list[Rows]] = {}
    for chunk in source.chunks():
        for batch in chunk.batches:
            if batch.kind in _BOOK_KINDS or batch.kind is Kind.GAP:
                found.setdefault(batch.kind, []).append(batch.rows)
        tell(f"{chunk.next_seq:,} events read of {source.info.path}")
    kind = next((one for one in _BOOK_KINDS if one in found), None)
    rows = {one: np.concatenate(parts) for one, parts in found.items()}
    empty_rows = empty(Kind.MBO)
    return Stream(
        source, kind, empty_rows if kind is None else rows[kind], rows.pop(Kind.GAP, empty(Kind.GAP)), rows
    )


def proof_for(source: Stream, reference: Stream | None) -> Proof:
    """The proof that fits.

    Raises:
        ConfigError: None does; the message says what there are.
    """
    for stream in (source, reference):
        if stream is not None and stream.kind is None:
            info = stream.source.info
            raise ConfigError(f"{info.path}: {info.format} {info.schema} has no book to verify")
    other = None if reference is None else reference.kind
    for proof in PROOFS:
        fits = proof.kind is source.kind and proof.reference is other
        if fits and (not proof.formats or source.format in proof.formats):
            return proof
    known = ", ".join(dict.fromkeys(_kinds_text(one.kind, one.reference) for one in PROOFS))
    raise ConfigError(f"no proof for {_kinds_text(source.kind, other)}; there are: {known}")


def _kinds_text(kind: Kind | None, reference: Kind | None) -> str:
    named = "nothing" if kind is None else KIND_NAMES[kind]
    return named + ("" if reference is None else f" against {KIND_NAMES[reference]}")
