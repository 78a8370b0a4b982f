"""What a panel is to the rest of the screen: its spec, what it is given, what it must do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from cockpit.state.commands import CommandSink
from cockpit.state.published import Published
from cockpit.state.screen import Screen
from cockpit.widgets.motion import Motion
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.theme import Theme
from cockpit.widgets.tips import Tips


@dataclass(frozen=True, slots=True, eq=False)
class PanelContext:
    """What every panel is built with.

    Attributes:
        pane: The pane's id, ``chart.1``, ``ladder``, ``health``; saved layouts hold it.
        theme: Colours, fonts, spacings.
        screen: The topics.
        commands: Where user intent goes.
        opengl: Whether panes draw with OpenGL; False is raster.
        tips: Shows tooltips; None leaves them to Qt, which cannot pin them.
        motion: Lets needles follow; None: they cut.
    """

    pane: str
    theme: Theme
    screen: Screen
    commands: CommandSink
    opengl: bool = False
    tips: Tips | None = None
    motion: Motion | None = None


class PanelBody(Protocol):
    """A panel's content below its header: a QWidget with ``draw``."""

    def draw(self, state: Any) -> None:
        """Show the state. Idempotent; no history, no market arithmetic, no signal, no clock."""
        ...


@dataclass(frozen=True, slots=True)
class ViewChoice:
    """One thing about how a body shows its state that the user chooses and no engine knows of.

    Attributes:
        name: To choose by, and in copied settings.
        title: For people.
        value: What is chosen.
        options: What can be chosen; the first one is where a body begins.
    """

    name: str
    title: str
    value: str
    options: tuple[Option, ...]


@runtime_checkable
class HasChoices(Protocol):
    """A body with such choices."""

    def choices(self) -> tuple[ViewChoice, ...]:
        """All of them, as they are now."""
        ...

    def choose(self, name: str, value: str) -> None:
        """Show it another way; KeyError for a name or value that does not exist."""
        ...


ChoiceTable = Mapping[str, tuple[str, tuple[Option, ...]]]  # name -> title and values, the first where it begins


class ChosenFromTable:
    """``HasChoices`` of a body whose choices all stand in a table and are looked up where they matter."""

    choice_table: ChoiceTable
    _chosen: dict[str, str]

    def begin_choices(self) -> None:
        """Choose the first value of everything."""
        self._chosen = {name: options[0].value for name, (_, options) in self.choice_table.items()}

    def chosen_anew(self) -> None:
        """Show it as it is chosen now."""
        raise NotImplementedError

    def choices(self) -> tuple[ViewChoice, ...]:
        """All of them, as they are now."""
        table = self.choice_table.items()
        return tuple(ViewChoice(name, title, self._chosen[name], options) for name, (title, options) in table)

    def choose(self, name: str, value: str) -> None:
        """Show it another way; see ``HasChoices``."""
        if value not in [option.value for option in self.choice_table[name][1]]:
            raise KeyError(f"{name} {value}")
        self._chosen[name] = value
        self.chosen_anew()

    def view_state(self) -> dict[str, Any]:
        """What was chosen, as JSON can hold it."""
        return dict(self._chosen)

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Show what ``view_state`` told; what cannot be used is left at its default."""
        for name, (_, options) in self.choice_table.items():
            if kept.get(name) in [option.value for option in options]:
                self.choose(name, kept[name])


@dataclass(frozen=True, slots=True, eq=False)
class PanelSpec:
    """One kind of panel; ``widgets/catalog.py`` lists them all.

    Attributes:
        id: The pane's id; saved layouts hold it: never rename.
        title: For tabs and menus.
        topic: The state it draws; its value has a ``head`` when the header shall show one.
        build: Makes the body, a QWidget that is a ``PanelBody``.
        refresh_hz: At most so many draws a second.
        minimum: Least width and height of the body, device-independent pixels.
        below: The panel under which it opens first, when no arrangement has a place for it; empty: at the right.
    """

    id: str
    title: str
    topic: Callable[[Screen], Published[Any]]
    build: Callable[[PanelContext], QWidget]
    refresh_hz: float = 60.0
    minimum: tuple[int, int] = (180, 90)
    below: str = ""
