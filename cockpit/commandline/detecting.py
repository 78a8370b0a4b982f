"""`cockpit detect SOURCE`: what detectors see in a recording, and what each of them is worth there."""

from argparse import Namespace
from typing import Any, Final

from cockpit.commandline.dates import given_day
from cockpit.commandline.output import Output
from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.scores import HORIZONS, Verdict, verdict_of
from cockpit.engines.detect.settings import settings_of, with_settings
from cockpit.errors import ConfigError
from cockpit.events.dtypes import DetectionPhase, Detector, EndReason
from cockpit.feeds.river import River
from cockpit.instants import iso_utc, parse_instant, span_text
from cockpit.instruments import DASH, Instrument
from cockpit.opening import open_all
from cockpit.state.detections import REASONS, SIZE, TITLES, VALUES, described
from cockpit.state.scanning import Scanned, scan
from cockpit.units import NO_PRICE, Rows

SHOWN: Final = 20  # events that people get to see without --all
FATES: Final = ("eaten", "pulled", "moved", "unattributed")


def run(arguments: Namespace) -> int:
    """Scan, print, write."""
    out = Output(arguments.json)
    rules = with_settings(Rules(), arguments.set)
    river = River(open_all(arguments.source, day=given_day(arguments)), spool_bytes=None)
    until = None if arguments.until is None else parse_instant(arguments.until)

    def progress(events: int, clock_ns: int) -> bool:
        out.progress(f"{events:,} events, {iso_utc(clock_ns)}")
        return True

    found = scan(river, rules, until_ns=until, progress=progress)
    found = {key: each for key, each in found.items() if _fits(river.registry[key], arguments.symbol)}
    if not found:
        there = ", ".join(each.symbol for each in river.registry) or "nothing"
        raise ConfigError(f"no order book of {arguments.symbol or 'any instrument'}; the recording has {there}")
    for key, each in found.items():
        _say(out, river.registry[key], each, everything=arguments.all)
    for warning in river.warnings:
        out.warn(warning)
    instruments = {river.registry[key].symbol: _document(river.registry[key], each) for key, each in found.items()}
    out.write(
        {"command": "detect", "rules": settings_of(rules), "instruments": instruments,
         "warnings": list(river.warnings)}
    )  # fmt: skip
    return 0


def _fits(instrument: Instrument, symbol: str | None) -> bool:
    return symbol is None or symbol in (instrument.symbol, instrument.raw)


def began(rows: Rows, detector: Detector) -> Rows:
    """The detections of one detector that are no end of one."""
    return rows[(rows["detector"] == detector) & (rows["phase"] == DetectionPhase.SEEN)]


def _say(out: Output, instrument: Instrument, it: Scanned, *, everything: bool) -> None:
    rows = it.detections
    out.say(f"{instrument.symbol}: {it.events:,} events, {it.minutes:,} minutes with any")
    heads = "".join(f"{span_text(each):>26}" for each in HORIZONS)
    out.say(f"  {'detector':<12}{'seen':>7}{'a minute':>10}{heads}")
    for scanner in it.detectors.scanners:
        n = len(began(rows, scanner.detector))
        rate = f"{n / it.minutes:.2f}" if it.minutes > 0 else DASH
        cells = "".join(f"{_cell(each):>26}" for each in verdicts(it, scanner.detector))
        out.say(f"  {TITLES[scanner.detector]:<12}{n:>7,}{rate:>10}{cells}")
    out.say("  hits with their 95 % interval against the base rate; * better than chance")
    for line in _fates(rows):
        out.say(f"  {line}")
    shown = rows if everything else rows[-SHOWN:]
    if len(shown):
        out.say(f"  the last {len(shown)} of {len(rows):,} (--all for all)" if len(shown) < len(rows) else "  all")
    for row in shown:
        told = described(row, instrument)
        out.say(f"  {iso_utc(told.clock_ns)[11:23]} {told.title:<22} {told.where:<28} {told.detail}")


