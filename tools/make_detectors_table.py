"""Write ``resources/docs/detectors.md``: what detectors see in calm, planted and recorded markets.

python -m tools.make_detectors_table [FOLDER OF RECORDINGS]

The seeds are not those that thresholds were chosen with.
"""

import json
import os
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from cockpit.cli import run
from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.scores import HORIZONS, verdict_of
from cockpit.engines.detect.settings import settings_of
from cockpit.events.dtypes import BID, DetectionPhase, Detector
from cockpit.feeds.river import River
from cockpit.instants import span_text
from cockpit.opening import open_all
from cockpit.state.detections import TITLES
from cockpit.state.scanning import Scanned, scan
from cockpit.units import NS_PER_S, Rows

OUT: Final = Path(__file__).resolve().parent.parent / "resources" / "docs" / "detectors.md"
CALM_SEED, PLANTED_SEED, PLACES_SEED = 23, 29, 31
CALM_HOURS, PLANTED_HOURS = 0.5, 0.75
FIRST_AT: Final = 240.0  # seconds until scales are known
EVERY: Final = 26.0
ROUNDS: Final = 9
SYMBOLS: Final = ("ES", "NQ")
EARLY_NS, LATE_NS = NS_PER_S, 3 * NS_PER_S  # around a plant in which a detection is its
RECORDINGS: Final = (
    ("ES, order level, Christmas 2023", ("es-mbo-esh4-20231225-until2340.dbn.zst",)),
    ("BTCUSDT perpetual, 2024-08-08", ("binance-usdm-btcusdt-20240808.jsonl.gz",)),
    (
        "BTCUSDT perpetual, 2023-04-04",
        ("binance-usdm-btcusdt-20230404.jsonl.gz", "binance-usdm-btcusdt-20230405.jsonl.gz"),
    ),
    ("BTCUSDT spot, 2024-08-08", ("binance-spot-btcusdt-20240808.jsonl.gz",)),
)
# kind -> detector, and the numbers of a plant by symbol
PLANTS: Final[dict[str, tuple[Detector, dict[str, dict[str, Any]]]]] = {
    "wall": (
        Detector.WALL,
        {"ES": {"size": 900, "ticks": 4, "duration": 15}, "NQ": {"size": 120, "ticks": 8, "duration": 15}},
    ),
    "sweep": (Detector.SWEEP, {"ES": {"size": 900, "levels": 6}, "NQ": {"size": 60, "levels": 20}}),
    "absorption": (
        Detector.ABSORPTION,
        {
            "ES": {"size": 1500, "display": 150, "duration": 4, "blows": 8},
            "NQ": {"size": 240, "display": 24, "duration": 4, "blows": 8},
        },
    ),
    "layering": (
        Detector.LAYERING,
        {
            "ES": {"size": 300, "ticks": 1, "levels": 4, "duration": 5},
            "NQ": {"size": 45, "ticks": 1, "levels": 4, "duration": 5},
        },
    ),
    "iceberg": (
        Detector.ICEBERG,
        {
            "ES": {"size": 400, "display": 20, "duration": 20},
            "NQ": {"size": 60, "display": 5, "duration": 20},
        },
    ),
}
AT_ONE_PRICE: Final = ("wall", "absorption", "iceberg")
INTRODUCTION: Final = """# What detectors see

Made by `python -m tools.make_detectors_table`; `cockpit detect SOURCE` says the same of any recording. Definitions
stand in `formulas.md` 5.7 and in the modules of `cockpit/engines/detect`. A detection is followed over four
horizons and was right when the mid had moved the expected way; the base rate is how often it goes that way anyway.
The interval is Wilson's, 95 %; a star says that all of it lies above the base rate, of at least twenty detections:
among so many cells one in forty would have one by chance.
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """One kind of plant in one instrument: how many, how many found; told, and how many of those were planted."""

    planted: int
    found: int
    told: int
    right: int


def main() -> int:
    """Simulate, scan, write."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["COCKPIT_DATA"]) / "books"
    with tempfile.TemporaryDirectory() as scratch:
        calm = _calm(Path(scratch) / "calm")
        planted = _planted(Path(scratch) / "planted", Path(scratch) / "plants.json")
    recorded = [part for name, files in RECORDINGS for part in _recorded(name, [folder / file for file in files])]
    rules = [f"| `{name}` | {value} |" for name, value in settings_of(Rules()).items()]
    parts = [
        INTRODUCTION,
        f"## A calm market (seed {CALM_SEED}, {CALM_HOURS:g} h, `--calm`), seen a minute\n",
        *calm,
        f"\n## Planted traders (seed {PLANTED_SEED}, `--calm`), {ROUNDS} of each kind and instrument\n",
        "Recall is of all that were planted, also of those that were executed before they could be seen; precision"
        " of all that was told. No plant is a spoof or an exhaustion.\n",
        *planted,
        "\n## Recordings",
        *recorded,
        "\n## The rules\n",
        "| parameter | value |\n|---|---|",
        *rules,
    ]
    OUT.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return 0


