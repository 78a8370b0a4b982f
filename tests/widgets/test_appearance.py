"""The look changes while the window stands, is remembered, and a damaged file of it costs nothing but itself."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cockpit.state.commands import BoundRing
from cockpit.widgets.appearance import TRAITS, Appearance, AppearanceFile
from cockpit.widgets.settings_surface import Settings
from cockpit.widgets.style import dress
from cockpit.widgets.theme import load_theme
from cockpit.widgets.wardrobe import Wardrobe, theme_for
from tests.widgets.keyboard import Keyboard
from tests.widgets.shell import Shell, pixels

OTHER = Appearance("daylight", "east_asian", "roomy", "reduced")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def undressed(qapp: QApplication) -> Any:
    """The application looks as before afterwards."""
    yield
    qapp.setStyleSheet("")


def test_choices_outlive_the_program(tmp_path: Path, told: list[str]) -> None:
    file = AppearanceFile(tmp_path / "deep" / "settings.json", told.append)
    assert file.load() == Appearance()
    assert file.save(OTHER)
    assert AppearanceFile(file.path, told.append).load() == OTHER
    assert [path.name for path in file.path.parent.iterdir()] == ["settings.json"], "nothing is left beside it"
    assert told == []


def test_what_others_keep_in_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"version": 1, "keys": {"help": ["F2"]}}))
    AppearanceFile(path).save(OTHER)
    assert json.loads(path.read_text())["keys"] == {"help": ["F2"]}


@pytest.mark.parametrize("damage", ["{half", "[1, 2]", "\udcff"])
def test_a_damaged_file_is_set_aside_and_told(tmp_path: Path, told: list[str], damage: str) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(damage.encode("utf-8", "surrogateescape"))
    file = AppearanceFile(path, told.append)
    assert file.load() == Appearance()
    assert not path.exists()
    assert (tmp_path / "settings.json.bad").read_bytes() == damage.encode("utf-8", "surrogateescape")
    assert len(told) == 1
    assert "set aside as settings.json.bad" in told[0]
    assert file.save(OTHER)


def test_trouble_before_there_is_a_window_is_told_when_there_is_one(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{")
    file = AppearanceFile(path)
    file.load()
    file.tell(told.append)
    assert len(told) == 1


def test_an_unknown_value_is_named_and_costs_only_itself(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"look": {"theme": "midnight", "density": "roomy"}}))
    assert AppearanceFile(path, told.append).load() == Appearance(density="roomy")
    assert "theme 'midnight' is none of graphite, daylight" in told[0]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "flat").write_text("no folder")
    assert not AppearanceFile(tmp_path / "flat" / "settings.json", told.append).save(OTHER)
    assert "cannot be written" in told[0]


def test_every_pixel_of_an_open_window_follows_the_theme(qtbot: Any, undressed: Any) -> None:
    shell = Shell(qtbot).open()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dress(application, shell.window._theme)
    shell.frames(2)
    wardrobe = Wardrobe(shell.window._theme)
    dark = pixels(shell.window)
    wardrobe.choose("theme", "daylight")
    shell.frames(2)
    light = pixels(shell.window)
    only_dark = {load_theme("graphite").argb(token) for token in ("bg0", "bg1", "bg2", "text1", "line")}
    assert not set(light.ravel().tolist()) & only_dark, "a colour of the theme before is left"
    assert light.mean() > dark.mean()
    wardrobe.choose("theme", "graphite")
    shell.frames(2)
    assert (pixels(shell.window) == dark).all(), "and back to the pixel"


def test_what_is_chosen_is_remembered_and_what_the_command_line_asked_is_not(tmp_path: Path, qapp: Any) -> None:
    file = AppearanceFile(tmp_path / "settings.json")
    file.save(Appearance(theme="graphite"))
    asked = Appearance(theme="daylight")
    wardrobe = Wardrobe(theme_for(asked), file)
    assert wardrobe.worn == asked
    wardrobe.choose("density", "compact")
    assert wardrobe.worn == Appearance("daylight", density="compact")
    assert file.load() == Appearance("graphite", density="compact")


def test_the_settings_are_worked_by_keys_alone(qtbot: Any, undressed: Any) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.press("Ctrl+,")
    surface = keyboard.keymap.surface
    assert isinstance(surface, Settings)
    theme = keyboard.keymap.wardrobe
    keyboard.press("Right", "Down", "Right", "Right", "Down", "Left", "Tab", "Space")
    assert theme.worn == Appearance("daylight", "high_contrast", "compact", "reduced")
    assert surface.accessibleDescription() == "Motion: Reduced"
    keyboard.press("Right", "Up", "Left")
    assert theme.worn.motion == "reduced", "nothing lies beyond the last value"
    keyboard.press("Esc")
    assert keyboard.keymap.surface is None
    keyboard.press("Ctrl+,", "Ctrl+,")
    assert keyboard.keymap.surface is None, "the key that opened them closes them"


def test_the_recorders_bounds_are_rows_of_the_settings(qtbot: Any, undressed: Any, tmp_path: Path) -> None:
    keyboard = Keyboard(qtbot, settings=tmp_path / "settings.json")
    keyboard.press("Ctrl+,")
    surface = keyboard.keymap.surface
    assert isinstance(surface, Settings)
    assert [row.id for row in surface.list.rows][-2:] == ["gigabytes", "days"]
    keyboard.press(*["Down"] * 4, "Right")
    assert surface.accessibleDescription() == "Recorder keeps: 5 GB"
    assert keyboard.sent.commands == [BoundRing(5.0, 3.0)]
    assert keyboard.keymap.said.startswith("Flight recorder: 5 GB, 3 days from now on")
    keyboard.press("Down", "Right")
    assert keyboard.sent.commands[-1] == BoundRing(5.0, 7.0)


def test_a_click_chooses(qtbot: Any, undressed: Any) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.press("Ctrl+,")
    surface = keyboard.keymap.surface
    assert isinstance(surface, Settings)
    for place, wanted in ((0, "daylight"), (1, "east_asian"), (2, "roomy"), (3, "reduced")):
        box = next(box for box, value in surface.list.boxes(place) if value == wanted)
        QTest.mouseClick(surface.list, _left(), pos=box.center().toPoint())
    assert keyboard.keymap.wardrobe.worn == OTHER


def _left() -> Any:
    from PySide6.QtCore import Qt

    return Qt.MouseButton.LeftButton


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_every_trait_has_a_key_that_goes_round_and_says_what_it_did(qtbot: Any, undressed: Any, trait: Any) -> None:
    keyboard = Keyboard(qtbot)
    before = keyboard.keymap.wardrobe.worn
    for _ in trait.options:
        expected = trait.words(trait.after(keyboard.keymap.wardrobe.worn))
        keyboard.keymap.start(trait.action)
        assert keyboard.keymap.said == f"{trait.title}: {expected}"
    assert keyboard.keymap.wardrobe.worn == before


def test_samples_show_each_kind_of_eyes_and_measure_the_sides(qtbot: Any, undressed: Any) -> None:
    keyboard = Keyboard(qtbot)
    keyboard.press("Ctrl+,")
    surface = keyboard.keymap.surface
    assert isinstance(surface, Settings)
    assert surface.notes() == ("bid to ask 48", "bid to ask 57", "bid to ask 50", "bid to ask 69")
    theme, drawn = keyboard.keymap.wardrobe._theme, set(pixels(surface).ravel().tolist())
    for vision in ("normal", "deuteranopia", "protanopia", "tritanopia"):
        assert theme.seen_with(vision).argb("ask") in drawn, vision
    keyboard.keymap.wardrobe.choose("sides", "high_contrast")
    assert surface.notes()[0] == "bid to ask 43"
    assert theme.seen_with("tritanopia").argb("ask") in set(pixels(surface).ravel().tolist())


@pytest.mark.parametrize(
    ("density", "row", "ladder_row"), [("compact", 20, 18), ("normal", 24, 22), ("roomy", 30, 26)]
)
def test_density_changes_rows_and_no_letters(density: str, row: int, ladder_row: int) -> None:
    theme = load_theme("graphite", density=density)
    assert (theme.row, theme.ladder_row) == (row, ladder_row)
    assert theme.font("number").pixelSize() == 13
