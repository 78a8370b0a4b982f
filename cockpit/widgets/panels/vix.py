"""The VIX gauge: how nervous the market is, by level, percentile and term structure, and why.

Source: ``design.md`` 7 "VIX gauge", ``formulas.md`` 3.4, ``contracts.md`` 6.
"""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from cockpit.state.views import Freshness, TermPoint, VixState
from cockpit.widgets.gauge import face, ring, words
from cockpit.widgets.gauge.places import Places, content, places
from cockpit.widgets.gauge.term import Term, paint_term, term_at, term_texts
from cockpit.widgets.gauge.text import Text, middle_base, paint
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.ladder.inks import STRENGTH
from cockpit.widgets.motion import Follower
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.panel import ChosenFromTable, PanelContext, PanelSpec
from cockpit.widgets.theme import Theme
from cockpit.widgets.tips import TipSource

MINIMUM: Final = (240, 140)
BOX_RADIUS: Final = 4.0
BOX_EDGE: Final = 1.5
ICON: Final = 14.0
SHOWN: Final = (Option("shown", "Shown"), Option("hidden", "Hidden"))
CHOICES: Final = {  # what the user chooses here: title and values, the first where it begins
    "term": ("Term structure", (Option("both", "Two days"), Option("today", "Today"), Option("hidden", "Hidden"))),
    "inputs": ("Inputs", SHOWN),
    "year": ("Arc of the year", SHOWN),
}


