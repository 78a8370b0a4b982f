"""Shows chart panels with bars of a CSV file, for looking: ``python -m benchmarks.look FILE [options]``.

Not a test and not a benchmark: the picture it writes is for eyes.
"""

import argparse
import csv
import gzip
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from cockpit.instruments import resolve
from cockpit.state.commands import Command
from cockpit.state.pyramid import Pyramid
from cockpit.state.screen import CHART_PANES, Screen
from cockpit.state.views import BAR_VIEW, ChartState, Freshness, Head, Provenance
from cockpit.units import NS_PER_MIN, NS_PER_S, Rows
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.chart import ChartPanel
from cockpit.widgets.theme import GUTTER, load_fonts, load_theme

CHICAGO = ZoneInfo("America/Chicago")
STEP_NS = 5 * NS_PER_MIN


def read_bars(path: Path, tick: float, limit: int) -> Rows:
    """The last ``limit`` 5-minute bars of a file with Date, Time, Open, ... columns in Chicago time."""
    with gzip.open(path, "rt") as file:
        lines = list(csv.reader(file, skipinitialspace=True))[1:][-limit:]
    bars = np.zeros(len(lines), BAR_VIEW)
    for at, (date, clock, *numbers) in enumerate(lines):
        local = datetime.strptime(f"{date} {clock}", "%Y/%m/%d %H:%M:%S").replace(tzinfo=CHICAGO)
        opened = int(local.timestamp()) * NS_PER_S
        o, h, low, c, volume, _, sold, bought = (float(number) for number in numbers[:8])
        prices = (round(price / tick) for price in (o, h, low, c))
        bars[at] = (opened, opened + STEP_NS, *prices, volume, bought - sold)
    return bars


def state_of(bars: Rows, symbol: str, freshness: Freshness, link: int = 1) -> ChartState:
    """The bars as a chart state whose last bar is forming."""
    breaks = np.flatnonzero(np.diff(bars["open_ns"]) > 45 * NS_PER_MIN) + 1
    return ChartState(
        head=Head(
            instrument=resolve(symbol),
            provenance=Provenance.REPLAY,
            freshness=freshness,
            age_ns=100_000_000,
            reason="" if freshness is not Freshness.FAILED else "No data since 13:40:02",
            link=link,
            interval="5m",
        ),
        bars=bars,
        is_forming=True,
        series=1,
        pyramid=Pyramid.empty().extended(bars[:-1]),
        session_starts=bars["open_ns"][breaks],
        last=float(bars["close"][-1]),
        now_ns=int(bars["close_ns"][-1]),
        countdown_ns=192 * NS_PER_S,
    )


class Obedient:
    """Publishes crosshairs and prints nothing."""

    def send(self, command: Command) -> None:
        """Take any command."""


def main() -> None:
    """Show, take the picture, end."""
    options = argparse.ArgumentParser()
    options.add_argument("file", type=Path)
    options.add_argument("--symbol", default="ESU2.GLBX")
    options.add_argument("--theme", default="graphite")
    options.add_argument("--size", default="1280x720")
    options.add_argument("--panels", type=int, default=4)
    options.add_argument("--bars", type=int, default=20_000)
    options.add_argument("--states", action="store_true")
    options.add_argument("--opengl", action="store_true")
    options.add_argument("--slots", default="8,3,14,0.2")
    options.add_argument("--shot", type=Path)
    chosen = options.parse_args()
    app = QApplication(sys.argv[:1])
    load_fonts()
    theme, screen = load_theme(chosen.theme), Screen()
    window = QWidget()
    window.setStyleSheet(f"background: {theme.tokens['bg0']}")
    grid = QGridLayout(window)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(GUTTER)
    instrument = resolve(chosen.symbol)
    assert instrument is not None
    bars = read_bars(chosen.file, instrument.tick, chosen.bars)
    states = list(Freshness) if chosen.states else [Freshness.FRESH]
    slots = [float(slot) for slot in chosen.slots.split(",")]
    panels: list[ChartPanel] = []
    across = 3 if chosen.panels > 4 else min(chosen.panels, 2)
    for n in range(chosen.panels):
        panel = ChartPanel(PanelContext(CHART_PANES[n], theme, screen, Obedient(), chosen.opengl))
        grid.addWidget(panel, n // across, n % across)
        panel.draw(state_of(bars, chosen.symbol, states[(n + 1) % len(states)]))
        panel.restore_view({"slot": slots[n % len(slots)], "following": True})
        panels.append(panel)
    width, height = (int(side) for side in chosen.size.split("x"))
    window.setGeometry(0, 0, width, height)
    window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    window.show()

    def act() -> None:
        viewport = panels[min(1, len(panels) - 1)].plot.viewport()
        QTest.mouseMove(viewport, QPoint(viewport.width() // 2, viewport.height() // 3))
        if len(panels) > 2:
            panels[2].pan(-150)

    def finish() -> None:
        if chosen.shot:
            app.primaryScreen().grabWindow(0).save(str(chosen.shot))
        app.quit()

    QTimer.singleShot(800, act)
    QTimer.singleShot(2000, finish)
    app.exec()


if __name__ == "__main__":
    main()
