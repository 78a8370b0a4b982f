"""Changing keys by keys: pick an action, press its new key; conflicts are refused by the holder's name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from cockpit.state import commands as c
from cockpit.widgets.actions import ACTIONS, by_id, put_in_force, words
from cockpit.widgets.bindings import KeyStore
from cockpit.widgets.key_editor import KeyEditor
from cockpit.widgets.key_help import KeyHelp
from cockpit.widgets.replay_bar import ReplayBar
from tests.widgets.keyboard import Keyboard, theme


@pytest.fixture
def keyboard(qtbot: Any, tmp_path: Path) -> Iterator[Keyboard]:
    made = Keyboard(qtbot, store=KeyStore(tmp_path / "keys.json"))
    made.open_market()
    yield made
    put_in_force(ACTIONS)


def editor(keyboard: Keyboard) -> KeyEditor:
    surface = keyboard.keymap.surface
    assert isinstance(surface, KeyEditor), surface
    return surface


def test_a_new_key_acts_at_once_the_old_one_no_longer_and_both_are_printed(keyboard: Keyboard) -> None:
    bar = ReplayBar(theme(), keyboard.sent, keyboard.keymap.start)
    keyboard.keymap.rebound.connect(bar.print_keys)
    keyboard.press("Shift+F1")
    keyboard.type("faster")
    keyboard.press("Return")
    assert editor(keyboard).awaits_key
    keyboard.press("F5")
    assert editor(keyboard).note == "Faster: F5"
    keyboard.press("Esc", "F5")
    assert keyboard.sent.commands == [c.StepSpeed(1)]
    keyboard.press("]")
    assert keyboard.sent.commands == [c.StepSpeed(1)]
    assert words("faster") == "Faster  F5"
    assert bar.speed.toolTip() == "Speed  [ slower, F5 faster"
    entry = next(entry for entry in keyboard.keymap.entries() if entry.id == "faster")
    assert entry.key == "F5"
    keyboard.press("F1")
    page = keyboard.keymap.surface
    assert isinstance(page, KeyHelp)
    assert ("F5",) in [line.caps for column in page.columns for line in column if not isinstance(line, str)]


def test_the_new_key_comes_back_at_the_next_start(keyboard: Keyboard, qtbot: Any, tmp_path: Path) -> None:
    keyboard.press("Shift+F1")
    keyboard.type("faster")
    keyboard.press("Return", "F5")
    keyboard.end()
    again = Keyboard(qtbot, store=KeyStore(tmp_path / "keys.json"))
    again.open_market()
    again.press("F5", "]")
    assert again.sent.commands == [c.StepSpeed(1)]


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        ("F3", "F3 belongs to “Gamma exposure on the chart”; press another, or Esc"),
        ("Q", "Q belongs to “Search a symbol”; press another, or Esc"),
        ("Tab", "Tab belongs to “Next pane”; press another, or Esc"),
        ("Ctrl+K", "Ctrl+K belongs to “Search actions, symbols, recordings”; press another, or Esc"),
        ("; F", "; F belongs to “Float the pane”; press another, or Esc"),
        ("Ctrl+G 4", "Ctrl+G 4 belongs to “Link group 4”; press another, or Esc"),
    ],
)
def test_a_held_key_is_refused_by_its_holders_name_and_another_may_be_pressed(
    keyboard: Keyboard, key: str, refusal: str
) -> None:
    keyboard.press("Shift+F1")
    keyboard.type("faster")
    keyboard.press("Return", key)
    assert editor(keyboard).note == refusal
    assert editor(keyboard).awaits_key
    assert by_id("faster").keys == ("]",)
    keyboard.press("F5")
    assert by_id("faster").keys == ("F5",)


def test_two_strokes_and_a_second_key(keyboard: Keyboard) -> None:
    keyboard.press("Shift+F1")
    keyboard.type("faster")
    keyboard.press("Shift+Return", "; 9")
    assert by_id("faster").keys == ("]", "; 9")
    keyboard.press("Esc", "; 9", "Esc", "]")
    assert keyboard.sent.commands == [c.StepSpeed(1), c.StepSpeed(1)]


def test_esc_leaves_the_key_as_it_was_and_then_the_page(keyboard: Keyboard) -> None:
    keyboard.press("Shift+F1")
    keyboard.type("faster")
    keyboard.press("Return", "Esc")
    assert editor(keyboard).note == "Faster keeps its key"
    keyboard.press("Esc")
    assert keyboard.keymap.surface is None
    assert by_id("faster").keys == ("]",)


def test_keys_that_are_the_keyboard_itself_are_fixed_and_say_why(keyboard: Keyboard) -> None:
    keyboard.press("Shift+F1")
    keyboard.type("one level out")
    keyboard.press("Return")
    assert not editor(keyboard).awaits_key
    assert editor(keyboard).note == "One level out: Esc leads out of everything, always"


def test_a_key_finds_its_action(keyboard: Keyboard) -> None:
    keyboard.press("Shift+F1")
    surface = editor(keyboard)
    surface.type("ctrl+k")
    assert surface.list.selected is not None
    assert surface.list.selected[0].id == "palette"


def test_tab_reaches_the_buttons_and_resets_one_or_all(keyboard: Keyboard, tmp_path: Path) -> None:
    for name, key in (("faster", "F5"), ("slower", "F4")):
        keyboard.press("Shift+F1")
        keyboard.type(name)
        keyboard.press("Return", key, "Esc")
    keyboard.press("Shift+F1")
    keyboard.type("faster")
    keyboard.press("Tab")
    button = QApplication.focusWidget()
    assert isinstance(button, QPushButton)
    assert button.text() == "Reset this"
    keyboard.press("Space")
    assert (by_id("faster").keys, by_id("slower").keys) == (("]",), ("F4",))
    keyboard.press("Tab", "Return")
    assert by_id("slower").keys == ("[",)
    assert '"keys": {}' in (tmp_path / "keys.json").read_text()
    keyboard.press("Tab", "Tab", "Tab")
    assert editor(keyboard).line.hasFocus()
    keyboard.press("Shift+Tab", "Esc")
    assert keyboard.keymap.surface is None


def test_a_reset_does_not_take_a_key_that_somebody_has_now(keyboard: Keyboard) -> None:
    for name, key in (("faster", "F5"), ("data health", "]")):
        keyboard.press("Shift+F1")
        keyboard.type(name)
        keyboard.press("Return", key, "Esc")
    keyboard.press("Shift+F1")
    keyboard.type("faster")
    keyboard.press("Tab", "Space")
    assert editor(keyboard).note == "] belongs to “Data health”; give that another key first"
    assert by_id("faster").keys == ("F5",)


def test_a_click_elsewhere_closes_the_page_and_a_button_does_not(keyboard: Keyboard) -> None:
    keyboard.press("Shift+F1")
    surface = editor(keyboard)
    surface.buttons[1].setFocus()
    assert keyboard.keymap.surface is surface
    keyboard.desk.bodies["chart.2"].setFocus()
    assert keyboard.keymap.surface is None


def test_a_damaged_file_of_keys_leaves_the_shipped_ones(qtbot: Any, tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "keys.json").write_text("{")
    keyboard = Keyboard(qtbot, store=KeyStore(tmp_path / "keys.json", told.append))
    keyboard.open_market()
    keyboard.press("]")
    assert keyboard.sent.commands == [c.StepSpeed(1)]
    assert len(told) == 1
