"""What the user wants, as frozen values. Widgets send them, the dispatcher obeys."""

from dataclasses import dataclass
from typing import Final, Protocol

from cockpit.units import NS_PER_S

LEAD_IN_NS: Final = 5 * NS_PER_S  # an event is shown from so long before it


@dataclass(frozen=True, slots=True)
class OpenSources:
    """Open recordings, merged on one clock, replacing what is open.

    Attributes:
        paths: Files and tapes, in the order that decides ties.
        at_end: Whether to jump to the end, where there is most to see, or to stand before the first event.
    """

    paths: tuple[str, ...]
    at_end: bool = True


@dataclass(frozen=True, slots=True)
class OpenMarket:
    """Open the simulated market, replacing what is open.

    Attributes:
        seed: Decides everything that happens; None: the one that was used last.
    """

    seed: int | None = None


@dataclass(frozen=True, slots=True)
class OpenLive:
    """Connect to a live venue; what is open stays until there is something to show.

    Attributes:
        symbols: The venue's own; none: those that were asked for at the start, else the usual ones.
    """

    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListSessions:
    """Look which sessions have been recorded; the topic ``sessions`` fills while they are read."""


@dataclass(frozen=True, slots=True)
class CloseSources:
    """Close what is open; the chooser returns."""


@dataclass(frozen=True, slots=True)
class TogglePlay:
    """Play or pause."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause."""


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Multiple of real time, 0.1 to 1000, or ``inf`` for max."""

    speed: float


@dataclass(frozen=True, slots=True)
class ThinkOrder:
    """Show what a market order would cost.

    Attributes:
        side: ``buy`` or ``sell``; None leaves it.
        size: Contracts, shares or coins; None leaves it.
    """

    side: str | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True)
class LookAtLevel:
    """Read the queue of orders at a price of the ladder; None: of none."""

    ticks: int | None


@dataclass(frozen=True, slots=True)
class OpenEvidence:
    """Look at what one event of a detector rests on.

    Attributes:
        detector, number: As in its DETECTION row.
    """

    detector: int
    number: int


@dataclass(frozen=True, slots=True)
class StepEvidence:
    """Look at a later (positive) or an earlier event; at the newest when none is looked at."""

    by: int


@dataclass(frozen=True, slots=True)
class CloseEvidence:
    """Look at no event."""


@dataclass(frozen=True, slots=True)
class ShowEvidence:
    """Play from a few seconds before the event that is looked at."""


@dataclass(frozen=True, slots=True)
class StepHorizon:
    """Judge detectors over the next longer (positive) or shorter time; past the end it goes round."""

    by: int


@dataclass(frozen=True, slots=True)
class TryRules:
    """Try the program's rules of detectors with changes.

    Attributes:
        settings: ``wall.ratio=4``; none: the program's own.
    """

    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetPace:
    """How often a slow panel of a book shows another state.

    Attributes:
        pane: ``depth_curve`` or ``depth_surface``.
        pace: Seconds of event time, one of ``depth_views.PACES_NS``.
    """

    pane: str
    pace: str


@dataclass(frozen=True, slots=True)
class StepSpeed:
    """One step faster (+1) or slower (-1) on the ladder of speeds."""

    by: int


@dataclass(frozen=True, slots=True)
class StepEvents:
    """Forward or back by source events; pauses."""

    by: int


@dataclass(frozen=True, slots=True)
class StepSeconds:
    """Forward or back by seconds of clock."""

    by: float


@dataclass(frozen=True, slots=True)
class StepBars:
    """Forward or back to the next or previous bar boundary of a pane's interval; pauses."""

    by: int
    pane: str


@dataclass(frozen=True, slots=True)
class SeekTo:
    """Jump so that every event with a clock at or before ``clock_ns`` has been applied."""

    clock_ns: int


@dataclass(frozen=True, slots=True)
class InstantReplay:
    """Rewind every panel by so many seconds of clock and play from there; live goes on behind it."""

    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class GoLive:
    """Catch up with a live session and follow its edge; of a recording, go to its end."""


@dataclass(frozen=True, slots=True)
class StopAt:
    """Pause the play once, when every event with a clock at or before ``clock_ns`` has been applied."""

    clock_ns: int


