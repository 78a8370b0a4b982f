"""Keys, pressed at a real window on the offscreen platform: what they do, where they go, that none is lost."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from cockpit.errors import ConfigError
from cockpit.instants import parse_instant
from cockpit.instruments import DASH
from cockpit.state import commands as c
from cockpit.state.views import HealthState, Provenance, Session
from cockpit.units import NS_PER_HOUR, NS_PER_MIN, NS_PER_S
from cockpit.widgets.actions import ACTIONS, ALWAYS
from cockpit.widgets.chords import Chord
from cockpit.widgets.interval_entry import IntervalEntry
from cockpit.widgets.jump import Jump
from cockpit.widgets.key_help import KeyHelp
from cockpit.widgets.keymap import Keymap
from cockpit.widgets.palette import Palette
from cockpit.widgets.picture import picture_name, write_picture
from cockpit.widgets.sessions import Sessions, gaps_text, length_text, symbols_text, when_text
from cockpit.widgets.symbol_search import SymbolSearch
from cockpit.widgets.used import Used
from tests.widgets.keyboard import FIRST_NS, Keyboard, press, theme


@pytest.fixture
def keyboard(qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Keyboard:
    monkeypatch.setenv("HOME", str(tmp_path))  # pictures are written there
    made = Keyboard(qtbot, recent=("/data/monday.dbn.zst", "/data/friday.csv"))
    made.open_market()
    return made


REPLAY_KEYS = {
    "Space": c.TogglePlay(),
    "[": c.StepSpeed(-1),
    "]": c.StepSpeed(1),
    "Backspace": c.StepSeconds(-10.0),
    ">": c.StepEvents(1),
    "<": c.StepEvents(-1),
    "Ctrl+Right": c.StepSeconds(1.0),
    "Ctrl+Left": c.StepSeconds(-1.0),
    "Ctrl+Shift+Right": c.StepBars(1, "chart.1"),
    "Ctrl+Shift+Left": c.StepBars(-1, "chart.1"),
    "Ctrl+L": c.GoLive(),
    "; B": c.SeekTo(FIRST_NS),
    "; S": c.SetSpeed(1.0),
    "; M": c.SetSpeed(float("inf")),
    "; X": c.CloseSources(),
    "Ctrl+G 4": c.SetLink("chart.1", 4),
    "Ctrl+G 0": c.SetLink("chart.1", 0),
}

LAYER_KEYS = {
    "F3": c.ToggleLayer("gex", "chart.1"),
    "F6": c.ToggleLayer("cone", "chart.1"),
    "; G": c.NextOverlay("chart.1", "bucket"),
    "; N": c.NextOverlay("chart.1", "sign"),
    "; C": c.NextOverlay("chart.1", "method"),
}


@pytest.mark.parametrize("key", LAYER_KEYS)
def test_a_layer_key_acts_on_the_focused_chart(keyboard: Keyboard, key: str) -> None:
    keyboard.press(key)
    assert keyboard.sent.commands == [LAYER_KEYS[key]]


def test_layer_keys_on_the_ladder_say_what_is_needed(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+3", "F3")
    assert keyboard.keymap.said == "Gamma exposure on the chart: focus a chart first"
    keyboard.press("; G")
    surface = keyboard.keymap.surface
    assert isinstance(surface, Chord)
    assert "focus a chart first" in surface.note
    assert keyboard.sent.commands == []


def test_the_palette_reaches_every_setting_of_a_chart(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+K")
    keyboard.type("sign model")
    keyboard.press("Return")
    assert keyboard.sent.commands == [c.NextOverlay("chart.1", "sign")]


@pytest.mark.parametrize("key", REPLAY_KEYS)
def test_a_replay_key_sends_its_command(keyboard: Keyboard, key: str) -> None:
    keyboard.press(key)
    assert keyboard.sent.commands == [REPLAY_KEYS[key]]


DESK_KEYS = {
    "Left": ("pan", "chart.1", -1),
    "Right": ("pan", "chart.1", 1),
    "Shift+Left": ("pan", "chart.1", -10),
    "Shift+Right": ("pan", "chart.1", 10),
    "+": ("zoom", "chart.1", 1),
    "Up": ("zoom", "chart.1", 1),
    "-": ("zoom", "chart.1", -1),
    "End": ("to_live", "chart.1"),
    "Home": ("to_oldest", "chart.1"),
    "`": ("recentre", "chart.1"),
    "F11": ("maximise", "chart.1"),
    "; F": ("float_panel", "chart.1"),
    "; D": ("dock_panel", "chart.1"),
    "; 3": ("apply_preset", "1+3"),
    "; 0": ("reset_layout",),
    "Ctrl+Shift+2": ("send_to_monitor", 2),
    "Ctrl+Shift+T": ("toggle_on_top",),
    "Ctrl+Shift+S": ("save_layout",),
    "F9": ("toggle_panel", "health"),
    "Esc": ("step_out",),
    "; W": ("close_panel", "chart.1"),
    "; Left": ("move_pane", "chart.1", "left"),
    "; Shift+Down": ("join_pane", "chart.1", "down"),
    "; .": ("open_menu", "chart.1"),
    "Menu": ("open_menu", "chart.1"),
    "Shift+Up": ("pan_prices", "chart.1", 0.1),
    "PgDown": ("pan_prices", "chart.1", -0.5),
    "Ctrl+Up": ("zoom_prices", "chart.1", 1),
    "Shift+End": ("to_usual", "chart.1"),
    "Down": ("zoom", "chart.1", -1),
}


@pytest.mark.parametrize("key", DESK_KEYS)
def test_a_window_or_chart_key_reaches_the_desk(keyboard: Keyboard, key: str) -> None:
    keyboard.press(key)
    assert keyboard.desk.log == [DESK_KEYS[key]]


def test_every_action_is_reached_by_each_of_its_keys(qtbot: Any) -> None:
    ran: list[str] = []
    table = tuple(replace(spec, run=partial(note, ran, spec.id), when=ALWAYS) for spec in ACTIONS)
    keyboard = Keyboard(qtbot, actions=table)
    for spec in table:
        for key in spec.keys:
            ran.clear()
            keyboard.press(key)
            assert ran == [spec.id], key
            keyboard.keymap.step_out()  # the list of second strokes stays for one that repeats


def note(ran: list[str], action: str, hands: object) -> None:
    ran.append(action)


def test_tab_walks_the_panes_and_never_the_buttons(keyboard: Keyboard) -> None:
    button = QPushButton("take me", keyboard.window)
    button.show()
    walked = []
    for _ in range(4):
        keyboard.press("Tab")
        walked.append(keyboard.desk.focused)
    keyboard.press("Shift+Tab")
    assert [*walked, keyboard.desk.focused] == ["chart.2", "ladder", "chart.1", "chart.2", "chart.1"]
    assert not button.hasFocus()


def test_ctrl_and_a_digit_focus_that_pane(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+3")
    assert keyboard.desk.focused == "ladder"
    keyboard.press("Ctrl+9")
    assert keyboard.desk.focused == "ladder"


def test_a_focused_button_does_not_take_space(keyboard: Keyboard) -> None:
    button = QPushButton("take me", keyboard.window)
    clicks: list[bool] = []
    button.clicked.connect(clicks.append)
    button.show()
    button.setFocus()
    keyboard.press("Space")
    assert keyboard.sent.commands == [c.TogglePlay()]
    assert clicks == []


def test_a_text_field_keeps_its_letters_digits_and_editing_keys(keyboard: Keyboard) -> None:
    field = QLineEdit(keyboard.window)
    field.show()
    field.setFocus()
    keyboard.type("nq5 [")
    keyboard.press("Backspace", "Home")
    assert field.text() == "nq5 "
    assert keyboard.sent.commands == []
    assert keyboard.keymap.surface is None


def test_typed_letters_open_the_search_and_none_is_lost(keyboard: Keyboard) -> None:
    keyboard.type("nqz5")
    surface = keyboard.keymap.surface
    assert isinstance(surface, SymbolSearch)
    assert surface.line.text().lower() == "nqz5"
    assert surface.window() is keyboard.window


def test_enter_applies_to_the_link_group_and_shift_enter_to_the_pane(keyboard: Keyboard) -> None:
    keyboard.type("zn")
    keyboard.press("Return")
    keyboard.type("mes")
    keyboard.press("Shift+Return")
    assert keyboard.sent.commands == [
        c.SelectInstrument("ZNH4.GLBX", "chart.1", linked=True),
        c.SelectInstrument("MESH4.GLBX", "chart.1", linked=False),
    ]
    assert keyboard.keymap.surface is None
    assert keyboard.desk.bodies["chart.1"].hasFocus()


def test_enter_at_the_end_of_fast_typing_is_not_lost_either(keyboard: Keyboard) -> None:
    keyboard.type("es")
    keyboard.press("Down", "Return", "Space")
    assert keyboard.sent.commands == [c.SelectInstrument("MESH4.GLBX", "chart.1", linked=True), c.TogglePlay()]


def test_enter_on_nothing_keeps_the_search_open(keyboard: Keyboard) -> None:
    keyboard.type("qqq")
    keyboard.press("Return")
    assert isinstance(keyboard.keymap.surface, SymbolSearch)
    assert "qqq" in keyboard.keymap.surface.empty_text().lower()


def test_space_and_arrows_inside_a_search_do_not_play_or_pan(keyboard: Keyboard) -> None:
    keyboard.type("e")
    keyboard.press("Space", "Left", "Tab", "Backspace")
    assert keyboard.sent.commands == []
    assert keyboard.desk.log == []


@pytest.mark.parametrize(
    ("typed", "interval"),
    [
        ("5", "5m"),
        ("15", "15m"),
        ("30S", "30s"),
        ("60", "1h"),
        (",T500", "t500"),
        (",V1000", "v1000"),
        (",1D", "1D"),
    ],
)
def test_digits_or_a_comma_set_the_interval(keyboard: Keyboard, typed: str, interval: str) -> None:
    keyboard.type(typed)
    assert isinstance(keyboard.keymap.surface, IntervalEntry)
    keyboard.press("Return")
    assert keyboard.sent.commands == [c.SelectInterval(interval, "chart.1")]


def test_silence_applies_an_unambiguous_interval(keyboard: Keyboard) -> None:
    keyboard.type("15")
    keyboard.clock.pass_ms(699)
    assert keyboard.sent.commands == []
    keyboard.clock.pass_ms(700)
    assert keyboard.sent.commands == [c.SelectInterval("15m", "chart.1")]
    assert keyboard.clock.jobs == {}


@pytest.mark.parametrize("typed", ["3", "7", ",T", "2H"])
def test_silence_leaves_what_means_nothing_standing(keyboard: Keyboard, typed: str) -> None:
    keyboard.type(typed)
    keyboard.clock.pass_ms(5000)
    keyboard.press("Return")
    assert keyboard.sent.commands == []
    assert isinstance(keyboard.keymap.surface, IntervalEntry)


def test_esc_leaves_the_entry_and_its_silence(keyboard: Keyboard) -> None:
    keyboard.type("5")
    keyboard.press("Esc")
    assert keyboard.keymap.surface is None
    assert keyboard.clock.jobs == {}
    assert keyboard.desk.log == []


def test_digits_on_the_ladder_say_what_is_needed(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+3")
    keyboard.type("5")
    assert keyboard.keymap.surface is None
    assert keyboard.keymap.said == "Set the interval: focus a chart first"


def test_the_ladder_recentres_but_does_not_pan(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+3", "`", "Left")
    assert keyboard.desk.log == [("recentre", "ladder")]


def test_the_ladder_scrolls_by_rows_and_pages(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+3", "Shift+Up", "PgDown")
    assert keyboard.desk.log == [("scroll_rows", "ladder", 1), ("scroll_rows", "ladder", -11)]


def test_a_resize_may_be_pressed_again_and_again(keyboard: Keyboard) -> None:
    keyboard.press("; >", ">", "-", "Esc", "Left")
    steps = [("resize_pane", "chart.1", how) for how in ("wider", "wider", "shorter")]
    assert keyboard.desk.log == [*steps, ("pan", "chart.1", -1)]


def test_arrows_move_a_crosshair_that_the_keys_have_and_esc_takes_it_away(keyboard: Keyboard) -> None:
    keyboard.press("; K", "Left", "Up", "Shift+Right", "+", "Esc", "Left")
    assert keyboard.desk.log == [
        ("key_cross", "chart.1", True),
        ("move_key_cross", "chart.1", -1, 0),
        ("move_key_cross", "chart.1", 0, 1),
        ("move_key_cross", "chart.1", 10, 0),
        ("zoom", "chart.1", 1),
        ("key_cross", "chart.1", False),
        ("pan", "chart.1", -1),
    ]


def test_notices_are_dismissed_together_where_there_are_any(keyboard: Keyboard) -> None:
    keyboard.press("; L", "Esc")
    assert keyboard.desk.log == []
    keyboard.desk.notices = 2
    keyboard.press("; L")
    assert keyboard.desk.log == [("clear_notices",)]


def test_the_palette_does_with_any_panel_what_its_header_does(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+K")
    keyboard.type("float ladder")
    keyboard.press("Return")
    assert keyboard.desk.log == [("float_panel", "ladder")]


def test_symbols_chosen_before_come_first_among_like_fits(keyboard: Keyboard) -> None:
    keyboard.type("mes")
    keyboard.press("Return")
    keyboard.type("sh")  # inside of both
    surface = keyboard.keymap.surface
    assert isinstance(surface, SymbolSearch)
    assert [row.raw for row in surface.list.items] == ["MESH4", "ESH4"]


def test_with_nothing_open_replay_keys_say_so(qtbot: Any) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.press("Space")
    assert keyboard.sent.commands == []
    assert keyboard.keymap.said == "Play or pause: open a recording first"
    keyboard.clock.pass_ms(3000)
    assert keyboard.keymap.said == ""


def test_the_palette_finds_and_runs_and_remembers(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+K")
    keyboard.type("faster")
    keyboard.press("Return")
    assert keyboard.sent.commands == [c.StepSpeed(1)]
    keyboard.press("Ctrl+K")
    surface = keyboard.keymap.surface
    assert isinstance(surface, Palette)
    assert surface.list.items[0][0].id == "faster"
    keyboard.press("Ctrl+K")
    assert keyboard.keymap.surface is None


def test_the_palette_offers_every_action_symbol_and_recording(keyboard: Keyboard) -> None:
    ids = {entry.id for entry in keyboard.keymap.entries()}
    assert {spec.id for spec in ACTIONS} <= ids
    assert {"symbol:ZNH4.GLBX", "recording:/data/monday.dbn.zst"} <= ids


def test_ctrl_r_lists_recorded_sessions_filters_and_opens_one(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+R")
    assert keyboard.sent.commands == [c.ListSessions()]
    first = parse_instant("2026-03-11T10:00")
    keyboard.screen.sessions.publish(
        (
            Session(
                "/tapes/b", Provenance.SIMULATED, first, first + 15 * NS_PER_MIN, ("ESM6.GLBX",), 9, 0, 41_000_000
            ),
            Session("/tapes/a", Provenance.SIMULATED, first - NS_PER_HOUR, first, ("NQM6.GLBX",), 9, 2, 4_100_000),
            Session("/tapes/bad", reason="not a tape's description"),
        )
    )
    surface = keyboard.keymap.surface
    assert isinstance(surface, Sessions)
    keyboard.clock.pass_ms(150)
    assert [session.path for session in surface.list.items] == ["/tapes/b", "/tapes/a", "/tapes/bad"]
    assert when_text(surface.list.items[0]) == "Wed 11 Mar  10:00:00"
    assert [length_text(session) for session in surface.list.items] == ["15 m", "1 h 00 m", DASH]
    assert [gaps_text(session) for session in surface.list.items] == ["no gap", "2 gaps", ""]
    keyboard.type("nqm")
    assert [session.path for session in surface.list.items] == ["/tapes/a"]
    keyboard.press("Return")
    assert keyboard.sent.commands[-1] == c.OpenSources(("/tapes/a",))
    assert keyboard.keymap.surface is None


def test_enter_opens_a_session_that_was_read_a_moment_ago(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+R")
    keyboard.screen.sessions.publish((Session("/tapes/a", Provenance.SIMULATED),))
    keyboard.press("Return")
    assert keyboard.sent.commands[-1] == c.OpenSources(("/tapes/a",))


def test_a_session_that_cannot_be_opened_says_why_and_stays(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+R")
    keyboard.screen.sessions.publish((Session("/tapes/bad", reason="not a tape's description"),))
    surface = keyboard.keymap.surface
    assert isinstance(surface, Sessions)
    keyboard.clock.pass_ms(150)
    assert symbols_text(surface.list.items[0]) == "not a tape's description"
    keyboard.press("Return")
    assert keyboard.sent.commands == [c.ListSessions()]
    keyboard.press("Ctrl+R")
    assert keyboard.keymap.surface is None


def test_an_action_that_makes_no_sense_now_is_shown_with_the_reason_and_does_nothing(keyboard: Keyboard) -> None:
    entry = next(entry for entry in keyboard.keymap.entries() if entry.id == "restart")
    assert (entry.usable, entry.word) == (False, "none has stopped")
    keyboard.press("Ctrl+K")
    keyboard.type("restart")
    keyboard.press("Return")
    assert keyboard.sent.commands == []
    keyboard.press("Esc")
    keyboard.screen.health.publish(HealthState(faults=("book ESH4.GLBX: crossed",)))
    keyboard.press("; E")
    assert keyboard.sent.commands == [c.RestartEngines()]


def test_jump_takes_a_bare_time_as_one_of_the_replays_date(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+T")
    assert isinstance(keyboard.keymap.surface, Jump)
    for letter in "19:30:15":
        press("Shift+:" if letter == ":" else letter)
    keyboard.press("Return")
    assert keyboard.sent.commands == [c.SeekTo(FIRST_NS + NS_PER_HOUR + 30 * NS_PER_MIN + 15 * NS_PER_S)]


def test_jump_refuses_nonsense_and_stays(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+T")
    keyboard.type("99")
    keyboard.press("Return")
    surface = keyboard.keymap.surface
    assert isinstance(surface, Jump)
    assert surface.is_refused
    assert surface.target.text.startswith("not a time: 18:10")
    keyboard.type("1")
    assert not surface.is_refused


def test_f1_opens_the_page_and_closes_it(keyboard: Keyboard) -> None:
    keyboard.press("F1")
    assert isinstance(keyboard.keymap.surface, KeyHelp)
    assert keyboard.window.rect().contains(keyboard.keymap.surface.geometry())
    keyboard.press("F1")
    assert keyboard.keymap.surface is None


def test_a_second_stroke_that_nobody_has_is_named_and_the_list_stays(keyboard: Keyboard) -> None:
    keyboard.press(";", "9")
    surface = keyboard.keymap.surface
    assert isinstance(surface, Chord)
    assert "free" in surface.note
    keyboard.press("Esc")
    assert keyboard.keymap.surface is None


def test_opening_one_surface_closes_the_other_and_keeps_the_way_back(keyboard: Keyboard) -> None:
    keyboard.press("Ctrl+K", "F1", "Esc")
    assert keyboard.keymap.surface is None
    assert keyboard.desk.bodies["chart.1"].hasFocus()


def test_keys_that_nobody_had_go_to_the_focused_pane_afterwards(keyboard: Keyboard) -> None:
    keyboard.desk.bodies["chart.1"].clearFocus()
    keyboard.desk.focused = "chart.2"
    keyboard.press("Ctrl+T", "Esc")
    assert keyboard.desk.bodies["chart.2"].hasFocus()


def test_a_click_elsewhere_closes_the_search(keyboard: Keyboard) -> None:
    keyboard.type("es")
    keyboard.desk.bodies["chart.2"].setFocus(Qt.FocusReason.MouseFocusReason)
    assert keyboard.keymap.surface is None
    assert keyboard.desk.bodies["chart.2"].hasFocus()


def test_keys_act_in_another_window_and_the_search_opens_there(keyboard: Keyboard, qtbot: Any) -> None:
    floating = QWidget()
    qtbot.addWidget(floating)
    floating.resize(500, 300)
    floating.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    with qtbot.waitActive(floating):
        floating.show()
        floating.activateWindow()
    floating.setFocus()
    keyboard.press("Space")
    keyboard.type("zn")
    surface = keyboard.keymap.surface
    assert keyboard.sent.commands == [c.TogglePlay()]
    assert surface is not None
    assert surface.window() is floating
    assert floating.rect().contains(surface.geometry())


def test_a_window_that_dies_takes_its_surface_with_it(keyboard: Keyboard, qtbot: Any) -> None:
    floating = QWidget()
    with qtbot.waitActive(floating):
        floating.show()
        floating.activateWindow()
    keyboard.press("Ctrl+K")
    floating.deleteLater()
    QApplication.sendPostedEvents(floating, 52)  # QEvent::DeferredDelete
    with qtbot.waitActive(keyboard.window):
        keyboard.window.activateWindow()
    keyboard.desk.bodies["chart.1"].setFocus()
    assert keyboard.keymap.surface is None
    keyboard.press("Ctrl+K")
    assert isinstance(keyboard.keymap.surface, Palette)


def test_prices_in_an_open_search_follow_the_market(keyboard: Keyboard) -> None:
    keyboard.type("es")
    surface = keyboard.keymap.surface
    assert isinstance(surface, SymbolSearch)
    keyboard.press("Down")
    state = keyboard.screen.workspace.value
    newer = replace(state, choices=tuple(replace(choice, last_text="5,000.00") for choice in state.choices))
    keyboard.keymap.draw(newer)
    assert surface.list.selected is not None
    assert surface.list.selected.choice.symbol == "MESH4.GLBX"
    assert surface.list.selected.choice.last_text == "5,000.00"


def test_f12_prints_what_frames_cost_and_goes_again(keyboard: Keyboard) -> None:
    keyboard.screen.health.publish(
        HealthState(memory_mb=412.3, renderer="raster: no hardware GL", pump_p99_ms=1.24)
    )
    keyboard.press("F12")
    shown = keyboard.keymap.performance
    assert shown is not None
    assert dict(shown.text()) == {
        "Frame p50": "2.5 ms", "Frame p99": "6.2 ms", "Frames drawn, 10 s": "600", "Frame rate": "60",
        "Pump turn p99": "1.2 ms", "Replay speed": "–", "Memory": "412 MB", "Renderer": "raster",
    }  # fmt: skip
    assert keyboard.window.rect().contains(shown.geometry())
    keyboard.screen.health.publish(HealthState(memory_mb=500.0))
    keyboard.clock.pass_ms(500)
    assert dict(shown.text())["Memory"] == "500 MB"
    keyboard.press("F12")
    assert keyboard.keymap.performance is None
    assert keyboard.clock.jobs == {}


def test_a_picture_of_the_pane_is_written_and_named_by_what_it_shows(keyboard: Keyboard, tmp_path: Path) -> None:
    keyboard.press("Ctrl+Shift+P", "Ctrl+Shift+P")
    assert keyboard.keymap.said.startswith("Picture written: ")
    file = Path(keyboard.keymap.said.removeprefix("Picture written: "))
    assert file.name == "cockpit-ESH4.GLBX-chart.1-2.png"
    picture = QImage(str(file))
    body = keyboard.desk.bodies["chart.1"]
    assert (picture.width(), picture.height()) == (body.width(), body.height())


def test_a_folder_that_refuses_pictures_is_named(qtbot: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    pixels = QPixmap(4, 4)
    pixels.fill(Qt.GlobalColor.white)
    with pytest.raises(ConfigError, match="no picture: "):
        write_picture(pixels, tmp_path / "file" / "folder", "x")
    assert write_picture(pixels, tmp_path, "a/b c").name == "a-b-c.png"
    assert picture_name("chart.1", "ESH4.GLBX", FIRST_NS) == "cockpit-ESH4.GLBX-chart.1-20231224-180000"


def test_a_conflict_in_the_table_is_refused_at_the_start(qtbot: Any, keyboard: Keyboard) -> None:
    with pytest.raises(ConfigError, match="is taken by"):
        Keymap(
            keyboard.window, theme(), keyboard.desk, keyboard.screen, keyboard.sent, keyboard.clock,
            actions=(*ACTIONS, ACTIONS[0]),
        )  # fmt: skip


def test_what_was_used_is_first_after_a_restart_too(qtbot: Any, tmp_path: Path) -> None:
    kept = tmp_path / "config" / "used.json"
    first = Keyboard(qtbot, used=Used(kept))
    first.press("Ctrl+K")
    first.type("data health")
    first.press("Return")
    first.end()
    again = Keyboard(qtbot, used=Used(kept))
    again.press("Ctrl+K")
    surface = again.keymap.surface
    assert isinstance(surface, Palette)
    assert surface.list.items[0][0].id == "health"
    kept.write_text("{broken")
    assert Used(kept).ids() == []


class Size:
    """Keeps the steps and when they were shown."""

    def __init__(self) -> None:
        self.log: list[Any] = []

    def step(self, by: int) -> str:
        self.log.append(by)
        return f"step {by}"

    def settle(self) -> str:
        self.log.append("settled")
        return "it cannot be"


def test_steps_of_the_size_are_shown_together_when_they_are_over(qtbot: Any) -> None:
    size = Size()
    keyboard = Keyboard(qtbot, scale=size)
    keyboard.press("Ctrl+=", "Ctrl++", "Ctrl+-", "Ctrl+0")
    assert size.log == [1, 1, -1, 0]
    assert keyboard.keymap.said == "step 0"
    keyboard.clock.pass_ms(200)
    assert size.log == [1, 1, -1, 0, "settled"]
    assert keyboard.keymap.said == "it cannot be"
