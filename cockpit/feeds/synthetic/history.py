"""The history of a simulated market from a checked cache, or built anew with the reason why.

An entry is a folder: a sealed tape of the events, the market's state as plain arrays, and a manifest with the
SHA-256 of every file. What does not fit is thrown away and built again; nothing in it is trusted to run.
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from cockpit.errors import CockpitError, SourceError
from cockpit.events.market import Chunk, Slice
from cockpit.feeds.source import SIMULATED, SourceInfo
from cockpit.feeds.synthetic.market import Market, MarketConfig, State
from cockpit.feeds.synthetic.options import IndicesOf
from cockpit.feeds.synthetic.past import TRADING_NS, History, Progress, build, config_of_past, in_chunks
from cockpit.feeds.tape.reader import open_tape
from cockpit.feeds.tape.recorder import Recorder
from cockpit.instruments import Registry

log = logging.getLogger(__name__)

CODE: Final = 4  # of everything that decides a byte of the market: count it up with every change of the model
MANIFEST: Final = "history.json"
TAPE: Final = "tape"
STATE: Final = "state.npz"
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
    entry = folder / (_PREFIX + _key(config, past))
    reason = "there is no history of this market yet"
    if entry.exists():
        try:
            return _load(past, entry, indices_of)
        except (CockpitError, OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile) as error:
            reason = f"{entry}: damaged ({error})"
            log.warning("simulated history is built again: %s", reason)
    built = build(config, indices_of, progress, trading_ns)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _store(past, entry, built)
        _prune(folder, entry)
    except (CockpitError, OSError) as error:
        reason = f"{reason}; it cannot be kept ({error})"
        log.warning("simulated history is not kept: %s", error)
    return History(built.chunks, built.market, reason)


def _key(config: MarketConfig, past: MarketConfig) -> str:
    known = json.dumps({"code": CODE, "past": _facts(past), **_facts(config)}, sort_keys=True)
    return f"{config.seed}-{hashlib.sha256(known.encode()).hexdigest()[:16]}"


def _facts(config: MarketConfig) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(config)))


def _store(past: MarketConfig, entry: Path, history: History) -> None:
    """Write beside the entry, then put it in its place at once."""
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=entry.parent))
    try:
        _record(past, fresh / TAPE, history)
        np.savez(fresh / STATE, allow_pickle=False, **history.market.save())
        known = {
            "code": CODE,
            "market": _facts(past),
            "files": {name: _checksum(fresh / name) for name in _files(fresh)},
        }
        (fresh / MANIFEST).write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        if entry.exists():
            shutil.rmtree(entry)
        os.replace(fresh, entry)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _record(past: MarketConfig, place: Path, history: History) -> None:
    registry = Registry()
    for instrument in history.market.instruments:
        registry.add(instrument)
    start_ns = history.market.now_ns
    info = SourceInfo(
        f"{SIMULATED}:{past.seed}", SIMULATED, "mixed", history.market.instruments, None, start_ns, None, True
    )
    recorder = Recorder(place, registry, [info], created_ns=start_ns)
    for chunk in history.chunks:
        recorder.write(Slice(chunk.batches, chunk.first_seq, chunk.next_seq, start_ns))
    recorder.seal()
    if recorder.failure is not None:
        raise SourceError(place, recorder.failure)


def _load(past: MarketConfig, entry: Path, indices_of: IndicesOf) -> History:
    known = json.loads((entry / MANIFEST).read_text(encoding="utf-8"))
    if known["code"] != CODE or known["market"] != _facts(past):
        raise ValueError("of another market")
    if sorted(known["files"]) != _files(entry):
        raise ValueError("files are missing, or there are others")
    for name, checksum in known["files"].items():
        if _checksum(entry / name) != checksum:
            raise ValueError(f"{name} is not what was written")
    market = Market(past, indices_of)
    market.load(_state(entry / STATE))
    tape = open_tape(entry / TAPE)
    chunks = tuple(in_chunks(_checked(tape.chunks(), market)))
    if not chunks or chunks[-1].next_seq != market.next_seq:
        raise ValueError("the tape ends elsewhere than the market begins")
    return History(chunks, market)


def _checked(chunks: Iterable[Chunk], market: Market) -> list[Chunk]:
    found = list(chunks)
    if found and found[-1].next_seq > market.next_seq:
        raise ValueError("the tape goes on beyond the market's beginning")
    return found


def _state(path: Path) -> State:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _files(entry: Path) -> list[str]:
    """Names of all files of an entry but its manifest, sorted."""
    found = (path.relative_to(entry).as_posix() for path in entry.rglob("*") if path.is_file())
    return sorted(name for name in found if name != MANIFEST)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _prune(folder: Path, newest: Path) -> None:
    """Remove all entries but the newest few."""
    entries = [path for path in folder.iterdir() if path.name.startswith(_PREFIX) and path != newest]
    entries.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in entries[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
