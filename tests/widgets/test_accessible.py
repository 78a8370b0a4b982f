"""Whoever cannot see the screen: every control of the window, of its panels and of each surface has a name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QMenu, QPushButton, QWidget

from cockpit.clock import ManualClock
from cockpit.state.screen import Screen
from cockpit.state.views import Loading, Notice, Pane, Provenance, Session
from cockpit.widgets.chooser import Chooser, LoadingBar
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.hint import Hint
from cockpit.widgets.key_menu import KeyMenu
from cockpit.widgets.keymap import Keymap
from cockpit.widgets.main_window import MainWindow
from cockpit.widgets.panel_menu import link_menu, panel_menu
from cockpit.widgets.pick_list import PickList
from cockpit.widgets.replay_bar import ReplayBar
from cockpit.widgets.style import style_sheet
from cockpit.widgets.surface import Surface, SurfaceButton
from cockpit.widgets.toasts import Toast
from cockpit.widgets.workspace_verbs import NEW, RENAME
from cockpit.widgets.workspaces import Shelf
from tests.widgets.detect.samples import EVIDENCE
from tests.widgets.shell import NOW_NS, NS_PER_S, Sent, pixels, publish, theme

SURFACES: dict[str, Callable[[Keymap], object]] = {
    "palette": Keymap.palette,
    "symbol search": Keymap.symbol_search,
    "interval entry": Keymap.interval_entry,
    "jump": Keymap.jump,
    "sessions": Keymap.sessions,
    "settings": Keymap.settings,
    "settings of a chart": lambda keymap: keymap.pane_settings("chart.1"),
    "settings of the ladder": lambda keymap: keymap.pane_settings("ladder"),
    "settings of the gauge": lambda keymap: keymap.pane_settings("vix"),
    "settings of data health": lambda keymap: keymap.pane_settings("health"),
    "tuning bench": Keymap.tuning_bench,
    "new workspace": lambda keymap: keymap.name_workspace(NEW),
    "other name": lambda keymap: keymap.name_workspace(RENAME),
    "first stroke of two": lambda keymap: keymap._open_chord(";"),
    "key help": Keymap.key_help,
    "key editor": Keymap.key_editor,
}
CONTROLS = (QAbstractButton, QLineEdit, QAbstractItemView, Surface, PickList, Toast)


class Whole:
    """The window with the shipped panels, replay bar, chooser and keys, a notice on it."""

    def __init__(self, qtbot: Any, folder: Path) -> None:
        self.screen = Screen()
        self.sent = Sent(self.screen)
        self.clock = FrameClock(ManualClock(NS_PER_S))
        self.window = MainWindow(theme(), self.screen, self.sent, clock=self.clock, shelf=Shelf(folder))
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
def whole(qtbot: Any, tmp_path: Path) -> Whole:
    return Whole(qtbot, tmp_path)


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
    told: dict[str, str] = {}
    for name, begin in SURFACES.items():
        begin(whole.keymap)
        surface = whole.keymap.surface
        assert surface is not None, name
        assert nameless(surface) == [], name
        told[name] = surface.accessibleName()
        whole.keymap.step_out()
    assert all(told.values()), told
    assert len(set(told.values())) == len(told), f"two surfaces of one name: {told}"


def test_every_control_of_the_evidence_drawer_has_a_name(whole: Whole) -> None:
    drawer = _evidence(whole)
    assert nameless(drawer) == []
    assert drawer.accessibleName() == "Evidence"


def _evidence(whole: Whole) -> Surface:
    """The drawer that follows the event one looks at; no key of the table opens it by itself."""
    whole.window.evidence.draw(EVIDENCE)
    drawer = whole.window.evidence.drawer
    assert drawer is not None
    return drawer


def test_what_is_walked_is_every_surface_there_is(whole: Whole) -> None:
    walked: set[type[Surface]] = {type(_evidence(whole))}
    for begin in SURFACES.values():
        begin(whole.keymap)
        assert whole.keymap.surface is not None
        walked.add(type(whole.keymap.surface))
        whole.keymap.step_out()
    leaves = {kind for kind in _kinds_of(Surface) if not kind.__subclasses__()}
    shipped = {kind for kind in leaves if kind.__module__.startswith("cockpit.")}
    assert shipped == walked


def _kinds_of(kind: type[Surface]) -> Iterator[type[Surface]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds_of(each)


def test_what_is_chosen_on_each_page_is_told_to_a_screen_reader(whole: Whole) -> None:
    for name in ("settings", "settings of the gauge", "settings of a chart"):
        SURFACES[name](whole.keymap)
        surface = whole.keymap.surface
        assert surface is not None
        before = surface.accessibleDescription()
        assert before, name
        QTest.keyClick(surface, Qt.Key.Key_Down)
        assert surface.accessibleDescription() not in ("", before), name
        whole.keymap.step_out()


def test_the_selected_row_is_told_to_a_screen_reader(whole: Whole) -> None:
    whole.keymap.palette()
    surface = whole.keymap.surface
    assert surface is not None
    surface.type("every key")
    rows = surface.findChild(PickList)
    assert isinstance(rows, PickList)
    assert rows.accessibleDescription() == "Window: Every key F1"


def test_recorded_sessions_are_told_row_by_row(whole: Whole) -> None:
    hour = 3_600 * NS_PER_S
    first = Session("a", Provenance.SIMULATED, NOW_NS, NOW_NS + hour, ("ESH4.GLBX", "NQH4.GLBX"), 9, 2, 41_000_000)
    whole.screen.sessions.publish((first, Session("b", size=300_000, reason="no manifest")))
    whole.keymap.sessions()
    surface = whole.keymap.surface
    assert surface is not None
    rows = surface.findChild(PickList)
    assert isinstance(rows, PickList)
    assert rows.accessibleDescription() == "Mon 25 Dec  18:20:00, 1 h 00 m, SIMULATED, ESH4 NQH4, 2 gaps, 41 MB"
    QTest.keyClick(whole.keymap.surface.focusWidget(), Qt.Key.Key_Down)
    assert rows.accessibleDescription() == "b, –, no manifest, 0.3 MB"


def test_what_comes_and_goes_by_itself_has_words_too(whole: Whole) -> None:
    whole.keymap.say("Pin a tooltip: none is shown")
    hint = next(each for each in whole.window.findChildren(Hint) if each.isVisible())
    assert hint.accessibleName() == "Pin a tooltip: none is shown"
    whole.keymap.toggle_performance()
    assert whole.keymap.performance is not None
    assert whole.keymap.performance.accessibleName() == "Performance"
    assert "frame" in whole.keymap.performance.accessibleDescription().lower()
    whole.keymap.toggle_performance()


def test_a_loading_bar_says_what_it_does_and_counts_only_what_is_counted(qtbot: Any) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    bar = LoadingBar(theme(), parent)
    bar.draw(Loading("Opening the simulated market"))
    assert bar.text() == ""
    assert bar.accessibleName() == "Opening the simulated market"
    bar.draw(Loading("Building a day of history", 6.0, 24.0, "hours", 9.0))
    assert bar.accessibleName() == "Building a day of history: 6 of 24 hours, 9 s left"


def test_who_has_the_keys_can_be_seen_on_every_pane(whole: Whole) -> None:
    accent = QColor(theme().tokens["accent"]).rgb()
    panes = whole.window.panes()
    assert set(panes) == {spec.id for spec in whole.window.specs()}
    for pane in panes:
        whole.window.focus_pane(pane)
        whole.clock.frame()
        lit = {
            each.pane
            for each in whole.window.bench.frames()
            if each.header.isVisible() and each.header.grab().toImage().pixel(each.header.width() // 2, 0) == accent
        }
        assert lit == {pane}


def test_who_has_the_keys_can_be_seen_on_the_welcome_and_on_every_button_of_a_page(whole: Whole) -> None:
    chooser = whole.window.findChild(Chooser)
    assert isinstance(chooser, Chooser)
    publish(whole.screen, None)
    for _ in range(3):
        whole.clock.frame()
    chooser.setFocus()
    assert chooser.hasFocus()
    lit = pixels(chooser)
    whole.window.setFocus()
    assert (pixels(chooser) != lit).any()
    whole.keymap.key_editor()
    surface = whole.keymap.surface
    assert surface is not None
    whole.window.setStyleSheet(style_sheet(theme()))  # as the application wears it
    buttons = surface.findChildren(SurfaceButton)
    assert buttons
    for button in buttons:
        quiet = pixels(button)
        button.setFocus(Qt.FocusReason.TabFocusReason)
        assert button.hasFocus()
        assert (pixels(button) != quiet).any(), button.text()


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
