"""The engines' state after a market's history: from the cache it is the one that applying the history gives."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.checkpoint import ARRAYS, MANIFEST, Kept, load_or_make, program_of
from cockpit.engines.options.term_index import term_indices
from cockpit.events.market import Chunk
from cockpit.feeds.live.log import EventLog
from cockpit.feeds.live.river import LiveRiver
from cockpit.feeds.synthetic.history import load_or_build
from cockpit.feeds.synthetic.market import MarketConfig
from cockpit.instants import parse_instant
from cockpit.instruments import Registry
from cockpit.opening import calendar_of
from cockpit.ring import Columns
from cockpit.state import commands as c
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.keyframes import SPACING_EVENTS
from cockpit.state.past import Past, make_past
from cockpit.state.recording import Opened
from cockpit.state.router import Router
from cockpit.state.screen import CHART_PANES, Screen
from cockpit.state.views import Provenance
from cockpit.units import NS_PER_HOUR, NS_PER_S
from tests.state.test_live import BUDGET, Feed
from tests.state.test_playback import Steady

START = parse_instant("2026-11-30T10:05")
PANES = ("SPX.CBOE", "1m", "chart.3"), ("VIX.CBOE", "5m", "chart.4")  # beside the futures that open by themselves

NUMBERED = (
    "series",
    "version",
)  # counted anew by every desk: they tell what to draw again, and nothing of the market


class Session:
    """A short history, two minutes of market after it, and feeds that hold the first and get the second."""

    def __init__(self, folder: Path) -> None:
        config = MarketConfig(11, START)
        history = load_or_build(config, folder, term_indices, trading_ns=2 * NS_PER_HOUR)
        self.key, self.history, market = history.key, history.chunks, history.market
        self.until_seq, self.until_ns = market.next_seq, market.now_ns
        self.later = [market.step(START + seconds * NS_PER_S) for seconds in range(10, 130, 10)]
        self.registry = Registry()
        for each in market.instruments:
            self.registry.add(each)

    def feed(self) -> Feed:
        feed = Feed()
        feed.log, feed.registry = EventLog(), self.registry
        arrive(feed, self.history)
        return feed

    def make(self) -> Past | None:
        feed = self.feed()
        return make_past(LiveRiver(feed.log, feed.registry), Router(self.registry, calendar_of), self.until_seq)

    def kept(self, folder: Path, make: Callable[[], Past | None] | None = None) -> Kept:
        return load_or_make(folder, self.key, self.until_seq, make or self.make)

    def desk(self, past: Past | None) -> tuple[Dispatcher, Feed]:
        feed = self.feed()
        desk = Dispatcher(
            Screen(), lambda paths: pytest.fail(str(paths)), calendar_of, lambda *given: pytest.fail(str(given))
        )
        opened = Opened(
            ("simulated market",),
            lambda: LiveRiver(feed.log, feed.registry),
            {each.symbol: 0 for each in self.registry},
            Provenance.SIMULATED,
            live=feed,
            past=past,
        )
        desk.open(opened, at_end=True)
        for symbol, interval, pane in PANES:
            desk.send(c.SelectInstrument(symbol, pane))
            desk.send(c.SelectInterval(interval, pane))
        settle(desk)
        return desk, feed


def arrive(feed: Feed, chunks: Any) -> None:
    chunk: Chunk
    for chunk in chunks:
        feed.log.append(chunk.batches, chunk.first_seq, chunk.next_seq)


def settle(desk: Dispatcher) -> None:
    steady = Steady()
    while desk.advance(steady, BUDGET):
        pass
    for _ in range(100):  # overlays take several frames
        if not desk.publish(dict):
            break


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return Session(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="module")
def folder(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engines")
    assert "has not applied" in session.kept(folder).reason
    return folder


def loaded(session: Session, folder: Path) -> Past:
    kept = session.kept(folder, lambda: pytest.fail("it is in the cache"))
    assert kept.reason == ""
    assert kept.past is not None
    return kept.past


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two states differ, down to every number."""
    if type(one) is not type(other):
        return [f"{place}: {type(one)} and {type(other)}"]
    if isinstance(one, Columns):
        one, other = one.view(), other.view()
    if isinstance(one, np.ndarray):
        same = one.dtype == other.dtype and one.shape == other.shape
        same = same and all(
            np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f")
            for name in one.dtype.names or ()
        )
        kind = one.dtype.kind
        same = same and (kind == "V" or np.array_equal(one, other, equal_nan=kind == "f"))
        return [] if same else [f"{place}: {one} and {other}"]
    if is_dataclass(one):
        parts = [(each.name, getattr(one, each.name), getattr(other, each.name)) for each in fields(one)]
        parts = [part for part in parts if part[0] not in NUMBERED]
    elif isinstance(one, dict):
        if one.keys() != other.keys():
            return [f"{place}: {one.keys()} and {other.keys()}"]
        parts = [(str(key), one[key], other[key]) for key in one]
    elif isinstance(one, (tuple, list)):
        if len(one) != len(other):
            return [f"{place}: {len(one)} and {len(other)}"]
        parts = [(str(at), *pair) for at, pair in enumerate(zip(one, other, strict=True))]
    else:
        return [] if one == other or (one != one and other != other) else [f"{place}: {one} and {other}"]
    return [found for name, *pair in parts for found in differences(*pair, f"{place}.{name}")]


def shown(desk: Dispatcher) -> dict[str, Any]:
    """Everything a trader sees of the market."""
    screen = desk.screen
    charts = {pane: screen.charts[pane].value for pane in CHART_PANES}
    return charts | {
        "ladder": screen.ladder.value,
        "vix": screen.vix.value,
        "feeds": screen.health.value.feeds,
        "hops": screen.health.value.hops,
        "replay": screen.replay.value,
        "workspace": screen.workspace.value,
    }


