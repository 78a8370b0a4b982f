"""A JSON document as a file holds it: read whole, told apart by its keys, never by its name."""

import json
from pathlib import Path
from typing import Any, Final

from cockpit.errors import SourceError
from cockpit.feeds.files.bytestream import read_whole
from cockpit.feeds.source import Source

MAX_BYTES: Final = 1 << 28  # held in memory as objects, ten times as large; the largest chain has 14 MB
_SHOWN_KEYS: Final = 6
_LINE: Final = 60


def open_json(path: Path, chunk_events: int) -> Source:
    """The source of a JSON document: a Cboe or other option chain, or a Yahoo chart.

    Raises:
        SourceError: It cannot be read, is cut before anything useful, or is of no shape this program knows.
    """
    too_long = f"JSON of more than {MAX_BYTES:,} bytes; such documents are held in memory"
    raw, torn = read_whole(path, MAX_BYTES, too_long)
    text = raw.decode("utf-8", "replace").lstrip("\N{ZERO WIDTH NO-BREAK SPACE}")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return _open_broken(path, text, error, torn, chunk_events)
    except (RecursionError, ValueError) as error:  # nested a thousand deep, or a number of thousands of digits
        raise SourceError(path, f"JSON that cannot be read: {error}") from error
    return _open_content(path, content, chunk_events)


def _open_content(path: Path, content: Any, chunk_events: int) -> Source:
    from cockpit.feeds.files import bitfinex_json, cboe_json, chain_json, yahoo_json

    if bitfinex_json.is_recording(content):
        return bitfinex_json.open_recording(path, content, None, chunk_events)
    if isinstance(content, dict):
        if cboe_json.is_chain(content):
            return cboe_json.open_chain(path, content, None, chunk_events)
        if chain_json.is_chain(content):
            return chain_json.open_chain(path, content, chunk_events)
        if yahoo_json.is_chart(content):
            return yahoo_json.open_chart(path, content)
    raise SourceError(path, _unknown(content))


def _open_broken(path: Path, text: str, error: json.JSONDecodeError, torn: str | None, chunk_events: int) -> Source:
    """The source of what stands before the place where a document breaks off."""
    from cockpit.feeds.files import bitfinex_json, cboe_json

    found = cboe_json.salvage(text)
    where = f"line {error.lineno}, column {error.colno}"
    frames = bitfinex_json.salvage(text)
    if frames is not None:
        return bitfinex_json.open_recording(path, frames, torn or f"{where}: {error.msg}", chunk_events)
    if found is not None:
        return cboe_json.open_chain(path, found, torn or f"{where}: {error.msg}", chunk_events)
    if error.msg == "Extra data":
        raise SourceError(path, "recognised as JSON, one document after another, not readable yet", where)
    raise SourceError(path, f"JSON that is broken or cut: {torn or error.msg}", where)


def _unknown(content: Any) -> str:
    if not isinstance(content, dict):
        return "recognised as JSON, not readable yet: a list, or a single value"
    keys = [str(key)[:_LINE] for key in content]
    if "pull_dates" in content and "by_expiration" in content:
        return "recognised as open interest per strike on several days, not readable yet"
    if isinstance(content.get("data"), dict) and "current_price" in content["data"]:
        return "recognised as a Cboe quote without options, not readable yet"
    shown = ", ".join(keys[:_SHOWN_KEYS]) or "none"
    return f"recognised as JSON, not readable yet: its keys are {shown}"
