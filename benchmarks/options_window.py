"""The real window while a chain is worked out and drawn, beside the same window without a chain.

``python -m benchmarks.options_window SIZE FILE...`` prints one line of JSON; ``benchmarks.chain`` runs it.
"""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.common import recording, result
from benchmarks.window import in_a_window, measured
from cockpit.clock import SteadyClock
from cockpit.instants import parse_instant
from cockpit.state import commands as c
from cockpit.units import NS_PER_MS

SIZES: Final = ("1280x720", "2560x1440")
FILES: Final = (
    Path("books") / "es-5m" / "ESU22.csv.gz",
    Path("options") / "cboe_csv" / "cboe_spx_2022-07-12_1155_intraday_no_title_row.csv.gz",
    Path("indices") / "vix_daily.csv.gz",
)
START: Final = "2022-07-12T11:54:40"  # the chain comes at 11:55, two and a half seconds later
SPEED: Final = 8.0
SETTLED_S: Final = 4  # bodies are built, toasts have come
MEASURED_S: Final = 8
GATE: Final = "no dearer than the same window without a chain"


def run(data: str | None = None) -> list[dict[str, Any]]:
    """Frame cost and how long the loop was held, a process each; nothing without a display."""
    if not os.environ.get("DISPLAY"):
        return []
    files = [recording(data, name) for name in FILES]
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        return [_beside(size, files, folder) for size in SIZES]


def _beside(size: str, files: list[str], settings: str) -> dict[str, Any]:
    with_chain = measured("benchmarks.options_window", size, *files, settings=settings)
    without = measured("benchmarks.options_window", size, files[0], files[2], settings=settings)
    return result(
        f"chain window {size} frame p99", with_chain.pop("frame_p99_ms"), "ms", peer=without.pop("frame_p99_ms"),
        peer_name="without a chain", higher_is_better=False, gate=GATE, with_chain=with_chain, without=without,
    )  # fmt: skip


async def _measure(desk: Any, files: list[str]) -> dict[str, Any]:
    dispatcher = desk.dispatcher
    dispatcher.on_open = lambda _: None  # the index would have the chain worked out before the player needs it
    dispatcher.send(c.OpenSources(tuple(files), at_end=False))
    dispatcher.send(c.SeekTo(parse_instant(START)))
    while dispatcher.busy:  # noqa: ASYNC110  a bench may poll
        await asyncio.sleep(0.02)
    await asyncio.sleep(SETTLED_S)
    dispatcher.send(c.SetSpeed(SPEED))
    dispatcher.send(c.Play())
    holds = await _holds()
    frames = desk.window.clock.statistics()
    overlay = desk.screen.charts["chart.1"].value.gex
    return {
        "frame_p50_ms": frames.p50_ms,
        "frame_p99_ms": frames.p99_ms,
        "frame_rate_hz": round(frames.rate_hz, 1),
        "hold_p99_ms": round(float(np.quantile(holds, 0.99)), 1),
        "longest_hold_ms": round(float(holds.max()), 1),
        "columns": 0 if overlay is None else sum(len(stretch.values) for stretch in overlay.stretches),
    }


async def _holds() -> np.ndarray:
    """How late a task of the loop came, ms, over the measured seconds."""
    steady, found = SteadyClock(), []
    end = steady.now_ns() + MEASURED_S * 1000 * NS_PER_MS
    while (before := steady.now_ns()) < end:
        await asyncio.sleep(0.001)
        found.append((steady.now_ns() - before) / NS_PER_MS)
    return np.array(found)


def main(size: str, files: list[str]) -> None:
    """Measure in this process and print."""
    print(json.dumps(in_a_window(size, lambda desk: _measure(desk, files))))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
