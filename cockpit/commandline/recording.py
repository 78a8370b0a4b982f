"""`cockpit record SOURCE... --tape DIR`: everything, raw and derived, onto a tape."""

from argparse import Namespace
from pathlib import Path
from typing import Final

from cockpit.clock import SteadyClock
from cockpit.commandline.dates import given_day
from cockpit.commandline.output import Output
from cockpit.errors import ConfigError
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from cockpit.instants import iso_utc
from cockpit.opening import calendar_of, open_all
from cockpit.state.router import Router
from cockpit.units import NS_PER_S

BLOCK_EVENTS: Final = 65_536


def run(arguments: Namespace) -> int:
    """Record at full speed; 1 when the tape had to stop early."""
    if arguments.live:
        if arguments.source:
            raise ConfigError("record either a live venue or sources; to play both on one clock, record them first")
        from cockpit.commandline import live_recording

        return live_recording.run(arguments)
    out = Output(arguments.json)
    sources = open_all(arguments.source, day=given_day(arguments))
    river = River(sources, spool_bytes=None)
    router = Router(river.registry, calendar_of)
    recorder = Recorder(Path(arguments.tape), river.registry, sources=[source.info for source in sources])
    steady = SteadyClock()
    flushed = steady.now_ns()
    while (piece := river.take(BLOCK_EVENTS)) is not None and recorder.failure is None:
        recorder.write(piece, router.apply(piece))
        if steady.now_ns() - flushed >= NS_PER_S:
            recorder.flush()
            flushed = steady.now_ns()
        out.progress(f"{router.events:,} events, {iso_utc(piece.clock_ns)}")
    recorder.seal()
    for warning in river.warnings:
        out.warn(warning)
    size = f"{router.events:,} events, {recorder.bytes_written:,} bytes"
    out.say(f"{arguments.tape}: {size}, digest {router.digest.hex()}")
    if recorder.failure is not None:
        out.warn(f"recording stopped: {recorder.failure}")
    out.write(
        {
            "command": "record",
            "tape": str(arguments.tape),
            "events": router.events,
            "bytes": recorder.bytes_written,
            "digest": router.digest.hex(),
            "failure": recorder.failure,
            "warnings": list(river.warnings),
        }
    )
    return 0 if recorder.failure is None else 1
