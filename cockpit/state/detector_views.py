"""What panels about detectors show. No engine here: the window is there before the kernels are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from cockpit.engines.detect.scores import FEWEST, HORIZONS, Verdict
from cockpit.events.dtypes import Detector
from cockpit.instants import span_text
from cockpit.state.detections import Detection
from cockpit.state.views import Head

FEW: Final = FEWEST  # detections; below it nothing is said of a share
HORIZONS_NS: Final = HORIZONS
HORIZON_TEXTS: Final = tuple(span_text(each).replace(" 0 s", "") for each in HORIZONS)
USUAL_HORIZON: Final = 2  # 30 s
Key = tuple[int, int]  # detector and number of a detection


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One detector.

    Attributes:
        seen: How often it saw something.
        verdict: Over the chosen horizon.
        is_silent: Enough detections, and no better than chance: it is greyed, and leaves no marks.
        own_seen, own: The same by the program's own rules; another number only while others are tried.
    """

    detector: Detector
    title: str
    seen: int
    verdict: Verdict
    is_silent: bool
    own_seen: int = 0
    own: Verdict | None = None


@dataclass(frozen=True, slots=True)
class DetectorsState:
    """Scores and the newest events.

    Attributes:
        horizon: Index into HORIZON_TEXTS.
        scores: One per detector.
        events: Newest first.
        total: How many there are altogether.
        is_tried: Whether they are by rules that the user tries.
    """

    head: Head = field(default_factory=Head)
    horizon: int = USUAL_HORIZON
    scores: tuple[ScoreRow, ...] = ()
    events: tuple[Detection, ...] = ()
    total: int = 0
    is_tried: bool = False

    @property
    def silent(self) -> frozenset[Detector]:
        """Detectors that are no better than chance."""
        return frozenset(row.detector for row in self.scores if row.is_silent)


@dataclass(frozen=True, slots=True)
class FateRow:
    """One wall. Sizes in lots; what is gone of it by cause.

    Attributes:
        key: Of its detection.
        ticks, is_bid: Where.
        peak, size: The largest it was, and what rests now.
        life_ns: From when it was first that large until it ended, or now.
        eaten, pulled, moved, unattributed: What left it.
        word: ``resting``, ``absorbing``, ``pulled``, ...
        is_resting: Whether it still does.
    """

    key: Key
    ticks: int
    is_bid: bool
    peak: int
    size: int
    life_ns: int
    eaten: int
    pulled: int
    moved: int
    unattributed: int
    word: str
    is_resting: bool


@dataclass(frozen=True, slots=True)
class FateTotals:
    """What left the walls of one side that ended, as shares that add up to 1; all 0 of none."""

    walls: int = 0
    eaten: float = 0.0
    pulled: float = 0.0
    moved: float = 0.0
    unattributed: float = 0.0


@dataclass(frozen=True, slots=True)
class FateState:
    """Walls that rest, by price, then those that ended, newest first; and all that ended since ``since_ns``."""

    head: Head = field(default_factory=Head)
    rows: tuple[FateRow, ...] = ()
    bids: FateTotals = FateTotals()
    asks: FateTotals = FateTotals()
    since_ns: int | None = None


@dataclass(frozen=True, slots=True)
class EvidencePrint:
    """A print near what was seen; ``is_cause``: it is one of those that made it."""

    seq: int
    clock_ns: int
    ticks: int
    size: int
    is_buy: bool | None
    is_cause: bool


@dataclass(frozen=True, slots=True)
class EvidenceLevel:
    """A price of the book before and after; sizes in lots, 0 where nothing rested."""

    ticks: int
    bid_before: int
    ask_before: int
    bid_after: int
    ask_after: int


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """One event, with everything it rests on.

    Attributes:
        detection: None: nothing is chosen, or what is chosen is not seen yet where the playhead is.
        place, total: Its number among all, from 1.
        markouts: Horizon and move in ticks in the expected direction; None: not over yet, or unknown.
        prints: Around it, in order.
        levels: Of the book around its price, highest first; empty where the history does not reach.
        key: Of what is chosen; None: nothing is.
    """

    head: Head = field(default_factory=Head)
    detection: Detection | None = None
    place: int = 0
    total: int = 0
    markouts: tuple[tuple[str, float | None], ...] = ()
    prints: tuple[EvidencePrint, ...] = ()
    levels: tuple[EvidenceLevel, ...] = ()
    key: Key | None = None


class TuningPhase(Enum):
    """What the tried rules are doing."""

    OFF = "the program's own rules"
    SCANNING = "scanning"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TuningView:
    """The tried rules as one reads them.

    Attributes:
        settings: Every parameter and its value, in order.
        usual: The same of the program's own rules.
        phase: What is done with them.
        share: Of the scan that is done, 0..1.
        failure: Why it failed.
        whole: Names of the parameters that are whole numbers.
    """

    settings: Mapping[str, str]
    usual: Mapping[str, str]
    phase: TuningPhase = TuningPhase.OFF
    share: float = 0.0
    failure: str = ""
    whole: frozenset[str] = frozenset()

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the parameters that are not the program's own."""
        return tuple(name for name, text in self.settings.items() if self.usual[name] != text)
