"""Every kind of panel, in one tuple: docks, menus and layouts follow from it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Final

from cockpit.widgets.panel import PanelSpec

_NAMES: Final = (("chart", "CHARTS"), ("ladder", "LADDER"), ("health", "HEALTH"))


def _written() -> tuple[PanelSpec, ...]:
    """The panels that exist so far; a list where a kind has several."""
    found: list[PanelSpec] = []
    for module, name in _NAMES:
        if find_spec(f"cockpit.widgets.panels.{module}") is not None:
            value = getattr(import_module(f"cockpit.widgets.panels.{module}"), name)
            found += [value] if isinstance(value, PanelSpec) else list(value)
    return tuple(found)


PANELS: Final = _written()
