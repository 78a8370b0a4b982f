"""Leave the cockpit running: the simulated market, fast and with faults, in a real window, for as long as told.

``python -m benchmarks.soak --minutes 30 --speed 20 --json FILE``. Prints a line a minute and, at the end, the slope
of the memory after the first third, frames that came late, and whether any event was lost: what the panels took in
is compared with what the market said, event by event, through the digest of a second run of the same market.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QTimer

from benchmarks.window import in_a_window
from cockpit.clock import SteadyClock
from cockpit.feeds.synthetic.faults import KINDS
from cockpit.instants import iso_utc
from cockpit.units import NS_PER_MS, NS_PER_S
from cockpit.vitals import resident_mb

SAMPLE_S: Final = 5.0
LATE_MS: Final = (50, 100)


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the running cockpit.

    Attributes:
        at_s: Since the market opened.
        memory_mb: Resident.
        clock: Of the screen.
        events: Applied, ticks included.
        behind: Events the market has said and the panels have not taken in.
        late: Frames so far that came more than 50 and 100 ms after the one before.
        frames: Frames so far.
    """

    at_s: float
    memory_mb: float
    clock: str
    events: int
    behind: int
    late: tuple[int, int]
    frames: int


class Ticker:
    """Counts turns of a 60 Hz timer on the GUI thread that came late: what a hand at the mouse would feel."""

    def __init__(self) -> None:
        self._steady = SteadyClock()
        self._last = self._steady.now_ns()
        self.frames, self.late = 0, [0, 0]
        self._timer = QTimer()
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        now = self._steady.now_ns()
        gap, self._last = now - self._last, now
        self.frames += 1
        for place, limit in enumerate(LATE_MS):
            self.late[place] += gap > limit * NS_PER_MS

    def stop(self) -> None:
        """No more turns."""
        self._timer.stop()


async def soak(desk: Any, seed: int, minutes: float, speed: float, faults: tuple[str, ...]) -> dict[str, Any]:
    """Run the market on an open desktop; returns samples and what came of them."""
    from cockpit.market import MarketWish, open_market  # noqa: PLC0415  heavy

    loop = asyncio.get_running_loop()
    wish = MarketWish.of(seed, speed=speed, faults=faults)
    opened = await loop.run_in_executor(None, open_market, wish, lambda _: None)
    dispatcher = desk.dispatcher
    dispatcher.open(opened)
    live, recording = opened.live, dispatcher.recording
    ticker, samples, steady = Ticker(), [], SteadyClock()
    began = steady.now_ns()
    while (at := (steady.now_ns() - began) / NS_PER_S) < minutes * 60:
        await asyncio.sleep(SAMPLE_S)
        clock = recording.playback.clock_ns
        samples.append(
            Sample(
                round(at, 1),
                round(resident_mb() or 0.0, 1),
                "" if clock is None else iso_utc(clock)[:19],
                recording.router.next_seq,
                live.next_seq - recording.router.next_seq,
                (ticker.late[0], ticker.late[1]),
                ticker.frames,
            )
        )
        if len(samples) % 12 == 0:
            print(samples[-1], file=sys.stderr, flush=True)  # noqa: T201  progress
    ticker.stop()
    await loop.run_in_executor(None, live.close)
    for _ in range(1_200):  # a minute for what is still on its way
        if recording.router.next_seq >= live.next_seq:
            break
        await asyncio.sleep(0.05)
    return {
        "samples": [asdict(sample) for sample in samples],
        "said": live.next_seq,
        "taken": recording.router.next_seq,
        "digest": recording.router.digest.hex(),
        "stopped": list(recording.router.stopped),
        "notices": [[each.severity, each.title, each.text] for each in desk.screen.notices.value],
        "end_ns": recording.playback.clock_ns,
    }


def again(seed: int, faults: tuple[str, ...], events: int) -> str:
    """Digest of the same events of the same market, stepped without a screen."""
    from cockpit.market import MarketWish, replayed  # noqa: PLC0415  heavy

    return replayed(MarketWish.of(seed, faults=faults), events)


def judged(found: dict[str, Any], digest: str) -> dict[str, Any]:
    """What came of it."""
    samples = found["samples"]
    settled = samples[len(samples) // 3 :]
    minutes = np.array([each["at_s"] for each in settled]) / 60
    memory = np.array([each["memory_mb"] for each in settled])
    slope = float(np.polyfit(minutes, memory, 1)[0]) if len(settled) > 2 else float("nan")
    last = samples[-1]
    return {
        "minutes": round(last["at_s"] / 60, 1),
        "events": found["taken"],
        "lost": found["said"] - found["taken"],
        "same_digest_as_a_plain_run": found["digest"] == digest,
        "memory_mb": [samples[0]["memory_mb"], last["memory_mb"]],
        "memory_mb_per_minute": round(slope, 2),
        "frames": last["frames"],
        "frames_over_50_ms": last["late"][0],
        "frames_over_100_ms": last["late"][1],
        "most_behind_events": max(each["behind"] for each in samples),
        "stopped": found["stopped"],
        "notices": found["notices"],
    }


def main() -> int:
    """Run it; exit code 1 when an event was lost or an engine stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--speed", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--calm", action="store_true", help="without faults")
    parser.add_argument("--json", metavar="FILE")
    given = parser.parse_args()
    faults = () if given.calm else KINDS
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "COCKPIT_CONFIG": folder,
            "COCKPIT_STATE": folder,
            "COCKPIT_TAPES": str(Path(folder) / "tapes"),
        }
        found = in_a_window(given.size, lambda desk: soak(desk, given.seed, given.minutes, given.speed, faults))
    result = judged(found, again(given.seed, faults, found["taken"]))
    print(json.dumps(result, indent=1))  # noqa: T201  the result
    if given.json:
        Path(given.json).write_text(json.dumps({**result, "samples": found["samples"]}, indent=1), encoding="utf-8")
    return 1 if result["lost"] or result["stopped"] or not result["same_digest_as_a_plain_run"] else 0


if __name__ == "__main__":
    sys.exit(main())
