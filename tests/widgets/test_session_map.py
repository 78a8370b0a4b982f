"""The session map: times over pixels, volume up to the playhead only."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from cockpit.instants import clock_text, parse_instant
from cockpit.state.views import ReplayState
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN
from cockpit.widgets.session_map import LABEL_GAP, PITCH, SessionMap, TimeScale, columns
from tests.widgets.keyboard import FIRST_NS, LAST_NS, Sent, theme


def test_a_pixel_and_its_instant_agree() -> None:
    scale = TimeScale(FIRST_NS, LAST_NS, 500.0)
    for x in range(0, 501, 25):
        assert scale.x(scale.ns(float(x))) == pytest.approx(x, abs=1e-6)
    assert scale.ns(-10.0) == FIRST_NS
    assert scale.ns(1e6) == LAST_NS


@pytest.mark.parametrize("span", [NS_PER_MIN, NS_PER_HOUR, 23 * NS_PER_HOUR, 8 * NS_PER_DAY, 2000 * NS_PER_DAY])
@pytest.mark.parametrize("width", [120.0, 500.0, 2000.0])
def test_time_marks_are_round_and_apart(span: int, width: float) -> None:
    scale = TimeScale(FIRST_NS + 17, FIRST_NS + 17 + span, width)
    marks = [ns for ns, _ in scale.marks()]
    assert all(scale.first_ns <= ns <= scale.last_ns for ns in marks)
    places = [scale.x(ns) for ns in marks]
    assert all(right - left >= LABEL_GAP - 1 for left, right in pairwise(places))
    if NS_PER_HOUR <= span <= NS_PER_DAY:
        assert all(clock_text(ns).endswith(":00") for ns in marks)


def test_days_are_marked_at_new_yorks_midnight() -> None:
    first = parse_instant("2023-12-20T09:30")
    marks = TimeScale(first, first + 6 * NS_PER_DAY, 700.0).marks()
    assert {clock_text(ns) for ns, _ in marks} == {"00:00:00"}
    assert [text for _, text in marks] == ["21 Dec", "22 Dec", "23 Dec", "24 Dec", "25 Dec", "26 Dec"]


def test_midnights_stay_midnights_over_the_end_of_summer_time() -> None:
    first = parse_instant("2022-11-03T09:30")
    marks = TimeScale(first, first + 8 * NS_PER_DAY, 900.0).marks()
    assert {clock_text(ns) for ns, _ in marks} == {"00:00:00"}


@pytest.mark.parametrize(
    ("since", "until", "texts"),
    [
        ("2022-06-20", "2023-12-26", ["Jul 2022", "Oct 2022", "Jan 2023", "Apr 2023", "Jul 2023", "Oct 2023"]),
        ("1990-01-02", "2023-01-01", ["1995", "2000", "2005", "2010", "2015", "2020"]),
        ("2023-12-24T20:00", "2023-12-25T14:00", ["21:00", "25 Dec", "03:00", "06:00", "09:00", "12:00"]),
    ],
)
def test_long_spans_are_labelled_by_months_and_years(since: str, until: str, texts: list[str]) -> None:
    marks = TimeScale(parse_instant(since), parse_instant(until), 720.0).marks()
    assert [text for _, text in marks][-len(texts) :] == texts


def test_a_span_of_no_length_does_no_harm() -> None:
    scale = TimeScale(FIRST_NS, FIRST_NS, 100.0)
    assert scale.x(FIRST_NS) == 0.0
    assert len(scale.marks()) <= 1


def test_volume_bars_are_shares_of_the_tallest_and_unknown_right_of_the_playhead() -> None:
    buckets = np.array([1.0, 2.0, 4.0, np.nan])
    shares = columns(buckets, 4.0 * PITCH)
    assert shares[:3].tolist() == [0.25, 0.5, 1.0]
    assert np.isnan(shares[3])


@pytest.mark.parametrize("width", [1.0, 7.0, 400.0, 3000.0])
@pytest.mark.parametrize("count", [0, 1, 480])
def test_any_width_over_any_number_of_buckets(width: float, count: int) -> None:
    shares = columns(np.linspace(1.0, 2.0, count), width)
    assert len(shares) == int(width) // PITCH
    known = shares[~np.isnan(shares)]
    assert ((known > 0) & (known <= 1)).all()


def test_nothing_traded_is_flat_not_missing() -> None:
    assert columns(np.zeros(10), 40.0).tolist() == [0.0] * 10
    assert np.isnan(columns(np.full(10, np.nan), 40.0)).all()


def colours(strip: SessionMap) -> set[int]:
    image = strip.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return {image.pixel(x, y) & 0xFFFFFF for x in range(image.width()) for y in range(image.height())}


def test_the_future_has_no_shape_and_a_gap_is_hatched(qtbot: Any) -> None:
    look = theme()
    strip = SessionMap(look, Sent())
    qtbot.addWidget(strip)
    strip.resize(400, 41)
    middle = (FIRST_NS + LAST_NS) // 2
    buckets = np.where(np.arange(100) < 50, 1.0, np.nan)
    state = ReplayState(is_open=True, first_ns=FIRST_NS, last_ns=LAST_NS, now_ns=middle, buckets=buckets)
    strip.draw(state)
    image = strip.grab().toImage()
    bar = look.mixed_color("text3", 0.75).rgb()
    drawn = {x for x in range(image.width()) for y in range(20, 41) if image.pixel(x, y) == bar}
    assert drawn
    assert max(drawn) <= 200
    dash = look.color("resync").rgb() & 0xFFFFFF
    assert dash not in colours(strip)
    hour = NS_PER_HOUR
    strip.draw(ReplayState(**{**_fields(state), "gaps": ((FIRST_NS + 2 * hour, FIRST_NS + 4 * hour),)}))
    assert dash in colours(strip)


def _fields(state: ReplayState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in state.__dataclass_fields__}
