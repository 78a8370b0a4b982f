"""What one does with workspaces: switch, create, copy, rename, put away, bring back, go back to a version."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, Signal

from cockpit.errors import ConfigError
from cockpit.units import NS_PER_S
from cockpit.widgets.layout_history import LayoutUndo
from cockpit.widgets.layouts import Version
from cockpit.widgets.monitors import monitors
from cockpit.widgets.presets import DEFAULT
from cockpit.widgets.saved_layout import SavedLayout
from cockpit.widgets.workspace_verbs import COPY, RENAME, VERSION, WORKSPACE
from cockpit.widgets.workspaces import Shelf


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """One thing the palette can offer about workspaces.

    Attributes:
        id, kind, text, word: As in the palette's entries.
        run: Does it.
    """

    id: str
    kind: str
    text: str
    word: str
    run: Callable[[], None]


class WorkspaceDesk(QObject):
    """Keeps shelf, layout and undo in step.

    Args:
        shelf: Names and files.
        saved: The layout on the screen.
        undo: Forgets when another workspace comes.
        tell: Shows a notice: severity, title, text.

    Signals:
        changed: Names, their order or the one in use.
    """

    changed = Signal()

    def __init__(
        self, shelf: Shelf, saved: SavedLayout, undo: LayoutUndo, tell: Callable[[str, str, str], None]
    ) -> None:
        super().__init__(saved)
        self._shelf, self._saved, self._undo, self._tell = shelf, saved, undo, tell
        shelf.hear(lambda text: tell("watch", "Workspaces", text))

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in the order of the tabs."""
        return self._shelf.names

    @property
    def current(self) -> str:
        """The one in use."""
        return self._shelf.current

    @property
    def shipped(self) -> str:
        """Name of the preset that the one in use began with."""
        return str(self._shelf.store.first.get("preset", DEFAULT))

    def switch(self, name: str) -> None:
        """Write the present workspace and show another one."""
        if name != self.current and name in self.names:
            self._go(name)

    def step(self, by: int) -> None:
        """The next or the previous one, round and round."""
        names = self.names
        self.switch(names[(names.index(self.current) + by) % len(names)])

    def nth(self, number: int) -> bool:
        """The n-th tab, from 1; False when there is none."""
        if not 1 <= number <= len(self.names):
            return False
        self.switch(self.names[number - 1])
        return True

    def check(self, verb: str, name: str, of: str) -> str:
        """Why a name cannot be given; empty when it can.

        Args:
            verb: ``new``, ``duplicate`` or ``rename``.
            of: The workspace that is copied or renamed.
        """
        same = verb == RENAME and name.strip().casefold() == of.casefold()
        try:
            self._shelf.free(name if not same else name + "x")
        except ConfigError as error:
            return str(error)
        return ""

    def name(self, verb: str, name: str, of: str) -> None:
        """Create, copy or rename; what cannot be done is told."""
        try:
            if verb == RENAME:
                self._saved.save()
                self._shelf.rename(of, name)
            elif verb == COPY:
                self._saved.save()
                self._go(self._shelf.copy(of, name))
            else:
                self._go(self._shelf.free(name))
        except ConfigError as error:
            self._tell("watch", "Workspaces", str(error))
        self.changed.emit()

    def delete(self, name: str) -> None:
        """Put a workspace away; the palette brings it back."""
        try:
            if name == self.current:
                neighbours = [other for other in self.names if other != name]
                self._saved.save()
                if neighbours:
                    at = self.names.index(name)
                    self._go(neighbours[min(at, len(neighbours) - 1)])
            self._shelf.delete(name)
        except ConfigError as error:
            self._tell("watch", "Workspaces", str(error))
        else:
            self._tell("info", f"Workspace {name} put away", "Ctrl+K, Bring back, has it until another is deleted")
        self.changed.emit()

    def bring_back(self, name: str) -> None:
        """Take a deleted workspace in again and show it."""
        try:
            self._go(self._shelf.bring_back(name))
        except ConfigError as error:
            self._tell("watch", "Workspaces", str(error))

    def show_version(self, age: int) -> None:
        """Go back to an earlier version of the present workspace; undo leads forward again."""
        self._undo.note()
        if self._saved.show_version(age):
            self._tell("info", "Earlier version", f"of {self.current}; what stood before is kept as a version, too")

    def save(self) -> bool:
        """Write the workspace and keep this state as a version; False when the disk refused."""
        return self._saved.begin_version()

    def offers(self) -> list[Offer]:
        """What the palette offers now."""
        others = [name for name in self.names if name != self.current]
        versions = self._shelf.store.versions(monitors())
        away = self._shelf.deleted()
        return [
            *(Offer(f"workspace:{one}", WORKSPACE, one, "", partial(self.switch, one)) for one in others),
            *(
                Offer(f"deleted:{one}", WORKSPACE, f"Bring back {one}", "deleted", partial(self.bring_back, one))
                for one in away
            ),
            *(self._version(version) for version in versions),
        ]

    def _version(self, version: Version) -> Offer:
        written = datetime.fromtimestamp(version.written_ns / NS_PER_S, UTC).astimezone()
        word = "newest" if version.age == 0 else f"{version.age} before it"
        text = f"{self.current} as of {written:%d %b %H:%M:%S}"
        return Offer(f"version:{version.age}", VERSION, text, word, lambda: self.show_version(version.age))

    def _go(self, name: str) -> None:
        self._shelf.use(name)
        self._saved.switch(self._shelf.store)
        self._saved.save()  # a workspace that is new is on the disk from now on
        self._undo.forget()
        self.changed.emit()
