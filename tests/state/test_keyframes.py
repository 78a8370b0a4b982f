"""What the keyframes of a live session keep alive: no more than the newest needs, and each can be gone back to."""

import pytest

from cockpit.engines.book import heat
from cockpit.engines.book.layout import CELL_NS
from cockpit.engines.book.mbo import MboBook
from cockpit.ring import same_memory
from cockpit.state import commands as c
from cockpit.state import keyframes
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.keyframes import Keyframe
from tests.state.test_live import TOTAL, Feed, desk_of, digest, settle, whole  # noqa: F401  a fixture
from tests.state.test_playback import Steady

KEPT_CELLS = 6_000  # ten minutes


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Dispatcher:
    """An hour at the edge, with keyframes every half minute and ten minutes of liquidity."""
    monkeypatch.setattr(heat, "CHUNK_ROWS", 256)
    monkeypatch.setattr(heat, "KEPT_CELLS", KEPT_CELLS)
    monkeypatch.setattr(heat, "SPARE_BYTES", 0)
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    assert desk.recording is not None
    desk.recording.playback.keyframes.spacing = 500
    for until in range(200, TOTAL, 200):
        feed.arrive(until)
        settle(desk, steady)
    feed.arrive(TOTAL)
    settle(desk, steady)
    while desk.recording.playback.keyframes.tidy():
        pass
    return desk


def frames(desk: Dispatcher) -> list[Keyframe]:
    assert desk.recording is not None
    kept = desk.recording.playback.keyframes
    found, seq = list[Keyframe](), 0
    while seq <= TOTAL:
        frame = kept.before_seq(seq)
        if frame not in found:
            found.append(frame)
        seq += 100
    return found


def levels(book: MboBook, side: int) -> dict[int, int]:
    """Sizes by tick of all levels of a side."""
    read = book.readout(1_000)
    prices, sizes = (read.bid_ticks, read.bid_sizes) if side == 0 else (read.ask_ticks, read.ask_sizes)
    return dict(zip(prices.tolist(), sizes.tolist(), strict=True))


def test_old_frames_keep_no_liquidity_that_the_newest_has_let_go(desk: Dispatcher) -> None:
    kept = frames(desk)
    lanes = [frame.engines.lanes[0].feed for frame in kept if frame.engines.lanes[0].feed.heat.chunks]
    assert len(lanes) > 15
    oldest = lanes[-1].heat.chunks[0]
    assert oldest.cell > lanes[0].heat.chunks[0].cell + 2 * KEPT_CELLS, "some was let go"
    for lane in lanes:
        for chunk in lane.heat.chunks:
            assert chunk.cell >= oldest.cell or not len(chunk.rows)
    assert any(len(lane.heat.chunks) == 1 and not len(lane.heat.chunks[0].rows) for lane in lanes)
    assert any(len(lane.heat.chunks) > 1 for lane in lanes[:-1])


def test_histories_that_grow_all_day_lie_in_memory_once(desk: Dispatcher) -> None:
    for name in keyframes.GROWN[:2]:
        rows = [getattr(frame.engines.lanes[0], name).rows for frame in frames(desk)]
        rows = [each for each in rows if len(each)]
        assert all(same_memory(each, rows[-1]) for each in rows)
        assert len({len(each) for each in rows}) > 5


def test_a_jump_to_a_frame_that_was_tidied_finds_the_book_and_a_history_that_begins_there(
    desk: Dispatcher,
    whole: str,  # noqa: F811
) -> None:
    steady = Steady()
    recording = desk.recording
    assert recording is not None
    lane = recording.router.lanes[0]
    begins = lane.heat.view().first_ns
    assert begins is not None
    for ago_s in (2_000, 300):
        desk.send(c.GoLive())
        settle(desk, steady)
        edge = recording.playback.clock_ns
        assert edge is not None
        desk.send(c.SeekTo(edge - ago_s * 10**9))
        settle(desk, steady)
        now, said, book = recording.playback.clock_ns, lane.heat.view(), lane.book
        assert now == edge - ago_s * 10**9
        assert said.first_ns is not None
        assert said.first_ns >= min(begins, now - 60 * 10**9)
        assert isinstance(book, MboBook)
        bids, asks = said.book_at(now // CELL_NS * CELL_NS)
        for side, told in enumerate((bids, asks)):
            assert told == levels(book, side)
    desk.send(c.GoLive())
    settle(desk, steady)
    assert digest(desk) == whole
