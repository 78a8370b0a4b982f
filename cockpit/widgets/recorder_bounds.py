"""How much the flight recorder keeps, as the settings offer it: kept in ``settings.json``, applied at once.

The file's table is ``"recorder": {"gigabytes": 2.0, "days": 3.0}``; who begins a session reads it
(``cockpit/ring_settings.py``), and a test holds the two together. Other tables of the file stay as they are.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from cockpit.state.commands import BoundRing, Command
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.safe_file import write_whole

TABLE: Final = "recorder"
USUAL: Final = {"gigabytes": 2.0, "days": 3.0}
OFFERED: Final = {"gigabytes": (0.5, 1.0, 2.0, 5.0, 10.0, 50.0), "days": (1.0, 3.0, 7.0, 14.0, 30.0)}
TITLES: Final = {"gigabytes": "Recorder keeps", "days": "and no older than"}
UNITS: Final = {"gigabytes": "GB", "days": "d"}


class RecorderBounds:
    """The bounds in the file.

    Args:
        path: ``settings.json``.
        send: Takes the command that applies them to the running session.
        say: Tells what was done, or why nothing was.
    """

    def __init__(self, path: Path, send: Callable[[Command], object], say: Callable[[str], object]) -> None:
        self._path, self._send, self._say = path, send, say

    def values(self) -> dict[str, float]:
        """What is kept now; the usual where the file says nothing that can be used."""
        table = self._read().get(TABLE)
        found = cast("dict[str, Any]", table) if isinstance(table, dict) else {}
        return {name: _number(found.get(name), usual) for name, usual in USUAL.items()}

    def options(self, name: str) -> tuple[Option, ...]:
        """What can be chosen, the present value among it also when it was written by hand."""
        offered = sorted({*OFFERED[name], self.values()[name]})
        return tuple(Option(f"{value:g}", f"{value:g} {UNITS[name]}") for value in offered)

    def choose(self, name: str, value: str) -> None:
        """Keep it, and apply it at once."""
        bounds = self.values() | {name: float(value)}
        whole = self._read() | {TABLE: bounds}
        try:
            write_whole(self._path, json.dumps(whole, indent=1, sort_keys=True))
        except OSError as error:
            self._say(f"Flight recorder: {self._path} cannot be written: {error.strerror or error}")
            return
        self._send(BoundRing(bounds["gigabytes"], bounds["days"]))
        kept = f"{bounds['gigabytes']:g} GB, {bounds['days']:g} days"
        self._say(f"Flight recorder: {kept} from now on, also after a restart; the oldest tapes go first")

    def _read(self) -> dict[str, Any]:
        try:
            found: object = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _number(value: object, usual: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(cast("float", value)) if is_number else usual
