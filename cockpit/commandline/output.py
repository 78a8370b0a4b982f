"""How every subcommand speaks: human text, JSON, progress, warnings."""

import json
import math
import sys
from pathlib import Path
from typing import IO, Any

from cockpit.errors import ConfigError


class Output:
    """Human text on stdout, or on stderr when JSON goes to stdout.

    Args:
        target: None, a file path, or ``-`` for stdout.
    """

    def __init__(self, target: str | None) -> None:
        self._target = target
        self._text: IO[str] = sys.stderr if target == "-" else sys.stdout
        self._progress_shown = False

    def say(self, line: str = "") -> None:
        """One line for people."""
        self._clear()
        print(line, file=self._text)

    def warn(self, line: str) -> None:
        """One warning, on stderr."""
        self._clear()
        print(f"warning: {line}", file=sys.stderr)

    def progress(self, line: str) -> None:
        """Replace the progress line; only where a person watches."""
        if sys.stderr.isatty():
            print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)
            self._progress_shown = True

    def write(self, document: dict[str, Any]) -> None:
        """Write the JSON document where it was asked for.

        Raises:
            ConfigError: The file cannot be written.
        """
        self._clear()
        if self._target is None:
            return
        text = json.dumps(finite(document), indent=1, allow_nan=False) + "\n"
        if self._target == "-":
            sys.stdout.write(text)
            return
        try:
            Path(self._target).write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"cannot write {self._target}: {error.strerror or error}") from error

    def _clear(self) -> None:
        if self._progress_shown:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
            self._progress_shown = False


def finite(value: Any) -> Any:
    """The value with every NaN and infinity as None: what is missing is null, never a number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return value
