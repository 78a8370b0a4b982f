"""An open recording: its player, its index, and the reducers that look at them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cockpit.engines.book.microprice import MicropriceFit
from cockpit.events.market import Batch, Slice
from cockpit.state.chains import ChainSolver, Submit
from cockpit.state.index import Index, IndexView, LiveIndex
from cockpit.state.keyframes import Keyframes
from cockpit.state.live import Live, LivePlayback
from cockpit.state.panels.chart import ChartReducer
from cockpit.state.panels.curve import CurveReducer
from cockpit.state.panels.detectors import DetectorsReducer
from cockpit.state.panels.gauge import GaugeReducer
from cockpit.state.panels.heatmap import HeatmapReducer
from cockpit.state.panels.impact import ImpactReducer
from cockpit.state.panels.ladder import LadderReducer
from cockpit.state.panels.relief import ReliefReducer
from cockpit.state.panels.strips import StripsReducer
from cockpit.state.panes import Place
from cockpit.state.playback import Playback
from cockpit.state.river import River
from cockpit.state.router import CalendarOf, Router
from cockpit.state.tuning import Run, Tuning
from cockpit.state.views import Provenance

if TYPE_CHECKING:
    from cockpit.state.past import Past

LIVE_KEYFRAMES: Final = 48  # of some 5 MB each with four order books


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """Sources as the application opened them.

    Attributes:
        names: As the user named them.
        river: Makes a fresh river over the sources, at the start; called once for the player, once for the index.
        steps_ns: Publishing step by symbol, 0 for a stream of changes: chooses the first intervals.
        provenance: What every panel prints.
        bare: Symbols known from option chains only.
        live: The feed, when new events keep coming; None for what is recorded.
        desk: What the panes begin with, by id, where there is something to choose from.
        past: Of a live session: what came before, applied already; None: it is applied when the session opens.
    """

    names: tuple[str, ...]
    river: Callable[[], River]
    steps_ns: Mapping[str, int]
    provenance: Provenance = Provenance.REPLAY
    bare: frozenset[str] = frozenset()
    live: Live | None = None
    desk: Mapping[str, Place] = field(default_factory=dict)
    past: "Past | None" = None


class Recording:
    """Everything that lives as long as one set of sources is open."""

    def __init__(
        self,
        opened: Opened,
        calendar_of: CalendarOf,
        sink: Callable[[Slice, tuple[Batch, ...]], None],
        submit: Submit | None = None,
        microprices: Mapping[str, MicropriceFit] | None = None,
        run: Run = lambda job: job(),
    ) -> None:
        self._microprices = microprices
        self.opened = opened
        self.river = river = opened.river()
        self.solver = ChainSolver(submit)  # shared: each chain is worked out once
        self.router = Router(river.registry, calendar_of, self.solver)
        self.router.watcher = self.tuning = Tuning(opened.river, lambda: self.router.next_seq, run)
        self.index: Index | LiveIndex
        if opened.live is not None:
            self.index = LiveIndex(self.router)
            keyframes = Keyframes(LIVE_KEYFRAMES, recent=True)
            live = LivePlayback(river, self.router, keyframes, opened.live, self.index, sink)
            if opened.past is not None:
                live.begin_after(opened.past, self.solver)
            self.playback: Playback = live
        else:
            keyframes = Keyframes()
            self.playback = Playback(river, self.router, keyframes, sink)
            ahead = opened.river()
            self.index = Index(ahead, Router(ahead.registry, calendar_of, self.solver), keyframes)
        self.renew()

    def renew(self) -> None:
        """New reducers: one that raised in the middle of its work is not to be trusted."""
        self.charts = ChartReducer(self.router)
        self.ladder = LadderReducer(self.router, self._microprices)
        self.heatmap = HeatmapReducer(self.router)
        self.curve = CurveReducer(self.router)
        self.relief = ReliefReducer(self.router)
        self.gauge = GaugeReducer(self.router)
        self.impact = ImpactReducer(self.router)
        self.detectors = DetectorsReducer(self.router, self.tuning)
        self.strips = StripsReducer(self.router, self._microprices)

    @property
    def live(self) -> LivePlayback | None:
        """The playhead of a live session; None for what is recorded."""
        return self.playback if isinstance(self.playback, LivePlayback) else None

    @property
    def view(self) -> IndexView:
        """What is known of the whole."""
        return self.index.view

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sources lost or doubt, as far as either reader has come."""
        return tuple(dict.fromkeys((*self.river.warnings, *self.index.view.warnings)))
