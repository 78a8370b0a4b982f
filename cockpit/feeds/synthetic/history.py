"""The history of a simulated market from a checked cache, or built anew with the reason why.

An entry is a folder: the events and the market's state as raw arrays, which are mapped, not read, and a manifest
with the SHA-256 of both files. What does not fit is thrown away and built again; nothing in it is trusted to run.
"""

import hashlib
import itertools
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from cockpit.arrays import checksum, map_arrays, sealed, unsealed, write_arrays
from cockpit.entries import prune_entries, put_entry
from cockpit.errors import CockpitError
from cockpit.events.dtypes import Kind
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.synthetic.market import Market, MarketConfig
from cockpit.feeds.synthetic.options import IndicesOf
from cockpit.feeds.synthetic.past import TRADING_NS, History, Progress, build, config_of_past

log = logging.getLogger(__name__)

CODE: Final = 4  # of everything that decides a byte of the market: count it up with every change of the model
MANIFEST: Final = "history.manifest"
EVENTS: Final = "events.rows"
STATE: Final = "state.rows"
FORMAT: Final = 3  # of an entry
KEPT: Final = 3  # entries of a cache folder, the newest
_PREFIX: Final = "day-"


def load_or_build(
    config: MarketConfig,
    folder: Path,
    indices_of: IndicesOf,
    progress: Progress | None = None,
    trading_ns: int = TRADING_NS,
) -> History:
    """The day before ``config.start_ns``, and the market that goes on from it.

    A folder that cannot be written costs the cache, not the history.

    Args:
        config: The market.
        folder: Of the cache; made if missing.
        indices_of: See ``Market``.
        progress: Told how far building is; not called when the cache is good.
        trading_ns: How much open market the history covers.

    Returns:
        The history; ``reason`` says why it was built, empty when it came from the cache.
    """
    past = config_of_past(config, trading_ns)
    key = _key(config, past)
    entry = folder / (_PREFIX + key)
    reason = "there is no history of this market yet"
    if entry.exists():
        try:
            return replace(_load(past, entry, indices_of), key=key)
        except (CockpitError, OSError, ValueError, LookupError, TypeError) as error:
            reason = f"{entry}: damaged ({error})"
            log.warning("simulated history is built again: %s", reason)
    built = build(config, indices_of, progress, trading_ns)
    try:
        put_entry(entry, lambda fresh: _store(past, fresh, built))
        prune_entries(entry, _PREFIX, KEPT)
    except (CockpitError, OSError) as error:
        reason = f"{reason}; it cannot be kept ({error})"
        log.warning("simulated history is not kept: %s", error)
    return replace(built, reason=reason, key=key)


def _key(config: MarketConfig, past: MarketConfig) -> str:
    known = json.dumps({"code": CODE, "format": FORMAT, "past": _facts(past), **_facts(config)}, sort_keys=True)
    return f"{config.seed}-{hashlib.sha256(known.encode()).hexdigest()[:16]}"


def _facts(config: MarketConfig) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(config)))


def _store(past: MarketConfig, fresh: Path, history: History) -> None:
    state = history.market.save()
    known = {
        "code": CODE,
        "market": _facts(past),
        "chunks": [
            [chunk.first_seq, chunk.next_seq, [batch.kind for batch in chunk.batches]] for chunk in history.chunks
        ],
        "events": write_arrays(fresh / EVENTS, (batch.rows for chunk in history.chunks for batch in chunk.batches)),
        "state": [list(state), write_arrays(fresh / STATE, state.values())],
        "files": {name: checksum(fresh / name) for name in (EVENTS, STATE)},
    }
    (fresh / MANIFEST).write_text(sealed(known), encoding="utf-8")


def _load(past: MarketConfig, entry: Path, indices_of: IndicesOf) -> History:
    known = unsealed((entry / MANIFEST).read_text(encoding="utf-8"))
    if known["code"] != CODE or known["market"] != _facts(past):
        raise ValueError("of another market")
    with ThreadPoolExecutor(2) as workers:
        found = {name: workers.submit(checksum, entry / name) for name in (EVENTS, STATE)}
        market = Market(past, indices_of)
    for name, sum_ in found.items():
        if sum_.result() != known["files"][name]:
            raise ValueError(f"{name} is not what was written")
    names, places = known["state"]
    market.load(dict(zip(names, map_arrays(entry / STATE, places), strict=True)))
    chunks = _chunks(entry / EVENTS, known)
    if not chunks or chunks[-1].next_seq != market.next_seq:
        raise ValueError("the events end elsewhere than the market begins")
    return History(chunks, market, is_mapped=True)


def _chunks(path: Path, known: Any) -> tuple[Chunk, ...]:
    rows = iter(map_arrays(path, known["events"]))
    chunks: list[Chunk] = []
    for first_seq, next_seq, kinds in known["chunks"]:
        parts = zip(kinds, itertools.islice(rows, len(kinds)), strict=True)
        batches = tuple(Batch(Kind(kind), each) for kind, each in parts)
        chunks.append(Chunk(batches, int(first_seq), int(next_seq)))
    return tuple(chunks)
