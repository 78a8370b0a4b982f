"""``MarketPlot``: a pyqtgraph plot whose content we compose; its scene paints only what others put into it.

Source: ``rendering.md`` 1 and 4; measured in ``resources/docs/adr/0001-market-plot.md``.
"""

from dataclasses import replace
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QWheelEvent

from cockpit.state.views import ChartState
from cockpit.widgets.plot.axes import axis_width
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.composer import Composed, Composer, same_forming, same_picture, same_profile
from cockpit.widgets.plot.cone import has_cone
from cockpit.widgets.plot.detail import as_floats
from cockpit.widgets.plot.gamma import has_field, has_gamma, worst_of
from cockpit.widgets.plot.gamma_inks import gamma_inks_of
from cockpit.widgets.plot.gestures import Extents, Grip, Zone, dragged, wheeled
from cockpit.widgets.plot.inks import inks_of
from cockpit.widgets.plot.instants import instant_at, position_at
from cockpit.widgets.plot.key_cross import begun, following, stepped
from cockpit.widgets.plot.levels import LevelMarks, LevelPlan, level_marks, level_plan
from cockpit.widgets.plot.marks import Cross, LastPrice, Pointer, cross_at, last_price
from cockpit.widgets.plot.painting import NO_MARKS, Painting, device_rect, outer, reason_of
from cockpit.widgets.plot.raster import RasterSurface, forming_columns
from cockpit.widgets.plot.ruler import Ruler
from cockpit.widgets.plot.scene import SceneLayer
from cockpit.widgets.plot.view import ZOOM_STEP, View, restored, saved
from cockpit.widgets.theme import Theme

NOTCH: Final = 120  # QWheelEvent's unit for one click of the wheel
PILL_ROOM: Final = 42.0  # logical pixels at the foot of a plot that is scrolled away (``LivePill``)
PANNED_PX: Final = 48  # logical pixels that one click pans
_CLEAR: Any = None  # pyqtgraph's word for no background of its own
CURSORS: Final = {
    Zone.PLOT: Qt.CursorShape.CrossCursor,
    Zone.PRICES: Qt.CursorShape.SizeVerCursor,
    Zone.TIMES: Qt.CursorShape.SizeHorCursor,
    Zone.BADGE: Qt.CursorShape.PointingHandCursor,
}


