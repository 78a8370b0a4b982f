"""An option chain as a research tool keeps it: one object per contract, greeks from Cboe, quotes from elsewhere.

Source: ``MANIFEST.md`` of the recorded chains, kind "chain with quotes and greeks".
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.feeds.files.chain_rows import chain_of
from cockpit.feeds.files.chain_source import ChainSource, complete
from cockpit.feeds.files.json_quotes import numbers_of, quotes_of, time_of
from cockpit.feeds.files.local_time import day_of
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.option_symbols import NO_DAY, OptionSymbols
from cockpit.instants import NEW_YORK, ns_of

KEYS: Final = {
    "bid": "bid",
    "ask": "ask",
    "last": "last",
    "volume": "volume",
    "open_interest": "openInterest",
    "iv": "iv",
    "delta": "delta",
    "gamma": "gamma",
}


def is_chain(content: Mapping[str, Any]) -> bool:
    """Whether a JSON object is such a chain."""
    return isinstance(content.get("quotes"), list) and "underlyingPrice" in content


def open_chain(path: Path, content: Mapping[str, Any], chunk_events: int) -> ChainSource:
    """The source of such a chain.

    Raises:
        SourceError: Its time cannot be read, or it holds no contract that could be used.
    """
    losses = Losses()
    options = content["quotes"]
    clock_ns = _clock_ns(path, content.get("updated"), losses)
    if not options:
        raise SourceError(path, "an option chain without contracts")
    quotes = quotes_of(options, KEYS, "symbol", losses)
    label = content.get("symbol")
    label = label if isinstance(label, str) else ""
    chain = chain_of(path, quotes, _agreement(options, quotes.parts), label, losses)
    spot = float(numbers_of([content["underlyingPrice"]])[0][0])
    if not spot > 0:
        spot = np.nan
        losses.note("no price of the underlying")
    losses.note("quotes and greeks are of different providers")
    complete(path, chain, spot, clock_ns, label, label, losses)
    return ChainSource(path, "chain_json", chain, None, losses, chunk_events)


def _clock_ns(path: Path, written: Any, losses: Losses) -> int:
    at = time_of(written)
    if at is None:
        raise SourceError(path, f"an option chain whose time of update cannot be read: {written!r:.60}")
    if at.tzinfo is None:
        losses.note("its time has no zone: taken as New York's", str(written))
        at = at.replace(tzinfo=NEW_YORK)
    return ns_of(at)


def _agreement(options: list[Any], parsed: OptionSymbols) -> NDArray[np.bool_]:
    """Whether the expiry, side and strike beside each symbol are those in it, bool (n,); absent ones agree."""
    found = [one if isinstance(one, dict) else {} for one in options]
    strike, bad = numbers_of([one.get("strike") for one in found])
    agrees = ~bad & (np.isnan(strike) | (np.abs(strike - parsed.strike) < 0.0005))
    known: dict[Any, int] = {}
    for one in found:
        text = one.get("expiration")
        if isinstance(text, str) and text not in known:
            day = day_of(text)
            known[text] = NO_DAY if day is None else day
    for place, one in enumerate(found):
        expiry, side = one.get("expiration"), one.get("side")
        if isinstance(expiry, str) and known[expiry] != parsed.expiry_day[place]:
            agrees[place] = False
        if isinstance(side, str) and side[:1].upper() != chr(parsed.right[place]):
            agrees[place] = False
    return agrees
