"""A start without what the interpreter and PySide6 do beside it: looking for rubbish, and for words in sources."""

import gc
import importlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


@contextmanager
def hurried() -> Generator[None]:
    """A run of the desktop: until ``settle``, what only costs time is put off, and some of it left out for good."""
    # a start makes half a million objects and hardly any rubbish: 140 searches, 0.2 s of 3.7 s
    gc.disable()
    try:
        _leave_sources_unread()
        yield
    finally:
        gc.enable()


def settle() -> None:
    """Look for rubbish again, but never among what a start made: it stays as long as the program runs."""
    gc.freeze()
    gc.enable()


def _leave_sources_unread() -> None:
    """Switch off PySide6's search for modules that ask for its optional spellings.

    It reads the source text of each module imported after it, numba's hundreds among them, and looks for its own
    name there; what it finds only matters to programs that choose ``snake_case`` or ``true_property``, and none
    here does. 0.3 s of 3.7 s. A PySide6 without that search is left as it is.
    """
    importlib.import_module("PySide6.QtCore")
    try:
        feature: Any = importlib.import_module("shibokensupport.feature")
    except ImportError:
        return
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = _uses_none_of_it  # noqa: SLF001  there is no switch


def _uses_none_of_it(_: object) -> bool:
    return False
