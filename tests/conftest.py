"""What every test may use: recordings, vectors, one Qt application, one loop, and a count of what was left behind.

Rules, with the switches that ``bootstrap.py test`` sets:

- Widgets are built on Qt's offscreen platform; real windows are child processes on a virtual desktop (``desktop``).
- ``COCKPIT_STRICT=1``: a test that needs recordings or the desktop and skips, although it must not, fails.
- Nothing is written into the home of the person who runs the tests.
"""

import asyncio
import gc
import inspect
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
PLACES = {  # fixture -> variable that names its folder, and the folder where it usually is
    "data": ("COCKPIT_DATA", SHARED / "data"),
    "vectors": ("COCKPIT_VECTORS", SHARED / "reference" / "vectors"),
}
COROUTINE_LIMIT_S = 20.0

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_home = tempfile.mkdtemp(prefix="cockpit-tests-")
for _name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
    os.environ[_name] = _home


def pytest_unconfigure() -> None:
    """Take that home away again; workers of a parallel run end without ``atexit``."""
    shutil.rmtree(_home, ignore_errors=True)


def is_strict() -> bool:
    """Whether a skip for want of something that is there counts as a failure."""
    return os.environ.get("COCKPIT_STRICT", "") not in ("", "0")


# -- recordings and vectors --------------------------------------------------------------------------------


def place(fixture: str) -> Path:
    """Where the folder of ``data`` or ``vectors`` is or would be."""
    variable, usual = PLACES[fixture]
    return Path(os.environ.get(variable) or usual)


def folder(fixture: str) -> Path:
    """That folder; the test skips when there is none."""
    found = place(fixture)
    if not found.is_dir():
        pytest.skip(f"{PLACES[fixture][0]}: no folder {found}")
    return found


@pytest.fixture(scope="session")
def data() -> Path:
    """Real recordings: ``COCKPIT_DATA``, else ``../shared/data``."""
    return folder("data")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Published numbers to pass: ``COCKPIT_VECTORS``, else ``../shared/reference/vectors``."""
    return folder("vectors")


def missed(item: pytest.Item) -> str | None:
    """Why a test that was skipped should have run; None where skipping is right."""
    if item.get_closest_marker("desktop"):
        return "the virtual desktop must be there: python3 bootstrap.py setup installs it"
    for fixture in PLACES.keys() & set(getattr(item, "fixturenames", ())):
        variable, usual = PLACES[fixture]
        if place(fixture).is_dir() or usual.is_dir():
            return f"{place(fixture) if place(fixture).is_dir() else usual} is there ({variable})"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Turn a skip that hides a missing check into a failure, where that is asked for."""
    report = yield
    skipped = report.outcome == "skipped" and not hasattr(report, "wasxfail")
    why = missed(item) if skipped and is_strict() else None
    if why:
        reason = call.excinfo.value if call.excinfo else "skipped"
        report.outcome, report.longrepr = "failed", f"skipped ({reason}), yet {why}"
    return report


# -- Qt ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The application, with GL contexts shared: docks move GL panes between windows. pytest-qt asks for it."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return QApplication


@pytest.fixture
def loop(qapp: Any) -> Iterator[asyncio.AbstractEventLoop]:
    """A Qt event loop for asyncio. At its end no task may be left, and no error may have gone unheard."""
    import qasync

    qapp.setQuitOnLastWindowClosed(False)
    made, errors = qasync.QEventLoop(qapp), []
    made.set_exception_handler(lambda _, context: errors.append(context))
    with made:
        asyncio.set_event_loop(made)
        yield made
        left = [task for task in asyncio.all_tasks(made) if not task.done()]
        for task in left:
            task.cancel()
        if left:
            made.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        gc.collect()  # a task nobody awaited tells its error when it is collected
        made.run_until_complete(asyncio.sleep(0))
    asyncio.set_event_loop(None)
    assert not left, f"tasks left running: {left}"
    assert not errors, f"errors nobody handled: {errors}"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run ``async def test_...``: on the ``loop`` it asks for, else on a plain asyncio loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    limited = asyncio.wait_for(pyfuncitem.obj(**given), COROUTINE_LIMIT_S)
    if "loop" in pyfuncitem.funcargs:
        pyfuncitem.funcargs["loop"].run_until_complete(limited)
    else:
        asyncio.run(_awaited(limited))
    return True


async def _awaited(work: Any) -> None:
    await work


class Census:
    """What Qt holds alive: top-level widgets, windows, running timers."""

    def __init__(self, qapp: Any) -> None:
        self._qapp = qapp
        gc.collect()
        gc.freeze()  # what exists before the first widget test need not be looked through after each

    def count(self) -> set[Any]:
        """The objects, after everything that was about to go has gone."""
        import shiboken6
        from PySide6.QtCore import QCoreApplication, QEvent, QTimer

        for _ in range(3):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            self._qapp.processEvents()
            gc.collect()
        timers = (each for each in gc.get_objects() if isinstance(each, QTimer) and shiboken6.isValid(each))
        return {*self._qapp.topLevelWidgets(), *self._qapp.allWindows(), *(t for t in timers if t.isActive())}


@pytest.fixture(scope="session")
def census(qapp: Any) -> Census:
    """One census for all tests of this process."""
    return Census(qapp)


@pytest.fixture(autouse=True)
def leaves_nothing_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that uses Qt may leave no active timer, no top-level widget and no window behind."""
    if not {"qapp", "qtbot", "loop"} & set(request.fixturenames):
        yield
        return
    census: Census = request.getfixturevalue("census")
    before = census.count()
    yield
    left = census.count() - before
    assert not left, f"left behind: {sorted(map(repr, left))}"


# -- order and strictness of real-window tests -----------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real-window tests come first: they take longest, and parallel runs then end together."""
    for item in items:
        if "tests/desktop/" in item.path.as_posix():
            item.add_marker(pytest.mark.desktop)
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
    items.sort(key=lambda item: item.get_closest_marker("desktop") is None)


@pytest.fixture
def until() -> Callable[..., Any]:
    """``await until(condition, "what")``: a 5 ms poll on the running loop, under a deadline."""

    async def poll(condition: Callable[[], Any], what: str, limit_s: float = 10.0) -> Any:
        try:
            async with asyncio.timeout(limit_s):
                while not (answer := condition()):  # noqa: ASYNC110  most of Qt's states set no event
                    await asyncio.sleep(0.005)
                return answer
        except TimeoutError:
            pytest.fail(f"waited {limit_s:g} s in vain for {what}")

    return poll


# -- vectors -----------------------------------------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the vector files no test covers yet, in parallel runs too."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "vectors not covered yet" and value:
                terminalreporter.write_line(f"{name}: {value}")
