"""The layers in a chart's menu: what is on is ticked, what cannot be had says why, a click sends the command."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from cockpit.state.commands import Command, SetOverlay, ToggleLayer
from cockpit.state.views import Pane
from cockpit.widgets.layer_menu import add_layers
from cockpit.widgets.pane_settings import BUCKET, SETTINGS
from cockpit.widgets.panel_menu import panel_menu
from tests.widgets.shell import Shell


@pytest.fixture
def made(qtbot: Any) -> Iterator[tuple[QMenu, list[Command]]]:
    """The menu of a chart with its cone on, by the exact method, 0DTE only."""
    over = QWidget()
    qtbot.addWidget(over)
    sent: list[Command] = []
    menu = QMenu(over)
    add_layers(menu, Pane("chart.2", layers=("cone",), bucket="0dte", method="exact"), sent.append)
    yield menu, sent
    over.close()


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text().partition("\t")[0]: action for action in menu.actions() if action.text()}


def options(menu: QMenu, title: str) -> dict[str, QAction]:
    chosen = next(action for text, action in entries(menu).items() if text.startswith(title))
    inner = chosen.menu()
    assert isinstance(inner, QMenu)
    return entries(inner)


def test_layers_are_ticked_as_they_are_and_print_their_keys(made: tuple[QMenu, list[Command]]) -> None:
    menu, sent = made
    found = entries(menu)
    assert (found["Gamma exposure"].isChecked(), found["Cone"].isChecked()) == (False, True)
    assert [action.text().partition("\t")[2] for action in menu.actions()[:2]] == ["F3", "F6"]
    found["Gamma exposure"].trigger()
    assert sent == [ToggleLayer("gex", "chart.2")]


def test_each_setting_ticks_its_value_and_sends_another(made: tuple[QMenu, list[Command]]) -> None:
    menu, sent = made
    buckets = options(menu, "Gamma expiries (; g)")
    assert [text for text, action in buckets.items() if action.isChecked()] == ["0DTE only"]
    assert list(buckets) == ["all expiries", "0DTE only", "1-5 days", "6-30 days", "over 30 days"]
    buckets["over 30 days"].trigger()
    methods = options(menu, "Cone method (; c)")
    assert [text for text, action in methods.items() if action.isChecked()] == ["VIX/√252, log-normal"]
    methods["VIX/16, log-normal"].trigger()
    options(menu, "Gamma sign model (; n)")["dealers short all"].trigger()
    assert sent == [
        SetOverlay("chart.2", bucket=">30"),
        SetOverlay("chart.2", method="rule_of_16"),
        SetOverlay("chart.2", sign="short_all"),
    ]


def test_the_flow_model_is_listed_and_says_what_it_needs(made: tuple[QMenu, list[Command]]) -> None:
    menu, sent = made
    flow = options(menu, "Gamma sign model")["by signed prints: needs signed option prints"]
    assert not flow.isEnabled()
    flow.trigger()
    assert sent == []


def test_the_menu_of_a_chart_has_its_layers_and_that_of_the_ladder_has_none(qtbot: Any) -> None:
    shell = Shell(qtbot).open()
    for pane, wanted in (("chart.1", True), ("ladder", False)):
        frame = shell.window.frame(pane)
        assert frame is not None
        menu = panel_menu(shell.window, pane, frame.header)
        assert ("Gamma exposure" in entries(menu)) is wanted
        if wanted:
            entries(menu)["Gamma exposure"].trigger()
            assert shell.sent.commands[-1] == ToggleLayer("gex", "chart.1")
        menu.deleteLater()


def test_a_setting_changes_its_own_field_only() -> None:
    pane = Pane("chart.1", sign="short_all", bucket="6-30", method="exact")
    assert [setting.of(pane) for setting in SETTINGS] == ["short_all", "6-30", "exact", "2", "visible"]
    assert BUCKET.to("chart.1", "all") == SetOverlay("chart.1", bucket="all")
