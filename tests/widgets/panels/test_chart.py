"""The chart panel as a trader meets it: what it says, how it links, how it comes back to live."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from cockpit.state.commands import Command, PointAt, ScrollTo, ToggleLayer
from cockpit.state.screen import CHART_PANES, Screen
from cockpit.state.views import ChartState, Crosshair, Head, Pane, Scroll, WorkspaceState
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.chart import CHARTS, ChartPanel
from cockpit.widgets.theme import load_fonts, load_theme
from tests.widgets.plot.charts import bars_of, instrument, state_of
from tests.widgets.plot.layered import cone, overlay

THEME = load_theme("graphite")


class Desk:
    """Two linked panels side by side. What they send is kept; crosshairs are published as the dispatcher does."""

    def __init__(self, qtbot) -> None:
        load_fonts()
        self.screen = Screen()
        self.sent: list[Command] = []
        self.panels = [ChartPanel(PanelContext(pane, THEME, self.screen, self)) for pane in CHART_PANES[:2]]
        self.window = QWidget()
        qtbot.addWidget(self.window)
        row = QHBoxLayout(self.window)
        for panel in self.panels:
            row.addWidget(panel)
        self.window.resize(1450, 450)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)

    def send(self, command: Command) -> None:
        self.sent.append(command)
        if isinstance(command, PointAt):
            crosshair = Crosshair(command.pane, command.at_ns, command.symbol, command.price)
            self.screen.crosshair[command.group].publish(crosshair)
        if isinstance(command, ScrollTo):
            scroll = Scroll(command.pane, command.right_ns, command.interval, command.slot)
            self.screen.scroll[command.group].publish(scroll)

    def share(self, sends: tuple[str, ...], receives: tuple[str, ...]) -> None:
        """What every pane sends and receives from now on."""
        panes = {pane: Pane(pane, link=1, sends=sends, receives=receives) for pane in CHART_PANES}
        self.screen.workspace.publish(WorkspaceState(panes=panes))


def point_at(panel: ChartPanel, x: int, y: int) -> None:
    """Move the pointer there; Qt drops a move to where it already was, in the test before for example."""
    for at in (QPoint(x + 9, y + 9), QPoint(x, y)):
        QTest.mouseMove(panel.plot.viewport(), at)


@pytest.fixture
def desk(qtbot) -> Desk:
    return Desk(qtbot)


def test_the_legend_shows_the_newest_bar_and_the_one_under_the_crosshair(desk: Desk) -> None:
    panel, state = desk.panels[0], state_of(bars_of(300))
    panel.draw(state)
    es = instrument()
    assert f"C {es.format(float(state.bars['close'][-1]))}" in panel.legend.text
    point_at(panel, 200, 100)
    bar = panel.plot.cross.bar
    assert bar is not None
    assert bar < 299
    assert panel.legend.text.startswith(f"O {es.format(float(state.bars['open'][bar]))}")


def test_pointing_tells_the_link_group_and_leaving_takes_it_back(desk: Desk) -> None:
    panel, state = desk.panels[0], state_of(bars_of(300))
    panel.draw(state)
    point_at(panel, 200, 100)
    cross = panel.plot.cross
    assert cross.bar is not None
    wanted = PointAt(1, "chart.1", int(state.bars["open_ns"][cross.bar]), "ESU2.GLBX", cross.price or 0.0)
    assert desk.sent[-1] == wanted
    QApplication.sendEvent(panel.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert desk.sent[-1] == PointAt(1, "")


def test_an_unlinked_pane_tells_nobody_and_draws_nobodys_crosshair(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.draw(state_of(bars_of(300), link=0))
    point_at(panel, 200, 100)
    assert desk.sent == []
    other, state = desk.panels[1], state_of(bars_of(300), link=0)
    desk.screen.crosshair[0].publish(Crosshair("chart.1", int(state.bars["open_ns"][290]), "ESU2.GLBX", 15_400.0))
    other.draw(state)
    assert other.plot.cross.bar is None


def test_a_linked_pane_of_another_interval_shows_the_same_instant_and_price(desk: Desk) -> None:
    one, other = desk.panels
    fine, coarse = state_of(bars_of(300)), state_of(bars_of(60, step_ns=25 * 60_000_000_000), interval="25m")
    one.draw(fine)
    other.draw(coarse)
    point_at(one, 500, 100)
    other.draw(coarse)
    cross, bar = one.plot.cross, other.plot.cross.bar
    assert cross.bar is not None
    assert bar is not None
    assert bar == cross.bar // 5
    assert other.plot.cross.price == cross.price
    assert other.legend.text.startswith(f"O {instrument().format(float(coarse.bars['open'][bar]))}")


def test_a_linked_pane_of_another_symbol_shows_the_instant_only(desk: Desk) -> None:
    one, other = desk.panels
    one.draw(state_of(bars_of(300)))
    notes = state_of(bars_of(300), instrument=instrument("ZNU2.GLBX"))
    point_at(one, 400, 100)
    other.draw(notes)
    assert other.plot.cross.bar == one.plot.cross.bar
    assert other.plot.cross.price is None


def test_a_pane_prints_prices_as_its_market_writes_them(desk: Desk) -> None:
    panel = desk.panels[0]
    bars = bars_of(50)
    for name in ("open", "high", "low", "close"):
        bars[name] += 7059 - 15_400
    bars["close"][-1] = bars["high"][-1] = 7059
    panel.draw(state_of(bars, instrument=instrument("ZNU2.GLBX")))
    assert "C 110'095" in panel.legend.text
    assert panel.plot.last is not None
    assert panel.plot.last.tag.text == "110'095"


def test_scrolled_away_a_pill_counts_the_new_bars_and_a_click_returns(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.draw(state_of(bars_of(300)))
    assert panel.pill.isHidden()
    panel.pan(-100)
    assert not panel.pill.isHidden()
    assert panel.pill.text() == "Live ›"
    panel.draw(state_of(bars_of(303)))
    assert panel.pill.text() == "Live › 3"
    inside = panel.plot.rect().adjusted(0, 0, -72, -24)
    assert inside.contains(panel.pill.geometry())
    QTest.mouseClick(panel.pill, Qt.MouseButton.LeftButton)
    assert panel.plot.view.following
    assert panel.pill.isHidden()


def test_the_pill_counts_from_the_last_time_it_went_away(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.draw(state_of(bars_of(300)))
    panel.pan(-100)
    panel.draw(state_of(bars_of(310)))
    panel.to_live()
    panel.pan(-100)
    assert panel.pill.text() == "Live ›"


def test_the_keys_of_a_chart_move_its_view(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.draw(state_of(bars_of(900)))
    width = panel.plot.bands.width
    slot = panel.plot.view.slot
    panel.zoom(1)
    assert panel.plot.view.slot > slot
    panel.zoom(-1)
    assert panel.plot.view.slot == pytest.approx(slot)
    panel.to_oldest()
    assert panel.plot.view.right(900, width) == pytest.approx(width / slot)
    panel.pan(10)
    assert panel.plot.view.right(900, width) == pytest.approx(width / slot + 10)
    panel.to_live()
    assert panel.plot.view.following
    panel.plot.look(panel.plot.view.priced(15_000, 16_000))
    panel.recentre()
    assert panel.plot.view.prices is None


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ChartState(), "Nothing open — Ctrl+O opens a recording, Ctrl+M the simulated market"),
        (ChartState(head=Head(reason="no 1 m bars: 5 m bars only")), "no 1 m bars: 5 m bars only"),
        (ChartState(head=Head(instrument=instrument())), "No bars yet"),
    ],
)
def test_an_empty_pane_says_why(desk: Desk, state: ChartState, reason: str) -> None:
    panel = desk.panels[0]
    panel.draw(state)
    assert panel.reason == reason
    assert panel.legend.text == ""
    panel.draw(state_of(bars_of(10)))
    assert panel.reason == ""


def test_a_pane_that_lost_its_bars_is_empty_again(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.draw(state_of(bars_of(300)))
    panel.pan(-50)
    point_at(panel, 200, 100)
    panel.draw(ChartState())
    QApplication.processEvents()
    assert panel.reason.startswith("Nothing open")
    assert panel.legend.text == ""
    assert panel.pill.isHidden()
    point_at(panel, 220, 110)


def test_the_view_survives_a_restart(desk: Desk) -> None:
    one, other = desk.panels
    state = state_of(bars_of(900))
    one.draw(state)
    one.zoom(2)
    one.pan(-200)
    other.restore_view(one.view_state())
    other.draw(state)
    assert other.plot.view.slot == one.plot.view.slot
    assert other.view_state() == one.view_state()


def test_a_chart_names_itself_for_screen_readers(desk: Desk) -> None:
    panel = desk.panels[1]
    assert panel.accessibleName() == "Chart 2, empty"
    panel.draw(state_of(bars_of(10)))
    assert panel.accessibleName() == "Chart 2, ESU2 5m"
    assert panel.focusProxy() is panel.plot


def test_a_chart_is_never_smaller_than_can_be_read(desk: Desk) -> None:
    size = desk.panels[0].minimumSize()
    assert (size.width(), size.height()) == (360, 220)
    desk.window.resize(750, 240)
    desk.panels[0].draw(state_of(bars_of(300)))
    QApplication.processEvents()
    assert "C " in desk.panels[0].legend.text


def test_there_are_six_charts_and_each_draws_its_own_topic() -> None:
    screen = Screen()
    assert [(spec.id, spec.title) for spec in CHARTS] == [(f"chart.{n}", f"Chart {n}") for n in range(1, 7)]
    topic = CHARTS[1].topic(screen)
    before, state = topic.version, state_of(bars_of(3))
    screen.charts["chart.1"].publish(state)
    assert topic.version == before
    screen.charts["chart.2"].publish(state)
    assert topic.version > before
    assert topic.value is state


def test_a_crosshair_that_moved_elsewhere_makes_a_chart_draw_again() -> None:
    screen = Screen()
    topic = CHARTS[0].topic(screen)
    before = topic.version
    screen.crosshair[1].publish(Crosshair("chart.2", 5))
    assert topic.version > before


def test_a_jump_back_in_time_is_a_new_series_and_the_crosshair_stays_on_data(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.draw(state_of(bars_of(300)))
    point_at(panel, 550, 100)
    panel.draw(replace(state_of(bars_of(20)), series=2))
    cross = panel.plot.cross
    assert cross.bar is None or cross.bar < 20


def test_the_legend_says_what_the_layers_rest_on_and_goes_with_them(desk: Desk) -> None:
    panel, state = desk.panels[0], state_of(bars_of(300))
    panel.draw(state)
    height = panel.legend.height()
    panel.draw(replace(state, gex=overlay(state), cone=cone(state)))
    QApplication.processEvents()
    for words in ("Net GEX +$1.42B / 1 %", "Basis +12.25 · 4 m 10 s", "calls +, puts −", "VIX/16, log-normal"):
        assert words in panel.legend.text
    assert panel.legend.height() > height
    assert panel.plot.geometry().top() == panel.legend.geometry().bottom() + 1
    panel.draw(state)
    QApplication.processEvents()
    assert panel.legend.height() == height
    assert "GEX" not in panel.legend.text


def test_an_age_in_the_legend_grows_without_a_new_picture(desk: Desk) -> None:
    panel, state = desk.panels[0], state_of(bars_of(300))
    panel.draw(replace(state, gex=overlay(state)))
    QApplication.processEvents()
    composed = panel.plot.composed
    panel.draw(replace(state, gex=overlay(state, age_ns=75_000_000_000)))
    assert "Chain 75 s" in panel.legend.text
    assert panel.plot.composed is composed


def test_a_chart_too_narrow_for_the_cone_says_so(desk: Desk) -> None:
    panel, state = desk.panels[0], state_of(bars_of(300))
    desk.window.resize(800, 400)
    QApplication.processEvents()
    panel.draw(replace(state, cone=cone(state)))
    assert panel.plot.bands.future == 0
    assert "too narrow" in panel.legend.text
    desk.window.resize(1450, 450)
    QApplication.processEvents()
    panel.draw(replace(state, cone=cone(state), now_ns=1))
    assert "too narrow" not in panel.legend.text


def test_the_pill_leads_back_to_the_cone_and_lies_left_of_the_profile(desk: Desk) -> None:
    panel, state = desk.panels[0], state_of(bars_of(300))
    panel.draw(replace(state, gex=overlay(state), cone=cone(state)))
    composed = panel.plot.composed
    assert composed is not None
    assert composed.picture.cone is not None
    panel.pan(-3)
    assert not panel.pill.isHidden()
    assert panel.pill.geometry().right() < panel.plot.bands.right
    for placard in panel.plot.levels.placards:
        assert placard.y + 10 <= panel.pill.geometry().top()
    QTest.mouseClick(panel.pill, Qt.MouseButton.LeftButton)
    back = panel.plot.composed
    assert back is not None
    assert back.picture.cone is not None
    assert panel.pill.isHidden()


def test_pointing_into_the_future_tells_the_group_the_price_alone(desk: Desk) -> None:
    panel, state = desk.panels[0], state_of(bars_of(300))
    panel.draw(replace(state, cone=cone(state)))
    QApplication.processEvents()
    composed = panel.plot.composed
    assert composed is not None
    assert composed.picture.cone is not None
    point_at(panel, composed.picture.cone.now + 60, 100)
    told = desk.sent[-1]
    assert isinstance(told, PointAt)
    assert (told.pane, told.at_ns, told.symbol) == ("chart.1", 0, "ESU2.GLBX")


def test_what_a_pane_neither_sends_nor_receives_stays_its_own(desk: Desk) -> None:
    one, other = desk.panels
    state = state_of(bars_of(300))
    for panel in desk.panels:
        panel.draw(state)
    desk.share(("symbol",), ("crosshair",))
    point_at(one, 200, 100)
    one.pan(-50)
    assert desk.sent == []
    desk.share(("crosshair",), ("symbol",))
    point_at(one, 240, 100)
    assert desk.sent
    other.draw(state)
    assert other.plot.cross.bar is None


def test_linked_in_time_the_other_pane_shows_the_same_right_edge(desk: Desk) -> None:
    one, other = desk.panels
    fine, coarse = state_of(bars_of(1200)), state_of(bars_of(240, step_ns=25 * 60_000_000_000), interval="25m")
    desk.share(("time",), ("time",))
    one.draw(fine)
    other.draw(coarse)
    one.pan(-400)
    other.draw(coarse)
    assert one.plot.right_ns is not None
    assert other.plot.right_ns == pytest.approx(one.plot.right_ns, abs=1_000)
    assert other.plot.view.slot == 8.0, "bars of another interval keep their width"
    sent = len(desk.sent)
    one.draw(fine)
    assert len(desk.sent) == sent, "who follows does not answer"

    other.pan(-20)
    one.draw(fine)
    assert one.plot.right_ns == pytest.approx(other.plot.right_ns, abs=1_000)
    other.to_live()
    one.draw(fine)
    assert one.plot.view.following


def test_linked_in_time_panes_of_one_interval_zoom_together(desk: Desk) -> None:
    one, other = desk.panels
    state = state_of(bars_of(1200))
    desk.share(("time",), ("time",))
    for panel in desk.panels:
        panel.draw(state)
    one.zoom(3)
    one.pan(-300)
    other.draw(state)
    assert other.plot.view.slot == one.plot.view.slot
    assert other.plot.right_ns == one.plot.right_ns


def test_a_view_that_is_restored_moves_nobody_else(desk: Desk) -> None:
    one = desk.panels[0]
    desk.share(("time",), ("time",))
    one.draw(state_of(bars_of(1200)))
    one.restore_view({"slot": 4.0, "following": False, "edge_ns": int(bars_of(1200)["open_ns"][500])})
    assert not one.plot.view.following
    assert desk.sent == []


def test_a_click_on_the_legend_puts_a_layer_away_and_another_brings_it_back(desk: Desk) -> None:
    panel = desk.panels[0]
    bare = state_of(bars_of(300))
    shown = replace(bare, gex=overlay(bare, since=200))
    panel.draw(shown)

    def click() -> None:
        QTest.mouseClick(panel.legend, Qt.MouseButton.LeftButton, pos=panel.legend.layer_areas()["gex"].center())

    click()
    assert desk.sent[-1] == ToggleLayer("gex", "chart.1")
    panel.draw(bare)
    assert panel.legend.text.endswith("GEX off")
    click()
    assert desk.sent[-1] == ToggleLayer("gex", "chart.1")
    panel.draw(shown)
    assert "off" not in panel.legend.text
    panel.draw(bare)  # switched off by its key: no trace of it stays
    assert "GEX" not in panel.legend.text
