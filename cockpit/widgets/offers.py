"""What the palette offers: every action, every symbol that is open, every recording opened before."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from cockpit.state.commands import OpenSources, SelectInstrument
from cockpit.state.views import Choice
from cockpit.widgets.actions import ActionSpec, cap
from cockpit.widgets.desk import Hands
from cockpit.widgets.palette import Entry
from cockpit.widgets.used import symbol_entry


def offers(
    hands: Hands, actions: Iterable[ActionSpec], recent: Iterable[str], start: Callable[[str], None]
) -> list[Entry]:
    """All entries, in the order of the table.

    Args:
        recent: Paths of recordings opened before.
        start: Starts an action by its id.
    """
    return [
        *(_action(hands, spec, start) for spec in actions),
        *(entry for pane, title in hands.desk.panel_titles() for entry in _panel(hands, pane, title)),
        *(_symbol(hands, choice) for choice in hands.screen.workspace.value.choices),
        *(_recording(hands, path) for path in recent),
        *_workspaces(hands),
    ]


def _workspaces(hands: Hands) -> list[Entry]:
    desk = hands.desk.workspaces
    offered = [] if desk is None else desk.offers()
    return [Entry(each.id, each.kind, each.text, each.run, "", each.word) for each in offered]


def _action(hands: Hands, spec: ActionSpec, start: Callable[[str], None]) -> Entry:
    usable = spec.when.met(hands)
    key = "" if spec.keeps_key or not spec.keys else cap(spec.keys[0])  # letters and digits are no one key
    word = "" if usable else spec.when.text
    return Entry(spec.id, spec.group, spec.text, partial(start, spec.id), key, word, usable)


def _panel(hands: Hands, pane: str, title: str) -> list[Entry]:
    """What a mouse does with any panel's header, also with one that keys do not act on."""
    desk = hands.desk
    is_open, floats = desk.is_open(pane), desk.is_floating(pane)
    shown = partial(desk.close_panel if is_open else desk.dock_panel, pane)
    torn = partial(desk.dock_panel if floats else desk.float_panel, pane)
    entries = [Entry(f"panel:{pane}", "Panel", f"{'Close' if is_open else 'Show'} {title}", shown)]
    if is_open:
        entries += [
            Entry(f"float:{pane}", "Panel", f"{'Dock' if floats else 'Float'} {title}", torn),
            Entry(f"maximise:{pane}", "Panel", f"Maximise {title}, and back", partial(desk.maximise, pane)),
            Entry(f"menu:{pane}", "Panel", f"Menu of {title}", partial(desk.open_menu, pane)),
        ]
    return entries


def _symbol(hands: Hands, choice: Choice) -> Entry:
    def select() -> None:
        hands.commands.send(SelectInstrument(choice.symbol, hands.desk.focused_pane()))

    raw = choice.symbol.rpartition(".")[0] or choice.symbol
    return Entry(symbol_entry(choice.symbol), "Symbol", f"{raw}  {choice.name}".strip(), select, "", choice.venue)


def _recording(hands: Hands, path: str) -> Entry:
    place = Path(path)
    opens = partial(hands.commands.send, OpenSources((path,)))
    return Entry(f"recording:{path}", "Recording", place.name, opens, "", place.parent.name)
