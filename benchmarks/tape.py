"""The tape: write and read speed, bytes an event, on 20 million events over 24 hours (``contracts.md`` 8)."""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.common import Repeated, recording, result, seconds
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from cockpit.opening import calendar_of
from cockpit.state.router import Router
from cockpit.units import NS_PER_HOUR

EVENTS = 20_000_000
SPREAD_NS = 24 * NS_PER_HOUR


def day_source(data: str | None, events: int) -> Repeated:
    """The ES recording repeated to so many events over 24 hours."""
    from cockpit.opening import open_all  # noqa: PLC0415

    source = open_all([recording(data)])[0]
    single = Repeated(source, 1).events
    laps = -(-events // single)
    return Repeated(source, laps, SPREAD_NS // laps)


def write(source: Repeated, folder: Path) -> tuple[float, Recorder, int]:
    """Record a source with everything derived; seconds spent in the recorder, the recorder, events."""
    river = River([source], spool_bytes=None)
    router = Router(river.registry, calendar_of)
    recorder = Recorder(folder, river.registry)
    spent = 0.0
    while (piece := river.take(65_536)) is not None:
        derived = router.apply(piece)
        spent += seconds(lambda piece=piece, derived=derived: recorder.write(piece, derived))
    spent += seconds(recorder.seal)
    return spent, recorder, router.events


def run(runs: int, data: str | None = None, events: int = EVENTS) -> list[dict[str, Any]]:
    """Events per second into and out of a tape, sealing included; one run, since it is long."""
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        place = Path(folder) / "tape"
        spent, recorder, count = write(day_source(data, events), place)
        size = sum(file.stat().st_size for file in place.iterdir())
        read = 0

        def back() -> None:
            nonlocal read
            for chunk in open_source(str(place)).chunks():
                read += chunk.events

        took = seconds(back)
    detail = {"events": count, "failure": recorder.failure, "bytes_per_event": round(size / count, 2)}
    return [
        result("tape write", count / spent, "events/s", **detail),
        result("tape read", read / took, "events/s", events=read),
        result("tape size", size / count, "bytes/event", higher_is_better=False, derived_included=True),
    ]
