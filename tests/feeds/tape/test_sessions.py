"""What the browser of recorded sessions learns from the tapes themselves."""

from pathlib import Path

import numpy as np

from cockpit.events.dtypes import TRADE
from cockpit.feeds.tape.flight import Ring
from cockpit.feeds.tape.manifest import FILE
from cockpit.feeds.tape.sessions import PARTS, STRIP, looked, tapes_in
from tests.feeds.tape.test_flight import ROWS, TAPE_NS, Desk
from tests.state.market import START_NS


def recorded(folder: Path, events: int = 3_000) -> None:
    """Some tapes of a flight recorder."""
    desk = Desk(Ring(folder, tape_ns=TAPE_NS))
    desk.play(ROWS[:events])
    desk.recorder.close()


def test_the_strip_holds_all_volume_and_the_last_price(tmp_path: Path) -> None:
    recorded(tmp_path)
    facts = [looked(each) for each in tapes_in([tmp_path])]
    assert len(facts) > 1
    trades = ROWS[:3_000][ROWS[:3_000]["action"] == TRADE]
    assert sum(float(each.strip[:, 1].sum()) for each in facts) == float(trades["size"].sum())
    newest = max(facts, key=lambda each: each.folder.name)
    assert newest.strip.shape == (PARTS, 2)
    assert newest.strip[-1, 0] == trades["price_ticks"][-1]
    assert newest.gaps == 0
    assert min(each.first_ns or 0 for each in facts) == START_NS, "the first snapshot stands there"
    assert not newest.is_running


def test_the_strip_is_made_once_and_again_when_it_is_damaged(tmp_path: Path) -> None:
    recorded(tmp_path)
    facts = tapes_in([tmp_path])[0]
    first = looked(facts)
    kept = facts.folder / STRIP
    text = kept.read_text()
    for broken in ("", "{}", text[:40], text.replace('"version": 2', '"version": 1')):
        kept.write_text(broken)
        again = looked(facts)
        np.testing.assert_array_equal(again.strip, first.strip)
    assert kept.read_text() == text


def test_a_damaged_tape_says_why_and_the_others_are_listed(tmp_path: Path) -> None:
    recorded(tmp_path)
    (tmp_path / "no tape").mkdir()
    facts = tapes_in([tmp_path, tmp_path / "nowhere"])
    (facts[0].folder / FILE).write_text("{")
    again = tapes_in([tmp_path])
    assert len(again) == len(facts)
    (bad,) = [each for each in again if each.reason]
    assert "unreadable" in bad.reason
    assert looked(bad) is bad
