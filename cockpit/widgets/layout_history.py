"""Undo and redo of layout changes: what stood before each change, and putting it there again.

A change by key or menu is noted before it happens. What the mouse did to splitters and windows is found by looking,
once it has held still, as for saving: no signal tells of it.
"""

from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.layout_state import (
    Json,
    docks_part,
    floats_part,
    object_of,
    put_panels,
    put_window,
    same_layout,
    window_part,
)
from cockpit.widgets.saved_layout import SavedLayout
from cockpit.widgets.workbench import Workbench

KEPT: Final = 50
LOOK_MS: Final = 250
SETTLED_MS: Final = 900  # the last move a window manager makes after we placed windows


class History:
    """Layouts in the order they stood, and which of them stands now."""

    def __init__(self) -> None:
        self._steps: list[Json] = []
        self._at = -1

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted yet."""
        return not self._steps

    def note(self, layout: Json) -> bool:
        """What stands now; True when it is another one than before, which becomes the last step."""
        if self._at >= 0 and same_layout(self._steps[self._at], layout):
            return False
        self._steps = [*self._steps[: self._at + 1], layout][-KEPT:]
        self._at = len(self._steps) - 1
        return True

    def adopt(self, layout: Json) -> None:
        """What stands now is what the present step became: windows seldom come to stand to the pixel."""
        if self._at >= 0:
            self._steps[self._at] = layout

    def back(self) -> Json | None:
        """The step before; None when there is none."""
        return self._go(-1)

    def forth(self) -> Json | None:
        """The step that was undone last; None when there is none."""
        return self._go(1)

    def clear(self) -> None:
        """Forget everything."""
        self._steps, self._at = [], -1

    def _go(self, by: int) -> Json | None:
        if not 0 <= self._at + by < len(self._steps):
            return None
        self._at += by
        return self._steps[self._at]


class LayoutUndo(QObject):
    """Notes the layouts of the main window and its floats, and goes back and forth among them.

    Args:
        window: The main window.
        clock: Runs the looking.
        saved: Knows when windows are on their way by themselves.
    """

    def __init__(self, window: QWidget, clock: FrameClock, saved: SavedLayout) -> None:
        super().__init__(window)
        self._window, self._clock, self._saved = window, clock, saved
        self._bench: Workbench | None = None
        self._history = History()
        self._last: Json | None = None

    def watch(self, bench: Workbench) -> None:
        """Look for changes from now on."""
        self._bench = bench
        self._settle()
        self._clock.later("undo", LOOK_MS, self._look)

    def forget(self) -> None:
        """Another workspace: what stood before does not belong to it."""
        self._history.clear()
        self._last = None
        self._settle()

    def note(self) -> None:
        """A change is about to be made: keep what stands now."""
        layout = self._describe()
        if layout is None:
            return
        if self._clock.is_pending("settled"):
            self._clock.cancel("settled")
            self._history.adopt(layout)
        self._history.note(layout)

    def undo(self) -> bool:
        """Back to what stood before the last change; False when nothing did."""
        self.note()
        return self._put(self._history.back())

    def redo(self) -> bool:
        """Forth to what was undone last; False when nothing was."""
        self.note()
        return self._put(self._history.forth())

    def _put(self, layout: Json | None) -> bool:
        bench = self._bench
        if layout is None or bench is None:
            return False
        bench.restore()
        put_window(self._window, object_of(layout.get("window")))
        put_panels(bench, layout)
        filled = layout.get("filled")
        if isinstance(filled, str) and filled:
            bench.maximise(filled)
        self._settle()
        return True

    def _settle(self) -> None:
        """What comes to stand in the next moments is our doing."""
        self._clock.later("settled", SETTLED_MS, self._settled)

    def _settled(self) -> None:
        layout = None if _is_held() else self._describe()
        if layout is not None:
            self._history.adopt(layout)

    def _look(self) -> None:
        self._clock.later("undo", LOOK_MS, self._look)
        if self._saved.is_moving:
            self._settle()  # windows that are rescued were not moved by the user
        if _is_held():
            self._clock.cancel("settled")  # from now on what changes is the user's doing
        elif self._history.is_empty and (first := self._describe()) is not None:
            self._history.note(first)  # a hand may be at a header before the first windows have settled
        if _is_held() or self._clock.is_pending("settled"):
            self._last = None
            return
        layout, before = self._describe(), self._last
        self._last = layout
        if layout is not None and before is not None and same_layout(layout, before):
            self._history.note(layout)

    def _describe(self) -> Json | None:
        bench = self._bench
        if bench is None or not self._window.isVisible():
            return None
        part = {**docks_part(bench), "window": window_part(self._window), "floats": floats_part(bench)}
        return {**part, "filled": bench.maximised}


def _is_held() -> bool:
    """Whether the mouse holds something."""
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
