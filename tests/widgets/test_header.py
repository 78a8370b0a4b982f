"""Panel headers: what they say, what they drop when narrow, and what the mouse does on them."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from cockpit.state.views import Freshness, Head, Provenance, Second
from cockpit.units import NS_PER_MS, NS_PER_S
from cockpit.widgets.glyphs_state import age_chip_text
from cockpit.widgets.header import PanelHeader
from cockpit.widgets.theme import HEADER
from tests.widgets.shell import head, theme

LEFT = Qt.MouseButton.LeftButton
ES = head("ESH4.GLBX", "5m", Freshness.AGING, 2.6)


@pytest.fixture
def header(qtbot: Any) -> PanelHeader:
    made = PanelHeader("Chart 1", theme(), linkable=True)
    qtbot.addWidget(made)
    made.resize(700, HEADER)
    made.show_head(ES)
    made.show()
    return made


def test_a_chart_is_known_by_symbol_and_interval_and_a_ladder_by_its_name(header: PanelHeader, qtbot: Any) -> None:
    assert header.words() == ("ESH4", "5m")
    ladder = PanelHeader("Ladder", theme(), linkable=True)
    qtbot.addWidget(ladder)
    ladder.resize(700, HEADER)
    ladder.show_head(replace(ES, interval="", note="order level"))
    assert ladder.words() == ("ESH4", "Ladder", "order level")


def test_with_nothing_in_it_the_panel_is_known_by_its_title(header: PanelHeader) -> None:
    header.show_head(Head())
    assert header.words() == ("Chart 1",)


@pytest.mark.parametrize("width", range(80, 700, 20))
def test_what_does_not_fit_is_left_out_from_the_right_and_the_symbol_never(header: PanelHeader, width: int) -> None:
    whole = ("ESH4", "5m", "tick inferred from prices")
    header.show_head(replace(ES, note="tick inferred from prices"))
    header.resize(width, HEADER)
    words = header.words()
    assert words == whole[: len(words)]
    assert words[0] == "ESH4"


def test_the_words_for_screen_readers_say_everything(header: PanelHeader) -> None:
    header.show_head(replace(ES, note="tick inferred from prices", reason="no print for 2.6 s"))
    header.resize(90, HEADER)
    said = header.accessibleName()
    for part in ("ESH4", "5m", "tick inferred", "REPLAY", "2.6 s", "no print for 2.6 s"):
        assert part in said


def test_age_chips_say_the_age_and_the_word_of_a_state_that_has_one() -> None:
    second = 1_000_000_000
    assert age_chip_text(Freshness.FRESH, second // 10) == "0.1 s"
    assert age_chip_text(Freshness.STALE, 72 * second) == "72 s"
    assert age_chip_text(Freshness.RESYNCING, 8 * second) == "resyncing 8.0 s"
    assert age_chip_text(Freshness.FAILED, 250 * second) == "failed 4 m 10 s"
    assert age_chip_text(None, None) == "\N{EN DASH}"


@pytest.mark.parametrize("width", range(200, 700, 20))
def test_a_long_age_gets_shorter_before_it_reaches_the_symbol(header: PanelHeader, width: int) -> None:
    header.show_head(replace(ES, freshness=Freshness.FAILED, age_ns=250_000_000_000))
    header.resize(width, HEADER)
    text = header._chip()
    assert text in ("failed 4 m 10 s", "4 m 10 s", "4 m", "")
    taken = header._left() + header._width(header._words()[:1])
    assert taken <= header._right_edge() or text == ""
    if width >= 400:
        assert text == "failed 4 m 10 s"
    if width >= 300:
        assert text


def picture(header: PanelHeader) -> bytes:
    image = header.grab().toImage().convertToFormat(header.grab().toImage().Format.Format_Grayscale8)
    return bytes(image.constBits())


def test_every_state_and_provenance_looks_different_without_colour(header: PanelHeader) -> None:
    seen: dict[bytes, str] = {}
    header.show_head(replace(ES, age_ns=None))
    for freshness in Freshness:
        header.show_head(replace(ES, age_ns=5, freshness=freshness))
        seen[picture(header)] = freshness.name
    for provenance in Provenance:
        header.show_head(replace(ES, provenance=provenance, freshness=Freshness.FRESH, link=2))
        seen[picture(header)] = provenance.name
    assert len(seen) == len(Freshness) + len(Provenance)


def test_the_accent_line_marks_the_focused_panel_only(header: PanelHeader) -> None:
    accent = QColor(theme().tokens["accent"])
    assert header.grab().toImage().pixelColor(300, 0) != accent
    header.show_focus(focused=True)
    picture_now = header.grab().toImage()
    assert [picture_now.pixelColor(300, y) == accent for y in range(3)] == [True, True, False]


def test_a_double_click_counts_when_the_button_is_up(header: PanelHeader, qtbot: Any) -> None:
    asked: list[bool] = []
    header.double_clicked.connect(lambda: asked.append(True))
    at = QPoint(300, 15)
    QTest.mousePress(header, LEFT, pos=at)
    QTest.mouseRelease(header, LEFT, pos=at)
    QTest.mouseDClick(header, LEFT, pos=at)  # the second press as a double click, without its release
    assert asked == []
    QTest.mouseRelease(header, LEFT, pos=at)
    assert asked == [True]


def test_the_dots_open_the_menu_and_the_chip_the_links(header: PanelHeader) -> None:
    asked: list[str] = []
    header.menu_wanted.connect(lambda at: asked.append("menu"))
    header.link_wanted.connect(lambda at: asked.append("link"))
    QTest.mouseClick(header, LEFT, pos=QPoint(header.width() - 12, 15))
    QTest.mouseClick(header, LEFT, pos=QPoint(15, 15))
    QTest.mouseClick(header, Qt.MouseButton.RightButton, pos=QPoint(200, 15))
    QTest.mouseClick(header, LEFT, pos=QPoint(200, 15))
    assert asked == ["menu", "link", "menu"]


def test_a_drag_starts_after_a_few_pixels_and_ends_with_the_button(header: PanelHeader) -> None:
    told: list[str] = []
    header.dragged.connect(lambda event, pressed: told.append(f"from {pressed.toPoint().x() - corner.x()}"))
    header.drag_moved.connect(lambda event: told.append("move"))
    header.drag_ended.connect(lambda event: told.append("end"))
    corner = header.mapToGlobal(QPoint(0, 0))
    QTest.mousePress(header, LEFT, pos=QPoint(200, 15))
    QTest.mouseMove(header, QPoint(202, 15))
    assert told == []
    QTest.mouseMove(header, QPoint(260, 40))
    QTest.mouseMove(header, QPoint(300, 60))
    QTest.mouseRelease(header, LEFT, pos=QPoint(300, 60))
    assert told == ["from 200", "move", "end"]


def test_the_name_of_the_tab_follows_symbol_and_interval_but_not_the_age(header: PanelHeader) -> None:
    names: list[str] = []
    header.renamed.connect(names.append)
    header.show_head(replace(ES, age_ns=9))
    header.show_head(replace(ES, interval="15m"))
    header.show_head(replace(ES, interval="15m", note="a note"))
    assert names == ["ESH4 15m"]


def test_a_tab_behind_another_is_named_too(qtbot: Any) -> None:
    behind = PanelHeader("Chart 2", theme(), linkable=True)
    qtbot.addWidget(behind)
    names: list[str] = []
    behind.renamed.connect(names.append)
    behind.call_after("ESH4.GLBX", "5m")
    behind.show_head(ES)  # what it draws once it is seen is called the same
    behind.call_after("ESU2.GLBX", "5m")
    behind.call_after("", "5m")
    assert names == ["ESH4 5m", "ESU2 5m", "Chart 2"]


def test_it_is_painted_again_only_when_it_reads_differently(header: PanelHeader, qtbot: Any) -> None:
    qtbot.waitExposed(header)
    QCoreApplication.processEvents()
    paints: list[int] = []
    age = ES.age_ns or 0
    header.paintEvent = lambda event: paints.append(1)  # pyright: ignore[reportAttributeAccessIssue]  counts instead
    for part in range(9):
        header.show_head(replace(ES, age_ns=age + part * NS_PER_MS))
        QCoreApplication.processEvents()
    assert not paints, "2.6 s, whatever the milliseconds"
    header.show_head(replace(ES, age_ns=age + 100 * NS_PER_MS))
    QCoreApplication.processEvents()
    assert len(paints) == 1
    assert "2.7 s" in header.accessibleName()


def test_a_second_source_wears_its_own_chip_where_there_is_room(header: PanelHeader) -> None:
    chain = Second("chain", Freshness.AGING, 72 * NS_PER_S)
    header.resize(620, HEADER)
    header.show_head(replace(ES, second=chain))
    wide = header.words()
    assert "chain 72 s" in header.accessibleName()
    assert header._shown_second() == chain
    header.resize(250, HEADER)
    assert header._shown_second() is None, "symbol and interval come first"
    assert header.words()[0] == wide[0]
