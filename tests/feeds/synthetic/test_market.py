"""The whole simulated market: one order, the same bytes however it is cut, faults with their honest effects."""

from collections.abc import Iterable

import numpy as np
import pytest

from cockpit.engines.book.mbo import MboBook
from cockpit.engines.options.term_index import term_indices
from cockpit.errors import ConfigError
from cockpit.events.dtypes import Flag, GapReason, Kind
from cockpit.events.market import Chunk
from cockpit.feeds.synthetic.faults import KINDS, PERIOD_NS, Fault, Faults
from cockpit.feeds.synthetic.market import Market, MarketConfig
from cockpit.feeds.synthetic.source import SyntheticSource
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_DAY, NS_PER_MIN, NS_PER_MS, NS_PER_S, Rows

START = parse_instant("2026-11-30T09:59:40")
SECONDS = 40  # over the chain of ten o'clock


def market(seed: int = 7, start_ns: int = START, **more: object) -> Market:
    return Market(MarketConfig(seed, start_ns, **more), term_indices)  # type: ignore[arg-type]


def rows_of(chunks: Iterable[Chunk], kind: Kind) -> Rows:
    parts = [batch.rows for chunk in chunks for batch in chunk.batches if batch.kind is kind]
    return np.concatenate(parts) if parts else np.zeros(0, np.dtype([("seq", np.int64)]))


def as_bytes(chunks: list[Chunk]) -> dict[Kind, bytes]:
    """Column by column: the bytes between the columns are nobody's."""
    kinds = {batch.kind for chunk in chunks for batch in chunk.batches}
    rows = {kind: rows_of(chunks, kind) for kind in kinds}
    return {kind: b"".join(each[name].tobytes() for name in each.dtype.names or ()) for kind, each in rows.items()}


def in_steps(market: Market, until_ns: int, step_ns: int) -> list[Chunk]:
    chunks = []
    while market.now_ns < until_ns:
        chunks.append(market.step(min(market.now_ns + step_ns, until_ns)))
    return chunks


@pytest.fixture(scope="module")
def whole() -> list[Chunk]:
    return [market().step(START + SECONDS * NS_PER_S)]


def test_events_are_numbered_without_holes_in_the_order_of_the_clock(whole: list[Chunk]) -> None:
    columns = [np.stack([b.rows["seq"], b.rows["clock_ns"]]) for c in whole for b in c.batches]
    seq, clock = np.concatenate(columns, axis=1)
    order = np.argsort(seq)
    assert np.array_equal(seq[order], np.arange(whole[-1].next_seq))
    assert (np.diff(clock[order]) >= 0).all()


def test_a_tick_stands_at_every_second_before_what_happens_then(whole: list[Chunk]) -> None:
    ticks = rows_of(whole, Kind.TICK)
    assert np.array_equal(ticks["clock_ns"], START + np.arange(1, SECONDS + 1) * NS_PER_S)
    levels = rows_of(whole, Kind.INDEX)
    at = levels[levels["clock_ns"] == START + 20 * NS_PER_S]
    assert len(at) == 4
    assert ticks["seq"][19] < at["seq"].min()
    assert (rows_of(whole, Kind.MBO)["seq"] < at["seq"].min()).sum() > 1000


def test_it_begins_with_a_year_of_closes_and_the_books(whole: list[Chunk]) -> None:
    levels = rows_of(whole, Kind.INDEX)
    daily = levels[levels["interval_ns"] == NS_PER_DAY]
    assert len(daily) == 3 * 252
    assert daily["clock_ns"].max() < START
    books = rows_of(whole, Kind.MBO)
    assert set(books["instrument"][: np.argmax(books["clock_ns"] > START)].tolist()) == {0, 1, 2, 3}
    last, first = daily["close"][daily["instrument"] == 5][-1], levels[levels["instrument"] == 5]["close"][252]
    assert first == pytest.approx(last, rel=0.15)


