"""The menus of a header: what one can do with the panel, and its link group. Keys come from the one table."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from cockpit.state.commands import CommandSink, SetLink, ToggleShare
from cockpit.state.linking import WAYS, shared_by
from cockpit.state.screen import CHART_PANES
from cockpit.state.views import Pane
from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.desk import Desk
from cockpit.widgets.key_menu import KeyMenu
from cockpit.widgets.layer_menu import add_layers
from cockpit.widgets.monitors import in_order
from cockpit.widgets.panel import PanelSpec
from cockpit.widgets.panel_frame import PanelFrame
from cockpit.widgets.presets import PRESETS
from cockpit.widgets.workspace_desk import WorkspaceDesk
from cockpit.widgets.workspace_verbs import COPY, NEW, RENAME


class PanelDesk(Desk, Protocol):
    """What the menu needs to know besides."""

    def specs(self) -> tuple[PanelSpec, ...]:
        """Every kind of panel."""
        ...

    def frame(self, pane: str) -> PanelFrame | None:
        """Header and body of a panel; None when it was never shown."""
        ...

    def is_open(self, pane: str) -> bool:
        """Whether a panel stands somewhere."""
        ...

    def is_floating(self, pane: str) -> bool:
        """Whether a panel is in a floating window."""
        ...

    def close_panel(self, pane: str) -> None:
        """Take a panel off the screen."""
        ...


def _words(text: str, action_id: str) -> str:
    """Text and key, the key where menus print keys."""
    keys = by_id(action_id).keys
    return f"{text}\t{cap(keys[0])}" if keys else text


def _entry(menu: QMenu, words: str, act: Callable[[], object]) -> QAction:
    action = menu.addAction(words)
    action.triggered.connect(lambda: act())
    return action


def panel_menu(desk: PanelDesk, panel: str, over: QWidget) -> KeyMenu:
    """The menu of the dots; deletes itself when it closes.

    Args:
        desk: Knows the panels, and does what is chosen.
        panel: Whose menu it is.
        over: The header it opens from.
    """
    menu = _menu(over)
    if desk.is_floating(panel):
        _entry(menu, _words("Dock back", "pane.dock"), lambda: desk.dock_panel(panel))
    else:
        _entry(menu, _words("Float", "pane.float"), lambda: desk.float_panel(panel))
    _entry(menu, _words("Maximise", "pane.maximise"), lambda: desk.maximise(panel))
    _entry(menu, _words("Close", "pane.close"), lambda: desk.close_panel(panel))
    frame = desk.frame(panel)
    if panel in CHART_PANES and frame is not None:
        context = frame.context
        menu.addSeparator()
        add_layers(menu, context.screen.workspace.value.panes.get(panel, Pane(panel)), context.commands.send)
    menu.addSeparator()
    panels = menu.addMenu("Panels")
    for spec in desk.specs():
        shown = _entry(panels, spec.title, lambda one=spec.id: _show_or_close(desk, one))
        shown.setCheckable(True)
        shown.setChecked(desk.is_open(spec.id))
    presets = menu.addMenu("Arrange")
    for name in PRESETS:
        _entry(presets, _words(name, f"preset.{name}"), lambda one=name: desk.apply_preset(one))
    _entry(presets, _words("Reset", "layout.reset"), desk.reset_layout)
    window = menu.addMenu("Window")
    for number in range(1, len(in_order()) + 1):
        words = _words(f"To monitor {number}", f"monitor.{number}")
        _entry(window, words, lambda one=number: desk.send_to_monitor(one))
    _entry(window, _words("Always on top, or not", "on_top"), desk.toggle_on_top)
    return menu


def link_menu(commands: CommandSink, pane: Pane, over: QWidget) -> KeyMenu:
    """The menu of the link chip: the group, and what the pane sends to it and receives from it."""
    panel, group = pane.id, pane.link
    menu = _menu(over)
    for number in (*range(1, 10), 0):
        words = _words(f"Link group {number}" if number else "Not linked", f"link.{number}")
        action = _entry(menu, words, lambda one=number: commands.send(SetLink(panel, one)))
        action.setCheckable(True)
        action.setChecked(number == group)
    for way in WAYS:
        menu.addSeparator()
        for what in shared_by(panel):
            words = _words(f"{way.capitalize()} {what}", f"link.{what}.{way}")
            action = _entry(menu, words, partial(commands.send, ToggleShare(panel, what, way)))
            action.setCheckable(True)
            action.setChecked(what in getattr(pane, way))
    return menu


def workspace_menu(desk: WorkspaceDesk, name: str, ask: Callable[[str, str], None], over: QWidget) -> QMenu:
    """The menu of a workspace's tab; ``ask`` opens the entry of a name: what for, and of which workspace."""
    menu = _menu(over)
    _entry(menu, _words("New workspace", "workspace.new"), lambda: ask(NEW, name))
    _entry(menu, _words("Rename", "workspace.rename"), lambda: ask(RENAME, name))
    _entry(menu, _words("Duplicate", "workspace.duplicate"), lambda: ask(COPY, name))
    away = _entry(menu, _words("Delete", "workspace.delete"), lambda: desk.delete(name))
    away.setEnabled(len(desk.names) > 1)
    return menu


def _show_or_close(desk: PanelDesk, panel: str) -> None:
    if desk.is_open(panel):
        desk.close_panel(panel)
    else:
        desk.dock_panel(panel)


def _menu(over: QWidget) -> KeyMenu:
    menu = KeyMenu(over)
    menu.setAccessibleName(over.accessibleName() or "Menu")
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
