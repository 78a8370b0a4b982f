"""What a person sees of the windows besides the market: open surfaces, notices, dialogs, and where things stand.

For the probe only; tests click at these places. All places are native pixels of the desktop: x, y, width, height.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from cockpit.widgets.arrangement import panels
from cockpit.widgets.keymap import Keymap
from cockpit.widgets.main_window import MainWindow
from cockpit.widgets.panel_frame import PanelFrame
from cockpit.widgets.plot.legend_row import LayerButton
from cockpit.widgets.replay_bar import ReplayBar


def window_facts(window: MainWindow, keymap: Keymap, bar: ReplayBar) -> dict[str, Any]:
    """One line's worth of facts, ready for JSON."""
    frames = window.bench.frames() if window.has_docks else ()
    surface, dialog = keymap.surface, QApplication.activeModalWidget()
    return {
        "size": [window.width(), window.height()],
        "ratio": window.devicePixelRatioF(),
        "seen": sorted(frame.pane for frame in frames if frame.seen),
        "floats": [sorted(panels(tree)) for _, tree in window.bench.docks.floating_windows()] if frames else [],
        "maximised": window.bench.maximised if frames else "",
        "headers": {frame.pane: frame.header.accessibleName() for frame in frames if frame.seen},
        "surface": "" if surface is None else type(surface).__name__,
        "typed": "" if surface is None else "".join(line.text() for line in surface.findChildren(QLineEdit)),
        "said": keymap.said,
        "tip": keymap.tips.shown,
        "pinned": list(keymap.tips.pinned),
        "look": asdict(keymap.wardrobe.worn),
        "workspace": window.top_bar.tabs.current,
        "workspaces": list(window.workspaces.names) if window.workspaces is not None else [],
        "dialog": "" if dialog is None else dialog.windowTitle(),
        "toasts": [[each.severity, each.title, each.text] for each in window.toasts.open_notices()],
        "views": {frame.pane: view for frame in frames if frame.seen and (view := frame.view_state())},
        "places": {name: _place(widget) for name, widget in _visible(window, bar, frames)},
    }


def _visible(window: MainWindow, bar: ReplayBar, frames: tuple[PanelFrame, ...]) -> Iterator[tuple[str, QWidget]]:
    yield "window", window
    for name, widget in (("map", bar.map), ("toasts", window.toasts), *bar.buttons.items()):
        if widget.isVisible():
            yield name, widget
    yield "tabs", window.top_bar.tabs
    for frame in frames:
        if frame.seen:
            yield f"{frame.pane} header", frame.header
            if frame.body is not None:
                yield frame.pane, frame.body
                for button in frame.body.findChildren(LayerButton):
                    yield f"{frame.pane} {button.layer}", button


def _place(widget: QWidget) -> list[int]:
    """Screens keep their native corner and shrink from there (``desktop-testing.md`` 2)."""
    corner, ratio = widget.mapToGlobal(QPoint(0, 0)), widget.devicePixelRatioF()
    origin = widget.screen().geometry().topLeft()
    at = QPoint(origin) + (corner - origin) * ratio
    return [at.x(), at.y(), round(widget.width() * ratio), round(widget.height() * ratio)]
