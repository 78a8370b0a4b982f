"""The hand and the eye that drive the cockpit, tried on a window that tells what reaches it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.drive import Cockpit

# a window that writes every key, click and drag it gets, in native pixels of the desktop
WINDOW = """
import json, os, sys
from PySide6 import QtCore, QtWidgets

class Window(QtWidgets.QWidget):
    def tell(self, **what):
        with open(os.environ["COCKPIT_PROBE"], "a") as file:
            file.write(json.dumps({"text": line.text(), **what}) + "\\n")

    def keyPressEvent(self, event):
        self.tell(key=event.key(), ctrl=bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ControlModifier))

    def mouseReleaseEvent(self, event):
        self.tell(released=[round(event.globalPosition().x()), round(event.globalPosition().y())], moves=self.moves)

    def mousePressEvent(self, event):
        self.moves = 0
        self.setFocus()

    def mouseDoubleClickEvent(self, event):
        self.tell(double=True)

    def mouseMoveEvent(self, event):
        self.moves += 1

    def wheelEvent(self, event):
        self.tell(wheel=event.angleDelta().y())

    def resizeEvent(self, event):
        self.tell(size=[self.width(), self.height()])

app = QtWidgets.QApplication([])
window = Window(windowTitle="Told " + sys.argv[1])
line = QtWidgets.QLineEdit(window)
line.textChanged.connect(lambda: window.tell())
window.resize(400, 300)
window.show()
line.setFocus()
sys.exit(app.exec())
"""

Start = Callable[..., Cockpit]


@pytest.fixture
def told(start: Start, tmp_path: Path) -> Cockpit:
    """The window, focused, with the pointer away from it."""
    program = tmp_path / "window.py"
    program.write_text(WINDOW, encoding="utf-8")
    app = start("one", program=(sys.executable, str(program)))
    window = app.window("Told one")
    app.focus(window)
    assert (window.width, window.height) == (400, 300)
    return app


def test_typed_text_arrives_whole_and_in_order(told: Cockpit) -> None:
    told.hand.type("es 15m, T500")
    told.wait_for(lambda seen: seen["text"] == "es 15m, T500", "the typed text")


def test_keys_arrive_with_their_modifiers(told: Cockpit) -> None:
    told.hand.click(*told.window().at(0.5, 0.8))
    told.hand.key("ctrl+k")
    told.wait_for(lambda seen: seen.get("ctrl") and seen["key"] == ord("K"), "Ctrl+K")
    told.hand.key("F1", "space")
    told.wait_for(lambda seen: seen.get("key") == ord(" "), "Space")


def test_a_click_and_a_double_click_arrive_where_they_are_aimed(told: Cockpit) -> None:
    place = told.window().at(0.25, 0.5)
    told.hand.click(*place)
    told.wait_for(lambda seen: seen.get("released") == list(place), "the click")
    told.hand.click(*place, times=2)
    assert told.wait_for(lambda seen: "released" in seen and len(told.lines()) > 2, "the second release")
    assert any(line.get("double") for line in told.lines())


def test_a_drag_is_a_way_and_not_a_jump(told: Cockpit) -> None:
    window = told.window()
    told.hand.drag(window.at(0.2, 0.4), window.at(0.9, 0.9))
    seen = told.wait_for(lambda seen: "released" in seen, "the end of the drag")
    assert seen["released"] == list(window.at(0.9, 0.9))
    assert seen["moves"] >= 3


def test_the_wheel_turns_both_ways(told: Cockpit) -> None:
    place = told.window().at(0.5, 0.5)
    told.hand.wheel(*place, 1)
    told.wait_for(lambda seen: seen.get("wheel", 0) > 0, "a turn up")
    told.hand.wheel(*place, -1)
    told.wait_for(lambda seen: seen.get("wheel", 0) < 0, "a turn down")


def test_a_window_can_be_resized_and_found_again(told: Cockpit) -> None:
    told.resize(told.window(), 640, 360)
    told.wait_for(lambda seen: seen.get("size") == [640, 360], "the new size")
    assert (told.window().width, told.window().height) == (640, 360)


def test_the_picture_shows_the_window(told: Cockpit, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    window = told.window()
    picture = QImage(str(told.shot(tmp_path / "now.png")))
    inside, outside = window.at(0.5, 0.8), (window.x + window.width + 50, window.y)
    assert picture.pixelColor(*inside) != picture.pixelColor(*outside)


def test_closing_as_a_person_and_by_signal_end_it(told: Cockpit, start: Start, tmp_path: Path) -> None:
    assert told.close() == 0
    assert told.terminate() == 0  # it has ended: nothing to do


def test_an_end_in_the_middle_of_a_wait_says_what_it_said(start: Start) -> None:
    app = start(program=(sys.executable, "-c", "import sys; print('it is over'); sys.exit(3)"))
    with pytest.raises(AssertionError, match=r"ended with 3, waiting for a state(.|\n)*it is over"):
        app.wait_for(lambda seen: False, "a state")


def test_a_wait_in_vain_names_what_it_waited_for(told: Cockpit) -> None:
    told.hand.type("abc")
    told.wait_for(lambda seen: seen["text"] == "abc", "abc")
    with pytest.raises(AssertionError, match=r"in vain for the moon(.|\n)*abc"):
        told.wait_for(lambda seen: False, "the moon", limit_s=0.2)


def test_complaints_are_tracebacks_warnings_of_qt_and_of_the_log(start: Start) -> None:
    bad = [
        "Traceback (most recent call last):",
        "QObject::connect: no slot",
        "qt.qpa.xcb: oh",
        "1 WARNING cockpit: x",
    ]
    app = start(program=(sys.executable, "-c", f"print('all is well', *{bad}, 'Quiet', sep=chr(10))"))
    assert app.ended() == 0
    assert app.complaints() == bad
    app._stderr.write_text("", encoding="utf-8")  # else this test's own end complains
