"""Whoever cannot see the screen: every control of the window, of its panels and of each surface has a name."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QMenu, QPushButton, QWidget

from cockpit.clock import ManualClock
from cockpit.state.screen import Screen
from cockpit.state.views import Notice, Pane
from cockpit.widgets.chooser import Chooser
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.key_menu import KeyMenu
from cockpit.widgets.keymap import Keymap
from cockpit.widgets.main_window import MainWindow
from cockpit.widgets.panel_menu import link_menu, panel_menu
from cockpit.widgets.pick_list import PickList
from cockpit.widgets.replay_bar import ReplayBar
from cockpit.widgets.surface import Surface
from cockpit.widgets.toasts import Toast
from tests.widgets.shell import NS_PER_S, Sent, publish, theme

SURFACES = ("palette", "symbol_search", "interval_entry", "jump", "key_help", "key_editor")
CONTROLS = (QAbstractButton, QLineEdit, QAbstractItemView, Surface, PickList, Toast)


class Whole:
    """The window with the shipped panels, replay bar, chooser and keys, a notice on it."""

    def __init__(self, qtbot: Any) -> None:
        self.screen = Screen()
        self.sent = Sent(self.screen)
        self.clock = FrameClock(ManualClock(NS_PER_S))
        self.window = MainWindow(theme(), self.screen, self.sent, clock=self.clock)
        self.clock.setParent(self.window)
        qtbot.addWidget(self.window, before_close_func=lambda _: None)
        self.keymap = Keymap(self.window, theme(), self.window, self.screen, self.sent, self.clock)
        self.window.set_replay_bar(ReplayBar(theme(), self.sent, self.keymap.start))
        self.window.set_chooser(Chooser(theme(), self.sent, list, self.keymap.start))
        publish(self.screen)
        self.window.show()
        self.clock.stop()
        for _ in range(3):
            self.clock.frame()
        self.window.resize(1700, 900)
        for spec in self.window.specs():
            self.window.dock_panel(spec.id)
        self.window.toasts.add(Notice(7, "high", "Something", "happened"))
        self.clock.frame()


@pytest.fixture
def whole(qtbot: Any) -> Whole:
    return Whole(qtbot)


def is_control(widget: QWidget) -> bool:
    """Something a person acts on: a button, a field, a list, or anything that takes the keys."""
    takes_keys = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    return isinstance(widget, CONTROLS) or bool(takes_keys)


def nameless(root: QWidget) -> list[str]:
    """What of a tree is a control, is ours to name, and has no name that a screen reader would get."""
    inside = [
        each for each in root.findChildren(QWidget) if each.isVisibleTo(root) and each.window() is root.window()
    ]
    return [_place(each) for each in (root, *inside) if each.window() is root.window() and _lacks_name(each)]


def _lacks_name(widget: QWidget) -> bool:
    if not is_control(widget):
        return False
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface is None or not interface.text(QAccessible.Text.Name).strip()


def _place(widget: QWidget) -> str:
    names: list[str] = []
    at: QWidget | None = widget
    while at is not None:
        names.append(f"{type(at).__name__} {at.objectName()}".strip())
        at = at.parentWidget()
    return " < ".join(names)


def test_every_control_of_window_and_panels_has_a_name(whole: Whole) -> None:
    frames = whole.window.bench.frames()
    assert {frame.pane for frame in frames} == {spec.id for spec in whole.window.specs()}
    assert nameless(whole.window) == []
    for frame in frames:
        assert nameless(frame) == []
        assert frame.header.accessibleName(), frame.pane
        assert frame.body is None or frame.body.accessibleName(), f"the body of {frame.pane}"


def test_every_control_of_every_surface_has_a_name(whole: Whole) -> None:
    for name in SURFACES:
        getattr(whole.keymap, name)()
        surface = whole.keymap.surface
        assert surface is not None
        assert surface.accessibleName(), name
        assert nameless(surface) == []


def test_the_selected_row_is_told_to_a_screen_reader(whole: Whole) -> None:
    whole.keymap.palette()
    surface = whole.keymap.surface
    assert surface is not None
    surface.type("every key")
    rows = surface.findChild(PickList)
    assert isinstance(rows, PickList)
    assert rows.accessibleDescription() == "Window: Every key F1"


def menus(whole: Whole) -> Iterator[QMenu]:
    """The menus of the window."""
    whole.keymap.main_menu()
    yield from whole.window.findChildren(KeyMenu)
    header = whole.window.bench.frames()[0].header
    yield panel_menu(whole.window, "chart.1", header)
    yield link_menu(whole.sent, Pane("chart.1"), header)


def test_every_menu_has_a_name_and_every_entry_words(whole: Whole) -> None:
    for menu in menus(whole):
        assert menu.accessibleName() or menu.title(), menu
        assert all(action.isSeparator() or action.text() for action in menu.actions())


def test_a_nameless_button_would_be_found(whole: Whole) -> None:
    button = QPushButton(whole.window)
    button.setObjectName("forgotten")
    button.show()
    assert nameless(whole.window) == ["QPushButton forgotten < MainWindow"]
