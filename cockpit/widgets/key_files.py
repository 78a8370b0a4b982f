"""Keys out to a file and in from one: the dialogs, and what is said of the outcome."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from cockpit.errors import ConfigError
from cockpit.widgets.action_spec import ActionSpec
from cockpit.widgets.bindings import changed, read, rebound, written
from cockpit.widgets.dialogs import ask_new_file, ask_old_file
from cockpit.widgets.safe_file import write_whole

Tell = Callable[[str, str, str], None]  # shows a notice: severity, title, text

NAME: Final = "cockpit-keys.json"
_FILTER: Final = "Keys (*.json)"
_LARGEST: Final = 1_000_000  # bytes; every key of the table is some 6,000


def export_keys(window: QWidget, table: Sequence[ActionSpec], tell: Tell) -> None:
    """Ask for a file and write every action's keys into it.

    Args:
        window: The window the dialog belongs to.
        tell: Shows the outcome.
    """
    ask_new_file(window, "Export the keys", NAME, _FILTER, lambda path: tell(*write_keys(Path(path), table)))


def write_keys(file: Path, table: Sequence[ActionSpec]) -> tuple[str, str, str]:
    """Write every action's keys; the notice of what came of it."""
    try:
        write_whole(file, written({spec.id: spec.keys for spec in table}))
    except OSError as error:
        return "watch", "Keys not exported", f"{file} cannot be written: {error.strerror or error}"
    return "info", "Keys exported", str(file)


def import_keys(
    window: QWidget,
    shipped: Sequence[ActionSpec],
    take: Callable[[Sequence[ActionSpec]], bool],
    tell: Tell,
) -> None:
    """Ask for a file of keys and take it, or refuse it whole.

    Args:
        shipped: The table that the file is checked against; actions it does not name keep these keys.
        take: Gets the table with the file's keys.
        tell: Shows the outcome.
    """
    ask_old_file(window, "Import keys", _FILTER, lambda path: tell(*read_keys(Path(path), shipped, take)))


def read_keys(
    file: Path, shipped: Sequence[ActionSpec], take: Callable[[Sequence[ActionSpec]], bool]
) -> tuple[str, str, str]:
    """Take a file's keys, or refuse it whole; the notice of what came of it."""
    refused = "Keys not imported"
    try:
        if file.stat().st_size > _LARGEST:
            return "watch", refused, f"{file.name} has more than {_LARGEST:,} bytes, it is no file of keys"
        table = rebound(shipped, read(file.read_text(encoding="utf-8")))
    except (ConfigError, UnicodeDecodeError) as error:
        return "watch", refused, f"{file.name}: {error}"
    except OSError as error:
        return "watch", refused, f"{file} cannot be read: {error.strerror or error}"
    kept = take(table)
    count = len(changed(shipped, table))
    text = f"{count} differ from the shipped ones" if count else "all as shipped"
    return "info", "Keys imported", text if kept else f"{text}; they could not be kept and last until the end"
