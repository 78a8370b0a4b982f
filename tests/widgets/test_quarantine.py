"""A panel that cannot draw, in the window: FAILED in its place, told once; a button, a key; the others go on."""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QPushButton

from cockpit.state.commands import ReportFault, RestartPanel
from cockpit.state.views import Freshness
from tests.widgets.shell import Body, Shell


def broken(qtbot: Any) -> Shell:
    """A window whose second chart has a bug."""
    shell = Shell(qtbot).open()
    body = shell.body("chart.2")

    def draw(state: Any) -> None:
        raise ValueError("no bars")

    body.draw = draw  # type: ignore[method-assign]
    move(shell)
    return shell


def move(shell: Shell) -> None:
    for pane in ("chart.1", "chart.2"):
        topic = shell.screen.charts[pane]
        topic.publish(replace(topic.value))
    shell.frames(3)


def test_it_is_failed_in_its_place_and_the_others_draw_on(qtbot: Any) -> None:
    shell = broken(qtbot)
    frame = shell.window.frame("chart.2")
    assert frame is not None
    assert frame.failure == "ValueError: no bars"
    assert frame.header.head.freshness is Freshness.FAILED
    before = len(shell.body("chart.1").states)
    move(shell)
    assert len(shell.body("chart.1").states) == before + 1
    told = [command for command in shell.sent.commands if isinstance(command, ReportFault)]
    assert told == [ReportFault("chart.2", "ValueError: no bars")]


def test_the_button_asks_for_a_restart_and_draws_again(qtbot: Any) -> None:
    shell = broken(qtbot)
    frame, body = shell.window.frame("chart.2"), shell.body("chart.2")
    assert frame is not None
    del body.draw
    button = next(each for each in frame.findChildren(QPushButton) if each.isVisible())
    assert button.text() == "Restart"
    button.click()
    shell.frames(2)
    assert RestartPanel("chart.2") in shell.sent.commands
    assert frame.failure == ""
    assert isinstance(body, Body)
    assert body.states


def test_the_key_for_everything_that_stopped_brings_it_back_too(qtbot: Any) -> None:
    shell = broken(qtbot)
    frame, body = shell.window.frame("chart.2"), shell.body("chart.2")
    del body.draw
    drawn = len(body.states)
    shell.screen.restarts.publish(1)  # what the state answers to RestartEngines
    shell.frames(2)
    assert frame is not None
    assert frame.failure == ""
    assert len(body.states) > drawn


def test_what_is_shed_slows_every_panel_down_and_comes_back(qtbot: Any) -> None:
    from cockpit.state.governor import load_of

    shell = Shell(qtbot).open()

    def draws() -> int:
        before = len(shell.body("chart.1").states)
        for _ in range(60):
            topic = shell.screen.charts["chart.1"]
            topic.publish(replace(topic.value))
            shell.frames(1, 1000 / 60)
        return len(shell.body("chart.1").states) - before

    full = draws()
    shell.screen.load.publish(load_of(3, 0))
    shell.frames(1)
    assert draws() <= 17
    assert shell.window.status_bar.shedding() == "shedding: motion off, panels 15 Hz"
    shell.screen.load.publish(load_of(0, None))
    shell.frames(1)
    assert draws() >= full - 2 >= 55
