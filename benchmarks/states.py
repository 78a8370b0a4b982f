"""Sheets of every panel in every state it can be in, for looking: ``python -m benchmarks.states FOLDER``.

Nothing open, reading, no data here, AGING, STALE, a gap, crossed, RESYNCING, FAILED; each at the size a panel has
in a window of 1280x720 and of 2560x1440, in both themes. Hand-made states, no window: what a person meets seldom is
looked at before they do. Not a test: what is cramped, cut or silent only an eye can tell.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from cockpit.state.commands import Command
from cockpit.state.screen import Screen
from cockpit.state.views import (
    ChartState,
    FeedHealth,
    Freshness,
    Head,
    HealthState,
    Hop,
    LadderState,
    Provenance,
    ReplayState,
    VixState,
)
from cockpit.units import NS_PER_MIN, NS_PER_S
from cockpit.widgets.catalog import PANELS
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panel_frame import PanelFrame
from cockpit.widgets.style import dress
from cockpit.widgets.theme import THEMES, load_fonts, load_theme
from tests.widgets.panels.test_ladder import state as ladder_state
from tests.widgets.panels.test_vix import TENSE
from tests.widgets.plot.charts import bars_of, instrument, state_of
from tests.widgets.plot.layered import overlay
from tests.widgets.pressure.states import BUYERS

STATES: Final = (
    "nothing", "reading", "nodata", "fresh", "aging", "stale", "gap", "crossed", "resyncing", "failed",
)  # fmt: skip
ACROSS: Final = 5
SIZES: Final = {  # of each panel in a window of 1280x720, and of 2560x1440
    "chart.1": ((482, 290), (886, 630)),
    "ladder": ((302, 560), (400, 900)),
    "vix": ((302, 560), (365, 730)),
    "health": ((302, 560), (365, 540)),
}
AGES: Final = {
    Freshness.FRESH: 0.1,
    Freshness.AGING: 2.6,
    Freshness.STALE: 9.0,
    Freshness.RESYNCING: 8.0,
    Freshness.FAILED: 250.0,
}
BY_STATE: Final = {
    "aging": Freshness.AGING,
    "stale": Freshness.STALE,
    "resyncing": Freshness.RESYNCING,
    "failed": Freshness.FAILED,
}
REASONS: Final = {
    "resyncing": "data lost; the book is not trusted until the next snapshot",
    "failed": "engine stopped since 13:40:02: book ESU2: order size not positive",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture: a panel at a size in a theme."""

    panel: str
    size: tuple[int, int]
    theme: str


class Deaf:
    """Takes commands."""

    def send(self, command: Command) -> None:
        """Nothing happens."""


def _head(state: str, symbol: str, **changes: Any) -> Head:
    if state in ("nothing", "reading"):
        return Head(link=1, interval=changes.get("interval", ""))
    freshness = BY_STATE.get(state, Freshness.FRESH)
    age = round(AGES[freshness] * NS_PER_S)
    made = Head(instrument(symbol), Provenance.LIVE, freshness, age, link=1, **changes)
    made = replace(made, reason=REASONS.get(state, ""))
    return replace(made, freshness=None, age_ns=None, reason="nothing received yet") if state == "nodata" else made


def chart(state: str) -> ChartState:
    """A chart in a state."""
    head = _head(state, "ESU2.GLBX", interval="5m")
    if state in ("nothing", "reading", "nodata"):
        return ChartState(head=head)
    bars = bars_of(160)
    made = replace(state_of(bars), head=head)
    made = replace(made, gex=overlay(made, since=60))
    if state in ("gap", "resyncing"):
        hole = int(bars["open_ns"][148]), int(bars["open_ns"][152])
        return replace(made, gaps=(hole,), gex=None)
    return made


