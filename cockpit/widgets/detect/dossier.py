"""The evidence of one event as lines of a page. No Qt."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cockpit.instants import clock_text
from cockpit.instruments import DASH, Instrument
from cockpit.state.detections import Detection
from cockpit.state.detector_views import EvidenceLevel, EvidencePrint, EvidenceState
from cockpit.widgets.detect.words import direction_text, evidence_text, moves
from cockpit.widgets.figures import amount

HEAD, TEXT, NOTE, HEADS, PAIRS, PRINT, BOOK = "head", "text", "note", "heads", "pairs", "print", "book"
# layout -> where each cell lies, shares of the width, and whether it stands at the right
_PRINTS: Final = (
    (0.0, 0.04, False),
    (0.04, 0.36, False),
    (0.36, 0.58, True),
    (0.58, 0.78, True),
    (0.78, 1.0, True),
)
_BOOK: Final = (
    *((0.0, 0.15, True), (0.15, 0.29, True), (0.29, 0.41, True), (0.41, 0.61, True)),
    *((0.61, 0.75, True), (0.75, 0.88, True), (0.88, 1.0, True)),
)
PLACES: Final = {
    PAIRS: ((0.0, 0.3, False), (0.3, 0.47, True), (0.53, 0.83, False), (0.83, 1.0, True)),
    PRINT: _PRINTS,
    BOOK: _BOOK,
}
CAUSE: Final = "\u25cf"
PRINT_HEADS: Final = ("", "time", "price", "size", "aggressor")
BOOK_HEADS: Final = ("bid before", "after", "change", "price", "ask before", "after", "change")
NO_BOOK: Final = "The history of the book does not reach there."
NO_PRINTS: Final = "None from a second before to a second after."
WAITS: Final = "The playhead is before it: this is what was seen then."

Wrap = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        kind: ``head``, ``text``, ``note``, ``heads``, ``pairs``, ``print`` or ``book``.
        cells: Texts, where ``PLACES`` says; one alone takes the whole width.
        inks: A colour token for each.
        of: The kind whose columns these are the heads of.
    """

    kind: str
    cells: tuple[str, ...]
    inks: tuple[str, ...]
    of: str = ""


def lines(state: EvidenceState, now_ns: int | None, wrap: Wrap) -> tuple[Line, ...]:
    """The page of the event that is looked at; empty without one.

    Args:
        now_ns: Where the playhead stands, to tell what is not over yet from what is unknown.
        wrap: Breaks a sentence into lines.
    """
    it = state.detection
    if it is None:
        return ()
    instrument = state.head.instrument
    return (
        *_sentences("Rule", (it.rule, it.detail), wrap),
        *_pairs("Numbers", [(fact.name, fact.text) for fact in it.facts]),
        *_pairs(direction_text(it), moves(state, now_ns)),
        *_book(state.levels, instrument, it, wrap),
        *_prints(state.prints, instrument, wrap),
        *_sentences("Events that made it", (evidence_text(it),), wrap),
    )


def _sentences(title: str, texts: Sequence[str], wrap: Wrap) -> Iterator[Line]:
    yield Line(HEAD, (title,), ("text2",))
    for text in texts:
        for line in wrap(text) if text else ():
            yield Line(TEXT, (line,), ("text1",))


def _pairs(title: str, named: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """Names and values, two side by side."""
    yield Line(HEAD, (title,), ("text2",))
    for place in range(0, len(named), 2):
        cells = [cell for pair in named[place : place + 2] for cell in pair]
        yield Line(
            PAIRS, tuple(cells), tuple("text2" if at % 2 == 0 else _ink(cells[at]) for at in range(len(cells)))
        )


def _ink(value: str) -> str:
    return "text3" if value in ("not yet", "unknown", DASH) else "text1"


def _book(
    levels: tuple[EvidenceLevel, ...], instrument: Instrument | None, it: Detection, wrap: Wrap
) -> Iterator[Line]:
    yield Line(HEAD, ("Book before and after",), ("text2",))
    if not levels:
        yield from (Line(NOTE, (line,), ("text3",)) for line in wrap(NO_BOOK))
        return
    yield Line(HEADS, BOOK_HEADS, ("text3",) * len(BOOK_HEADS), BOOK)
    for level in levels:
        bid = _three(level.bid_before, level.bid_after, instrument)
        ask = _three(level.ask_before, level.ask_after, instrument)
        price = DASH if instrument is None else instrument.format(level.ticks)
        here = "accent" if level.ticks == it.ticks else "text1"
        inks = ("text2", "bid", "text1", here, "text2", "ask", "text1")
        yield Line(BOOK, (*bid, price, *ask), inks)


def _three(before: int, after: int, instrument: Instrument | None) -> tuple[str, str, str]:
    """Sizes before and after, and the change; nothing where nothing rests."""
    sizes = tuple("" if not size else amount(instrument, size) for size in (before, after))
    change = "" if before == after else amount(instrument, after - before, plus=True)
    return sizes[0], sizes[1], change


def _prints(prints: tuple[EvidencePrint, ...], instrument: Instrument | None, wrap: Wrap) -> Iterator[Line]:
    causes = sum(each.is_cause for each in prints)
    marked = f"{CAUSE} made it" if causes else ""
    yield Line(HEAD, (f"Prints, {len(prints):,}" + (f"; {causes:,} {marked}" if marked else ""),), ("text2",))
    if not prints:
        yield from (Line(NOTE, (line,), ("text3",)) for line in wrap(NO_PRINTS))
        return
    yield Line(HEADS, PRINT_HEADS, ("text3",) * len(PRINT_HEADS), PRINT)
    for each in prints:
        side, ink = {True: ("buy", "bid"), False: ("sell", "ask"), None: ("unknown", "text3")}[each.is_buy]
        price = DASH if instrument is None else instrument.format(each.ticks)
        cells = (
            CAUSE if each.is_cause else "",
            clock_text(each.clock_ns, 3),
            price,
            amount(instrument, each.size),
            side,
        )
        yield Line(PRINT, cells, ("accent", "text2", "text1", "text1", ink))
