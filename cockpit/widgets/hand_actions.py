"""Actions for what a hand does with the mouse: header menus, drags between places, splitters, axes, the crosshair.

Part of the one table in ``actions``.
"""

from typing import Final

from cockpit.widgets.action_spec import ALWAYS, PANE, ActionSpec, Need, Run, body
from cockpit.widgets.desk import ChartKeys, CrossKeys, Hands, PriceKeys, RowKeys, TurnKeys

SIDES: Final = {"left": "Left", "right": "Right", "up": "Up", "down": "Down"}  # side -> key
SIDE_WORDS: Final = {"left": "left of it", "right": "right of it", "up": "above it", "down": "below it"}
SIZES: Final = {"wider": ">", "narrower": "<", "taller": "=", "shorter": "-"}
PRICE_STEP: Final = 0.1  # of the shown range: one press of Shift+arrow
PRICE_PAGE: Final = 0.5

SCROLLS: Final = Need(
    "focus a chart or the ladder first", lambda hands: isinstance(body(hands), PriceKeys | RowKeys)
)
PRICES: Final = Need("focus a chart first", lambda hands: isinstance(body(hands), PriceKeys))
STEPS: Final = Need("focus a chart first", lambda hands: isinstance(body(hands), ChartKeys | CrossKeys | TurnKeys))
CROSS: Final = Need("focus a chart with bars first", lambda hands: isinstance(body(hands), CrossKeys))
NOTICES: Final = Need("there is none", lambda hands: hands.desk.has_notices())


def crosshair(hands: Hands) -> CrossKeys | None:
    """The chart whose crosshair the arrows move now; None while they move the view."""
    chart = body(hands)
    return chart if isinstance(chart, CrossKeys) and chart.has_key_cross else None


def stepping(bars: int, rows: int, otherwise: Run) -> Run:
    """Moves the crosshair where the keys have it, or turns a picture, else does what the arrow does to the view."""

    def run(hands: Hands) -> None:
        chart, focused = crosshair(hands), body(hands)
        if chart is None and isinstance(focused, CrossKeys) and not isinstance(focused, ChartKeys):
            chart = focused  # it has no view to move: the arrows are its crosshair's
        if chart is not None:
            chart.move_key_cross(bars, rows)
        elif isinstance(focused, TurnKeys):
            focused.turn_by(-bars, rows)
        else:
            otherwise(hands)

    return run


def _told(answer: str, hands: Hands) -> None:
    if answer:
        hands.surfaces.say(answer)


def _move(side: str) -> Run:
    return lambda hands: _told(hands.desk.move_pane(hands.desk.focused_pane(), side), hands)


def _join(side: str) -> Run:
    return lambda hands: _told(hands.desk.join_pane(hands.desk.focused_pane(), side), hands)


def _resize(side: str) -> Run:
    return lambda hands: _told(hands.desk.resize_pane(hands.desk.focused_pane(), side), hands)


def _toggle_cross(hands: Hands) -> None:
    chart = body(hands)
    if isinstance(chart, CrossKeys):
        chart.toggle_key_cross()


def _scroll(up: int, *, page: bool) -> Run:
    def run(hands: Hands) -> None:
        market = body(hands)
        if isinstance(market, PriceKeys):
            market.pan_prices(up * (PRICE_PAGE if page else PRICE_STEP))
        elif isinstance(market, RowKeys):
            market.scroll_rows(up * (max(market.visible_rows() - 1, 1) if page else 1))

    return run


def _zoom_prices(steps: int) -> Run:
    def run(hands: Hands) -> None:
        chart = body(hands)
        if isinstance(chart, PriceKeys):
            chart.zoom_prices(steps)

    return run


def _to_usual(hands: Hands) -> None:
    chart = body(hands)
    if isinstance(chart, PriceKeys):
        chart.to_usual()


