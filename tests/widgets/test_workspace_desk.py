"""Workspaces in a window: each keeps its docks, floats, views and panes; tabs, versions and names."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from cockpit.widgets.arrangement import panels, structure
from cockpit.widgets.panel_menu import workspace_menu
from cockpit.widgets.presets import BOOK
from cockpit.widgets.workspace_desk import WorkspaceDesk
from cockpit.widgets.workspace_tabs import WorkspaceTabs
from cockpit.widgets.workspaces import FIRST, Shelf
from tests.widgets.shell import Shell, theme


class Room:
    """A window with workspaces, and the state's part of them: one word for all panes."""

    def __init__(self, qtbot: Any, folder: Path) -> None:
        self.shell = Shell(qtbot, shelf=Shelf(folder))
        self.window = self.shell.window
        self.panes: dict[str, Any] = self.window.layout_of.restored_workspace() or {"word": "first"}
        self.window.layout_of.workspace = lambda: self.panes
        self.window.layout_of.show_workspace = self._show
        self.shell.open()
        self.shell.frames(20)

    def _show(self, saved: dict[str, Any]) -> None:
        self.panes = saved or {"word": "blank"}

    @property
    def desk(self) -> WorkspaceDesk:
        assert self.window.workspaces is not None
        return self.window.workspaces

    def tree(self) -> Any:
        return structure(self.window.bench.docks.tree())

    def offer(self, kind: str, text: str) -> None:
        """Choose what the palette offers."""
        (found,) = [each for each in self.desk.offers() if each.kind == kind and text in each.text + each.word]
        found.run()
        self.shell.frames(5)

    def titles(self) -> list[str]:
        return [each.title for each in self.window.toasts.open_notices()]


@pytest.fixture
def room(qtbot: Any, tmp_path: Path) -> Room:
    return Room(qtbot, tmp_path)


def test_each_workspace_keeps_docks_floats_views_and_panes(room: Room) -> None:
    room.window.apply_preset("1+2")
    room.window.float_panel("ladder")
    next(room.window.bench.docks.floating_windows())[0].setGeometry(90, 80, 300, 400)
    room.shell.body("chart.1").view = {"bars": 7}
    room.shell.frames(5)
    first = room.tree()

    room.desk.name("new", "Opening", FIRST)
    room.shell.frames(5)
    assert room.panes == {"word": "blank"}
    assert not room.window.is_floating("ladder")
    assert room.tree() == structure(room.window.bench._formed("2x2"))
    assert room.shell.body("chart.1").view == {}
    room.panes = {"word": "opening"}
    room.window.apply_preset("1")
    second = room.tree()

    room.desk.switch(FIRST)
    room.shell.frames(5)
    assert (room.tree(), room.panes) == (first, {"word": "first"})
    container, tree = next(room.window.bench.docks.floating_windows())
    assert (list(panels(tree)), container.geometry().getRect()) == (["ladder"], (90, 80, 300, 400))
    assert room.shell.body("chart.1").view == {"bars": 7}

    room.desk.step(1)
    room.shell.frames(5)
    assert (room.tree(), room.panes) == (second, {"word": "opening"})
    assert not list(room.window.bench.docks.floating_windows())


def test_a_switch_right_after_a_switch_mixes_nothing_up(room: Room) -> None:
    room.shell.body("chart.1").view = {"bars": 7}
    room.desk.name("new", "Two", FIRST)
    room.desk.step(1)
    room.desk.step(1)
    room.desk.step(1)
    room.shell.frames(5)
    assert room.shell.body("chart.1").view == {"bars": 7}
    assert room.panes == {"word": "first"}


def test_the_window_stays_where_it_is_when_the_workspace_changes(room: Room) -> None:
    room.desk.name("new", "Two", FIRST)
    room.window.setGeometry(40, 30, 1650, 850)
    room.desk.switch(FIRST)
    assert room.window.geometry().getRect() == (40, 30, 1650, 850)


def test_the_last_one_comes_back_in_the_next_window(qtbot: Any, tmp_path: Path) -> None:
    first = Room(qtbot, tmp_path)
    first.desk.name("duplicate", "Opening", FIRST)
    first.panes = {"word": "opening"}
    first.window.apply_preset("1")
    wanted = first.tree()
    first.window.close()
    second = Room(qtbot, tmp_path)
    assert second.desk.current == "Opening"
    assert (second.tree(), second.panes) == (wanted, {"word": "opening"})
    assert second.window.top_bar.tabs.current == "Opening"


