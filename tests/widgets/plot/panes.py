"""A market plot on the offscreen screen, its pixels, and what a change has painted."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPaintEvent, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cockpit.state.views import ChartState
from cockpit.widgets.plot.pane import MarketPlot
from cockpit.widgets.theme import load_fonts, load_theme

THEME = load_theme("graphite")
WIDTH, HEIGHT = 700, 400


class Painted(QObject):
    """Collects what is painted of a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
            self.count += 1
        return False


def shown(plot: MarketPlot) -> QImage:
    QApplication.sendPostedEvents()
    return plot.grab().toImage()


def pixel(image: QImage, x: int, y: int) -> int:
    return image.pixel(x, y) & 0xFFFFFFFF


def painted_by(plot: MarketPlot, act: Callable[[], object]) -> Painted:
    """What ``act`` has painted, after everything before was."""
    QApplication.processEvents()
    painted = Painted()
    plot.viewport().installEventFilter(painted)
    act()
    QApplication.processEvents()
    plot.viewport().removeEventFilter(painted)
    return painted


def another_price(state: ChartState) -> float:
    """A price within the newest bar that is not its close."""
    return next(float(state.bars[name][-1]) for name in ("low", "high") if state.bars[name][-1] != state.last)


def turn(plot: MarketPlot, x: int, y: int, notches: int, modifiers: Qt.KeyboardModifier) -> None:
    at = QPointF(x, y)
    event = QWheelEvent(at, plot.viewport().mapToGlobal(at), QPoint(), QPoint(0, 120 * notches),
                        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)


def double_click(plot: MarketPlot, x: int, y: int) -> None:
    left, viewport = Qt.MouseButton.LeftButton, plot.viewport()
    QTest.mouseDClick(viewport, left, pos=QPoint(x, y))
    QTest.mouseRelease(viewport, left, pos=QPoint(x, y))  # else QTest's later moves still hold the button


def shown_plot(qtbot, theme: str = "graphite", size: tuple[int, int] = (WIDTH, HEIGHT)) -> MarketPlot:
    """An empty plot on the screen."""
    load_fonts()
    made = MarketPlot(THEME if theme == THEME.name.lower() else load_theme(theme))
    qtbot.addWidget(made)
    made.resize(*size)
    made.show()
    QTest.qWaitForWindowExposed(made)
    return made
