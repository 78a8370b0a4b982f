"""The table of actions is whole, free of conflicts, and written in keys that Qt understands."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QKeySequence

from cockpit.errors import ConfigError
from cockpit.widgets.actions import ACTIONS, by_id, cap, holders
from cockpit.widgets.chords import Follow, lines
from cockpit.widgets.key_help import HelpLine, caps, help_lines, layout


def test_no_two_actions_share_a_key() -> None:
    held = holders(ACTIONS)
    assert sum(len(spec.keys) for spec in ACTIONS) == len(held)


def test_a_conflict_is_refused_with_the_holders_name() -> None:
    thief = replace(by_id("help"), keys=("Ctrl+K",))
    with pytest.raises(ConfigError, match=r"Ctrl\+K is taken by 'palette'; 'help'"):
        holders([by_id("palette"), thief])


def test_the_first_stroke_of_a_chord_cannot_be_taken() -> None:
    thief = replace(by_id("help"), keys=("Ctrl+G",))
    with pytest.raises(ConfigError, match=r"Ctrl\+G is taken by 'help'"):
        holders([thief, by_id("link.1")])


def test_every_action_has_an_id_of_its_own_words_and_a_heading() -> None:
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    assert all(spec.text and spec.group for spec in ACTIONS)


def test_few_actions_have_no_key_and_none_of_them_is_for_the_market() -> None:
    assert {spec.group for spec in ACTIONS if not spec.keys} == {"Window"}


@pytest.mark.parametrize("key", holders(ACTIONS))
def test_every_key_is_one_that_qt_reads_back_the_same(key: str) -> None:
    for stroke in key.split(" "):
        sequence = QKeySequence(stroke)
        assert sequence.count() == 1
        assert sequence.toString(QKeySequence.SequenceFormat.PortableText) == stroke


def test_the_keys_agreed_on_are_there() -> None:
    agreed = {
        "Ctrl+K": "palette", "Ctrl+O": "open", "Tab": "pane.next", "Shift+Tab": "pane.previous",
        "Ctrl+3": "pane.3", "F11": "pane.maximise", "Ctrl+Shift+2": "monitor.2", "Ctrl+Shift+T": "on_top",
        "Ctrl+G 0": "link.0", "Ctrl+G 7": "link.7", "Left": "chart.left", "Shift+Right": "chart.far_right",
        "End": "chart.live", "Home": "chart.oldest", "`": "recentre", "+": "chart.zoom_in", "-": "chart.zoom_out",
        "Space": "play", "[": "slower", "]": "faster", "Backspace": "back", "Ctrl+T": "jump",
        ">": "event.on", "<": "event.back", "Ctrl+Right": "second.on", "Ctrl+Left": "second.back",
        "Ctrl+Shift+Right": "bar.on", "Ctrl+Shift+Left": "bar.back", "Ctrl+L": "live",
        "F9": "health", "F12": "performance", "Ctrl+Shift+S": "layout.save", "Ctrl+Shift+P": "pane.picture",
        "F1": "help", "Esc": "step_out", "Q": "symbol", "7": "interval", ",": "interval",
        "F3": "layer.gex", "F6": "layer.cone", "; G": "gex.bucket", "; N": "gex.sign", "; C": "cone.method",
    }  # fmt: skip
    held = holders(ACTIONS)
    assert {key: held[key].id for key in agreed} == agreed


def test_keys_of_layers_that_are_not_built_are_absent() -> None:
    held = holders(ACTIONS)
    assert not [key for key in held if key in {"F4", "F5"}]
    assert not [key for key in held if key.startswith(("Alt+", "Shift+")) and len(key.rpartition("+")[2]) == 1]


def test_the_help_page_speaks_for_every_action_and_every_key() -> None:
    page = help_lines(ACTIONS)
    assert {name for line in page for name in line.ids} == {spec.id for spec in ACTIONS if spec.keys}
    shown = {text for line in page for text in line.caps}
    for key in holders(ACTIONS):
        single = cap(key)
        ranged = any(" … " in text and text.split(" … ")[0][:-1] == single[:-1] for text in shown)
        together = any(single[-1] in text.split(" ")[1:] and text[0] == single[0] for text in shown)
        assert single in shown or ranged or together, key


def test_runs_of_keys_become_one_cap() -> None:
    assert caps(["A", "B", "C", "D"]) == ("A … D",)
    assert caps(["1", "2", "3", ","]) == ("1 … 3", ",")
    assert caps(["+", "Up"]) == ("+", "↑")
    assert caps(["; Shift+Left", "; Shift+Right", "; Shift+Up"]) == ("; Shift+← → ↑",)
    assert caps(["; >", "; <", "; =", "; -"]) == ("; > < = -",)
    assert caps([f"Ctrl+G {digit}" for digit in range(1, 10)]) == ("Ctrl+G 1 … 9",)


def test_the_page_fits_a_small_window_on_two_pages_of_three_columns() -> None:
    columns = layout(help_lines(ACTIONS), 25)
    assert len(columns) <= 6
    assert all(len(column) <= 25 for column in columns)


@pytest.mark.parametrize("most", [4, 7, 12, 24, 200])
def test_no_line_is_lost_however_short_the_columns_are(most: int) -> None:
    page = help_lines(ACTIONS)
    columns = layout(page, most)
    assert [entry for column in columns for entry in column if isinstance(entry, HelpLine)] == page
    assert all(len(column) <= most and isinstance(column[0], str) for column in columns)


def test_digits_after_a_first_stroke_share_a_line() -> None:
    follows = [Follow(str(digit), by_id(f"link.{digit}"), "") for digit in range(1, 10)]
    assert lines(follows) == [("1 … 9", "Link the pane to group 1 to 9", "")]


def test_caps_print_arrows_and_small_second_strokes() -> None:
    assert cap("Ctrl+Shift+Right") == "Ctrl+Shift+→"
    assert cap("; F") == "; f"
    assert cap("+") == "+"
    assert cap("Ctrl+G 3") == "Ctrl+G 3"
