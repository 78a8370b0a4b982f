"""The part of a chart's menu that is about its layers: what is drawn, and what it rests on."""

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from cockpit.state.commands import Command, ToggleLayer
from cockpit.state.views import Pane
from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.pane_settings import SETTINGS, Option, Setting

LAYERS: Final = (
    ("gex", "Gamma exposure", "layer.gex"),
    ("cone", "Cone", "layer.cone"),
    ("vwap", "VWAP", "layer.vwap"),
    ("cvd", "Cumulative delta", "layer.cvd"),
    ("profile", "Volume profile", "layer.profile"),
)


def add_layers(menu: QMenu, pane: Pane, send: Callable[[Command], object]) -> None:
    """Add a chart's layers and their settings, what is on now ticked.

    Args:
        send: Takes the commands.
    """
    for layer, text, action_id in LAYERS:
        action = menu.addAction(f"{text}\t{cap(by_id(action_id).keys[0])}")
        action.setCheckable(True)
        action.setChecked(layer in pane.layers)
        action.triggered.connect(lambda _, one=layer: send(ToggleLayer(one, pane.id)))
    for setting in SETTINGS:
        _add_setting(menu, setting, pane, send)


def _add_setting(menu: QMenu, setting: Setting, pane: Pane, send: Callable[[Command], object]) -> None:
    chosen = setting.of(pane)
    options = menu.addMenu(f"{setting.title} ({cap(by_id(setting.action).keys[0])})")
    group = QActionGroup(options)
    for option in setting.options:
        action = options.addAction(_words(option))
        action.setCheckable(True)
        action.setChecked(option.value == chosen)
        action.setEnabled(not option.lacks)
        action.setActionGroup(group)
        action.triggered.connect(lambda _, one=option.value: send(setting.to(pane.id, one)))


def _words(option: Option) -> str:
    return f"{option.text}: {option.lacks}" if option.lacks else option.text
