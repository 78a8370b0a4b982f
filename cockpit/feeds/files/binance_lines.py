"""Lines of recorded Binance messages: when each was received, and what it was.

Three forms, all of them text: ``1723161255030314667 {...}`` (ns, us, ms or s by the number of digits),
``1626916403.8469708: {...}`` (seconds; the first line names the streams), and
``https://... -> 1626916404.543838: {...}`` (answers of the REST interface).
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cockpit.feeds.files.bytestream import ByteStream
from cockpit.feeds.files.losses import Losses
from cockpit.units import NS_PER_S

_LINE: Final = re.compile(rb"(?:(https?://\S+) -> )?(\d{10,19})(?:\.(\d{1,9})\d*)?:? (\{.*)", re.DOTALL)
_HEADING: Final = re.compile(rb"\s*(?:wss://\S+(?: <->.*)?)?\s*")  # the streams that were asked for, and when
_SYMBOL: Final = re.compile(rb"[?&]symbol=([A-Z0-9_]{1,30})(?:&|$)")
_PIECE: Final = 1 << 18
_MOST_LINE: Final = 1 << 24  # a snapshot of 5,000 levels has 300 KB
_MOST_NS: Final = 2**63
_DIGITS_OF_NS: Final = 19
_LIKELY: Final = (
    re.compile(r'\d{10,19} \{.*"(?:stream|lastUpdateId|e)"'),
    re.compile(r"wss://\S*binance"),
    re.compile(r"https://\S*binance\S* -> \d"),
)
_ANSWERS: Final = re.compile(r"https?://")


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded message.

    Attributes:
        recv_ns: Local time of its arrival, ns UTC.
        payload: The message as it came.
        symbol: Whom the question was about, of an answer; None elsewhere.
        place: File and line, for messages.
    """

    recv_ns: int
    payload: bytes
    symbol: str | None
    place: str


def is_recording(head: Sequence[str]) -> bool:
    """Whether the first lines of a text are recorded messages of this venue."""
    return any(form.match(line) for line in head[:3] for form in _LIKELY)


def holds_answers(head: Sequence[str]) -> bool:
    """Whether they are answers of the REST interface."""
    return bool(head) and _ANSWERS.match(head[0]) is not None


def read_lines(path: Path, losses: Losses, limit: int | None = None) -> Iterator[Line]:
    """The messages of a file in its order.

    Args:
        losses: Told of lines that are none, and of a torn end.
        limit: Stop after so many unpacked bytes; None reads to the end.

    Raises:
        SourceError: The file cannot be opened.
    """
    number, rest = 0, b""
    with ByteStream(path) as stream:
        while piece := stream.read(_PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            for text in lines:
                number += 1
                if (line := _line(text, path.name, number, losses)) is not None:
                    yield line
            if len(rest) > _MOST_LINE:
                losses.note(f"line longer than {_MOST_LINE:,} bytes refused", f"line {number + 1:,}")
                rest = b""
            if limit is not None and stream.position >= limit:
                return
        if stream.torn is not None:
            losses.note(f"torn at {stream.where(stream.position)}: {stream.torn}; everything before was read")
        elif rest and (line := _line(rest, path.name, number + 1, losses)) is not None:
            yield line


def merged_lines(paths: Sequence[Path], losses: Losses) -> Iterator[Line]:
    """The messages of files that were recorded side by side, by their arrival."""
    if len(paths) == 1:
        return read_lines(paths[0], losses)
    return heapq.merge(*(read_lines(path, losses) for path in paths), key=lambda line: line.recv_ns)


def _line(text: bytes, name: str, number: int, losses: Losses) -> Line | None:
    match = _LINE.fullmatch(text)
    recv_ns = None if match is None else _instant(match[2], match[3])
    if match is None or recv_ns is None:
        if not _HEADING.fullmatch(text):
            losses.note("line refused, no time and message", f"{name} line {number:,}: {text[:60]!r}")
        return None
    asked = None if match[1] is None else _SYMBOL.search(match[1])
    return Line(recv_ns, match[4], None if asked is None else asked[1].decode(), f"{name} line {number:,}")


def _instant(whole: bytes, fraction: bytes | None) -> int | None:
    if fraction is None:
        ns = int(whole) * 10 ** (_DIGITS_OF_NS - len(whole))
    else:
        ns = int(whole) * NS_PER_S + int(fraction.ljust(9, b"0"))
    return ns if ns < _MOST_NS else None
