"""How much the flight recorder keeps: from the command line, else from ``settings.json``, else the usual.

The file's table is ``"recorder": {"gigabytes": 2.0, "days": 3.0}``. Values out of bounds are told and the usual
ones used: a wrong number must not end the recording.
"""

import json
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cockpit.errors import ConfigError

TABLE: Final = "recorder"
BOUNDS: Final = {"gigabytes": (0.05, 1_000.0), "days": (0.01, 3_650.0)}


@dataclass(frozen=True, slots=True)
class RingSettings:
    """Bounds of the ring of tapes.

    Attributes:
        gigabytes: 1e9 bytes of all sealed tapes.
        days: Age past which a tape goes.
        trouble: What was wrong with the settings; empty when nothing was.
    """

    gigabytes: float = 2.0
    days: float = 3.0
    trouble: str = ""


def check_ring(arguments: Namespace) -> None:
    """Refuse what the command line says about the ring when it is out of bounds.

    Raises:
        ConfigError: It names the option, the value and the limits.
    """
    for name, option in (("gigabytes", "ring_gb"), ("days", "ring_days")):
        value = getattr(arguments, option, None)
        if value is not None:
            _checked(f"--{option.replace('_', '-')}", name, value)


def ring_settings(arguments: Namespace, file: Path) -> RingSettings:
    """What to keep; call ``check_ring`` before."""
    try:
        kept = _read(file)
    except ConfigError as error:
        kept = RingSettings(trouble=str(error))
    gigabytes, days = getattr(arguments, "ring_gb", None), getattr(arguments, "ring_days", None)
    return RingSettings(
        kept.gigabytes if gigabytes is None else gigabytes, kept.days if days is None else days, kept.trouble
    )


def _read(file: Path) -> RingSettings:
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return RingSettings()  # none yet, or set aside by who writes it
    table = found.get(TABLE, {}) if isinstance(found, dict) else {}
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: {TABLE} is {str(table)[:40]!r}; a table with gigabytes and days is needed")
    usual = RingSettings()
    return RingSettings(
        _checked(f"{file}: {TABLE}.gigabytes", "gigabytes", table.get("gigabytes", usual.gigabytes)),
        _checked(f"{file}: {TABLE}.days", "days", table.get("days", usual.days)),
    )


def _checked(place: str, name: str, value: Any) -> float:  # noqa: ANN401  parsed JSON
    low, high = BOUNDS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ConfigError(f"{place} {value!r}: {low:g} to {high:g} {name}")
    return float(value)
