"""Files dropped on a window open, all of them together on one clock."""

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from cockpit.state.commands import CommandSink, OpenSources


def dropped_paths(mime: QMimeData) -> tuple[str, ...]:
    """The local files and folders that are being dragged, in their order; other things are left out."""
    return tuple(url.toLocalFile() for url in mime.urls() if url.isLocalFile())


class FileDrop(QObject):
    """Makes a window, with everything in it, a place to drop recordings on.

    Args:
        window: The window; it owns this.
        commands: Gets ``OpenSources``.
    """

    def __init__(self, window: QWidget, commands: CommandSink) -> None:
        super().__init__(window)
        self._commands = commands
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take drags with local files, and open them where they are let go."""
        if isinstance(event, QDropEvent) and event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            paths = dropped_paths(event.mimeData())
            if paths:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self._commands.send(OpenSources(paths))
                return True
        return super().eventFilter(watched, event)
