"""Where log lines go: a rotating file in the user's state folder, warnings also to stderr. Never a secret."""

import logging
import logging.handlers
import os
import sys
from pathlib import Path
from typing import Final

FILE_BYTES: Final = 1_000_000
KEPT_FILES: Final = 3
FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def folder() -> Path:
    """Folder of the log: ``COCKPIT_STATE``, else the platform's place for such files."""
    chosen = os.environ.get("COCKPIT_STATE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "Cockpit"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Logs" / "Cockpit"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "cockpit"


def start() -> Path | None:
    """Begin logging; returns the file, or None where no file can be written (stderr still gets warnings)."""
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    handlers: list[logging.Handler] = [console]
    path: Path | None = folder() / "cockpit.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(
                path, maxBytes=FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
            )
        )
    except OSError:
        path = None
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=handlers, force=True)
    return path
