"""Headers: how fresh a lane is, and why."""

from cockpit.events.dtypes import Kind
from cockpit.state.freshness import freshness, limit_ns
from cockpit.state.lane import Lane
from cockpit.state.quarantine import since_text
from cockpit.state.router import Router
from cockpit.state.views import Freshness, Head, Pane, Provenance
from cockpit.units import NS_PER_DAY


def feed_age_ns(router: Router, lane: Lane, now_ns: int) -> int | None:
    """Age of the newest event of any instrument of the lane's venue; None before the first."""
    newest = [
        each.last_ns
        for each in router.lanes
        if each.last_ns is not None and each.instrument.venue == lane.instrument.venue
    ]
    return now_ns - max(newest) if newest else None


def lane_limit_ns(router: Router, lane: Lane, now_ns: int, kind: Kind | None = None) -> int:
    """Age from which the lane (or one kind of it) counts as AGING, ns (``contracts.md`` 7)."""
    pulses = [pulse for each, pulse in lane.pulses.items() if kind is None or each is kind]
    quantiles = [pulse.gap_quantile_ns(now_ns) for pulse in pulses]
    known = [quantile for quantile in quantiles if quantile is not None]
    last = lane.last_ns
    if lane.sample_ns >= NS_PER_DAY and last is not None:
        return _next_session_end(lane, last) - last
    return limit_ns(min(known, default=None), feed_age_ns(router, lane, now_ns), lane.sample_ns)


def _next_session_end(lane: Lane, after_ns: int) -> int:
    """End of the first session that ends after ``after_ns``; a day and a half later without a calendar."""
    if lane.calendar is not None:
        for opened in lane.calendar.session_opens(after_ns - 2 * NS_PER_DAY, after_ns + 10 * NS_PER_DAY).tolist():
            session = lane.calendar.session_of(opened)
            if session is not None and session.close_ns > after_ns:
                return session.close_ns
    return after_ns + NS_PER_DAY * 3 // 2


def head_of(
    router: Router,
    lane: Lane,
    pane: Pane,
    provenance: Provenance,
    now_ns: int,
    kinds: tuple[Kind, ...] | None = None,
) -> Head:
    """The header of a pane that shows this lane.

    Args:
        kinds: The streams the panel rests on; None for all of the lane.
    """
    pulses = [pulse.last_ns for kind, pulse in lane.pulses.items() if kinds is None or kind in kinds]
    last = max((clock for clock in pulses if clock is not None), default=None)
    age = None if last is None else max(now_ns - last, 0)
    state, reason = _state(router, lane, age, now_ns)
    note = "tick inferred from prices" if lane.instrument.origin == "inferred" else ""
    return Head(
        instrument=lane.instrument,
        provenance=provenance,
        freshness=state,
        age_ns=age,
        reason=reason,
        link=pane.link,
        interval=pane.interval if pane.id.startswith("chart") else "",
        note=note,
    )


def _state(router: Router, lane: Lane, age_ns: int | None, now_ns: int) -> tuple[Freshness | None, str]:
    if router.outage:
        return Freshness.FAILED, router.outage
    fault = router.faults.get(lane.id)
    if fault is not None:
        return Freshness.FAILED, f"engine stopped{since_text(router.since.get(lane.id))}: {fault}"
    if age_ns is None:
        return None, "nothing received yet"
    book = lane.book
    if book is not None and book.is_suspect:
        return Freshness.RESYNCING, "data lost; the book is not trusted until the next snapshot"
    return freshness(age_ns, lane_limit_ns(router, lane, now_ns)), ""