def test_the_chain_comes_on_its_five_minutes_and_the_indices_are_made_of_it(whole: list[Chunk]) -> None:
    chain = rows_of(whole, Kind.CHAIN)
    assert set(chain["clock_ns"].tolist()) == {parse_instant("2026-11-30T10:00")}
    assert (np.flatnonzero(chain["flags"] & Flag.LAST) == len(chain) - 1).all()
    levels = rows_of(whole, Kind.INDEX)
    at = levels[levels["clock_ns"] == chain["clock_ns"][0]]
    own = term_indices(chain, int(chain["clock_ns"][0]), (30, 9, 93))
    assert at["close"][1:].tolist() == [round(value or 0.0, 2) for value in own]
    assert at["close"][0] == chain["spot"][0]


@pytest.mark.parametrize("step_ns", [20 * NS_PER_MS + 17, 1_700_000_001, 13 * NS_PER_S])
def test_any_step_gives_the_same_bytes(whole: list[Chunk], step_ns: int) -> None:
    assert as_bytes(in_steps(market(), START + SECONDS * NS_PER_S, step_ns)) == as_bytes(whole)


def test_a_loaded_market_goes_on_with_the_same_bytes(whole: list[Chunk]) -> None:
    first = market()
    chunks = [first.step(START + 23 * NS_PER_S + 40 * NS_PER_MS)]
    state = {name: array.copy() for name, array in first.save().items()}
    first.step(START + 30 * NS_PER_S)
    second = market()
    second.load(state)
    chunks.append(second.step(START + SECONDS * NS_PER_S))
    assert as_bytes(chunks) == as_bytes(whole)


def test_a_snapshot_begins_a_reader_where_the_market_stands() -> None:
    one = market()
    one.step(START + 25 * NS_PER_S)
    standing = one.snapshot()
    books = next(batch.rows for batch in standing if batch.kind is Kind.MBO)
    chain = next(batch.rows for batch in standing if batch.kind is Kind.CHAIN)
    levels = next(batch.rows for batch in standing if batch.kind is Kind.INDEX)
    assert chain["clock_ns"][0] == parse_instant("2026-11-30T10:00")
    assert {4, 5, 6, 7} <= set(levels["instrument"].tolist())
    book = MboBook(0)
    book.apply(books[books["instrument"] == 0])
    assert book.best() == one.futures.books[0].touch


def test_the_source_cuts_the_same_events_into_chunks(whole: list[Chunk]) -> None:
    source = SyntheticSource(MarketConfig(7, START), SECONDS / 3600, term_indices, chunk_events=20_000)
    chunks = list(source.chunks())
    assert [chunk.events for chunk in chunks[:-1]] == [20_000] * (len(chunks) - 1)
    assert as_bytes(chunks) == as_bytes(whole)
    assert (source.info.format, source.info.is_simulated) == ("simulated", True)
    assert source.info.rows == whole[-1].next_seq
    assert as_bytes(list(source.chunks(2))) == as_bytes(chunks[2:])


def test_coins_trade_among_the_rest(whole: list[Chunk]) -> None:
    books, trades = rows_of(whole, Kind.MBP), rows_of(whole, Kind.TRADE)
    assert set(books["instrument"].tolist()) == set(trades["instrument"].tolist()) == {8, 9}
    assert [each.raw for each in market().instruments[8:]] == ["BTCUSDT-PERP", "ETHUSDT-PERP"]


def test_stepping_back_is_refused() -> None:
    one = market()
    one.step(START + NS_PER_S)
    with pytest.raises(ConfigError, match="cannot step back"):
        one.step(START)


def test_unknown_names_are_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="no fault 'flood'; there are silence"):
        market(faults=("flood",))
    with pytest.raises(ConfigError, match="there are normal"):
        market(scenario="boom")


# faults: each market begins shortly before its fault


