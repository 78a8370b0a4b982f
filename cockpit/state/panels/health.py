"""Data health: one row per instrument and stream, worst first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from cockpit.engines.latency import merged
from cockpit.events.dtypes import KIND_NAMES, Kind
from cockpit.state.freshness import STALE_FACTOR, freshness
from cockpit.state.lane import Lane
from cockpit.state.panels.gamma import chain_limits
from cockpit.state.panels.heads import lane_limit_ns
from cockpit.state.router import Router
from cockpit.state.views import FeedHealth, FrameCost, Freshness, HealthState, Hop, Provenance

ARRIVAL_NOTES: Final = {  # what the first hop means depends on who stamped it
    Provenance.LIVE: "",
    Provenance.REPLAY: "as recorded",
    Provenance.SIMULATED: "as simulated",
}


def reduce_health(
    router: Router,
    now_ns: int | None,
    warnings: tuple[str, ...],
    process: Mapping[str, float | None],
    recorder: str,
    provenance: Provenance = Provenance.REPLAY,
) -> HealthState:
    """The panel's state about what is open.

    Args:
        warnings: What the sources lost or doubt.
        process: As the application measured it, see ``of_process``.
        recorder: Text about the running recording; empty when off.
    """
    rows = [] if now_ns is None else [row for lane in router.lanes for row in _rows(router, lane, now_ns, warnings)]
    rows.sort(key=lambda row: -(row.freshness or Freshness.FRESH).value)
    latencies = [latency for lane in router.lanes for latency in lane.latencies.values()]
    arrival = Hop("venue to arrival", merged(latencies, now_ns), ARRIVAL_NOTES[provenance])
    return of_process(
        HealthState(feeds=tuple(rows), faults=router.stopped, recorder=recorder, hops=(arrival,)), process
    )


def of_process(state: HealthState, process: Mapping[str, float | None]) -> HealthState:
    """The state with what the application measured of itself.

    Args:
        process: ``memory_mb``, ``memory_growth`` (MB an hour), ``handles``, ``pump_p99_ms``, ``frame_p50_ms``,
            ``frame_p95_ms``, ``frame_p99_ms``, ``frame_rate_hz``; None or absent when unknown.
    """
    handles = process.get("handles")
    p50, p95, p99 = (process.get(f"frame_{name}_ms") for name in ("p50", "p95", "p99"))
    frames = None
    if p50 is not None and p95 is not None and p99 is not None:
        frames = FrameCost(p50, p95, p99, process.get("frame_rate_hz") or 0.0)
    return replace(
        state,
        memory_mb=process.get("memory_mb"),
        memory_growth=process.get("memory_growth"),
        handles=None if handles is None else round(handles),
        pump_p99_ms=process.get("pump_p99_ms"),
        frames=frames,
    )


def _rows(router: Router, lane: Lane, now_ns: int, warnings: tuple[str, ...]) -> list[FeedHealth]:
    return [_row(router, lane, kind, now_ns, warnings) for kind in lane.pulses]


def _row(router: Router, lane: Lane, kind: Kind, now_ns: int, warnings: tuple[str, ...]) -> FeedHealth:
    pulse = lane.pulses[kind]
    limit = lane_limit_ns(router, lane, now_ns, kind)
    last = pulse.last_ns
    age = None if last is None else max(now_ns - last, 0)
    stale = STALE_FACTOR * limit
    if kind is Kind.CHAIN and (chains := router.field.chains(lane)):
        age, (limit, stale) = max(now_ns - chains[-1].as_of_ns, 0), chain_limits(chains)
    state = None if age is None else freshness(age, limit, stale)
    if lane.id in router.faults:
        state = Freshness.FAILED
    elif kind is lane.book_kind and lane.book is not None and lane.book.is_suspect:
        state = Freshness.RESYNCING
    latency = lane.latencies.get(kind)
    return FeedHealth(
        name=f"{lane.instrument.symbol} {KIND_NAMES[kind]}",
        freshness=state,
        age_ns=age,
        limit_ns=limit,
        stale_ns=stale,
        rate=pulse.rate(now_ns),
        events=router.counts.get((lane.id, kind), 0),
        gaps=lane.gap_count,
        dropped=0,
        warning=warnings[0] if warnings else "",
        warnings=warnings,
        arrival=None if latency is None else latency.spans(now_ns),
    )
