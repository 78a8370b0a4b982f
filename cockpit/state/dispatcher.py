"""Obeys commands and publishes states: the one place where what the user wants meets what there is."""

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np

from cockpit.engines.bars.anchors import bar_bounds
from cockpit.engines.bars.intervals import Interval
from cockpit.engines.book.impact import BUY, SELL
from cockpit.engines.book.microprice import MicropriceFit
from cockpit.errors import CockpitError, ConfigError
from cockpit.events.market import Batch, Slice
from cockpit.state import commands as c
from cockpit.state.chains import Submit
from cockpit.state.depth_views import PACES_NS, USUAL_PACE_NS
from cockpit.state.detector_desk import DetectorDesk
from cockpit.state.hops import Hops
from cockpit.state.index import Index
from cockpit.state.linking import toggled_share
from cockpit.state.live import Live
from cockpit.state.panels.chart import last_text
from cockpit.state.panels.curve import empty_curve
from cockpit.state.panels.heads import head_of
from cockpit.state.panels.health import of_process, reduce_health
from cockpit.state.panels.heatmap import empty_heatmap
from cockpit.state.panels.ladder import empty_ladder, queue_at
from cockpit.state.panels.relief import empty_relief
from cockpit.state.panels.replay import reduce_replay
from cockpit.state.panes import (
    SETTINGS,
    adjusted,
    advanced,
    blank_panes,
    first_panes,
    from_json,
    linked,
    timed,
    to_json,
    toggled,
)
from cockpit.state.playback import SteadyNs
from cockpit.state.published import Published
from cockpit.state.quarantine import Fault, Quarantine
from cockpit.state.recording import Opened, Recording
from cockpit.state.river import River
from cockpit.state.router import CalendarOf, Router
from cockpit.state.screen import (
    BOOK_PANES,
    CHART_PANES,
    CURVE_PANE,
    DETECTORS_PANE,
    FATES_PANE,
    HEAT_PANE,
    IMPACT_PANE,
    LADDER_PANE,
    RELIEF_PANE,
    STRIPS_PANE,
    Screen,
)
from cockpit.state.tape_health import TapeHealth
from cockpit.state.taping import TapeWriter, Taping
from cockpit.state.views import (
    ChartState,
    Choice,
    Crosshair,
    Head,
    HealthState,
    HeatState,
    Hop,
    ImpactState,
    LadderState,
    Load,
    Notice,
    Order,
    Pane,
    Provenance,
    ReplayState,
    Scroll,
    StripsState,
    VixState,
    WorkspaceState,
)
from cockpit.units import NS_PER_MIN, NS_PER_S

log = logging.getLogger(__name__)

T = TypeVar("T")
Process = Callable[[], Mapping[str, float | None]]

KEPT_NOTICES: Final = 20
ALL_PANES: Final = frozenset((*CHART_PANES, *BOOK_PANES, IMPACT_PANE, STRIPS_PANE, DETECTORS_PANE, FATES_PANE))
SLOW_PANES: Final = (CURVE_PANE, RELIEF_PANE)  # a state a second of event time, unless the user wants another pace
LEAD_NS: Final = NS_PER_MIN  # playing from the start begins this long before the first print


