"""The option chain as Cboe's delayed-quotes service answers it: every contract of an underlying in one document.

Its ``timestamp`` is when the document was made, UTC; the market it shows is about 15 minutes older, which is said
and not subtracted (``contracts.md`` 1). The keys vary: absent and null values are unknown.

Source: ``protocols/cboe-delayed.md``.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cockpit.errors import SourceError
from cockpit.feeds.files.chain_rows import chain_of
from cockpit.feeds.files.chain_source import ChainSource, complete
from cockpit.feeds.files.json_quotes import numbers_of, quotes_of, time_of
from cockpit.feeds.files.losses import Losses
from cockpit.instants import NEW_YORK, ns_of

KEYS: Final = {
    "bid": "bid",
    "ask": "ask",
    "last": "last_trade_price",
    "volume": "volume",
    "open_interest": "open_interest",
    "iv": "iv",
    "delta": "delta",
    "gamma": "gamma",
}
# the price of the underlying, best first: before the open and after resets the first ones are 0
_SPOTS: Final = ("current_price", "close", "prev_day_close")
_TIMESTAMP: Final = re.compile(r'"timestamp"\s*:\s*("[^"\\]*")')
_OPTIONS: Final = re.compile(r'"options"\s*:\s*\[')
_SCALAR: Final = '"{}"\\s*:\\s*("[^"\\\\]*"|-?[\\d.eE+-]+)\\s*[,}}]'
_HEAD_KEYS: Final = ("symbol", *_SPOTS)
_GAP: Final = re.compile(r"\s*,?\s*")


def is_chain(content: Mapping[str, Any]) -> bool:
    """Whether a JSON object is such an answer, of a chain."""
    data = content.get("data")
    return isinstance(data, dict) and isinstance(data.get("options"), list)


def open_chain(path: Path, content: Mapping[str, Any], torn: str | None, chunk_events: int) -> ChainSource:
    """The source of an answer.

    Args:
        path: As the user named it.
        content: The document.
        torn: Where and why it breaks off; None when it does not.
        chunk_events: Most events in a chunk.

    Raises:
        SourceError: Its timestamp cannot be read, or it holds no contract that could be used.
    """
    losses = Losses()
    data = content["data"]
    clock = _clock(path, content.get("timestamp"))
    if not data["options"]:
        raise SourceError(path, "a Cboe option chain without contracts")
    quotes = quotes_of(data["options"], KEYS, "option", losses)
    label = _label(content)
    chain = chain_of(path, quotes, None, label, losses)
    spot = _spot(data, losses)
    _note_delay(data, clock, losses)
    complete(path, chain, spot, ns_of(clock), label, label, losses)
    return ChainSource(path, "cboe_json", chain, torn, losses, chunk_events)


def _clock(path: Path, written: Any) -> datetime:
    at = _time(written)
    if at is None:
        raise SourceError(path, f"a Cboe option chain whose timestamp cannot be read: {written!r:.60}")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _time(written: Any) -> datetime | None:
    """The time of a text, blanks around it allowed; see ``time_of``."""
    return time_of(written.strip()) if isinstance(written, str) else None


def _label(content: Mapping[str, Any]) -> str:
    """What the answer says it is about, without the mark of an index: ``SPX`` of ``_SPX`` and ``^SPX``."""
    data = content["data"]
    for label in (content.get("symbol"), data.get("symbol")):
        if isinstance(label, str) and label.strip("_^ "):
            return label.strip("_^ ")
    return ""


def _spot(data: Mapping[str, Any], losses: Losses) -> float:
    values, bad = numbers_of([data.get(name) for name in _SPOTS])
    for name, value, unreadable in zip(_SPOTS, values.tolist(), bad.tolist(), strict=True):
        if value > 0 and not unreadable:
            if name != _SPOTS[0]:
                losses.note(f"no current price of the underlying: its {name} {value:g} is taken")
            return value
    losses.note("no price of the underlying")
    return float("nan")


def _note_delay(data: Mapping[str, Any], clock: datetime, losses: Losses) -> None:
    """Say how old the newest trade is: the market time of a file that is always behind."""
    times = [data.get("last_trade_time")]
    times += [each.get("last_trade_time") for each in data["options"] if isinstance(each, dict)]
    texts = sorted({one for one in times if isinstance(one, str)}, reverse=True)
    newest = next((at for text in texts if (at := _time(text)) is not None), None)
    if newest is None:
        losses.note("delayed by about 15 min; no contract says when it traded")
        return
    market = newest.replace(tzinfo=NEW_YORK) if newest.tzinfo is None else newest
    seconds = (clock - market).total_seconds()
    if seconds < 0:
        losses.note(f"its newest trade {newest:%Y-%m-%d %H:%M} is after its timestamp: one of them is wrong")
        return
    minutes = int(seconds // 60)
    before = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
    at = f"{newest:%H:%M} New York time on {newest:%Y-%m-%d}"
    losses.note(f"delayed: quotes of {at}, {before} before its timestamp")


def salvage(text: str) -> dict[str, Any] | None:
    """The whole contracts of an answer that breaks off, and what else of it can be read; None: it is none.

    Args:
        text: The document up to where it breaks off, or a broken one.
    """
    stamp, begin = _TIMESTAMP.search(text), _OPTIONS.search(text)
    if stamp is None or begin is None:
        return None
    options, end = _whole_objects(text, begin.end())
    if not options:
        return None
    around = text[: begin.start()] + text[end:]
    data: dict[str, Any] = {"options": options}
    for key in _HEAD_KEYS:
        match = re.search(_SCALAR.format(key), around)
        data[key] = None if match is None else _scalar(match[1])
    return {"timestamp": _scalar(stamp[1]), "symbol": data.pop("symbol"), "data": data}


def _scalar(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _whole_objects(text: str, at: int) -> tuple[list[Any], int]:
    """The objects of an array from inside it on, and where the first that is not whole begins."""
    decoder, found = json.JSONDecoder(), []
    at = _behind_gap(text, at)
    while at < len(text) and text[at] != "]":
        try:
            one, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(one)
        at = _behind_gap(text, end)
    return found, at


def _behind_gap(text: str, at: int) -> int:
    """The place behind blanks and a comma."""
    match = _GAP.match(text, at)
    return at if match is None else match.end()
