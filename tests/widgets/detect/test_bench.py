"""The tuning bench: stepping, typing and taking back values, what the scan does, and old against new counts."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.settings import settings_of, whole_of, with_settings
from cockpit.state.commands import Command, TryRules
from cockpit.state.detector_views import TuningPhase, TuningView
from cockpit.state.screen import Screen
from cockpit.state.views import WorkspaceState
from cockpit.widgets.detect.bench import TuningBench, title_of
from cockpit.widgets.detect.steps import stepped
from tests.widgets.detect.samples import DETECTORS
from tests.widgets.shell import pixels, theme

OWN = settings_of(Rules())
VIEW = TuningView(OWN, OWN, whole=whole_of(Rules()))


class Bench:
    """The surface in a window of 1280x720, and what it sends."""

    def __init__(self, qtbot: Any) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(1280, 720)
        self.screen, self.sent = Screen(), list[Command]()
        self.screen.tuning.publish(VIEW)
        self.screen.detectors.publish(DETECTORS)
        self.surface = TuningBench(self.window, theme(), self.screen, self.sent.append)
        self.window.show()
        self.surface.show_over(self.surface)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.surface, key)

    def tell(self, view: TuningView) -> None:
        self.screen.tuning.publish(view)
        self.surface.draw(WorkspaceState())

    def to(self, name: str) -> None:
        names = [row.id for row in self.surface.list.rows]
        self.surface.list.step(names.index(name) - names.index(self.surface.list.selected.id))  # type: ignore[union-attr]


@pytest.fixture
def bench(qtbot: Any) -> Bench:
    return Bench(qtbot)


def tried(*settings: str) -> TuningView:
    return replace(VIEW, settings=settings_of(with_settings(Rules(), settings)))


def test_every_parameter_is_listed_by_detector_under_the_way_back(bench: Bench) -> None:
    rows = bench.surface.list.rows
    assert [row.id for row in rows] == ["own", *OWN]
    assert rows[0].shown == "nothing changed"
    assert (title_of("wall.reach_ticks"), title_of("high")) == ("Wall · reach ticks", "All · high")
    assert bench.window.rect().contains(bench.surface.geometry())


def test_left_and_right_step_and_what_is_changed_is_marked(bench: Bench) -> None:
    bench.to("wall.ratio")
    bench.press(Qt.Key.Key_Right)
    assert bench.sent == [TryRules(("wall.ratio=3.75",))]
    bench.press(Qt.Key.Key_Right)
    assert bench.sent[-1] == TryRules(("wall.ratio=4.688",)), "from what is wanted, not from what was told last"
    bench.tell(tried("wall.ratio=4.688"))
    row = bench.surface.list.selected
    assert row is not None
    assert (row.title, row.key) == ("• Wall · ratio", "own 3")
    bench.to("wall.persist")
    bench.press(Qt.Key.Key_Left)
    assert bench.sent[-1] == TryRules(("wall.ratio=4.688", "wall.persist=4 s"))
    bench.to("wall.ratio")
    bench.press(Qt.Key.Key_Delete)
    assert bench.sent[-1] == TryRules(("wall.persist=4 s",))


def test_values_are_typed_and_esc_gives_up_the_typing_first(bench: Bench) -> None:
    bench.to("wall.persist")
    QTest.keyClicks(bench.surface, "2.5s")
    row = bench.surface.list.selected
    assert row is not None
    assert row.shown == "2.5s▏"
    bench.press(Qt.Key.Key_Return)
    assert bench.sent == [TryRules(("wall.persist=2.5s",))]
    QTest.keyClicks(bench.surface, "9")
    bench.press(Qt.Key.Key_Escape)
    assert not bench.surface.is_left
    bench.press(Qt.Key.Key_Escape)
    assert bench.surface.is_left
    assert len(bench.sent) == 1


def test_the_way_back_sends_no_change_at_all(bench: Bench) -> None:
    bench.tell(tried("wall.ratio=4", "sweep.levels=4"))
    bench.to("own")
    assert bench.surface.list.selected is not None
    assert bench.surface.list.selected.shown == "back to the program's own; 2 changed"
    bench.press(Qt.Key.Key_Return)
    assert bench.sent == [TryRules()]


def test_pages_go_from_detector_to_detector(bench: Bench) -> None:
    bench.press(Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown)
    assert bench.surface.list.selected is not None
    assert bench.surface.list.selected.id == "sweep.levels"
    bench.press(Qt.Key.Key_PageUp)
    assert bench.surface.list.selected.id == "wall.ratio"


def test_what_the_scan_does_is_said_and_counts_stand_side_by_side(bench: Bench) -> None:
    assert bench.surface.counts()[0] == "Wall 217 (61 %)"
    before = pixels(bench.surface)
    bench.tell(replace(tried("wall.ratio=4"), phase=TuningPhase.SCANNING, share=0.42))
    assert bench.surface.status()[1] == "SCANNING 42 %"
    assert (pixels(bench.surface) != before).any()
    bench.tell(replace(tried("wall.ratio=4"), phase=TuningPhase.FAILED, failure="no such file"))
    assert bench.surface.status()[1] == "FAILED: no such file"
    bench.screen.detectors.publish(replace(DETECTORS, is_tried=True))
    bench.tell(replace(tried("wall.ratio=4"), phase=TuningPhase.READY, share=1.0))
    assert bench.surface.status()[1].startswith("READY")
    assert bench.surface.counts()[0] == "Wall 217 (61 %) → 215 (61 %)"
    assert bench.surface.counts()[2] == "Absorption 9 → 7", "too few for a share"


def test_sizes_are_said_to_be_lots(bench: Bench) -> None:
    bench.to("wall.absolute")
    assert bench.surface.remark() == "A size in lots; 0: the threshold adapts itself."


def test_steps_of_values() -> None:
    assert [stepped(text, 1, is_whole=False) for text in ("3", "0.99", "0.2", "5 s", "500 ms", "0")] == [
        "3.75", "0.992", "0.25", "6.25 s", "625 ms", "1"
    ]  # fmt: skip
    assert [stepped(text, -1, is_whole=False) for text in ("3.75", "0.992", "5 s", "0")] == [
        "3",
        "0.99",
        "4 s",
        "0",
    ]
    assert [stepped(text, by, is_whole=True) for text, by in (("3", 1), ("1", -1), ("0", -1))] == ["4", "0", "0"]
    assert stepped("much", 1, is_whole=False) == "much"


@pytest.mark.parametrize("name", OWN)
def test_every_step_is_a_value_the_rules_take(name: str) -> None:
    for by in (1, -1):
        with_settings(Rules(), (f"{name}={stepped(OWN[name], by, is_whole=name in whole_of(Rules()))}",))
