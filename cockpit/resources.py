"""Files shipped with the program: found in the wheel, and beside the package in a checkout."""

import io
from importlib import resources
from importlib.resources.abc import Traversable
from typing import IO

from cockpit.errors import ConfigError


def resource(*parts: str) -> Traversable:
    """A file or folder below ``resources``.

    Raises:
        ConfigError: It was not shipped; the installation is broken.
    """
    place = resources.files("resources").joinpath(*parts)
    if not (place.is_file() or place.is_dir()):
        raise ConfigError(f"resources/{'/'.join(parts)} is missing; reinstall the cockpit")
    return place


def open_text(*parts: str) -> IO[str]:
    """Open a shipped UTF-8 text file; errors as ``resource``."""
    return io.StringIO(resource(*parts).read_text(encoding="utf-8"))
