"""Pictures by key: of the focused pane or the whole desk, to a file or the clipboard; says what became of it."""

from collections.abc import Callable

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from cockpit.errors import ConfigError
from cockpit.widgets.desk import Hands
from cockpit.widgets.panel_frame import PanelFrame
from cockpit.widgets.picture import (
    copy_picture,
    picture_name,
    picture_of,
    picture_of_desk,
    pictures_folder,
    write_picture,
)
from cockpit.widgets.theme import Theme

DESK = "desk"


class Shots:
    """Takes them.

    Args:
        say: Shows a line at the foot of the window.
    """

    def __init__(self, hands: Hands, theme: Theme, say: Callable[[str], None]) -> None:
        self._hands, self._theme, self._say = hands, theme, say

    def pane_to_file(self, pane: str) -> None:
        """Write a picture of a pane beside the others."""
        picture = self._pane(pane)
        if picture is not None:
            panes = self._hands.screen.workspace.value.panes
            self._write(picture, pane, panes[pane].symbol if pane in panes else "")

    def pane_to_clipboard(self, pane: str) -> None:
        """Put a picture of a pane into the clipboard."""
        picture = self._pane(pane)
        if picture is not None:
            self._copy(picture, "the pane")

    def desk_to_file(self) -> None:
        """Write a picture of all windows beside the others."""
        self._write(self._desk(), DESK, "")

    def desk_to_clipboard(self) -> None:
        """Put a picture of all windows into the clipboard."""
        self._copy(self._desk(), "the desk")

    def _pane(self, pane: str) -> QPixmap | None:
        body = self._hands.desk.panel(pane)
        if body is None:
            self._say("Picture of the pane: it shows nothing yet")
            return None
        return picture_of(_framed(body))

    def _desk(self) -> QPixmap:
        return picture_of_desk(self._hands.desk.windows(), self._theme.color("bg0"))

    def _write(self, picture: QPixmap, what: str, symbol: str) -> None:
        name = picture_name(what, symbol, self._hands.screen.workspace.value.now_ns)
        try:
            file = write_picture(picture, pictures_folder(), name)
        except ConfigError as error:
            self._say(str(error))
        else:
            self._say(f"Picture written: {file}")

    def _copy(self, picture: QPixmap, what: str) -> None:
        try:
            copy_picture(picture)
        except ConfigError as error:
            self._say(str(error))
        else:
            self._say(f"Picture of {what} copied, {picture.width():,} × {picture.height():,} pixels")


def _framed(body: QWidget) -> QWidget:
    """The body with its header, where it has one."""
    parent = body.parentWidget()
    return parent if isinstance(parent, PanelFrame) else body
