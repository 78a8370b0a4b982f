"""Files of published numbers as tests read them, a skip where one is missing, and how close a number has to be."""

import csv
import json
from pathlib import Path
from typing import Any, Final

import pytest

RELATIVE: Final = 1e-9  # tolerance of all of them, ``formulas.md`` 10


def there(vectors: Path, file: str) -> Path:
    """Where a file is; the test skips when this folder lacks it."""
    place = vectors / file
    if not place.is_file():
        pytest.skip(f"{file}: not in {vectors}")
    return place


def document(vectors: Path, file: str) -> Any:
    """A whole JSON file."""
    return json.loads(there(vectors, file).read_text(encoding="utf-8"))


def section(vectors: Path, file: str, name: str) -> Any:
    """One section of a JSON file; the test skips when this folder lacks it."""
    sections = document(vectors, file)
    if name not in sections:
        pytest.skip(f"{file}: has no section {name}")
    return sections[name]


def table(vectors: Path, file: str) -> list[dict[str, str]]:
    """Rows of a CSV file; there are some."""
    with there(vectors, file).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    return rows


def close(value: Any) -> Any:
    """What is as close as it has to be."""
    return pytest.approx(value, rel=RELATIVE, abs=1e-12)
