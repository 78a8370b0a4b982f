"""Fixtures every test may use: where real recordings and vectors are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def folder(variable: str, default: Path) -> Path:
    """The folder a variable names, or its default; the test skips when it is missing."""
    place = Path(os.environ.get(variable, default))
    if not place.is_dir():
        pytest.skip(f"{variable}: no folder {place}")
    return place


@pytest.fixture(scope="session")
def data() -> Path:
    """Real recordings: ``COCKPIT_DATA``, else ``../shared/data``."""
    return folder("COCKPIT_DATA", SHARED / "data")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Published numbers to pass: ``COCKPIT_VECTORS``, else ``../shared/reference/vectors``."""
    return folder("COCKPIT_VECTORS", SHARED / "reference" / "vectors")
