"""The live feed against a venue that speaks the protocol over real sockets, and all that can go wrong with it."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import ConfigError, LinkLost
from cockpit.events.dtypes import GapReason, Kind
from cockpit.events.links import LinkState
from cockpit.feeds.binance.feed import find_listings, parse_symbols
from cockpit.feeds.binance.urls import Endpoint
from cockpit.feeds.runner import Limits
from tests.feeds.binance import messages
from tests.feeds.binance.running import HandTime, Rig, running
from tests.feeds.binance.venue import Message, Recording, Venue, load, made

USDM = "books/binance-usdm-btcusdt-20240808.jsonl.gz"


@pytest.fixture(scope="session")
def recorded(data: Path) -> Recording:
    """The first seconds of a real recording."""
    return load(data / USDM, 700)


def gaps(rig: Rig) -> list[int]:
    """Reasons of all gaps."""
    rig.feed.flush()
    return [int(row["reason"]) for chunk in rig.chunks for batch in chunk.batches if batch.kind is Kind.GAP
            for row in batch.rows]  # fmt: skip


async def begun(rig: Rig, diffs: int = 3) -> None:
    """Play until the book is there and stands where the venue's does."""
    await rig.venue.play_diffs(1)
    await rig.until(lambda: rig.feed.last_id(rig.venue.book.recording.symbol) is not None, "the first book")
    await rig.venue.play_diffs(diffs)
    await rig.synced()


async def test_a_real_recording_arrives_whole(recorded: Recording) -> None:
    async with Venue(recorded) as venue, running(venue) as rig:
        await begun(rig)
        await venue.play(500)
        await rig.synced()
        assert rig.book() == venue.book.units()
        assert gaps(rig) == []
        rows = [batch.rows for chunk in rig.chunks for batch in chunk.batches]
        seqs = np.sort(np.concatenate([each["seq"] for each in rows]))
        assert (seqs == np.arange(len(seqs))).all()
        kinds = {batch.kind for chunk in rig.chunks for batch in chunk.batches}
        assert {Kind.DEPTH, Kind.TRADE, Kind.TICK} <= kinds


async def test_ticks_stand_at_whole_seconds_before_what_comes_then_and_go_on_in_silence() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig, 40)
        await rig.time.advance(3.0)
        rig.feed.flush()
        header = np.concatenate([batch.rows[["seq", "clock_ns", "instrument"]].copy() for chunk in rig.chunks
                                 for batch in chunk.batches])  # fmt: skip
        header.sort(order="seq")
        clocks = header["clock_ns"]
        ticks = clocks[header["instrument"] == -1]
        assert (ticks % 10**9 == 0).all()
        assert (np.diff(ticks) == 10**9).all()
        assert len(ticks) >= 6
        for at in np.flatnonzero(header["instrument"] == -1):
            assert (clocks[:at] < clocks[at]).all()


async def test_a_snapshot_in_the_middle_of_a_change_and_one_at_its_end_cost_no_resync() -> None:
    for inside in (True, False):
        async with Venue(made()) as venue, running(venue) as rig:
            venue.inside = inside
            await begun(rig, 6)
            assert rig.book() == venue.book.units()
            assert (rig.counts.snapshots, rig.counts.breaks) == (1, 0)


async def test_a_dropped_change_is_a_gap_and_the_next_snapshot_mends_it(recorded: Recording) -> None:
    async with Venue(recorded) as venue, running(venue) as rig:
        await begun(rig)
        venue.collect(1)
        await venue.play_diffs(1)
        await rig.until(lambda: rig.counts.breaks == 1, "the gap")
        await rig.until(lambda: rig.counts.snapshots == 2, "the second snapshot")
        await venue.play_diffs(3)
        await rig.synced()
        assert rig.book() == venue.book.units()
        assert gaps(rig) == [GapReason.SEQUENCE]


async def test_while_the_snapshot_is_on_its_way_the_link_says_resyncing() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig)
        venue.gate.clear()
        venue.collect(1)
        await venue.play_diffs(1)
        await rig.state(LinkState.RESYNCING)
        assert rig.feed.facts[0].words == "RESYNCING: BTCUSDT: waits for a snapshot"
        assert rig.book() is None
        venue.gate.set()
        await rig.state(LinkState.LIVE)


async def test_repeated_changes_change_nothing() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig)
        for each in venue.collect(3):
            await venue.send(each.text, each.stream)
            await venue.send(each.text, each.stream)
        await rig.synced()
        assert rig.book() == venue.book.units()
        assert (rig.counts.repeats, rig.counts.breaks) == (3, 0)


