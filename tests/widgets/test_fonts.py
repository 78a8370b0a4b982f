"""The faces are shipped with their licences, figures keep their width, and a minus is a minus."""

import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

from cockpit.instruments import MINUS
from cockpit.resources import resource
from cockpit.widgets.figures import signed
from cockpit.widgets.theme import ROLES, load_fonts, load_theme

FAMILIES = {"inter": "Inter", "jetbrains-mono": "JetBrainsMono"}
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
SMALLEST = 11  # nothing smaller exists (design.md 3)
WIDGETS = Path(__file__).resolve().parents[2] / "cockpit" / "widgets"


@pytest.mark.parametrize("folder", FAMILIES)
def test_every_weight_is_shipped_with_its_licence(folder: str) -> None:
    names = {entry.name.partition(".")[0] for entry in resource("fonts", folder).iterdir()}
    assert {f"{FAMILIES[folder]}-{weight}" for weight in WEIGHTS} <= names
    licence = resource("fonts", folder).joinpath("LICENSE.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in licence.upper()


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_drawn_in_its_own_face_and_none_is_too_small(qapp: Any, role: str) -> None:
    assert load_fonts() == ()
    font = load_theme("graphite").font(role)
    assert QFontInfo(font).family() == ROLES[role][0]
    assert font.pixelSize() >= SMALLEST
    assert not font.italic()


# the shipped Inter Display answers ``tnum`` with its proportional figures (measured); such a read-out stands alone
@pytest.mark.parametrize("role", [role for role, face in ROLES.items() if face[0] != "Inter Display"])
def test_figures_keep_their_width(qapp: Any, role: str) -> None:
    load_fonts()
    metrics = QFontMetricsF(load_theme("graphite").font(role))
    widths = [metrics.horizontalAdvance(figure * 8) for figure in "0123456789"]
    assert max(widths) - min(widths) < 0.25, "a thirtieth of a pixel a figure is rounding of the face's own units"


def test_the_mono_face_writes_no_ligatures(qapp: Any) -> None:
    load_fonts()
    font = load_theme("graphite").font("number")
    assert font.featureValue(QFont.Tag("calt")) == 0
    assert load_theme("graphite").font("body").featureValue(QFont.Tag("tnum")) == 1


def test_a_negative_figure_has_a_real_minus_as_wide_as_its_plus(qapp: Any) -> None:
    load_fonts()
    assert MINUS == "\N{MINUS SIGN}"
    assert signed(-0.34) == f"{MINUS}0.34"
    metrics = QFontMetricsF(load_theme("graphite").font("number"))
    assert metrics.horizontalAdvance(signed(-0.34)) == metrics.horizontalAdvance(signed(0.34))


def test_no_widget_names_a_face_of_its_own() -> None:
    stray = [
        f"{file.name}: {found}"
        for file in sorted(WIDGETS.rglob("*.py"))
        if file.name not in ("theme.py", "icons.py")
        for found in re.findall(r"QFont\(\s*[\"'][^\"']+|setItalic\(True", file.read_text(encoding="utf-8"))
    ]
    assert stray == []
