"""Real recordings through the river and over a tape."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cockpit.events.dtypes import Kind
from cockpit.events.market import Slice
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.tape.reader import open_tape
from cockpit.feeds.tape.recorder import Recorder
from cockpit.feeds.tape.seal import seal_tape
from tests.feeds.rows import joined, run, same_rows
from tests.feeds.test_river import oracle_ticks


def same_run(left: list[Slice], right: list[Slice]) -> bool:
    return all(same_rows(joined(left, kind), joined(right, kind)) for kind in Kind)


SETS = {
    "the book of a quiet holiday": ["es-mbo-esh4-20231225-until2340.dbn.zst"],
    "quotes and trades of the same minutes, and bars around them": [
        "es-mbp1-esu4-20240701T2358.dbn.zst",
        "es-trades-esu4-20240701T2358.dbn.zst",
        "es-nq-ohlcv1m-20240701T2340.dbn.zst",
    ],
    "bars and quotes of two minutes apart": [
        "es-nq-bbo1m-20240509T0955.dbn.zst",
        "es-nq-ohlcv1m-20240509T0955.dbn.zst",
    ],
}


@pytest.mark.parametrize("names", SETS.values(), ids=SETS)
def test_a_recording_taped_and_replayed_is_the_same_run(data: Path, tmp_path: Path, names: list[str]) -> None:
    paths = [data / "books" / name for name in names]
    parts, river = run(*map(open_source, paths))
    recorder = Recorder(tmp_path / "tape", river.registry, [source.info for source in river.sources])
    for part in parts:
        recorder.write(part)
    recorder.close()
    assert recorder.failure is None
    for _ in range(2):  # as it was recorded, then sealed
        replay, again = run(open_source(tmp_path / "tape"), limit=777)
        assert tuple(again.registry) == tuple(river.registry)
        assert again.next_seq == river.next_seq
        assert same_run(replay, parts)
        seal_tape(tmp_path / "tape")


def test_the_holiday_recording_has_its_events_and_the_ticks_of_the_rule(data: Path) -> None:
    source = open_source(data / "books" / "es-mbo-esh4-20231225-until2340.dbn.zst")
    parts, river = run(source)
    clocks = joined(parts, Kind.MBO)["clock_ns"]
    assert len(clocks) == 53_250
    running = np.maximum.accumulate(clocks)
    ticks = joined(parts, Kind.TICK)["clock_ns"].tolist()
    assert ticks == sorted(set(ticks))
    assert running[0] < ticks[0] <= ticks[-1] <= running[-1]
    assert river.next_seq == 53_250 + len(ticks)
    instants = np.unique(running).tolist()
    assert ticks == [at for before, now in pairwise(instants) for at in oracle_ticks(before, now)]


def test_a_real_tape_is_a_source_like_any_other_beside_a_file(data: Path, tmp_path: Path) -> None:
    trades = data / "books" / "es-trades-esu4-20240701T2358.dbn.zst"
    parts, river = run(open_source(data / "books" / "es-mbp1-esu4-20240701T2358.dbn.zst"))
    recorder = Recorder(tmp_path / "tape", river.registry)
    for part in parts:
        recorder.write(part)
    recorder.seal()
    both, merged = run(open_tape(tmp_path / "tape"), open_source(trades))
    alone = open_source(trades)
    count = sum(chunk.events for chunk in alone.chunks())
    assert merged.next_seq == river.next_seq + count
    clocks = [int(part.clock_ns) for part in both]
    assert clocks == sorted(clocks)
