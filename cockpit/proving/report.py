"""What came of holding a book against a recording."""

from dataclasses import dataclass, field
from typing import Any, Final

from cockpit.instants import iso_utc
from cockpit.instruments import Instrument
from cockpit.units import NO_PRICE, NO_TIME

SHOWN: Final = 10  # differences that are told in full; all are counted


@dataclass(slots=True)
class Report:
    """Counts, and the first differences in full.

    Attributes:
        what: What was compared with what, in a few words.
        rows: Of the reference, or of the recording where it is its own: how many were compared.
        levels: Price levels compared, all rows together.
        mismatches: Differences nothing explains.
        first: The first of them.
        unknowable: What could not be compared because the recording begins too late, by reason.
        explained: Differences the recording itself explains, by reason.
        facts: Other numbers.
        shortfalls: Demands that were not met; each fails the proof as a mismatch does.
    """

    what: str
    rows: int = 0
    levels: int = 0
    mismatches: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)
    unknowable: dict[str, int] = field(default_factory=dict)
    explained: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    shortfalls: list[str] = field(default_factory=list)

    @property
    def is_proven(self) -> bool:
        """Whether something was compared and nothing is left unexplained."""
        return self.rows > 0 and not self.mismatches and not self.shortfalls

    def differ(self, row: int, clock_ns: int, place: str, book: str, reference: str) -> None:
        """Count a difference.

        Args:
            row: Of the reference, from 0.
            clock_ns: Its clock.
            place: Instrument and level, ``ESU9.GLBX ask 3``.
            book: What the book has there.
            reference: What the reference has.
        """
        self.mismatches += 1
        if len(self.first) < SHOWN:
            at = None if clock_ns == NO_TIME else iso_utc(clock_ns)
            self.first.append({"row": row, "clock": at, "place": place, "book": book, "reference": reference})

    def unknown(self, reason: str, count: int = 1) -> None:
        """Count what could not be compared."""
        if count:
            self.unknowable[reason] = self.unknowable.get(reason, 0) + count

    def explain(self, reason: str, count: int = 1) -> None:
        """Count differences with a reason."""
        if count:
            self.explained[reason] = self.explained.get(reason, 0) + count


def level_text(instrument: Instrument, tick: int, size: int, orders: int = -1) -> str:
    """``163.38 x 200`` with `` in 2 orders`` where that is known; ``nothing`` for no level."""
    if tick == NO_PRICE:
        return "nothing"
    lots = f"{size:,}" if instrument.lot == 1.0 else f"{size * instrument.lot:.10g}"
    return f"{instrument.format(tick)} x {lots}" + (f" in {orders:,} orders" if orders >= 0 else "")
