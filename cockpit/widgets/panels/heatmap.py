"""The liquidity heatmap panel: what rested where and when, what was traded, and the way back to now."""

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from cockpit.instants import age_text, clock_text
from cockpit.instruments import DASH
from cockpit.state.commands import OpenEvidence
from cockpit.state.views import HEAT_GROUPS, Cutoffs, HeatState, Provenance, is_old
from cockpit.widgets.actions import words
from cockpit.widgets.heat.composer import ENDS_UNDER, HeatComposer
from cockpit.widgets.heat.inks import heat_inks
from cockpit.widgets.heat.painting import ENDS, HeatPainting
from cockpit.widgets.heat.places import HeatBands, size_text
from cockpit.widgets.heat.view import STEP, ZOOMS, HeatScale, HeatView
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.panel import PanelContext, PanelSpec, ViewChoice
from cockpit.widgets.panels.live_pill import PILL_GAP, LivePill
from cockpit.widgets.tips import TipSource

MINIMUM: Final = (360, 220)  # contracts.md 11
BAR_PX: Final = 12  # logical pixels that one press of an arrow scrolls
NOTCH: Final = 120
FIRST_TICKS: Final = 56  # of height at first, and at least three times what the touch walked in view
NUMBER_FROM: Final = 150  # contracts of a bubble that carries its number
CUT_STEP: Final = 1.25
MOST_TIPS: Final = 4  # marks of a label that tell about themselves under the pointer
CLICK_PX: Final = 3  # a hand that moved farther dragged
MOST_CUTS: Final = 12
GROUPS: Final = (Option("0", "By zoom"), *(Option(str(n), f"{n} tick{'s' * (n > 1)}") for n in HEAT_GROUPS))
SHOWN: Final = (Option("shown", "Shown"), Option("hidden", "Hidden"))
CONTRASTS: Final = (Option("auto", "Automatic"), Option("hard", "Only large sizes"), Option("soft", "All sizes"))
# contrast -> what the automatic limits are multiplied by
FACTORS: Final = {"auto": (1.0, 1.0), "hard": (3.0, 1.0), "soft": (0.25, 1.0)}
CUTS: Final = tuple(
    Option(str(n), "As the sizes are" if n == 0 else f"× {CUT_STEP**n:.2f}")
    for n in sorted(range(-MOST_CUTS, MOST_CUTS + 1), key=lambda n: (n != 0, n))
)


