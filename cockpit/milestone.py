"""Says on stdout when a start has reached a point, then lets the program end: what ``cockpit bench start`` times.

On only with ``COCKPIT_MILESTONE=window`` (the window painted) or ``frame`` (a chart and the ladder painted data).
"""

import os
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer

POINTS: Final = ("window", "frame")


class Milestone(QObject):
    """Waits for a window to paint once from the moment it is watched.

    Args:
        reached: Called once, right after that paint.
    """

    def __init__(self, reached: Callable[[], None]) -> None:
        super().__init__()
        self._reached = reached

    @staticmethod
    def wanted() -> str | None:
        """The point asked for by ``COCKPIT_MILESTONE``, or None."""
        point = os.environ.get("COCKPIT_MILESTONE")
        return point if point in POINTS else None

    def watch(self, window: QObject) -> None:
        """Begin to wait for the window's next paint."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A top-level window paints while it handles its update request."""
        if event.type() == QEvent.Type.UpdateRequest:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        self._reached()
