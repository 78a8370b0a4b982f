"""The recorder's numbers: size, rate, backlog, ring."""

import pytest

from cockpit.events.market import Batch, Slice
from cockpit.feeds.river import River
from cockpit.opening import calendar_of
from cockpit.state.router import Router
from cockpit.state.tape_health import TapeHealth
from cockpit.state.taping import Taping
from cockpit.units import NS_PER_S
from tests.state.market import RowsSource, order_rows


class Tape:
    """A recorder that writes nothing."""

    failure: str | None = None
    bytes_written = 0
    backlog = 0

    def write(self, slice_: Slice, derived: tuple[Batch, ...]) -> None:
        del slice_, derived

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def seal(self) -> None: ...


@pytest.fixture
def taping() -> Taping:
    river = River([RowsSource(order_rows(1, 5))])
    return Taping(Tape(), river, Router(river.registry, calendar_of), 0)


def test_without_recorder_and_ring_there_is_nothing_to_tell() -> None:
    assert TapeHealth().read(None, None, 0) is None


def test_the_rate_is_that_of_the_last_seconds_and_unknown_at_first(taping: Taping) -> None:
    health, tape = TapeHealth(), taping.tape
    assert isinstance(tape, Tape)
    found = None
    for second in range(30):
        tape.bytes_written = second * 1_000 if second < 15 else 15_000 + (second - 15) * 50
        found = health.read(taping, None, second * NS_PER_S)
        assert found is not None
        assert (found.rate is None) == (second == 0)
    assert found is not None
    assert found.rate == pytest.approx(50)
    assert found.bytes == tape.bytes_written


def test_another_tape_begins_a_new_rate(taping: Taping) -> None:
    health, tape = TapeHealth(), taping.tape
    assert isinstance(tape, Tape)
    tape.bytes_written = 9_000
    health.read(taping, None, NS_PER_S)
    tape.bytes_written = 10
    found = health.read(taping, None, 3 * NS_PER_S)
    assert found is not None
    assert found.rate is None


def test_backlog_failure_and_ring_are_passed_on(taping: Taping) -> None:
    tape = taping.tape
    assert isinstance(tape, Tape)
    tape.backlog, tape.failure = 40_000, "/tapes: disk full"
    found = TapeHealth().read(taping, (3_000, 5_000), None)
    assert found is not None
    assert (found.backlog, found.failure, found.ring_used, found.ring_limit, found.rate) == (
        40_000,
        "/tapes: disk full",
        3_000,
        5_000,
        None,
    )
    off = TapeHealth().read(None, (3_000, 5_000), None)
    assert off is not None
    assert (off.bytes, off.ring_used) == (0, 3_000)
