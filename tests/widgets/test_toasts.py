"""Notices: read whole, counted when there are many, taken away by hand, by Esc, or by themselves."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from cockpit.clock import ManualClock
from cockpit.state.views import Notice
from cockpit.units import NS_PER_MS, NS_PER_S
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.toasts import HEIGHT, SHOWN, WIDTH, Toasts
from tests.widgets.keyboard import theme

REASON = (
    "/home/somebody/recordings/2023/december/es-mbo-esh4-20231225.dbn at line 1: a text of no known format; "
    "it begins with 'this is not a recording'"
)


@pytest.fixture
def toasts(qtbot: Any) -> Iterator[Toasts]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = Toasts(theme(), FrameClock(parent=parent), parent)
    made.changed.connect(lambda: made.place(1000, 40, 1000))
    yield made
    del parent  # qtbot holds it weakly


def test_a_short_notice_is_one_line_of_the_designed_height(toasts: Toasts) -> None:
    toasts.add(Notice(1, "watch", "SPX chain is old", "72 s, limit 60 s"))
    (card,) = toasts.cards()
    assert (card.width(), card.height(), card.lines) == (WIDTH, HEIGHT, [])


def test_a_long_reason_is_shown_whole_below_the_title(toasts: Toasts) -> None:
    toasts.add(Notice(1, "watch", "Could not open sources", REASON))
    (card,) = toasts.cards()
    assert "".join(card.lines).replace(" ", "") == REASON.replace(" ", "")
    assert card.height() > HEIGHT


def test_notices_stand_below_each_other_and_the_rest_is_counted(toasts: Toasts) -> None:
    for number in range(SHOWN + 2):
        toasts.add(Notice(number, "watch", f"Notice {number}", REASON if number % 2 else "short"))
    cards = toasts.cards()
    assert [card.notice.title for card in cards] == ["Notice 4", "Notice 3", "Notice 2"]
    assert all(above.geometry().bottom() < below.y() for above, below in pairwise(cards))
    assert len(toasts.open_notices()) == SHOWN + 2


def test_the_newest_goes_first_until_none_is_left(toasts: Toasts) -> None:
    toasts.add(Notice(1, "watch", "one", ""))
    toasts.add(Notice(2, "high", "two", ""))
    assert toasts.dismiss_newest()
    assert [each.title for each in toasts.open_notices()] == ["one"]
    assert toasts.dismiss_newest()
    assert not toasts.dismiss_newest()
    assert toasts.isHidden()


def test_a_narrow_window_has_narrow_notices(toasts: Toasts) -> None:
    toasts.changed.disconnect()
    toasts.add(Notice(1, "watch", "Could not open sources", REASON))
    toasts.place(400, 40, 400)
    (card,) = toasts.cards()
    assert card.width() < 400
    assert "".join(card.lines).replace(" ", "") == REASON.replace(" ", "")


def test_a_text_without_end_is_cut_after_four_lines(toasts: Toasts) -> None:
    toasts.add(Notice(1, "watch", "Could not open sources", REASON * 9))
    (card,) = toasts.cards()
    assert len(card.lines) == 4
    assert card.lines[-1].endswith("…")


def test_equal_notices_are_counted_on_one_card_at_most_once_a_second(qtbot: Any) -> None:
    parent, time = QWidget(), ManualClock(NS_PER_S)
    qtbot.addWidget(parent)
    clock = FrameClock(time, parent=parent)
    toasts = Toasts(theme(), clock, parent)
    toasts.add(Notice(1, "watch", "Could not read", "no such file"))
    (card,) = toasts.cards()
    for number in range(2, 40):
        toasts.add(Notice(number, "watch", "Could not read", "no such file"))
        assert toasts.cards() == (card,), "not built anew each time"
    time.advance(1_100 * NS_PER_MS)
    clock.frame()
    (card,) = toasts.cards()
    assert card.notice.title == "Could not read ×39"
    toasts.add(Notice(50, "watch", "Could not read", "another file"))
    assert len(toasts.cards()) == 2
    time.advance(31 * NS_PER_S)
    clock.frame()
    assert toasts.cards() == ()
