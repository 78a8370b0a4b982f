"""What is on the tapes of some folders: spans, instruments, gaps, and a small picture of the trading."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import CockpitError
from cockpit.events.dtypes import TRADE, Kind
from cockpit.feeds.tape.manifest import FILE, RECORDING, Manifest, read_manifest
from cockpit.feeds.tape.reader import TapeSource, open_tape
from cockpit.units import Rows

STRIP: Final = "strip.json"  # the picture beside a sealed tape, so that it is made once
PARTS: Final = 96
VERSION: Final = 2
LIVING: Final = (
    Kind.TICK,
    Kind.MBO,
    Kind.DEPTH,
    Kind.MBP,
    Kind.QUOTE,
    Kind.TRADE,
)  # daily series before them are no session


@dataclass(frozen=True, slots=True, eq=False)
class TapeFacts:
    """A tape folder.

    Attributes:
        folder: Where it lies.
        manifest: What it says about itself; None when that cannot be read.
        size: Bytes on disk.
        reason: Why it cannot be opened; empty when it can.
        strip: float64 (PARTS, 2), last price and volume by part of the span, NaN price before the first trade;
            shape (0, 2) until ``looked`` was asked.
        gaps: Holes; None until ``looked`` was asked.
        first_ns: Clock of the first tick, change or print; None until ``looked`` was asked, or without any.
    """

    folder: Path
    manifest: Manifest | None
    size: int
    reason: str = ""
    strip: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2), np.float64))
    gaps: int | None = None
    first_ns: int | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is still recorded, or was left unsealed."""
        return self.manifest is not None and self.manifest.state == RECORDING


def tapes_in(folders: Iterable[Path]) -> list[TapeFacts]:
    """Every tape directly inside the folders, the newest first; reads only what they say about themselves."""
    found = [_facts(each) for folder in folders if folder.is_dir() for each in folder.iterdir() if each.is_dir()]
    kept = [facts for facts in found if facts is not None]
    return sorted(kept, key=lambda facts: 0 if facts.manifest is None else facts.manifest.created_ns, reverse=True)


def _facts(folder: Path) -> TapeFacts | None:
    if not (folder / FILE).is_file():
        return None
    size = sum(each.stat().st_size for each in folder.iterdir() if each.is_file())
    try:
        return TapeFacts(folder, read_manifest(folder), size)
    except CockpitError as error:
        return TapeFacts(folder, None, size, str(error))


def looked(facts: TapeFacts) -> TapeFacts:
    """The same with strip and gaps: from the file beside the tape, else by reading the tape once."""
    if facts.manifest is None or facts.is_running:
        return facts
    known = _kept(facts)
    if known is not None:
        return known
    try:
        made = _made(facts, open_tape(facts.folder))
    except CockpitError as error:
        return replace(facts, reason=str(error))
    _keep(made)
    return made


def _made(facts: TapeFacts, source: TapeSource) -> TapeFacts:
    first, last = None, source.info.last_ns
    strip = np.zeros((PARTS, 2))
    strip[:, 0] = np.nan
    gaps, chosen = 0, -1
    for chunk in source.chunks():
        if first is None:
            clocks = [
                int(batch.rows["clock_ns"][0]) for batch in chunk.batches if batch.kind in LIVING and len(batch)
            ]
            first = min(clocks, default=None)
        for batch in chunk.batches:
            gaps += len(batch) if batch.kind is Kind.GAP else 0
            if first is None or last is None:
                continue
            for instrument, clocks, prices, sizes in _trades(batch.kind, batch.rows):
                chosen = instrument if chosen < 0 else chosen
                if instrument == chosen:
                    _count(strip, first, last, clocks, prices, sizes)
    known = ~np.isnan(strip[:, 0])
    held = np.maximum.accumulate(np.where(known, np.arange(PARTS), 0))
    strip[:, 0] = strip[held, 0]  # a part without a trade keeps the last price
    return replace(facts, strip=strip if known.any() else np.zeros((0, 2)), gaps=gaps, first_ns=first)


def _trades(kind: Kind, rows: Rows) -> Iterator[tuple[int, Any, Any, Any]]:
    if kind in (Kind.MBO, Kind.MBP):
        rows = rows[rows["action"] == TRADE]
    elif kind is not Kind.TRADE:
        return
    for instrument in np.unique(rows["instrument"]).tolist():
        mine = rows[rows["instrument"] == instrument]
        yield instrument, mine["clock_ns"], mine["price_ticks"], mine["size"]


def _count(strip: NDArray[np.float64], first: int, last: int, clocks: Any, prices: Any, sizes: Any) -> None:  # noqa: ANN401  columns
    parts = np.minimum((clocks - first) * PARTS // max(last - first, 1), PARTS - 1)
    np.add.at(strip[:, 1], parts, sizes)
    strip[parts, 0] = prices  # of equal parts the last assignment stays


def _kept(facts: TapeFacts) -> TapeFacts | None:
    try:
        known = json.loads((facts.folder / STRIP).read_text(encoding="utf-8"))
        strip = np.array(known["strip"], np.float64).reshape(-1, 2)
        fits = known["version"] == VERSION and len(strip) in (0, PARTS)
        first = None if known["first_ns"] is None else int(known["first_ns"])
        return replace(facts, strip=strip, gaps=int(known["gaps"]), first_ns=first) if fits else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not there or damaged: made anew


def _keep(facts: TapeFacts) -> None:
    strip = [[None if price != price else price, volume] for price, volume in facts.strip.tolist()]  # noqa: PLR0124  NaN
    try:
        (facts.folder / STRIP).write_text(
            json.dumps({"version": VERSION, "strip": strip, "gaps": facts.gaps, "first_ns": facts.first_ns}),
            encoding="utf-8",
        )
    except OSError:
        return  # a folder that cannot be written is read again next time
