"""The depth surface panel: the last three minutes of a book as a landscape that a hand can turn.

One raster painter on every machine: at this size it is fast enough to turn by hand (decision 17).
"""

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cockpit.instants import age_text, clock_text
from cockpit.instruments import Instrument
from cockpit.state.commands import SetPace
from cockpit.state.depth_views import COLUMN_NS, PACES_NS, ROWS, SPAN_NS, ReliefState
from cockpit.state.screen import RELIEF_PANE
from cockpit.units import NS_PER_S, Pixels
from cockpit.widgets.empty import nothing_open, paint_empty
from cockpit.widgets.figures import amount, units
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.panel import PanelContext, PanelSpec, ViewChoice
from cockpit.widgets.panels.depth_curve import PACES
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.plot.inks import HATCH_STEP, HATCH_WEIGHT, HATCHED
from cockpit.widgets.relief.camera import Camera, Spot, Turn
from cockpit.widgets.relief.mesh import Mesh, mesh_of, paint_mesh
from cockpit.widgets.theme import LEGEND, PADDING

MINIMUM: Final = (340, 220)
TITLE: Final = "Depth surface"
KEY_STEP: Final = 6.0  # degrees of a press
DRAG: Final = 0.45  # degrees of a logical pixel
LABEL: Final = 16  # height of a label
AWAY: Final = 10  # of a label from its edge
PRICE_LABELS, TIME_LABELS = 4, 3
HINT: Final = "drag turns, R resets"


