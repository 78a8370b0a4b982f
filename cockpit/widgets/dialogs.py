"""File dialogs: opened, never run in a loop of their own, which would freeze every task of the application."""

from collections.abc import Callable

from PySide6.QtCore import QDir, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

FILTERS = (
    "Recordings (*.dbn *.dbn.zst *.zst *.csv *.csv.gz *.json *.json.gz *.txt)",
    "Every file (*)",
)


def ask_recordings(window: QWidget, folder: str, opened: Callable[[tuple[str, ...]], None]) -> QFileDialog:
    """Ask for files to open together; nothing is called when the user cancels.

    Args:
        window: The window it belongs to.
        folder: Where to begin; empty: where the system says.
        opened: Gets the paths.
    """
    dialog = QFileDialog(window, "Open recordings", folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters(list(FILTERS))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda paths: opened(tuple(paths)))
    return _opened(dialog)


def ask_folder(window: QWidget, title: str, folder: str, verb: str, chosen: Callable[[str], None]) -> QFileDialog:
    """Ask for a folder; nothing is called when the user cancels.

    Args:
        window: The window it belongs to.
        title, verb: What it is for, and the word on its button.
        folder: Where to begin; empty: where the system says.
        chosen: Gets the path.
    """
    dialog = QFileDialog(window, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, verb)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(chosen)
    return _opened(dialog)


def ask_new_folder(window: QWidget, title: str, name: str, verb: str, chosen: Callable[[str], None]) -> QFileDialog:
    """Ask for a folder that need not be there yet; one asks for a file to be saved, for no dialog makes folders.

    Args:
        window: The window it belongs to.
        title, verb: What it is for, and the word on its button.
        name: What the folder would be called; the user may write another.
        chosen: Gets the path.
    """
    dialog = QFileDialog(window, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setFilter(QDir.Filter.Dirs | QDir.Filter.NoDotAndDotDot)
    dialog.setNameFilters(["Folders (*)"])
    dialog.setLabelText(QFileDialog.DialogLabel.FileName, "New folder:")
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, verb)
    dialog.selectFile(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(chosen)
    return _opened(dialog)


def ask_new_file(window: QWidget, title: str, name: str, kind: str, chosen: Callable[[str], None]) -> QFileDialog:
    """Ask where to write a file; an existing one is asked about. Nothing is called when the user cancels.

    Args:
        window: The window it belongs to.
        title: What it is for.
        name: What it would be called.
        kind: Name filter, ``Keys (*.json)``.
        chosen: Gets the path.
    """
    dialog = QFileDialog(window, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setNameFilters([kind, "Every file (*)"])
    dialog.selectFile(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(chosen)
    return _opened(dialog)


def ask_old_file(window: QWidget, title: str, kind: str, chosen: Callable[[str], None]) -> QFileDialog:
    """Ask for one file that is there; see ``ask_new_file``."""
    dialog = QFileDialog(window, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([kind, "Every file (*)"])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(chosen)
    return _opened(dialog)


def _opened(dialog: QFileDialog) -> QFileDialog:
    """Show it. Qt's own dialog loses its completions: a late one replaced a path typed fast by its folder."""
    dialog.open()
    line = dialog.findChild(QLineEdit, "fileNameEdit")  # the desktop's own dialogs have none
    if line is not None:
        line.setCompleter(None)  # pyright: ignore[reportArgumentType]  Qt takes it; the stubs do not know
    return dialog
