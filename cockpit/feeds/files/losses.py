"""What a reader refused or doubted: counted by reason, with the first case of each."""

from collections.abc import Iterable


class Losses:
    """Counts per reason, in order of first sight."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def note(self, reason: str, first: str = "", count: int = 1) -> None:
        """Count ``count`` cases of ``reason``; ``first`` describes the first of them and where it was."""
        self._first.setdefault(reason, first)
        self._counts[reason] = self._counts.get(reason, 0) + count

    def note_once(self, reason: str, first: str = "") -> None:
        """Note that there is such a case, without counting."""
        if reason not in self._counts:
            self.note(reason, first)

    def count(self, reason: str) -> int:
        """Cases of one reason so far."""
        return self._counts.get(reason, 0)

    def lines(self) -> tuple[str, ...]:
        """One line a reason: ``3 rows refused, price off the tick grid (first: byte 1,234: 4810.1)``."""
        return tuple(_line(reason, count, self._first[reason]) for reason, count in self._counts.items())


def _line(reason: str, count: int, first: str) -> str:
    label = reason if count == 1 else f"{count:,} \N{MULTIPLICATION SIGN} {reason}"
    if not first:
        return label
    return f"{label} ({first})" if count == 1 else f"{label} (first: {first})"


def merged(parts: Iterable[Losses]) -> tuple[str, ...]:
    """The lines of several counters, without repeats, in order."""
    return tuple(dict.fromkeys(line for part in parts for line in part.lines()))
