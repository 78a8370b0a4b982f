"""Volume at price: of the running session, exact, however prints are cut."""

import numpy as np
import pytest

from cockpit.engines.book.traded import WIDEST, TradedAtPrice
from cockpit.errors import EngineError
from cockpit.events.dtypes import DTYPES, Kind

NO_SESSIONS = np.zeros(0, np.int64)


def prints(*trades: tuple[int, int, int]) -> np.ndarray:
    rows = np.zeros(len(trades), DTYPES[Kind.PRINT])
    for row, (clock, tick, size) in zip(rows, trades, strict=True):
        row["clock_ns"], row["price_ticks"], row["size"] = clock, tick, size
    return rows


def test_it_adds_up_by_price_and_reads_zero_elsewhere() -> None:
    traded = TradedAtPrice()
    traded.apply(prints((1, 100, 5), (2, 101, 7), (3, 100, 1)), NO_SESSIONS)
    assert traded.window(98, 5).tolist() == [0, 0, 6, 7, 0]
    assert traded.window(10**9, 2).tolist() == [0, 0]


def test_a_new_session_starts_at_nothing() -> None:
    traded = TradedAtPrice()
    traded.apply(prints((1, 100, 5)), np.array([0]))
    traded.apply(prints((8, 100, 2), (11, 101, 3)), np.array([0, 10]))
    assert traded.window(100, 2).tolist() == [0, 3]


@pytest.mark.parametrize("seed", range(5))
def test_cuts_and_freezing_do_not_matter_and_a_dict_agrees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 400
    rows = prints(*zip(range(n), (1000 + np.cumsum(rng.integers(-30, 31, n))).tolist(), [3] * n, strict=True))
    opens = np.array([0, 150])
    whole, parts, plain = TradedAtPrice(), TradedAtPrice(), dict[int, int]()
    whole.apply(rows, opens)
    for part in np.array_split(rows, 13):
        twin = TradedAtPrice()
        twin.thaw(parts.freeze())
        twin.apply(part, opens[opens <= part["clock_ns"][-1]])
        parts = twin
    for row in rows[150:]:
        plain[int(row["price_ticks"])] = plain.get(int(row["price_ticks"]), 0) + 3
    low, high = min(plain) - 3, max(plain) + 3
    expected = [plain.get(tick, 0) for tick in range(low, high)]
    assert whole.window(low, high - low).tolist() == expected
    assert parts.window(low, high - low).tolist() == expected


def test_prints_absurdly_far_apart_are_refused_by_name() -> None:
    traded = TradedAtPrice()
    traded.apply(prints((1, 0, 1)), NO_SESSIONS)
    with pytest.raises(EngineError, match="ticks apart"):
        traded.apply(prints((2, 2 * WIDEST, 1)), NO_SESSIONS)
