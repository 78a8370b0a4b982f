"""Delta by second and its running sum: exact, however prints come, anew with each session."""

import numpy as np
import pytest

from cockpit.events.dtypes import DTYPES, Kind
from cockpit.state.deltas import Deltas
from cockpit.units import NS_PER_S, Rows, Times


def prints(*trades: tuple[float, str, int]) -> Rows:
    rows = np.zeros(len(trades), DTYPES[Kind.PRINT])
    for at, (row, (seconds, side, size)) in enumerate(zip(rows, trades, strict=True)):
        row["seq"], row["clock_ns"], row["aggressor"], row["size"] = at, seconds * NS_PER_S, ord(side), size
    return rows


def opens_at(*seconds: float) -> Times:
    return np.array([round(each * NS_PER_S) for each in seconds], np.int64)


def told(rows: Rows) -> list[tuple[float, int, int]]:
    return [(row["clock_ns"] / NS_PER_S, int(row["delta"]), int(row["cvd"])) for row in rows]


def never(first_ns: int, last_ns: int) -> Times:
    return np.zeros(0, np.int64)


def test_seconds_without_a_print_have_no_row_and_unknown_sides_count_for_neither() -> None:
    rows = Deltas().update(prints((1.2, "B", 5), (1.9, "A", 2), (4.0, "N", 9), (5.5, "A", 7)), never)
    assert told(rows) == [(1, 3, 3), (4, 0, 3), (5, -7, -4)]


def test_a_session_begins_at_nothing() -> None:
    opens = opens_at(0, 10)
    rows = Deltas().update(prints((1, "B", 5), (9, "B", 1), (10.5, "A", 2), (12, "B", 4)), lambda *_: opens)
    assert told(rows) == [(1, 5, 5), (9, 1, 6), (10, -2, -2), (12, 4, 2)]


def test_another_history_begins_anew() -> None:
    deltas = Deltas()
    deltas.update(prints((1, "B", 5), (2, "B", 1)), never)
    assert told(deltas.update(prints((1, "A", 3)), never)) == [(1, -3, -3)]
    assert told(deltas.update(prints(), never)) == []


@pytest.mark.parametrize("seed", range(4))
def test_cuts_do_not_matter_and_a_plain_loop_agrees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, opens = 300, opens_at(20, 55.0)
    at, sides, sizes = np.cumsum(rng.exponential(0.3, n)), rng.choice(list("BAN"), n), rng.integers(1, 9, n)
    rows = prints(*zip(at.tolist(), sides.tolist(), sizes.tolist(), strict=True))
    whole = Deltas().update(rows, lambda *_: opens)
    parts, got = Deltas(), np.zeros(0)
    for cut in [*sorted(rng.integers(0, n, 9).tolist()), n]:
        got = parts.update(rows[:cut], lambda *_: opens)
    plain, sums, cvd, session = dict[int, int](), list[int](), 0, 0
    for row in rows:
        second = int(row["clock_ns"] // NS_PER_S)
        sign = {ord("B"): 1, ord("A"): -1}.get(int(row["aggressor"]), 0)
        plain[second] = plain.get(second, 0) + sign * int(row["size"])
    for second, delta in plain.items():
        now = sum(second * NS_PER_S >= opened for opened in opens.tolist())
        cvd, session = (cvd if now == session else 0) + delta, now
        sums.append(cvd)
    assert told(whole) == told(got) == [(float(s), d, c) for (s, d), c in zip(plain.items(), sums, strict=True)]
