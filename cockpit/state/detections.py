"""What a detector saw, in words: for tables, drawers, marks and the command line."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cockpit.events.dtypes import BID, DetectionPhase, Detector, EndReason
from cockpit.instants import span_text
from cockpit.instruments import DASH, Instrument
from cockpit.units import NO_PRICE, Rows

TITLES: Final[Mapping[Detector, str]] = {
    Detector.WALL: "Wall",
    Detector.SWEEP: "Sweep",
    Detector.ABSORPTION: "Absorption",
    Detector.LAYERING: "Layering",
    Detector.ICEBERG: "Iceberg",
    Detector.EXHAUSTION: "Exhaustion",
    Detector.SPOOF: "Spoof",
}
SUSPICIONS: Final = frozenset({Detector.LAYERING, Detector.SPOOF})  # what a book cannot prove
REASONS: Final[Mapping[EndReason, str]] = {
    EndReason.NONE: "resting",
    EndReason.PULLED: "pulled",
    EndReason.EATEN: "eaten",
    EndReason.MOVED: "moved",
    EndReason.SCROLLED: "out of view",
    EndReason.FADED: "faded",
    EndReason.LOST: "lost in a gap",
}

SIZE, TICKS, TIME, NUMBER, SHARE = "size", "ticks", "time", "number", "share"  # what a value of a rule is
VALUES: Final[Mapping[Detector, tuple[tuple[str, str], ...]]] = {  # the ``values`` of DETECTION, in order
    Detector.WALL: (
        ("resting now", SIZE), ("eaten", SIZE), ("pulled", SIZE), ("moved", SIZE), ("unattributed", SIZE),
        ("median level", SIZE),
    ),
    Detector.SWEEP: (("took", TIME), ("prints", NUMBER), ("prices usual at most", NUMBER)),
    Detector.ABSORPTION: (("added back", SIZE), ("mid moved", TICKS), ("median volume", SIZE)),
    Detector.LAYERING: (
        ("added", SIZE), ("pulled", SIZE), ("executed", SIZE), ("executed opposite", SIZE),
        ("confidence, 1 or 2", NUMBER),
    ),
    Detector.ICEBERG: (("most shown", SIZE), ("hidden", SIZE), ("kind", NUMBER)),
    Detector.EXHAUSTION: (("median of three levels", SIZE), ("spread", TICKS), ("median spread", TICKS)),
    Detector.SPOOF: (
        ("rested", TIME), ("executed opposite", SIZE), ("imbalance before it came", SHARE),
        ("imbalance with it", SHARE),
    ),
}  # fmt: skip
ICEBERG_KINDS: Final = {1: "by order id", 2: "by refills", 3: "guessed from levels"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of a rule, as a person reads it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Detection:
    """One DETECTION row, in words. Prices are in ticks, sizes in lots; texts are in the instrument's own units.

    Attributes:
        key: Detector and number: the same for what a wall began and ended as.
        detector, phase, reason: As on the row.
        clock_ns, begin_ns, seq: When it was certain, when it began, and the event that made it certain.
        is_bid: Where what was seen rests, or rested.
        ticks, to_ticks: Price and the other end; None without.
        size: In lots.
        title: ``Wall``, ``Wall pulled``, ``Layering, suspicion``.
        label: Short, for a mark: ``Wall 1,284``, ``Sweep 5 levels · 410``.
        where: ``bid 6,000.00``, ``bid 6,000.00 to 5,998.75``.
        detail: One line: ``1,284, 8.2 x median``.
        rule: What was asked and what was found.
        facts: Every number of it.
        evidence: Sequences of changes and trades that made it; the first and the last of ``causes``.
        direction: Where the mid should go: 1 up, -1 down.
        mid: In ticks; None unknown.
    """

    key: tuple[int, int]
    detector: Detector
    phase: DetectionPhase
    reason: EndReason
    clock_ns: int
    begin_ns: int
    seq: int
    is_bid: bool
    ticks: int | None
    to_ticks: int | None
    size: int
    title: str
    label: str
    where: str
    detail: str
    rule: str
    facts: tuple[Fact, ...]
    evidence: tuple[int, ...]
    causes: int
    direction: int
    mid: float | None


def amount(instrument: Instrument, lots: float) -> str:
    """A size with thousands, at most three decimals."""
    if not math.isfinite(lots):
        return DASH
    text = f"{float(instrument.size(lots)):,.3f}"
    return text.rstrip("0").rstrip(".")


def value_text(instrument: Instrument, value: float, kind: str) -> str:
    """A number of a rule as ``kind`` says; an en dash for NaN."""
    if not math.isfinite(value):
        return DASH
    if kind == SIZE:
        return amount(instrument, value)
    if kind == TIME:
        return span_text(round(value))
    if kind == TICKS:
        return f"{value:,.4g} ticks"
    return f"{value:+.2f}" if kind == SHARE else f"{value:,.4g}"


def described(row: Rows, instrument: Instrument) -> Detection:
    """A DETECTION row, shape (), in words."""
    detector, phase = Detector(int(row["detector"])), DetectionPhase(int(row["phase"]))
    reason = EndReason(int(row["reason"]))
    ticks, to_ticks = (None if row[name] == NO_PRICE else int(row[name]) for name in ("price_ticks", "to_ticks"))
    mid = float(row["mid"])
    evidence = tuple(sorted(each for each in row["evidence"].tolist() if each >= 0))
    words = _Words(row, instrument, detector, phase, reason)
    return Detection(
        key=(int(detector), int(row["id"])),
        detector=detector,
        phase=phase,
        reason=reason,
        clock_ns=int(row["clock_ns"]),
        begin_ns=int(row["begin_ns"]),
        seq=int(row["seq"]),
        is_bid=bool(row["side"] == BID),
        ticks=ticks,
        to_ticks=to_ticks,
        size=int(row["size"]),
        title=words.title,
        label=words.label,
        where=words.where,
        detail=words.detail,
        rule=words.rule,
        facts=words.facts,
        evidence=evidence,
        causes=int(row["causes"]),
        direction=int(row["direction"]),
        mid=mid if math.isfinite(mid) else None,
    )


class _Words:
    """The texts of one row."""

    def __init__(
        self, row: Rows, instrument: Instrument, detector: Detector, phase: DetectionPhase, reason: EndReason
    ) -> None:
        self._row, self._instrument = row, instrument
        self._detector, self._is_end, self._reason = detector, phase is DetectionPhase.ENDED, reason
        self._values = row["values"].tolist()

    def _size(self, lots: float) -> str:
        return amount(self._instrument, lots)

    @property
    def _held(self) -> str:
        return span_text(int(self._row["clock_ns"]) - int(self._row["begin_ns"]))

    @property
    def _pulled_share(self) -> float:
        gone = sum(self._values[1:5])
        return self._values[2] / gone if gone > 0 else math.nan

    @property
    def title(self) -> str:
        title = TITLES[self._detector]
        if self._is_end:
            return f"{title} {REASONS[self._reason]}"
        return f"{title}, suspicion" if self._detector in SUSPICIONS else title

    @property
    def label(self) -> str:
        size = self._size(int(self._row["size"]))
        if self._is_end and self._reason is EndReason.PULLED:
            return f"Wall pulled {self._pulled_share:.0%}"
        if self._detector is Detector.SWEEP:
            return f"Sweep {int(self._row['count'])} levels · {size}"
        if self._detector is Detector.ICEBERG:
            return f"Iceberg {int(self._row['count'])} fills"
        if self._detector is Detector.LAYERING:
            return f"Layering {int(self._row['count'])} levels"
        return self.title if self._detector is Detector.EXHAUSTION else f"{self.title} {size}"

    @property
    def where(self) -> str:
        row, format_ = self._row, self._instrument.format
        if row["price_ticks"] == NO_PRICE:
            return ""
        side = "bid" if row["side"] == BID else "ask"
        to = "" if row["to_ticks"] == NO_PRICE else f" to {format_(int(row['to_ticks']))}"
        return f"{side} {format_(int(row['price_ticks']))}{to}"

    @property
    def detail(self) -> str:
        size, count = self._size(int(self._row["size"])), int(self._row["count"])
        ratio = float(self._row["ratio"])
        if self._is_end:
            eaten, pulled, moved, unknown = (self._size(each) for each in self._values[1:5])
            shares = f"eaten {eaten}, pulled {pulled}, moved {moved}, unattributed {unknown}"
            return f"after {self._held}: {shares}"
        if self._detector is Detector.WALL:
            return f"{size}, {ratio:.1f} × median" if math.isfinite(ratio) else size
        if self._detector is Detector.SWEEP:
            return f"{size} over {count} levels in {self._held}"
        if self._detector is Detector.ICEBERG:
            kind = ICEBERG_KINDS.get(int(self._values[2]) if math.isfinite(self._values[2]) else 0, "")
            return f"{count} fills, {ratio:.1f} × shown, {kind}"
        if self._detector is Detector.LAYERING:
            return f"{size} gone from {count} levels"
        return f"{size} {_VERBS.get(self._detector, '')}".strip()

    @property
    def rule(self) -> str:
        row = self._row
        if self._is_end:
            return "Below half of its threshold for longer than half a second; each loss is counted by its cause."
        text = _RULES[self._detector]
        threshold, ratio = float(row["threshold"]), float(row["ratio"])
        return text.format(
            size=self._size(int(row["size"])),
            count=int(row["count"]),
            threshold=DASH if not math.isfinite(threshold) else self._size(threshold),
            number=DASH if not math.isfinite(threshold) else f"{threshold:,.4g}",
            ratio=DASH if not math.isfinite(ratio) else f"{ratio:,.3g}",
            held=self._held,
        )

    @property
    def facts(self) -> tuple[Fact, ...]:
        names = VALUES[self._detector]
        shown = [
            Fact(name, value_text(self._instrument, value, kind))
            for (name, kind), value in zip(names, self._values, strict=False)
        ]
        return (Fact("size", self._size(int(self._row["size"]))), *shown)


_VERBS: Final[Mapping[Detector, str]] = {
    Detector.ABSORPTION: "hit it, and it stands",
    Detector.EXHAUSTION: "left in three levels",
    Detector.SPOOF: "pulled",
}
_RULES: Final[Mapping[Detector, str]] = {
    Detector.WALL: "{size} > {threshold} for longer than the time asked ({held} so far).",
    Detector.SWEEP: "{count} prices in {held}; more than {number} are asked.",
    Detector.ABSORPTION: "{size} hit one price, {ratio} × the usual; above {threshold}, and added back.",
    Detector.LAYERING: "{size} pulled together from {count} neighbours, {ratio} × the median; above {threshold}.",
    Detector.ICEBERG: "{count} fills, {size} executed, {ratio} × the most that was shown; {threshold} is asked.",
    Detector.EXHAUSTION: "{size} left in the three best levels, {ratio} × the usual; at most {threshold} is asked.",
    Detector.SPOOF: "{size}, {ratio} × the median level and above {threshold}, rested {held} and was pulled.",
}
