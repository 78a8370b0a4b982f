"""What keys need from the rest of the screen: the window, the charts and the surfaces that open over them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from cockpit.state.commands import CommandSink
from cockpit.state.screen import Screen
from cockpit.widgets.frame_clock import FrameStatistics

if TYPE_CHECKING:
    from cockpit.widgets.workspace_desk import WorkspaceDesk  # for its type: keys know no docks


class Desk(Protocol):
    """The main window and its docks, as actions see them. Panes are named by their ids, ``chart.1``, ``ladder``."""

    def focused_pane(self) -> str:
        """The pane keys act on; empty when there is none."""
        ...

    def panes(self) -> tuple[str, ...]:
        """The panes that are open, in reading order; Tab walks them."""
        ...

    def focus_pane(self, pane: str) -> None:
        """Bring the pane to the front and give it the keys."""
        ...

    def panel(self, pane: str) -> QWidget | None:
        """The body of a pane, or None when it is not open."""
        ...

    def panel_titles(self) -> tuple[tuple[str, str], ...]:
        """Id and title of every kind of panel."""
        ...

    def is_open(self, pane: str) -> bool:
        """Whether a panel stands somewhere, docked or floating."""
        ...

    def is_floating(self, pane: str) -> bool:
        """Whether a panel is in a floating window."""
        ...

    def close_panel(self, pane: str) -> None:
        """Take a panel off the screen."""
        ...

    def open_menu(self, pane: str) -> None:
        """Open the menu of a panel's header."""
        ...

    def move_pane(self, pane: str, side: str) -> str:
        """Move the pane out of its tabs, or past its neighbour; why not, when it cannot.

        Args:
            side: ``left``, ``right``, ``up`` or ``down``.
        """
        ...

    def join_pane(self, pane: str, side: str) -> str:
        """Put the pane into the tabs of the neighbour on that side; why not, when there is none."""
        ...

    def resize_pane(self, pane: str, how: str) -> str:
        """Move the splitter beside the pane by a step: ``wider``, ``narrower``, ``taller``, ``shorter``.

        Returns:
            Why not, when it cannot; else empty.
        """
        ...

    def has_notices(self) -> bool:
        """Whether a notice is shown."""
        ...

    def announce(self, severity: str, title: str, text: str) -> None:
        """Show a notice of the program's own."""
        ...

    def clear_notices(self) -> None:
        """Take every notice away."""
        ...

    def minimise(self) -> None:
        """Minimise the active window."""
        ...

    def windows(self) -> tuple[QWidget, ...]:
        """The main window, then the floating ones."""
        ...

    def float_panel(self, pane: str) -> None:
        """Make the pane a window of its own."""
        ...

    def dock_panel(self, pane: str) -> None:
        """Bring a floating pane back."""
        ...

    def toggle_panel(self, pane: str) -> None:
        """Show the pane and focus it, or hide it when it is focused."""
        ...

    def apply_preset(self, name: str) -> None:
        """Arrange the panes: ``1``, ``1+2``, ``2x2``, ``1+3`` or ``3x2``."""
        ...

    def maximise(self, pane: str) -> None:
        """Fill the window with the pane, or give the others their place back."""
        ...

    def send_to_monitor(self, number: int) -> None:
        """Move the active window to monitor 1, 2, ..., counted from the left."""
        ...

    def toggle_on_top(self) -> None:
        """Keep the active window above the others, or no longer."""
        ...

    def save_layout(self) -> None:
        """Write the layout now."""
        ...

    def reset_layout(self) -> None:
        """Back to the layout of the first start."""
        ...

    def undo_layout(self) -> bool:
        """Back to what stood before the last change of the layout; False when nothing did."""
        ...

    def redo_layout(self) -> bool:
        """Forth to what was undone last; False when nothing was."""
        ...

    @property
    def workspaces(self) -> "WorkspaceDesk | None":
        """What one does with workspaces; None where there are none."""
        ...

    def step_out(self) -> None:
        """Leave the innermost thing that can be left: a maximised pane, a chart scrolled away."""
        ...


