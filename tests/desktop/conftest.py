"""Fixtures of the real-window tests: the desktop, its hand, and cockpits that end with the test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.drive import Cockpit, Hand
from tests.desktop.virtual_desktop import VirtualDesktop, missing_programs

SHOTS = Path(__file__).resolve().parents[2] / "shots"
FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def desktop() -> Iterator[VirtualDesktop]:
    """Two monitors, L (1920x1080) and R (1600x1080), for all tests of this process; each test leaves it empty."""
    if missing := missing_programs():
        pytest.skip(f"not installed: {', '.join(missing)}")
    with VirtualDesktop() as made:
        yield made


@pytest.fixture
def hand(desktop: VirtualDesktop) -> Hand:
    """Mouse and keyboard of the desktop."""
    return Hand(desktop)


@pytest.fixture
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Cockpit]]:
    """``start(*arguments, home=None, env=None, on=None)``: a cockpit in a real window, on ``desktop`` or another.

    At the end of the test each one is ended. A test that failed leaves a picture in ``shots`` and what was said
    in its report; one that passed may not leave a traceback or a warning in what was said.
    """
    running: list[Cockpit] = []
    desktops: list[VirtualDesktop] = []

    def begin(
        *arguments: str | Path, home: Path | None = None, on: VirtualDesktop | None = None, **options: Any
    ) -> Cockpit:
        desktop = on or request.getfixturevalue("desktop")
        desktops.append(desktop)
        running.append(Cockpit(desktop, home or tmp_path / f"home-{len(running)}", arguments, **options))
        return running[-1]

    yield begin
    failed = request.node.stash.get(FAILED, False)
    if failed and desktops:
        desktops[-1].shot(SHOTS / "failed" / f"{request.node.name}.png")
    for each in reversed(running):
        each.kill()
    for number, each in enumerate(running):
        if failed and each.said():
            request.node.add_report_section("teardown", f"cockpit {number}", each.said())
    complaints = [line for each in running for line in each.complaints()]
    assert failed or not complaints, "\n".join(complaints)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Remember a failure for the fixtures that end after it."""
    report = yield
    if report.failed and call.when == "call":
        item.stash[FAILED] = True
    return report
