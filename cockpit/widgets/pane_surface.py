"""Ctrl+.: everything one pane can be set to, on a surface beside it, changed at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from cockpit.instruments import DASH
from cockpit.state.commands import Command, SetLink, ToggleLayer
from cockpit.state.linking import shared_by
from cockpit.state.screen import CHART_PANES
from cockpit.state.views import Pane, WorkspaceState
from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.choice_rows import Row
from cockpit.widgets.layer_menu import LAYERS
from cockpit.widgets.pane_settings import SETTINGS, Option, Setting
from cockpit.widgets.panel import HasChoices
from cockpit.widgets.rows_surface import RowsSurface
from cockpit.widgets.surface import MARGIN
from cockpit.widgets.theme import Theme

WIDTH: Final = 520
GAP: Final = 6  # to the pane it stands beside
SWITCH: Final = (Option("off", "Off"), Option("on", "On"))
LINKS: Final = tuple(Option(str(group), str(group) if group else DASH) for group in range(10))


@dataclass(frozen=True, slots=True, eq=False)
class PaneDoors:
    """What the rows that open something do; each has a key of its own as well."""

    symbol: Callable[[], None]
    interval: Callable[[], None]
    copy: Callable[[], None]
    paste: Callable[[], None]
    reset: Callable[[], None]


class PaneSettings(RowsSurface):
    """The rows of one pane.

    Args:
        pane: Its id.
        title: What it is called.
        body: Its content; what it lets choose is listed as well.
        workspace: The state of all panes now.
        send: Takes the commands.
    """

    name = "pane"

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        pane: str,
        title: str,
        body: QWidget | None,
        workspace: WorkspaceState,
        send: Callable[[Command], object],
        doors: PaneDoors,
    ) -> None:
        super().__init__(window, theme, f"Settings of {title}", "← → choose   Esc closes", WIDTH)
        self.pane, self._body, self._send, self._doors = pane, body, send, doors
        self._workspace = workspace
        self._before: QWidget | None = None
        self.refresh()

    def draw(self, workspace: WorkspaceState) -> None:
        """Follow what becomes of the pane, by whatever hand."""
        self._workspace = workspace
        self.refresh()

    def refresh(self) -> None:
        """Show what the pane is set to now."""
        if self.is_left:
            return
        pane = self._workspace.panes.get(self.pane, Pane(self.pane))
        rows = (*self._market(pane), *self._layers(pane), *self._choices(), *self._whole())
        shown = [(row.id, row.value, row.shown) for row in self.list.rows]
        if shown != [(row.id, row.value, row.shown) for row in rows]:
            self.show_rows(rows)

    def place(self) -> None:
        """Right of the pane, else left of it, else over its right part; never outside the window."""
        super().place()
        over, window = self._over, self.parentWidget()
        if over is None or window is None:
            return
        right, left = over.right() + 1 + GAP, over.left() - GAP - self.width()
        room = window.width() - MARGIN
        x = (
            right
            if right + self.width() <= room
            else left
            if left >= MARGIN
            else over.right() + 1 - self.width() - GAP
        )
        y = min(over.top(), window.height() - MARGIN - self.height())
        self.move(min(max(x, MARGIN), max(room - self.width(), MARGIN)), max(y, MARGIN))

    def _market(self, pane: Pane) -> tuple[Row, ...]:
        if not shared_by(self.pane):
            return ()
        raw = pane.symbol.rpartition(".")[0] or pane.symbol or "none chosen"
        symbol = Row("symbol", "Symbol", "", (), _nothing, "A … Z", raw, self._doors.symbol)
        link = Row("link", "Link group", str(pane.link), LINKS, self._link, _key("link.1").removesuffix(" 1"))
        if self.pane not in CHART_PANES:
            return (symbol, link)
        return (
            symbol,
            Row("interval", "Interval", "", (), _nothing, ",", pane.interval, self._doors.interval),
            link,
        )

    def _link(self, value: str) -> None:
        self._send(SetLink(self.pane, int(value)))

    def _layers(self, pane: Pane) -> tuple[Row, ...]:
        if self.pane not in CHART_PANES:
            return ()
        layers = (
            Row(
                layer,
                text,
                "on" if layer in pane.layers else "off",
                SWITCH,
                partial(self._toggle, layer),
                _key(action),
            )
            for layer, text, action in LAYERS
        )
        settings = (
            Row(
                setting.name,
                setting.title,
                setting.of(pane),
                setting.options,
                partial(self._set, setting),
                _key(setting.action),
            )
            for setting in SETTINGS
        )
        return (*layers, *settings)

    def _toggle(self, layer: str, value: str) -> None:
        del value  # the other one of two
        self._send(ToggleLayer(layer, self.pane))

    def _set(self, setting: Setting, value: str) -> None:
        self._send(setting.to(self.pane, value))

    def _choices(self) -> tuple[Row, ...]:
        body = self._body
        if not isinstance(body, HasChoices):
            return ()
        return tuple(
            Row(choice.name, choice.title, choice.value, choice.options, partial(self._choose, choice.name))
            for choice in body.choices()
        )

    def _choose(self, name: str, value: str) -> None:
        if isinstance(self._body, HasChoices):
            self._body.choose(name, value)
            self.refresh()

    def _whole(self) -> tuple[Row, ...]:
        """What is done with all of them together."""
        doors = self._doors
        return (
            Row("copy", "Copy", "", (), _nothing, _key("pane.copy"), "to the clipboard", doors.copy),
            Row("paste", "Paste", "", (), _nothing, _key("pane.paste"), "from a pane of this kind", doors.paste),
            Row("reset", "Reset", "", (), _nothing, _key("pane.reset"), "as they were at first", doors.reset),
        )


def _key(action: str) -> str:
    return cap(by_id(action).keys[0])


def _nothing(value: str) -> None:
    """Rows without options have nothing to choose."""
