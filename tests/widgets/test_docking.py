"""The shell as a whole, offscreen: arranging, floating, coming back, maximising, and what outlives a restart."""

import gc
import json
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from cockpit.state.commands import FocusPane, SetLink, ToggleShare
from cockpit.state.views import Pane, Provenance
from cockpit.widgets.arrangement import Split, Tabs, home_of, panels, structure
from cockpit.widgets.edges import FRAME
from cockpit.widgets.moving import group_of
from cockpit.widgets.palette import Palette
from cockpit.widgets.presets import PRESETS
from tests.widgets.shell import Body, Shell, publish, theme

pytestmark = pytest.mark.filterwarnings("ignore:This plugin")


@pytest.fixture
def shell(qtbot: Any) -> Shell:
    return Shell(qtbot).open()


def tree_of(shell: Shell) -> Any:
    return shell.window.bench.docks.tree()


def settle() -> None:
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()


def test_nothing_heavy_is_built_before_something_is_open(qtbot: Any) -> None:
    shell, chooser = Shell(qtbot), QLabel("open something")
    shell.window.set_chooser(chooser)
    shell.window.show()
    shell.clock.stop()
    shell.frames(3)
    assert not shell.window.has_docks
    assert chooser.isVisible()
    publish(shell.screen)
    shell.frames(3)
    assert shell.window.has_docks
    assert not chooser.isVisible()
    publish(shell.screen, None)
    shell.frames(3)
    assert chooser.isVisible()


def test_the_first_arrangement_is_the_two_by_two_grid_with_its_columns(shell: Shell) -> None:
    tree = tree_of(shell)
    assert isinstance(tree, Split)
    assert list(panels(tree)) == ["chart.1", "chart.2", "chart.3", "chart.4", "ladder", "vix", "health"]
    assert all(shell.body(pane).states for pane in panels(tree))


def test_a_lone_panel_has_no_tab_and_panels_that_share_a_place_have(shell: Shell) -> None:
    docks = shell.window.bench.docks
    assert docks.dock("ladder").dockAreaWidget().titleBar().isHidden()
    shell.window.resize(1280, 720)
    shell.frames(5)
    assert not docks.dock("ladder").dockAreaWidget().titleBar().isHidden()


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_stands_as_it_is_described(shell: Shell, name: str) -> None:
    shell.window.apply_preset("1+2")
    shell.window.apply_preset(name)
    shell.frames(2)
    bench = shell.window.bench
    assert structure(tree_of(shell)) == structure(bench._formed(name))
    charts = {"1": 1, "1+2": 3, "2x2": 4, "1+3": 4, "3x2": 6, "book": 2}[name]
    assert sum(pane.startswith("chart") for pane in shell.window.panes()) == charts


def test_a_panel_outside_the_preset_is_not_drawn(shell: Shell) -> None:
    shell.window.apply_preset("1")
    shell.frames(2)
    hidden = shell.window.frame("chart.3")
    assert hidden is not None
    body = hidden.body
    assert isinstance(body, Body)
    before = len(body.states)
    publish(shell.screen)
    shell.frames(5)
    assert len(body.states) == before
    assert shell.window.panel("chart.3") is None


@pytest.mark.parametrize("pane", ["chart.1", "chart.4", "ladder", "vix", "health"])
def test_a_panel_floats_and_comes_back_to_its_place(shell: Shell, pane: str) -> None:
    before = tree_of(shell)
    shell.window.float_panel(pane)
    shell.frames(2)
    assert shell.window.is_floating(pane)
    assert pane not in panels(tree_of(shell))
    shell.window.dock_panel(pane)
    shell.frames(2)
    settle()
    assert not shell.window.is_floating(pane)
    assert structure(tree_of(shell)) == structure(before)
    assert list(shell.window.bench.docks.floating_windows()) == []


def test_a_double_click_on_the_header_floats_and_a_second_one_docks(shell: Shell) -> None:
    frame = shell.window.frame("chart.2")
    assert frame is not None
    for floating in (True, False):
        QTest.mouseDClick(frame.header, Qt.MouseButton.LeftButton, pos=QPoint(200, 15))
        QTest.mouseRelease(frame.header, Qt.MouseButton.LeftButton, pos=QPoint(200, 15))
        shell.frames(2)
        assert shell.window.is_floating("chart.2") is floating


