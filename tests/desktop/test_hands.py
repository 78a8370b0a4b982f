"""Keys under a real X server: typed as fast as X can, none is lost, and each reaches the place it is meant for."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.drive import Cockpit

# the window of the widget tests on a real display; it tells what is open, what was typed, what was caused
WINDOW = """
import json, os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from tests.widgets.keyboard import Keyboard

class Kept(list):
    def addWidget(self, widget):
        self.append(widget)

app = QApplication([])
board = Keyboard(Kept())
board.window.setWindowTitle("Board")
board.open_market()
floating = QWidget()
floating.setWindowTitle("Floating")
floating.resize(400, 300)
floating.show()
last = None

def tell():
    global last
    surface = board.keymap.surface
    seen = {
        "surface": type(surface).__name__ if surface else "",
        "over": surface.window().windowTitle() if surface else "",
        "text": surface.line.text() if hasattr(surface, "line") else "",
        "commands": [repr(command) for command in board.sent.commands],
        "log": board.desk.log,
        "focused": board.desk.focused,
    }
    if seen != last:
        last = seen
        with open(os.environ["COCKPIT_PROBE"], "a") as file:
            file.write(json.dumps(seen) + "\\n")

timer = QTimer()
timer.timeout.connect(tell)
timer.start(10)
sys.exit(app.exec())
"""


@pytest.fixture
def board(start: Callable[..., Cockpit], tmp_path: Path) -> Cockpit:
    """The window, with the keys."""
    program = tmp_path / "board.py"
    program.write_text(WINDOW, encoding="utf-8")
    root = str(Path(__file__).resolve().parents[2])
    app = start(program=(sys.executable, str(program)), env={"PYTHONPATH": root})
    app.window("Floating")
    app.focus(app.window("Board"))
    return app


def commands(board: Cockpit, *expected: str) -> None:
    board.wait_for(lambda seen: seen["commands"] == list(expected), f"exactly {expected}")


def test_letters_typed_without_pause_open_the_search_and_none_is_lost(board: Cockpit) -> None:
    for _ in range(5):
        board.hand.type("nqz5esh4")
        board.wait_for(lambda seen: seen["text"] == "nqz5esh4", "every letter")
        board.hand.key("Escape")
        board.wait_for(lambda seen: seen["surface"] == "", "the search gone")


def test_a_whole_thought_typed_at_once_does_what_was_meant(board: Cockpit) -> None:
    board.hand.type("mesh")
    board.hand.key("Return", "space", "bracketright", "ctrl+Right", "greater", "less")
    commands(
        board,
        "SelectInstrument(symbol='MESH4.GLBX', pane='chart.1', linked=True)",
        "TogglePlay()",
        "StepSpeed(by=1)",
        "StepSeconds(by=1.0)",
        "StepEvents(by=1)",
        "StepEvents(by=-1)",
    )


def test_an_interval_in_ticks_and_a_jump(board: Cockpit) -> None:
    board.hand.type(",t500")
    board.hand.key("Return", "ctrl+t")
    board.hand.type("19:30:15")
    board.hand.key("Return")
    commands(board, "SelectInterval(interval='t500', pane='chart.1')", "SeekTo(clock_ns=1703464215000000000)")


def test_chords_and_shifted_digits_are_read_by_the_keyboards_layout(board: Cockpit) -> None:
    board.hand.key("ctrl+g", "4", "ctrl+shift+2", "semicolon", "f", "plus", "grave", "shift+Tab")
    commands(board, "SetLink(pane='chart.1', group=4)")
    wanted = [["send_to_monitor", 2], ["float_panel", "chart.1"], ["zoom", "chart.1", 1], ["recentre", "chart.1"]]
    board.wait_for(lambda seen: seen["log"] == wanted and seen["focused"] == "ladder", "chords and digits")


def test_a_floating_window_has_all_the_keys_and_the_search_opens_over_it(board: Cockpit) -> None:
    board.focus(board.window("Floating"))
    board.hand.key("space")
    board.hand.type("zn")
    board.wait_for(lambda seen: (seen["over"], seen["text"]) == ("Floating", "zn"), "the search over it")
    board.hand.key("Return")
    commands(board, "TogglePlay()", "SelectInstrument(symbol='ZNH4.GLBX', pane='chart.1', linked=True)")


def test_a_file_dialog_keeps_its_keys(board: Cockpit) -> None:
    board.hand.key("ctrl+o")
    dialog = board.window("Open recordings")
    board.focus(dialog)
    board.hand.type("es 5")
    board.hand.key("Escape", "Escape")
    board.focus(board.window("Board"))
    board.hand.key("space")
    commands(board, "TogglePlay()")
