"""Recordings opened before, the latest first, in one small JSON file of the user's configuration folder."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

KEPT: Final = 12


class RecentRecordings:
    """Paths as the user named them, made absolute. An unreadable file counts as none.

    Args:
        file: Where they are kept.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._paths = _read(file)

    def paths(self) -> Sequence[str]:
        """The paths that still exist, the latest first."""
        return [path for path in self._paths if Path(path).exists()]

    def add(self, names: Sequence[str]) -> None:
        """Remember recordings that were opened; a disk that refuses is logged, nothing else."""
        fresh = [str(Path(name).absolute()) for name in names]
        self._paths = [*fresh, *(path for path in self._paths if path not in fresh)][:KEPT]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(self._paths, indent=1), encoding="utf-8")
        except OSError as error:
            log.warning("recent recordings are not kept: %s", error)


def _read(file: Path) -> list[str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [path for path in found if isinstance(path, str)][:KEPT] if isinstance(found, list) else []