def test_several_floats_come_back_in_any_order(shell: Shell) -> None:
    before = tree_of(shell)
    for pane in ("chart.1", "ladder", "chart.2", "health"):
        shell.window.float_panel(pane)
    for pane in ("ladder", "chart.2", "health", "chart.1"):
        shell.window.dock_panel(pane)
    shell.frames(2)
    assert structure(tree_of(shell)) == structure(before)


def test_reset_brings_everything_back(shell: Shell) -> None:
    before = tree_of(shell)
    shell.window.float_panel("ladder")
    shell.window.close_panel("chart.4")
    shell.window.apply_preset("1")
    shell.window.reset_layout()
    shell.frames(2)
    assert structure(tree_of(shell)) == structure(before)
    assert list(shell.window.bench.docks.floating_windows()) == []


def test_a_closed_panel_comes_back_by_the_same_key(shell: Shell) -> None:
    before = tree_of(shell)
    shell.window.toggle_panel("health")
    assert not shell.window.is_open("health")
    shell.window.toggle_panel("health")
    shell.frames(2)
    assert shell.window.is_open("health")
    assert structure(tree_of(shell)) == structure(before)


def test_closing_a_floating_window_closes_its_panel_and_it_can_be_docked_again(shell: Shell) -> None:
    shell.window.float_panel("ladder")
    container, _ = next(shell.window.bench.docks.floating_windows())
    container.close()
    shell.frames(2)
    assert not shell.window.is_open("ladder")
    shell.window.dock_panel("ladder")
    shell.frames(2)
    assert shell.window.is_open("ladder")
    assert not shell.window.is_floating("ladder")


def test_a_maximised_panel_fills_the_dock_area_and_gives_it_back(shell: Shell) -> None:
    before = tree_of(shell)
    frame = shell.window.frame("chart.3")
    assert frame is not None
    others = [each for each in shell.window.bench.frames() if each is not frame]
    shell.window.maximise("chart.3")
    shell.frames(2)
    assert shell.window.bench.maximised == "chart.3"
    assert frame.seen
    assert frame.width() > 1600
    assert not any(each.seen for each in others)
    shell.window.maximise("chart.3")
    shell.frames(2)
    assert all(each.seen for each in (*others, frame))
    assert structure(tree_of(shell)) == structure(before)


def test_escape_ends_maximising(shell: Shell) -> None:
    shell.window.maximise("chart.1")
    shell.window.step_out()
    assert shell.window.bench.maximised == ""


def test_a_narrower_window_turns_columns_into_tabs_and_back(shell: Shell) -> None:
    wide = structure(tree_of(shell))
    shell.window.resize(1280, 720)
    shell.frames(5)
    tree = tree_of(shell)
    assert isinstance(tree, Split)
    assert tree.items[-1].panels == ("ladder", "vix", "health")
    shell.window.resize(900, 700)
    shell.frames(5)
    assert isinstance(tree_of(shell), Tabs)
    shell.window.resize(1700, 900)
    shell.frames(5)
    assert structure(tree_of(shell)) == wide


def test_what_the_user_arranged_by_hand_survives_a_resize(shell: Shell) -> None:
    shell.window.close_panel("health")
    shell.window.float_panel("chart.4")
    own = set(panels(tree_of(shell)))
    shell.window.resize(1650, 880)
    shell.frames(5)
    assert set(panels(tree_of(shell))) == own


def test_no_chart_is_smaller_than_its_least_size_at_1280x720(qtbot: Any) -> None:
    shell = Shell(qtbot, size=(1280, 720)).open()
    for pane in ("chart.1", "chart.2", "chart.3", "chart.4"):
        body = shell.body(pane)
        assert body.width() >= 360
        assert body.height() >= 220


def test_a_click_focuses_a_pane_and_tells_the_state_once(shell: Shell) -> None:
    frame = shell.window.frame("chart.2")
    assert frame is not None
    shell.sent.commands.clear()
    QTest.mouseClick(frame.header, Qt.MouseButton.LeftButton, pos=QPoint(200, 15))
    QTest.mouseClick(frame.header, Qt.MouseButton.LeftButton, pos=QPoint(200, 15))
    assert shell.sent.commands == [FocusPane("chart.2")]
    shell.frames(1)
    assert frame.header.is_focused
    assert [each.pane for each in shell.window.bench.frames() if each.header.is_focused] == ["chart.2"]


