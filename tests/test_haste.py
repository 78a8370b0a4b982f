"""A start that does without the interpreter's searches: what it leaves behind is as it was."""

import gc
import subprocess
import sys

import pytest

from cockpit import haste
from tests.conftest import ROOT


def test_rubbish_is_looked_for_again_when_the_desktop_has_ended() -> None:
    def fails() -> None:
        with haste.hurried():
            assert not gc.isenabled()
            raise OSError("no display")

    with pytest.raises(OSError, match="no display"):
        fails()
    assert gc.isenabled()


def test_once_settled_rubbish_is_found_while_the_desktop_runs() -> None:
    with haste.hurried():
        haste.settle()
        assert gc.isenabled()
        loop: list[object] = []
        loop.append(loop)
        del loop
        assert gc.collect() >= 1
    gc.unfreeze()


def test_nobody_reads_the_source_of_what_is_imported_and_qt_works_as_before() -> None:
    program = """
import inspect, linecache
from cockpit import haste
with haste.hurried():
    import colorsys, wave
    from PySide6.QtCore import QObject, QTimer
    assert QObject().objectName() == ""
    assert not hasattr(QObject, "object_name")
    assert not [name for name in linecache.cache if name.endswith(("colorsys.py", "wave.py"))], "it was read"
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
