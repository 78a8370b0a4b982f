"""The main menu: every action of the one table, by heading, with the key it has now; and what is open."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from PySide6.QtWidgets import QMenu, QWidget

from cockpit.widgets.action_spec import ActionSpec, cap
from cockpit.widgets.desk import Hands
from cockpit.widgets.key_menu import KeyMenu
from cockpit.widgets.palette import Entry

LISTED: Final = ("Panel", "Workspace", "Symbol", "Recording")  # kinds of palette entries that have a submenu
MOST: Final = 24  # entries of one such submenu; the palette finds the rest


def main_menu(
    window: QWidget,
    hands: Hands,
    actions: Iterable[ActionSpec],
    entries: Sequence[Entry],
    start: Callable[[str], None],
) -> KeyMenu:
    """The menu of everything; deletes itself when it closes.

    Args:
        actions: The table with the keys that act now.
        entries: What the palette offers; panels, workspaces, symbols and recordings are listed.
        start: Starts an action by its id.
    """
    menu = KeyMenu(window)
    menu.setAccessibleName("Main menu")
    menu.aboutToHide.connect(menu.deleteLater)
    headings: dict[str, KeyMenu] = {}
    families: dict[str, KeyMenu] = {}
    for spec in actions:
        if spec.id in ("menu", "step_out"):
            continue
        if spec.group not in headings:
            headings[spec.group] = menu.addMenu(f"&{spec.group}")
        parent = headings[spec.group]
        if spec.family and not spec.keeps_key:
            if spec.family not in families:
                families[spec.family] = parent.addMenu(spec.family)
            parent = families[spec.family]
        _add_action(parent, hands, spec, start)
    _add_entries(menu, entries)
    return menu


def _add_action(parent: QMenu, hands: Hands, spec: ActionSpec, start: Callable[[str], None]) -> None:
    key = cap(spec.keys[0]) if spec.keys and not spec.keeps_key else ""
    action = parent.addAction(f"{_plain(spec.text)}\t{key}" if key else _plain(spec.text))
    action.setEnabled(spec.when.met(hands))
    action.triggered.connect(lambda: start(spec.id))


def _add_entries(menu: QMenu, entries: Sequence[Entry]) -> None:
    kinds = [kind for kind in LISTED if any(entry.kind == kind for entry in entries)]
    if kinds:
        menu.addSeparator()
    for kind in kinds:
        listed = menu.addMenu(f"&{kind}s")
        for entry in [entry for entry in entries if entry.kind == kind][:MOST]:
            action = listed.addAction(_plain(entry.text))
            action.setEnabled(entry.usable)
            action.triggered.connect(lambda _, one=entry: one.run())


def _plain(text: str) -> str:
    """Text whose ampersands are letters, not mnemonics."""
    return text.replace("&", "&&")
