"""The painter of the depth surface: near hides far, from every side; nothing leaves its box or has cracks."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from cockpit.state.depth_views import COLUMNS, ROWS, Relief, ReliefState
from cockpit.widgets.relief.camera import CORNERS, MOST_TILT, Camera, Turn
from cockpit.widgets.relief.mesh import mesh_of, paint_mesh, shaded
from cockpit.widgets.theme import load_theme

THEME = load_theme("graphite")
BOX = (40.0, 30.0, 460.0, 330.0)
VIEWS = tuple(Turn(turn, tilt) for turn, tilt in product((-170, -100, -45, -14, 0, 30, 90, 135), (12, 40, 88)))

# in these, one price is behind another: from above, or along the wall, none is
ACROSS = tuple(turn for turn in VIEWS if turn.tilt < MOST_TILT and abs(Camera.fitting(turn, *BOX).yv) >= 20)


def state(sizes: np.ndarray, mids: np.ndarray | None = None) -> ReliefState:
    none = np.full(COLUMNS, np.nan)
    return ReliefState(relief=Relief(0, 1, 0, sizes, np.zeros(COLUMNS, np.bool_), none if mids is None else mids))


def painted(shown: ReliefState, turn: Turn) -> np.ndarray:
    """0 where nothing was painted."""
    px = np.zeros((360, 500), np.uint32)
    paint_mesh(px, mesh_of(shown, THEME), Camera.fitting(turn, *BOX), THEME, 1.0)
    return px


@pytest.mark.parametrize("turn", VIEWS)
def test_it_stays_in_its_box_and_has_no_cracks(turn: Turn) -> None:
    waves = np.sin(np.arange(ROWS) / 4)[:, None] + np.cos(np.arange(COLUMNS) / 7)
    px = painted(state(np.rint(6 + 2 * waves).astype(np.int64)), turn)
    rows, columns = np.nonzero(px)
    assert columns.min() >= BOX[0] - 1
    assert columns.max() <= BOX[2] + 1
    assert rows.min() >= BOX[1] - 1
    assert rows.max() <= BOX[3] + 1
    there = px != 0
    around = there[:-2, 1:-1] & there[2:, 1:-1] & there[1:-1, :-2] & there[1:-1, 2:]
    assert not (around & ~there[1:-1, 1:-1]).any()


@pytest.mark.parametrize("turn", ACROSS)
def test_what_is_nearer_hides_what_is_behind(turn: Turn) -> None:
    sizes = np.ones((ROWS, COLUMNS), np.int64)
    camera = Camera.fitting(turn, *BOX)
    is_near_last = camera.yv > 0
    sizes[44 if is_near_last else 11] = 10
    walled = painted(state(sizes), turn)
    sizes[30] = 6
    behind = painted(state(sizes), turn)
    crest = camera.at(0.5, (44.5 if is_near_last else 11.5) / ROWS, 0.5)
    x, y = round(crest[0]), round(crest[1])
    assert walled[y, x] == behind[y, x], "the wall's face is the same whatever is behind it"
    assert turn.tilt < 20 or (walled != behind).any()


def test_the_mids_way_lies_on_it() -> None:
    flat = np.full((ROWS, COLUMNS), 3, np.int64)
    accent = np.uint32(THEME.argb("accent"))
    assert not (painted(state(flat), Turn()) == accent).any()
    px = painted(state(flat, np.full(COLUMNS, 20.0)), Turn())
    camera = Camera.fitting(Turn(), *BOX)
    x, y = camera.at(0.5, 20.5 / ROWS, 0.3)
    assert (px[round(y) - 2 : round(y) + 3, round(x)] == accent).any()
    out = painted(state(flat, np.full(COLUMNS, 500.0)), Turn())
    assert not (out == accent).any(), "a mid out of the prices in view"


def test_slopes_are_lighter_on_one_side_and_darker_on_the_other() -> None:
    inks = np.full((1, 3), 0xFF808080, np.uint32)
    assert shaded(inks, np.array([[0.78, 1.0, 1.22]])).tolist() == [[0xFF646464, 0xFF808080, 0xFF9C9C9C]]
    assert shaded(inks, np.array([[9.0, 0.0, 1.0]])).tolist() == [[0xFFFFFFFF, 0xFF000000, 0xFF808080]]


def test_turning_comes_round_and_tilting_ends() -> None:
    turn = Turn(0.0, 40.0)
    assert turn.by(360.0, 0.0) == turn
    assert turn.by(190.0, 0.0).turn == -170.0
    assert turn.by(0.0, 500.0).tilt == MOST_TILT
    assert replace(turn, turn=45.0) == turn.by(45.0, 0.0)


@pytest.mark.parametrize("turn", VIEWS)
def test_labels_stand_at_the_nearest_corner_and_sizes_beside_it(turn: Turn) -> None:
    camera = Camera.fitting(turn, *BOX)
    lowest = max(CORNERS, key=lambda corner: camera.at(*corner)[1])
    assert camera.at(*camera.nearest)[1] == pytest.approx(camera.at(*lowest)[1])
    assert camera.upright != camera.nearest
