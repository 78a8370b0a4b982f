"""What the layers make of a picture that no single kernel decides."""

import numpy as np
import pytest

from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.composer import Composer
from cockpit.widgets.plot.inks import inks_of
from cockpit.widgets.plot.layers import bars
from cockpit.widgets.plot.view import View
from cockpit.widgets.theme import load_theme
from tests.widgets.plot.charts import bars_of, state_of


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0, 3.0])
@pytest.mark.parametrize(("slot", "hollow"), [(8.0, True), (5.0, False)])
def test_rising_candles_are_hollow_at_every_scale_or_at_none(ratio: float, slot: float, hollow: bool) -> None:
    state = state_of(bars_of(120), forming=False)
    inks = inks_of(load_theme("graphite"), state.head.freshness)
    picture = Composer().compose(state, View(slot=slot), Bands.of(700, 400, ratio, volume=False), inks).picture
    px = np.zeros((picture.bands.rows, picture.bands.columns), np.uint32)
    bars(px, picture)
    assert bool((px == inks.up_body).any()) is hollow