@runtime_checkable
class ChartKeys(Protocol):
    """A chart body: what the arrow keys do."""

    def pan(self, bars: int) -> None:
        """Move the view by bars; positive is later."""
        ...

    def zoom(self, steps: int) -> None:
        """Positive: fewer, wider bars."""
        ...

    def to_live(self) -> None:
        """Show the newest bar."""
        ...

    def to_oldest(self) -> None:
        """Show the first bar."""
        ...

    def recentre(self) -> None:
        """Fit the price axis to what is shown."""
        ...

    def toggle_ruler(self) -> None:
        """Lay a ruler on the chart; a second time hold it at its other end."""
        ...


@runtime_checkable
class ThinksOrders(Protocol):
    """The body of the impact calculator."""

    def ask_size(self) -> None:
        """Let the size be typed."""
        ...

    def other_side(self) -> None:
        """Buy instead of sell, or the other way round."""
        ...


@runtime_checkable
class ExplainsRows(Protocol):
    """A body whose rows have a formula."""

    def toggle_formula(self) -> None:
        """Open the formula of the selected row, or close it."""
        ...


@runtime_checkable
class RangeKeys(Protocol):
    """A depth curve: which prices are in view."""

    def next_range(self) -> None:
        """The next range of prices, the first one after the last."""
        ...


@runtime_checkable
class TurnKeys(Protocol):
    """A picture with depth: what dragging it does."""

    def turn_by(self, turn: float, tilt: float) -> None:
        """Turn it by steps: positive turns to the left, and tilts up."""
        ...

    def reset_turn(self) -> None:
        """As it is turned at first."""
        ...


@runtime_checkable
class Recentres(Protocol):
    """A body that can put the market back in its middle: charts and the ladder."""

    def recentre(self) -> None:
        """Do it now."""
        ...


@runtime_checkable
class CrossKeys(Protocol):
    """A chart whose crosshair keys can move."""

    @property
    def has_key_cross(self) -> bool:
        """Whether the arrows move the crosshair now."""
        ...

    def toggle_key_cross(self) -> None:
        """Put the crosshair under the keys, on the newest bar in view, or take it away."""
        ...

    def move_key_cross(self, bars: int, rows: int) -> None:
        """Move it by bars, and by steps of price; positive is later and up."""
        ...


@runtime_checkable
class PriceKeys(Protocol):
    """A chart: what the wheel and drags do to its axes."""

    def pan_prices(self, share: float) -> None:
        """Move the price range by a share of itself; positive shows higher prices."""
        ...

    def zoom_prices(self, steps: int) -> None:
        """Positive: a smaller range."""
        ...

    def to_usual(self) -> None:
        """Bars of the usual width, the newest in view."""
        ...


@runtime_checkable
class RowKeys(Protocol):
    """A ladder: what the wheel does."""

    def scroll_rows(self, rows: int) -> None:
        """Show higher prices, or lower ones; it then stays until it is recentred."""
        ...

    def visible_rows(self) -> int:
        """Whole rows in view."""
        ...


@runtime_checkable
class HeatKeys(Protocol):
    """A heatmap: how sizes become colours."""

    def cut(self, by: int) -> None:
        """Raise or lower the limits of the colours by steps."""
        ...

    def next_contrast(self) -> None:
        """The next way sizes become colours."""
        ...

    def toggle_marks(self) -> None:
        """Show the marks of detectors, or hide them."""
        ...


class Later(Protocol):
    """Runs jobs after a delay; the ``FrameClock`` is one."""

    def later(self, key: str, delay_ms: float, job: Callable[[], None]) -> None:
        """Run the job once after the delay; the same key again replaces it."""
        ...

    def cancel(self, key: str) -> None:
        """Forget the job; nothing happens when there is none."""
        ...


class FrameTimes(Later, Protocol):
    """Knows what frames cost as well; the ``FrameClock``."""

    def statistics(self) -> FrameStatistics:
        """Cost and rate of the last seconds."""
        ...


