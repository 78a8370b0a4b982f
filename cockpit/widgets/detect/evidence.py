"""Opens the evidence drawer while an event is looked at, by whatever hand, and closes it."""

from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtWidgets import QWidget

from cockpit.state.commands import CloseEvidence, CommandSink
from cockpit.state.detector_views import EvidenceState, Key
from cockpit.state.screen import Screen
from cockpit.widgets.desk import Later
from cockpit.widgets.motion import Motion
from cockpit.widgets.theme import Theme

if TYPE_CHECKING:
    from cockpit.widgets.detect.drawer import EvidenceDrawer

JOB: Final = "evidence closed"
AGAIN_MS: Final = 600.0  # so long a state from before the closing was obeyed does not open it again


class EvidenceHands:
    """Follows the evidence topic.

    Args:
        window: The main window; the drawer stands in it.
        clock: Delays.
        motion: Lets the drawer slide.
    """

    def __init__(
        self, window: QWidget, theme: Theme, screen: Screen, commands: CommandSink, clock: Later, motion: Motion
    ) -> None:
        self.seen = True  # at most one widget, and only while an event is looked at
        self._window, self._theme, self._screen = window, theme, screen
        self._commands, self._clock, self._motion = commands, clock, motion
        self._drawer: EvidenceDrawer | None = None
        self._closed: Key | None = None

    @property
    def drawer(self) -> "EvidenceDrawer | None":
        """What is open; None when nothing is."""
        if self._drawer is not None and not shiboken6.isValid(self._drawer):
            self._drawer = None
        return self._drawer

    def draw(self, state: EvidenceState) -> None:
        """Open, show or close; the frame clock calls this."""
        drawer = self.drawer
        if state.key != self._closed:
            self._closed = None
        if state.key is None:
            if drawer is not None:
                drawer.leave()
        elif state.key == self._closed:
            return
        elif drawer is not None and (state.detection is not None or state.key == drawer.state.key):
            drawer.show_state(state, self._now_ns())
        elif state.detection is not None:
            self._open(state)

    def fail(self, reason: str) -> None:
        """A drawer that cannot draw is closed."""
        del reason
        self.close()

    def close(self) -> bool:
        """Close it; False when nothing was open."""
        drawer = self.drawer
        if drawer is None:
            return False
        drawer.leave()
        return True

    def _now_ns(self) -> int | None:
        return self._screen.workspace.value.now_ns

    def _open(self, state: EvidenceState) -> None:
        from cockpit.widgets.detect.drawer import EvidenceDrawer  # noqa: PLC0415  not before the first frame

        drawer = self._drawer = EvidenceDrawer(self._window, self._theme, self._commands)
        drawer.left.connect(self._left)
        drawer.place()
        drawer.show_state(state, self._now_ns())
        drawer.show_over(drawer)
        self._motion.ease("evidence", drawer.slide)

    def _left(self) -> None:
        drawer, self._drawer = self._drawer, None
        if drawer is not None and self._screen.evidence.value.key is not None:
            self._closed = drawer.state.key
            self._commands.send(CloseEvidence())
            self._clock.later(JOB, AGAIN_MS, self._look_again)

    def _look_again(self) -> None:
        """Whoever wants the same event again by now gets it."""
        self._closed = None
        self.draw(self._screen.evidence.value)
