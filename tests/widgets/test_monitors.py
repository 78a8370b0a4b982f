"""Windows stay where a person can reach them."""

import pytest
from PySide6.QtCore import QRect, QSize

from cockpit.widgets.monitors import Berth, centred, place_at_start, place_in_reach

LEFT, RIGHT = QRect(0, 0, 1920, 1080), QRect(1920, 0, 1600, 1080)
BOTH = {"L": LEFT, "R": RIGHT}


def test_a_window_on_a_monitor_stays() -> None:
    frame = QRect(2000, 100, 400, 300)
    assert place_in_reach(frame, BOTH, None) == frame


def test_a_window_whose_monitor_went_comes_to_the_one_that_is_left() -> None:
    frame = QRect(2000, 100, 400, 300)
    placed = place_in_reach(frame, {"L": LEFT}, Berth("R", frame))
    assert LEFT.contains(placed)
    assert placed.size() == frame.size()


def test_it_goes_home_to_the_pixel_when_the_monitor_is_back() -> None:
    home = Berth("R", QRect(2000, 100, 400, 300))
    assert place_in_reach(QRect(1520, 100, 400, 300), BOTH, home) == home.frame


def test_home_is_no_home_when_the_monitor_came_back_smaller() -> None:
    home = Berth("R", QRect(3000, 700, 500, 300))
    small = {"L": LEFT, "R": QRect(1920, 0, 1280, 720)}
    assert place_in_reach(QRect(100, 100, 500, 300), small, home) == QRect(100, 100, 500, 300)


@pytest.mark.parametrize("x", range(-3000, 6000, 377))
@pytest.mark.parametrize("y", range(-2000, 3000, 411))
def test_wherever_a_window_was_it_ends_inside_one_monitor(x: int, y: int) -> None:
    placed = place_in_reach(QRect(x, y, 900, 700), BOTH, None)
    assert any(area.contains(placed) for area in BOTH.values())


def test_a_window_larger_than_the_monitor_is_made_to_fit() -> None:
    assert place_in_reach(QRect(-10, -10, 4000, 3000), {"L": LEFT}, None) == LEFT


def test_centred_fits_and_is_in_the_middle() -> None:
    assert centred(QSize(1600, 940), LEFT).center() == LEFT.center()
    assert LEFT.contains(centred(QSize(5000, 5000), LEFT))


def test_a_saved_window_that_no_monitor_shows_goes_to_the_primary_one() -> None:
    gone = QRect(4000, 100, 400, 300)
    assert RIGHT.contains(place_in_reach(gone, BOTH, None)), "rescued: to the nearest"
    assert place_at_start(gone, BOTH, LEFT) == QRect(1520, 100, 400, 300)
    assert place_at_start(QRect(3400, 100, 400, 300), BOTH, LEFT) == QRect(3120, 100, 400, 300)