def test_a_copy_looks_the_same_and_goes_its_own_way(room: Room) -> None:
    room.window.apply_preset("1+3")
    before = room.tree()
    room.desk.name("duplicate", "Copy", FIRST)
    room.shell.frames(5)
    assert (room.tree(), room.panes, room.desk.current) == (before, {"word": "first"}, "Copy")
    room.window.apply_preset("1")
    room.desk.switch(FIRST)
    assert room.tree() == before


def test_undo_does_not_reach_into_another_workspace(room: Room) -> None:
    room.window.apply_preset("1")
    room.desk.name("new", "Two", FIRST)
    room.shell.frames(20)
    assert not room.window.undo_layout()


def test_an_earlier_version_comes_back_and_what_stood_before_is_kept(room: Room) -> None:
    room.window.apply_preset("1")
    room.window.save_layout()
    single = room.tree()
    room.window.apply_preset("3x2")
    room.panes = {"word": "six"}
    room.window.save_layout()
    room.shell.frames(50)
    six = room.tree()
    room.offer("Version", "1 before it")
    assert (room.tree(), room.panes) == (single, {"word": "first"})
    room.shell.frames(50)
    room.offer("Version", "1 before it")
    assert (room.tree(), room.panes) == (six, {"word": "six"})


def test_a_version_that_cannot_be_read_is_told_and_changes_nothing(room: Room, tmp_path: Path) -> None:
    room.window.save_layout()
    room.window.apply_preset("1")
    room.window.save_layout()
    before = room.tree()
    next(tmp_path.glob("layouts/*.1.json")).write_text("{", encoding="utf-8")
    room.offer("Version", "1 before it")
    assert room.tree() == before
    assert "Saved layout" in room.titles()


def test_what_is_deleted_is_brought_back_from_the_palette(room: Room) -> None:
    room.desk.name("new", "Opening", FIRST)
    room.window.apply_preset("1")
    single = room.tree()
    room.desk.delete("Opening")
    assert (room.desk.names, room.desk.current) == ((FIRST,), FIRST)
    assert room.tree() != single
    room.offer("Workspace", "Bring back Opening")
    assert (room.desk.current, room.tree()) == ("Opening", single)
    room.desk.delete(FIRST)
    room.desk.delete("Opening")
    assert room.desk.names == ("Opening",)
    assert "Workspaces" in room.titles()


def test_a_name_that_cannot_be_is_told_and_nothing_happens(room: Room) -> None:
    room.desk.name("new", FIRST.lower(), FIRST)
    assert room.desk.names == (FIRST,)
    assert room.titles() == ["Workspaces"]
    assert room.desk.check("new", "", FIRST).startswith("workspace '': letters, digits")
    assert room.desk.check("rename", FIRST.upper(), FIRST) == ""
    assert room.desk.check("rename", "Other", FIRST) == ""


def test_a_broken_list_of_workspaces_is_a_notice(qtbot: Any, tmp_path: Path) -> None:
    Room(qtbot, tmp_path).desk.name("new", "Opening", FIRST)
    (tmp_path / "workspaces.json").write_text("[", encoding="utf-8")
    again = Room(qtbot, tmp_path)
    assert again.titles() == ["Workspaces"]
    assert again.desk.names == (FIRST, "Opening")


def test_the_file_says_what_a_workspace_is(room: Room, tmp_path: Path) -> None:
    room.window.save_layout()
    (file,) = tmp_path.glob("layouts/*.json")
    saved = json.loads(file.read_text(encoding="utf-8"))
    assert saved["workspace"] == {"word": "first"}
    assert {"window", "docks", "floats", "preset", "views", "monitors", "version"} <= saved.keys()


# -- tabs


