"""History before a simulated market: what it holds, its cache, and that nothing depends on where it came from."""

from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.options.term_index import term_indices
from cockpit.events.dtypes import TRADE, Kind
from cockpit.feeds.synthetic.history import EVENTS, MANIFEST, STATE, load_or_build
from cockpit.feeds.synthetic.market import Market, MarketConfig
from cockpit.feeds.synthetic.past import History, config_of_past, history_start
from cockpit.instants import iso_utc, parse_instant
from cockpit.units import NS_PER_HOUR, NS_PER_MIN, NS_PER_S
from tests.feeds.synthetic.test_market import as_bytes, rows_of

START = parse_instant("2026-11-30T10:05")
TRADING_NS = 8 * NS_PER_MIN
CONFIG = MarketConfig(11, START)


def built(folder: Path, **more: object) -> History:
    return load_or_build(CONFIG, folder, term_indices, trading_ns=TRADING_NS, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    built(folder)
    return folder


def entry(folder: Path) -> Path:
    (found,) = (path for path in folder.iterdir() if path.name.startswith("day-"))
    return found


def test_building_tells_how_far_it_is_and_the_cache_does_not_build(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    first = built(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]
    assert first.reason.startswith("there is no history")
    told.clear()
    second = built(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert (second.reason, told) == ("", [])
    assert as_bytes(list(first.chunks)) == as_bytes(list(second.chunks))
    later = START + 20 * NS_PER_S
    assert as_bytes([first.market.step(later)]) == as_bytes([second.market.step(later)])


def test_what_follows_is_what_an_unbroken_run_says(cache: Path) -> None:
    history = built(cache)
    unbroken = Market(config_of_past(CONFIG, TRADING_NS), term_indices)
    unbroken.step(START)
    follows, wanted = history.market.step(START + 20 * NS_PER_S), unbroken.step(START + 20 * NS_PER_S)
    assert follows.first_seq == history.chunks[-1].next_seq
    for kind in (Kind.MBO, Kind.INDEX, Kind.TICK, Kind.MBP, Kind.TRADE):
        mine, theirs = rows_of([follows], kind), rows_of([wanted], kind)
        for name in ("clock_ns", "instrument", *(("order_id", "size") if kind is Kind.MBO else ())):
            assert np.array_equal(mine[name], theirs[name])


def test_history_keeps_every_contract_that_traded_at_its_price(cache: Path) -> None:
    kept = rows_of(built(cache).chunks, Kind.MBO)
    kept = kept[(kept["action"] == TRADE) & (kept["instrument"] == 0)]
    unbroken = Market(config_of_past(CONFIG, TRADING_NS), term_indices)
    rows = rows_of([unbroken.step(START)], Kind.MBO)
    rows = rows[(rows["action"] == TRADE) & (rows["instrument"] == 0)]
    assert kept["size"].sum() == rows["size"].sum()
    assert len(kept) < len(rows)

    def by_second(found: np.ndarray) -> dict[tuple[int, int, int], int]:
        sums: dict[tuple[int, int, int], int] = {}
        for row in found:
            key = int(row["clock_ns"]) // NS_PER_S, int(row["price_ticks"]), int(row["side"])
            sums[key] = sums.get(key, 0) + int(row["size"])
        return sums

    assert by_second(kept) == by_second(rows)


def test_history_ends_with_the_books(cache: Path) -> None:
    history = built(cache)
    orders = rows_of(history.chunks, Kind.MBO)
    books = orders[orders["clock_ns"] == START]
    assert np.array_equal(
        books[books["action"] != TRADE]["order_id"],
        np.concatenate([book.snapshot(START) for book in history.market.futures.books])["order_id"],
    )


@pytest.mark.parametrize("what", ["state", "events", "manifest", "missing", "short"])
def test_a_damaged_cache_is_built_again_with_the_reason(cache: Path, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "copy"
    import shutil

    shutil.copytree(cache, folder)
    good = entry(folder)
    damaged = {"state": good / STATE, "events": good / EVENTS, "manifest": good / MANIFEST}
    if what == "missing":
        (good / STATE).unlink()
    elif what == "short":
        (good / EVENTS).write_bytes((good / EVENTS).read_bytes()[:-1])
    else:
        data = bytearray(damaged[what].read_bytes())
        data[len(data) // 2] ^= 1
        damaged[what].write_bytes(data)
    again = built(folder)
    assert "damaged" in again.reason
    assert built(folder).reason == ""


def test_another_market_has_another_entry(cache: Path) -> None:
    other = load_or_build(MarketConfig(12, START), cache, term_indices, trading_ns=NS_PER_MIN)
    assert other.reason.startswith("there is no history")


def test_a_cache_that_cannot_be_written_costs_only_the_cache(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    history = load_or_build(CONFIG, blocked, term_indices, trading_ns=NS_PER_MIN)
    assert "cannot be kept" in history.reason
    assert history.market.now_ns == START


def test_history_goes_back_over_a_day_of_open_market() -> None:
    assert iso_utc(history_start(parse_instant("2026-12-01T10:30"))) == "2026-11-30T15:30:00.000000000Z"
    monday = history_start(parse_instant("2026-12-07T10:00"))
    assert iso_utc(monday) == "2026-12-04T15:00:00.000000000Z"
    assert parse_instant("2026-12-07T10:00") - monday > 60 * NS_PER_HOUR
