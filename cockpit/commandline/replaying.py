"""`cockpit replay SOURCE...`: any mix of sources on one clock, headless, and what came of it."""

import math
from argparse import Namespace
from typing import Any, Final

from cockpit.clock import SteadyClock
from cockpit.commandline.comparing import DerivedCheck
from cockpit.commandline.dates import given_day
from cockpit.commandline.field_documents import field_documents
from cockpit.commandline.output import Output
from cockpit.feeds.river import River
from cockpit.instants import iso_utc, parse_instant
from cockpit.opening import calendar_of, open_all
from cockpit.speeds import parse_speed
from cockpit.state.lane import EMITTED, Lane
from cockpit.state.router import Router
from cockpit.units import NS_PER_S, Sizes, Ticks

BLOCK_EVENTS: Final = 65_536
LEVELS: Final = 10
PACE_SLICE_NS: Final = NS_PER_S // 50  # how often a paced headless replay looks at the clock


def run(arguments: Namespace) -> int:
    """Replay headless; 1 when `--check` finds a difference."""
    out = Output(arguments.json)
    sources = open_all(arguments.source, day=given_day(arguments))
    river = River(sources, spool_bytes=None)
    router = Router(river.registry, calendar_of)
    check = DerivedCheck(sources) if arguments.check else None
    steady = SteadyClock()
    began = steady.now_ns()
    first = river.next_clock_ns()
    until = None if arguments.until is None else parse_instant(arguments.until)
    pacer = _Pacer(parse_speed(arguments.speed), arguments.start, steady)
    while (piece := river.take(BLOCK_EVENTS, pacer.due(river.next_clock_ns(), until))) is not None:
        if piece.events == 0:
            if until is not None and (river.next_clock_ns() or 0) > until:
                break
            pacer.wait()
            continue
        derived = router.apply(piece)
        if check is not None:
            check.take(derived)
        out.progress(f"{router.events:,} events, {iso_utc(piece.clock_ns)}")
    wall_s = (steady.now_ns() - began) / NS_PER_S
    return _report(out, router, river, first, wall_s, check)


class _Pacer:
    """Lets clock time pass at a multiple of real time; before ``--from`` as fast as it goes."""

    def __init__(self, speed: float, start: str | None, steady: SteadyClock) -> None:
        self._speed = speed
        self._start = None if start is None else parse_instant(start)
        self._steady = steady
        self._anchor: tuple[int, int] | None = None

    def due(self, next_ns: int | None, until: int | None) -> int | None:
        """Clock up to which events may be taken now; None: all of them."""
        if math.isinf(self._speed) or next_ns is None:
            return until
        if self._anchor is None:
            if self._start is not None and next_ns < self._start:
                return self._start - 1 if until is None else min(until, self._start - 1)
            self._anchor = (self._steady.now_ns(), next_ns)
        began, clock = self._anchor
        due = clock + round((self._steady.now_ns() - began) * self._speed)
        return due if until is None else min(until, due)

    def wait(self) -> None:
        """Nothing is due: let a moment pass."""
        import time  # noqa: PLC0415  only a paced replay waits

        time.sleep(PACE_SLICE_NS / NS_PER_S)


def _report(
    out: Output, router: Router, river: River, first: int | None, wall_s: float, check: DerivedCheck | None
) -> int:
    difference = None if check is None else check.finish()
    warnings = [
        *river.warnings,
        *router.stopped,
    ]
    document: dict[str, Any] = {
        "command": "replay",
        "events": router.events,
        "span": {"from": iso_utc(first), "to": iso_utc(router.clock_ns)}
        if first is not None and router.clock_ns is not None
        else None,
        "digest": router.digest.hex(),
        "warnings": warnings,
        "wall_s": wall_s,
        "events_per_s": router.events / wall_s if wall_s > 0 else None,
        "instruments": {lane.instrument.symbol: instrument_document(router, lane) for lane in router.lanes},
        **field_documents(router),
    }
    if check is not None:
        document["check"] = {
            "compared": check.compared,
            "difference": difference,
            "not_on_tape": list(check.lacking),
        }
    _say(out, document, warnings)
    if difference is not None:
        out.say(f"check: {difference}")
    elif check is not None:
        lacking = f"; {', '.join(check.lacking)}: not on this tape, not compared" if check.lacking else ""
        out.say(f"check: {check.compared:,} derived events equal the recorded ones{lacking}")
    out.write(document)
    lost = any(lane.gap_count for lane in router.lanes)
    return 1 if difference is not None or router.stopped or lost else 0


def instrument_document(router: Router, lane: Lane) -> dict[str, Any]:
    """One instrument of the JSON of ``contracts.md`` 3."""
    names = {kind: n for (each, kind), n in router.counts.items() if each == lane.id}
    has_prints = lane.print_kind is not None
    return {
        "events": {kind.name.lower(): n for kind, n in sorted(names.items())},
        "gaps": lane.gap_count,
        "trades": len(lane.prints) if has_prints else None,
        "volume": lane.instrument.size(lane.volume) if has_prints else None,
        "bars": {
            label: len(series.view()[0])
            for label, series in zip(EMITTED, lane.series, strict=True)
            if len(series.view()[0])
        },
        "book": book_document(lane),
    }


def book_document(lane: Lane) -> dict[str, Any] | None:
    """Ten levels a side as [price, size, orders], sizes in contracts, shares or coins; None without a book."""
    if lane.book is None:
        return None
    readout = lane.book.readout(LEVELS)

    def side(ticks: Ticks, sizes: Sizes, counts: Sizes) -> list[list[float | int | None]]:
        return [
            [lane.instrument.price(tick), lane.instrument.size(size), None if count < 0 else count]
            for tick, size, count in zip(ticks.tolist(), sizes.tolist(), counts.tolist(), strict=True)
        ]

    return {
        "bids": side(readout.bid_ticks, readout.bid_sizes, readout.bid_counts),
        "asks": side(readout.ask_ticks, readout.ask_sizes, readout.ask_counts),
        "resting_orders": readout.resting_orders,
    }


def _say(out: Output, document: dict[str, Any], warnings: list[str]) -> None:
    span = document["span"]
    out.say(f"{document['events']:,} events" + (f", {span['from']} to {span['to']}" if span else ""))
    rate = document["events_per_s"]
    out.say(
        f"digest {document['digest']}  {document['wall_s']:.2f} s" + (f", {rate:,.0f} events/s" if rate else "")
    )
    for symbol, each in document["instruments"].items():
        bars = ", ".join(f"{n} x {label}" for label, n in each["bars"].items())
        trades = (
            "no prints" if each["trades"] is None else f"{each['trades']:,} trades, volume {each['volume']:,.10g}"
        )
        out.say(f"  {symbol}: {trades}" + (f", bars {bars}" if bars else ""))
        book = each["book"]
        if book and book["bids"] and book["asks"]:
            bid, ask = book["bids"][0], book["asks"][0]
            orders = "" if book["resting_orders"] is None else f", {book['resting_orders']:,} orders"
            out.say(f"    bid {bid[0]:,.10g} x {bid[1]:,.10g}   ask {ask[0]:,.10g} x {ask[1]:,.10g}{orders}")
    for warning in warnings:
        out.warn(warning)
