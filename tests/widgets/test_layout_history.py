"""Undo and redo of the layout: every kind of change, by key and by hand, back and forth again."""

from collections.abc import Callable
from typing import Any

import pytest

from cockpit.widgets.arrangement import Split, alike, panels
from cockpit.widgets.layout_history import KEPT, History
from cockpit.widgets.layout_state import Json
from tests.widgets.shell import Shell


def step(number: int) -> Json:
    return {"window": {"place": [number * 10, 0, 800, 600]}, "docks": {"tabs": ["chart.1"]}, "floats": []}


def test_steps_go_back_and_forth_and_a_new_one_ends_what_was_undone() -> None:
    history = History()
    assert history.back() is None
    assert [history.note(step(n)) for n in (1, 2, 2, 3)] == [True, True, False, True]
    assert (history.back(), history.back(), history.back()) == (step(2), step(1), None)
    assert (history.forth(), history.forth(), history.forth()) == (step(2), step(3), None)
    history.back()
    history.note(step(4))
    assert history.forth() is None
    assert history.back() == step(2)


def test_a_pixel_or_two_is_no_change_and_what_windows_came_to_is_taken_as_it_is() -> None:
    history = History()
    history.note(step(1))
    near = {**step(1), "window": {"place": [12, 1, 800, 600]}}
    assert not history.note(near)
    history.note(step(2))
    history.back()
    history.adopt({**step(1), "window": {"place": [17, 0, 800, 600]}})
    assert history.forth() == step(2)


def test_only_the_last_steps_are_kept() -> None:
    history = History()
    for number in range(KEPT + 20):
        history.note(step(number))
    undone = 0
    while history.back() is not None:
        undone += 1
    assert undone == KEPT - 1


@pytest.fixture
def shell(qtbot: Any) -> Shell:
    made = Shell(qtbot).open()
    made.frames(20)
    return made


def stands(shell: Shell) -> tuple[Any, ...]:
    """What a person sees of the layout."""
    bench = shell.window.bench
    floats = [(tuple(panels(tree)), window.geometry().getRect()) for window, tree in bench.docks.floating_windows()]
    return bench.docks.tree(), sorted(floats), bench.maximised


def same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return alike(one[0], other[0]) and one[1:] == other[1:]


CHANGES: dict[str, Callable[[Shell], object]] = {
    "float": lambda shell: shell.window.float_panel("chart.2"),
    "close": lambda shell: shell.window.close_panel("vix"),
    "show or hide": lambda shell: shell.window.toggle_panel("health"),
    "preset": lambda shell: shell.window.apply_preset("1+2"),
    "maximise": lambda shell: shell.window.maximise("chart.3"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_undone_and_redone(shell: Shell, change: str) -> None:
    before = stands(shell)
    CHANGES[change](shell)
    after = stands(shell)
    assert not same(before, after)
    assert shell.window.undo_layout()
    shell.frames(20)
    assert same(stands(shell), before)
    assert shell.window.redo_layout()
    shell.frames(20)
    assert same(stands(shell), after)
    assert not shell.window.redo_layout()


def test_a_whole_row_of_changes_is_undone_one_by_one_without_a_pause(shell: Shell) -> None:
    seen = []
    for change in CHANGES.values():
        seen.append(stands(shell))
        change(shell)
    for wanted in reversed(seen):
        assert shell.window.undo_layout()
        assert same(stands(shell), wanted)
    assert not shell.window.undo_layout()


def test_docking_back_and_reset_are_undone(shell: Shell) -> None:
    shell.window.float_panel("ladder")
    shell.frames(20)
    floating = stands(shell)
    shell.window.dock_panel("ladder")
    assert shell.window.undo_layout()  # offscreen, QtAds hides floats once the main window is activated again
    assert same(stands(shell), floating)
    shell.window.reset_layout()
    assert not shell.window.is_floating("ladder")
    assert shell.window.undo_layout()
    assert same(stands(shell), floating)


def test_what_the_hand_did_to_a_splitter_is_one_step(shell: Shell) -> None:
    before = stands(shell)
    splitter = shell.window.bench.docks.manager.rootSplitter()
    sizes = splitter.sizes()
    for moved in (60, 120, 180):
        splitter.setSizes([sizes[0] - moved, sizes[1] + moved, *sizes[2:]])
        shell.frames(1)
    shell.frames(10)
    assert not same(stands(shell), before)
    assert shell.window.undo_layout()
    assert same(stands(shell), before)


def test_a_float_that_was_moved_goes_back(shell: Shell) -> None:
    shell.window.float_panel("chart.4")
    shell.frames(20)
    container, _ = next(shell.window.bench.docks.floating_windows())
    container.setGeometry(60, 70, 500, 400)
    shell.frames(20)
    moved = stands(shell)
    shell.window.close_panel("chart.4")
    assert stands(shell)[1] == []
    assert shell.window.undo_layout()
    shell.frames(20)
    assert same(stands(shell), moved)


def test_with_nothing_changed_there_is_nothing_to_undo(shell: Shell) -> None:
    tree = shell.window.bench.docks.tree()
    assert not shell.window.undo_layout()
    assert isinstance(tree, Split)
    assert shell.window.bench.docks.tree() == tree
