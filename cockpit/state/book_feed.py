"""One instrument's book and prints: which streams they come from, and what becomes of them in a slice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from cockpit.engines.book.depth import DepthBook
from cockpit.engines.book.heat import Heat, HeatHistory
from cockpit.engines.book.l2 import PriceLevelBook
from cockpit.engines.book.layout import (
    ASK_SIDE,
    BID_SIDE,
    CELL_NS,
    CHANGE,
    ENDS,
    FLOW,
    GONE,
    NOWHERE,
    What,
)
from cockpit.engines.book.mbo import MboBook
from cockpit.engines.book.readout import Book, BookOutput
from cockpit.events.dtypes import ASK, BID, DTYPES, SAMPLE, TRADE, GapReason, Kind, empty
from cockpit.units import NO_PRICE, Rows

BOOK_KINDS: Final = (Kind.MBO, Kind.DEPTH, Kind.MBP, Kind.QUOTE)
DEEP_KINDS: Final = (Kind.MBO, Kind.DEPTH, Kind.MBP)
PRINT_KINDS: Final = (Kind.MBO, Kind.MBP, Kind.TRADE)
NO_SAMPLES: Final = np.zeros(0, SAMPLE)
NO_TOPS: Final = empty(Kind.TOP)
NO_PRINTS: Final = empty(Kind.PRINT)
NO_CHANGES: Final = np.zeros(0, CHANGE)
NO_FLOW: Final = np.zeros(0, FLOW)

Parts = Mapping[Kind, Rows]


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """What a slice brought: rows of TOP, PRINT, SAMPLE and FLOW, each in order."""

    tops: Rows
    prints: Rows
    samples: Rows
    flow: Rows


@dataclass(frozen=True, slots=True, eq=False)
class FrozenBookFeed:
    """A ``BookFeed`` at one moment: part of a keyframe."""

    book_kind: Kind | None
    print_kind: Kind | None
    book: Any
    heat: Heat


class BookFeed:
    """The book of one instrument, fed slice by slice in river order, and its history.

    A book is fed by the first book stream that shows up (order level, full depth, ten levels or quotes), prints by
    the first print stream; quotes feed it only until a stream of levels or orders begins. The choice depends on the
    order of events alone, never on slices.

    Args:
        instrument_id: Of its rows.
        keeps_heat: Whether the history is kept; who only looks for something in the flow has no use for it.
    """

    def __init__(self, instrument_id: int, *, keeps_heat: bool = True) -> None:
        self.id, self._keeps_heat = instrument_id, keeps_heat
        self.book: Book | None = None
        self.book_kind: Kind | None = None
        self.print_kind: Kind | None = None
        self.heat = HeatHistory()
        self._since = -1  # seq of the row with which a book began; in later slices all that comes is behind it

    def apply(self, parts: Parts, ticks: Rows) -> Brought:
        """Take one slice's rows of this instrument and its ticks."""
        outputs = self._book_outputs(parts, ticks)
        tops, prints, samples, flow = NO_TOPS, NO_PRINTS, NO_SAMPLES, NO_FLOW
        if outputs:
            tops, samples, flow = (
                _joined([getattr(each, n) for each in outputs]) for n in ("tops", "samples", "flow")
            )
        if self.print_kind is Kind.TRADE:
            trades = parts.get(Kind.TRADE, NO_PRINTS)
            prints = _prints_of_trades(trades)
            if outputs and not isinstance(self.book, DepthBook):  # that one tells of them itself
                flow = _with_trades(flow, prints[prints["seq"] > self._since])
        elif outputs and self.print_kind is self.book_kind:
            prints = _joined([output.prints for output in outputs])
        return Brought(tops, prints, samples, flow)

    def _book_outputs(self, parts: Parts, ticks: Rows) -> list[BookOutput]:
        """What the book makes of a slice; a book that begins in it sees only what follows its first row."""
        if self.print_kind is None:
            self.print_kind = _printing(parts)
        outputs: list[BookOutput] = []
        if self.book_kind is None or self.book_kind is Kind.QUOTE:
            kind = _first(parts, BOOK_KINDS if self.book_kind is None else DEEP_KINDS)
            if kind is not None:
                since = int(parts[kind]["seq"][0])
                self._since = since if self.book is None else self._since
                outputs += self._apply_book(_before(parts, since), ticks[ticks["seq"] < since])
                if self.book is not None:
                    self._append(_all_gone(int(parts[kind]["clock_ns"][0])))
                parts, ticks = _from(parts, since), ticks[ticks["seq"] > since]
                self._begin_book(kind)
                if kind is Kind.QUOTE:  # levels may follow in the same slice
                    return outputs + self._book_outputs(parts, ticks)
        return outputs + self._apply_book(parts, ticks)

    def _begin_book(self, kind: Kind) -> Book:
        book = MboBook if kind is Kind.MBO else DepthBook if kind is Kind.DEPTH else PriceLevelBook
        self.book_kind, self.book = kind, book(self.id)
        return self.book

    def _apply_book(self, parts: Parts, ticks: Rows) -> list[BookOutput]:
        """Book rows and ticks in order, with the book marked suspect at each gap among them."""
        if self.book is None or self.book_kind is None:
            return []
        rows, trades = (parts[kind] if kind in parts else empty(kind) for kind in (self.book_kind, Kind.TRADE))
        outputs: list[BookOutput] = []
        for gap in parts.get(Kind.GAP, ()):
            gap_seq = int(gap["seq"])
            cut, passed, sold = (np.searchsorted(each["seq"], gap_seq) for each in (rows, ticks, trades))
            if cut or passed or sold:
                outputs.append(self._apply_rows(rows[:cut], ticks[:passed], trades[:sold]))
            rows, ticks, trades = rows[cut:], ticks[passed:], trades[sold:]
            self.book.distrust()
            if gap["reason"] != GapReason.TRUNCATED:  # what ends with its tape was not told when the tape was made
                outputs.append(BookOutput(NO_TOPS, NO_PRINTS, False, NO_SAMPLES, NO_CHANGES, _gap_flow(gap)))
            span = int(gap["from_ns"]), int(gap["clock_ns"])
            self.heat.mark_gap(*span, is_lasting=not isinstance(self.book, PriceLevelBook))
        if len(rows) or len(ticks) or len(trades):
            outputs.append(self._apply_rows(rows, ticks, trades))
        return outputs

    def _apply_rows(self, rows: Rows, ticks: Rows, trades: Rows) -> BookOutput:
        output = self._applied(rows, ticks, trades)
        if len(output.changes):
            self._append(output.changes)
        return output

    def _append(self, changes: Rows) -> None:
        if self._keeps_heat:
            self.heat.append(changes)

    def _applied(self, rows: Rows, ticks: Rows, trades: Rows) -> BookOutput:
        book = self.book
        if isinstance(book, DepthBook):
            return book.apply(rows, ticks, trades)
        if isinstance(book, PriceLevelBook) and self.book_kind is Kind.QUOTE:
            return book.apply_quotes(rows, ticks)
        assert book is not None  # _begin_book made it with the kind
        return book.apply(rows, ticks)

    def freeze(self) -> FrozenBookFeed:
        """The state now; cheap: the history is shared, not copied."""
        book = None if self.book is None else self.book.freeze()
        return FrozenBookFeed(self.book_kind, self.print_kind, book, self.heat.freeze())

    def thaw(self, frozen: FrozenBookFeed) -> None:
        """Become what was frozen."""
        self.book, self._since = None, -1
        self.book_kind, self.print_kind = frozen.book_kind, frozen.print_kind
        if frozen.book_kind is not None:
            self._begin_book(frozen.book_kind).thaw(frozen.book)
        self.heat.thaw(frozen.heat)


