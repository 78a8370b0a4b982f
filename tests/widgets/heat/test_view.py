"""What the hands do to the view of the heatmap."""

from cockpit.engines.book.layout import CELL_NS
from cockpit.widgets.heat.view import USUAL, ZOOMS, HeatScale, HeatView

NOW, WIDTH, HEIGHT = 10_000_000 * CELL_NS, 800.0, 400.0
VIEW = HeatView(centre=500.0)


def test_scrolling_back_leaves_now_and_scrolling_on_comes_back_to_it() -> None:
    back = VIEW.panned(-200, NOW, WIDTH, 0)
    assert back.right is not None
    assert back.right < NOW
    assert back.panned(100, NOW, WIDTH, 0).right is not None
    assert back.panned(200, NOW, WIDTH, 0).right is None


def test_the_beginning_stays_in_view() -> None:
    first = NOW - 10_000 * CELL_NS
    back = VIEW.panned(-(2**40), NOW, WIDTH, first)
    scale = HeatScale.of(back, NOW, WIDTH, HEIGHT, 1.0)
    assert 0 < scale.x(first) < WIDTH


def test_zooming_keeps_the_instant_under_the_pointer() -> None:
    back = VIEW.panned(-3_000, NOW, WIDTH, 0)
    near = back.zoomed(2, 300.0, NOW, WIDTH)
    before, after = (HeatScale.of(view, NOW, WIDTH, HEIGHT, 1.0).instant(300) for view in (back, near))
    assert abs(before - after) < 2 * back.ns_per_px
    assert near.zoom == USUAL - 2
    assert VIEW.zoomed(99, 0.0, NOW, WIDTH).zoom == 0
    assert VIEW.zoomed(-99, 0.0, NOW, WIDTH).zoom == len(ZOOMS) - 1


def test_the_touch_is_followed_only_when_it_leaves_the_middle_and_not_after_prices_were_moved() -> None:
    assert VIEW.following(505.0, HEIGHT) == VIEW
    assert VIEW.following(540.0, HEIGHT).centre == 540.0
    assert VIEW.lifted(50).following(540.0, HEIGHT).centre == 550.0


def test_rows_grow_with_the_range_of_prices() -> None:
    assert [HeatView(tick=tick).rows_group() for tick in (12.0, 2.0, 0.4, 0.01)] == [1, 2, 10, 500]
    assert HeatView(tick=12.0, group=20).rows_group() == 20


def test_columns_are_whole_cells_and_pixels_at_every_zoom_and_pixel_ratio() -> None:
    for zoom in range(len(ZOOMS)):
        for ratio in (1.0, 1.25, 1.5, 2.0):
            scale = HeatScale.of(HeatView(zoom=zoom, centre=500.0), NOW, WIDTH, HEIGHT, ratio)
            assert min(scale.cells, scale.pixels) == 1
            # where a cell or pixel has no whole device pixels, the free part is a little wider or narrower
            assert abs(scale.x(NOW) - 0.94 * scale.columns) < (0.03 if ratio % 1 else 0.01) * scale.columns + 12
            assert abs(scale.tick_at(scale.y(510.0)) - 510.0) < 1e-6
            assert abs(scale.y(500.0) - scale.rows / 2) < 1.0
