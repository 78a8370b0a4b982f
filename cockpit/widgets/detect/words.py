"""What panels about detectors write. No Qt."""

from typing import Final

from cockpit.instants import clock_text, date_text
from cockpit.instruments import DASH, MINUS, Instrument
from cockpit.state.detections import Detection
from cockpit.state.detector_views import (
    FEW,
    HORIZON_TEXTS,
    HORIZONS_NS,
    EvidenceState,
    FateRow,
    FateTotals,
    ScoreRow,
)
from cockpit.units import NS_PER_S
from cockpit.widgets.figures import amount

PARTS: Final = (("eaten", "accent"), ("pulled", "put"), ("moved", "info"), ("unattributed", "line2"))  # word, token
MOST_SEQS: Final = 16  # numbers of events that a row keeps


def horizon_text(index: int) -> str:
    """``30 s``, ``5 m``."""
    return HORIZON_TEXTS[index].replace(".0 s", " s")


def caption(index: int) -> str:
    """What the hit share is of, and what the band is."""
    return f"right after {horizon_text(index)}, Wilson 95 %"


def count_text(row: ScoreRow) -> str:
    """``n 212``; ``n 4, too few`` where no share can be told."""
    few = ", too few" if row.verdict.n < FEW else ""
    return f"n {row.verdict.n:,}{few}"


def share_text(row: ScoreRow) -> str:
    """``61 %``; empty where there are too few."""
    verdict = row.verdict
    return "" if verdict.share is None or verdict.n < FEW else f"{verdict.share:.0%}".replace("%", " %")


def score_tip(row: ScoreRow, horizon: int) -> str:
    """The whole verdict of a detector."""
    verdict = row.verdict
    lines = [f"{row.title}: seen {row.seen:,} times, {verdict.n:,} of them followed for {horizon_text(horizon)}"]
    if verdict.share is not None:
        lines.append(
            f"Right {verdict.hits:,} of {verdict.n:,}: {verdict.share:.1%}, 95 % band {verdict.low:.1%} to"
            f" {verdict.high:.1%}"
        )
    chance = "unknown so far" if verdict.chance is None else f"{verdict.chance:.1%}"
    lines.append(f"By chance: {chance}")
    if verdict.n < FEW:
        lines.append(f"Fewer than {FEW}: nothing is said")
    elif row.is_silent:
        lines.append("No better than chance: greyed, and it leaves no marks")
    return "\n".join(lines)


def life_text(life_ns: int) -> str:
    """``8:24``, ``1:02:03``."""
    seconds = max(life_ns, 0) // NS_PER_S
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"{hours}:{minutes % 60:02d}:{seconds % 60:02d}"
    return f"{minutes}:{seconds % 60:02d}"


def fate_cells(row: FateRow, instrument: Instrument | None) -> tuple[str, str, str, str]:
    """Price, peak, life and the word."""
    price = DASH if instrument is None else instrument.format(row.ticks)
    return price, amount(instrument, row.peak), life_text(row.life_ns), row.word


def fate_tip(row: FateRow, instrument: Instrument | None) -> str:
    """Everything about a wall."""
    price, peak, life, word = fate_cells(row, instrument)
    side = "bid" if row.is_bid else "ask"
    gone = ", ".join(f"{name} {amount(instrument, lots)}" for name, lots in parts(row))
    return f"{side} {price}, {word}\nPeak {peak}, now {amount(instrument, row.size)}, life {life}\n{gone}"


def parts(row: FateRow) -> tuple[tuple[str, int], ...]:
    """What left a wall by cause, in the order of ``PARTS``."""
    return tuple(
        zip((name for name, _ in PARTS), (row.eaten, row.pulled, row.moved, row.unattributed), strict=True)
    )


def shares(totals: FateTotals) -> tuple[float, float, float, float]:
    """What left the walls of a side by cause, in the order of ``PARTS``."""
    return totals.eaten, totals.pulled, totals.moved, totals.unattributed


def moment_text(detection: Detection) -> str:
    """``18:40:12.345 New York, Mon 25 Dec``."""
    return f"{clock_text(detection.clock_ns, 3)} New York, {date_text(detection.clock_ns)}"


def move_text(move: float | None, is_over: bool) -> str:  # noqa: FBT001  a fact, not an option
    """``+1.5 ticks``; ``not yet``; ``unknown`` where the time is over and no book told."""
    if move is None:
        return "unknown" if is_over else "not yet"
    sign = "+" if move > 0 else MINUS if move < 0 else ""
    return f"{sign}{abs(move):,.1f} ticks".replace(".0 ticks", " ticks")


def moves(state: EvidenceState, now_ns: int | None) -> tuple[tuple[str, str], ...]:
    """Horizons and what followed."""
    it = state.detection
    if it is None:
        return ()
    return tuple(
        (text.replace(".0 s", " s"), move_text(move, now_ns is not None and it.clock_ns + horizon <= now_ns))
        for (text, move), horizon in zip(state.markouts, HORIZONS_NS, strict=False)
    )


def direction_text(detection: Detection) -> str:
    """Where the price should go."""
    word = {1: "up", -1: "down"}.get(detection.direction, "")
    return f"What followed, in the expected direction: {word}" if word else "What followed"


def evidence_text(detection: Detection) -> str:
    """``#12,345 #12,350 …, 16 of 43``: numbers of the events that made it."""
    if not detection.evidence:
        return "none kept"
    listed = " ".join(f"#{seq:,}" for seq in detection.evidence)
    known, every = len(detection.evidence), max(detection.causes, len(detection.evidence))
    return listed if known == every else f"{listed} \u2026, {known} of {every:,}"
