"""`cockpit simulate --seed N --hours H --tape DIR`: hours of the simulated market, raw and derived, onto a tape."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any, Final

from cockpit.clock import SteadyClock
from cockpit.commandline.output import Output
from cockpit.errors import ConfigError
from cockpit.feeds.river import River
from cockpit.feeds.synthetic.market import MarketConfig
from cockpit.feeds.synthetic.plants import Plant, parse_plants
from cockpit.feeds.tape.recorder import Recorder
from cockpit.instants import iso_utc, parse_instant
from cockpit.opening import calendar_of
from cockpit.simulation import DEFAULT_START, source
from cockpit.state.digest import Digest
from cockpit.state.router import Router
from cockpit.units import NS_PER_S

BLOCK_EVENTS: Final = 65_536
TRUTH: Final = "truth.json"  # on the tape's folder: what the planted traders really did


def run(arguments: Namespace) -> int:
    """Simulate at full speed; 1 when the tape had to stop early or an engine failed."""
    out = Output(arguments.json)
    config = config_of(arguments)
    simulated = source(config, arguments.hours)
    river = River([simulated], spool_bytes=None)
    router = Router(river.registry, calendar_of)
    recorder = Recorder(Path(arguments.tape), river.registry, sources=[simulated.info])
    raw, steady = Digest(), SteadyClock()
    began = flushed = steady.now_ns()
    first, last = simulated.info.first_ns or 0, simulated.info.last_ns or 0
    while (piece := river.take(BLOCK_EVENTS)) is not None and recorder.failure is None:
        recorder.write(piece, router.apply(piece))
        raw.update(piece.batches)
        if steady.now_ns() - flushed >= NS_PER_S:
            recorder.flush()
            flushed = steady.now_ns()
        done = min(max(piece.clock_ns - first, 0) / (last - first), 1.0)
        out.progress(f"{done:.0%} of {arguments.hours:g} h, {river.next_seq:,} events, {iso_utc(piece.clock_ns)}")
    recorder.seal()
    if arguments.plant is not None and recorder.failure is None:
        _write_truth(Path(arguments.tape) / TRUTH, simulated.truth)
    wall_s = (steady.now_ns() - began) / NS_PER_S
    document: dict[str, Any] = {
        "command": "simulate",
        "tape": str(arguments.tape),
        "seed": config.seed,
        "scenario": config.scenario,
        "faults": list(config.faults),
        "span": {"from": iso_utc(first), "to": iso_utc(last)},
        "instruments": [each.symbol for each in simulated.info.instruments],
        "events": river.next_seq,
        "bytes": recorder.bytes_written,
        "digest": raw.hex(),
        "derived_digest": router.digest.hex(),
        "failure": recorder.failure,
        "warnings": list(router.stopped),
        "wall_s": wall_s,
        "events_per_s": river.next_seq / wall_s if wall_s > 0 else None,
    }
    for warning in router.stopped:
        out.warn(warning)
    if recorder.failure is not None:
        out.warn(f"recording stopped: {recorder.failure}")
    size = f"{river.next_seq:,} events, {recorder.bytes_written:,} bytes"
    out.say(f"{arguments.tape}: SIMULATED, seed {config.seed}, {size}, digest {raw.hex()}")
    out.write(document)
    return 0 if recorder.failure is None and not router.stopped else 1


def config_of(arguments: Namespace) -> MarketConfig:
    """The market the arguments ask for.

    Raises:
        ConfigError: A time that is none, or plants that cannot be.
    """
    start_ns = parse_instant(arguments.start or DEFAULT_START)
    return MarketConfig(
        seed=arguments.seed,
        start_ns=start_ns,
        plants=() if arguments.plant is None else _plants(Path(arguments.plant), start_ns),
        calm=arguments.calm,
        scenario=arguments.scenario,
        faults=tuple(arguments.fault),
    )


def _plants(path: Path, start_ns: int) -> tuple[Plant, ...]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"cannot read plants from {path}: {error}") from error
    if not isinstance(known, list) or not all(isinstance(each, dict) for each in known):
        raise ConfigError(f"{path}: plants are a JSON list of objects")
    try:
        return parse_plants(known, start_ns)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _write_truth(path: Path, truth: list[dict[str, Any]]) -> None:
    try:
        path.write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror or error}") from error
