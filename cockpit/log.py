"""Where log lines go: a rotating file in the user's state folder, warnings also to stderr. Never a secret."""

import logging
import logging.handlers
import os
import sys
from pathlib import Path
from typing import Final

from cockpit.clock import Clock, SteadyClock
from cockpit.units import NS_PER_S

FILE_BYTES: Final = 1_000_000
KEPT_FILES: Final = 3
REPEAT_S: Final = 1.0  # of equal lines, one is written in so long
REMEMBERED: Final = 256  # different lines looked back at
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


class Repeats(logging.Filter):
    """Lets equal lines through once a second at most; the next one says how many were held back."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written; by the time of the record itself."""
        text = record.getMessage()
        key = (record.name, record.levelno, text)
        written, held = self._seen.get(key, (None, 0))
        if written is not None and 0 <= record.created - written < REPEAT_S:
            self._seen[key] = (written, held + 1)
            return False
        self._seen.pop(key, None)
        self._seen[key] = (record.created, 0)
        while len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        if held:
            record.msg, record.args = f"{text} (and {held} times before)", None
        return True


class Complaints:
    """Equal errors are told to the user once a second at most, however often they come.

    Args:
        clock: Never runs backwards.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SteadyClock()
        self._told: dict[str, int] = {}

    def wants(self, text: str) -> bool:
        """Whether to tell it now."""
        now, before = self._clock.now_ns(), self._told.pop(text, None)
        is_due = before is None or now - before >= REPEAT_S * NS_PER_S
        self._told[text] = now if before is None or is_due else before
        while len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        return is_due


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
    for handler in handlers:
        handler.addFilter(Repeats())
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=handlers, force=True)
    return path
