"""Where the program keeps what is no configuration: history, recordings, models."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """What can be made again: ``COCKPIT_CACHE``, else the platform's place for such files."""
    return _folder("COCKPIT_CACHE", "cache", Path("Library", "Caches", "Cockpit"), _xdg("CACHE", ".cache"))


def tapes_folder() -> Path:
    """Recorded sessions: ``COCKPIT_TAPES``, else the platform's place for such files."""
    mac = Path("Library", "Application Support", "Cockpit", "sessions")
    return _folder("COCKPIT_TAPES", "sessions", mac, _xdg("DATA", ".local/share") / "sessions")


def models_folder() -> Path:
    """What was learned from recordings: ``COCKPIT_MODELS``, else the platform's place for such files."""
    mac = Path("Library", "Application Support", "Cockpit", "models")
    return _folder("COCKPIT_MODELS", "models", mac, _xdg("DATA", ".local/share") / "models")


def _xdg(kind: str, usual: str) -> Path:
    return Path(os.environ.get(f"XDG_{kind}_HOME", Path.home() / usual)) / "cockpit"


def _folder(variable: str, windows: str, mac: Path, other: Path) -> Path:
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "Cockpit" / windows
    return Path.home() / mac if sys.platform == "darwin" else other
