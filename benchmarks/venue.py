"""A venue on this machine that replays a recording at its own pace, to look at the live cockpit without a network.

``python -m benchmarks.venue RECORDING [--port 8099] [--speed 1] [--fault-every S]``, then ``cockpit --live binance
--symbols BTCUSDT --endpoint http://127.0.0.1:8099``. With faults, something goes wrong in turn: a change is lost, a
connection is closed, one dies, a snapshot is refused, the book stands still.
"""

import argparse
import asyncio
import itertools
import sys
from pathlib import Path
from typing import Final

from cockpit.clock import SteadyClock
from cockpit.units import NS_PER_MS, NS_PER_S
from tests.feeds.binance.venue import Recording, Venue, load, made

FAULTS: Final = ("lost", "closed", "dead", "refused", "still")
STILL_S: Final = 6.0


async def play(recordings: list[Recording], port: int, speed: float, fault_every_s: float | None) -> None:
    """Serve until the recordings end."""
    steady, faults = SteadyClock(), itertools.cycle(FAULTS)
    async with Venue(*recordings, port=port) as venue:
        print(f"serving at {venue.url}", flush=True)
        began, first_ms = steady.now_ns(), venue.now_ms
        still_until, next_fault = 0.0, fault_every_s
        while any(book.next() for book in venue.books.values()):
            at_s = (steady.now_ns() - began) / NS_PER_S * speed
            if next_fault is not None and fault_every_s is not None and at_s >= next_fault:
                next_fault += fault_every_s
                fault = next(faults)
                print(f"{at_s:.0f} s: {fault}", flush=True)
                still_until = at_s + STILL_S if fault == "still" else still_until
                await _fail(venue, fault)
            for symbol, book in venue.books.items():
                while (message := book.next()) and (message.event["E"] - first_ms) * NS_PER_MS <= at_s * NS_PER_S:
                    is_still = at_s < still_until
                    await venue.play(1, symbol, lambda each, is_still=is_still: not (is_still and each.is_diff))
            await asyncio.sleep(0.01)


async def _fail(venue: Venue, fault: str) -> None:
    if fault == "lost":
        venue.collect(1)
    elif fault == "closed":
        await venue.cut()
    elif fault == "dead":
        venue.drop_dead()
    elif fault == "refused":
        venue.answers.append((429, {"Retry-After": "5"}, b""))
        venue.collect(1)


def main() -> int:
    """Serve; returns when the recording has ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording", nargs="?", type=Path)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--fault-every", type=float)
    given = parser.parse_args()
    recording = made(count=20_000) if given.recording is None else load(given.recording, 10**9)
    asyncio.run(play([recording], given.port, given.speed, given.fault_every))
    return 0


if __name__ == "__main__":
    sys.exit(main())
