"""Learned micro-price tables of the user's instruments: one JSON file, by root, replaced whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from cockpit.engines.book.microprice import IMBALANCES, SPREADS, MicropriceFit
from cockpit.errors import ConfigError
from cockpit.folders import models_folder
from cockpit.widgets.safe_file import write_whole

FILE: Final = "microprices.json"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Learned:
    """A fit and where it comes from.

    Attributes:
        fit: The table.
        source: What it was learned from, as the user named it.
        as_of: Clock of the last moment it saw, ISO 8601 UTC.
    """

    fit: MicropriceFit
    source: str
    as_of: str


def load(path: Path | None = None) -> dict[str, Learned]:
    """Tables by root; empty when there is no file.

    Raises:
        ConfigError: Unreadable or of another form; names file and root.
    """
    place = path or models_folder() / FILE
    try:
        known = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{place}: unreadable ({error})") from error
    if not isinstance(known, dict) or known.get("version") != VERSION or not isinstance(known.get("tables"), dict):
        raise ConfigError(f"{place}: not micro-price tables of version {VERSION}")
    return {root: _learned(place, root, entry) for root, entry in known["tables"].items()}


def _learned(place: Path, root: str, entry: Any) -> Learned:  # noqa: ANN401  parsed JSON
    try:
        cells = [[np.nan if cell is None else float(cell) for cell in row] for row in entry["adjustments"]]
        fit = MicropriceFit(np.array(cells, np.float64), int(entry["moments"]), int(entry["moves"]))
        learned = Learned(fit, str(entry["source"]), str(entry["as_of"]))
    except (LookupError, TypeError, ValueError) as error:
        raise ConfigError(f"{place}: {root}: not a micro-price table ({error})") from error
    if fit.adjustments.shape != (SPREADS, IMBALANCES):
        raise ConfigError(f"{place}: {root}: a table of {fit.adjustments.shape}, not of {(SPREADS, IMBALANCES)}")
    return learned


def save(tables: Mapping[str, Learned], path: Path | None = None) -> Path:
    """Replace the file; returns where it is.

    Raises:
        ConfigError: It cannot be written.
    """
    place = path or models_folder() / FILE
    known = {
        "version": VERSION,
        "tables": {
            root: {
                "source": each.source,
                "as_of": each.as_of,
                "moments": each.fit.moments,
                "moves": each.fit.moves,
                "adjustments": [
                    [None if np.isnan(cell) else cell for cell in row] for row in each.fit.adjustments.tolist()
                ],
            }
            for root, each in sorted(tables.items())
        },
    }
    try:
        write_whole(place, json.dumps(known, indent=1) + "\n")
    except OSError as error:
        raise ConfigError(f"cannot write {place}: {error.strerror or error}") from error
    return place
