"""Which symbols a few letters find, and in which order."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from cockpit.state.views import WorkspaceState
from cockpit.widgets.symbol_search import SymbolSearch, found
from tests.widgets.keyboard import choices, theme


@pytest.mark.parametrize(
    ("typed", "raws"),
    [
        ("", ["ESH4", "MESH4", "ZNH4"]),
        ("es", ["ESH4", "MESH4"]),
        ("note", ["ZNH4"]),
        ("e-mini", ["ESH4", "MESH4"]),
        ("zn", ["ZNH4"]),
        ("glbx", ["ESH4", "ZNH4", "MESH4"]),
        ("qq", []),
    ],
)
def test_letters_find_symbols_and_names(typed: str, raws: list[str]) -> None:
    assert [row.raw for row in found(typed, choices())] == raws


def test_a_symbol_without_a_venue_or_name_is_found_too() -> None:
    bare = replace(choices()[0], symbol="ESH4", name="")
    assert [row.raw for row in found("esh", [bare])] == ["ESH4"]


@pytest.mark.parametrize(
    ("group", "text"), [(0, "Enter: this pane"), (3, "Enter: group 3    Shift+Enter: this pane only")]
)
def test_it_says_what_enter_will_do(qtbot: Any, group: int, text: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    search = SymbolSearch(window, theme(), "chart.1", group, WorkspaceState(), print)
    assert search.help_text() == text
    assert search.empty_text() == "Nothing is open. Esc, then Ctrl+O opens a recording."
