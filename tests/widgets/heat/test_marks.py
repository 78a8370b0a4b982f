"""Marks of detectors on the map: where they are, which of them share a label, and what a click on one asks for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from cockpit.state.commands import OpenEvidence
from cockpit.state.heat_marks import HeatMark
from cockpit.state.screen import Screen
from cockpit.state.views import HeatState
from cockpit.units import NS_PER_S
from cockpit.widgets.heat.marks import grouped
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.heatmap import HeatmapPanel
from tests.widgets.heat.states import Market
from tests.widgets.shell import pixels, theme


class Sink:
    """Keeps commands."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    def send(self, command: object) -> None:
        """Take one."""
        self.sent.append(command)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def panel(qtbot, sink: Sink) -> HeatmapPanel:
    made = HeatmapPanel(PanelContext("heatmap", theme(), Screen(), sink))
    qtbot.addWidget(made)
    made.resize(1000, 520)
    made.show()
    return made


@pytest.fixture
def state() -> HeatState:
    market = Market()
    market.feed(3_000)
    return market.state()


def mark(number: int, seconds_ago: float, ticks_off: int, state: HeatState, *, is_bid: bool = True) -> HeatMark:
    assert state.now_ns is not None
    assert state.best_bid is not None
    at = state.now_ns - round(seconds_ago * NS_PER_S)
    return HeatMark((1, number), at, state.best_bid + ticks_off, is_bid, f"Wall {number},284", f"Wall {number}")


def place(panel: HeatmapPanel, it: HeatMark) -> QPoint:
    ratio, scale = panel.devicePixelRatioF(), panel.scale()
    return QPoint(round(scale.x(it.clock_ns) / ratio), round(panel.bands().top + scale.y(it.ticks) / ratio))


def test_labels_far_apart_stand_alone_and_crowded_ones_become_one(state: HeatState) -> None:
    marks = [mark(n, 0, 0, state, is_bid=n != 4) for n in range(1, 6)]
    spots = [(100.0, 100.0), (104.0, 101.0), (107.0, 102.0), (108.0, 103.0), (600.0, 100.0)]
    groups = grouped(spots, marks, [90.0] * 5, 400.0)
    assert sum(len(group.marks) for group in groups) == 5
    assert groups[-1].text == "Wall 5,284"
    boxes = [group.box for group in groups]
    assert not any(a.intersects(b) for at, a in enumerate(boxes) for b in boxes[:at])
    many = grouped([(100.0 + at, 100.0) for at in range(8)], [marks[0]] * 8, [90.0] * 8, 400.0)
    assert len(many) < 4
    assert sum(len(group.marks) for group in many) == 8
    crowd = max(many, key=lambda group: len(group.marks))
    assert crowd.text == f"{len(crowd.marks)} marks"
    assert crowd.token == "bid"
    assert crowd.joined((100.0, 100.0), marks[3]).token == "text1", "of both sides"


def test_labels_stay_on_the_map(state: HeatState) -> None:
    marks = [mark(1, 0, 0, state, is_bid=False), mark(2, 0, 0, state)]
    for group in grouped([(100.0, 3.0), (400.0, 197.0)], marks, [90.0] * 2, 200.0):
        assert group.box.top() >= 0
        assert group.box.bottom() <= 200


def test_only_marks_in_view_are_drawn(panel: HeatmapPanel, state: HeatState) -> None:
    near, far, high = mark(1, 60, -5, state), mark(2, 50_000, 0, state), mark(3, 60, 5_000, state)
    panel.draw(replace(state, marks=(far, near, high)))
    pixels(panel)
    assert panel.marked == ("Wall 1,284",)


def test_they_can_be_hidden_and_cover_nothing_then(panel: HeatmapPanel, state: HeatState) -> None:
    panel.draw(state)
    bare = pixels(panel)
    panel.draw(replace(state, marks=(mark(1, 60, -5, state),)))
    marked = pixels(panel)
    assert (bare != marked).any()
    panel.toggle_marks()
    assert (pixels(panel) == bare).all()
    assert next(it.value for it in panel.choices() if it.name == "marks") == "hidden"
    panel.choose("marks", "shown")
    assert (pixels(panel) == marked).all()


def test_a_mark_moves_with_the_map(panel: HeatmapPanel, state: HeatState) -> None:
    it = mark(1, 60, -5, state)
    panel.draw(replace(state, marks=(it,)))
    pixels(panel)
    before = place(panel, it)
    panel.pan(-5)
    pixels(panel)
    after = place(panel, it)
    assert after.x() > before.x()
    assert panel.tip_at(QPointF(after)) == "Wall 1"
    assert panel.tip_at(QPointF(before.x() - 60, before.y() - 60)) == ""


def test_a_click_opens_the_evidence_of_one_and_of_several_in_turn(
    panel: HeatmapPanel, state: HeatState, sink: Sink
) -> None:
    lone, crowd = mark(1, 100, -6, state), [mark(n, 30 - n / 10, -6, state) for n in range(2, 8)]
    panel.draw(replace(state, marks=(lone, *crowd)))
    pixels(panel)
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=place(panel, lone))
    assert sink.sent == [OpenEvidence(1, 1)]
    label = next(
        QPoint(x, y)
        for y in range(40, 480, 4)
        for x in range(0, 900, 8)
        if len(panel._painting.marks.at(QPointF(x, y))) > 2
    )
    sink.sent.clear()
    for _ in range(4):
        QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=label)
    numbers = [command.number for command in sink.sent if isinstance(command, OpenEvidence)]
    assert len(set(numbers[:3])) == 3


def test_dragging_over_a_mark_opens_nothing(panel: HeatmapPanel, state: HeatState, sink: Sink) -> None:
    it = mark(1, 60, -5, state)
    panel.draw(replace(state, marks=(it,)))
    pixels(panel)
    spot = place(panel, it)
    QTest.mousePress(panel, Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseMove(panel, spot + QPoint(60, 0))
    QTest.mouseRelease(panel, Qt.MouseButton.LeftButton, pos=spot + QPoint(60, 0))
    assert sink.sent == []
