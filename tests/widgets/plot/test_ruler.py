"""The ruler by mouse and by key: what it reads, where it ends, how it goes."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cockpit.widgets.plot.ruler import Ruler, read_out
from tests.widgets.plot.charts import bars_of, coin, instrument, state_of
from tests.widgets.plot.panes import THEME, pixel, shown, shown_plot


def test_it_reads_bars_time_ticks_volume_and_delta() -> None:
    state = state_of(bars_of(300))
    inside = state.bars[280:287]
    lines = read_out(Ruler(280, 15_400.0, 286, 15_388.0), state, instrument())
    assert lines[0].startswith("6 bars · 30 m")
    assert lines[1] == "−12 ticks · −3.0 pts"
    assert f"Vol {inside['volume'].sum():,.0f}" in lines[2]
    back = read_out(Ruler(286, 15_388.0, 280, 15_400.0), state, instrument())
    assert back[1] == "+12 ticks · +3.0 pts"
    assert back[2] == lines[2]


def test_sizes_of_coins_are_coins_not_lots() -> None:
    bars = bars_of(20)
    bars["volume"], bars["delta"] = 1_250, -500
    assert read_out(Ruler(2, 1.0, 3, 1.0), state_of(bars), coin())[2] == "Vol 2.500 · Δ −1.000"


def test_what_is_not_known_is_not_counted_as_nothing() -> None:
    bars = bars_of(20)
    bars["delta"][3:5] = np.nan
    state = state_of(bars)
    assert "(2 unknown)" in read_out(Ruler(2, 1.0, 6, 1.0), state, instrument())[2]
    assert read_out(Ruler(3, 1.0, 4, 1.0), state, instrument())[2].endswith("Δ –")


def test_a_drag_with_shift_measures_and_a_click_takes_it_away(qtbot) -> None:
    plot = shown_plot(qtbot)
    plot.draw(state_of(bars_of(300)))
    shown(plot)
    view, viewport, shift = plot.view, plot.viewport(), Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, shift, QPoint(200, 80))
    QTest.mouseMove(viewport, QPoint(296, 180))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, shift, QPoint(296, 180))
    ruler = plot.ruler
    assert ruler is not None
    assert ruler.to_bar - ruler.bar == 12
    assert ruler.to_price < ruler.price == round(ruler.price)
    assert plot.view == view, "measuring does not pan"
    composed = plot.composed
    assert composed is not None
    edge = composed.picture.time.centre(ruler.bar)
    image = shown(plot)
    assert THEME.argb("accent") in {pixel(image, edge + by, 130) for by in (-1, 0, 1)}
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert plot.ruler is None


def test_keys_lay_it_move_either_end_and_lift_it(qtbot) -> None:
    plot = shown_plot(qtbot)
    state = state_of(bars_of(300))
    plot.draw(state)
    plot.toggle_ruler()
    close = float(state.bars["close"][-1])
    assert plot.ruler == Ruler(299, close, 299, close)
    plot.move_ruler(-10, 4)
    assert plot.ruler == Ruler(299, close, 289, close + 4)
    plot.toggle_ruler()
    plot.move_ruler(-1, 0)
    assert plot.ruler == Ruler(289, close + 4, 298, close)
    plot.move_ruler(999, 0)
    assert plot.ruler.to_bar == 299
    assert not shown(plot).isNull()
    assert plot.lift_ruler()
    assert not plot.lift_ruler()