class VixPanel(ChosenFromTable, QWidget):
    """Draws a ``VixState``; its own state is only the needle's way to the level."""

    choice_table = CHOICES

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._theme: Theme = context.theme
        self._motion, self._needle = context.motion, Follower()
        self._state = VixState()
        self._looks = _looks(self._state)
        self._at = places(*MINIMUM, 0)
        self._term: Term | None = None
        self._texts: list[Text] = []
        self._values: list[Text] = []  # of the term structure
        self._doubts: list[QRectF] = []
        self.begin_choices()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(*MINIMUM)
        TipSource(self, context.tips, self.tip_at)
        self._name()

    def draw(self, state: VixState) -> None:
        """Show the state; nothing is painted when it looks the same: ages grow with every frame."""
        self._state = state
        self._aim(state.value)
        looks = _looks(state)
        if looks != self._looks:
            self._looks = looks
            self._lay_out()
            self._name()
            self.update()

    def _aim(self, value: float | None) -> None:
        """Let the needle go to a level; its figure is cut."""
        motion = self._motion
        if self._needle.aim(value, at_once=motion is None or motion.is_off) and motion is not None:
            motion.follow("vix needle", self._needle, self._needle_moved)

    def _needle_moved(self) -> None:
        center, radius = self._at.center, self._at.radius
        reach = radius + ring.THICK
        self.update(QRectF(center[0] - reach, center[1] - reach, 2 * reach, reach + ring.THICK).toAlignedRect())

    def _name(self) -> None:
        state = self._state
        self.setAccessibleName(f"VIX regime, {words.level_text(state)}, {state.regime or 'unknown'}")
        self.setAccessibleDescription(", ".join(self._looks[1]))

    # what the user chooses

    def chosen_anew(self) -> None:
        """Which days of the term structure are drawn, and whether inputs and the year's arc are."""
        self._lay_out()
        self.update()

    # what can be read

    def lines(self) -> list[str]:
        """Everything the state says, also what there is no room for."""
        return words.lines(self._state)

    def texts(self) -> list[Text]:
        """Every run of text as it is written at this size."""
        return [*self._texts, *self._values]

    def needle_angle(self) -> float | None:
        """Degrees from the right, counter-clockwise; None when there is no needle."""
        return None if self._needle.value is None else ring.angle(self._needle.value)

    def term_now(self) -> Term | None:
        """Places of the term structure; None without room for it."""
        return self._term

    def layout_now(self) -> Places:
        """Where things are at this size."""
        return self._at

    # places

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size has room for something else."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        state, theme = self._state, self._theme
        left, right = content(self.width())
        remarks = face.remark_lines(theme, right - left, state)
        wanted = {"wants_rows": self._chosen["inputs"] == "shown", "wants_term": self._chosen["term"] != "hidden"}
        at = self._at = places(self.width(), self.height(), len(remarks), **wanted)
        needle = None if state.value is None else ring.angle(state.value)  # where it will come to rest
        is_dim = state.value is None or self._strength() < 1.0
        self._texts = [
            *face.ring_texts(theme, at, needle, is_dim=is_dim),
            *face.value_texts(theme, at, state),
        ]
        self._doubts, self._values, self._term = [], [], None
        if at.has_rows:
            texts, self._doubts = face.row_texts(theme, at, state, remarks)
            self._texts += texts
        if at.has_term:
            top, bottom = at.chart
            points = words.term(state)
            if self._chosen["term"] == "today":
                points = tuple(replace(point, previous=None) for point in points)
            self._term = term_at(points, QRectF(at.left, top, at.right - at.left, bottom - top))
            self._texts += face.title_texts(theme, at, state)
            self._values = term_texts(theme, self._term, middle_base(theme, "axis", bottom + at.names / 2 + 1))

    # what is under the pointer

    def event(self, event: QEvent) -> bool:
        """The tooltip of what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spot = QPointF(event.pos())
            QToolTip.showText(event.globalPos(), self.tip_at(spot), self, self._tip_area(spot))
            return True
        return super().event(event)

    def tip_at(self, spot: QPointF) -> str:
        """Rule and numbers of what is there."""
        row, point = self._row_at(spot), self._point_at(spot)
        if row is not None:
            return words.row_tip(self._state, row)
        return words.regime_tip(self._state) if point is None else words.point_tip(point)

    def _row_at(self, spot: QPointF) -> int | None:
        at = self._at
        if not at.has_rows or not at.rows <= spot.y() < at.remarks:
            return None
        return int((spot.y() - at.rows) // at.row)

    def _point_at(self, spot: QPointF) -> TermPoint | None:
        if self._term is None or spot.y() < self._term.area.top():
            return None
        return self._term.points[self._term.column_at(spot.x())]

    def _tip_area(self, spot: QPointF) -> QRect:
        """Where the tooltip stays the same."""
        row, at = self._row_at(spot), self._at
        if row is not None:
            return QRectF(0, at.rows + row * at.row, self.width(), at.row).toRect()
        if self._term is not None and self._point_at(spot) is not None:
            step = self._term.area.width() / len(self._term.points)
            left = self._term.columns[self._term.column_at(spot.x())] - step / 2
            return QRectF(left, self._term.area.top(), step, self.height()).toRect()
        return QRectF(0, 0, self.width(), at.rows or self.height()).toRect()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ring, box, marks of doubt, term structure, then every text."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        ring.paint_ring(painter, theme, self._ring())
        self._paint_box(painter)
        for area in self._doubts:
            paint_icon(painter, area, "warning", theme.color("aging"), ICON)
        if self._term is not None:
            paint_term(painter, theme, self._term, self._values)
        paint(painter, theme, self.texts())

    def _strength(self) -> float:
        return STRENGTH[self._state.head.freshness or Freshness.FRESH]

    def _ring(self) -> ring.Ring:
        low, high = self._state.year_low, self._state.year_high
        if self._chosen["year"] != "shown":
            low = None
        year = None if low is None or high is None else (ring.angle(low), ring.angle(high))
        return ring.Ring(QPointF(*self._at.center), self._at.radius, self.needle_angle(), year, self._strength())

    def _paint_box(self, painter: QPainter) -> None:
        box, theme = face.regime_box(self._theme, self._at, self._state), self._theme
        if box.isEmpty():
            return
        hue = words.HUES[self._state.regime]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color(hue), BOX_EDGE))
        painter.setBrush(theme.color(hue, theme.tints["chip"]))
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), BOX_RADIUS, BOX_RADIUS)
        painter.restore()


def _looks(state: VixState) -> tuple[VixState, tuple[str, ...]]:
    """All of the state that shows: ages as they are printed."""
    head = replace(state.head, age_ns=None)
    points = tuple(replace(point, age_ns=None) for point in state.term)
    return replace(state, head=head, term=points), tuple(words.lines(state))


VIX: Final = PanelSpec(
    id="vix",  # saved layouts hold it: never rename
    title="VIX regime",
    topic=lambda screen: screen.vix,
    build=VixPanel,
    refresh_hz=10.0,  # the VIX is printed every 15 s; the rest are ages
    minimum=MINIMUM,
)
