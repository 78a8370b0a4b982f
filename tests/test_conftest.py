"""The guards of conftest.py bite: each is tried on a small test that breaks its rule."""

from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

HERE = Path(__file__).resolve().parent

Outcome = Callable[..., dict[str, int]]


@pytest.fixture
def outcome(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """``outcome(source, **environment)``: how many tests of the source passed, failed, were skipped, had errors."""
    monkeypatch.setenv("PYTHONPATH", str(HERE.parent))
    pytester.makeini("[pytest]\nqt_api = pyside6\nfilterwarnings = error\nmarkers = desktop: real windows\n")
    pytester.makeconftest("from tests.conftest import *")

    def run(source: str, **environment: str) -> dict[str, int]:
        for name in ("COCKPIT_STRICT", "COCKPIT_DATA", "COCKPIT_VECTORS"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess("-p", "no:xdist", "-p", "no:cacheprovider").parseoutcomes()

    return run


QT_RULES = """
import asyncio
from PySide6.QtCore import QTimer, QObject
from PySide6.QtWidgets import QWidget
kept = []

def test_bad_timer(qapp):
    timer = QTimer(interval=1000)
    timer.start()
    kept.append(timer)

def test_bad_window(qapp):
    kept.append(QWidget())

def test_good_widget(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    QTimer(widget).start(1000)

async def test_bad_task(loop):
    kept.append(asyncio.create_task(asyncio.sleep(1000)))

async def test_bad_task_error(loop):
    async def fail():
        raise ValueError("nobody hears this")
    asyncio.create_task(fail())
    await asyncio.sleep(0)

async def test_bad_callback(loop):
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)

async def test_good_coroutine(loop, until):
    asked = []
    await until(lambda: asked.append(1) or len(asked) > 3, "four questions")

async def test_good_plain_coroutine():
    await asyncio.to_thread(int)

async def test_bad_assertion(loop):
    assert False
"""


def test_timers_windows_tasks_and_silent_errors_left_behind_fail_a_test(outcome: Outcome) -> None:
    # all but the last fail when they end, which pytest counts as errors beside the passed test
    assert outcome(QT_RULES) == {"passed": 8, "failed": 1, "errors": 5}


SKIPS = """
import pytest

def test_reads(data):
    pytest.skip("no such recording")

def test_needs_nothing():
    pytest.skip("another reason")

@pytest.mark.desktop
def test_window():
    pytest.skip("no X server")
"""


def test_a_skip_is_a_skip_where_nobody_asks_for_more(outcome: Outcome, tmp_path: Path) -> None:
    assert outcome(SKIPS, COCKPIT_DATA=str(tmp_path)) == {"skipped": 3}


def test_strictly_a_skip_beside_the_recordings_or_of_a_window_fails(outcome: Outcome, tmp_path: Path) -> None:
    assert outcome(SKIPS, COCKPIT_STRICT="1", COCKPIT_DATA=str(tmp_path)) == {"skipped": 1, "failed": 2}


def test_missing_recordings_skip_with_the_reason(outcome: Outcome, tmp_path: Path) -> None:
    assert outcome("def test_reads(data): pass", COCKPIT_DATA=str(tmp_path / "gone")) == {"skipped": 1}
