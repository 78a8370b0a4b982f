"""What the data-health panel says: rows of feeds, legs of the latency, lines about the program, all as text."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from cockpit.instants import age_text, clock_text, span_text
from cockpit.instruments import DASH
from cockpit.state.views import (
    FeedHealth,
    FrameCost,
    Freshness,
    HealthState,
    Hop,
    LinkFacts,
    LinkState,
    Load,
    RecorderHealth,
    Spans,
)
from cockpit.widgets.actions import by_id, cap

SECTIONS: Final = ("latency", "program")
PER_MINUTE: Final = 60.0
GROWTH_FLOOR: Final = 0.5  # MB an hour; less is not growth but noise
ARROWS: Final = {
    "venue to arrival": "venue \N{RIGHTWARDS ARROW} arrival",
    "arrival to engine": "arrival \N{RIGHTWARDS ARROW} engine",
    "engine to frame": "engine \N{RIGHTWARDS ARROW} frame",
    "arrival to pixel": "arrival \N{RIGHTWARDS ARROW} pixel",
}

_LINK_HUES: Final = {
    LinkState.CONNECTING: "aging",
    LinkState.SYNCING: "resync",
    LinkState.RESYNCING: "resync",
    LinkState.STALLED: "stale",
    LinkState.BACKOFF: "stale",
    LinkState.BANNED: "failed",
    LinkState.FAILED: "failed",
}
_WORDS: Final = {
    Freshness.AGING: "aging",
    Freshness.STALE: "stale",
    Freshness.RESYNCING: "resyncing",
    Freshness.FAILED: "failed",
}


def rate_text(rate: float | None) -> str:
    """``8,140/s``, ``4/min``, ``< 1/min``; an en dash before the first event."""
    if rate is None:
        return DASH
    if rate >= 1.0:
        return f"{rate:,.0f}/s"
    minutely = rate * PER_MINUTE
    if minutely >= 1.0:
        return f"{minutely:.0f}/min"
    return "0/min" if rate == 0.0 else "< 1/min"


def summary(feeds: tuple[FeedHealth, ...]) -> tuple[Freshness | None, str]:
    """The worst state and what to say of all: ``All 6 fresh``, ``1 of 6 aging``."""
    if not feeds:
        return None, ""
    known = [feed.freshness for feed in feeds if feed.freshness is not None]
    bad = [each for each in known if each is not Freshness.FRESH]
    if not bad:
        if len(known) < len(feeds):
            return Freshness.FRESH if known else None, f"{len(known)} of {len(feeds)} heard, fresh"
        return Freshness.FRESH, f"All {len(feeds)} fresh" if len(feeds) > 1 else "Fresh"
    words = dict.fromkeys(_WORDS[each] for each in bad)
    return max(bad, key=lambda each: each.value), f"{len(bad)} of {len(feeds)} {', '.join(words)}"


def short_name(name: str) -> str:
    """The name without its venue, for narrow panels: ``ESH4 mbo``."""
    symbol, _, kind = name.rpartition(" ")
    return f"{symbol.rpartition('.')[0] or symbol} {kind}"


def p99_text(spans: Spans | None) -> str:
    """99 % of a leg; an en dash when it is not known."""
    return DASH if spans is None else span_text(spans.p99_ns)


def tip(feed: FeedHealth) -> str:
    """Everything about a row, for its tooltip."""
    age = DASH if feed.age_ns is None else age_text(feed.age_ns)
    stale = age_text(feed.stale_ns or 3 * feed.limit_ns)
    lines = [
        feed.name,
        f"age {age}, aging from {age_text(feed.limit_ns)}, stale from {stale}",
        f"rate {rate_text(feed.rate)}; {feed.events:,} events, {feed.gaps:,} gaps, {feed.dropped:,} dropped",
        f"venue to arrival: {_quantiles(feed.arrival)}",
        "no queue: read as it is needed" if feed.queue is None else f"{feed.queue:,} events wait in its queue",
        *feed.warnings,
    ]
    return "\n".join(lines)


def _quantiles(spans: Spans | None) -> str:
    if spans is None:
        return "no stamps of both ends"
    early = f"; {spans.early:,} arrived before they left: the two clocks disagree" if spans.early else ""
    p50, p95, p99 = span_texts(spans)
    return f"p50 {p50}, p95 {p95}, p99 {p99} of {spans.count:,}{early}"


def span_texts(spans: Spans | None) -> tuple[str, str, str]:
    """p50, p95 and p99; three en dashes when there is nothing to tell."""
    if spans is None:
        return DASH, DASH, DASH
    return span_text(spans.p50_ns), span_text(spans.p95_ns), span_text(spans.p99_ns)


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the feeds.

    Attributes:
        label: What it is; empty for a continuation.
        value: The value; shown in mono at the right, or over the whole width when ``wide``.
        token: Hue of the text.
        icon: Phosphor name before it; empty for none.
        wide: Whether the text takes the whole line.
        key: Key cap at its right; empty for none.
        cells: Three values instead of one, p50, p95 and p99; empty for none.
        is_head: Whether it is the head of a table.
        note: Grey remark after the label, where there is room.
        tip: What the tooltip says besides; empty for nothing.
    """

    label: str
    value: str
    token: str = "text1"
    icon: str = ""
    wide: bool = False
    key: str = ""
    cells: tuple[str, ...] = ()
    is_head: bool = False
    note: str = ""
    tip: str = ""


