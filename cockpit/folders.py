"""Where the program keeps what is no configuration: the simulated history, and the flight recorder's ring."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """What can be made again: ``COCKPIT_CACHE``, else the platform's place for such files."""
    chosen = os.environ.get("COCKPIT_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "Cockpit" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "Cockpit"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cockpit"


def tapes_folder() -> Path:
    """Recorded sessions: ``COCKPIT_TAPES``, else the platform's place for such files."""
    chosen = os.environ.get("COCKPIT_TAPES")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "Cockpit" / "sessions"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Cockpit" / "sessions"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "cockpit" / "sessions"
