"""What an action is, what it can need, and how a key is printed; the table itself is in ``actions``.

A key is written as Qt's portable text (``Ctrl+Shift+Right``, ``Space``, ``>``); two strokes stand apart by a
space (``Ctrl+G 1``, ``; F``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cockpit.errors import ConfigError
from cockpit.state.commands import Command
from cockpit.state.screen import CHART_PANES
from cockpit.widgets.desk import ChartKeys, Hands, Recentres

Run = Callable[[Hands], None]


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """What must be so for an action to make sense now.

    Attributes:
        text: What the user would have to do first; empty for no need.
        met: Whether it is so.
    """

    text: str
    met: Callable[[Hands], bool]


@dataclass(frozen=True, slots=True, eq=False)
class ActionSpec:
    """One thing the user can do.

    Attributes:
        id: Stable name; rebinding and the palette's memory hold it.
        text: What it does, in the imperative.
        keys: Its keys, the one that is printed first; none for what only menu and palette reach as shipped.
        group: Heading on the F1 page and in the menu, kind in the palette.
        run: Does it.
        when: What it needs.
        family: Text of the common line on the F1 page for actions that differ by a digit only.
        repeats: Whether holding the key repeats it; after a first stroke it may be pressed again and again.
        keeps_key: Whether the key that started it is also typed into the surface that opened.
        fixed: Why its keys cannot be changed; empty for all others.
    """

    id: str
    text: str
    keys: tuple[str, ...]
    group: str
    run: Run
    when: Need
    family: str = ""
    repeats: bool = False
    keeps_key: bool = False
    fixed: str = ""

    def start(self, hands: Hands) -> bool:
        """Do it if it makes sense now; False when it does not."""
        if not self.when.met(hands):
            return False
        self.run(hands)
        return True


def body(hands: Hands) -> object:
    """The content of the focused pane; None when there is none."""
    return hands.desk.panel(hands.desk.focused_pane())


ALWAYS: Final = Need("", lambda hands: True)
OPEN: Final = Need("open a recording first", lambda hands: hands.screen.replay.value.is_open)
SPAN: Final = Need("the recording is still being read", lambda hands: hands.screen.replay.value.last_ns is not None)
CHART: Final = Need("focus a chart first", lambda hands: isinstance(body(hands), ChartKeys))
CHART_PANE: Final = Need("focus a chart first", lambda hands: hands.desk.focused_pane() in CHART_PANES)
MARKET: Final = Need("focus a chart or the ladder first", lambda hands: isinstance(body(hands), Recentres))
PANE: Final = Need("focus a pane first", lambda hands: bool(hands.desk.focused_pane()))
FAULT: Final = Need("none has stopped", lambda hands: bool(hands.screen.health.value.faults))


def sending(command: Command) -> Run:
    """Does it by a command that is always the same."""
    return lambda hands: hands.commands.send(command)


def on_chart(act: Callable[[ChartKeys], None]) -> Run:
    """Does it with the focused chart."""

    def run(hands: Hands) -> None:
        chart = body(hands)
        if isinstance(chart, ChartKeys):
            act(chart)

    return run


def holders(actions: Iterable[ActionSpec]) -> dict[str, ActionSpec]:
    """Who holds each key, chords as ``Ctrl+G 1``.

    Raises:
        ConfigError: Two actions want one key, or the first stroke of somebody's two; the message names the holder.
    """
    held: dict[str, ActionSpec] = {}
    for spec in actions:
        for key in spec.keys:
            if key in held:
                raise ConfigError(f"{key} is taken by {held[key].id!r}; {spec.id!r} needs another key")
            held[key] = spec
    for key, spec in held.items():
        first, _, second = key.partition(" ")
        if second and first in held:
            raise ConfigError(f"{first} is taken by {held[first].id!r}; {spec.id!r} starts with it")
    return held


_CAPS: Final = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


def cap(key: str) -> str:
    """A key as it is printed on a key cap: ``Ctrl+→``, ``; f``."""
    first, _, second = key.partition(" ")
    if second:
        return f"{cap(first)} {second.lower() if len(second) == 1 else cap(second)}"
    before, plus, last = key.rpartition("+")
    return key if key == "+" else f"{before}{plus}{_CAPS.get(last, last)}"
