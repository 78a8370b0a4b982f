"""What a pane has room for, and what it drops first."""

import pytest

from cockpit.widgets.plot.bands import FUTURE_LEAST, PROFILE, Bands
from cockpit.widgets.theme import PRICE_AXIS


def bands(plot: float, ratio: float = 1.0, *, gex: bool = False, cone: bool = False) -> Bands:
    return Bands.of(plot + PRICE_AXIS, 400, ratio, volume=True, gex=gex, cone=cone)


def test_without_layers_all_of_the_plot_is_history() -> None:
    made = bands(800)
    assert (made.profile, made.future, made.labels) == (0, 0, 0)
    assert made.right == made.width == 800


def test_the_profile_is_beside_the_axis_and_goes_in_a_narrow_plot() -> None:
    assert bands(420, gex=True).profile == PROFILE
    assert bands(420, gex=True).right == 290
    assert bands(419, gex=True).profile == 0
    assert bands(800).profile == 0


@pytest.mark.parametrize(
    ("plot", "future"), [(1000, 420), (560, 235), (430, 160), (408, 140), (340, 140), (339, 0), (288, 0)]
)
def test_the_future_takes_its_share_less_in_narrow_plots_and_none_in_the_narrowest(plot: int, future: int) -> None:
    assert bands(plot, cone=True).future == future


def test_beside_a_cone_a_narrow_plot_drops_the_profile_first() -> None:
    assert bands(549, gex=True, cone=True).profile == 0
    wide = bands(550, gex=True, cone=True)
    assert wide.profile == PROFILE
    assert wide.future >= FUTURE_LEAST
    assert wide.right - wide.future == 270


def test_the_names_of_levels_have_room_in_wide_plots_and_a_share_of_narrow_ones() -> None:
    assert bands(1000, gex=True).labels == 196
    assert bands(430, gex=True).labels == round(0.36 * 300)


def test_at_twice_the_pixels_everything_is_twice_as_wide() -> None:
    one, two = (bands(730, ratio, gex=True, cone=True) for ratio in (1.0, 2.0))
    assert (two.profile, two.future, two.labels) == (2 * one.profile, 2 * one.future, 2 * one.labels)
    assert two.space == one.space
