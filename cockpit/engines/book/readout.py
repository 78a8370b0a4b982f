"""What a book gives away, the same for order-level and price-level books."""

from dataclasses import dataclass
from typing import Protocol

from cockpit.engines.phase import Phase
from cockpit.units import Rows, Sizes, Ticks


@dataclass(frozen=True, slots=True, eq=False)
class BookOutput:
    """What a book made of one batch.

    Attributes:
        tops: Rows of ``Kind.TOP``, one at each end of a venue transaction after which the best quotes differ
            (price, size or count) from the last one given out; the header is that of the causing record.
            ``ofi`` is the event OFI against the previous TOP, NaN when a side was missing in either.
        prints: Rows of ``Kind.PRINT``, one per trade record with a size.
        changed: Whether any record altered the book, at any depth.
        samples: SAMPLE rows, one per tick: the book after all records before the tick. What is stacked counts from
            the beginning of the book; clears, snapshots and synthetic tops of book leave the count as it is.
        changes: Rows of ``layout.CHANGE``, in order: what levels became, at least once for each cell of time they
            changed in. How often within a cell depends on how the rows were cut; the last one counts.
        flow: Rows of ``layout.FLOW``: what happened, in order, with its causes; see ``layout.What``. None of a book
            of quotes but its ticks.
    """

    tops: Rows
    prints: Rows
    changed: bool
    samples: Rows
    changes: Rows
    flow: Rows


@dataclass(frozen=True, slots=True, eq=False)
class BookReadout:
    """The best levels of a book, best first; all arrays int64 and read-only.

    Attributes:
        bid_ticks, bid_sizes, bid_counts: Shape (b,), b up to the levels asked for; counts are orders, -1 where
            the source does not tell.
        ask_ticks, ask_sizes, ask_counts: Shape (a,), the same.
        resting_orders: Orders in the whole book; None for a price-level book.
    """

    bid_ticks: Ticks
    bid_sizes: Sizes
    bid_counts: Sizes
    ask_ticks: Ticks
    ask_sizes: Sizes
    ask_counts: Sizes
    resting_orders: int | None


@dataclass(frozen=True, slots=True, eq=False)
class BookWindow:
    """Dense columns over consecutive ticks; all arrays int64 (n,) and read-only.

    Attributes:
        low_tick: Tick of index 0; index i is ``low_tick + i``.
        bid_sizes, ask_sizes: What rests there; 0 where nothing does (in a price-level book also where the
            venue does not say, see ``Book.depth``).
        bid_counts, ask_counts: Orders there; -1 where something rests and the source does not tell how many.
    """

    low_tick: int
    bid_sizes: Sizes
    ask_sizes: Sizes
    bid_counts: Sizes
    ask_counts: Sizes


class Book(Protocol):
    """One instrument's book. Prices in ticks, sizes in the venue's smallest unit."""

    @property
    def instrument_id(self) -> int:
        """Value of ``instrument`` in the rows it takes."""
        ...

    @property
    def depth(self) -> int | None:
        """Levels a side the source can show; None when it shows all."""
        ...

    @property
    def is_suspect(self) -> bool:
        """Whether the venue or the caller said it may be wrong, and no clear or snapshot came since."""
        ...

    @property
    def is_crossed(self) -> bool:
        """Whether the best bid is at or above the best ask."""
        ...

    def apply(self, rows: Rows, ticks: Rows | None = None) -> BookOutput:
        """Take rows of the book's own kind, one instrument, in ``seq`` order; how they are cut does not matter.

        Args:
            rows: All there are between the first and the last of ``ticks``; may be empty.
            ticks: TICK rows after everything taken before, in ``seq`` order; each gives one sample.

        Raises:
            EngineError: Rows of another kind or instrument.
        """
        ...

    def readout(self, levels: int = 10) -> BookReadout:
        """The best ``levels`` of each side."""
        ...

    def window(self, low_tick: int, n: int) -> BookWindow:
        """The ``n`` ticks from ``low_tick`` up."""
        ...

    def best(self) -> tuple[int | None, int | None]:
        """Best bid and ask in ticks; None for an empty side."""
        ...

    def totals(self, levels: int = 10) -> tuple[int | None, int | None]:
        """Size in the best ``levels`` of bid and ask; None for an empty side."""
        ...

    def queue(self, side: int, tick: int) -> tuple[Rows, Sizes]:
        """Order ids (uint64) and sizes (int64) at a price in priority order; empty where nothing rests.

        Args:
            side: ``BID`` or ``ASK`` of ``cockpit.events.dtypes``.
            tick: The price.

        Raises:
            EngineError: Not an order-level book, or not a side.
        """
        ...

    def distrust(self) -> None:
        """Mark it suspect until the next clear or snapshot; for gaps the caller knows of."""
        ...

    def freeze(self) -> object:
        """All of its state, compact and independent of it."""
        ...

    def thaw(self, frozen: object) -> None:
        """Become what ``freeze`` saw.

        Raises:
            EngineError: Not made by ``freeze`` of the same kind of book.
        """
        ...

    def reset(self) -> None:
        """Become equal to a new one."""
        ...

    def check(self, phase: Phase) -> None:
        """Prove its invariants.

        Raises:
            BookIntegrityError: A size is not positive, a level's sums differ from its queue, levels are out of
                order, or it is crossed at the end of a transaction in continuous trading.
        """
        ...
