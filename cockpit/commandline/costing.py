"""`cockpit impact SOURCE --side buy --size N`: what a market order would have cost in a recorded book."""

from argparse import Namespace
from dataclasses import asdict
from typing import Final

from cockpit.commandline.output import Output
from cockpit.engines.book.impact import Fill, levels_of, simulate_market_order
from cockpit.engines.book.readout import Book
from cockpit.errors import ConfigError
from cockpit.feeds.river import River
from cockpit.instants import iso_utc, parse_instant
from cockpit.instruments import DASH, Instrument
from cockpit.opening import calendar_of, open_all
from cockpit.state.lane import Lane
from cockpit.state.router import Router

BLOCK_EVENTS: Final = 65_536


def run(arguments: Namespace) -> int:
    """Walk the book as it was; 1 when it could not fill the size."""
    out = Output(arguments.json)
    river = River(open_all(arguments.source), spool_bytes=None)
    router = Router(river.registry, calendar_of)
    lane = lane_of(router, arguments.symbol)
    until = None if arguments.at is None else parse_instant(arguments.at)
    while (piece := river.take(BLOCK_EVENTS, until)) is not None and piece.events:
        router.apply(piece)
        out.progress(f"{router.events:,} events, {iso_utc(piece.clock_ns)}")
    if lane.book is None or router.clock_ns is None:
        when = "" if arguments.at is None else f" before {arguments.at}"
        raise ConfigError(f"{lane.instrument.symbol} has no order book{when}")
    fill = fill_of(lane.book, lane.instrument, arguments.side, arguments.size)
    out.say(f"{lane.instrument.symbol} at {iso_utc(router.clock_ns)}")
    for line in lines_of(fill):
        out.say(f"  {line}")
    warnings = [*river.warnings]
    if lane.book.is_suspect:
        warnings.append("the book is suspect here: something was lost before")
    for warning in warnings:
        out.warn(warning)
    out.write(
        {"command": "impact", "symbol": lane.instrument.symbol, "at": iso_utc(router.clock_ns), **asdict(fill),
         "is_suspect": lane.book.is_suspect, "warnings": warnings}
    )  # fmt: skip
    return 1 if fill.unfilled > 0 else 0


def lane_of(router: Router, symbol: str | None) -> Lane:
    """The lane of a symbol, ``ESH4.GLBX`` or ``ESH4``; without one the only lane there is.

    Raises:
        ConfigError: None or several fit; names those there are.
    """
    lanes = router.lanes
    fits = [lane for lane in lanes if symbol is None or symbol in (lane.instrument.symbol, lane.instrument.raw)]
    if len(fits) != 1:
        there = ", ".join(lane.instrument.symbol for lane in lanes)
        raise ConfigError(f"--symbol {symbol or '(not given)'}: name one of {there}")
    return fits[0]


def fill_of(book: Book, instrument: Instrument, side: str, size: float) -> Fill:
    """A market order of ``size`` contracts, shares or coins against everything the book shows."""
    return simulate_market_order(*levels_of(book, instrument), side, size, instrument.point_value_usd)


def lines_of(fill: Fill) -> list[str]:
    """For people."""

    def text(value: float | None, unit: str = "") -> str:
        return DASH if value is None else f"{value:,.10g}{unit}"

    shown = f"{fill.side} {fill.size:,.10g}: filled {fill.filled:,.10g}, unfilled {fill.unfilled:,.10g}"
    return [
        shown,
        f"average {text(fill.avg_price)}, worst {text(fill.worst_price)}, {fill.levels_consumed} levels",
        f"slippage {text(fill.slippage_vs_mid)} against the mid ({text(fill.slippage_bps_mid, ' bps')}), "
        f"{text(fill.slippage_vs_touch)} against the touch",
        f"cost against the mid {text(fill.cost_vs_mid, ' USD')}",
    ]
