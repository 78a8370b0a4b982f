"""The chart panel: legend, market plot, the way back to the newest bar, and the linked crosshair."""

from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cockpit.state.commands import LookAt, PointAt, ScrollTo, ToggleLayer
from cockpit.state.linking import CROSSHAIR, RECEIVES, SENDS, TIME
from cockpit.state.published import Published
from cockpit.state.screen import CHART_PANES, Screen
from cockpit.state.views import ChartState, Pane, Scroll
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.panel import PanelContext, PanelSpec, ViewChoice
from cockpit.widgets.panels.live_pill import PILL_GAP, LivePill
from cockpit.widgets.plot.cone import has_cone
from cockpit.widgets.plot.legend import legend_of
from cockpit.widgets.plot.legend_row import LegendRow
from cockpit.widgets.plot.painting import reason_of
from cockpit.widgets.plot.pane import MarketPlot
from cockpit.widgets.tips import TipSource

MIN_WIDTH: Final = 360  # contracts.md 11
MIN_HEIGHT: Final = 220
SCALES: Final = (Option("auto", "Auto"), Option("fixed", "Fixed"))
LOOK_MS: Final = 100  # between two ranges asked for: adding up a long one takes some milliseconds


class ChartPanel(QWidget):
    """One chart pane. Besides ``draw`` it has what the arrow keys do, and its view to save and restore."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._state = ChartState()
        self._sent: PointAt | None = None
        self._scroll = ScrollTo(0, "", None, "", 0.0)  # told last
        self._followed: tuple[int, Scroll] | None = None  # what of the link group's time was followed last
        self._by_hand = True  # whether a change of the view is the user's
        self._put_away: tuple[str, ...] = ()  # layers a click on the legend switched off; they keep their place
        self._left_at: int | None = None  # bars there were when the newest went out of view
        self.legend = LegendRow(context.theme)
        TipSource(self.legend, context.tips, lambda at: self.legend.tip_at(at.x(), at.y()))
        self.plot = MarketPlot(context.theme, opengl=context.opengl)
        self.pill = LivePill(context.theme, self.plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.legend)
        column.addWidget(self.plot, 1)
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        self.setFocusProxy(self.plot)
        self._name()
        self._looked_at: LookAt | None = None
        self._look_rest = QTimer(self)  # while it runs the profile is not asked for another range
        self._look_rest.setSingleShot(True)
        self._look_rest.setInterval(LOOK_MS)
        self._look_rest.timeout.connect(self._tell_look)
        self.pill.clicked.connect(self.to_live)
        self.legend.layer_clicked.connect(self._toggle_layer)
        self.plot.looked.connect(self._looked)
        self.plot.looked.connect(self._tell_look)
        self.plot.pointed.connect(self._point)

    @property
    def reason(self) -> str:
        """Why the pane is empty; empty when it is not."""
        return "" if len(self._state.bars) else reason_of(self._state)

    def draw(self, state: ChartState) -> None:
        """Show the state, and the crosshair of its link group."""
        before, self._state = self._state, state
        if state.series != before.series:
            self._left_at = None
        self._by_hand = False
        self.plot.draw(state, *self._linked())
        self._follow_time()
        self._by_hand = True
        if state.head.instrument != before.head.instrument or state.head.interval != before.head.interval:
            self._name()
        self._follow_view()
        self._show_legend()
        self._tell_look()

    def _tell_look(self) -> None:
        """Ask for the volume profile of what is in view, a few times a second at most."""
        state, composed = self._state, self.plot.composed if self._state.profile is not None else None
        if state.profile is None or state.profile.scope != "visible" or composed is None or not len(state.bars):
            self._looked_at = None
            return
        last = None if composed.last >= len(state.bars) else int(state.bars["close_ns"][composed.last - 1])
        first = min(composed.first, len(state.bars) - 1)
        wanted = LookAt(self._context.pane, int(state.bars["open_ns"][first]), last)
        if wanted != self._looked_at and not self._look_rest.isActive():
            self._looked_at = wanted
            self._look_rest.start()
            self._context.commands.send(wanted)

    def pan(self, bars: float) -> None:
        """Move the view by bars, or the end of a ruler; positive is later."""
        if self.plot.ruler is not None:
            self.plot.move_ruler(round(bars), 0)
        else:
            self.plot.pan(bars)

    def zoom(self, steps: float) -> None:
        """Positive: fewer, wider bars; the end of a ruler moves by ticks, up for positive."""
        if self.plot.ruler is not None:
            self.plot.move_ruler(0, round(steps))
        else:
            self.plot.zoom(steps)

    def toggle_ruler(self) -> None:
        """Lay a ruler on the chart; a second time hold it at its other end."""
        self.plot.toggle_ruler()

    def step_out(self) -> bool:
        """Take the ruler away; whether there was one."""
        return self.plot.lift_ruler()

    def to_live(self) -> None:
        """Show the newest bar."""
        self.plot.to_live()

    def to_oldest(self) -> None:
        """Show the first bar."""
        self.plot.to_oldest()

    def recentre(self) -> None:
        """Fit the price axis to what is shown."""
        self.plot.fit_prices()

    def choices(self) -> tuple[ViewChoice, ...]:
        """How the price axis is scaled."""
        return (ViewChoice("scale", "Price scale", "auto" if self.plot.view.prices is None else "fixed", SCALES),)

    def choose(self, name: str, value: str) -> None:
        """Fit the price axis to what is shown, or keep it as it is; see ``HasChoices``."""
        {("scale", "auto"): self.plot.fit_prices, ("scale", "fixed"): self.plot.fix_prices}[name, value]()

    def pan_prices(self, share: float) -> None:
        """Move the price range by a share of itself; positive shows higher prices."""
        self.plot.pan_prices(share)

    def zoom_prices(self, steps: int) -> None:
        """Positive: a smaller price range."""
        self.plot.zoom_prices(steps)

    def to_usual(self) -> None:
        """Bars of the usual width, the newest in view."""
        self.plot.to_usual()

    @property
    def has_key_cross(self) -> bool:
        """Whether keys move the crosshair."""
        return self.plot.has_key_cross

    def toggle_key_cross(self) -> None:
        """Put the crosshair under the keys, or take it away."""
        self.plot.toggle_key_cross()

    def move_key_cross(self, bars: int, rows: int) -> None:
        """Move the crosshair; positive is later and up."""
        self.plot.move_key_cross(bars, rows)

    def view_state(self) -> dict[str, Any]:
        """What is looked at, as JSON can hold it."""
        return self.plot.view_state()

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Look where ``view_state`` looked; what cannot be used is left at its default."""
        self._by_hand = False
        self.plot.restore_view(kept)
        self._by_hand = True

    def _name(self) -> None:
        head = self._state.head
        shown = f"{head.instrument.raw} {head.interval}" if head.instrument is not None else "empty"
        name = f"Chart {self._context.pane.rpartition('.')[2]}, {shown}"
        if name != self.accessibleName():
            self.setAccessibleName(name)
            self.plot.setAccessibleName(name)

    def _symbol(self) -> str:
        instrument = self._state.head.instrument
        return "" if instrument is None else instrument.symbol

    def _linked(self) -> tuple[int | None, float | None]:
        """Instant and price another pane of the link group points at; price None for another symbol."""
        crosshair = self._context.screen.crosshair[self._state.head.link].value
        if self._state.head.link == 0 or crosshair.pane in ("", self._context.pane):
            return None, None
        if not self._shares(CROSSHAIR, RECEIVES):
            return None, None
        same = crosshair.symbol == self._symbol() != ""
        return crosshair.at_ns or None, crosshair.price if same else None

    def _shares(self, what: str, way: str) -> bool:
        """Whether the pane sends or receives this in its link group."""
        pane = self._context.screen.workspace.value.panes.get(self._context.pane, Pane(self._context.pane))
        return what in (pane.sends if way == SENDS else pane.receives)

    def _looked(self) -> None:
        """The view changed: tell the link group when the user did it."""
        self._follow_view()
        group = self._state.head.link
        if not self._by_hand or group == 0 or not self._shares(TIME, SENDS) or not len(self._state.bars):
            return
        wanted = ScrollTo(
            group, self._context.pane, self.plot.right_ns, self._state.head.interval, self.plot.view.slot
        )
        if wanted != self._scroll:
            self._scroll = wanted
            self._context.commands.send(wanted)

    def _follow_time(self) -> None:
        """Look where the pane of the link group looks that was moved last."""
        group = self._state.head.link
        if group == 0 or not self._shares(TIME, RECEIVES):
            self._followed = None
            return
        scroll = self._context.screen.scroll[group].value
        if self._followed == (group, scroll) or not len(self._state.bars):
            return
        self._followed = (group, scroll)
        if scroll.pane not in ("", self._context.pane):
            self._scroll = ScrollTo(0, "", None, "", 0.0)
            same = scroll.interval == self._state.head.interval
            self.plot.look_at(scroll.right_ns, scroll.slot if same else None)

    def _point(self) -> None:
        """Tell the link group where the pointer is."""
        self._show_legend()
        group, cross = self._state.head.link, self.plot.cross
        if group == 0 or not self._shares(CROSSHAIR, SENDS):
            self._take_back()
            return
        wanted = PointAt(group, "")
        if self.plot.is_pointed and (cross.bar is not None or cross.price is not None):
            at_ns = 0 if cross.bar is None else int(self._state.bars["open_ns"][cross.bar])
            symbol = "" if cross.price is None else self._symbol()
            wanted = PointAt(group, self._context.pane, at_ns, symbol, cross.price or 0.0)
        if wanted != self._sent:
            self._sent = wanted
            self._context.commands.send(wanted)

    def _take_back(self) -> None:
        """Take away a crosshair told before the pane left its group, or stopped telling."""
        if self._sent is not None and self._sent.pane:
            self._context.commands.send(PointAt(self._sent.group, ""))
        self._sent = None

    def _show_legend(self) -> None:
        has_room = not has_cone(self._state.cone) or self.plot.bands.future > 0
        bar = self.plot.cross.bar
        self.legend.show_entries(legend_of(self._state, bar, has_room=has_room, put_away=self._put_away))

    def _toggle_layer(self, layer: str) -> None:
        """A click on the legend: the layer goes and its name stays, or it comes back; the pane has the keys."""
        self._put_away = tuple(known for known in self._put_away if known != layer)
        if getattr(self._state, layer) is not None:
            self._put_away += (layer,)
        self.plot.setFocus(Qt.FocusReason.MouseFocusReason)
        self._context.commands.send(ToggleLayer(layer, self._context.pane))

    def _follow_view(self) -> None:
        """Show the way back when the newest bar is out of view."""
        count = len(self._state.bars)
        if self.plot.view.following or not count:
            self._left_at = None
            self.pill.hide()
            return
        self._left_at = count if self._left_at is None else min(self._left_at, count)
        self.pill.show_count(count - self._left_at)
        self._place_pill()

    def _place_pill(self) -> None:
        bands = self.plot.bands
        right, bottom = int(bands.right / bands.ratio), int(bands.plot_bottom / bands.ratio)
        self.pill.move(right - self.pill.width() - PILL_GAP, bottom - self.pill.height() - PILL_GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pill in its corner."""
        super().resizeEvent(event)
        if not self.pill.isHidden():
            self._place_pill()


class PaneTopic(Published[ChartState]):
    """A pane's state that also counts as changed when crosshair or time of a link group moved."""

    __slots__ = ("_pane", "_screen")

    def __init__(self, screen: Screen, pane: str) -> None:
        super().__init__(screen.charts[pane].value)
        self._screen = screen
        self._pane = pane

    @property
    def value(self) -> ChartState:
        """The pane's state."""
        return self._screen.charts[self._pane].value

    @property
    def version(self) -> int:
        """Grows whenever the state, a crosshair or a scroll was published."""
        shared = (*self._screen.crosshair.values(), *self._screen.scroll.values())
        return self._screen.charts[self._pane].version + sum(topic.version for topic in shared)


def _topic(screen: Screen, pane: str) -> Published[ChartState]:
    return PaneTopic(screen, pane)


CHARTS: Final = tuple(
    PanelSpec(
        id=pane,
        title=f"Chart {number}",
        topic=partial(_topic, pane=pane),
        build=ChartPanel,
        refresh_hz=60.0,
        minimum=(360, 220),  # contracts.md 11
    )
    for number, pane in enumerate(CHART_PANES, 1)
)
