"""A key event in the words of the table."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from cockpit.widgets.strokes import stroke_of

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
KEYPAD = Qt.KeyboardModifier.KeypadModifier


def event(key: int, modifiers: Qt.KeyboardModifier = NONE, scan: int = 0) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, scan, 0, 0)


@pytest.mark.parametrize(
    ("pressed", "stroke"),
    [
        (event(Qt.Key.Key_F), "F"),
        (event(Qt.Key.Key_Right, SHIFT | CTRL), "Ctrl+Shift+Right"),
        (event(Qt.Key.Key_Greater, SHIFT), ">"),
        (event(Qt.Key.Key_Plus, SHIFT | CTRL), "Ctrl++"),
        (event(Qt.Key.Key_Exclam, SHIFT | CTRL, 10), "Ctrl+Shift+1"),
        (event(Qt.Key.Key_ParenRight, SHIFT | CTRL), "Ctrl+Shift+0"),
        (event(Qt.Key.Key_Backtab, SHIFT), "Shift+Tab"),
        (event(Qt.Key.Key_5, KEYPAD), "5"),
        (event(Qt.Key.Key_Space), "Space"),
        (event(Qt.Key.Key_Escape), "Esc"),
        (event(Qt.Key.Key_Menu), "Menu"),
        (event(Qt.Key.Key_Control, CTRL), ""),
        (event(Qt.Key.Key_Shift, SHIFT), ""),
    ],
)
def test_a_stroke_is_written_as_in_the_table(pressed: QKeyEvent, stroke: str) -> None:
    assert stroke_of(pressed) == stroke
