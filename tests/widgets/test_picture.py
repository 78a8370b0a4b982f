"""Pictures: of a pane and of the desk, to a file and to the clipboard, with provenance in them."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cockpit.errors import ConfigError
from cockpit.state.commands import CommandSink
from cockpit.state.screen import Screen
from cockpit.widgets import picture
from cockpit.widgets.desk import Hands
from cockpit.widgets.picture import copy_picture, picture_of, picture_of_desk
from cockpit.widgets.shots import Shots
from tests.widgets.shell import Shell, theme

RED, GREEN, BLUE = (Qt.GlobalColor.red, Qt.GlobalColor.green, Qt.GlobalColor.blue)


def filled(color: Any, parent: QWidget | None = None) -> QWidget:
    """A widget of one colour."""
    made = QWidget(parent)
    made.setStyleSheet(f"background: {color.name.lower()};")
    return made


def image(made: Any) -> QImage:
    return made.toImage()


class Plot(QWidget):
    """Shows nothing when it is grabbed, as an OpenGL viewport does, and paints itself blue when asked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._viewport = QWidget(self)

    def viewport(self) -> QWidget:
        return self._viewport

    def resizeEvent(self, event: Any) -> None:
        self._viewport.resize(self.size())

    def paint_into(self, painter: QPainter) -> None:
        painter.fillRect(self._viewport.rect(), BLUE)


def test_panes_that_cannot_be_grabbed_paint_themselves_below_what_lies_over_them(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "GL_WIDGET", "QWidget")
    window = filled(RED)
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.setContentsMargins(10, 10, 10, 10)
    plot = Plot(window)
    column.addWidget(plot)
    notice = filled(GREEN, window)
    notice.setGeometry(40, 40, 20, 20)
    window.resize(200, 100)
    window.show()
    notice.raise_()
    seen = image(picture_of(window))
    assert seen.pixelColor(100, 80) == BLUE
    assert seen.pixelColor(3, 3) == RED
    assert seen.pixelColor(50, 50).green() > 100
    assert seen.pixelColor(50, 50) != BLUE


def test_a_desk_is_all_windows_as_they_stand_to_each_other(qtbot: Any) -> None:
    windows = [filled(color) for color in (RED, BLUE, GREEN)]
    for window, corner in zip(windows, (QPoint(50, 60), QPoint(150, 60), QPoint(0, 0)), strict=True):
        qtbot.addWidget(window)
        window.resize(100, 100)
        window.move(corner)
        window.show()
    windows[2].hide()
    seen = image(picture_of_desk(windows, theme().color("bg0")))
    origin = windows[0].mapToGlobal(QPoint(0, 0))
    apart = windows[1].mapToGlobal(QPoint(0, 0)) - origin
    assert (seen.width(), seen.height()) == (apart.x() + 100, 100)
    assert seen.pixelColor(50, 50) == RED
    assert seen.pixelColor(apart.x() + 50, 50) == BLUE


def test_nothing_shown_is_no_picture(qtbot: Any) -> None:
    hidden = filled(RED)
    qtbot.addWidget(hidden)
    with pytest.raises(ConfigError, match="nothing is shown"):
        copy_picture(picture_of_desk([hidden], theme().color("bg0")))


class Taken:
    """A window with something open, and what was said."""

    def __init__(self, qtbot: Any) -> None:
        self.shell = Shell(qtbot, size=(1280, 720)).open()
        self.said: list[str] = []
        sink: CommandSink = self.shell.sent
        screen: Screen = self.shell.screen
        hands = Hands(self.shell.window, screen, sink, None)  # pyright: ignore[reportArgumentType]  opens nothing
        self.shots = Shots(hands, theme(), self.said.append)


@pytest.fixture
def taken(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Taken:
    monkeypatch.setattr("cockpit.widgets.shots.pictures_folder", lambda: tmp_path)
    return Taken(qtbot)


def replay_pixels(seen: QImage) -> int:
    """How many pixels wear the frame of a replay."""
    violet = theme().color("replay").rgb()
    return sum(seen.pixelColor(x, 1).rgb() == violet for x in range(0, seen.width(), 10))


def test_a_pane_goes_to_file_and_clipboard_with_its_header(taken: Taken, tmp_path: Path) -> None:
    taken.shots.pane_to_file("chart.1")
    file = Path(taken.said[-1].removeprefix("Picture written: "))
    assert file.parent == tmp_path
    frame = taken.shell.window.frame("chart.1")
    assert frame is not None
    assert QImage(str(file)).size() == frame.size()
    taken.shots.pane_to_clipboard("chart.1")
    assert QGuiApplication.clipboard().image().size() == frame.size()
    assert taken.said[-1] == f"Picture of the pane copied, {frame.width():,} × {frame.height():,} pixels"


def test_the_desk_goes_to_file_and_clipboard_wearing_its_provenance(taken: Taken) -> None:
    taken.shots.desk_to_file()
    assert "cockpit-desk-" in taken.said[-1]
    seen = QImage(taken.said[-1].removeprefix("Picture written: "))
    window = taken.shell.window
    assert seen.size() == window.size()
    assert replay_pixels(seen) > seen.width() // 12
    taken.shots.desk_to_clipboard()
    assert QGuiApplication.clipboard().image().size() == window.size()


def test_a_pane_that_was_never_drawn_is_said(taken: Taken) -> None:
    taken.shots.pane_to_file("nothing")
    assert taken.said == ["Picture of the pane: it shows nothing yet"]