async def test_swapped_changes_are_a_gap_and_are_mended() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig)
        first, second = venue.collect(2)
        for each in (second, first):
            await venue.send(each.text, each.stream)
        await rig.until(lambda: rig.counts.snapshots == 2, "the second snapshot")
        await venue.play_diffs(2)
        await rig.synced()
        assert rig.book() == venue.book.units()
        assert rig.counts.breaks == 1


async def test_a_snapshot_that_is_too_old_is_asked_for_again_with_a_wait() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        old = venue.snapshot("BTCUSDT")
        venue.answers.extend([(200, {}, old), (200, {}, old)])
        venue.collect(5)
        await begun(rig)
        assert rig.book() == venue.book.units()
        assert (rig.counts.old_snapshots, rig.counts.snapshots) == (2, 1)
        assert len(rig.time.pauses) == 2


@pytest.mark.parametrize(
    "answer",
    [(503, b"<html>Service Unavailable</html>"), (200, b"<html>maintenance</html>"), (200, b'{"lastUpdateId":'),
     (200, b'{"code":-1003,"msg":"Way too many requests"}'),
     (200, b'{"lastUpdateId":2000,"bids":[["101.0","1"]],"asks":[["100.0","1"]]}'),
     (200, b'{"lastUpdateId":2000,"bids":[["99.05","1"]],"asks":[]}')],
)  # fmt: skip
async def test_an_answer_that_is_no_snapshot_never_becomes_a_book(answer: tuple[int, bytes]) -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        venue.answers.append((answer[0], {}, answer[1]))
        await begun(rig)
        assert rig.book() == venue.book.units()
        assert rig.counts.snapshots == 1
        assert len(venue.asked) >= 3


@pytest.mark.parametrize("status", [429, 418])
async def test_the_venue_is_left_alone_for_as_long_as_it_asks(status: int) -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        venue.answers.append((status, {"Retry-After": "7"}, b""))
        await venue.play_diffs(1)
        await rig.state(LinkState.BANNED)
        assert rig.counts.refusals == 1
        assert rig.feed.facts[0].words.startswith("BANNED until ")
        before = len(venue.asked)
        await rig.time.advance(6.5)
        assert len(venue.asked) == before
        await rig.time.advance(1.5)
        await rig.until(lambda: rig.counts.snapshots == 1, "the snapshot after the ban")
        await venue.play_diffs(1)
        await rig.synced()
        assert rig.book() == venue.book.units()


async def test_a_handshake_that_is_refused_waits_as_long_as_it_says() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig)
        venue.refusals.extend([(418, {"Retry-After": "120"})] * 2)
        await venue.cut()
        await rig.state(LinkState.BANNED)
        assert 120.0 in rig.time.pauses


@pytest.mark.parametrize("how", ["closed", "dead"])
async def test_a_cut_connection_is_made_again_and_the_book_begun_anew(recorded: Recording, how: str) -> None:
    async with Venue(recorded) as venue, running(venue) as rig:
        await begun(rig)
        if how == "closed":
            await venue.cut()
        else:
            venue.drop_dead()
        await rig.until(lambda: rig.counts.losses == 1, "the loss")
        venue.collect(2)
        await venue.has(2)
        await rig.until(lambda: rig.counts.connects == 2, "the second connection")
        await begun(rig)
        assert rig.book() == venue.book.units()
        assert gaps(rig) == [GapReason.SEQUENCE]


async def test_a_half_open_connection_is_found_out_by_its_missing_pong() -> None:
    async with Venue(made()) as venue, running(venue, time=HandTime(0.0)) as rig:
        await begun(rig)
        venue.fall_silent()
        await rig.time.advance(24.0)
        assert rig.counts.losses == 0
        await rig.time.advance(2.0)
        await rig.until(lambda: rig.feed.facts[0].last_loss, "the loss")
        assert rig.feed.facts[0].last_loss == "no pong for 10 s: the connection is half open"


async def test_a_stream_on_the_wrong_route_is_found_out_by_its_silence() -> None:
    async with Venue(made()) as venue:
        venue.mute = {"btcusdt@depth@100ms"}
        async with running(venue, time=HandTime(0.0)) as rig:
            await venue.play(4)
            await rig.time.advance(9.5)
            assert rig.feed.facts[0].words == "SYNCING: BTCUSDT: waits for a snapshot"
            await rig.time.advance(1.0)
            await rig.until(lambda: rig.counts.silences == 1, "the silence")
            await rig.until(lambda: rig.feed.facts[0].last_loss, "the reason")
            said = "btcusdt@depth@100ms was acknowledged and says nothing for 10 s (wrong route?)"
            assert rig.feed.facts[0].last_loss == said