def test_the_menu_of_a_header_does_what_it_says(shell: Shell) -> None:
    from cockpit.widgets.panel_menu import link_menu, panel_menu

    frame = shell.window.frame("chart.1")
    assert frame is not None
    menu = panel_menu(shell.window, "chart.1", frame.header)
    entries = {action.text().partition("\t")[0]: action for action in menu.actions()}
    entries["Float"].trigger()
    assert shell.window.is_floating("chart.1")
    again = panel_menu(shell.window, "chart.1", frame.header)
    next(action for action in again.actions() if action.text().startswith("Dock back")).trigger()
    assert not shell.window.is_floating("chart.1")
    links = link_menu(shell.sent, Pane("chart.1", link=1, receives=("time",)), frame.header)
    ticks = {action.text().partition("\t")[0]: action for action in links.actions() if action.text()}
    assert [text for text, action in ticks.items() if action.isChecked()] == [
        "Link group 1", "Sends symbol", "Sends crosshair", "Receives time"
    ]  # fmt: skip
    ticks["Link group 7"].trigger()
    assert shell.sent.commands[-1] == SetLink("chart.1", 7)
    ticks["Receives time"].trigger()
    assert shell.sent.commands[-1] == ToggleShare("chart.1", "time", "receives")
    for each in (menu, again, links):
        each.deleteLater()


def test_a_replay_frames_the_window_and_simulated_data_hatches_it(shell: Shell) -> None:
    assert shell.window.layout().contentsMargins().left() == FRAME
    publish(shell.screen, Provenance.SIMULATED)
    shell.frames(2)
    assert shell.window.layout().contentsMargins().left() == 0
    assert shell.window._strip.isVisible()
    publish(shell.screen, Provenance.LIVE)
    shell.frames(2)
    assert not shell.window._strip.isVisible()


def test_a_floating_panel_wears_the_mark_and_takes_it_off_at_home(shell: Shell) -> None:
    frame = shell.window.frame("ladder")
    assert frame is not None
    shell.window.float_panel("ladder")
    shell.frames(2)
    assert frame.layout().contentsMargins().left() == FRAME
    shell.window.dock_panel("ladder")
    shell.frames(2)
    assert frame.layout().contentsMargins().left() == 0


def test_closing_the_window_hides_what_floats_and_stops_the_clock(shell: Shell) -> None:
    shell.window.float_panel("ladder")
    shell.clock.start()
    closed: list[bool] = []
    shell.window.closed.connect(lambda: closed.append(True))
    shell.window.close()
    assert closed == [True]
    assert not shell.clock.is_running
    assert list(shell.window.bench.docks.floating_windows()) == []


def test_a_hundred_floats_leave_frames_alive_and_windows_constant(shell: Shell) -> None:
    def count() -> tuple[int, int]:
        settle()
        gc.collect()
        return len(QApplication.topLevelWidgets()), len(QApplication.allWidgets())

    panes = ("chart.1", "ladder", "chart.4", "health")
    before: tuple[int, int] | None = None
    for cycle in range(25):
        for pane in panes:
            shell.window.float_panel(pane)
            shell.frames(1)
        for pane in panes:
            shell.window.dock_panel(pane)
            shell.frames(1)
        if cycle == 4:
            before = count()
    assert count() == before
    assert all(shiboken6.isValid(frame) for frame in shell.window.bench.frames())


# -- what outlives a restart


def saved(folder: Path) -> dict[str, Any]:
    files = [file for file in folder.iterdir() if file.name.count(".") == 1]
    assert len(files) == 1
    return json.loads(files[0].read_text(encoding="utf-8"))