def _first(parts: Parts, kinds: tuple[Kind, ...]) -> Kind | None:
    """The kind among ``kinds`` whose first row came first; the richer one wins a tie."""
    present = [(int(parts[kind]["seq"][0]), place, kind) for place, kind in enumerate(kinds) if kind in parts]
    return min(present)[2] if present else None


def _printing(parts: Parts) -> Kind | None:
    """What prints come from: a book of levels counts from its first print on, for many venues' have none."""
    printing = dict(parts)
    if Kind.MBP in parts:
        rows = parts[Kind.MBP]
        printing[Kind.MBP] = rows[rows["action"] == TRADE]
    return _first({kind: rows for kind, rows in printing.items() if len(rows)}, PRINT_KINDS)


def _before(parts: Parts, seq: int) -> Parts:
    """What comes before ``seq``; kinds of which nothing does are left out."""
    cut = {kind: rows[: np.searchsorted(rows["seq"], seq)] for kind, rows in parts.items()}
    return {kind: rows for kind, rows in cut.items() if len(rows)}


def _from(parts: Parts, seq: int) -> Parts:
    """What comes at ``seq`` or after; kinds of which nothing does are left out."""
    cut = {kind: rows[np.searchsorted(rows["seq"], seq) :] for kind, rows in parts.items()}
    return {kind: rows for kind, rows in cut.items() if len(rows)}


def _joined(parts: list[Rows]) -> Rows:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _all_gone(clock_ns: int) -> Rows:
    """A book of quotes gives way to one of levels: nothing of it is left."""
    changes = np.zeros(2, CHANGE)
    changes["cell"], changes["price"] = clock_ns // CELL_NS, NO_PRICE
    changes["side"] = (BID_SIDE + GONE, ASK_SIDE + GONE)
    return changes


def _prints_of_trades(trades: Rows) -> Rows:
    kept = trades[trades["size"] > 0]
    prints = np.zeros(len(kept), DTYPES[Kind.PRINT])
    for name in ("seq", "clock_ns", "event_ns", "recv_ns", "instrument", "price_ticks", "size", "aggressor"):
        prints[name] = kept[name]
    return prints


def _gap_flow(gap: Rows) -> Rows:
    flow = np.zeros(1, FLOW)
    flow["seq"], flow["clock_ns"] = gap["seq"], gap["clock_ns"]
    flow["price"], flow["what"], flow["side"] = NO_PRICE, What.GAP + ENDS, NOWHERE
    return flow


def _with_trades(flow: Rows, prints: Rows) -> Rows:
    """The flow of a book whose trades come from elsewhere: those, and none of its own."""
    rows = np.zeros(len(prints), FLOW)
    for name, source in (("seq", "seq"), ("clock_ns", "clock_ns"), ("price", "price_ticks"), ("amount", "size")):
        rows[name] = prints[source]
    rows["what"] = What.TRADED + ENDS
    rows["side"] = np.where(
        prints["aggressor"] == BID, ASK_SIDE, np.where(prints["aggressor"] == ASK, BID_SIDE, NOWHERE)
    )
    own = (flow["what"] & (ENDS - 1)) == What.TRADED
    both = np.concatenate([flow[~own], rows])
    return both[np.argsort(both["seq"], kind="stable")]
