"""What a user wants of detectors: which event is looked at, over which horizon, which rules are tried."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from cockpit.errors import ConfigError
from cockpit.state import commands as c
from cockpit.state.detections import Detection
from cockpit.state.detector_views import (
    HORIZON_TEXTS,
    USUAL_HORIZON,
    DetectorsState,
    EvidenceState,
    FateState,
    Key,
)
from cockpit.state.lane import Lane
from cockpit.state.panels.detectors import stepped
from cockpit.state.published import Published
from cockpit.state.recording import Recording
from cockpit.state.screen import DETECTORS_PANE, FATES_PANE, HEAT_PANE, LADDER_PANE, Screen
from cockpit.state.tuning import Tuning
from cockpit.state.views import Pane

Reduce = Callable[[str, Published[Any], Callable[[], Any], int], None]
NEEDED_BY: Final = frozenset((DETECTORS_PANE, HEAT_PANE, LADDER_PANE))  # who draws what detectors saw


class DetectorDesk:
    """Obeys the commands about detectors, and publishes their topics.

    Args:
        screen: Topics to publish to.
        recording: What is open.
        pane: The pane whose symbol they look at.
    """

    def __init__(self, screen: Screen, recording: Callable[[], Recording | None], pane: Callable[[], Pane]) -> None:
        self._screen, self._recording, self._pane = screen, recording, pane
        self.key: Key | None = None
        self._looked_at: tuple[int, int] | None = None  # recording and lane whose event ``key`` is
        self._shown: Detection | None = None
        self.horizon = USUAL_HORIZON
        self.commands: Mapping[type, Callable[[Any], None]] = {
            c.OpenEvidence: lambda it: self._open((it.detector, it.number)),
            c.StepEvidence: lambda it: self._step(it.by),
            c.CloseEvidence: lambda _: self._open(None),
            c.ShowEvidence: lambda _: self._show(),
            c.StepHorizon: lambda it: self._turn(it.by),
            c.TryRules: lambda it: self._tuning().change(it.settings),
        }

    def _tuning(self) -> Tuning:
        recording = self._recording()
        if recording is None:
            raise ConfigError("nothing is open to try rules on; Ctrl+O opens a recording")
        return recording.tuning

    def _lane(self) -> tuple[Recording, Lane]:
        recording = self._recording()
        lane = None if recording is None else recording.charts.lane(self._pane().symbol)
        if recording is None or lane is None:
            raise ConfigError("nothing is open that detectors look at")
        return recording, lane

    def _open(self, key: Key | None) -> None:
        self.key = key

    def _step(self, by: int) -> None:
        recording, lane = self._lane()
        rows, _, _ = recording.tuning.of(lane)
        key = stepped(rows, self.key, by)
        if key is None:
            raise ConfigError(f"detectors have seen nothing in {lane.instrument.symbol} so far")
        self.key = key

    def _show(self) -> None:
        """The playhead to a few seconds before the event, playing."""
        recording, _ = self._lane()
        it = self._screen.evidence.value.detection or self._shown
        if it is None or it.key != self.key:
            raise ConfigError("no event is chosen; the Detectors panel lists them")
        self._shown = it  # from before it, it can be shown once more
        recording.playback.seek(it.begin_ns - c.LEAD_IN_NS)
        recording.playback.play()

    def _turn(self, by: int) -> None:
        self.horizon = (self.horizon + by) % len(HORIZON_TEXTS)

    def publish(self, recording: Recording, now_ns: int, seen: frozenset[str], reduce: Reduce) -> None:
        """Make the states of whatever is looked at."""
        recording.tuning.look()
        self._screen.tuning.publish(recording.tuning.view)
        pane, provenance = self._pane(), recording.opened.provenance
        lane, make = recording.charts.lane(pane.symbol), recording.detectors
        if lane is None:
            self.clear()
            return
        looked_at = (id(recording), lane.id)
        if self._looked_at not in (None, looked_at):
            self.key = None  # numbers of events are those of one instrument
        self._looked_at = looked_at
        if seen & NEEDED_BY or recording.tuning.is_on:
            reduce(
                DETECTORS_PANE,
                self._screen.detectors,
                lambda: make.reduce(lane, pane, provenance, now_ns, self.horizon),
                now_ns,
            )
        if FATES_PANE in seen:
            reduce(FATES_PANE, self._screen.fates, lambda: make.fates(lane, pane, provenance, now_ns), now_ns)
        if self.key is not None or self._screen.evidence.value.key is not None:
            reduce(
                "evidence",
                self._screen.evidence,
                lambda: make.evidence(lane, pane, provenance, now_ns, self.key),
                now_ns,
            )

    def clear(self) -> None:
        """Nothing is open."""
        self.key = self._looked_at = None
        self._screen.detectors.publish(DetectorsState())
        self._screen.fates.publish(FateState())
        self._screen.evidence.publish(EvidenceState())