def test_arrangement_floats_and_views_come_back_in_the_next_window(qtbot: Any, tmp_path: Path) -> None:
    first = Shell(qtbot, tmp_path).open()
    first.window.setGeometry(60, 40, 700, 700)
    first.window.apply_preset("1+2")
    first.frames(5)
    first.window.float_panel("ladder")
    container, _ = next(first.window.bench.docks.floating_windows())
    container.setGeometry(120, 90, 300, 400)
    first.body("chart.1").view = {"bars": 77}
    first.window.layout_of.workspace = lambda: {"panes": {"chart.1": ["ESH4.GLBX", "5m", 1]}}
    before = tree_of(first)
    first.window.close()

    second = Shell(qtbot, tmp_path)
    assert second.window.layout_of.restored_workspace() == {"panes": {"chart.1": ["ESH4.GLBX", "5m", 1]}}
    second.open()
    assert second.window.geometry().getRect() == (60, 40, 700, 700)
    assert structure(tree_of(second)) == structure(before)
    assert second.window.is_floating("ladder")
    # QtAds hides floats when the main window is activated on platforms it does not know, such as this one
    container = second.window.bench.docks.dock("ladder").floatingDockContainer()
    assert container.geometry().getRect() == (120, 90, 300, 400)
    assert second.body("chart.1").view == {"bars": 77}


def test_a_layout_saved_before_there_was_a_gauge_comes_back_and_the_gauge_finds_its_place(
    qtbot: Any, tmp_path: Path
) -> None:
    first = Shell(qtbot, tmp_path).open()
    first.window.resize(1700, 900)
    first.frames(5)
    first.window.close_panel("vix")
    first.frames(50)
    old = saved(tmp_path)
    assert "vix" not in json.dumps(old["docks"])
    first.window.close()

    second = Shell(qtbot, tmp_path).open()
    second.window.resize(1700, 900)
    second.frames(5)
    assert list(panels(tree_of(second))) == ["chart.1", "chart.2", "chart.3", "chart.4", "ladder", "health"]
    second.window.dock_panel("vix")
    second.frames(2)
    tree = tree_of(second)
    assert isinstance(tree, Split)
    assert structure(tree) == structure(second.window.bench._formed("2x2"))


def test_a_change_is_saved_when_it_has_held_still(qtbot: Any, tmp_path: Path) -> None:
    shell = Shell(qtbot, tmp_path).open()
    shell.frames(50)
    assert saved(tmp_path)["preset"] == "2x2"
    shell.window.apply_preset("1")
    shell.frames(50)
    assert saved(tmp_path)["preset"] == "1"


def test_a_layout_with_panels_nobody_knows_still_opens(qtbot: Any, tmp_path: Path) -> None:
    shell = Shell(qtbot, tmp_path).open()
    shell.window.close()
    file = next(tmp_path.iterdir())
    layout = json.loads(file.read_text(encoding="utf-8"))
    layout["docks"] = {"split": "h", "items": [{"tabs": ["radar", "chart.2"]}, {"tabs": ["desk"]}]}
    layout["floats"] = [{"tree": {"tabs": ["gone"]}, "place": [0, 0, 300, 300]}, {"tree": 7}, "x"]
    layout["views"] = {"chart.2": "not an object", "nobody": {}}
    layout["window"] = {"place": ["a", 1], "maximised": "yes"}
    file.write_text(json.dumps(layout), encoding="utf-8")
    again = Shell(qtbot, tmp_path).open()
    assert list(panels(tree_of(again))) == ["chart.2"]
    assert again.window.isVisible()


def test_an_unreadable_layout_is_a_notice_not_an_end(qtbot: Any, tmp_path: Path) -> None:
    Shell(qtbot, tmp_path).open().window.close()
    file = next(tmp_path.iterdir())
    file.write_text("{", encoding="utf-8")
    again = Shell(qtbot, tmp_path).open()
    assert [notice.title for notice in again.window.toasts.open_notices()] == ["Saved layout"]
    assert len(list(panels(tree_of(again)))) == 7


def test_a_layout_is_kept_though_nothing_was_opened_in_between(qtbot: Any, tmp_path: Path) -> None:
    first = Shell(qtbot, tmp_path).open()
    first.window.apply_preset("1")
    first.window.close()
    second = Shell(qtbot, tmp_path)
    second.window.set_chooser(QLabel("open something"))
    second.window.show()
    second.window.close()
    assert saved(tmp_path)["preset"] == "1"
    assert saved(tmp_path)["docks"] is not None


# by keys


def place_of(shell: Shell, pane: str) -> Any:
    frame = shell.window.frame(pane)
    assert frame is not None
    return frame.mapTo(shell.window, QPoint(0, 0))


