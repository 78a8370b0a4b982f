"""Where keys are changed: pick an action, press its new key. A key that somebody holds is refused by his name."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.action_spec import ActionSpec, cap
from cockpit.widgets.bindings import holder_of, is_key, leaders
from cockpit.widgets.caps import cap_width, paint_cap
from cockpit.widgets.fuzzy import Match, match, ranked
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.key_help import caps
from cockpit.widgets.pick_list import ROW, PickList, paint_match, paint_text
from cockpit.widgets.strokes import stroke_of
from cockpit.widgets.surface import HEAD, WIDE, FieldLine, Surface, SurfaceButton
from cockpit.widgets.theme import BUTTON, Theme

ROWS: Final = 9
NOTE: Final = 30
FOOT: Final = BUTTON + 16
GROUP_WIDTH: Final = 76
EDGE: Final = 20
HELP: Final = "Enter changes the key, Shift+Enter adds one, Tab goes to the buttons"
PRESS: Final = "Press the new key; Esc leaves it as it was"

Row = tuple[ActionSpec, Match]


class KeyTable(Protocol):
    """Who has the table; the ``Keymap``."""

    def actions(self) -> tuple[ActionSpec, ...]:
        """The table with the keys that act now."""
        ...

    def shipped(self) -> tuple[ActionSpec, ...]:
        """The table as shipped."""
        ...

    def rebind(self, table: Sequence[ActionSpec]) -> bool:
        """Let these keys act from now on; False when they could not be kept."""
        ...

    def start(self, action_id: str) -> None:
        """Do an action."""
        ...


class KeyEditor(Surface):
    """The page.

    Args:
        keys: Has the table and takes the changed one.
    """

    name = "keys"

    def __init__(self, window: QWidget, theme: Theme, keys: KeyTable) -> None:
        super().__init__(window, theme, WIDE + 60, HEAD + ROWS * ROW + NOTE + FOOT + 8)
        self._keys = keys
        self._awaiting: ActionSpec | None = None  # who gets the next stroke
        self._adds = False
        self._first = ""  # a leader that was pressed
        self.note, self._is_bad = HELP, False
        self.setAccessibleName("Change the keys")
        self.line = FieldLine(theme, self)
        self.line.setPlaceholderText("Action, or a key")
        self.line.setAccessibleName("Search an action or a key")
        self.line.setAccessibleDescription(HELP)
        self.line.installEventFilter(self)
        self.list: PickList[Row] = PickList(theme, self, self._paint_row, self._click)
        self.list.setAccessibleName("Actions and their keys")
        self.list.describe(lambda row: f"{row[0].text}: {', '.join(caps(row[0].keys)) or 'no key'}")
        self.buttons = [
            SurfaceButton(self, text, act)
            for text, act in (
                ("Reset this", self._reset_one),
                ("Reset all", self._reset_all),
                ("Export", lambda: self._elsewhere("keys.export")),
                ("Import", lambda: self._elsewhere("keys.import")),
            )
        ]
        self.line.textEdited.connect(self._search)
        self.line.stepped.connect(self.list.step)
        self.line.entered.connect(self._enter)
        self.line.escaped.connect(self.leave)
        self.line.abandoned.connect(self.abandon_outside)
        self._search("")

    @property
    def awaits_key(self) -> bool:
        """Whether the next stroke becomes a key."""
        return self._awaiting is not None

    def type(self, text: str) -> None:
        """Add typed text, as if it came from the keyboard."""
        self.line.insert(text)
        self._search(self.line.text())

    def resizeEvent(self, event: object) -> None:
        """Field, rows, note, buttons."""
        del event
        self.line.setGeometry(44, 9, self.width() - 44 - 90, 32)
        self.list.setGeometry(0, HEAD + 4, self.width(), self.height() - HEAD - 8 - NOTE - FOOT)
        left = EDGE
        for button in self.buttons:
            wide = button.sizeHint().width()
            button.setGeometry(left, self.height() - FOOT + 4, wide, BUTTON)
            left += wide + 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While a key is awaited every stroke is that key, whoever else would have it."""
        if watched is self.line and self.awaits_key and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._pressed(event)
                return True
        return super().eventFilter(watched, event)

    def _search(self, typed: str) -> None:
        actions = self._keys.actions()
        by_text = ranked(typed, actions, lambda spec: spec.text)
        found = {spec.id for spec, _ in by_text}
        word = typed.strip().lower()
        by_key = [
            (spec, Match(0.0, ()))
            for spec in actions
            if word and spec.id not in found and any(word in cap(key).lower() for key in spec.keys)
        ]
        exact = [row for row in by_key if any(word == cap(key).lower() for key in row[0].keys)]
        rest = [row for row in by_key if row not in exact]
        self.list.show_items([*exact, *by_text, *rest])
        self.update()

    def _show_again(self) -> None:
        """The same rows with the keys they have now; the selected one stays."""
        by_id = {spec.id: spec for spec in self._keys.actions()}
        typed = self.line.text()
        rows = [(by_id[spec.id], match(typed, spec.text) or Match(0.0, ())) for spec, _ in self.list.items]
        self.list.show_items(rows, keep=True)

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.note, self._is_bad = text, bad
        self.setAccessibleDescription(text)
        self.update()

    # one key

    def _enter(self, adds: bool) -> None:  # noqa: FBT001  the signal's form
        row = self.list.selected
        if row is not None:
            self._await(row[0], adds=adds)

    def _click(self, row: Row) -> None:
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self._await(row[0], adds=False)

    def _await(self, spec: ActionSpec, *, adds: bool) -> None:
        if spec.fixed:
            self._say(f"{spec.text}: {spec.fixed}", bad=True)
            return
        self._awaiting, self._adds, self._first = spec, adds, ""
        self._say(PRESS)
        self.list.update()

    def _pressed(self, event: QKeyEvent) -> None:
        spec, stroke = self._awaiting, stroke_of(event)
        if spec is None or not stroke:
            return
        if stroke == "Esc":
            self._awaiting = None
            self._say(f"{spec.text} keeps its key")
        elif not self._first and stroke in leaders(self._keys.shipped()):
            self._first = stroke
            self._say(f"{cap(stroke)}, then a second key; Esc leaves it as it was")
        else:
            self.take(spec, f"{self._first} {stroke}".strip())
        self.list.update()

    def take(self, spec: ActionSpec, key: str) -> None:
        """Give the action that key, or say why it cannot have it and go on waiting."""
        self._first = ""
        refusal = holder_of(self._keys.actions(), key, spec.id)
        if not is_key(key, leaders(self._keys.shipped())):
            refusal = f"{cap(key)} cannot be a key here"
        if refusal:
            self._say(f"{refusal}; press another, or Esc", bad=True)
            return
        self._awaiting = None
        added = (*(each for each in spec.keys if each != key), key) if self._adds else (key,)
        self._give(spec.id, added, f"{spec.text}: {', '.join(map(cap, added))}")

    def _give(self, action_id: str, wanted: tuple[str, ...], said: str) -> None:
        table = [replace(spec, keys=wanted) if spec.id == action_id else spec for spec in self._keys.actions()]
        kept = self._keys.rebind(table)
        self._show_again()
        self._say(said if kept else f"{said}; it could not be kept and lasts until the end", bad=not kept)

    def _reset_one(self) -> None:
        row = self.list.selected
        if row is None:
            return
        spec = row[0]
        usual = next(each.keys for each in self._keys.shipped() if each.id == spec.id)
        taken = [refusal for key in usual if (refusal := holder_of(self._keys.actions(), key, spec.id))]
        if taken:
            self._say(f"{taken[0]}; give that another key first", bad=True)
        else:
            self._give(spec.id, usual, f"{spec.text} as shipped")

    def _reset_all(self) -> None:
        self._keys.rebind(self._keys.shipped())
        self._show_again()
        self._say("Every key is as shipped")

    def _elsewhere(self, action_id: str) -> None:
        self.leave()
        self._keys.start(action_id)

    # painting

    def paint(self, painter: QPainter) -> None:
        """The glass, how many fit, and the note below the rows."""
        theme, middle = self._theme, QRectF(EDGE, 0, self.width() - 2 * EDGE, HEAD)
        paint_icon(painter, QRectF(14, 0, 20, HEAD), "keyboard", theme.color("text2"), 16)
        paint_text(painter, theme, middle, "label", "text3", f"{len(self.list.items)} actions", right=True)
        painter.fillRect(QRectF(1, HEAD - 1, self.width() - 2, 1), theme.color("line"))
        top = self.height() - FOOT - NOTE
        painter.fillRect(QRectF(1, top, self.width() - 2, 1), theme.color("line"))
        note = QRectF(EDGE, top, self.width() - 2 * EDGE, NOTE)
        paint_text(painter, theme, note, "label", "failed" if self._is_bad else "text2", self.note)
        if not self.list.items:
            area = QRectF(EDGE, HEAD + 4, self.width() - 2 * EDGE, ROW)
            paint_text(painter, theme, area, "body", "text3", f"Nothing fits “{self.line.text()}”")

    def _paint_row(self, painter: QPainter, area: QRectF, row: Row, selected: bool) -> None:  # noqa: FBT001  PickList's form
        spec, fit = row
        theme = self._theme
        quiet = "text2" if selected else "text3"
        group = QRectF(area.left() + EDGE, area.top(), GROUP_WIDTH - 8, area.height())
        paint_text(painter, theme, group, "label", quiet, spec.group)
        right = area.right() - 14
        if self._awaiting is not None and self._awaiting.id == spec.id:
            shown = f"{cap(self._first)} …" if self._first else "press a key"
            cell = QRectF(area.left(), area.top(), right - area.left(), area.height())
            right -= paint_text(painter, theme, cell, "strong", "accent", shown, right=True) + 12
        else:
            for text in reversed(caps(spec.keys)):
                paint_cap(painter, QPointF(right, area.center().y()), text, theme)
                right -= cap_width(text, theme) + 6
        left = area.left() + EDGE + GROUP_WIDTH
        words = QRectF(left, area.top(), right - left - 6, area.height())
        token = quiet if spec.fixed else "text1"
        paint_match(painter, theme, words, "body", token, spec.text, fit.positions)
