"""The main menu and the menus of headers: everything of the table, with the keys it has, by keys alone."""

from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu

from cockpit.state import commands as c
from cockpit.widgets.actions import ACTIONS, cap
from cockpit.widgets.key_menu import KeyMenu
from tests.widgets.keyboard import Keyboard, press


@pytest.fixture
def keyboard(qtbot: Any) -> Keyboard:
    made = Keyboard(qtbot, recent=("/data/monday.dbn.zst",))
    made.open_market()
    return made


def opened(keyboard: Keyboard) -> KeyMenu:
    keyboard.press("Ctrl+Shift+M")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, KeyMenu)
    return menu


def leaves(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        inner = action.menu()
        found += leaves(inner) if isinstance(inner, QMenu) else [] if action.isSeparator() else [action]
    return found


def test_every_action_is_in_the_menu_with_its_key(keyboard: Keyboard) -> None:
    menu = opened(keyboard)
    shown = {action.text() for action in leaves(menu)}
    for spec in ACTIONS:
        if spec.id in ("menu", "step_out"):
            continue
        key = f"\t{cap(spec.keys[0])}" if spec.keys and not spec.keeps_key else ""
        assert f"{spec.text.replace('&', '&&')}{key}" in shown, spec.id
    assert {"monday.dbn.zst", "Close Ladder"} <= shown
    menu.close()


def test_headings_are_those_of_the_table_in_its_order(keyboard: Keyboard) -> None:
    menu = opened(keyboard)
    titles = [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]
    assert titles == [*dict.fromkeys(spec.group for spec in ACTIONS), "Panels", "Symbols", "Recordings"]
    menu.close()


def test_arrows_and_enter_do_an_action_and_nothing_is_searched(keyboard: Keyboard) -> None:
    opened(keyboard)
    press_in_menu("Down")
    press_in_menu("Right")
    replay = QApplication.activePopupWidget()
    assert isinstance(replay, QMenu)
    assert replay.title() == "&Replay"
    while not replay.activeAction().text().startswith("Slower"):
        press_in_menu("Down")
    press_in_menu("Return")
    assert keyboard.sent.commands == [c.StepSpeed(-1)]
    assert keyboard.keymap.surface is None


def test_a_letter_finds_a_heading(keyboard: Keyboard) -> None:
    menu = opened(keyboard)
    press_in_menu("R")
    assert keyboard.keymap.surface is None
    inner = QApplication.activePopupWidget()
    assert isinstance(inner, QMenu)
    assert inner.title() == "&Replay" or menu.activeAction().text() == "&Recordings"
    menu.close()


def test_what_makes_no_sense_now_is_grey(qtbot: Any) -> None:
    keyboard = Keyboard(qtbot)
    menu = opened(keyboard)
    usable = {action.text().split("\t")[0]: action.isEnabled() for action in leaves(menu)}
    assert not usable["Play or pause"]
    assert usable["Every key"]
    menu.close()


def press_in_menu(key: str) -> None:
    """A key at the menu that is open, as the popup's grab would bring it."""
    popup = QApplication.activePopupWidget()
    assert popup is not None
    press(key, popup)
