"""A live venue as a session of the desktop and of the command line, against a venue on this machine."""

import asyncio
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cockpit import cli
from cockpit.commandline.live_recording import LiveRecording
from cockpit.commandline.probing import climb
from cockpit.errors import ConfigError
from cockpit.events.dtypes import CLEAR, Flag, Kind
from cockpit.events.links import LinkFacts, LinkState
from cockpit.feeds.binance.urls import Endpoint
from cockpit.feeds.tape.flight import Ring
from cockpit.feeds.tape.reader import open_tape
from cockpit.live_venue import LiveLine, LiveWish, VenueFeed
from cockpit.opening import calendar_of
from cockpit.state.panels.heads import head_of
from cockpit.state.recording import Opened
from cockpit.state.router import Router
from cockpit.state.views import Freshness, Head, Pane, Provenance
from tests.feeds.binance.venue import Message, Venue, apply_rows, made
from tests.feeds.files.reading import rows_of

Until = Callable[..., Any]


class Heard:
    """What a line calls back with."""

    def __init__(self, url: str, ring: Path, symbols: tuple[str, ...] = ("BTCUSDT",)) -> None:
        self.told: list[LinkFacts] = []
        self.opened: list[Opened] = []
        self.failed: list[str] = []
        wish = LiveWish(symbols, Endpoint.of(url), Ring(ring))
        self.line = LiveLine(wish, self.told.append, self.opened.append, self.failed.append)
        self.line.start()

    @property
    def live(self) -> VenueFeed:
        """The feed of the session that was opened."""
        assert isinstance(self.opened[0].live, VenueFeed)
        return self.opened[0].live

    async def stop(self) -> None:
        """End it, as the application does: not in its own loop."""
        await asyncio.to_thread(self.live.close if self.opened else self.line.stop)


def tapes(ring: Path) -> list[Path]:
    """Folders of the tapes in a ring, the oldest first."""
    return sorted(each for each in ring.iterdir() if each.is_dir())


async def playing(venue: Venue) -> None:
    """Send changes for as long as the test runs; the sockets set the pace."""
    await venue.has(1)
    while venue.book.next() is not None:
        await venue.play_diffs(1)
        await asyncio.sleep(0.002)


async def test_a_session_is_live_records_itself_and_ends(tmp_path: Path, until: Until) -> None:
    async with Venue(made(count=3000)) as venue:
        heard = Heard(venue.url, tmp_path)
        player = asyncio.ensure_future(playing(venue))
        await until(lambda: heard.opened, "the session")
        opened = heard.opened[0]
        assert (opened.provenance, opened.steps_ns) == (Provenance.LIVE, {"BTCUSDT-PERP.BINANCE": 0})
        await until(lambda: heard.live.links and heard.live.links[0].counts.snapshots, "the book")
        river = opened.river()
        router, slices = Router(river.registry, calendar_of), []
        await until(lambda: heard.live.next_seq > 600, "some hundred events")
        while (piece := river.take(10_000)) is not None and piece.events:
            router.apply(piece)
            slices.append(piece)
        assert not router.stopped
        assert apply_rows(slices) is not None
        with pytest.raises(ConfigError, match="runs at its own speed"):
            heard.live.set_speed(2.0)
        heard.live.flush()
        await heard.stop()
        player.cancel()
        assert heard.live.failure is None
    (tape,) = tapes(tmp_path)
    source = open_tape(tape)
    assert source.info.has_ticks
    rows = rows_of(source)
    assert {Kind.DEPTH, Kind.TICK, Kind.TRADE} <= set(rows)


async def test_a_venue_that_lies_once_is_asked_for_its_book_anew_and_the_pane_says_so(
    tmp_path: Path, until: Until
) -> None:
    async with Venue(made()) as venue:
        heard = Heard(venue.url, tmp_path)
        await until(lambda: heard.opened, "the session")
        await venue.has(1)
        await venue.play_diffs(5)
        await until(lambda: heard.live.links and heard.live.links[0].state is LinkState.LIVE, "the book")
        river = heard.opened[0].river()
        router = Router(river.registry, calendar_of)

        def head() -> Head:
            while (piece := river.take(10_000)) is not None and piece.events:
                router.apply(piece)
            return head_of(router, router.lanes[0], Pane("ladder.1"), Provenance.LIVE, router.clock_ns or 0)

        await until(lambda: head().instrument and router.lanes[0].book, "the book on the screen")
        (lie,) = venue.collect(1)
        venue.gate.clear()
        await venue.send(Message(lie.stream, {**lie.event, "b": [["104.0", "1.000"]], "a": []}).text, lie.stream)
        await until(lambda: head().freshness is Freshness.RESYNCING, "a book not to be trusted")
        await until(lambda: heard.live.links[0].counts.crosses == 1, "the count")
        await until(lambda: "BTCUSDT crossed itself" in heard.live.links[0].words, "the reason")
        venue.gate.set()
        await venue.play_diffs(2)
        await until(lambda: head().freshness is not Freshness.RESYNCING, "the book begun anew")
        await until(lambda: heard.live.links[0].state is LinkState.LIVE, "the connection")
        assert not router.stopped
        await heard.stop()