def test_what_panels_show_is_what_applying_the_history_gives_and_stays_so(session: Session, folder: Path) -> None:
    (applied, one), (thawed, other) = session.desk(None), session.desk(loaded(session, folder))
    assert applied.recording is not None
    assert thawed.recording is not None
    assert thawed.recording.router.next_seq == session.until_seq
    charts = [applied.screen.charts[pane].value for pane in CHART_PANES]
    assert sum(len(chart.bars) > 30 for chart in charts) >= 3, "the panes show something to be compared"
    assert len(applied.screen.ladder.value.bid_sizes)
    assert applied.screen.vix.value.value is not None
    assert "\n".join(differences(shown(applied), shown(thawed))) == ""
    for chunk in session.later:
        for desk, feed in ((applied, one), (thawed, other)):
            arrive(feed, [chunk])
            settle(desk)
        assert thawed.recording.router.digest.hex() == applied.recording.router.digest.hex()
        assert "\n".join(differences(shown(applied), shown(thawed))) == ""


@pytest.mark.parametrize("limit", [777, 8_192, 65_536])
def test_the_digest_is_that_of_a_plain_run_however_it_is_cut(session: Session, folder: Path, limit: int) -> None:
    desk, feed = session.desk(loaded(session, folder))
    arrive(feed, session.later)
    settle(desk)
    river, router = LiveRiver(feed.log, feed.registry), Router(feed.registry, calendar_of)
    while (piece := river.take(limit)) is not None and piece.events:
        router.apply(piece)
    assert desk.recording is not None
    assert desk.recording.router.digest.hex() == router.digest.hex()
    assert desk.recording.router.counts == router.counts


@pytest.mark.parametrize("back_s", [1, 300, 3_000, 90_000_000])
def test_one_can_go_back_into_the_history_and_return(session: Session, folder: Path, back_s: int) -> None:
    (applied, one), (thawed, other) = session.desk(None), session.desk(loaded(session, folder))
    for desk, feed in ((applied, one), (thawed, other)):
        arrive(feed, session.later)
        settle(desk)
        desk.send(c.SeekTo(session.until_ns - back_s * NS_PER_S))
        settle(desk)
    assert applied.screen.workspace.value.is_rewound
    assert "\n".join(differences(shown(applied), shown(thawed))) == ""
    for desk in (applied, thawed):
        desk.send(c.GoLive())
        settle(desk)
    assert "\n".join(differences(shown(applied), shown(thawed))) == ""
    assert applied.recording is not None
    assert thawed.recording is not None
    assert thawed.recording.router.digest.hex() == applied.recording.router.digest.hex()
    view, seen = applied.recording.view, thawed.recording.view
    assert np.array_equal(view.volumes, seen.volumes)
    assert view.first_ns == seen.first_ns


def test_a_seek_is_never_far_from_a_moment_that_is_kept(session: Session, folder: Path) -> None:
    seqs = [frame.seq for frame in loaded(session, folder).frames]
    assert (seqs[0], seqs[-1]) == (0, session.until_seq)
    assert max(np.diff(seqs)) < 1.5 * SPACING_EVENTS


def test_a_chain_of_the_history_is_not_worked_out_again(session: Session, folder: Path) -> None:
    desk, _ = session.desk(loaded(session, folder))
    assert desk.recording is not None
    chains = [entry for entries in desk.recording.router.freeze().field.chains.values() for entry in entries]
    assert chains
    for entry in chains:
        assert desk.recording.solver.solve(entry.solved.snapshot) is entry.solved


@pytest.mark.parametrize("what", ["arrays", "manifest", "missing", "short"])
def test_a_damaged_state_is_made_again_with_the_reason(
    session: Session, folder: Path, tmp_path: Path, what: str
) -> None:
    import shutil

    copy = tmp_path / "engines"
    shutil.copytree(folder, copy)
    (entry,) = copy.iterdir()
    victim = entry / (MANIFEST if what == "manifest" else ARRAYS)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    if what == "missing":
        victim.unlink()
    else:
        victim.write_bytes(data[:-1] if what == "short" else data)
    past = loaded(session, folder)
    again = session.kept(copy, lambda: past)
    assert "damaged" in again.reason
    assert again.past is past
    assert session.kept(copy).reason == ""


@pytest.mark.parametrize("package", ["engines", "events", "state"])
def test_every_change_of_the_program_makes_it_anew(tmp_path: Path, package: str) -> None:
    for name in ("engines", "events", "state"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("x = 1", encoding="utf-8")
    before = program_of(tmp_path)
    assert program_of(tmp_path) == before
    (tmp_path / package / "code.py").write_text("x = 2", encoding="utf-8")
    assert program_of(tmp_path) != before


def test_the_state_of_another_history_is_not_taken(session: Session, folder: Path) -> None:
    assert "has not applied" in load_or_make(folder, "other", session.until_seq, lambda: None).reason
    shorter = load_or_make(folder, session.key, session.until_seq - 1, lambda: None)
    assert "ends elsewhere" in shorter.reason


def test_a_state_with_a_stopped_engine_is_not_kept(session: Session, tmp_path: Path) -> None:
    assert session.kept(tmp_path, lambda: None).past is None
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_costs_only_the_cache(
    session: Session, folder: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    past = loaded(session, folder)
    kept = session.kept(blocked, lambda: past)
    assert "cannot be kept" in kept.reason
    assert kept.past is past
