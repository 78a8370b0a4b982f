"""The tuning bench: every parameter of every detector, tried at once on what is open.

Left and right step a value, digits type one, Delete takes the program's own back. What is open is scanned anew in
the background; marks, scores and lists follow once that is done.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from cockpit.events.dtypes import Detector
from cockpit.instruments import Instrument
from cockpit.state.commands import Command, TryRules
from cockpit.state.detections import TITLES
from cockpit.state.detector_views import FEW, ScoreRow, TuningPhase, TuningView, Verdict
from cockpit.state.screen import Screen
from cockpit.state.views import WorkspaceState
from cockpit.widgets.choice_rows import Row
from cockpit.widgets.detect.steps import stepped
from cockpit.widgets.figures import unit
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.rows_surface import RowsSurface
from cockpit.widgets.theme import Theme

WIDTH: Final = 680
LINE: Final = 22
COLUMNS: Final = 3  # of counts
BELOW: Final = 2 * LINE + 3 * LINE + 8  # what is done, a remark, counts
HINT: Final = "\u2190 \u2192 step   digits type   Del own value   PgUp PgDn detector   Esc closes"
OWN: Final = "own"
CHANGED: Final = "\u2022 "
BAR: Final = 3
GROUPS: Final = {each.name.lower(): TITLES[each] for each in Detector if each in TITLES}
SIZES: Final = ".absolute"  # parameters that are sizes, in lots
_PHASES: Final = {
    TuningPhase.OFF: ("text2", "The program's own rules"),
    TuningPhase.SCANNING: ("aging", "SCANNING"),
    TuningPhase.READY: ("text1", "READY: marks, scores and lists are by the tried rules"),
    TuningPhase.FAILED: ("failed", "FAILED"),
}
_GROUP_STEPS: Final = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
_ENTERS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TuningBench(RowsSurface):
    """The rows of ``TuningView.settings`` over what the scan found.

    Args:
        screen: Where the tried rules and the scores are published.
        send: Takes the commands.
    """

    name = "tuning"

    def __init__(self, window: QWidget, theme: Theme, screen: Screen, send: Callable[[Command], object]) -> None:
        super().__init__(window, theme, "Tuning bench", HINT, WIDTH, BELOW)
        self._screen, self._send = screen, send
        self._view: TuningView | None = None
        self._pending: dict[str, str] = {}  # wanted, and not told back yet
        self._typed, self._typed_for = "", ""
        self.refresh()

    def draw(self, workspace: WorkspaceState) -> None:
        """Follow what becomes of the scan."""
        del workspace
        self.refresh()

    def refresh(self) -> None:
        """Show the rules as they are now."""
        if self.is_left:
            return
        if self._screen.tuning.value is not self._view:
            self._view, self._pending = self._screen.tuning.value, {}
        rows = self._rows()
        if [_shown(row) for row in rows] != [_shown(row) for row in self.list.rows]:
            self.show_rows(rows)
        self.update()

    @property
    def view(self) -> TuningView:
        """The tried rules as they were published last."""
        return self._view or self._screen.tuning.value

    # rows

    def _settings(self) -> dict[str, str]:
        return {**self.view.settings, **self._pending}

    def _rows(self) -> tuple[Row, ...]:
        settings = self._settings()
        changed = sum(text != self.view.usual.get(name) for name, text in settings.items())
        words = f"back to the program's own; {changed} changed" if changed else "nothing changed"
        own = Row(OWN, "Own rules", "", (), _nothing, "", words, self._to_own)
        return (own, *(self._row(name, text) for name, text in settings.items()))

    def _row(self, name: str, text: str) -> Row:
        usual = self.view.usual.get(name, text)
        is_changed = text != usual
        title = CHANGED + title_of(name) if is_changed else title_of(name)
        key = f"own {usual}" if is_changed else ""
        if self._typed and self._typed_for == name:
            return Row(name, title, "", (), _nothing, key, f"{self._typed}\u258f", self._commit)
        whole = name in self.view.whole
        values = dict.fromkeys((stepped(text, -1, is_whole=whole), text, stepped(text, 1, is_whole=whole)))
        return Row(name, title, text, tuple(Option(each, each) for each in values), partial(self._want, name), key)

    def _selected_name(self) -> str:
        row = self.list.selected
        return "" if row is None else row.id

    # what the user does

    def _want(self, name: str, text: str) -> None:
        """Try a value; one that is none is refused in a notice, and the old one stays."""
        self._pending[name] = text
        wanted = self._settings()
        changed = (f"{each}={value}" for each, value in wanted.items() if value != self.view.usual.get(each))
        self._send(TryRules(tuple(changed)))
        self.refresh()

    def _to_own(self) -> None:
        self._pending = dict(self.view.usual)
        self._send(TryRules())
        self.refresh()

    def _commit(self) -> None:
        typed, self._typed = self._typed, ""
        if typed.strip():
            self._want(self._typed_for, typed.strip())
        self.refresh()

    def _type(self, text: str) -> None:
        if not self._typed:
            self._typed_for = self._selected_name()  # the pointer may select another row meanwhile
        self._typed = text
        self.refresh()

    def _next_group(self, by: int) -> None:
        """To the first parameter of the next detector, or of the one before."""
        names = [row.id for row in self.list.rows]
        groups = [name.partition(".")[0] for name in names]
        starts = [at for at, group in enumerate(groups) if at == 0 or groups[at - 1] != group]
        at = names.index(self._selected_name())
        place = max(place for place, start in enumerate(starts) if start <= at)
        self.list.step(starts[(place + by) % len(starts)] - at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and units type, Enter takes that, Delete the program's own value; the rest as all rows."""
        key, name = Qt.Key(event.key()), self._selected_name()
        if self._typed and key == Qt.Key.Key_Escape:
            self._type("")
        elif self._typed and key in _ENTERS:
            self._commit()
        elif self._typed and key == Qt.Key.Key_Backspace:
            self._type(self._typed[:-1])
        elif key == Qt.Key.Key_Delete and name in self.view.usual:
            self._typed = ""
            self._want(name, self.view.usual[name])
        elif key in _GROUP_STEPS and self.list.rows:
            self._type("")
            self._next_group(_GROUP_STEPS[key])
        elif name != OWN and _is_typed(event.text(), self._typed):
            self._type(self._typed + event.text())
        else:
            self._type("")
            super().keyPressEvent(event)
            return
        if not self.is_left:
            self._describe()

    # what stands below

    def status(self) -> tuple[str, str]:
        """Ink and words of what is done with the tried rules."""
        view = self.view
        ink, words = _PHASES[view.phase]
        if view.phase is TuningPhase.SCANNING:
            return ink, f"{words} {view.share:.0%}".replace("%", " %")
        return ink, f"{words}: {view.failure}" if view.phase is TuningPhase.FAILED else words

    def counts(self) -> tuple[str, ...]:
        """What each detector saw: by the program's own rules, and by the tried ones."""
        state = self._screen.detectors.value
        return tuple(_count(row, is_tried=state.is_tried) for row in state.scores)

    def remark(self) -> str:
        """What one has to know of the selected parameter."""
        name, instrument = self._selected_name(), self._screen.detectors.value.head.instrument
        if name.endswith(SIZES):
            return f"A size in lots; 0: the threshold adapts itself.{_lot(instrument)}"
        return "" if name in (OWN, "") else f"The program's own: {self.view.usual.get(name, '')}"

    def paint_foot(self, painter: QPainter, area: QRectF) -> None:
        """Phase with its progress, a remark, counts."""
        theme, view = self._theme, self.view
        painter.fillRect(QRectF(1, area.top() + 3, self.width() - 2, 1), theme.color("line"))
        if view.phase is TuningPhase.SCANNING:
            done = QRectF(1, area.top() + 2, (self.width() - 2) * view.share, BAR)
            painter.fillRect(done, theme.color("accent"))
        line = QRectF(area.left(), area.top() + 8, area.width(), LINE)
        ink, words = self.status()
        paint_text(painter, theme, line, "strong", ink, words)
        paint_text(painter, theme, line.translated(0, LINE), "label", "text3", self.remark())
        wide = area.width() / COLUMNS
        for place, text in enumerate(self.counts()):
            x, y = area.left() + place % COLUMNS * wide, line.top() + (2 + place // COLUMNS) * LINE
            paint_text(painter, theme, QRectF(x, y, wide - 8, LINE), "label", "text2", text)


def title_of(name: str) -> str:
    """``Wall · reach ticks``; ``All · high`` for what holds for every detector."""
    group, dot, parameter = name.partition(".")
    return f"{GROUPS.get(group, group)} \u00b7 {parameter.replace('_', ' ')}" if dot else f"All \u00b7 {group}"


def _count(row: ScoreRow, *, is_tried: bool) -> str:
    if not is_tried:
        return f"{row.title} {row.own_seen:,}{_share(row.own)}"
    return f"{row.title} {row.own_seen:,}{_share(row.own)} \u2192 {row.seen:,}{_share(row.verdict)}"


def _share(verdict: Verdict | None) -> str:
    if verdict is None or verdict.share is None or verdict.n < FEW:
        return ""
    return f" ({verdict.share:.0%})".replace("%", " %")


def _lot(instrument: Instrument | None) -> str:
    if instrument is None or instrument.lot == 1:
        return ""
    return f" One lot is {instrument.lot:.10g} {unit(instrument)}."


def _is_typed(text: str, before: str) -> bool:
    """A digit begins a value; units and points go on."""
    return len(text) == 1 and (text.isdigit() or text == "." or bool(before and (text.isalpha() or text == " ")))


def _shown(row: Row) -> tuple[object, ...]:
    return row.id, row.title, row.value, row.options, row.shown, row.key


def _nothing(value: str) -> None:
    """Rows without options have nothing to choose."""
