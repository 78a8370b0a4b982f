"""The settings of a pane on their own: copied as text, given to another pane of its kind, put back to the first.

Symbol and link group are not settings but places in the market: they stay where they are.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from cockpit.errors import ConfigError
from cockpit.state.commands import Command, SelectInterval, ToggleLayer
from cockpit.state.panes import LAYERS, blank_panes
from cockpit.state.screen import CHART_PANES
from cockpit.state.views import Pane
from cockpit.widgets.pane_settings import SETTINGS
from cockpit.widgets.panel import ViewChoice

MARK: Final = "cockpit pane settings"
VERSION: Final = 1
# what a kind is called, where that is another word
KINDS: Final = {
    "vix": "VIX gauge",
    "health": "data health",
    "impact": "market impact",
    "strips": "feature strips",
    "depth_curve": "depth curve",
    "depth_surface": "depth surface",
    "detectors": "detectors panel",
    "fates": "liquidity fate",
}


@dataclass(frozen=True, slots=True)
class Clip:
    """Settings without a pane.

    Attributes:
        kind: ``chart``, ``ladder``, ``vix`` or ``health``; only panes of that kind can take them.
        interval: Empty where the kind has none.
        layers: What is drawn besides the bars.
        settings: Values of the layers' settings by name.
        view: Values of the body's choices by name.
    """

    kind: str
    interval: str = ""
    layers: frozenset[str] = frozenset()
    settings: dict[str, str] = field(default_factory=dict)
    view: dict[str, str] = field(default_factory=dict)


def kind_of(pane: str) -> str:
    """``chart`` for ``chart.3``."""
    return pane.partition(".")[0]


def kind_words(kind: str) -> str:
    """A kind of pane for people: ``VIX gauge``."""
    return KINDS.get(kind, kind)


def clip_of(pane: Pane, choices: Iterable[ViewChoice]) -> Clip:
    """The settings of a pane."""
    view = {choice.name: choice.value for choice in choices}
    if pane.id not in CHART_PANES:
        return Clip(kind_of(pane.id), view=view)
    settings = {setting.name: setting.of(pane) for setting in SETTINGS}
    return Clip("chart", pane.interval, frozenset(pane.layers), settings, view)


def first_clip(pane: Pane, choices: Iterable[ViewChoice]) -> Clip:
    """The settings a pane begins with; its interval stays."""
    blank = blank_panes().get(pane.id, Pane(pane.id))
    first = clip_of(blank, ())
    view = {choice.name: choice.options[0].value for choice in choices}
    interval = pane.interval if pane.id in CHART_PANES else ""
    return Clip(first.kind, interval, first.layers, first.settings, view)


def commands_to(pane: Pane, clip: Clip) -> list[Command]:
    """What has to be said so that a pane has these settings; nothing for what it has already.

    Raises:
        ConfigError: The settings are of another kind of pane.
    """
    if clip.kind != kind_of(pane.id):
        own = kind_of(pane.id)
        raise ConfigError(f"these are settings of a {kind_words(clip.kind)}, not of a {kind_words(own)}")
    if pane.id not in CHART_PANES:
        return []
    said: list[Command] = []
    if clip.interval and clip.interval != pane.interval:
        said.append(SelectInterval(clip.interval, pane.id))
    said += [ToggleLayer(layer, pane.id) for layer in sorted(clip.layers ^ set(pane.layers))]
    for setting in SETTINGS:
        wanted = clip.settings.get(setting.name, setting.of(pane))
        if wanted != setting.of(pane):
            said.append(setting.to(pane.id, wanted))
    return said


def to_text(clip: Clip) -> str:
    """The settings as text for the clipboard."""
    whole = {
        MARK: VERSION,
        "kind": clip.kind,
        "interval": clip.interval,
        "layers": sorted(clip.layers),
        "settings": clip.settings,
        "view": clip.view,
    }
    return json.dumps(whole, indent=1, sort_keys=True)


def from_text(text: str) -> Clip:
    """Settings from the clipboard.

    Raises:
        ConfigError: The text is none of ours, or names something that does not exist; the message says what.
    """
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get(MARK) != VERSION:
        raise ConfigError("the clipboard holds no settings of a pane")
    layers = found.get("layers", [])
    if not isinstance(layers, list) or not all(isinstance(layer, str) for layer in layers):
        raise ConfigError("layers must be a list of names")
    unknown = sorted(set(layers) - set(LAYERS))
    if unknown:
        raise ConfigError(f"no layer {unknown[0]!r}; there are {', '.join(LAYERS)}")
    settings = _texts(found, "settings")
    known = {setting.name: [option.value for option in setting.options] for setting in SETTINGS}
    for name, value in settings.items():
        if value not in known.get(name, ()):
            raise ConfigError(f"{name} {value!r} is none of {', '.join(known.get(name, ['no setting at all']))}")
    kind, interval = str(found.get("kind", "")), str(found.get("interval", ""))
    return Clip(kind, interval, frozenset(layers), settings, _texts(found, "view"))


def _texts(found: dict[str, Any], name: str) -> dict[str, str]:
    table = found.get(name, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ConfigError(f"{name} must be a table of words")
    return {str(key): value for key, value in table.items()}
