"""Every kind of panel, in one tuple: docks, menus and layouts follow from it."""

from typing import Final

from cockpit.widgets.panel import PanelSpec
from cockpit.widgets.panels.chart import CHARTS
from cockpit.widgets.panels.depth_curve import DEPTH_CURVE
from cockpit.widgets.panels.depth_surface import DEPTH_SURFACE
from cockpit.widgets.panels.detectors import DETECTORS
from cockpit.widgets.panels.fates import FATES
from cockpit.widgets.panels.health import HEALTH
from cockpit.widgets.panels.heatmap import HEATMAP
from cockpit.widgets.panels.impact import IMPACT
from cockpit.widgets.panels.ladder import LADDER
from cockpit.widgets.panels.strips import STRIPS
from cockpit.widgets.panels.vix import VIX

PANELS: Final[tuple[PanelSpec, ...]] = (
    *(*CHARTS, LADDER, VIX, HEALTH, HEATMAP, IMPACT),
    *(STRIPS, DEPTH_CURVE, DEPTH_SURFACE, DETECTORS, FATES),
)