@dataclass(frozen=True, slots=True)
class SelectInstrument:
    """Show a symbol in a pane, and with ``linked`` in every pane of its link group."""

    symbol: str
    pane: str
    linked: bool = True


@dataclass(frozen=True, slots=True)
class SelectInterval:
    """Set a pane's interval, ``5m``, ``t500``, ``v1000``."""

    interval: str
    pane: str


@dataclass(frozen=True, slots=True)
class SetLink:
    """Put a pane into a link group 1-9, or 0 for none."""

    pane: str
    group: int


@dataclass(frozen=True, slots=True)
class ToggleShare:
    """Have a pane share something with its link group, or no longer.

    Attributes:
        what: ``symbol``, ``interval``, ``crosshair`` or ``time``.
        way: ``sends`` or ``receives``.
    """

    pane: str
    what: str
    way: str


@dataclass(frozen=True, slots=True)
class ToggleLayer:
    """Show or hide a layer of a chart; see ``Pane.layers``."""

    layer: str
    pane: str


@dataclass(frozen=True, slots=True)
class SetOverlay:
    """Change what the layers of a chart rest on; None leaves a setting as it is. See ``Pane``."""

    pane: str
    sign: str | None = None
    bucket: str | None = None
    method: str | None = None
    bands: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class NextOverlay:
    """Go to the next value of a setting of the layers, a name of ``SetOverlay``."""

    pane: str
    setting: str


@dataclass(frozen=True, slots=True)
class LookAt:
    """A chart shows these bars now: what a profile of the visible range adds up.

    Attributes:
        from_ns: Open of the first bar in view.
        to_ns: Where the last one ends; None while the newest is in view.
    """

    pane: str
    from_ns: int
    to_ns: int | None = None


@dataclass(frozen=True, slots=True)
class FocusPane:
    """Keys act on this pane from now on."""

    pane: str


@dataclass(frozen=True, slots=True)
class PointAt:
    """The pointer is over a chart; see ``Crosshair``. An empty pane id takes the crosshair away."""

    group: int
    pane: str
    at_ns: int = 0
    symbol: str = ""
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class ScrollTo:
    """A chart was scrolled or zoomed; see ``Scroll``. ``right_ns`` None: back to the newest bar."""

    group: int
    pane: str
    right_ns: int | None
    interval: str
    slot: float


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record everything from now on into a tape folder."""

    folder: str


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End and seal the tape."""


@dataclass(frozen=True, slots=True)
class BoundRing:
    """Let the flight recorder of a live session keep so much from now on: 1e9 bytes, and days."""

    gigabytes: float
    days: float


@dataclass(frozen=True, slots=True)
class RestartEngines:
    """Start again the engines that failed, from the last keyframe."""


@dataclass(frozen=True, slots=True)
class RestartPanel:
    """Start again what stopped behind one panel, or its drawing."""

    pane: str


@dataclass(frozen=True, slots=True)
class ReportFault:
    """A panel could not draw; tell and remember it."""

    pane: str
    reason: str


Command = (
    OpenSources
    | OpenMarket
    | OpenLive
    | ListSessions
    | ThinkOrder
    | SetPace
    | LookAtLevel
    | CloseSources
    | TogglePlay
    | Play
    | Pause
    | SetSpeed
    | StepSpeed
    | StepEvents
    | StepSeconds
    | StepBars
    | SeekTo
    | InstantReplay
    | GoLive
    | StopAt
    | SelectInstrument
    | SelectInterval
    | SetLink
    | ToggleShare
    | ToggleLayer
    | SetOverlay
    | NextOverlay
    | LookAt
    | FocusPane
    | PointAt
    | ScrollTo
    | StartRecording
    | StopRecording
    | BoundRing
    | RestartEngines
    | RestartPanel
    | ReportFault
    | OpenEvidence
    | StepEvidence
    | CloseEvidence
    | ShowEvidence
    | StepHorizon
    | TryRules
)


class CommandSink(Protocol):
    """Where widgets send what the user wants."""

    def send(self, command: Command) -> None:
        """Obey, or publish a notice that says why not; never raises for what a user may do."""
        ...
