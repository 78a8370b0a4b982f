"""Small files of the configuration folder, replaced whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Replace the file whole or not at all, also when the power goes; its folder is made when it is not there.

    Raises:
        OSError: The disk refused.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    if os.name == "posix":  # the new name itself is on the disk once its folder is
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def set_aside(path: Path) -> str:
    """Rename an unreadable file, so that it is neither read again nor lost; what became of it, in words."""
    bad = path.with_suffix(path.suffix + ".bad")
    try:
        path.replace(bad)
    except OSError:
        return "could not be set aside"
    return f"is set aside as {bad.name}"
