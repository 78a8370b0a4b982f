"""Run by ``test_gl_panes``: a market pane drawn by OpenGL and moved between windows tells what the screen shows.

A program of its own, because a window that ever held OpenGL stays dearer for good, and contexts are shared, or not,
from before the application.
"""

import json
import sys

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.units import Pixels
from cockpit.widgets.plot.pane import MarketPlot
from cockpit.widgets.theme import load_fonts, load_theme
from tests.widgets.plot.charts import bars_of, state_of, with_last

SIZE = 640, 400
MOVES = 6
LIMIT_MS = 10_000


def swapped(app: QApplication, plot: MarketPlot) -> None:
    """Wait until the pane's next frame is on the screen."""
    loop = QEventLoop()
    plot.viewport().frameSwapped.connect(loop.quit)
    QTimer.singleShot(LIMIT_MS, loop.quit)
    loop.exec()
    app.processEvents()


def on_screen(app: QApplication, window: QWidget) -> Pixels:
    """The window's pixels as the screen has them."""
    at, ratio = window.mapToGlobal(window.rect().topLeft()), window.devicePixelRatioF()
    image = app.primaryScreen().grabWindow(0, at.x(), at.y(), *SIZE).toImage()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    assert ratio == image.devicePixelRatio() == 1.0
    return pixels | np.uint32(0xFF000000)


def same_share(app: QApplication, plot: MarketPlot, window: QWidget) -> float:
    """Share of the pixels left of the newest bar, where nothing lies over them, that the screen has as composed."""
    plot.viewport().update()
    swapped(app, plot)
    bands, picture = plot.bands, plot.composed
    assert picture is not None
    right = picture.picture.time.left(picture.last - 1)
    shown = on_screen(app, window)[: bands.bottom, :right]
    composed = plot.surface.pixels[: bands.bottom, :right]
    assert len(np.unique(composed)) > 5
    return float((shown == composed).mean())


def main() -> None:
    """Draw, print, pan, move between windows; then end everything."""
    if "share" in sys.argv:
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(sys.argv[:1])
    load_fonts()
    homes = [QWidget() for _ in range(2)]
    for number, home in enumerate(homes):
        home.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        home.setGeometry(20 + 700 * number, 20, *SIZE)
        home.show()
    plot = MarketPlot(load_theme("graphite"), opengl=True)
    state = state_of(bars_of(400))
    plot.draw(state)
    told: dict[str, list[float]] = {"moves": [], "changes": []}
    for number in range(MOVES + 1):
        home = homes[number % 2]
        plot.setParent(home)
        plot.setGeometry(0, 0, *SIZE)
        plot.show()
        told["moves"].append(same_share(app, plot, home))
    home = homes[MOVES % 2]
    plot.draw(with_last(state, float(state.bars["low"][-1])))
    told["changes"].append(same_share(app, plot, home))
    plot.pan(-30)
    told["changes"].append(same_share(app, plot, home))
    plot.resize(500, 300)
    plot.pan(10)
    swapped(app, plot)
    plot.deleteLater()
    for home in homes:
        home.close()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    app.processEvents()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