class HeatmapPanel(QWidget):
    """Draws a ``HeatState``; its own are the view and how sizes become colours."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context, self._theme = context, context.theme
        self._state = HeatState()
        self._view = HeatView()
        self._fitted_for = ""  # symbol the price scale was chosen for
        self._composer = HeatComposer()
        self._painting = HeatPainting(context.theme)
        self._shows = {"bubbles": True, "depth": True, "profile": True, "cvd": True, "marks": True}
        self._opened: tuple[int, int] | None = None  # the mark whose evidence was asked for last
        self._contrast, self._cut = "auto", 0
        self._seen: Any = None
        self._grip: tuple[QPointF, HeatView, str] | None = None
        self._pointer: QPointF | None = None
        TipSource(self, context.tips, self.tip_at)
        self.pill = LivePill(context.theme, self)
        self.pill.clicked.connect(self.to_live)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(*MINIMUM)
        self.setAccessibleName("Liquidity heatmap")
        context.theme.listen(self.rethemed)

    # states

    def draw(self, state: HeatState) -> None:
        """Show the state; nothing is painted when it looks the same."""
        self._state = state
        instrument = state.head.instrument
        symbol = "" if instrument is None else instrument.symbol
        if symbol != self._fitted_for and self._touch() is not None:
            self._fitted_for = symbol
            if self._view.centre is not None:
                self._view = replace(self._view, centre=None, right=None, follows=True)
            self._view = replace(self._view, tick=self._fitting_tick(), centre=self._touch())
            self.setAccessibleName(f"Liquidity heatmap, {'empty' if instrument is None else instrument.raw}")
        self._follow()
        seen = (
            symbol, state.heat.series, state.heat.end, (state.now_ns or 0) // 100_000_000, state.head.freshness,
            state.head.reason, state.last_tick, state.contrast, state.marks,
        )  # fmt: skip
        if seen != self._seen:
            self._seen = seen
            self.update()
        self._show_pill()

    def rethemed(self) -> None:
        """Other colours: nothing drawn before is used again."""
        self._painting = HeatPainting(self._theme)
        self.update()

    @property
    def reason(self) -> str:
        """Why there is no map; empty when there is one."""
        state = self._state
        if state.head.instrument is None:
            return state.head.reason or "Nothing open"
        if not state.heat.chunks:
            return state.head.reason or "Waiting for the first change of the book"
        return ""

    def _touch(self) -> float | None:
        known = [tick for tick in (self._state.best_bid, self._state.best_ask) if tick is not None]
        if known:
            return sum(known) / len(known)
        return None if self._state.last_tick is None else float(self._state.last_tick)

    def _follow(self) -> None:
        if self._view.right is None or self._view.centre is None:
            self._view = self._view.following(self._touch(), self._height())

    def _fitting_tick(self) -> float:
        """Logical pixels of a tick with which the touch's way in view takes a third of the height."""
        best, now = self._state.best, self._state.now_ns or 0
        since = now - round(self.bands().plot * self._view.ns_per_px)
        recent = best[best["clock_ns"] >= since]
        prices = [int(price) for name in ("bid", "ask") for price in recent[name].tolist() if abs(price) < 2**62]
        walked = max(prices) - min(prices) if prices else 0
        return min(max(self._height() / max(FIRST_TICKS, 3 * walked), 0.02), 16.0)

    # places

    def bands(self) -> HeatBands:
        """Where the parts of the pane are."""
        tick = self._state.last_tick or self._touch() or 0
        axis = self._painting.axis_width(self._state.head.instrument, tick)
        shown = self._shows
        return HeatBands.of(
            self.width(), self.height(), axis, depth=shown["depth"], profile=shown["profile"], delta=shown["cvd"]
        )

    def _height(self) -> float:
        bands = self.bands()
        return bands.bottom - bands.top

    def scale(self) -> HeatScale:
        """Where instants and prices are on the map."""
        bands = self.bands()
        now = self._state.now_ns or 0
        return HeatScale.of(self._view, now, bands.plot, bands.bottom - bands.top, self.devicePixelRatioF())

    @property
    def view(self) -> HeatView:
        """What is looked at."""
        return self._view

    @property
    def composer(self) -> HeatComposer:
        """The pixels of the map."""
        return self._composer

    def limits(self) -> Cutoffs:
        """Sizes at which the colours begin and end."""
        group = self._view.rows_group()
        contrast = self._state.contrast
        base = contrast[HEAT_GROUPS.index(group)] if contrast else Cutoffs(1.0, 100.0)
        low, high = (
            factor * size * CUT_STEP**self._cut
            for factor, size in zip(FACTORS[self._contrast], (base.low, base.high), strict=True)
        )
        low = max(low, 1.0)
        return Cutoffs(low, max(high, 1.5 * low))

    def readouts(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the legend: where the view stands, under the pointer, then the touch."""
        state, instrument, now = self._state, self._state.head.instrument, self._state.now_ns or 0
        behind = now - (self._view.right or 0)
        edge = "at live edge" if state.head.provenance is not Provenance.REPLAY else "at the playhead"
        where = ("View", edge) if self._view.right is None else ("Behind", age_text(max(behind, 0)))
        bid, ask = state.best_bid, state.best_ask
        spread = DASH if bid is None or ask is None else f"{ask - bid} t"
        group = self._view.rows_group()
        hand = self._under_pointer()
        rows = () if instrument is None or group == 1 else (("Row", f"{group} t"),)
        least = self._composer.least
        told = instrument is not None and least > 0 and self._shows["bubbles"]
        trades = (("Trades", f"≥ {size_text(instrument, least)}"),) if told and instrument is not None else ()
        ends = tuple((how, "") for how in ENDS) if self.scale().cells <= ENDS_UNDER else ()
        return (where, *(() if hand is None else hand), ("Spread", spread), *trades, *rows, *ends)

    def _under_pointer(self) -> tuple[tuple[str, str], ...] | None:
        """Price, time and, at now, size under the pointer."""
        instrument, at, scale, bands = self._state.head.instrument, self._pointer, self.scale(), self.bands()
        if instrument is None or at is None or not (at.x() < bands.plot and bands.top <= at.y() < bands.bottom):
            return None
        ratio = self.devicePixelRatioF()
        tick = round(scale.tick_at((at.y() - bands.top) * ratio))
        ns = scale.instant(at.x() * ratio)
        rested = self._rested(tick, ns)
        size = () if rested is None else (("Rested", size_text(instrument, rested) if rested else "nothing"),)
        return (("At", f"{clock_text(ns)} {instrument.format(tick)}"), *size)

    def _rested(self, tick: int, ns: int) -> int | None:
        """What rested at a price, by the history; None outside of it."""
        first, now = self._state.heat.first_ns, self._state.now_ns or 0
        return None if first is None or not first <= ns <= now else self._state.heat.size_at(tick, ns)

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bring the map up to date, then show it with what stands around it."""
        del event
        painter, theme, state = QPainter(self), self._theme, self._state
        if self.reason:
            painter.fillRect(self.rect(), theme.color("bg1"))
            self._painting.marks.clear()
            self._paint_empty(painter)
            return
        scale, bands, ratio = self.scale(), self.bands(), self.devicePixelRatioF()
        inks = heat_inks(theme, state.head.freshness)
        limits = self.limits()
        self._composer.compose(state, scale, limits, inks, ratio, bubbles=self._shows["bubbles"])
        self._blit(painter, scale, bands.top, ratio)
        self._paint_numbers(painter, scale, bands, ratio)
        marks = state.marks if self._shows["marks"] else ()
        self._painting.marks.paint(painter, marks, scale, bands, ratio, grey=is_old(state.head.freshness))
        self._painting.strips(painter, state, self._composer.rests, scale, bands, ratio)
        self._painting.deltas(painter, state, scale, bands, ratio)
        self._painting.axes(painter, state, scale, bands, ratio)
        self._paint_hair(painter, bands)
        how = "by hand" if self._cut or self._contrast != "auto" else "auto"
        self._painting.legend(painter, state, self.readouts(), limits, how, self.width(), inks.palette, ratio)
        painter.end()

    def _blit(self, painter: QPainter, scale: HeatScale, top: float, ratio: float) -> None:
        """The ring in two pieces."""
        px = self._composer.px
        rows, columns = px.shape
        image = QImage(px.data, columns, rows, px.strides[0], QImage.Format.Format_RGB32)
        left = scale.start % columns
        high = rows / ratio
        first, second = columns - left, left
        painter.drawImage(QRectF(0, top, first / ratio, high), image, QRectF(left, 0, first, rows))
        if second:
            painter.drawImage(QRectF(first / ratio, top, second / ratio, high), image, QRectF(0, 0, second, rows))

    def _paint_numbers(self, painter: QPainter, scale: HeatScale, bands: HeatBands, ratio: float) -> None:
        """Sizes of the large bubbles, where they fit."""
        instrument = self._state.head.instrument
        if instrument is None or not self._shows["bubbles"]:
            return
        painter.setFont(self._theme.font("key"))
        painter.setPen(self._theme.color("bg0"))
        metrics, taken = painter.fontMetrics(), list[QRectF]()
        for column, row, lots, _, radius in sorted(self._composer.bubbles.tolist(), key=lambda each: -each[4]):
            size = instrument.size(lots)
            x, y = (column - scale.start) / ratio, bands.top + row / ratio
            if size < NUMBER_FROM or not (0 <= x < bands.plot and bands.top <= y < bands.bottom):
                continue
            text = f"{size:,.0f}"
            wide = metrics.horizontalAdvance(text)
            spot = QRectF(x - wide / 2 - 2, y - 8, wide + 4, 16)
            if wide <= 2 * radius / ratio - 1 and not any(spot.intersects(other) for other in taken):
                taken.append(spot)
                painter.drawText(QPointF(x - wide / 2, y + 4), text)

    def _paint_hair(self, painter: QPainter, bands: HeatBands) -> None:
        at = self._pointer
        if at is None or self._grip is not None or not (at.x() < bands.plot and bands.top <= at.y() < bands.bottom):
            return
        pen = QPen(self._theme.color("text3"))
        pen.setCosmetic(True)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(0, at.y()), QPointF(bands.plot, at.y()))
        painter.drawLine(QPointF(at.x(), bands.top), QPointF(at.x(), bands.times))

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setFont(self._theme.font("label"))
        painter.setPen(self._theme.color("text3"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(14, 14, -14, -14), flags, self.reason)

    # what keys do

    def look(self, view: HeatView) -> None:
        """Look through another view."""
        if view != self._view:
            self._view = view
            self._show_pill()
            self.update()

    def pan(self, bars: float) -> None:
        """Scroll in time; positive is later."""
        self._pan_px(BAR_PX * bars)

    def _pan_px(self, px: float) -> None:
        state = self._state
        if state.now_ns is not None:
            first = state.heat.first_ns
            self.look(
                self._view.panned(px, state.now_ns, self.bands().plot, state.now_ns if first is None else first)
            )

    def zoom(self, steps: float) -> None:
        """Positive: less time in view."""
        bands = self.bands()
        self.look(self._view.zoomed(round(steps), bands.plot / 2, self._state.now_ns or 0, bands.plot))

    def to_live(self) -> None:
        """Show now, and follow it."""
        self.look(replace(self._view, right=None, follows=True).following(self._touch(), self._height()))

    def to_oldest(self) -> None:
        """Show the beginning."""
        self._pan_px(-float(2**40))

    def recentre(self) -> None:
        """The touch in the middle, on a scale that shows where it went."""
        self.look(replace(self._view, follows=True, tick=self._fitting_tick(), centre=self._touch()))

    def toggle_ruler(self) -> None:
        """The map has no ruler; the legend reads the pointer out."""

    def pan_prices(self, share: float) -> None:
        """Move the price range by a share of itself; positive shows higher prices."""
        self.look(self._view.lifted(share * self._height() / self._view.tick))

    def zoom_prices(self, steps: int) -> None:
        """Positive: a smaller price range."""
        height = self._height()
        self.look(self._view.priced(STEP**steps, height / 2, height))

    def to_usual(self) -> None:
        """Now, at the usual zoom, the touch in the middle."""
        self.look(replace(HeatView(group=self._view.group), tick=self._fitting_tick(), centre=self._touch()))

    def cut(self, by: int) -> None:
        """Raise or lower the limits of the colours by steps."""
        self._cut = min(max(self._cut + by, -MOST_CUTS), MOST_CUTS)
        self.update()

    def next_contrast(self) -> None:
        """The next way sizes become colours; the first one takes the limits set by hand back."""
        names = list(FACTORS)
        self._contrast = names[(names.index(self._contrast) + 1) % len(names)]
        if self._contrast == "auto":
            self._cut = 0
        self.update()

    def toggle_marks(self) -> None:
        """Show the marks of detectors, or hide them."""
        self._shows["marks"] = not self._shows["marks"]
        self.update()

    # marks

    def tip_at(self, spot: QPointF) -> str:
        """What a mark says, or each of several; empty elsewhere: nothing covers the map under a hand."""
        marks = () if self.reason else self._painting.marks.at(spot)
        return "\n\n".join(mark.tip for mark in marks[:MOST_TIPS])

    @property
    def marked(self) -> tuple[str, ...]:
        """Labels of the marks in view."""
        return self._painting.marks.shown

    def _open_mark(self, spot: QPointF) -> bool:
        """Ask for the evidence of the mark there, of several for the next one; whether there is any."""
        keys = [mark.key for mark in self._painting.marks.at(spot)]
        if not keys:
            return False
        at = keys.index(self._opened) + 1 if self._opened in keys else 0
        self._opened = keys[at % len(keys)]
        self._context.commands.send(OpenEvidence(*self._opened))
        return True

    # what can be chosen

    def choices(self) -> tuple[ViewChoice, ...]:
        """How prices are put together, how sizes become colours, and what is drawn besides."""
        shown = {name: "shown" if on else "hidden" for name, on in self._shows.items()}
        return (
            ViewChoice("group", "Ticks of a row", str(self._view.group), GROUPS),
            ViewChoice("contrast", "Contrast", self._contrast, CONTRASTS),
            ViewChoice("cut", "Cut-offs", str(self._cut), CUTS),
            ViewChoice("bubbles", "Trades", shown["bubbles"], SHOWN),
            ViewChoice("depth", "Depth now", shown["depth"], SHOWN),
            ViewChoice("profile", "Volume profile", shown["profile"], SHOWN),
            ViewChoice("cvd", "Delta and CVD", shown["cvd"], SHOWN),
            ViewChoice("marks", "Detector marks", shown["marks"], SHOWN),
        )

    def choose(self, name: str, value: str) -> None:
        """Show it another way; see ``HasChoices``."""
        known = {choice.name: [option.value for option in choice.options] for choice in self.choices()}
        if value not in known.get(name, ()):
            raise KeyError(f"{name} {value}")
        if name == "group":
            self._view = replace(self._view, group=int(value))
        elif name == "contrast":
            self._contrast = value
        elif name == "cut":
            self._cut = int(value)
        else:
            self._shows[name] = value == "shown"
        self.update()

    def view_state(self) -> dict[str, Any]:
        """What is chosen for good, as JSON can hold it."""
        chosen = {choice.name: choice.value for choice in self.choices()}
        return {**chosen, "zoom": self._view.zoom}

    def restore_view(self, kept: dict[str, Any]) -> None:
        """Show what ``view_state`` told; what cannot be used is left at its default."""
        for choice in self.choices():
            if kept.get(choice.name) in [option.value for option in choice.options]:
                self.choose(choice.name, kept[choice.name])
        zoom = kept.get("zoom")
        if isinstance(zoom, int) and 0 <= zoom < len(ZOOMS):
            self._view = replace(self._view, zoom=zoom)

    # hands

    def _show_pill(self) -> None:
        if self._view.right is None or self.reason:
            self.pill.hide()
            return
        self.pill.show_count(0)
        self.pill.setToolTip(words("chart.live", "Back to now"))
        bands = self.bands()
        left, top = bands.plot - self.pill.width() - PILL_GAP, bands.bottom - self.pill.height() - PILL_GAP
        self.pill.move(int(left), int(top))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the touch in view and the pill in its corner."""
        super().resizeEvent(event)
        self._follow()
        self._show_pill()

    def _zone(self, at: QPointF) -> str:
        bands = self.bands()
        if at.x() >= bands.plot:
            return "prices"
        return "times" if at.y() >= bands.times else "map"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the map, or of an axis."""
        if event.button() is Qt.MouseButton.LeftButton and not self.reason:
            self._grip = (event.position(), self._view, self._zone(event.position()))
        event.ignore()  # the frame takes the focus

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or stretch an axis; else read out what is under the pointer."""
        at = event.position()
        self._pointer = at
        if self._grip is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._grip = None
            self.update()
            return
        since, view, zone = self._grip
        bands, state = self.bands(), self._state
        across, down = at.x() - since.x(), at.y() - since.y()
        if zone == "prices":
            height = self._height()
            self.look(view.priced(STEP ** (-down / 24), height / 2, height))
        elif zone == "times":
            self.look(view.zoomed(round(across / 40), bands.plot / 2, state.now_ns or 0, bands.plot))
        else:
            first = state.heat.first_ns or 0
            moved = view.panned(-across, state.now_ns or 0, bands.plot, first) if abs(across) > 2 else view
            self.look(moved.lifted(down / view.tick) if abs(down) > 6 or not moved.follows else moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; on a mark, without having dragged: its evidence."""
        grip, self._grip = self._grip, None
        if grip is not None and (event.position() - grip[0]).manhattanLength() <= CLICK_PX:
            self._open_mark(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On the prices: the touch in the middle; on the times: usual zoom; on the map: now."""
        act = {"prices": self.recentre, "times": self.to_usual, "map": self.to_live}
        act[self._zone(event.position())]()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Magnify time about the pointer, prices over their axis or with Ctrl; sideways, or with Shift, scroll."""
        turned, at, bands = event.angleDelta(), event.position(), self.bands()
        notches = turned.y() / NOTCH
        if turned.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._pan_px(-4 * BAR_PX * (turned.x() / NOTCH or notches))
        elif self._zone(at) == "prices" or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.look(self._view.priced(STEP**notches, at.y() - bands.top, self._height()))
        elif notches:
            step = 1 if notches > 0 else -1
            self.look(self._view.zoomed(step, min(at.x(), bands.plot), self._state.now_ns or 0, bands.plot))
        event.accept()

    def leaveEvent(self, event: Any) -> None:
        """Nothing is under the pointer any more."""
        del event
        self._pointer = None
        self.update()


HEATMAP: Final = PanelSpec(
    id="heatmap",  # saved layouts hold it: never rename
    title="Liquidity heatmap",
    topic=lambda screen: screen.heatmap,
    build=HeatmapPanel,
    refresh_hz=20.0,  # a column every 100 ms, and the touch in between
    minimum=MINIMUM,
)
