"""Typed instants to jump to."""

import pytest

from cockpit.instants import parse_instant
from cockpit.state.views import ReplayState
from cockpit.units import NS_PER_HOUR, NS_PER_MS
from cockpit.widgets.jump import read_target
from tests.widgets.keyboard import FIRST_NS, LAST_NS

REPLAY = ReplayState(is_open=True, first_ns=FIRST_NS, last_ns=LAST_NS, now_ns=FIRST_NS + NS_PER_HOUR)
MORNING = ReplayState(is_open=True, first_ns=FIRST_NS, last_ns=LAST_NS, now_ns=LAST_NS - NS_PER_HOUR)


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("19:30", "2023-12-24T19:30"),
        ("19:30:15", "2023-12-24T19:30:15"),
        ("19:30:15.25", "2023-12-24T19:30:15.25"),
        ("2023-12-25 9:30", None),
        ("2023-12-25 09:30", "2023-12-25T09:30"),
        ("2023-12-25T14:30Z", "2023-12-25T09:30"),
        (" 18:00 ", "2023-12-24T18:00"),
    ],
)
def test_a_typed_instant_is_read(typed: str, instant: str | None) -> None:
    target = read_target(typed, REPLAY)
    assert target.clock_ns == (None if instant is None else parse_instant(instant))


def test_a_bare_time_belongs_to_the_playheads_date() -> None:
    assert read_target("9:30", MORNING).clock_ns == parse_instant("2023-12-25T09:30")
    assert read_target("9:30", MORNING).text == "Mon 25 Dec 2023 09:30:00 ET"


@pytest.mark.parametrize("typed", ["x", "25:00", "19:61", "2023-13-01", "19:30 PM", "yesterday", "19:30:15,5"])
def test_nonsense_says_what_would_be_valid(typed: str) -> None:
    target = read_target(typed, REPLAY)
    assert target.clock_ns is None
    assert "18:10" in target.text


def test_an_instant_outside_says_where_the_recording_ends_or_begins() -> None:
    assert (
        read_target("2023-12-24 17:59", REPLAY).text
        == "before the recording, which begins Sun 24 Dec 2023 18:00:00 ET"
    )
    assert read_target("2024-01-01", REPLAY).text == "after the recording, which ends Mon 25 Dec 2023 13:00:00 ET"
    assert read_target("2024-01-01", REPLAY).clock_ns is None


def test_the_second_a_recording_begins_in_belongs_to_it() -> None:
    late = ReplayState(is_open=True, first_ns=FIRST_NS + 300 * NS_PER_MS, last_ns=LAST_NS, now_ns=LAST_NS)
    assert read_target("2023-12-24 18:00", late).clock_ns == FIRST_NS


def test_while_the_end_is_not_known_any_later_instant_goes() -> None:
    reading = ReplayState(is_open=True, first_ns=FIRST_NS, now_ns=FIRST_NS)
    assert read_target("2024-01-01", reading).clock_ns == parse_instant("2024-01-01")