def _cell(verdict: Verdict) -> str:
    if verdict.share is None:
        return DASH
    chance = DASH if verdict.chance is None else f"{verdict.chance:.0%}"
    interval = f"{verdict.share:.0%} ({verdict.low:.0%}-{verdict.high:.0%})"
    return f"{interval} vs {chance}{'*' if verdict.is_better else ' '}"


def verdicts(it: Scanned, detector: Detector) -> list[Verdict]:
    """One per horizon."""
    return [verdict_of(it.detectors.markouts.score(int(detector), h)) for h in range(len(HORIZONS))]


def fates(rows: Rows) -> dict[str, Any]:
    """What became of the walls that ended: how many by reason, and shares of all that left them.

    Args:
        rows: DETECTION.
    """
    ended = rows[(rows["detector"] == Detector.WALL) & (rows["phase"] == DetectionPhase.ENDED)]
    gone = ended["values"][:, 1:5].sum(axis=0)
    total = float(gone.sum())
    shares = {name: float(part) / total if total else None for name, part in zip(FATES, gone, strict=True)}
    reasons = {REASONS[each]: int((ended["reason"] == each).sum()) for each in EndReason if each}
    return {"ended": len(ended), "reasons": reasons, "shares": shares}


def _fates(rows: Rows) -> list[str]:
    told = fates(rows)
    if not told["ended"]:
        return []
    reasons = ", ".join(f"{n} {name}" for name, n in told["reasons"].items() if n)
    shares = ", ".join(f"{name} {share:.0%}" for name, share in told["shares"].items() if share is not None)
    return [f"walls ended: {told['ended']} ({reasons}); of what left them: {shares}"]


def _document(instrument: Instrument, it: Scanned) -> dict[str, Any]:
    rows = it.detections
    scores: dict[str, Any] = {}
    for scanner in it.detectors.scanners:
        n = len(began(rows, scanner.detector))
        marks = {
            span_text(horizon): {
                "n": each.n, "hits": each.hits, "share": each.share, "low": each.low, "high": each.high,
                "chance": each.chance, "is_better": each.is_better,
            }
            for horizon, each in zip(HORIZONS, verdicts(it, scanner.detector), strict=True)
        }  # fmt: skip
        per_minute = n / it.minutes if it.minutes > 0 else None
        scores[TITLES[scanner.detector].lower()] = {"seen": n, "per_minute": per_minute, "markouts": marks}
    return {
        "events": it.events, "minutes": it.minutes,
        "from": None if it.first_ns is None else iso_utc(it.first_ns),
        "to": None if it.last_ns is None else iso_utc(it.last_ns),
        "detectors": scores, "walls": fates(rows),
        "detections": [event_document(row, instrument) for row in rows],
    }  # fmt: skip


def event_document(row: Rows, instrument: Instrument) -> dict[str, Any]:
    """One DETECTION row as JSON has it: prices and sizes in the instrument's own units."""
    detector = Detector(int(row["detector"]))
    values = {
        name: float(instrument.size(value)) if kind == SIZE else float(value)
        for (name, kind), value in zip(VALUES[detector], row["values"].tolist(), strict=False)
    }
    return {
        "detector": TITLES[detector].lower(), "id": int(row["id"]),
        "phase": DetectionPhase(int(row["phase"])).name.lower(),
        "at": iso_utc(int(row["clock_ns"])), "began": iso_utc(int(row["begin_ns"])),
        "side": "bid" if chr(int(row["side"])) == "B" else "ask",
        "price": None if row["price_ticks"] == NO_PRICE else instrument.price(int(row["price_ticks"])),
        "to_price": None if row["to_ticks"] == NO_PRICE else instrument.price(int(row["to_ticks"])),
        "size": instrument.size(int(row["size"])), "count": int(row["count"]),
        "threshold": float(row["threshold"]), "ratio": float(row["ratio"]),
        "mid": float(row["mid"]) * instrument.tick, "direction": int(row["direction"]),
        "reason": REASONS[EndReason(int(row["reason"]))], "values": values,
        "evidence": [each for each in row["evidence"].tolist() if each >= 0], "causes": int(row["causes"]),
    }  # fmt: skip