def around(kind: str) -> tuple[Fault, list[Chunk], Market]:
    fault = Faults(7, (kind,)).of_window(START // PERIOD_NS + 1)
    assert fault is not None
    begin = fault.start_ns - 2 * NS_PER_S
    one = market(start_ns=begin, faults=(kind,))
    end = min(fault.end_ns, fault.start_ns + 20 * NS_PER_S) + NS_PER_S
    return fault, in_steps(one, end, 1_300_000_001), one


@pytest.mark.parametrize("kind", KINDS)
def test_faults_do_not_depend_on_steps_either(kind: str) -> None:
    _, chunks, one = around(kind)
    again = market(start_ns=one.config.start_ns, faults=(kind,))
    assert as_bytes([again.step(one.now_ns)]) == as_bytes(chunks)


@pytest.mark.parametrize("kind", ["silence", "gap", "disconnect"])
def test_a_break_is_told_and_the_books_are_sent_anew(kind: str) -> None:
    fault, chunks, one = around(kind)
    orders, gaps = rows_of(chunks, Kind.MBO), rows_of(chunks, Kind.GAP)
    inside = (orders["clock_ns"] >= fault.start_ns) & (orders["clock_ns"] < fault.end_ns)
    assert not inside.any()
    told = fault.start_ns if kind == "disconnect" else fault.end_ns
    assert gaps["instrument"].tolist() == [0, 1, 2, 3]
    assert set(gaps["clock_ns"].tolist()) == {told}
    assert set(gaps["reason"].tolist()) == {GapReason.VENUE if kind == "disconnect" else GapReason.SEQUENCE}
    book = MboBook(1)
    own = orders[orders["instrument"] == 1]
    book.apply(own[own["clock_ns"] < fault.end_ns])
    book.distrust()
    book.apply(own[own["clock_ns"] >= fault.end_ns])
    assert not book.is_suspect
    assert book.best() == one.futures.books[1].touch


@pytest.mark.parametrize(("kind", "most_ns"), [("burst", 2 * NS_PER_S), ("late", 251 * NS_PER_MS)])
def test_late_orders_lose_nothing_but_time(kind: str, most_ns: int) -> None:
    fault, chunks, one = around(kind)
    orders = rows_of(chunks, Kind.MBO)
    clean = market(start_ns=one.config.start_ns)
    wanted = rows_of([clean.step(one.now_ns)], Kind.MBO)
    assert np.array_equal(orders["order_id"], wanted["order_id"])
    late = orders["clock_ns"] - wanted["clock_ns"]
    touched = (wanted["clock_ns"] >= fault.start_ns) & (wanted["clock_ns"] < fault.end_ns)
    assert (late[touched] > 0).all()
    assert not late[~touched].any()
    assert late.max() <= most_ns


def test_out_of_order_clocks_step_back_and_nothing_else_changes() -> None:
    _, chunks, one = around("out_of_order")
    orders = rows_of(chunks, Kind.MBO)
    wanted = rows_of([market(start_ns=one.config.start_ns).step(one.now_ns)], Kind.MBO)
    assert (np.diff(orders["clock_ns"]) < 0).any()
    assert np.array_equal(orders["seq"], wanted["seq"])
    assert np.array_equal(orders["order_id"], wanted["order_id"])


def test_a_crossed_book_is_crossed_and_mends() -> None:
    fault, chunks, one = around("crossed")
    orders = rows_of(chunks, Kind.MBO)
    own = orders[orders["instrument"] == 0]
    book = MboBook(0)
    book.apply(own[own["clock_ns"] <= fault.start_ns])
    assert book.is_crossed
    book.apply(own[own["clock_ns"] > fault.start_ns])
    assert not book.is_crossed
    assert book.best() == one.futures.books[0].touch


def test_a_bad_chain_has_quotes_no_market_makes() -> None:
    one = market(faults=("bad_chain",))
    chain = rows_of([one.step(START + 21 * NS_PER_S)], Kind.CHAIN)
    assert (chain["ask"] < chain["bid"]).mean() > 0.2
    assert (chain["bid"] < 0).any()
    assert np.isnan(chain["ask"]).any()
    assert chain["spot"][0] > 0


def test_the_scenario_of_a_failing_feed_is_the_normal_market_with_faults() -> None:
    one = market(scenario="feed_failure")
    chunks = in_steps(one, START + 2 * NS_PER_MIN, 30 * NS_PER_S)
    clean = in_steps(market(), START + 2 * NS_PER_MIN, 30 * NS_PER_S)
    assert len(rows_of(chunks, Kind.TICK)) == len(rows_of(clean, Kind.TICK)) == 120
