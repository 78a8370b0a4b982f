"""Entries of a cache: folders that appear whole or not at all, of which the newest few are kept."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def put_entry(entry: Path, fill: Callable[[Path], object]) -> None:
    """Make an entry, in place of an older one of its name.

    Args:
        entry: Its folder; the one around it is made if missing.
        fill: Writes its files into a folder beside it, which then becomes the entry at once.

    Raises:
        OSError: The disk cannot take it; nothing is left behind.
    """
    entry.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=entry.parent))
    try:
        fill(fresh)
        if entry.exists():
            shutil.rmtree(entry)
        os.replace(fresh, entry)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def prune_entries(newest: Path, prefix: str, kept: int) -> None:
    """Remove the entries beside one, but for so many of the newest, itself among them.

    Args:
        prefix: What names of entries begin with; nothing else is touched.
    """
    others = [path for path in newest.parent.iterdir() if path.name.startswith(prefix) and path != newest]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[kept - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