def test_a_pane_changes_places_with_its_neighbour_and_keeps_the_keys(shell: Shell) -> None:
    shell.window.focus_pane("chart.1")
    left, right = place_of(shell, "chart.1"), place_of(shell, "chart.2")
    assert shell.window.move_pane("chart.1", "right") == ""
    shell.frames(5)
    assert (place_of(shell, "chart.2"), place_of(shell, "chart.1")) == (left, right)
    assert shell.window.focused_pane() == "chart.1"
    assert shell.window.move_pane("chart.1", "up") == "Nothing stands above it"
    shell.window.resize(1710, 905)
    shell.frames(5)
    assert place_of(shell, "chart.2") == left, "an own arrangement outlives a resize"


def test_a_pane_joins_its_neighbours_tabs_and_steps_out_again(shell: Shell) -> None:
    before = structure(tree_of(shell))
    assert shell.window.join_pane("chart.1", "down") == ""
    shell.frames(5)
    assert Tabs(("chart.3", "chart.1"), 1) in tabs_of(tree_of(shell))
    frame = shell.window.frame("chart.1")
    assert frame is not None
    assert frame.seen
    assert shell.window.move_pane("chart.1", "up") == ""
    shell.frames(5)
    assert group_of(tree_of(shell), "chart.1") == Tabs(("chart.1",))
    assert structure(tree_of(shell)) != before


def test_a_pane_grows_by_keys_and_its_neighbour_pays(shell: Shell) -> None:
    frame, other = shell.window.frame("chart.1"), shell.window.frame("chart.2")
    assert frame is not None
    assert other is not None
    wide, rest = frame.width(), other.width()
    assert shell.window.resize_pane("chart.1", "wider") == ""
    shell.frames(5)
    assert frame.width() > wide + 10
    assert other.width() < rest - 10
    high = frame.height()
    assert shell.window.resize_pane("chart.1", "shorter") == ""
    shell.frames(5)
    assert frame.height() < high - 10


def test_a_floating_pane_says_what_it_needs_before_it_can_be_moved(shell: Shell) -> None:
    shell.window.float_panel("chart.2")
    shell.frames(5)
    for answer in (
        shell.window.move_pane("chart.2", "left"),
        shell.window.join_pane("chart.2", "left"),
        shell.window.resize_pane("chart.2", "wider"),
    ):
        assert answer == "The pane floats: dock it first"


def test_the_menu_of_a_pane_opens_by_key_with_its_first_entry_chosen(shell: Shell) -> None:
    shell.window.open_menu("chart.1")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.activeAction().text().startswith("Float")
    menu.close()


def test_every_notice_goes_at_once(shell: Shell) -> None:
    for title in ("One", "Two", "Three", "Four"):
        shell.window.announce("high", title, "stays until it is dismissed")
    assert shell.window.has_notices()
    shell.window.clear_notices()
    assert not shell.window.has_notices()


def tabs_of(node: Any) -> list[Tabs]:
    return [node] if isinstance(node, Tabs) else [each for item in node.items for each in tabs_of(item)]


def test_who_types_into_a_surface_while_the_first_panels_come_keeps_the_keys(qtbot) -> None:
    shell = Shell(qtbot)
    surface = Palette(shell.window, theme(), [], (), lambda entry: None)
    publish(shell.screen)
    shell.window.show()
    shell.clock.stop()
    surface.show_over(surface.line)
    surface.line.setFocus()
    shell.frames(10)
    assert surface.isVisible()
    assert surface.line.hasFocus()
    surface.leave()


@pytest.mark.parametrize(("size", "below"), [((1700, 900), {"vix"}), ((1280, 720), set())])
def test_a_panel_no_arrangement_has_a_place_for_opens_where_it_belongs(
    qtbot: Any, size: tuple[int, int], below: set[str]
) -> None:
    shell = Shell(qtbot, size=size).open()
    before = list(panels(tree_of(shell)))
    shell.window.toggle_panel("impact")
    shell.frames(3)
    home = home_of(tree_of(shell), "impact")
    assert home is not None
    assert not home.mates, "it hides nothing"
    if below:
        assert (home.direction, home.before, home.after) == ("v", below, {"health"})
    else:
        assert (home.direction, home.after) == ("h", set())
    assert [panel for panel in panels(tree_of(shell)) if panel != "impact"] == before
    shell.window.toggle_panel("impact")
    shell.frames(3)
    assert list(panels(tree_of(shell))) == before