class DepthSurfacePanel(QWidget):
    """Draws a ``ReliefState``; its own is how it is turned."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._theme, self._commands = context.theme, context.commands
        self._state = ReliefState()
        self._turn = Turn()
        self._pace = PACES[0].value
        self._mesh: Mesh | None = None
        self._px: Pixels = np.zeros((1, 1), np.uint32)
        self._is_stale = True
        self._grip: tuple[QPointF, Turn] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(*MINIMUM)
        self.setAccessibleName(TITLE)
        context.theme.listen(self.remade)

    # states

    def draw(self, state: ReliefState) -> None:
        """Show the state; nothing is painted when only its age is another."""
        before, self._state = self._state, state
        if before.relief is not state.relief or self._looks(before) != self._looks(state):
            self.remade()
            text = self._told()
            if text != self.accessibleDescription():
                self.setAccessibleDescription(text)

    @staticmethod
    def _looks(state: ReliefState) -> tuple[object, ...]:
        return (state.head.instrument, state.head.freshness, state.head.reason, state.top)

    def remade(self) -> None:
        """Other sizes or colours: heights and inks are made anew with the next picture."""
        self._mesh = None
        self._repaint()

    def _repaint(self) -> None:
        self._is_stale = True
        self.update()

    def empty_text(self) -> str:
        """Why there is no surface; empty when there is one."""
        state = self._state
        if state.head.instrument is None:
            return state.head.reason or nothing_open()
        if state.at_ns is None:
            return state.head.reason
        if state.relief.known.any() or state.gap_ns:
            return ""
        return "Waiting for the first change of the book"

    def caption(self) -> str:
        """What height and colour are, and what is missing."""
        state = self._state
        parts = [f"height and colour: resting {units(state.head.instrument)}"]
        if state.gap_ns:
            parts.append(f"gap {age_text(state.gap_ns)}")
        if state.depth is not None:
            parts.append(f"{state.depth} level{'s' * (state.depth > 1)} shown")
        return ", ".join(parts)

    def _told(self) -> str:
        """What somebody is told who does not see the picture: the largest size, where, and the mid's way."""
        state, instrument = self._state, self._state.head.instrument
        if self.empty_text() or instrument is None:
            return self.empty_text()
        relief = state.relief
        row, _ = divmod(int(np.argmax(relief.sizes)), relief.sizes.shape[1])
        at = instrument.format(relief.low + row * relief.group)
        told = [f"at most {amount(instrument, int(relief.sizes.max()))} at {at}", self.caption()]
        mids = relief.mids[~np.isnan(relief.mids)]
        if len(mids):
            told.insert(1, f"mid from {instrument.format(mids.min())} to {instrument.format(mids.max())}")
        return ", ".join(told)

    # what keys and hands do

    @property
    def view(self) -> Turn:
        """How it is turned."""
        return self._turn

    def turn_by(self, turn: float, tilt: float) -> None:
        """Turn it further, by presses of a key."""
        self._look(self._turn.by(KEY_STEP * turn, KEY_STEP * tilt))

    def reset_turn(self) -> None:
        """As it is turned at first."""
        self._look(Turn())

    def _look(self, turn: Turn) -> None:
        if turn != self._turn:
            self._turn = turn
            self._repaint()

    def event(self, event: QEvent) -> bool:
        """R is this panel's own while it has the focus; all other letters begin a search."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_reset(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """``R`` resets."""
        if _is_reset(event):
            self.reset_turn()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip = (event.position(), self._turn)
        event.ignore()  # the frame takes the focus

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn it under the hand."""
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            since, turn = self._grip
            way = event.position() - since
            self._look(turn.by(-DRAG * way.x(), DRAG * way.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As it is turned at first."""
        del event
        self.reset_turn()

    # what can be chosen

    def choices(self) -> tuple[ViewChoice, ...]:
        """How often another picture is shown."""
        return (ViewChoice("pace", "Another picture", self._pace, PACES),)

    def choose(self, name: str, value: str) -> None:
        """Show it another way; see ``HasChoices``."""
        if name != "pace" or value not in PACES_NS:
            raise KeyError(f"{name} {value}")
        self._pace = value
        self._commands.send(SetPace(RELIEF_PANE, value))

    def view_state(self) -> dict[str, Any]:
        """What was chosen, as JSON can hold it."""
        return {"pace": self._pace, "turn": self._turn.turn, "tilt": self._turn.tilt}

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Show what ``view_state`` told; what cannot be used is left at its default."""
        if kept.get("pace") in PACES_NS:
            self.choose("pace", kept["pace"])
        turn, tilt = kept.get("turn"), kept.get("tilt")
        if isinstance(turn, int | float) and isinstance(tilt, int | float) and abs(turn) <= 360 and 0 <= tilt <= 90:
            self._look(Turn(float(turn), float(tilt)).by(0.0, 0.0))

    # drawing

    def camera(self) -> Camera:
        """Where the surface is, logical pixels: between its labels."""
        left, right = self._label_width() + AWAY, text_width(self._theme, "axis", self._size_text(1.0)) + 12
        top, bottom = LEGEND + LABEL / 2, self.height() - LABEL - AWAY - 4
        return Camera.fitting(self._turn, left, top, self.width() - right, bottom)

    def _label_width(self) -> float:
        instrument, relief = self._state.head.instrument, self._state.relief
        if instrument is None:
            return 40.0
        return text_width(self._theme, "axis", instrument.format(relief.low + ROWS * relief.group))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface, its labels, and what they mean."""
        del event
        painter, theme = QPainter(self), self._theme
        empty = self.empty_text()
        if empty:
            painter.fillRect(self.rect(), theme.color("bg1"))
            paint_empty(painter, theme, QRectF(self.rect()), empty)
            return
        ratio, camera = self.devicePixelRatioF(), self.camera()
        shape = (round(self.height() * ratio), round(self.width() * ratio))
        if self._is_stale or self._px.shape != shape:
            self._compose(shape, camera, ratio)
        rows, columns = self._px.shape
        image = QImage(self._px.data, columns, rows, self._px.strides[0], QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, image)
        self._paint_labels(painter, camera)
        self._paint_words(painter)
        painter.end()

    def _compose(self, shape: tuple[int, int], camera: Camera, ratio: float) -> None:
        theme = self._theme
        if self._px.shape != shape:
            self._px = np.empty(shape, np.uint32)
        if self._mesh is None:
            self._mesh = mesh_of(self._state, theme)
        self._px[:] = theme.argb("bg1")
        paint_mesh(self._px, self._mesh, camera.scaled(ratio), theme, ratio)
        if self._state.head.freshness in HATCHED:
            from cockpit.widgets.plot.kernels import hatch  # noqa: PLC0415  numba loads after the window shows

            high, wide = shape
            hatch(self._px, 0, round(LEGEND * ratio), wide, high, round(HATCH_STEP * ratio), theme.argb("text3"),
                  HATCH_WEIGHT)  # fmt: skip
        self._is_stale = False

    def _paint_words(self, painter: QPainter) -> None:
        area = QRectF(PADDING, 0, self.width() - 2 * PADDING, LEGEND)
        caption = self.caption()
        hint = text_width(self._theme, "label", HINT)
        if text_width(self._theme, "label", caption) + hint + PADDING <= area.width():
            paint_text(painter, self._theme, area, "label", "text3", HINT, right=True)
        paint_text(painter, self._theme, area, "label", "text3", caption)

    def _paint_labels(self, painter: QPainter, camera: Camera) -> None:
        """Prices and times along the two near edges of the floor, sizes up the right corner beside them."""
        state, instrument = self._state, self._state.head.instrument
        if instrument is None or state.at_ns is None:
            return
        along, across = camera.nearest
        centre = camera.at(0.5, 0.5)
        times = [(camera.at(share, across), text) for share, text in time_labels(state)]
        prices = [(camera.at(along, share), text) for share, text in price_labels(state, instrument)]
        taken: list[QRectF] = []
        for spot, text in (times[-1], times[0], *prices, *times[1:-1]):
            self._label(painter, spot, centre, text, taken)
        corner = camera.upright
        for share in (0.5, 1.0):
            text = self._size_text(share)
            x, y = camera.at(*corner, share)
            painter.fillRect(QRectF(x, y, 4, 1), self._theme.color("line2"))
            area = QRectF(x + 7, y - LABEL / 2, self.width() - x - 8, LABEL)
            paint_text(painter, self._theme, area, "axis", "text3", text)
        (x, low), (_, high) = camera.at(*corner), camera.at(*corner, 1.0)
        painter.fillRect(QRectF(x, high, 1, low - high), self._theme.color("line2"))

    def _label(self, painter: QPainter, spot: Spot, centre: Spot, text: str, taken: list[QRectF]) -> None:
        """A label outside of the floor's edge, away from its middle, inside of the pane, and over no other one."""
        x, y = spot
        wide = text_width(self._theme, "axis", text)
        aside = min(max((x - centre[0]) / max(self.width() / 3, 1), -1.0), 1.0)
        left = x - wide / 2 + aside * (wide / 2 + AWAY / 2)
        left = min(max(left, 2.0), self.width() - wide - 2)
        top = min(max(y + AWAY - 4, LEGEND), self.height() - LABEL - 1.0)
        area = QRectF(left, top, wide + 1, LABEL)
        if not any(area.intersects(other) for other in taken):
            taken.append(area)
            paint_text(painter, self._theme, area, "axis", "text2", text)

    def _size_text(self, share: float) -> str:
        """The size at a share of the height; at its end also larger ones may stand."""
        state, instrument = self._state, self._state.head.instrument
        size = share * state.top * (1.0 if instrument is None else instrument.lot)
        return f"{'≥ ' if share == 1.0 and state.is_cut else ''}{size:,.10g}"


def _is_reset(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_R and not event.modifiers()


def price_labels(state: ReliefState, instrument: Instrument) -> tuple[tuple[float, str], ...]:
    """Places across, and prices there."""
    relief = state.relief
    rows = [round((n + 0.5) * ROWS / PRICE_LABELS) for n in range(PRICE_LABELS)]
    return tuple(((row + 0.5) / ROWS, instrument.format(relief.low + row * relief.group)) for row in rows)


def time_labels(state: ReliefState) -> tuple[tuple[float, str], ...]:
    """Places along, and New York time there; the last one is now, or the playhead's time."""
    first = state.relief.first * COLUMN_NS
    marks = [(n / TIME_LABELS, clock_text(first + SPAN_NS * n // TIME_LABELS)) for n in range(TIME_LABELS)]
    at = state.at_ns or 0
    fresh = state.head.age_ns is not None and state.head.age_ns < NS_PER_S
    return (*marks, (1.0, "now" if fresh else clock_text(at)))


DEPTH_SURFACE: Final = PanelSpec(
    id=RELIEF_PANE,
    title=TITLE,
    topic=lambda screen: screen.relief,
    build=DepthSurfacePanel,
    refresh_hz=10.0,
    minimum=MINIMUM,
)