def ladder(state: str) -> LadderState:
    """The ladder in a state."""
    head = _head(state, "ESU2.GLBX")
    if state == "nodata":
        return LadderState(head=replace(head, reason="No book before Wed 10:00 — the history holds prints only"))
    if state in ("nothing", "reading"):
        return LadderState(head=head)
    made = replace(ladder_state(pressure=BUYERS, ofi=12.0), head=replace(head, note="order level"))
    if state == "crossed":
        return replace(ladder_state(bid=19_202, ask=19_200), head=made.head, is_crossed=True, pressure=BUYERS)
    return made


def vix(state: str) -> VixState:
    """The gauge in a state."""
    head = replace(_head(state, "VIX.CBOE"), link=0)
    if state in ("nothing", "reading"):
        return VixState(head=head)
    if state == "nodata":
        return VixState(head=replace(head, reason="no VIX in what is open"))
    term = tuple(replace(point, freshness=head.freshness, age_ns=head.age_ns) for point in TENSE.term)
    if state == "gap":
        term = (*term[:2], replace(term[2], value=None, previous=None), term[3])
    return replace(TENSE, head=head, term=term)


def health(state: str) -> HealthState:
    """Data health in a state."""
    if state in ("nothing", "reading"):
        return HealthState(renderer="raster: software GL")
    freshness = None if state == "nodata" else BY_STATE.get(state, Freshness.FRESH)
    age = None if freshness is None else round(AGES[freshness] * NS_PER_S)
    first = FeedHealth(
        "ESU2.GLBX mbo", freshness, age, 2 * NS_PER_S, None if age is None else 8140.0, 9, int(state == "gap"), 0
    )
    more = (
        FeedHealth("VIX.CBOE index", Freshness.FRESH, 9 * NS_PER_S, 15 * NS_PER_S, 0.07, 9, 0, 0),
        FeedHealth("SPX.CBOE chain", Freshness.AGING, 72 * NS_PER_S, 60 * NS_PER_S, 0.01, 9, 0, 3, "3 refused"),
    )
    faults = ("book ESU2.GLBX: order size not positive",) if state == "failed" else ()
    hops = (Hop("venue to arrival"),)
    return HealthState((first, *more), faults, 412.0, "", "raster: software GL", 1.2, hops=hops)


MAKERS: Final[dict[str, Callable[[str], Any]]] = {
    "chart.1": chart,
    "ladder": ladder,
    "vix": vix,
    "health": health,
}


def draw(app: QApplication, sheet: Sheet) -> QImage:
    """The panel in every state, side by side."""
    theme = load_theme(sheet.theme)
    dress(app, theme)
    spec = next(each for each in PANELS if each.id == sheet.panel)
    wide, high = sheet.size
    rows = -(-len(STATES) // ACROSS)
    whole = QImage(ACROSS * (wide + 8), rows * (high + 8), QImage.Format.Format_RGB32)
    whole.fill(QColor(theme.tokens["bg0"]))
    painter = QPainter(whole)
    for place, state in enumerate(STATES):
        screen = Screen()
        if state not in ("nothing",):
            screen.replay.publish(ReplayState(is_open=True, now_ns=NS_PER_MIN))
        frame = PanelFrame(spec, PanelContext(spec.id, theme, screen, Deaf()))
        frame.resize(wide, high)
        frame.show()
        frame.draw(MAKERS[sheet.panel](state))
        app.processEvents()
        frame.draw(MAKERS[sheet.panel](state))
        app.processEvents()
        picture = frame.grab().toImage()
        painter.drawImage((place % ACROSS) * (wide + 8), (place // ACROSS) * (high + 8), picture)
        frame.hide()
        frame.deleteLater()
    painter.end()
    return whole


def main() -> int:
    """Write all sheets, or those whose name holds a word."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", default=[""], metavar="WORD")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    load_fonts()
    options.folder.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        for panel, sizes in SIZES.items():
            for size, window in zip(sizes, ("laptop", "wide"), strict=True):
                name = f"{panel.partition('.')[0]}-{window}-{theme}"
                if any(word in name for word in options.only):
                    draw(app, Sheet(panel, size, theme)).save(str(options.folder / f"{name}.png"))
                    print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