async def test_a_book_that_stands_still_while_trades_print_is_stalled_then_given_up() -> None:
    def no_diffs(message: Message) -> bool:
        return not message.is_diff

    async with Venue(made()) as venue, running(venue, time=HandTime(0.0)) as rig:
        await begun(rig)
        await rig.time.advance(2.5)
        await venue.play(6, only=no_diffs)
        await rig.until(lambda: rig.feed.facts[1].counts.messages > 6, "the prints")
        await rig.time.advance(0.5)
        await rig.state(LinkState.STALLED)
        assert rig.counts.stalls == 1
        for number in range(7):
            seen = rig.feed.facts[1].counts.messages
            await rig.time.advance(2.0)
            await venue.play(6, only=no_diffs)
            await rig.until(lambda seen=seen: rig.feed.facts[1].counts.messages > seen, f"prints {number}")
        await rig.time.advance(0.5)
        await rig.until(lambda: rig.feed.facts[0].last_loss, "the loss")
        assert "no change of the book for 15 s while trades print" in rig.feed.facts[0].last_loss


async def test_bad_json_on_a_depth_stream_breaks_the_book_and_is_mended() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig)
        await venue.send('{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpda', "btcusdt@depth@100ms")
        await rig.until(lambda: rig.counts.malformed == 1, "the refusal")
        await venue.play_diffs(1)
        await rig.until(lambda: rig.counts.snapshots == 2, "the second snapshot")
        await venue.play_diffs(1)
        await rig.synced()
        assert rig.book() == venue.book.units()
        assert gaps(rig) == [GapReason.MALFORMED]


async def test_a_book_that_crosses_itself_is_begun_anew() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig)
        (lie,) = venue.collect(1)
        event = {**lie.event, "b": [["104.0", "1.000"]], "a": []}
        venue.gate.clear()
        await venue.send(Message(lie.stream, event).text, lie.stream)
        await rig.synced()
        await rig.time.advance(1.5)
        await rig.state(LinkState.RESYNCING)
        assert rig.feed.facts[0].words.startswith("RESYNCING: BTCUSDT crossed itself (bid ")
        assert rig.feed.facts[0].words.endswith("): waits for a snapshot")
        assert rig.book() is None
        venue.gate.set()
        await venue.play_diffs(1)
        await rig.until(lambda: rig.counts.snapshots == 2, "the second snapshot")
        await venue.play_diffs(1)
        await rig.synced()
        assert rig.book() == venue.book.units()
        assert gaps(rig) == [GapReason.VENUE]
        assert rig.counts.crosses == 1
        assert "crossed" not in rig.feed.facts[0].words


async def test_a_message_from_another_age_moves_no_clock() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig)
        stream = "btcusdt@aggTrade"
        event = json.loads(messages.trade("1.0", "1.000", T=4_000_000_000_000))
        await venue.send(Message(stream, event).text, stream)
        await rig.until(lambda: rig.feed.facts[1].counts.malformed == 1, "the refusal")
        rig.feed.flush()
        assert max(int(b.rows["clock_ns"].max()) for c in rig.chunks for b in c.batches) < 1_800_000_000 * 10**9


async def test_a_connection_is_renewed_before_the_venue_ends_it() -> None:
    limits = Limits(lifetime_ns=5 * 10**9)
    async with Venue(made()) as venue, running(venue, limits) as rig:
        await begun(rig)
        await rig.time.advance(5.5)
        await rig.until(lambda: rig.counts.connects == 2, "the second connection")
        assert rig.time.pauses == []
        await venue.has(2)
        await begun(rig)
        assert rig.book() == venue.book.units()


async def test_an_announced_shutdown_is_not_waited_for() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        await begun(rig)
        await venue.send('{"e":"serverShutdown","E":1760000000000}')
        await rig.until(lambda: rig.counts.messages > 4, "the notice")
        await rig.time.advance(0.5)
        await rig.until(lambda: rig.counts.connects == 2, "the second connection")


async def test_two_instruments_break_and_mend_apart() -> None:
    async with Venue(made(), made("ETHUSDT")) as venue, running(venue) as rig:
        for raw in venue.books:
            await venue.play_diffs(1, raw)
            await rig.until(lambda raw=raw: rig.feed.last_id(raw) is not None, raw)
        venue.collect(1, "ETHUSDT")
        await venue.play_diffs(1, "ETHUSDT")
        await venue.play_diffs(1, "BTCUSDT")
        await rig.until(lambda: rig.counts.snapshots == 3, "the snapshot of one")
        rig.feed.flush()
        broken = {int(row["instrument"]) for chunk in rig.chunks for batch in chunk.batches
                  if batch.kind is Kind.GAP for row in batch.rows}  # fmt: skip
        assert broken == {1}


