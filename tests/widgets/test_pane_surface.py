"""Everything a pane can be set to is beside it, works by keys, and goes from one pane to another as text."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

from cockpit.errors import ConfigError
from cockpit.state.commands import SelectInterval, SetLink, SetOverlay, ToggleLayer
from cockpit.state.panes import blank_panes
from cockpit.state.views import Pane
from cockpit.widgets.pane_clip import clip_of, commands_to, first_clip, from_text, to_text
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.pane_surface import PaneSettings
from cockpit.widgets.panel import PanelContext, ViewChoice
from cockpit.widgets.panels.vix import VixPanel
from tests.widgets.keyboard import ChartBody, Keyboard, theme

SCALES = (Option("auto", "Auto"), Option("fixed", "Fixed"))
AUTO = ViewChoice("scale", "Price scale", "auto", SCALES)
FIXED = replace(AUTO, value="fixed")
BUSY = Pane("chart.2", "ESH4.GLBX", "15m", 3, ("cone",), "short_all", "0dte", "exact")


class Scaled(ChartBody):
    """A chart body whose price scale can be chosen."""

    scale = "auto"

    def choices(self) -> tuple[ViewChoice, ...]:
        return (replace(AUTO, value=self.scale),)

    def choose(self, name: str, value: str) -> None:
        assert name == "scale"
        self.scale = value


@pytest.fixture
def keyboard(qtbot: Any) -> Keyboard:
    made = Keyboard(qtbot)
    made.open_market()
    return made


def opened(keyboard: Keyboard) -> PaneSettings:
    keyboard.press("Ctrl+.")
    surface = keyboard.keymap.surface
    assert isinstance(surface, PaneSettings)
    return surface


def walk_to(keyboard: Keyboard, surface: PaneSettings, row: str) -> None:
    for _ in surface.list.rows:
        if surface.list.selected is not None and surface.list.selected.id == row:
            return
        keyboard.press("Down")
    raise AssertionError(f"no row {row}")


def test_a_chart_lists_all_its_settings(keyboard: Keyboard) -> None:
    rows = [row.id for row in opened(keyboard).list.rows]
    assert rows[:3] == ["symbol", "interval", "link"]
    assert {"gex", "cone", "sign", "bucket", "method", "copy", "paste", "reset"} <= set(rows)


def test_the_ladder_has_no_rows_of_a_chart(keyboard: Keyboard) -> None:
    keyboard.desk.focus_pane("ladder")
    assert [row.id for row in opened(keyboard).list.rows] == ["symbol", "link", "copy", "paste", "reset"]


@pytest.mark.parametrize(
    ("row", "key", "expected"),
    [
        ("link", "Right", SetLink("chart.1", 2)),
        ("link", "Left", SetLink("chart.1", 0)),
        ("gex", "Right", ToggleLayer("gex", "chart.1")),
        ("bucket", "Right", SetOverlay("chart.1", bucket="0dte")),
        ("method", "Return", SetOverlay("chart.1", method="exact")),
    ],
)
def test_keys_change_a_setting_at_once(keyboard: Keyboard, row: str, key: str, expected: object) -> None:
    surface = opened(keyboard)
    walk_to(keyboard, surface, row)
    keyboard.press(key)
    assert keyboard.sent.commands == [expected]


def test_a_value_that_cannot_be_had_is_passed_over(keyboard: Keyboard) -> None:
    surface = opened(keyboard)
    walk_to(keyboard, surface, "sign")
    keyboard.press("Right")
    assert keyboard.sent.commands == [SetOverlay("chart.1", sign="skew_adjusted")], "flow needs what nobody sends"


def test_it_follows_what_another_hand_changes(keyboard: Keyboard) -> None:
    surface = opened(keyboard)
    state = keyboard.screen.workspace.value
    keyboard.keymap.draw(replace(state, panes={**state.panes, "chart.1": replace(BUSY, id="chart.1")}))
    values = {row.id: row.value or row.shown for row in surface.list.rows}
    assert values | {"interval": "15m", "link": "3", "cone": "on", "gex": "off", "method": "exact"} == values
    assert keyboard.keymap.seen


def test_symbol_and_interval_open_their_own_entries(keyboard: Keyboard) -> None:
    for row, kind in (("symbol", "symbol"), ("interval", "interval")):
        walk_to(keyboard, opened(keyboard), row)
        keyboard.press("Return")
        assert keyboard.keymap.surface is not None
        assert keyboard.keymap.surface.name == kind
        keyboard.press("Esc")


def test_it_stands_beside_its_pane(keyboard: Keyboard) -> None:
    surface = opened(keyboard)
    window = keyboard.window.rect()
    for over, beside in (
        (QRect(0, 60, 500, 300), "right"),
        (QRect(700, 60, 500, 300), "left"),
        (QRect(200, 60, 900, 300), "over"),
    ):
        surface._over = over
        surface.place()
        area = surface.geometry()
        assert window.contains(area)
        assert (area.left() > over.right()) == (beside == "right")
        assert (area.right() < over.left()) == (beside == "left")


def test_the_same_key_and_esc_close_it(keyboard: Keyboard) -> None:
    opened(keyboard)
    keyboard.press("Ctrl+.")
    assert keyboard.keymap.surface is None
    opened(keyboard)
    keyboard.press("Esc")
    assert keyboard.keymap.surface is None


def test_settings_go_from_pane_to_pane(keyboard: Keyboard) -> None:
    state = keyboard.screen.workspace.value
    keyboard.screen.workspace.publish(replace(state, panes={**state.panes, "chart.2": BUSY}))
    keyboard.desk.focus_pane("chart.2")
    keyboard.press("Ctrl+Shift+C")
    keyboard.desk.focus_pane("chart.1")
    keyboard.press("Ctrl+Shift+V")
    assert keyboard.sent.commands == [
        SelectInterval("15m", "chart.1"),
        ToggleLayer("cone", "chart.1"),
        SetOverlay("chart.1", sign="short_all"),
        SetOverlay("chart.1", bucket="0dte"),
        SetOverlay("chart.1", method="exact"),
    ]
    assert "symbol and link group stay" in keyboard.keymap.said


def test_reset_gives_the_first_settings_back(keyboard: Keyboard) -> None:
    state = keyboard.screen.workspace.value
    keyboard.screen.workspace.publish(replace(state, panes={**state.panes, "chart.2": BUSY}))
    keyboard.desk.focus_pane("chart.2")
    keyboard.press("; U")
    first = blank_panes()["chart.2"]
    assert SetOverlay("chart.2", sign=first.sign) in keyboard.sent.commands
    assert not [each for each in keyboard.sent.commands if isinstance(each, SelectInterval)], "the interval stays"


@pytest.mark.parametrize("text", ["", "hello", "[]", '{"other": 1}'])
def test_another_text_in_the_clipboard_is_no_harm(keyboard: Keyboard, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    keyboard.press("Ctrl+Shift+V")
    assert keyboard.sent.commands == []
    assert keyboard.keymap.said == "Nothing pasted: the clipboard holds no settings of a pane"


def test_settings_of_a_chart_are_refused_by_the_ladder(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+Shift+C")
    keyboard.desk.focus_pane("ladder")
    keyboard.press("Ctrl+Shift+V")
    assert keyboard.sent.commands == []
    assert keyboard.keymap.said == "Nothing pasted: these are settings of a chart, not of a ladder"


def test_a_clip_survives_its_text_and_names_what_is_unknown() -> None:
    clip = clip_of(BUSY, [FIXED])
    assert from_text(to_text(clip)) == clip
    with pytest.raises(ConfigError, match="no layer 'fog'; there are"):
        from_text(to_text(replace(clip, layers=frozenset({"fog"}))))
    with pytest.raises(ConfigError, match="sign 'up' is none of calls_minus_puts"):
        from_text(to_text(replace(clip, settings={"sign": "up"})))


def test_nothing_is_said_for_what_a_pane_has_already() -> None:
    assert commands_to(BUSY, clip_of(BUSY, [])) == []
    assert first_clip(BUSY, [FIXED]).view == {"scale": "auto"}


def test_what_only_the_body_knows_is_listed_and_pasted_too(keyboard: Keyboard) -> None:
    one, other = Scaled("chart.1", []), Scaled("chart.2", [])
    for body in (one, other):
        keyboard.window.layout().addWidget(body)  # pyright: ignore[reportOptionalMemberAccess]
    keyboard.desk.bodies |= {"chart.1": one, "chart.2": other}
    surface = opened(keyboard)
    walk_to(keyboard, surface, "scale")
    keyboard.press("Right")
    assert one.scale == "fixed"
    assert surface.accessibleDescription() == "Price scale: Fixed"
    keyboard.press("Esc", "Ctrl+Shift+C")
    keyboard.desk.focused = "chart.2"
    keyboard.press("Ctrl+Shift+V")
    assert other.scale == "fixed"
    keyboard.press("; U")
    assert other.scale == "auto"


def gauge_on(keyboard: Keyboard) -> VixPanel:
    panel = VixPanel(PanelContext("vix", theme(), keyboard.screen, keyboard.sent))
    keyboard.window.layout().addWidget(panel)  # pyright: ignore[reportOptionalMemberAccess]
    keyboard.desk.bodies |= {"vix": panel}
    keyboard.desk.focused = "vix"
    return panel


def test_the_gauge_has_settings_of_its_own_and_they_go_to_another_one(keyboard: Keyboard) -> None:
    gauge = gauge_on(keyboard)
    surface = opened(keyboard)
    assert [row.id for row in surface.list.rows] == ["term", "inputs", "year", "copy", "paste", "reset"]
    assert surface.accessibleName() == "Settings of the VIX gauge"
    walk_to(keyboard, surface, "term")
    keyboard.press("Right")
    assert surface.accessibleDescription() == "Term structure: Today"
    keyboard.press("Esc", "Ctrl+Shift+C")
    assert keyboard.keymap.said.startswith("Settings of the VIX gauge copied")
    keyboard.press("; U")
    assert gauge.view_state()["term"] == "both"
    keyboard.press("Ctrl+Shift+V")
    assert gauge.view_state()["term"] == "today"
    assert keyboard.keymap.said == "Settings pasted"
    keyboard.desk.focused = "chart.1"
    keyboard.press("Ctrl+Shift+V")
    assert keyboard.keymap.said == "Nothing pasted: these are settings of a VIX gauge, not of a chart"
    assert keyboard.sent.commands == []


def test_keys_of_a_market_find_one_or_say_so_while_the_gauge_has_the_focus(keyboard: Keyboard) -> None:
    gauge_on(keyboard)
    keyboard.press("Ctrl+G 3")
    assert keyboard.keymap.said == "Links: focus a chart or the ladder first"
    keyboard.press("n")
    surface = keyboard.keymap.surface
    assert surface is not None
    assert surface.name == "symbol"
    keyboard.press("Esc", "F3")
    assert keyboard.keymap.said == "Gamma exposure on the chart: focus a chart first"
    assert keyboard.sent.commands == []
