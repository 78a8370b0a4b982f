"""Everything the screen can look at: one ``Published`` per panel."""

from cockpit.state.depth_views import CurveState, ReliefState
from cockpit.state.detector_views import DetectorsState, EvidenceState, FateState, TuningView
from cockpit.state.published import Published
from cockpit.state.views import (
    ChartState,
    Crosshair,
    HealthState,
    HeatState,
    ImpactState,
    LadderState,
    Load,
    Loading,
    Notice,
    ReplayState,
    Scroll,
    Session,
    StripsState,
    VixState,
    WorkspaceState,
)

CHART_PANES = ("chart.1", "chart.2", "chart.3", "chart.4", "chart.5", "chart.6")
LADDER_PANE = "ladder"
IMPACT_PANE = "impact"
STRIPS_PANE = "strips"
HEAT_PANE = "heatmap"
DETECTORS_PANE = "detectors"
FATES_PANE = "fates"
CURVE_PANE = "depth_curve"
RELIEF_PANE = "depth_surface"
BOOK_PANES = (LADDER_PANE, HEAT_PANE, CURVE_PANE, RELIEF_PANE)  # they show a symbol and have no interval
LINK_GROUPS = range(10)


class Screen:
    """The topics panels draw from. Widgets only read; ``state`` publishes."""

    def __init__(self) -> None:
        self.charts = {pane: Published(ChartState()) for pane in CHART_PANES}
        self.ladder = Published(LadderState())
        self.heatmap = Published(HeatState())
        self.curve = Published(CurveState())
        self.relief = Published(ReliefState())
        self.vix = Published(VixState())
        self.impact = Published(ImpactState())
        self.detectors = Published(DetectorsState())
        self.fates = Published(FateState())
        self.evidence = Published(EvidenceState())
        self.tuning = Published(TuningView({}, {}))
        self.strips = Published(StripsState())
        self.replay = Published(ReplayState())
        self.health = Published(HealthState())
        self.restarts = Published(0)  # how often something stopped was started again
        self.load = Published(Load())
        self.workspace = Published(WorkspaceState())
        self.crosshair = {group: Published(Crosshair()) for group in LINK_GROUPS}
        self.sessions: Published[tuple[Session, ...]] = Published(())
        self.loading = Published(Loading())
        self.scroll = {group: Published(Scroll()) for group in LINK_GROUPS}
        self.notices: Published[tuple[Notice, ...]] = Published(())
