"""With nothing open: two cards, the recent recordings, its own keys, and files that are dropped."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.state import commands as c
from cockpit.state.views import Loading
from cockpit.widgets.chooser import Chooser
from cockpit.widgets.drops import FileDrop, dropped_paths
from tests.widgets.keyboard import Keyboard, Sent, theme

RECENT = ("/data/monday.dbn.zst", "/data/friday.csv")


class Shown:
    """A chooser in the window that has the keys."""

    def __init__(self, qtbot: Any, recent: tuple[str, ...]) -> None:
        self.keyboard = Keyboard(qtbot, recent)
        self.started: list[str] = []
        self.recent = recent
        self.chooser = Chooser(theme(), self.keyboard.sent, lambda: list(self.recent), self.started.append)
        layout = self.keyboard.window.layout()
        assert layout is not None
        layout.addWidget(self.chooser)


@pytest.fixture
def shown(qtbot: Any) -> Shown:
    return Shown(qtbot, RECENT)


def test_it_takes_the_keys_when_it_appears(shown: Shown) -> None:
    QTest.qWaitForWindowExposed(shown.keyboard.window)
    QApplication.processEvents()
    assert shown.chooser.hasFocus()


def test_one_starts_the_market_two_opens_the_dialog_and_enter_the_recent_recording(shown: Shown) -> None:
    shown.chooser.show()
    shown.chooser.setFocus()
    shown.keyboard.press("1", "2", "Return", "Down", "Return", "Up", "Return")
    assert shown.started == ["market", "open"]
    assert shown.keyboard.sent.commands == [c.OpenSources((RECENT[place],)) for place in (0, 1, 0)]


def test_without_recent_recordings_enter_starts_the_market(qtbot: Any) -> None:
    shown = Shown(qtbot, ())
    shown.chooser.show()
    shown.chooser.setFocus()
    shown.keyboard.press("Return")
    assert shown.started == ["market"]
    assert not shown.chooser.list.isVisible()


def test_its_keys_are_its_own_only_while_it_has_the_focus(shown: Shown) -> None:
    shown.keyboard.desk.bodies["chart.1"].setFocus()
    shown.keyboard.press("1")
    assert shown.started == []
    assert shown.keyboard.keymap.surface is not None


def test_all_other_keys_act_beside_it(shown: Shown) -> None:
    shown.chooser.setFocus()
    shown.keyboard.press("Ctrl+K", "Esc", "F9")
    assert shown.keyboard.desk.log == [("toggle_panel", "health")]
    assert shown.chooser.hasFocus()


def test_it_reads_the_recent_recordings_again_each_time_it_appears(shown: Shown) -> None:
    shown.chooser.hide()
    shown.recent = ("/data/new.dbn",)
    shown.chooser.show()
    assert list(shown.chooser.list.items) == ["/data/new.dbn"]


def test_clicks_choose(shown: Shown) -> None:
    QApplication.processEvents()
    QTest.mouseClick(shown.chooser.cards["2"], Qt.MouseButton.LeftButton, pos=QPoint(40, 90))
    QTest.mouseClick(shown.chooser.list, Qt.MouseButton.LeftButton, pos=QPoint(40, 50))
    assert shown.started == ["open"]
    assert shown.keyboard.sent.commands == [c.OpenSources((RECENT[1],))]


def test_something_long_under_way_is_counted(shown: Shown) -> None:
    loading = shown.chooser.loading
    assert not loading.isVisible()
    shown.chooser.draw(Loading("Building a day of history", 14.0, 24.0, "hours", 3.2))
    assert loading.isVisible()
    assert loading.text() == "14 of 24 hours, 3 s left"
    shown.chooser.draw(Loading())
    assert not loading.isVisible()


def mime(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def drop(window: QWidget, door: FileDrop, data: QMimeData) -> bool:
    """Drag something over the window and let it go; whether it was wanted."""
    for kind in (QEvent.Type.DragEnter, QEvent.Type.Drop):
        event = QDropEvent(
            QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier, kind,
        )  # fmt: skip
        event.ignore()
        if not (door.eventFilter(window, event) and event.isAccepted()):
            return False
    return True


def test_files_dropped_on_the_window_open_together(qtbot: Any) -> None:
    window, sent = QWidget(), Sent()
    qtbot.addWidget(window)
    door = FileDrop(window, sent)
    assert window.acceptDrops()
    assert drop(window, door, mime("file:///data/a.dbn", "file:///data/b%20c.csv"))
    assert sent.commands == [c.OpenSources(("/data/a.dbn", "/data/b c.csv"))]


def test_other_things_are_not_taken(qtbot: Any) -> None:
    window, sent = QWidget(), Sent()
    qtbot.addWidget(window)
    door = FileDrop(window, sent)
    assert not drop(window, door, mime("https://example.com/a.dbn"))
    assert not drop(window, door, mime())
    assert sent.commands == []
    assert dropped_paths(mime("https://example.com/a", "file:///data/a.dbn")) == ("/data/a.dbn",)
