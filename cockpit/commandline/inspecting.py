"""`cockpit inspect SOURCE`: what it is, whom it is about, its span and size, and what is wrong with it."""

from argparse import Namespace
from typing import Any

from cockpit.commandline.dates import given_day
from cockpit.commandline.output import Output
from cockpit.events.dtypes import KIND_NAMES
from cockpit.instants import iso_utc
from cockpit.opening import open_all


def run(arguments: Namespace) -> int:
    """Read the whole source once; 1 when something was lost."""
    out = Output(arguments.json)
    source = open_all([arguments.source], day=given_day(arguments))[0]
    counts: dict[str, int] = {}
    seen = 0
    first: int | None = None
    last: int | None = None
    for chunk in source.chunks():
        for batch in chunk.batches:
            name = KIND_NAMES[batch.kind]
            counts[name] = counts.get(name, 0) + len(batch)
            clocks = batch.rows["clock_ns"]
            if len(clocks):
                first = int(clocks.min()) if first is None else min(first, int(clocks.min()))
                last = int(clocks.max()) if last is None else max(last, int(clocks.max()))
        seen += chunk.events
        out.progress(f"{seen:,} events read")
    info = source.info
    span: dict[str, Any] | None = None
    if first is not None and last is not None:
        span = {"from": iso_utc(first), "to": iso_utc(last)}
    out.say(f"{info.path}: {info.format} {info.schema}")
    out.say(f"  span        {span['from']} to {span['to']}" if span else "  span        no events")
    out.say(f"  events      {', '.join(f'{n:,} {kind}' for kind, n in sorted(counts.items())) or 'none'}")
    for each in info.instruments:
        out.say(f"  instrument  {each.symbol}  tick {each.tick:g} ({each.origin})  {each.name}".rstrip())
    for warning in source.warnings:
        out.warn(warning)
    out.write(
        {
            "command": "inspect",
            "path": info.path,
            "format": info.format,
            "schema": info.schema,
            "instruments": [each.symbol for each in info.instruments],
            "span": span,
            "rows": seen,
            "kinds": counts,
            "warnings": list(source.warnings),
        }
    )
    return 1 if source.warnings else 0