PANE_HANDS: Final = (
    ActionSpec("pane.menu", "Menu of the pane", ("Menu", "; ."), "Panes",
               lambda hands: hands.desk.open_menu(hands.desk.focused_pane()), PANE),
    ActionSpec("pane.close", "Close the pane", ("; W",), "Panes",
               lambda hands: hands.desk.close_panel(hands.desk.focused_pane()), PANE),
    *(ActionSpec(f"pane.move.{side}", f"Move the pane {side}", (f"; {key}",), "Panes", _move(side), PANE,
                 "Move the pane") for side, key in SIDES.items()),
    *(ActionSpec(f"pane.join.{side}", f"Tab the pane with the one {SIDE_WORDS[side]}", (f"; Shift+{key}",), "Panes",
                 _join(side), PANE, "Tab the pane with its neighbour") for side, key in SIDES.items()),
    *(ActionSpec(f"pane.{how}", f"Make the pane {how}", (f"; {key}",), "Panes", _resize(how), PANE,
                 "Resize the pane", repeats=True) for how, key in SIZES.items()),
)  # fmt: skip

CHART_HANDS: Final = (
    ActionSpec("chart.crosshair", "Crosshair by keys, and away", ("; K",), "Chart", _toggle_cross, CROSS),
    ActionSpec("scroll.up", "Prices up; the ladder a row up", ("Shift+Up",), "Chart", _scroll(1, page=False),
               SCROLLS, repeats=True),
    ActionSpec("scroll.down", "Prices down; the ladder a row down", ("Shift+Down",), "Chart",
               _scroll(-1, page=False), SCROLLS, repeats=True),
    ActionSpec("scroll.page_up", "Half a screen up; the ladder a page", ("PgUp",), "Chart", _scroll(1, page=True),
               SCROLLS, repeats=True),
    ActionSpec("scroll.page_down", "Half a screen down; the ladder a page", ("PgDown",), "Chart",
               _scroll(-1, page=True), SCROLLS, repeats=True),
    ActionSpec("prices.in", "Zoom prices in", ("Ctrl+Up",), "Chart", _zoom_prices(1), PRICES, repeats=True),
    ActionSpec("prices.out", "Zoom prices out", ("Ctrl+Down",), "Chart", _zoom_prices(-1), PRICES, repeats=True),
    ActionSpec("chart.usual", "Usual bars, at the newest", ("Shift+End",), "Chart", _to_usual, PRICES),
)  # fmt: skip

WINDOW_HANDS: Final = (
    ActionSpec("menu", "Main menu", ("Ctrl+Shift+M",), "Window", lambda hands: hands.surfaces.main_menu(), ALWAYS),
    ActionSpec("scale.up", "Larger interface", ("Ctrl+=", "Ctrl++"), "Window",
               lambda hands: hands.surfaces.scale(1), ALWAYS),
    ActionSpec("scale.down", "Smaller interface", ("Ctrl+-",), "Window",
               lambda hands: hands.surfaces.scale(-1), ALWAYS),
    ActionSpec("scale.usual", "Interface at 100 %", ("Ctrl+0",), "Window",
               lambda hands: hands.surfaces.scale(0), ALWAYS),
    ActionSpec("notices.clear", "Dismiss every notice", ("; L",), "Window",
               lambda hands: hands.desk.clear_notices(), NOTICES),
    ActionSpec("window.minimise", "Minimise the window", (), "Window", lambda hands: hands.desk.minimise(), ALWAYS),
    ActionSpec("keys", "Change the keys", ("Shift+F1",), "Window", lambda hands: hands.surfaces.key_editor(),
               ALWAYS),
    ActionSpec("keys.reset", "Every key as shipped", (), "Window", lambda hands: hands.surfaces.reset_keys(),
               ALWAYS),
    ActionSpec("keys.export", "Export the keys to a file", (), "Window",
               lambda hands: hands.surfaces.export_keys(), ALWAYS),
    ActionSpec("keys.import", "Import keys from a file", (), "Window",
               lambda hands: hands.surfaces.import_keys(), ALWAYS),
)  # fmt: skip
