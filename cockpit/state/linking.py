"""What panes of a link group share: each sends and receives symbol, interval, crosshair and time by choice.

A group number alone says who belongs together; a pane acts on another only where the one sends and the other
receives. Intervals and times are shared by choice only: charts of one market at several intervals are the rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from cockpit.errors import ConfigError
from cockpit.state.screen import BOOK_PANES, CHART_PANES
from cockpit.state.views import SHARED_AT_FIRST, Pane

SYMBOL: Final = "symbol"
INTERVAL: Final = "interval"
CROSSHAIR: Final = "crosshair"
TIME: Final = "time"
SHARED: Final = (SYMBOL, INTERVAL, CROSSHAIR, TIME)
SENDS: Final = "sends"
RECEIVES: Final = "receives"
WAYS: Final = (SENDS, RECEIVES)


def shared_by(pane: str) -> tuple[str, ...]:
    """What a pane can share at all: ladder and heatmap a symbol alone, gauge and health show no market."""
    if pane in CHART_PANES:
        return SHARED
    return (SYMBOL,) if pane in BOOK_PANES else ()


def toggled_share(pane: Pane, what: str, way: str) -> Pane:
    """The pane that sends or receives something it did not, or the other way round.

    Raises:
        ConfigError: It has no such thing to share, or ``way`` is neither ``sends`` nor ``receives``.
    """
    if way not in WAYS:
        raise ConfigError(f"pane {pane.id}: {way!r} is none of {', '.join(WAYS)}")
    if what not in shared_by(pane.id):
        has = ", ".join(shared_by(pane.id)) or "nothing to share"
        raise ConfigError(f"pane {pane.id} cannot share {what!r}; it has {has}")
    now = getattr(pane, way)
    return replace(pane, **{way: tuple(each for each in SHARED if (each in now) != (each == what))})


def receivers(panes: Mapping[str, Pane], sender: str, what: str) -> Iterator[str]:
    """Panes of the sender's group that follow it in this; none when it is unlinked or keeps it to itself."""
    source = panes[sender]
    if not source.link or what not in source.sends:
        return
    for name, each in panes.items():
        if name != sender and each.link == source.link and what in each.receives and what in shared_by(name):
            yield name


def shares_to_json(pane: Pane) -> dict[str, list[str]]:
    """As a workspace file keeps it."""
    return {way: list(getattr(pane, way)) for way in WAYS}


def with_shares(pane: Pane, entry: Mapping[str, Any]) -> Pane:
    """The pane with what a workspace file says it shares; files of older versions say nothing.

    Raises:
        ConfigError: A list that is none, or holds something that cannot be shared.
    """
    for way in WAYS:
        listed: object = entry.get(way, list(SHARED_AT_FIRST))
        if not isinstance(listed, list):
            raise ConfigError(f"pane {pane.id}: {way} must be a list, not {type(listed).__name__}")
        for what in listed:
            if what not in SHARED:
                raise ConfigError(f"pane {pane.id}: {way} {what!r} is none of {', '.join(SHARED)}")
        pane = replace(pane, **{way: tuple(each for each in SHARED if each in listed)})
    return pane
