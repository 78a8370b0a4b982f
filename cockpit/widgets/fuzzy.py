"""How well typed letters fit a text, and which letters of it they are. Pure; no Qt.

A whole word typed beats the start of a word, that beats the inside of one, that beats scattered letters.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeVar

T = TypeVar("T")

AT_START: Final = 100.0  # the text begins with it
AT_WORD: Final = 80.0  # a later word begins with it
INSIDE: Final = 50.0  # somewhere inside a word
SCATTERED: Final = 20.0  # its letters in order, with others between
COVERAGE: Final = 10.0  # added in proportion to how much of the text was typed: of equals the shorter wins
GAP_COST: Final = 1.0  # per hole between scattered letters
INITIAL_GAIN: Final = 3.0  # per scattered letter that begins a word


@dataclass(frozen=True, slots=True)
class Match:
    """How well a query fits a text.

    Attributes:
        score: The higher the better; comparable only between texts for one query.
        positions: Indices into the text of the letters that matched, ascending.
    """

    score: float
    positions: tuple[int, ...]


NOTHING_TYPED: Final = Match(0.0, ())


def match(query: str, text: str) -> Match | None:
    """The fit of the query, or None when a word of it is not in the text. Case does not matter.

    Args:
        query: Typed words; each must fit somewhere, in any order.
        text: What is offered.
    """
    words = query.lower().split()
    if not words:
        return NOTHING_TYPED
    low = text.lower()
    fits = [_word(word, low) for word in words]
    found = [fit for fit in fits if fit is not None]
    if len(found) < len(words):
        return None
    positions = sorted({at for fit in found for at in fit.positions})
    score = sum(fit.score for fit in found) / len(found)
    return Match(score + COVERAGE * len(positions) / max(len(text), 1), tuple(positions))


def _word(word: str, low: str) -> Match | None:
    if low.startswith(word):
        return Match(AT_START, tuple(range(len(word))))
    at = next((at for at in _occurrences(word, low) if _begins_word(low, at)), -1)
    if at >= 0:
        return Match(AT_WORD, tuple(range(at, at + len(word))))
    at = low.find(word)
    if at >= 0:
        return Match(INSIDE, tuple(range(at, at + len(word))))
    return _scattered(word, low)


def _occurrences(word: str, low: str) -> Iterable[int]:
    at = low.find(word)
    while at >= 0:
        yield at
        at = low.find(word, at + 1)


def _begins_word(low: str, at: int) -> bool:
    return at == 0 or not low[at - 1].isalnum()


def _scattered(word: str, low: str) -> Match | None:
    """The letters in order: each at the next beginning of a word if the rest still fits, else at the next place."""
    places: list[int] = []
    at = -1
    for done, letter in enumerate(word):
        near = low.find(letter, at + 1)
        if near < 0:
            return None
        initial = next((spot for spot in _occurrences(letter, low) if spot >= near and _begins_word(low, spot)), -1)
        at = initial if initial >= 0 and _in_order(word[done + 1 :], low, initial + 1) else near
        places.append(at)
    holes = sum(later - earlier > 1 for earlier, later in pairwise(places))
    initials = sum(_begins_word(low, at) for at in places)
    return Match(SCATTERED - GAP_COST * holes + INITIAL_GAIN * initials, tuple(places))


def _in_order(letters: str, low: str, start: int) -> bool:
    for letter in letters:
        start = low.find(letter, start) + 1
        if start == 0:
            return False
    return True


def ranked(query: str, items: Iterable[T], text: Callable[[T], str]) -> list[tuple[T, Match]]:
    """The items that fit, best first; equals keep the order they came in."""
    fits = ((item, match(query, text(item))) for item in items)
    found = [(item, fit) for item, fit in fits if fit is not None]
    return sorted(found, key=lambda pair: -pair[1].score)
