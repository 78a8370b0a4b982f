"""`cockpit fit microprice SOURCE`: learn the micro-price of an instrument from a recording, and keep it."""

from argparse import Namespace
from typing import Final

import numpy as np

from cockpit import microprices
from cockpit.commandline.costing import BLOCK_EVENTS, lane_of
from cockpit.commandline.output import Output
from cockpit.engines.book.microprice import IMBALANCES, MicropriceFit, fit_microprice
from cockpit.errors import ConfigError
from cockpit.events.dtypes import Kind, empty
from cockpit.feeds.river import River
from cockpit.instants import iso_utc
from cockpit.instruments import DASH
from cockpit.opening import calendar_of, open_all
from cockpit.state.router import Router
from cockpit.units import Rows

MODELS: Final = ("microprice",)


def run(arguments: Namespace) -> int:
    """Fit and store."""
    if arguments.model not in MODELS:
        raise ConfigError(f"fit {arguments.model}: there is {', '.join(MODELS)}")
    out = Output(arguments.json)
    river = River(open_all(arguments.source), spool_bytes=None)
    router = Router(river.registry, calendar_of)
    lane = lane_of(router, arguments.symbol)
    tops: list[Rows] = []
    while (piece := river.take(BLOCK_EVENTS)) is not None:
        found = [batch.rows for batch in router.apply(piece) if batch.kind is Kind.TOP]
        tops.extend(rows[rows["instrument"] == lane.id] for rows in found)
        out.progress(f"{router.events:,} events, {iso_utc(piece.clock_ns)}")
    rows = np.concatenate([empty(Kind.TOP), *tops])
    if not len(rows):
        raise ConfigError(f"{lane.instrument.symbol} has no best quotes to learn from")
    fit = fit_microprice(*(rows[name] for name in ("bid_ticks", "bid_size", "ask_ticks", "ask_size")))
    learned = microprices.Learned(fit, " ".join(arguments.source), iso_utc(int(rows["clock_ns"][-1])))
    place = microprices.save({**microprices.load(), lane.instrument.root: learned})
    out.say(f"{lane.instrument.root}: {fit.moments:,} moments, {fit.moves:,} jumps of the mid; kept in {place}")
    _say(out, fit)
    out.write(
        {"command": "fit", "model": arguments.model, "root": lane.instrument.root, "moments": fit.moments,
         "moves": fit.moves, "adjustments_ticks": fit.adjustments.tolist(), "file": str(place),
         "warnings": list(river.warnings)}
    )  # fmt: skip
    return 0


def _say(out: Output, fit: MicropriceFit) -> None:
    out.say("ticks to add to the mid, by spread (rows) and bid share of the best size (columns):")
    out.say("        " + " ".join(f"{place / IMBALANCES:7.0%}" for place in range(IMBALANCES)))
    for spread, row in enumerate(fit.adjustments.tolist(), 1):
        cells = " ".join(f"{DASH if np.isnan(cell) else format(cell, '+.3f'):>7}" for cell in row)
        out.say(f"  {spread:>4}  {cells}")