async def test_a_burst_beyond_the_queue_is_a_gap_and_is_counted_once() -> None:
    async with Venue(made()) as venue, running(venue, Limits(waiting=3)) as rig:
        await begun(rig)
        for each in venue.collect(60):
            await venue.send(each.text, each.stream)  # all of it lies in the socket before the feed has a turn
        await rig.until(lambda: rig.counts.snapshots == 2, "the snapshot after the burst")
        await venue.play_diffs(1)
        await rig.synced()
        assert rig.book() == venue.book.units()
        assert rig.counts.bursts >= 1
        assert rig.counts.dropped >= 3
        assert gaps(rig)[0] == GapReason.OVERFLOW


async def test_a_snapshot_of_a_thousand_levels_leaves_what_lies_beyond_unknown(recorded: Recording) -> None:
    async with Venue(recorded) as venue:
        venue.deep = 100
        async with running(venue) as rig:
            await begun(rig, 20)
            book, known = rig.book(), venue.book.units()
            assert book is not None
            for side, best in (("b", max), ("a", min)):
                assert book[side].items() <= known[side].items()
                assert best(book[side]) == best(known[side])


@pytest.mark.parametrize("seed", range(20))
async def test_after_many_reconnects_the_book_is_that_of_an_unbroken_run(recorded: Recording, seed: int) -> None:
    rng = random.Random(seed)
    async with Venue(recorded) as venue, running(venue) as rig:
        await begun(rig, 1)
        for _ in range(3):
            losses = rig.counts.losses
            venue.inside = rng.random() < 0.5
            if rng.random() < 0.5:
                await venue.cut()
            else:
                venue.drop_dead()
            venue.collect(rng.randrange(4))
            await rig.until(lambda losses=losses: rig.counts.losses > losses, "the loss")
            await rig.until(lambda losses=losses: rig.counts.connects > losses + 1, "the connection")
            await venue.has(2)
            await begun(rig, rng.randrange(1, 4))
        assert rig.book() == venue.book.units()
        assert rig.counts.connects == 4


async def test_a_clock_that_is_off_is_told() -> None:
    async with Venue(made()) as venue, running(venue) as rig:
        rig.time.base_wall_ns = 1_760_000_000 * 10**9 - 1_270_000_000
        await begun(rig)
        facts = rig.feed.facts[0]
        assert facts.skew_words.startswith("clock skew of 1,")
        assert "behind the venue" in facts.skew_words


async def test_a_list_that_does_not_come_is_asked_for_until_it_does() -> None:
    async with Venue(made()) as venue:
        venue.list_answers.extend([(503, {}, b"down"), (200, {}, b"<html>"), (429, {"Retry-After": "3"}, b"")])
        told: list[str] = []
        rig = Rig(venue, HandTime())
        found = await find_listings(Endpoint.of(venue.url), rig.tools, lambda facts: told.append(facts.state.value))
        await rig.http.close()
        assert list(found.listings.by_symbol) == ["BTCUSDT"]
        assert told == ["CONNECTING", "BACKOFF", "CONNECTING", "BACKOFF", "CONNECTING", "BANNED", "CONNECTING"]
        with pytest.raises(ConfigError, match="lists no BTCUSDX; near it: BTCUSDT"):
            found.instruments(["BTCUSDX"])


async def test_nobody_there_is_said_in_words() -> None:
    http = Rig(Venue(made()), HandTime()).http
    with pytest.raises(LinkLost, match=r"[Cc]onnect"):
        await http.get("http://127.0.0.1:9/fapi/v1/exchangeInfo")
    await http.close()


def test_symbols_are_read_as_people_write_them() -> None:
    assert parse_symbols(" btcusdt, ETHUSDT,btcusdt ") == ("BTCUSDT", "ETHUSDT")
    for text in ("", ",", "BTC USDT", "é", "X" * 31):
        with pytest.raises(ConfigError):
            parse_symbols(text)


def test_an_endpoint_is_two_addresses() -> None:
    assert Endpoint.of("http://127.0.0.1:80/") == Endpoint("http://127.0.0.1:80", "ws://127.0.0.1:80")
    assert Endpoint.of("https://x.y/z").stream == "wss://x.y/z"
    assert (
        Endpoint()
        .public(["BTCUSDT", "ETHUSDT"])
        .endswith("/public/stream?streams=btcusdt@depth@100ms/ethusdt@depth@100ms")
    )
    for text in ("127.0.0.1", "ftp://x", "http://", "http://x?y"):
        with pytest.raises(ConfigError):
            Endpoint.of(text)