def lines(
    state: HealthState, load: Load | None = None, sections: Collection[str] = SECTIONS, hidden: int = 0
) -> list[Line]:
    """What stands below the feeds: what is wrong, the legs of the latency, what the program costs.

    Args:
        sections: Those of ``SECTIONS`` that are wanted; what is wrong is always told.
        hidden: Feeds that the settings of the panel hide.
    """
    warnings = dict.fromkeys(text for feed in state.feeds for text in feed.warnings)
    restart = cap(by_id("restart").keys[0])
    return [
        *(Line("", f"Stopped: {fault}", "failed", "x", wide=True, key=restart) for fault in state.faults),
        *_connections(state.links),
        *([Line("", shedding_text(load), "aging", "warning", wide=True)] if load and load.shed else []),
        *(Line("", text, "text2", "warning", wide=True) for text in warnings),
        *([Line("", hidden_text(hidden), "text3", wide=True)] if hidden else []),
        *(_latency(state.hops, state.frames) if "latency" in sections else []),
        *(_machine(state) if "program" in sections else []),
    ]


def hidden_text(hidden: int) -> str:
    """What the settings of the panel hide, and how it comes back."""
    sources = "source is" if hidden == 1 else "sources are"
    return f"{hidden} fresh {sources} hidden; {cap(by_id('pane.settings').keys[0])} shows all"


def shedding_text(load: Load) -> str:
    """What is left out for want of time, since when, and that no event is."""
    since = "" if load.since_ns is None else f" since {clock_text(load.since_ns)} (wall clock)"
    return f"Shedding: {', '.join(load.shed)}{since}. Frames cost more than there is time; no event is dropped."


def _connections(links: tuple[LinkFacts, ...]) -> list[Line]:
    """Each connection's state in words; what went wrong with it before, and how often, in its tooltip."""
    if not links:
        return []
    found = [Line("Connections", "", is_head=True)]
    for link in links:
        token = _LINK_HUES.get(link.state, "text1")
        counts = ", ".join(f"{name} {count:,}" for name, count in link.counts.told())
        last = f"last lost: {link.last_loss}" if link.last_loss else ""
        tip = "\n".join(text for text in (counts, last) if text)
        found.append(Line(link.name, link.state.value, token, tip=tip))
        if link.state is not LinkState.LIVE:
            found.append(Line("", link.words, token, "warning", wide=True, tip=tip))
    skew = links[0].skew_words
    return [*found, *([Line("", skew, "aging", "warning", wide=True)] if skew else [])]


