"""A key event as the table writes keys: ``Ctrl+Shift+Right``, ``>``, ``Ctrl+=``."""

from typing import Final

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_BARE: Final = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
)
_SHIFTED: Final = dict(zip("!@#$%^&*()", "1234567890", strict=True))  # of the digits, as most layouts have them
_DIGIT_SCANS: Final = {10 + at: digit for at, digit in enumerate("1234567890")}  # the row of digits under X11
_LAST_ASCII: Final = 0x7E


def stroke_of(event: QKeyEvent) -> str:
    """The stroke of a key event; empty while only Shift, Ctrl or their like are down.

    A sign carries its Shift in itself (``>``, not ``Shift+>``); Shift with Ctrl and a digit stays a digit, for
    that is how one finds it on the keyboard.
    """
    key = event.key()
    if key in _BARE:
        return ""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    shift = Qt.KeyboardModifier.ShiftModifier
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    sign = chr(key) if 0 < key <= _LAST_ASCII else ""
    commanded = bool(modifiers & ~shift)
    if commanded and modifiers & shift and sign in _SHIFTED:
        key = Qt.Key(ord(_DIGIT_SCANS.get(event.nativeScanCode(), _SHIFTED[sign])))
    elif sign.strip() and not sign.isalnum():
        modifiers &= ~shift
    combination = QKeyCombination(modifiers, Qt.Key(key))
    return QKeySequence(combination).toString(QKeySequence.SequenceFormat.PortableText)