class Dispatcher:
    """State of the whole desk: what is open, which pane shows what, and the topics of the screen.

    Args:
        screen: Topics to publish to.
        opener: Opens sources; raises CockpitError with a line for the user.
        calendar_of: Calendar of an instrument.
        new_tape: Makes a recorder into a folder for a river's instruments.
        submit: Runs a job in the background; None: option chains are worked out on the spot.
    """

    def __init__(
        self,
        screen: Screen,
        opener: Callable[[tuple[str, ...]], Opened],
        calendar_of: CalendarOf,
        new_tape: Callable[[str, River], TapeWriter],
        submit: Submit | None = None,
    ) -> None:
        self.screen = screen
        self.recording: Recording | None = None
        self.panes: dict[str, Pane] = blank_panes()
        self.order = Order()  # whose impact is shown
        self.paces = {pane: USUAL_PACE_NS for pane in SLOW_PANES}
        self.focused = CHART_PANES[0]
        self.is_closed = False
        self.on_open: Callable[[Index], None] = lambda _: None  # the application runs the index in a thread
        self.on_tape: Callable[[TapeWriter], object] = lambda tape: (
            tape.seal()
        )  # the application does it in a thread
        self.on_market: Callable[[int | None], None] = _no_market  # the application builds it, then calls ``open``
        self.on_live: Callable[[tuple[str, ...]], None] = _no_live  # the same with a live venue
        self.on_sessions: Callable[[], None] = lambda: None  # the application looks through the folders
        self.on_leave: Callable[[Live], object] = lambda live: live.close()  # the application does it in a thread
        self.seen_panes: Callable[[], frozenset[str]] = lambda: ALL_PANES  # the window knows what is visible
        self.microprices: Mapping[str, MicropriceFit] = {}  # learned tables by root; the application reads them
        self.hops = Hops()
        self._tape_health = TapeHealth()
        self.quarantine = Quarantine(self._tell_fault)
        self.on_scan: Callable[[Callable[[], None]], object] = lambda job: job()  # in a thread as well
        self.level: int | None = None  # tick of the ladder that is looked at
        self.detectors = DetectorDesk(screen, lambda: self.recording, lambda: self.panes[LADDER_PANE])
        self._opener = opener
        self._calendar_of = calendar_of
        self._new_tape = new_tape
        self._submit = submit
        self._tape: Taping | None = None
        self._tape_alarm = ""
        self._live_alarm = ""  # what was told of the live feed
        self._warned: set[str] = set()  # what the open sources lost and the user was told
        self._notices: tuple[Notice, ...] = ()
        self._dirty = True
        self._seen: Any = None
        self._obey: dict[type, Callable[[Any], None]] = {
            c.OpenSources: lambda it: self._open(it.paths, at_end=it.at_end),
            c.OpenMarket: lambda it: self.on_market(it.seed),
            c.OpenLive: lambda it: self.on_live(it.symbols),
            c.ListSessions: lambda _: self.on_sessions(),
            c.CloseSources: lambda _: self._close(),
            c.TogglePlay: lambda _: self._toggle(),
            c.Play: lambda _: self._play(),
            c.Pause: lambda _: self._player().pause(),
            c.SetSpeed: lambda it: self._player().set_speed(it.speed),
            c.ThinkOrder: self._think,
            c.SetPace: self._set_pace,
            c.LookAtLevel: lambda it: setattr(self, "level", it.ticks),
            c.StepSpeed: lambda it: self._player().step_speed(it.by),
            c.StepEvents: lambda it: self._leave_tape(it.by < 0, lambda: self._player().step_events(it.by)),
            c.StepSeconds: lambda it: self._leave_tape(True, lambda: self._player().step_seconds(it.by)),
            c.StepBars: lambda it: self._leave_tape(True, lambda: self._step_bars(it.by, it.pane)),
            c.SeekTo: lambda it: self._leave_tape(True, lambda: self._player().seek(it.clock_ns)),
            c.InstantReplay: lambda it: self._rewind(it.seconds),
            c.GoLive: lambda _: self._go_live(),
            c.StopAt: lambda it: self._player().stop_at(it.clock_ns),
            c.SelectInstrument: lambda it: self._select(it.symbol, it.pane, it.linked),
            c.SelectInterval: lambda it: self._set_interval(it.interval, it.pane),
            c.SetLink: lambda it: self._set_link(it.pane, it.group),
            c.ToggleShare: lambda it: self._share(it.pane, it.what, it.way),
            c.ToggleLayer: lambda it: self._change(it.pane, lambda pane: toggled(pane, it.layer)),
            c.SetOverlay: lambda it: self._change(
                it.pane, lambda pane: adjusted(pane, **{name: getattr(it, name) for name in SETTINGS})
            ),
            c.NextOverlay: lambda it: self._change(it.pane, lambda pane: advanced(pane, it.setting)),
            c.LookAt: self._look_at,
            c.FocusPane: lambda it: self._focus(it.pane),
            c.PointAt: self._point,
            c.ScrollTo: self._scroll,
            c.StartRecording: lambda it: self._start_tape(it.folder),
            c.StopRecording: lambda _: self._stop_tape("Recording stopped", "The tape is complete."),
            c.BoundRing: self._bound_ring,
            c.RestartEngines: lambda _: self._restart(),
            c.RestartPanel: lambda it: self._restart_panel(it.pane),
            c.ReportFault: lambda it: self.quarantine.note(f"{it.pane} drawing", it.reason, self._clock_ns),
            **self.detectors.commands,
        }

    # commands

    def send(self, command: c.Command) -> None:
        """Obey a command; what cannot be done becomes a notice."""
        try:
            self._obey[type(command)](command)
        except CockpitError as error:
            self.notify("watch", _title(command), str(error))
        # crosshair and scroll have topics of their own: a moving pointer must not have every panel reduced anew
        self._dirty = self._dirty or not isinstance(command, c.PointAt | c.ScrollTo)

    def notify(self, severity: str, title: str, text: str) -> None:
        """Tell the user."""
        log.info("%s: %s %s", severity, title, text)
        number = self._notices[-1].number + 1 if self._notices else 1
        self._notices = (*self._notices, Notice(number, severity, title, text))[-KEPT_NOTICES:]
        self.screen.notices.publish(self._notices)

    def restore(self, saved: Any) -> None:
        """Take panes from a workspace file; ConfigError when it is unusable.

        Panes of what is not open now show what is, as after opening it.
        """
        self.panes = from_json(saved)
        if self.recording is not None:
            self._fill(self.recording)
        self._dirty = True

    def saved(self) -> dict[str, Any]:
        """Panes for a workspace file."""
        return to_json(self.panes)

    def _player(self):  # noqa: ANN202  the playback of the open recording
        if self.recording is None:
            raise ConfigError("nothing is open; Ctrl+O opens a recording")
        return self.recording.playback

    def _go_live(self) -> None:
        live = None if self.recording is None else self.recording.live
        if live is not None:
            live.go_live()
        else:
            self._leave_tape(True, self._player().seek_end)

    def _rewind(self, seconds: float) -> None:
        """Some seconds back, and play; the last stretch of a recording as well."""
        player = self._player()
        if player.clock_ns is not None:
            player.seek(player.clock_ns - round(seconds * NS_PER_S))
            player.play()

    def _open(self, paths: tuple[str, ...], *, at_end: bool) -> None:
        self.open(self._opener(paths), at_end=at_end)

    def open(self, opened: Opened, *, at_end: bool = False) -> None:
        """Show what the application opened, replacing what is open."""
        self._stop_tape("Recording stopped", "Another recording was opened.")
        recording = Recording(opened, self._calendar_of, self._record, self._submit, self.microprices, self._scan)
        self._leave()
        self.recording, self._live_alarm = recording, ""
        recording.playback.hops = self.hops
        self.hops.forget()
        self._fill(recording)
        if at_end:
            recording.playback.seek_end()
        self._warned.clear()
        self.quarantine.release()
        self._tell_warnings(recording)
        if isinstance(recording.index, Index):
            self.on_open(recording.index)
        self._dirty = True

    def _scan(self, job: Callable[[], None]) -> None:
        self.on_scan(job)

    def _leave(self) -> None:
        """Let go of what is open; a live feed ends."""
        old, self.recording = self.recording, None
        if old is not None:
            old.tuning.close()
        if old is not None and old.opened.live is not None:
            self.on_leave(old.opened.live)

    def _fill(self, recording: Recording) -> None:
        opened, known = recording.opened, tuple(recording.river.registry)
        self.panes = first_panes(self.panes, known, opened.steps_ns, opened.bare, opened.desk)

    def _tell_warnings(self, recording: Recording) -> None:
        """Losses show up while the file is read, some only at its end."""
        for warning in recording.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self.notify("watch", "Read with a warning", warning)

    def _close(self) -> None:
        self._stop_tape("Recording stopped", "The recording was closed.")
        self._leave()

    def _toggle(self) -> None:
        player = self._player()
        player.pause() if player.is_playing else self._play()

    def _play(self) -> None:
        player = self._player()
        if player.at_end and self.recording is not None:
            view = self.recording.view
            start = view.first_print_ns or view.first_ns
            if start is not None:
                player.seek(start - LEAD_NS)
        player.play()

    def _step_bars(self, by: int, pane: str) -> None:
        """Playhead to the next or previous bar boundary of a pane's interval, over closed hours to the next bar."""
        player = self._player()
        if player.clock_ns is None or self.recording is None:
            return
        player.pause()
        at = self.panes.get(pane, self.panes[CHART_PANES[0]])
        interval = Interval.parse(at.interval or self.panes[CHART_PANES[0]].interval)  # the ladder has none
        lane = self.recording.charts.lane(at.symbol)
        if not interval.is_time:
            raise ConfigError(f"{at.interval} bars have no fixed end to step to; choose a time interval")
        calendar = None if lane is None else lane.calendar
        for _ in range(abs(by)):
            opened, closed = bar_bounds(interval, calendar, np.array([player.clock_ns], np.int64))
            if by < 0 and opened[0] == player.clock_ns:  # already at a boundary: to the one before
                opened, _ = bar_bounds(interval, calendar, opened - 1)
            player.seek(int(closed[0] if by > 0 else opened[0]))
            player.finish()

    def _look_at(self, at: c.LookAt) -> None:
        self._pane(at.pane)
        if self.recording is not None:
            self.recording.charts.look(at.pane, at.from_ns, at.to_ns)

    def _select(self, symbol: str, pane: str, group: bool) -> None:
        if self.recording is not None and self.recording.charts.lane(symbol) is None:
            raise ConfigError(f"{symbol} is not in what is open")
        self._pane(pane)
        self.panes = linked(self.panes, pane, symbol, group=group)

    def _set_interval(self, text: str, pane: str) -> None:
        interval = Interval.parse(text)
        self._pane(pane)
        if pane not in BOOK_PANES:
            self.panes = timed(self.panes, pane, interval.label)

    def _set_link(self, pane: str, group: int) -> None:
        if not 0 <= group <= 9:
            raise ConfigError(f"link group {group} is not 0-9")
        self._pane(pane)
        self.panes = {**self.panes, pane: replace(self.panes[pane], link=group)}

    def _share(self, pane: str, what: str, way: str) -> None:
        self.panes = {**self.panes, pane: toggled_share(self._pane(pane), what, way)}

    def _change(self, pane: str, change: Callable[[Pane], Pane]) -> None:
        """Change the settings of a chart."""
        if pane not in CHART_PANES:
            raise ConfigError(f"{pane or 'nothing'} is no chart: it has no layers; focus a chart first")
        self.panes = {**self.panes, pane: change(self._pane(pane))}

    def _set_pace(self, it: c.SetPace) -> None:
        if it.pane not in SLOW_PANES or it.pace not in PACES_NS:
            raise ConfigError(
                f"pace {it.pace!r} of {it.pane!r}: {', '.join(SLOW_PANES)} have {', '.join(PACES_NS)} s"
            )
        self.paces[it.pane] = PACES_NS[it.pace]

    def _think(self, it: c.ThinkOrder) -> None:
        side, size = it.side or self.order.side, self.order.size if it.size is None else it.size
        if side not in (BUY, SELL):
            raise ConfigError(f"side {side!r} is neither {BUY} nor {SELL}")
        if size is not None and not (size > 0 and math.isfinite(size)):
            raise ConfigError(f"size {size:g} must be above 0")
        self.order = Order(side, size)

    def _focus(self, pane: str) -> None:
        self.focused = pane

    def _pane(self, pane: str) -> Pane:
        try:
            return self.panes[pane]
        except KeyError:
            raise ConfigError(f"no pane {pane!r}; there are {', '.join(self.panes)}") from None

    def _point(self, it: c.PointAt) -> None:
        topic = self.screen.crosshair.get(it.group)
        if topic is not None:
            topic.publish(Crosshair(it.pane, it.at_ns, it.symbol, it.price))

    def _scroll(self, it: c.ScrollTo) -> None:
        topic = self.screen.scroll.get(it.group)
        if topic is not None:
            topic.publish(Scroll(it.pane, it.right_ns, it.interval, it.slot))

    def _restart(self) -> None:
        """Everything that stopped: panels here, engines from the last keyframe."""
        was_stopped = self.quarantine.release()
        self._renew()
        if not was_stopped or (self.recording is not None and self.recording.router.stopped):
            self._player().rebuild()

    def _restart_panel(self, pane: str) -> None:
        """One panel, and the engines of what it shows."""
        self.quarantine.release(pane)
        self._renew()
        lane = None
        if self.recording is not None and pane in self.panes:
            lane = self.recording.charts.lane(self.panes[pane].symbol)
        if self.recording is None:
            return
        router = self.recording.router
        if router.stopped and (lane is None or lane.id in router.faults):
            self.recording.playback.rebuild()

    def _renew(self) -> None:
        if self.recording is not None:
            self.recording.renew()
        self.screen.restarts.publish(self.screen.restarts.value + 1)

    def _tell_fault(self, name: str, fault: Fault) -> None:
        text = f"{fault.reason}. The others go on; its Restart button or ; E starts it again."
        self.notify("high", f"{name.replace('.', ' ').capitalize()} stopped", text)

    @property
    def _clock_ns(self) -> int | None:
        return None if self.recording is None else self.recording.playback.clock_ns

    # recording

    def _start_tape(self, folder: str) -> None:
        if self.recording is None:
            raise ConfigError("nothing is open to record")
        if self._tape is not None:
            raise ConfigError("a recording is already running")
        live = self.recording.opened.live
        if live is not None and live.first_seq:
            raise ConfigError(
                "the start of this session is no longer kept; Ctrl+R lists the flight recorder's tapes"
            )
        past, at = self.recording.opened.river(), self.recording.router.next_seq
        tape = self._new_tape(folder, self.recording.river)
        self._tape = Taping(tape, past, Router(past.registry, self._calendar_of), at)
        self._tape_alarm = ""
        self.notify("info", "Recording", folder)

    def _stop_tape(self, title: str, text: str) -> None:
        taping, self._tape = self._tape, None
        if taping is not None:
            taping.finish_past()
            tape = taping.tape
            tape.close()
            self.on_tape(tape)
            self.notify("watch" if tape.failure else "info", title, tape.failure or text)

    def _bound_ring(self, it: c.BoundRing) -> None:
        """At once where a live session records; any other finds it in the settings when it begins."""
        live = None if self.recording is None else self.recording.opened.live
        if live is not None:
            live.bound_ring(it.gigabytes, it.days)

    def _leave_tape(self, jumps: bool, move: Callable[[], None]) -> None:
        """A tape is one stretch of time: a jump ends it."""
        if jumps:
            self._stop_tape("Recording stopped", "The playhead jumped; the tape ends where it was.")
        move()

    def _record(self, piece: Slice, derived: tuple[Batch, ...]) -> None:
        if self._tape is not None:
            self._tape.write(piece, derived)
            self._tell_tape_failure(self._tape.tape.failure)

    def _tell_tape_failure(self, failure: str | None) -> None:
        if failure and not self._tape_alarm:
            self._tape_alarm = f"Recording stopped: {failure}"
            self.notify("high", "Recording stopped", f"{failure}. What was written is kept; the replay goes on.")

    def flush_tape(self) -> None:
        """Once a second: make the tapes recoverable up to now, and see to the live feed."""
        live = None if self.recording is None else self.recording.opened.live
        if live is not None:
            live.flush()
            self._tell_live(live)
        if self._tape is not None and not self._tape.tape.failure:
            self._tape.tape.flush()

    def _tell_live(self, live: Live) -> None:
        """A feed or a flight recorder that stopped, once; a playhead that keeps too much alive goes to the edge."""
        stopped = live.failure or live.recorder_failure or ""
        if stopped and stopped != self._live_alarm:
            self._live_alarm = stopped
            if live.failure and self.recording is not None:
                self.recording.router.outage = live.failure
                self._dirty = True
                self.notify("high", "Feed stopped", f"{stopped}. {_again(self.recording.opened.provenance)}")
            else:
                self.notify("high", "Flight recorder stopped", f"{stopped}. Live goes on; its past is not kept.")
        if live.is_strained:
            self._go_live()
            self.notify("watch", "Back at the edge", "The past that was shown can be kept no longer.")

    def close(self) -> None:
        """The application ends."""
        self.is_closed = True
        self._close()

    # time

    def advance(self, steady: SteadyNs, budget_ns: int) -> bool:
        """One pump turn: due work for about ``budget_ns``; True when something moved."""
        if self.recording is None:
            return False
        if self._tape is not None and self._tape.is_behind:
            self._tape.catch_up(steady, steady() + budget_ns)
            self._tell_tape_failure(self._tape.tape.failure)
            self._dirty = True
            return True
        try:
            moved = self.recording.playback.advance(steady, budget_ns)
        except CockpitError as error:
            self.recording.playback.give_up()
            self.notify("high", "Reading stopped", f"{error}. What was read so far stays.")
            moved = True
        self._dirty = self._dirty or moved or self.recording.playback.is_playing
        return moved

    @property
    def busy(self) -> bool:
        """Whether the pump should come again soon."""
        playback = None if self.recording is None else self.recording.playback
        taping = self._tape is not None and self._tape.is_behind
        return playback is not None and (playback.is_playing or playback.seeking or taping)

    @property
    def is_at_edge(self) -> bool:
        """Whether a live session is followed: there is little to do, best done right before a frame."""
        live = None if self.recording is None else self.recording.live
        return live is not None and live.is_following and not live.seeking

    @property
    def is_behind(self) -> bool:
        """Whether there is more due work than one turn does: max speed, a jump or a tape's past under way."""
        playback = None if self.recording is None else self.recording.playback
        if self._tape is not None and self._tape.is_behind:
            return True
        return playback is not None and (playback.seeking or (playback.is_playing and math.isinf(playback.speed)))

    # states

    def publish(self, process: Process, *, slow: bool = True) -> bool:
        """Publish what changed since the last call; nothing while a jump is under way.

        Args:
            process: Gives what the application measures of itself, see ``of_process``, and ``steady_ns``.
            slow: Whether the topics that move at 10 Hz are due as well.

        Returns:
            Whether anything was published.
        """
        recording = self.recording
        seen = self.seen_panes()
        token = None if recording is None else (id(recording), recording.view, seen)
        if not self._dirty and token == self._seen:
            return False
        if recording is None:
            self._publish_nothing(process())
        elif recording.playback.seeking:
            if slow:
                self._publish_jump(recording)
            return False
        else:
            self._publish_fast(recording, seen)
            self.hops.published()
            if not slow:
                return True  # still dirty: the slow topics follow
            self._publish_slow(recording, process())
        # an overlay's history is worked out over several frames
        under_way = recording is not None and (not recording.charts.is_complete or recording.tuning.is_scanning)
        self._dirty, self._seen = under_way, token
        return True

    def tell_load(self, load: Load) -> None:
        """What the screen leaves out from now on; events are never left out."""
        self.screen.load.publish(load)
        self._dirty = True  # overlays that rested go on

    def publish_vitals(self, process: Mapping[str, float | None]) -> None:
        """What the process costs, while nothing else moves."""
        self.screen.health.publish(of_process(self.screen.health.value, process))

    def _publish_nothing(self, process: Mapping[str, float | None]) -> None:
        for pane in CHART_PANES:
            self.screen.charts[pane].publish(ChartState(head=_bare(self.panes[pane])))
        self.screen.ladder.publish(empty_ladder(self.panes[LADDER_PANE]))
        self.screen.heatmap.publish(empty_heatmap(self.panes[HEAT_PANE]))
        self.screen.curve.publish(empty_curve(self.panes[CURVE_PANE]))
        self.screen.relief.publish(empty_relief(self.panes[RELIEF_PANE]))
        self.screen.vix.publish(VixState())
        self.screen.impact.publish(ImpactState(order=self.order))
        self.detectors.clear()
        self.screen.strips.publish(StripsState())
        self.screen.replay.publish(ReplayState())
        self.screen.workspace.publish(WorkspaceState(panes=dict(self.panes), focused=self.focused))
        tape = self._tape_health.read(None, None, None)
        nothing = HealthState(renderer=self.screen.health.value.renderer, tape=tape)
        self.screen.health.publish(of_process(nothing, process))

    def _publish_fast(self, recording: Recording, seen: frozenset[str]) -> None:
        now, provenance = recording.playback.clock_ns, recording.opened.provenance
        if now is None:
            for name in CHART_PANES:
                head = replace(
                    _bare(self.panes[name]), provenance=provenance, reason="the recording holds no event"
                )
                self.screen.charts[name].publish(ChartState(head=head))
            return
        recording.charts.begin(overlays_rest=self.screen.load.value.overlays_rest)
        for name in CHART_PANES:
            if name in seen:
                make = partial(recording.charts.reduce, self.panes[name], provenance, now)
                self._reduce(name, self.screen.charts[name], make, now)
        if LADDER_PANE in seen:
            self._reduce(LADDER_PANE, self.screen.ladder, lambda: self._ladder(recording, now), now)
        if HEAT_PANE in seen:
            self._reduce(HEAT_PANE, self.screen.heatmap, lambda: self._heatmap(recording, now), now)
        names, recorder = recording.opened.names, self._recorder_text()
        alarm = self._tape_alarm or self._live_alarm
        replay = self.quarantine.run(
            "replay", lambda: reduce_replay(recording.playback, recording.view, names, recorder, alarm), now
        )
        self.screen.replay.publish(self.screen.replay.value if replay is None else replay)

    def _reduce(self, name: str, topic: Published[T], make: Callable[[], T], now_ns: int) -> None:
        """Publish a state; one that cannot be made turns its panel FAILED, over what it showed last."""
        state = self.quarantine.run(name, make, now_ns)
        if state is None:
            before: Any = topic.value
            state = replace(before, head=self.quarantine.head(name, before.head, now_ns))
        topic.publish(state)

    def _ladder(self, recording: Recording, now_ns: int) -> LadderState:
        pane, provenance = self.panes[LADDER_PANE], recording.opened.provenance
        lane = recording.charts.lane(pane.symbol)
        if lane is None:
            return empty_ladder(pane)
        book_ns = recording.view.books_ns.get(lane.id)
        state = recording.ladder.reduce(lane, pane, provenance, now_ns, book_ns)
        if not len(state.bid_sizes):
            return state
        queue = queue_at(lane, self.level)
        return replace(state, walls=recording.detectors.walls(lane, now_ns), queue=queue)

    def _impact(self, recording: Recording, now_ns: int) -> ImpactState:
        pane = self.panes[LADDER_PANE]
        lane = recording.charts.lane(pane.symbol)
        if lane is None:
            return ImpactState(order=self.order)
        return recording.impact.reduce(lane, pane, self.order, recording.opened.provenance, now_ns)

    def _strips(self, recording: Recording, now_ns: int) -> StripsState:
        pane = self.panes[LADDER_PANE]
        lane = recording.charts.lane(pane.symbol)
        if lane is None:
            return StripsState()
        return recording.strips.reduce(lane, pane, recording.opened.provenance, now_ns)

    def _heatmap(self, recording: Recording, now_ns: int) -> HeatState:
        pane, provenance = self.panes[HEAT_PANE], recording.opened.provenance
        lane = recording.charts.lane(pane.symbol)
        if lane is None:
            return empty_heatmap(pane)
        marks = recording.detectors.marks(lane, now_ns, self.detectors.horizon)
        return replace(recording.heatmap.reduce(lane, pane, provenance, now_ns), marks=marks)

    def _publish_jump(self, recording: Recording) -> None:
        """Only how far a jump has come: panels keep their picture until it is over."""
        position, index = recording.playback.router.events, recording.view
        total = index.events if index.done else None
        self.screen.replay.publish(
            replace(self.screen.replay.value, is_open=True, seeking=True, position=position, total=total)
        )

    def _publish_slow(self, recording: Recording, process: Mapping[str, float | None]) -> None:
        self._tell_warnings(recording)
        now, recorder = recording.playback.clock_ns, self._recorder_text()
        if now is not None:
            gauge = partial(recording.gauge.reduce, recording.opened.provenance, now)
            self._reduce("vix", self.screen.vix, gauge, now)
            if IMPACT_PANE in self.seen_panes():
                self._reduce(IMPACT_PANE, self.screen.impact, lambda: self._impact(recording, now), now)
            self.detectors.publish(recording, now, self.seen_panes(), self._reduce)
            if STRIPS_PANE in self.seen_panes():
                self._reduce(STRIPS_PANE, self.screen.strips, lambda: self._strips(recording, now), now)
            self._publish_depth(CURVE_PANE, self.screen.curve, recording.curve, empty_curve, now)
            self._publish_depth(RELIEF_PANE, self.screen.relief, recording.relief, empty_relief, now)
        provenance = recording.opened.provenance
        warnings = recording.warnings
        health = self.quarantine.run(
            "health",
            lambda: reduce_health(recording.router, now, warnings, process, recorder, provenance),
            now,
        ) or replace(self.screen.health.value, faults=recording.router.stopped, hops=())
        self.screen.health.publish(self._with_pipeline(health, recording, process))
        workspace = self.quarantine.run("workspace", lambda: self._workspace(recording, now), now)
        self.screen.workspace.publish(self.screen.workspace.value if workspace is None else workspace)
        recording.charts.keep_only(self.panes.values())

    def _publish_depth(
        self, name: str, topic: Published[T], reducer: Any, empty: Callable[[Pane], T], now_ns: int
    ) -> None:
        """A slow panel of a book, if anybody sees it."""
        recording = self.recording
        if recording is None or name not in self.seen_panes():
            return
        pane, pace_ns, is_still = self.panes[name], self.paces[name], not recording.playback.is_playing
        lane, provenance = recording.charts.lane(pane.symbol), recording.opened.provenance
        make: Callable[[], T] = partial(empty, pane)
        if lane is not None:
            make = partial(reducer.reduce, lane, pane, provenance, now_ns, pace_ns, is_still=is_still)
        self._reduce(name, topic, make, now_ns)

    def _with_pipeline(
        self, health: HealthState, recording: Recording, process: Mapping[str, float | None]
    ) -> HealthState:
        """The legs that are measured here, what waits, and the recorder."""
        at_ns, live = process.get("steady_ns"), recording.opened.live
        now = ("arrival to engine", "engine to frame", "arrival to pixel")
        legs = self.hops.legs(None if at_ns is None else round(at_ns))
        stopped = tuple(fault.text(name) for name, fault in self.quarantine.faults.items())
        return replace(
            health,
            faults=(*health.faults, *stopped),
            renderer=self.screen.health.value.renderer,
            hops=(*health.hops, *(Hop(name, spans) for name, spans in zip(now, legs, strict=True))),
            unpainted=self.hops.unpainted,
            solving=recording.solver.working,
            tape=self._tape_health.read(self._tape, None if live is None else live.ring_use, at_ns),
            links=() if live is None else live.links,
        )

    def _workspace(self, recording: Recording, now_ns: int | None) -> WorkspaceState:
        focused = recording.charts.lane(self.panes.get(self.focused, self.panes[CHART_PANES[0]]).symbol)
        calendar = None if focused is None else focused.calendar
        return WorkspaceState(
            panes=dict(self.panes),
            focused=self.focused,
            choices=tuple(self._choices(recording, now_ns)),
            provenance=recording.opened.provenance,
            is_rewound=recording.live is not None and not recording.live.is_following,
            session_text=calendar.session_text(now_ns) if calendar is not None and now_ns is not None else "",
            now_ns=now_ns,
        )

    def _choices(self, recording: Recording, now_ns: int | None):  # noqa: ANN202  yields Choice
        for lane in recording.router.lanes:
            each = lane.instrument
            pane = Pane("")
            head = (
                None
                if now_ns is None
                else head_of(recording.router, lane, pane, recording.opened.provenance, now_ns)
            )
            yield Choice(
                each.symbol, each.name, each.venue, last_text(each, lane), None if head is None else head.freshness
            )

    def _recorder_text(self) -> str:
        live = None if self.recording is None else self.recording.opened.live
        ring = "" if live is None or live.recorder_failure else live.recorder
        return ring if self._tape is None else self._tape.text


def _no_market(seed: int | None) -> None:
    raise ConfigError(f"there is no simulated market here (seed {seed})")


def _no_live(symbols: tuple[str, ...]) -> None:
    raise ConfigError(f"there is no live venue here ({', '.join(symbols) or 'no symbols'})")


def _again(provenance: Provenance) -> str:
    if provenance is Provenance.LIVE:
        return "Ctrl+Shift+B connects again."
    return "Ctrl+M starts the market again."


def _bare(pane: Pane) -> Head:
    return Head(link=pane.link, interval=pane.interval)


def _title(command: c.Command) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in type(command).__name__)
    return f"Could not{words}"
