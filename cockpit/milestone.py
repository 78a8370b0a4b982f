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
    """Waits for every watched widget to paint once.

    Args:
        reached: Called once, a loop turn after the last of them painted.
    """

    def __init__(self, reached: Callable[[], None]) -> None:
        super().__init__()
        self._reached = reached
        self._missing: set[QObject] = set()

    @staticmethod
    def wanted() -> str | None:
        """The point asked for by ``COCKPIT_MILESTONE``, or None."""
        point = os.environ.get("COCKPIT_MILESTONE")
        return point if point in POINTS else None

    def watch(self, *widgets: QObject) -> None:
        """Begin to wait for these."""
        self._missing = set(widgets)
        for widget in widgets:
            widget.installEventFilter(self)

    @property
    def is_watching(self) -> bool:
        """Whether it has begun."""
        return bool(self._missing)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tick off what painted."""
        if event.type() == QEvent.Type.Paint and watched in self._missing:
            self._missing.discard(watched)
            if not self._missing:
                QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        self._reached()
