"""Colours come from the theme, also those of plain controls; every kind of panel is told apart."""

import re
from pathlib import Path
from typing import Any

import pytest

from cockpit.widgets.arrangement import panels
from cockpit.widgets.catalog import PANELS
from cockpit.widgets.presets import PRESETS, arrange
from cockpit.widgets.style import palette, style_sheet
from cockpit.widgets.theme import THEMES
from tests.widgets.shell import theme

WIDGETS = Path(__file__).resolve().parents[2] / "cockpit" / "widgets"


@pytest.mark.parametrize("name", THEMES)
def test_the_style_sheet_has_only_colours_of_the_theme(qapp: Any, name: str) -> None:
    look = theme(name)
    used = {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", style_sheet(look))}
    assert used
    assert used <= {token.upper() for token in look.tokens.values()}


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_on_the_grounds_of_the_palette(qapp: Any, name: str) -> None:
    made = palette(theme(name))
    for ground, text in (
        (made.window(), made.windowText()),
        (made.base(), made.text()),
        (made.button(), made.buttonText()),
    ):
        assert abs(ground.color().lightnessF() - text.color().lightnessF()) > 0.5


def test_no_colour_is_written_into_the_code() -> None:
    stray = [
        f"{file.name}: {found}"
        for file in sorted(WIDGETS.rglob("*.py"))
        for found in re.findall(r"[\"']#[0-9A-Fa-f]{6}[\"']", file.read_text(encoding="utf-8"))
    ]
    assert stray == []


def test_panels_have_names_of_their_own() -> None:
    assert len({spec.id for spec in PANELS}) == len(PANELS)
    assert len({spec.title for spec in PANELS}) == len(PANELS)


@pytest.mark.parametrize("name", PRESETS)
def test_every_panel_of_a_preset_exists(name: str) -> None:
    by_id = {spec.id: spec for spec in PANELS}
    tree = arrange(name, 2560, (2552, 1300), lambda panel: by_id[panel].minimum)
    assert set(panels(tree)) <= set(by_id)


def test_charts_have_their_least_size() -> None:
    assert {spec.minimum for spec in PANELS if spec.id.startswith("chart")} == {(360, 220)}