async def test_a_tape_that_begins_in_the_middle_begins_with_the_books(tmp_path: Path, until: Until) -> None:
    async with Venue(made(count=3000)) as venue:
        heard = Heard(venue.url, tmp_path)
        object.__setattr__(heard.line._wish, "ring", Ring(tmp_path, tape_ns=10**9))  # noqa: SLF001  tapes of a second
        player = asyncio.ensure_future(playing(venue))
        await until(lambda: len(tapes(tmp_path)) >= 6, "some tapes")
        await heard.stop()
        player.cancel()
    last = tapes(tmp_path)[-1]
    depth = rows_of(open_tape(last))[Kind.DEPTH]
    assert depth["action"][0] == CLEAR
    assert depth["flags"][1] & Flag.SNAPSHOT
    changes = depth[(depth["flags"] & Flag.SNAPSHOT) == 0]
    if len(changes):
        assert changes["previous_id"][0] == depth["final_id"][0]


async def test_without_a_venue_it_says_so_and_keeps_trying_until_it_is_stopped(
    tmp_path: Path, until: Until
) -> None:
    heard = Heard("http://127.0.0.1:9", tmp_path)
    await until(lambda: sum(each.state is LinkState.BACKOFF for each in heard.told) >= 2, "two tries")
    assert "127.0.0.1:9" in heard.told[-1].reason or "127.0.0.1:9" in heard.told[-2].reason
    await heard.stop()
    assert (heard.opened, heard.failed) == ([], [])


async def test_a_symbol_that_is_not_listed_is_named_with_what_is(tmp_path: Path, until: Until) -> None:
    async with Venue(made()) as venue:
        heard = Heard(venue.url, tmp_path, ("BTCUSDC",))
        await until(lambda: heard.failed, "the refusal")
        await heard.stop()
        assert heard.failed == ["Binance USDⓈ-M lists no BTCUSDC; near it: BTCUSDT"]


async def test_the_way_to_a_venue_holds_rung_by_rung() -> None:
    async with Venue(made()) as venue:
        player = asyncio.ensure_future(playing(venue))
        rungs = await climb(Endpoint.of(venue.url), "BTCUSDT", 0.2)
        player.cancel()
        assert [(each.name, each.ok) for each in rungs] == [
            ("resolve", True), ("ask", True), ("connect", True), ("subscribe", True), ("first record", True),
            ("rate", True),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "broken", "said"),
    [
        (lambda venue: venue.list_answers.append((418, {"Retry-After": "9"}, b"")), "ask", "asked to wait 9 s"),
        (lambda venue: venue.list_answers.append((200, {}, b"<html>")), "ask", "no list of instruments"),
        (lambda venue: venue.refusals.append((429, {"Retry-After": "3"})), "connect", "asked to wait 3 s"),
        (lambda venue: venue.mute.add("btcusdt@depth@100ms"), "first record", "nothing for"),
    ],
)
async def test_the_rung_that_breaks_is_named(
    spoil: Callable[[Venue], Any], broken: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.commandline.probing.LIMIT_S", 0.3)
    async with Venue(made()) as venue:
        spoil(venue)
        player = asyncio.ensure_future(playing(venue))
        rungs = await climb(Endpoint.of(venue.url), "BTCUSDT", 0.2)
        player.cancel()
    bad = [each for each in rungs if each.ok is False]
    assert [each.name for each in bad] == [broken]
    assert said in bad[0].found
    assert all(each.ok is None for each in rungs[rungs.index(bad[0]) + 1 :])


async def test_a_name_that_does_not_resolve_is_the_first_rung() -> None:
    rungs = await climb(Endpoint.of("http://nobody.invalid:1"), "BTCUSDT", 0.1)
    assert (rungs[0].name, rungs[0].ok) == ("resolve", False)
    assert "nobody.invalid" in rungs[0].found


async def test_a_live_recording_is_a_tape_that_replays_the_same(tmp_path: Path) -> None:
    async with Venue(made(count=3000)) as venue:
        player = asyncio.ensure_future(playing(venue))
        asked = {"live": "binance", "symbols": "BTCUSDT", "endpoint": venue.url}
        job = LiveRecording(Namespace(**asked, tape=str(tmp_path / "t"), json=str(tmp_path / "j")))
        await job.run(1.5)
        player.cancel()
    assert job.finish() == 0
    told = json.loads((tmp_path / "j").read_text(encoding="utf-8"))
    assert told["kinds"]["depth"] > 100
    assert cli.run(["replay", "--headless", "--check", str(tmp_path / "t"), "--json", str(tmp_path / "r")]) == 0
    assert json.loads((tmp_path / "r").read_text(encoding="utf-8"))["digest"] == told["digest"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["record", "--live", "binance", "x", "--tape", "t"], "either a live venue or sources"),
        (["record", "--tape", "t"], "name at least one"),
        (["record", "--live", "binance", "--tape", "t", "--for", "0"], "--for 0"),
        (["record", "--live", "binance", "--tape", "t", "--symbols", "a b"], "cannot be a symbol"),
        (["record", "--live", "binance", "--tape", "t", "--endpoint", "x"], "--endpoint x"),
        (["probe", "binance", "--endpoint", "ftp://x"], "--endpoint ftp://x"),
        (["--symbols", "BTCUSDT"], "goes with --live"),
    ],
)
def test_bad_arguments_are_named(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert said in capsys.readouterr().err
