"""What is read off the depth surface, and how keys and hands turn it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cockpit.state.commands import SetPace
from cockpit.state.depth_views import COLUMN_NS, COLUMNS, ROWS, UNKNOWN, Relief, ReliefState
from cockpit.state.screen import RELIEF_PANE, Screen
from cockpit.state.views import Freshness, Head, Provenance
from cockpit.units import NS_PER_S
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.depth_surface import DepthSurfacePanel, price_labels, time_labels
from cockpit.widgets.relief.camera import Turn
from tests.widgets.keyboard import Sent
from tests.widgets.shell import known, pixels, theme

ES = known("ESH4.GLBX")
HEAD = Head(ES, Provenance.REPLAY, Freshness.FRESH, NS_PER_S // 10, link=1, note="order level")
FIRST = 1_703_545_200 * NS_PER_S // COLUMN_NS


def relief(known_from: int = 0) -> Relief:
    """A slope of sizes with a wall at row 40, and a mid that walks through the middle."""
    sizes = np.tile(np.arange(ROWS)[:, None] + 5, (1, COLUMNS)).astype(np.int64)
    sizes[40] = 400
    sizes[:, :known_from] = UNKNOWN
    mids = 19_200 + 28 + np.sin(np.arange(COLUMNS) / 9) * 5
    return Relief(19_200, 1, FIRST, sizes, np.zeros(COLUMNS, np.bool_), np.where(sizes[0] < 0, np.nan, mids))


STATE = ReliefState(head=HEAD, relief=relief(), top=250.0, is_cut=True, at_ns=(FIRST + COLUMNS) * COLUMN_NS - 1)


@pytest.fixture
def panel(qtbot: object) -> DepthSurfacePanel:
    made = DepthSurfacePanel(PanelContext(RELIEF_PANE, theme(), Screen(), Sent()))
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(520, 380)
    made.draw(STATE)
    return made


def test_it_is_told_in_words_too(panel: DepthSurfacePanel) -> None:
    told = panel.accessibleDescription()
    assert told.startswith("at most 400 at 4,810.00, mid from 4,805.75 to 4,808.25")
    assert panel.caption() == "height and colour: resting contracts"
    panel.draw(replace(STATE, depth=10, gap_ns=8 * NS_PER_S))
    assert panel.caption() == "height and colour: resting contracts, gap 8.0 s, 10 levels shown"


def test_arrows_and_hands_turn_it_and_r_resets_while_it_has_the_focus(panel: DepthSurfacePanel) -> None:
    first = pixels(panel)
    panel.turn_by(2, 1)
    turned = panel.view
    assert turned == Turn().by(12.0, 6.0)
    assert (pixels(panel) != first).any()
    QTest.mousePress(panel, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(panel, QPoint(260, 180))
    QTest.mouseRelease(panel, Qt.MouseButton.LeftButton, pos=QPoint(260, 180))
    assert panel.view != turned
    QTest.keyClick(panel, Qt.Key.Key_R)
    assert panel.view == Turn()
    assert (pixels(panel) == first).all()


def test_it_is_found_as_it_was_turned(panel: DepthSurfacePanel) -> None:
    panel.turn_by(3, -1)
    panel.choose("pace", "0.1")
    assert panel._commands.commands == [SetPace(RELIEF_PANE, "0.1")]  # type: ignore[attr-defined]
    other = DepthSurfacePanel(PanelContext(RELIEF_PANE, theme(), Screen(), Sent()))
    other.restore_view(panel.view_state())
    assert other.view_state() == panel.view_state()
    other.restore_view({"turn": "x", "tilt": 900, "pace": 3})
    assert other.view == panel.view


def test_prices_come_toward_the_viewer_and_time_goes_right(panel: DepthSurfacePanel) -> None:
    camera = panel.camera()
    assert camera.at(1, 0.5)[0] > camera.at(0, 0.5)[0]
    assert camera.at(0.5, 1)[1] > camera.at(0.5, 0)[1]
    assert [text for _, text in price_labels(STATE, ES)] == ["4,801.75", "4,805.25", "4,808.75", "4,812.25"]
    shares, texts = zip(*time_labels(STATE), strict=True)
    assert shares == (0.0, 1 / 3, 2 / 3, 1.0)
    assert texts[-1] == "now"
    old = replace(STATE, head=replace(HEAD, age_ns=90 * NS_PER_S))
    assert time_labels(old)[-1][1] != "now"


def test_a_hole_is_a_hole_and_a_short_history_is_short(panel: DepthSurfacePanel) -> None:
    whole = pixels(panel)
    sizes, gaps = relief().sizes.copy(), np.zeros(COLUMNS, np.bool_)
    sizes[:, 50:54], gaps[50:54] = UNKNOWN, True
    holed = replace(relief(), sizes=sizes, gaps=gaps)
    panel.draw(replace(STATE, relief=holed, gap_ns=4 * COLUMN_NS))
    with_gap = pixels(panel)
    assert (with_gap != whole).any()
    assert "gap 7.6 s" in panel.caption()
    panel.draw(replace(STATE, relief=relief(known_from=60)))
    ground = np.uint32(theme().argb("bg1"))
    assert (pixels(panel)[40:] == ground).sum() > (whole[40:] == ground).sum() * 1.1
    assert panel.empty_text() == ""


def test_an_old_book_looks_old_and_an_unchanged_one_is_not_made_anew(panel: DepthSurfacePanel) -> None:
    fresh = pixels(panel)
    mesh = panel._mesh
    panel.draw(replace(STATE, head=replace(HEAD, age_ns=NS_PER_S)))
    pixels(panel)
    assert panel._mesh is mesh
    panel.draw(replace(STATE, head=replace(HEAD, freshness=Freshness.STALE)))
    assert (pixels(panel) != fresh).mean() > 0.05


def test_nothing_is_said_in_words(panel: DepthSurfacePanel) -> None:
    panel.draw(ReliefState())
    assert "Nothing open" in panel.empty_text()
    panel.draw(ReliefState(head=replace(HEAD, reason="no order book so far")))
    assert panel.empty_text() == "no order book so far"
    panel.draw(ReliefState(head=HEAD, at_ns=5))
    assert panel.empty_text() == "Waiting for the first change of the book"
    pixels(panel)