class Scaler(Protocol):
    """The size of the interface; ``Scaling`` is one."""

    def step(self, by: int) -> str:
        """Want a step larger, smaller, or 100 % for 0; what is wanted now, in words."""
        ...

    def settle(self) -> str:
        """Show the wanted size; why not, in words, or nothing."""
        ...


class Surfaces(Protocol):
    """What opens over the active window. Opening one closes the one before."""

    def palette(self, kind: str = "") -> None:
        """The command palette, of one kind of entry only when a kind is given."""
        ...

    def symbol_search(self) -> None:
        """The symbol search."""
        ...

    def interval_entry(self) -> None:
        """The interval entry."""
        ...

    def jump(self) -> None:
        """The entry of an instant to jump to."""
        ...

    def key_help(self) -> None:
        """The list of every key; a second time closes it."""
        ...

    def key_editor(self) -> None:
        """Where keys are changed; a second time closes it."""
        ...

    def reset_keys(self) -> None:
        """Give every action the keys it was shipped with."""
        ...

    def export_keys(self) -> None:
        """Ask for a file and write every action's keys into it."""
        ...

    def import_keys(self) -> None:
        """Ask for a file and take its keys, or refuse it whole and say why."""
        ...

    def main_menu(self) -> None:
        """The menu of every action, by heading."""
        ...

    def scale(self, step: int) -> None:
        """Make the interface a step larger or smaller, or 100 % for 0; says what came of it."""
        ...

    def say(self, text: str) -> None:
        """Show a line at the foot of the active window for a moment."""
        ...

    def open_recording(self) -> None:
        """The file dialog for recordings."""
        ...

    def open_tape(self) -> None:
        """The folder dialog for a tape to open."""
        ...

    def choose_tape_folder(self) -> None:
        """The folder dialog for a new tape."""
        ...

    def sessions(self) -> None:
        """The browser of recorded sessions."""
        ...

    def toggle_performance(self) -> None:
        """Show or hide the performance read-out."""
        ...

    def picture_of_pane(self, pane: str) -> None:
        """Write a picture of the pane into the pictures folder, and say where it is."""
        ...

    def copy_picture_of_pane(self, pane: str) -> None:
        """Put a picture of the pane into the clipboard."""
        ...

    def picture_of_desk(self) -> None:
        """Write a picture of all windows into the pictures folder, and say where it is."""
        ...

    def copy_picture_of_desk(self) -> None:
        """Put a picture of all windows into the clipboard."""
        ...

    def pin_tip(self) -> None:
        """Keep the tooltip at the pointer, or the first one of the focused pane."""
        ...

    def unpin_tips(self) -> None:
        """Take every pinned tooltip off."""
        ...

    def pane_settings(self, pane: str) -> None:
        """Everything the pane can be set to, beside it; a second time closes it."""
        ...

    def copy_settings(self, pane: str) -> None:
        """Put the pane's settings into the clipboard."""
        ...

    def paste_settings(self, pane: str) -> None:
        """Give the pane the settings in the clipboard, or say why not."""
        ...

    def reset_settings(self, pane: str) -> None:
        """Give the pane the settings it began with."""
        ...

    def settings(self) -> None:
        """The look of the program; a second time closes it."""
        ...

    def tuning_bench(self) -> None:
        """The rules of the detectors, to try others; a second time closes it."""
        ...

    def next_look(self, trait: str) -> None:
        """Wear the next value of ``theme``, ``sides``, ``density`` or ``motion``, and say which."""
        ...

    def name_workspace(self, verb: str, of: str = "") -> None:
        """The entry of a name: ``new``, ``duplicate`` or ``rename``, and of which workspace; empty: this one."""
        ...

    def step_out(self) -> bool:
        """Close what is open; False when nothing was."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Hands:
    """What an action acts through."""

    desk: Desk
    screen: Screen
    commands: CommandSink
    surfaces: Surfaces
