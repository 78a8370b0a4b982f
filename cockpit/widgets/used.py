"""What was chosen in palette and search, the latest first, kept in a small file of the configuration folder."""

import json
import logging
from pathlib import Path
from typing import Any, Final, cast

from cockpit.widgets.safe_file import write_whole

log = logging.getLogger(__name__)

KEPT: Final = 30


def symbol_entry(symbol: str) -> str:
    """Id of a symbol's entry in the palette; the symbol search remembers by it, too."""
    return f"symbol:{symbol}"


class Used:
    """Ids of palette entries. An unreadable file counts as none: nothing is lost but an order.

    Args:
        file: Where they are kept; None keeps them until the end only.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._ids = [] if file is None else _read(file)

    def ids(self) -> list[str]:
        """The ids, the latest first."""
        return self._ids

    def add(self, entry_id: str) -> None:
        """Remember one; a disk that refuses is logged, nothing else."""
        self._ids = [entry_id, *(each for each in self._ids if each != entry_id)][:KEPT]
        if self._file is not None:
            try:
                write_whole(self._file, json.dumps(self._ids, indent=1))
            except OSError as error:
                log.warning("what was used is not kept: %s", error)


def _read(file: Path) -> list[str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    listed = cast("list[Any]", found) if isinstance(found, list) else []
    return [each for each in listed if isinstance(each, str)][:KEPT]