def _latency(hops: tuple[Hop, ...], frames: FrameCost | None) -> list[Line]:
    if not hops and frames is None:
        return []
    rows = [_leg(hop) for hop in hops]
    if frames is not None:
        cells = tuple(span_text(round(ms * 1e6)) for ms in (frames.p50_ms, frames.p95_ms, frames.p99_ms))
        rows.append(Line("frame drawn", "", cells=cells, tip="drawing and painting, last 10 s"))
    return [Line("Latency", "", cells=("p50", "p95", "p99"), is_head=True), *rows]


def _leg(hop: Hop) -> Line:
    return Line(
        ARROWS.get(hop.name, hop.name),
        "",
        "text2" if hop.note else "text1",
        cells=span_texts(hop.spans),
        note=hop.note,
        tip=_quantiles(hop.spans) if hop.spans else "not measured: nothing plays at a pace",
    )


def _machine(state: HealthState) -> list[Line]:
    rate = DASH if state.frames is None or not state.frames.rate_hz else f"{state.frames.rate_hz:.0f}/s"
    pump = DASH if state.pump_p99_ms is None else f"{state.pump_p99_ms:.1f} ms"
    return [
        Line("Program", "", is_head=True),
        *_recorder(state.recorder, state.tape),
        Line("Queue", _queue(state), tip="events applied and not yet painted; option chains being worked out"),
        Line("Frame rate", rate),
        Line("Pump turn p99", pump),
        Line("Memory", _memory(state), tip="resident; its slope over the last hour, known after five minutes"),
        Line("Open handles", DASH if state.handles is None else f"{state.handles:,}"),
        *_renderer(state.renderer),
    ]


def _queue(state: HealthState) -> str:
    chains = f", {state.solving} chain{'s' if state.solving > 1 else ''}" if state.solving else ""
    return f"{state.unpainted:,} events{chains}"


def _memory(state: HealthState) -> str:
    if state.memory_mb is None:
        return DASH
    growth = state.memory_growth
    if growth is None:
        return f"{state.memory_mb:,.0f} MB"
    sign = "\N{MINUS SIGN}" if growth < 0 else "+"
    change = "0" if abs(growth) < GROWTH_FLOOR else f"{sign}{abs(growth):,.0f}"
    return f"{state.memory_mb:,.0f} MB, {change} MB/h"


def _renderer(text: str) -> list[Line]:
    """The name where values stand, the reason below it."""
    name, _, why = text.partition(":")
    return [Line("Renderer", name or DASH), *([Line("", why.strip(), "text3", wide=True)] if why.strip() else [])]


def _recorder(text: str, tape: RecorderHealth | None) -> list[Line]:
    found = [Line("", text, "text2", "record", wide=True)] if text else []
    if tape is None:
        return found
    if text:
        rate = DASH if tape.rate is None else f"{size_text(tape.rate)}/s"
        found.append(Line("Recorder", f"{rate}, backlog {tape.backlog:,}", tip=f"{size_text(tape.bytes)} written"))
    if tape.failure:
        found.append(Line("", f"Recording stopped: {tape.failure}", "failed", "x", wide=True))
    if tape.ring_used is not None and tape.ring_limit:
        share = 100 * tape.ring_used / tape.ring_limit
        ring = f"{size_text(tape.ring_used)} of {size_text(tape.ring_limit)}, {share:.0f} %"
        found.append(Line("Tape ring", ring, tip="the oldest sealed tape is dropped when it is full"))
    return found


def size_text(size: float) -> str:
    """``840 kB``, ``4.6 MB``, ``2.1 GB``."""
    if size < 1e6:
        return f"{size / 1e3:,.0f} kB"
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"


def read(line: Line) -> str:
    """A line as it reads, for tests and screen readers."""
    return " ".join(part for part in (line.label, line.note, line.value, *line.cells) if part)
