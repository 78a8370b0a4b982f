"""Cut the live feed off again and again, and see whether its book is the venue's every time it is whole.

``python -m benchmarks.reconnects 1000 [RECORDING] [--seed N]``. The venue is on this machine and replays real
messages with their real update ids; between two cuts messages are lost, repeated, swapped or left half open.
"""

import argparse
import asyncio
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from cockpit.clock import SteadyClock
from cockpit.units import NS_PER_S
from tests.feeds.binance.running import HandTime, Rig, running
from tests.feeds.binance.venue import Venue, load, made

WAYS: Final = ("closed", "dead", "dropped", "swapped", "repeated")
TAIL: Final = 600  # messages: more than one break takes; the venue then begins anew
WHOLE_S: Final = 120.0  # waits up to this long pass at once


def main() -> int:
    """Run, print, and return 1 when a book was another than the venue's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("recording", nargs="?", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return asyncio.run(_run(given.count, given.recording, given.seed))


async def _run(count: int, path: Path | None, seed: int) -> int:
    rng, steady = random.Random(seed), SteadyClock()
    recording = made(count=20_000) if path is None else load(path, 10**9)
    began, done, wrong, counts = steady.now_ns(), 0, 0, Counter[str]()
    while done < count:
        async with Venue(recording) as venue, running(venue, time=HandTime(WHOLE_S)) as rig:
            await _begin(rig)
            while done < count and venue.book.at < len(recording.messages) - TAIL:
                await _break(rig, rng, rng.choice(WAYS[:2] if done % 2 else WAYS))
                wrong += rig.book() != venue.book.units()
                rig.chunks[:-1] = _compact(rig)
                done += 1
            counts.update(dict(rig.counts.told()))
    print(f"{done:,} breaks, {wrong} wrong books, {(steady.now_ns() - began) / NS_PER_S:.1f} s")
    print(", ".join(f"{name} {value:,}" for name, value in counts.items()))
    return 1 if wrong else 0


def _compact(rig: Rig) -> list:
    """Chunks from the last snapshot on: what came before cannot change the book any more."""
    from cockpit.events.dtypes import CLEAR, Kind

    chunks = rig.chunks[:-1]
    for at in range(len(chunks) - 1, -1, -1):
        if any(batch.kind is Kind.DEPTH and (batch.rows["action"] == CLEAR).any() for batch in chunks[at].batches):
            return chunks[at:]
    return chunks


async def _begin(rig: Rig) -> None:
    symbol = rig.venue.book.recording.symbol
    await rig.venue.play_diffs(1)
    await rig.until(lambda: rig.feed.last_id(symbol) is not None, "a book")
    await rig.venue.play_diffs(2)
    await rig.synced()


async def _break(rig: Rig, rng: random.Random, how: str) -> None:
    venue, before = rig.venue, rig.counts
    venue.inside = rng.random() < 0.5
    if how in ("closed", "dead"):
        if how == "closed":
            await venue.cut()
        else:
            venue.drop_dead()
        venue.collect(rng.randrange(3))
        await rig.until(lambda: rig.counts.losses > before.losses, "the loss")
        await rig.until(lambda: rig.counts.connects > before.connects, "a connection")
        await venue.has(2)
        await _begin(rig)
        return
    found = venue.collect(2 if how == "swapped" else 1)
    if how == "swapped":
        found.reverse()
    for each in found if how != "dropped" else ():
        for _ in range(2 if how == "repeated" else 1):
            await venue.send(each.text, each.stream)
    if how in ("dropped", "swapped"):
        await venue.play_diffs(1)
        await rig.until(lambda: rig.counts.snapshots > before.snapshots, "a snapshot")
    await venue.play_diffs(1)
    await rig.synced()


if __name__ == "__main__":
    sys.exit(main())