def _scanned(paths: list[Path]) -> dict[str, Scanned]:
    river = River(open_all([str(path) for path in paths]), spool_bytes=None)
    return {river.registry[key].symbol: each for key, each in scan(river, Rules()).items()}


def _began(rows: Rows, detector: Detector) -> Rows:
    return rows[(rows["detector"] == detector) & (rows["phase"] == DetectionPhase.SEEN)]


def _calm(tape: Path) -> list[str]:
    run(["simulate", "--seed", str(CALM_SEED), "--hours", f"{CALM_HOURS}", "--calm", "--tape", str(tape)])
    found = _scanned([tape])
    lines = [
        "| detector | " + " | ".join(found) + " |",
        "|---|" + "---:|" * len(found),
    ]
    for detector in Detector:
        rates = (len(_began(each.detections, detector)) / each.minutes for each in found.values())
        lines.append(f"| {TITLES[detector]} | " + " | ".join(f"{rate:.2f}" for rate in rates) + " |")
    return lines


def _planted(tape: Path, file: Path) -> list[str]:
    rng, at, plants = random.Random(PLACES_SEED), FIRST_AT, []
    for _ in range(ROUNDS):
        for kind, (_, sizes) in PLANTS.items():
            for symbol in SYMBOLS:
                side = rng.choice(("bid", "ask"))
                plants.append({"kind": kind, "symbol": symbol, "at": at, "side": side, **sizes[symbol]})
                at += EVERY * rng.uniform(0.8, 1.2)
    file.write_text(json.dumps(plants), encoding="utf-8")
    run(
        ["simulate", "--seed", str(PLANTED_SEED), "--hours", f"{PLANTED_HOURS}", "--calm", "--plant", str(file),
         "--tape", str(tape)]
    )  # fmt: skip
    found = _scanned([tape])
    truth: dict[int, list[dict[str, Any]]] = {}
    for act in json.loads((tape / "truth.json").read_text(encoding="utf-8")):
        truth.setdefault(act["plant"], []).append(act)
    lines = [
        "| plant | instrument | planted | recall | told | precision |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for kind, (detector, _) in PLANTS.items():
        for symbol, it in found.items():
            mine = [acts for acts in truth.values() if acts[0]["kind"] == kind and acts[0]["symbol"] == symbol]
            if mine:
                told = _began(it.detections, detector)
                lines.append(_line(kind, symbol, _counted(kind, mine, told)))
    return lines


def _counted(kind: str, plants: list[list[dict[str, Any]]], told: Rows) -> Counted:
    right, found = np.zeros(len(told), bool), 0
    for acts in plants:
        first = min(act["from_ns"] for act in acts) - EARLY_NS
        last = max(act["until_ns"] for act in acts) + LATE_NS
        is_bid = acts[0]["side"] == "bid"
        mine = (told["clock_ns"] >= first) & (told["begin_ns"] <= last) & (told["clock_ns"] <= last)
        mine &= (told["side"] == BID) == is_bid
        if kind in AT_ONE_PRICE:
            mine &= told["price_ticks"] == acts[0]["price_ticks"]
        found += int(mine.any())
        right |= mine
    return Counted(len(plants), found, len(told), int(right.sum()))


def _line(kind: str, symbol: str, it: Counted) -> str:
    recall = f"{it.found}/{it.planted} = {it.found / it.planted:.0%}"
    precision = f"{it.right}/{it.told} = {it.right / it.told:.0%}" if it.told else "nothing told"
    return f"| {kind} | {symbol} | {it.planted} | {recall} | {it.told} | {precision} |"


def _recorded(name: str, paths: list[Path]) -> list[str]:
    lines: list[str] = []
    for symbol, it in _scanned(paths).items():
        heads = " | ".join(span_text(each) for each in HORIZONS)
        lines += [
            f"\n### {name} ({symbol}, {it.events:,} events, {it.minutes:,} minutes with any)\n",
            f"| detector | seen | a minute | {heads} |",
            "|---|---:|---:|" + "---|" * len(HORIZONS),
        ]
        for detector in Detector:
            n = len(_began(it.detections, detector))
            cells = " | ".join(_cell(it, detector, h) for h in range(len(HORIZONS)))
            lines.append(f"| {TITLES[detector]} | {n} | {n / max(it.minutes, 1):.2f} | {cells} |")
    return lines


def _cell(it: Scanned, detector: Detector, horizon: int) -> str:
    verdict = verdict_of(it.detectors.markouts.score(int(detector), horizon))
    if verdict.share is None:
        return ""
    chance = "?" if verdict.chance is None else f"{verdict.chance:.0%}"
    star = " *" if verdict.is_better else ""
    return f"{verdict.hits}/{verdict.n} ({verdict.low:.0%}-{verdict.high:.0%}) vs {chance}{star}"


if __name__ == "__main__":
    raise SystemExit(main())
