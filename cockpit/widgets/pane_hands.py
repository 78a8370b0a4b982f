"""Copy, paste and reset of a pane's settings, and the menu entries for what surfaces do with a pane."""

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from cockpit.errors import ConfigError
from cockpit.state.views import Pane
from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.desk import Hands
from cockpit.widgets.pane_clip import Clip, clip_of, commands_to, first_clip, from_text, kind_words, to_text
from cockpit.widgets.panel import HasChoices, ViewChoice
from cockpit.widgets.panel_frame import COMMANDED, FOCUSED

MENU: Final = ("pane.settings", "pane.copy", "pane.paste", "pane.reset")


class PaneHands:
    """Does it, and says what was done or why not.

    Args:
        say: Shows a line at the foot of the window.
    """

    def __init__(self, hands: Hands, say: Callable[[str], None]) -> None:
        self._hands, self._say = hands, say

    def copy(self, pane: str) -> None:
        """Put the settings into the clipboard."""
        clip = clip_of(self._pane(pane), self._choices(pane))
        QGuiApplication.clipboard().setText(to_text(clip))
        self._say(f"Settings of the {kind_words(clip.kind)} copied; {_key('pane.paste')} gives them to another one")

    def paste(self, pane: str) -> None:
        """Give the pane what is in the clipboard."""
        try:
            clip = from_text(QGuiApplication.clipboard().text())
            self._apply(pane, clip)
        except ConfigError as error:
            self._say(f"Nothing pasted: {error}")
        else:
            stays = "; symbol and link group stay" if pane in COMMANDED else ""
            self._say(f"Settings pasted{stays}")

    def reset(self, pane: str) -> None:
        """Give the pane what it began with."""
        self._apply(pane, first_clip(self._pane(pane), self._choices(pane)))
        self._say("The pane has its first settings again")

    def fill(self, menu: QMenu, pane: str, start: Callable[[str, str], None]) -> None:
        """Add the entries of a pane that keys act on to its menu.

        Args:
            start: Does an action for a pane.
        """
        if pane not in FOCUSED:
            return
        menu.addSeparator()
        for action_id in MENU:
            words = f"{by_id(action_id).text}\t{_key(action_id)}"
            menu.addAction(words).triggered.connect(lambda _, one=action_id: start(one, pane))

    def _apply(self, pane: str, clip: Clip) -> None:
        said = commands_to(self._pane(pane), clip)  # refuses before anything is changed
        body = self._hands.desk.panel(pane)
        for command in said:
            self._hands.commands.send(command)
        if isinstance(body, HasChoices):
            for choice in body.choices():
                wanted = clip.view.get(choice.name, choice.value)
                if wanted != choice.value and wanted in [option.value for option in choice.options]:
                    body.choose(choice.name, wanted)

    def _pane(self, pane: str) -> Pane:
        return self._hands.screen.workspace.value.panes.get(pane, Pane(pane))

    def _choices(self, pane: str) -> tuple[ViewChoice, ...]:
        body = self._hands.desk.panel(pane)
        return body.choices() if isinstance(body, HasChoices) else ()


def _key(action_id: str) -> str:
    return cap(by_id(action_id).keys[0])