class MarketPlot(pg.PlotWidget):
    """Candles, volume, axes, last price and crosshair of one ``ChartState``.

    In scene coordinates x is the bar index (a bar spans [i, i + 1)) and y the price in stored units, so items
    added with ``addItem`` lie on the market.

    Signals:
        pointed: The pointer moved over the plot or left it.
        looked: The view changed: panned, zoomed, back to live.
    """

    pointed = Signal()
    looked = Signal()

    def __init__(self, theme: Theme, *, opengl: bool = False) -> None:
        self._theme = theme
        self._opengl = opengl
        self._state = ChartState()
        self._view = View()
        self._wanted_ns: int | None = None  # instant to look at once there are bars
        self._composer = Composer()
        self._composed: Composed | None = None
        self._surface = RasterSurface()
        self._pixels_old = self._forming_old = True
        self._volume_series: int | None = None
        self._pointer = Pointer()
        self._held: Pointer | None = None  # the crosshair while keys move it
        self._cross = Cross()
        self._cross_of: tuple[Pointer, Composed | None, int] = (self._pointer, None, 0)
        self._last: LastPrice | None = None
        self._plan, self._levels = LevelPlan(), NO_MARKS
        self._grip: Grip | None = None
        self._ruler: Ruler | None = None
        self._measuring = False  # the ruler's end follows the pointer
        self._scene = SceneLayer()
        super().__init__(background=_CLEAR, plotItem=self._scene.item)
        self._scene.belong_to(self)
        self._painting = Painting(theme)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        if opengl:
            self._use_opengl()
        viewport = self.viewport()
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        viewport.setAutoFillBackground(False)
        viewport.setMouseTracking(True)
        theme.listen(self.rethemed)

    def rethemed(self) -> None:
        """The theme has changed: nothing that was drawn before is used again."""
        self._painting = Painting(self._theme)
        self._spoil()

    def _use_opengl(self) -> None:
        from cockpit.widgets.gl.surface import GlSurface, GlViewport  # noqa: PLC0415  raster never loads OpenGL

        viewport = GlViewport()
        self.setViewport(viewport)
        self._surface = GlSurface(viewport)

    # what others see

    @property
    def view(self) -> View:
        """What is looked at."""
        return self._view

    @property
    def composed(self) -> Composed | None:
        """The picture shown; None while there are no bars."""
        return self._ensured()

    @property
    def bands(self) -> Bands:
        """Where the parts of the pane are."""
        return self._bands() if self._composed is None else self._composed.picture.bands

    @property
    def surface(self) -> RasterSurface:
        """The pixels."""
        return self._surface

    @property
    def cross(self) -> Cross:
        """The crosshair, own or of another pane."""
        return Cross() if self._ensured() is None else self._cross

    @property
    def is_pointed(self) -> bool:
        """Whether the own pointer is over the pane, or the crosshair is under the keys."""
        return self._pointer.x is not None or self._held is not None

    @property
    def has_key_cross(self) -> bool:
        """Whether keys move the crosshair."""
        return self._held is not None

    @property
    def last(self) -> LastPrice | None:
        """The last price as shown."""
        return None if self._ensured() is None else self._last

    @property
    def levels(self) -> LevelMarks:
        """Names and tags of gamma levels and of the cone, as shown."""
        return NO_MARKS if self._ensured() is None else self._levels

    # the ruler

    @property
    def ruler(self) -> Ruler | None:
        """The ruler that lies on the chart."""
        return self._ruler

    def toggle_ruler(self) -> None:
        """Lay a ruler at the crosshair, or at the newest bar's close; a second time hold it at its other end."""
        count = len(self._state.bars)
        if self._ruler is not None:
            self._measure(self._ruler.turned())
        elif count:
            cross = self.cross
            bar = count - 1 if cross.bar is None else cross.bar
            price = float(self._state.bars["close"][bar]) if cross.price is None else self._whole(cross.price)
            self._measure(Ruler(bar, price, bar, price))

    def move_ruler(self, bars: int, ticks: int) -> None:
        """Move the end of the ruler that is held."""
        held, instrument = self._ruler, self._state.head.instrument
        if held is not None and instrument is not None:
            bar = min(max(held.to_bar + bars, 0), len(self._state.bars) - 1)
            step = instrument.tick if instrument.is_index else 1.0
            self._measure(replace(held, to_bar=bar, to_price=held.to_price + ticks * step))

    def lift_ruler(self) -> bool:
        """Take the ruler away; whether there was one."""
        had, self._measuring = self._ruler is not None, False
        self._measure(None)
        return had

    def _measure(self, ruler: Ruler | None) -> None:
        if ruler != self._ruler:
            self._ruler = ruler
            self._repaint()

    def _point_at(self, at: QPointF, composed: Composed) -> tuple[int, float]:
        """Bar and price under a point of the plot, the price on the instrument's grid."""
        picture = composed.picture
        bar = int(picture.time.bar_at(at.x() * picture.bands.ratio))
        row = min(max(at.y() * picture.bands.ratio, 0), picture.bands.plot_bottom)
        return min(max(bar, 0), len(self._state.bars) - 1), self._whole(picture.price.price_at(row))

    def _whole(self, price: float) -> float:
        instrument = self._state.head.instrument
        return price if instrument is None or instrument.is_index else float(round(price))

    # states and views

    def draw(self, state: ChartState, at_ns: int | None = None, price: float | None = None) -> None:
        """Show a state; what did not change is not drawn again.

        Args:
            at_ns, price: Where another pane of the link group points, drawn unless the own pointer is over this
                one; None for nothing, and price None for another symbol.
        """
        before, self._state = self._state, state
        if self._held is not None and (state.series != before.series or not len(state.bars)):
            self.hold_cross(None)
        if not self.is_pointed:
            self._pointer = Pointer(at_ns=at_ns, price=price)
        if state is not before:
            self._take(before, state)
        self._mark()

    def _take(self, before: ChartState, state: ChartState) -> None:
        if state.series != before.series:
            self._carry_over(before)
            self._ruler, self._measuring = None, False
        if not len(before.bars) and not len(state.bars) and reason_of(before) == reason_of(state):
            return
        self._settle(before, state)
        if self._composed is None or not same_picture(before, state, self._composed):
            self._spoil()
        elif not same_forming(before, state):
            self._move_forming(self._composed)
        if self._composed is not None and not same_profile(before, state):
            self._repaint(QRegion(outer(self._painting.strip.rect(self._composed.picture.bands))))

    def _settle(self, before: ChartState, state: ChartState) -> None:
        """The cone went: a chart scrolled away beside it follows again where it shows the newest bar."""
        view, count = self._view, len(state.bars)
        if has_cone(before.cone) and not has_cone(state.cone) and not view.following and view.edge is not None:
            self.look(view.at_right(view.edge, count, self._width()))

    def look(self, view: View) -> None:
        """Look through another view."""
        if view != self._view:
            self._view = view
            self._spoil()
            self.looked.emit()

    def pan(self, bars: float) -> None:
        """Move by bars; positive is later."""
        bands, count = self.bands, len(self._state.bars)
        self.look(self._view.panned(bars, count, self._width(), bands.space))

    def zoom(self, steps: float) -> None:
        """Wider bars for positive steps; the newest bar keeps its place while it is in view, else the middle."""
        count, width, space = len(self._state.bars), self._width(), self.bands.space
        newest = width - (self._view.right(count, width, space) - count) * self._view.slot
        x = newest if self._view.following else width / 2
        self.look(self._view.zoomed(ZOOM_STEP**steps, x, count, width, space))

    def pan_prices(self, share: float) -> None:
        """Fix the price range and move it by a share of itself; positive shows higher prices."""
        composed = self._ensured()
        if composed is not None:
            price = composed.picture.price
            by = share * (price.high - price.low)
            self.look(self._view.priced(price.low + by, price.high + by))

    def zoom_prices(self, steps: float) -> None:
        """Fix the price range; positive makes it smaller."""
        composed = self._ensured()
        if composed is not None:
            extents = self._extents(composed)
            self.look(wheeled(self._view, Zone.PRICES, steps, 0.0, extents.height / 2, extents))

    def to_usual(self) -> None:
        """Bars of the usual width, the newest in view; prices stay as they are."""
        self.look(View(prices=self._view.prices))

    def toggle_key_cross(self) -> None:
        """Put the crosshair under the keys, or take it away; nothing while there are no bars."""
        composed = self._ensured()
        if composed is not None:
            self.hold_cross(None if self.has_key_cross else begun(self._state, composed))

    def move_key_cross(self, bars: int, rows: int) -> None:
        """Move the crosshair that is under the keys; the view comes along."""
        composed = self._ensured()
        if composed is not None and self._held is not None:
            extents = self._extents(composed)
            held = stepped(self._held, bars, rows, extents)
            self.look(following(self._view, held, extents))
            self.hold_cross(held)

    def hold_cross(self, held: Pointer | None) -> None:
        """Let keys point there; None: they point no longer."""
        self._held = held
        self._pointer = held or Pointer()
        self._ensured()
        self._mark()
        self.pointed.emit()

    def to_live(self) -> None:
        """Show the newest bar."""
        self.look(self._view.live())

    def to_oldest(self) -> None:
        """Show the first bar."""
        self.look(self._view.oldest(len(self._state.bars), self._width(), self.bands.space))

    def fit_prices(self) -> None:
        """Fit the price axis to what is visible."""
        self.look(self._view.fitted())

    def fix_prices(self) -> None:
        """Keep the price axis as it is now, whatever comes into view; nothing happens while there are no bars."""
        composed = self._ensured()
        if composed is not None:
            price = composed.picture.price
            self.look(replace(self._view, prices=(price.low, price.high)))

    def view_state(self) -> dict[str, Any]:
        """The view as JSON can hold it."""
        opens = self._state.bars["open_ns"]
        if not len(opens):
            waits = self._wanted_ns is not None
            return saved(replace(self._view, following=not waits), self._wanted_ns)
        right = int(self._view.right(len(opens), self._width(), self.bands.space))
        return saved(self._view, int(opens[min(max(right, 1), len(opens)) - 1]))

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Look where ``view_state`` looked; the instant is found as soon as there are bars."""
        view, self._wanted_ns = restored(kept)
        self.look(view)
        self._find_wanted()

    @property
    def right_ns(self) -> int | None:
        """The instant at the right border; None while the newest bar is followed, or there is none."""
        opens = self._state.bars["open_ns"]
        if self._view.following or not len(opens):
            return None
        return instant_at(opens, self._view.right(len(opens), self._width(), self.bands.space))

    def look_at(self, right_ns: int | None, slot: float | None = None) -> None:
        """Look where a linked pane looks: the instant at the right border, None for the newest bar.

        Args:
            slot: Logical pixels of a bar; None keeps them.
        """
        view = self._view if slot is None else replace(self._view, slot=slot)
        opens = self._state.bars["open_ns"]
        self._wanted_ns = None
        if right_ns is None:
            self.look(view if view.following else view.live())
        elif not len(opens):
            self._wanted_ns = right_ns
            self.look(view)
        else:
            at = position_at(opens, right_ns)
            self.look(view.at_right(at, len(opens), self._width(), self.bands.space))

    def _carry_over(self, before: ChartState) -> None:
        """Another series: keep the instant at the right border in view, or the newest bar; fit its prices."""
        self._view = self._view.fitted()
        if not self._view.following and len(before.bars):
            right = int(self._view.right(len(before.bars), self._width()))
            self._wanted_ns = int(before.bars["open_ns"][min(max(right, 1), len(before.bars)) - 1])
        self._find_wanted()

    def _find_wanted(self) -> None:
        opens = self._state.bars["open_ns"]
        if self._wanted_ns is not None and len(opens):
            right = int(opens.searchsorted(self._wanted_ns, "right"))
            self._wanted_ns = None
            self.look(self._view.at_right(right, len(opens), self._width(), self.bands.space))

    # composing

    def _bands(self) -> Bands:
        viewport, state = self.viewport(), self._state
        axis = axis_width(state.head.instrument, state.last or 0.0, self._painting.advance)
        ratio = viewport.devicePixelRatioF()
        shown = {
            "volume": self._has_volume(),
            "gex": has_gamma(state.gex),
            "cone": has_cone(state.cone),
            "traded": state.profile is not None,
            "cvd": state.cvd is not None and not state.cvd.reason,
        }
        return Bands.of(viewport.width(), viewport.height(), ratio, axis, **shown)

    def _has_volume(self) -> bool:
        """Whether the series ever knew a volume: then its pane stays, so that nothing jumps while panning."""
        state = self._state
        if self._volume_series != state.series:
            coarse = state.pyramid.levels[-1] if state.pyramid.levels else state.bars
            if (coarse["volume"] > 0).any() or (state.bars["volume"][-64:] > 0).any():
                self._volume_series = state.series
        return self._volume_series == state.series

    def _width(self) -> float:
        bands = self.bands
        return bands.right / bands.ratio

    def _extents(self, composed: Composed) -> Extents:
        price, bands = composed.picture.price, composed.picture.bands
        width, height = bands.right / bands.ratio, bands.plot_bottom / bands.ratio
        return Extents(len(self._state.bars), width, height, price.low, price.high, bands.space)

    def _spoil(self) -> None:
        """Compose anew at the next paint."""
        self._composed = None
        self._repaint()

    def _ensured(self) -> Composed | None:
        if self._composed is None and len(self._state.bars):
            state, theme = self._state, self._theme
            inks = inks_of(theme, state.head.freshness, over_field=has_field(state.gex))
            gamma_inks = None if state.gex is None else gamma_inks_of(theme, worst_of(state))
            self._composed = self._composer.compose(state, self._view, self._bands(), inks, gamma_inks)
            self._pixels_old = True
            self._cross = cross_at(self._pointer, self._state, self._composed)
            self._cross_of = (self._pointer, self._composed, len(self._state.bars))
            self._last = last_price(state, self._composed)
            self._plan = self._level_plan(self._composed)
            self._levels = level_marks(self._plan, self._last, self._composed.picture.bands)
        return self._composed

    def _level_plan(self, composed: Composed) -> LevelPlan:
        """Names and tags of levels; scrolled away, the pill that leads back lies at the foot."""
        foot = 0.0 if self._view.following else PILL_ROOM
        return level_plan(self._state, composed, self._painting.name_width, foot)

    def _move_forming(self, composed: Composed) -> None:
        row = as_floats(self._state.bars[-1:])[0]
        has_room = composed.has_room_for(row, fixed=self._view.prices is not None)
        if not has_room or not composed.has_room_below(self._state.cvd):
            self._spoil()
            return
        self._forming_old = True
        bands = composed.picture.bands
        left, right = forming_columns(composed.picture, len(self._state.bars) - 1)
        self._repaint(QRegion(outer(device_rect(left, 0, right, bands.bottom, bands.ratio))))

    def _compose_pixels(self, composed: Composed) -> None:
        bands = composed.picture.bands
        self._painting.set_ratio(bands.ratio)
        if self._surface.resize(bands.columns, bands.rows, bands.ratio) or self._pixels_old:
            self._surface.compose(composed.picture, self._write_axes)
            self._pixels_old, self._forming_old = False, True
        if self._forming_old and composed.forming is not None:
            row = as_floats(self._state.bars[composed.forming :])
            lines = composed.lines_to_forming(self._state)
            self._surface.draw_forming(composed.picture, row, composed.forming, lines)
        self._forming_old = False

    def _write_axes(self, painter: QPainter) -> None:
        if self._composed is not None:
            self._painting.axes(painter, self._state, self._composed, fixed=self._view.prices is not None)

    def _mark(self) -> None:
        """Find out where last price and crosshair are now, and have what moved painted."""
        composed = self._composed
        if composed is None:
            return  # everything is painted anyway
        bands = composed.picture.bands
        cross, last = self._cross, last_price(self._state, composed)
        made_of = (self._pointer, composed, len(self._state.bars))
        if made_of != self._cross_of or self._pointer.snaps:
            cross, self._cross_of = cross_at(self._pointer, self._state, composed), made_of
        dirty = QRegion()
        if cross != self._cross:
            dirty += self._painting.moved_cross(self._cross, cross, bands)
        if last != self._last:
            dirty += self._painting.moved_last(self._last, last, bands)
            if self._plan.has_distances:
                self._plan = self._level_plan(composed)
            levels = level_marks(self._plan, last, bands)
            dirty += self._painting.moved_levels(self._levels, levels, bands)
            self._levels = levels
        self._cross, self._last = cross, last
        if not dirty.isEmpty():
            self._repaint(dirty)

    def _repaint(self, region: QRegion | None = None) -> None:
        """Have a region painted, or everything; OpenGL keeps nothing from frame to frame and paints everything."""
        if region is None or self._opengl:
            self.viewport().update()
        else:
            self.viewport().update(region)

    # painting

    def paintEvent(self, ev: QPaintEvent) -> None:
        """Show the pixels, then what moves over them; items of others lie between."""
        viewport = self.viewport()
        composed = self._ensured()
        if composed is not None and composed.picture.bands.ratio != viewport.devicePixelRatioF():
            self._composed = None  # another monitor, and Qt did not tell (seen when docking back)
            composed = self._ensured()
        painter = QPainter(viewport)
        if composed is None:
            self._painting.empty(painter, QRectF(viewport.rect()), self._state)
        else:
            painter = self._paint_chart(painter, composed, ev)
        painter.end()

    def paint_into(self, painter: QPainter) -> None:
        """Paint the pane with ``QPainter`` alone, for pictures: a grabbed OpenGL viewport is blank.

        Items that others put into the scene are not in it.
        """
        composed = self._ensured()
        if composed is None:
            self._painting.empty(painter, QRectF(self.viewport().rect()), self._state)
            return
        self._compose_pixels(composed)
        bands, everything = composed.picture.bands, QRegion(self.viewport().rect())
        RasterSurface.paint(self._surface, painter, everything)
        self._painting.last_line(painter, self._last, bands)
        self._painting.placards(painter, everything, self._levels)
        self._painting.hairlines(painter, self._cross, bands)
        self._painting.tags(painter, everything, bands, self._last, self._cross, self._levels)

    def _paint_chart(self, painter: QPainter, composed: Composed, ev: QPaintEvent) -> QPainter:
        self._compose_pixels(composed)
        bands = composed.picture.bands
        dirty = QRegion(self.viewport().rect()) if self._opengl else ev.region()
        self._surface.paint(painter, dirty)
        self._paint_strip(painter, composed, dirty)
        self._painting.last_line(painter, self._last, bands)
        self._painting.placards(painter, dirty, self._levels)
        if self._scene.has_items():
            painter.end()
            self._scene.place(composed.picture)
            super().paintEvent(ev)
            painter = QPainter(self.viewport())
        self._painting.hairlines(painter, self._cross, bands)
        self._painting.tags(painter, dirty, bands, self._last, self._cross, self._levels)
        if self._ruler is not None:
            self._painting.ruler(painter, self._ruler, self._state, composed)
        return painter

    def _paint_strip(self, painter: QPainter, composed: Composed, dirty: QRegion) -> None:
        state, picture = self._state, composed.picture
        if state.profile is None or not picture.bands.traded or state.head.instrument is None:
            return
        strip = self._painting.strip
        if dirty.intersects(outer(strip.rect(picture.bands))):
            strip.paint(
                painter, state.profile, picture.bands, picture.price, state.head.instrument, state.head.freshness
            )

    def resizeEvent(self, ev: QResizeEvent | None) -> None:
        """Compose anew for the new size. pyqtgraph calls this itself, with None, while it is being built."""
        super().resizeEvent(ev)
        if ev is not None:
            self._spoil()

    # the pointer

    def _zone(self, at: QPointF, composed: Composed) -> Zone:
        bands = composed.picture.bands
        if at.y() * bands.ratio >= bands.bottom:
            return Zone.TIMES if at.x() * bands.ratio < bands.width else Zone.BADGE
        return Zone.PLOT if at.x() * bands.ratio < bands.width else Zone.PRICES

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Take hold of the plot or of an axis; an item of the scene that wants the pointer goes first."""
        composed = self._ensured()
        if self._scene.wants_pointer():
            super().mousePressEvent(ev)
            return
        if composed is None or ev.button() is not Qt.MouseButton.LeftButton:
            ev.ignore()
            return
        at, price = ev.position(), composed.picture.price
        zone = self._zone(at, composed)
        if zone is Zone.PLOT and ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            bar, level = self._point_at(at, composed)
            self._measuring = True
            self._measure(Ruler(bar, level, bar, level))
            return
        self._measure(None)
        if zone is Zone.BADGE:
            self.fit_prices()
        else:
            self._grip = Grip(zone, at.x(), at.y(), self._view, price.low, price.high)

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Drag what is held, and bring the crosshair along."""
        composed = self._ensured()
        if composed is None:
            return
        if self._scene.has_items() and self._grip is None:
            super().mouseMoveEvent(ev)
        at = ev.position()
        if self._measuring and self._ruler is not None:
            bar, price = self._point_at(at, composed)
            self._measure(replace(self._ruler, to_bar=bar, to_price=price))
        elif self._grip is not None:
            self.look(dragged(self._grip, at.x(), at.y(), self._extents(composed)))
        else:
            self.viewport().setCursor(CURSORS[self._zone(at, composed)])
        snaps = bool(ev.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self._held = None  # the hand has taken it
        self._pointer = Pointer(at.x(), at.y(), snaps)
        self._mark()
        self.pointed.emit()

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        """Let go."""
        if self._grip is None and self._scene.has_items():
            super().mouseReleaseEvent(ev)
        self._grip, self._measuring = None, False

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """On the price axis: fit the prices. On the time axis: usual bars, at the newest."""
        composed = self._ensured()
        if self._scene.wants_pointer():
            super().mouseDoubleClickEvent(ev)
            return
        if composed is None or ev.button() is not Qt.MouseButton.LeftButton:
            ev.ignore()
            return
        zone = self._zone(ev.position(), composed)
        if zone is Zone.PRICES:
            self.fit_prices()
        elif zone is Zone.TIMES:
            self.to_usual()

    def wheelEvent(self, ev: QWheelEvent) -> None:
        """Magnify about the pointer; sideways, or with Shift, pan."""
        composed = self._ensured()
        if composed is None:
            return
        turned, at = ev.angleDelta(), ev.position()
        sideways = (
            turned.x() if turned.x() else turned.y() * bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        )
        if sideways:
            self.pan(-PANNED_PX * sideways / NOTCH / self._view.slot)
        elif turned.y():
            notches, extents = turned.y() / NOTCH, self._extents(composed)
            self.look(wheeled(self._view, self._zone(at, composed), notches, at.x(), at.y(), extents))
        ev.accept()

    def viewportEvent(self, ev: QEvent) -> bool:
        """Take the crosshair away when the pointer leaves the plot, be it for the pill that lies on it."""
        if ev.type() == QEvent.Type.Leave:
            self._pointer = self._held or Pointer()
            self._mark()
            self.pointed.emit()
        return super().viewportEvent(ev)

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Keys belong to the actions of the window, except while an item of the scene is being typed into."""
        if self._scene.has_focus():
            super().keyPressEvent(ev)
        else:
            ev.ignore()