def click(tabs: WorkspaceTabs, name: str, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    place = tabs.place(name)
    assert place is not None, name
    QTest.mouseClick(tabs, button, Qt.KeyboardModifier.NoModifier, place.center().toPoint())


def test_a_click_on_a_tab_switches_and_the_plus_asks_for_a_name(room: Room) -> None:
    asked: list[tuple[str, str]] = []
    room.window.name_requested.connect(lambda verb, name: asked.append((verb, name)))
    room.desk.name("new", "Opening", FIRST)
    tabs = room.window.top_bar.tabs
    click(tabs, FIRST)
    assert room.desk.current == FIRST
    assert tabs.accessibleName() == f"Workspaces: {FIRST} (open), Opening"
    click(tabs, "+")
    place = tabs.place("Opening")
    assert place is not None
    QTest.mouseDClick(tabs, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place.center().toPoint())
    assert asked == [("new", FIRST), ("rename", "Opening")]


def test_the_menu_of_a_tab_prints_its_keys_and_acts_on_that_tab(room: Room) -> None:
    room.desk.name("new", "Opening", FIRST)
    asked: list[tuple[str, str]] = []
    menu: QMenu = workspace_menu(room.desk, FIRST, lambda *given: asked.append(given), room.window)
    entries = {action.text().partition("\t")[0]: action for action in menu.actions()}
    assert entries["Rename"].text() == "Rename\tCtrl+W r"
    entries["Rename"].trigger()
    entries["Duplicate"].trigger()
    assert asked == [("rename", FIRST), ("duplicate", FIRST)]
    entries["Delete"].trigger()
    assert room.desk.names == ("Opening",)
    menu.deleteLater()


NAMES = ("Cockpit", "Opening", "Lunch", "Close", "Overnight", "A very long name of a workspace indeed")


@pytest.mark.parametrize("width", [60, 150, 300, 420, 700])
@pytest.mark.parametrize("current", NAMES)
def test_the_open_tab_is_always_there_and_nothing_overlaps(qtbot: Any, width: int, current: str) -> None:
    tabs = WorkspaceTabs(theme())
    qtbot.addWidget(tabs)
    tabs.show_names(NAMES, current)
    tabs.resize(width, 43)
    parts = tabs.parts()
    assert current in [key for key, _, _ in parts]
    places = [area for _, _, area in parts]
    assert all(a.right() <= b.left() for a, b in pairwise(places))
    hidden = len(NAMES) - sum(key in NAMES for key, _, _ in parts)
    assert [text for key, text, _ in parts if key == "…"] == ([f"+{hidden}"] if hidden else [])
    if width >= tabs.least():
        assert places[-1].right() <= width


def test_hidden_tabs_are_in_the_list_that_the_count_opens(qtbot: Any) -> None:
    tabs, opened = WorkspaceTabs(theme()), []
    qtbot.addWidget(tabs)
    tabs.list_wanted.connect(lambda: opened.append("list"))
    menus: list[tuple[str, QPoint]] = []
    tabs.menu_wanted.connect(lambda name, at: menus.append((name, at)))
    tabs.show_names(NAMES, "Close")
    tabs.resize(300, 43)
    click(tabs, "…")
    click(tabs, "Close", Qt.MouseButton.RightButton)
    assert opened == ["list"]
    assert [name for name, _ in menus] == ["Close"]


def test_a_reset_goes_back_to_what_the_workspace_was_shipped_with(qtbot: Any, tmp_path: Path) -> None:
    shell = Shell(qtbot, shelf=Shelf(tmp_path, shipped=True)).open()
    window = shell.window
    assert window.workspaces is not None
    window.workspaces.switch("Book")
    shell.frames(5)
    shipped = structure(window.bench.docks.tree())
    assert shipped == structure(window.bench._formed(BOOK))
    window.apply_preset("1")
    window.float_panel("ladder")
    shell.frames(5)
    window.reset_layout()
    shell.frames(5)
    assert structure(window.bench.docks.tree()) == shipped
    assert not window.is_floating("ladder")
    assert window.undo_layout()
    shell.frames(5)
    assert structure(window.bench.docks.tree()) != shipped

    window.workspaces.switch(FIRST)
    shell.frames(5)
    window.apply_preset("1")
    window.reset_layout()
    shell.frames(5)
    assert structure(window.bench.docks.tree()) == structure(window.bench._formed("2x2"))
    window.workspaces.name("copy", "Mine", FIRST)
    assert window.workspaces.shipped == "2x2"
