"""Which pane shows what when something is opened: the desk of the simulated market, and what stays the user's."""

from dataclasses import replace

from cockpit.feeds.synthetic.crypto import INSTRUMENTS as COINS
from cockpit.instruments import Instrument, resolve
from cockpit.state.panels.cone import VIX_ROOTS
from cockpit.state.panes import MARKET_DESK, blank_panes, first_panes
from cockpit.state.views import Pane

MARKET = (
    "ESH6.GLBX", "NQH6.GLBX", "YMH6.GLBX", "RTYH6.GLBX", "SPX.CBOE", "VIX.CBOE", "VIX9D.CBOE", "VIX3M.CBOE",
    "BTCUSDT-PERP.BINANCE", "ETHUSDT-PERP.BINANCE",
)  # fmt: skip


def known(*symbols: str) -> tuple[Instrument, ...]:
    coins = {coin.symbol: coin for coin in COINS}
    found = [coins.get(each) or resolve(each) for each in symbols]
    return tuple(each for each in found if each is not None)


def shown(panes: dict[str, Pane]) -> dict[str, tuple[object, ...]]:
    return {name: (pane.symbol, pane.interval, pane.link, pane.layers) for name, pane in panes.items()}


def opened(panes: dict[str, Pane], *symbols: str, desk: bool = True) -> dict[str, Pane]:
    return first_panes(panes, known(*symbols), dict.fromkeys(symbols, 0), desk=MARKET_DESK if desk else None)


def test_the_market_begins_as_the_picture_of_the_desk() -> None:
    assert shown(opened(blank_panes(), *MARKET)) == {
        "chart.1": ("ESH6.GLBX", "5m", 1, ("gex",)),
        "chart.2": ("ESH6.GLBX", "1h", 1, ("cone",)),
        "chart.3": ("NQH6.GLBX", "1m", 2, ("vwap",)),
        "chart.4": ("BTCUSDT-PERP.BINANCE", "1m", 3, ("vwap",)),
        "chart.5": ("RTYH6.GLBX", "5m", 4, ("vwap",)),
        "chart.6": ("YMH6.GLBX", "5m", 5, ("vwap",)),
        "ladder": ("ESH6.GLBX", "", 1, ()),
        "heatmap": ("ESH6.GLBX", "", 1, ()),
        "depth_curve": ("ESH6.GLBX", "", 1, ()),
        "depth_surface": ("ESH6.GLBX", "", 1, ()),
    }


def test_a_cone_of_the_desk_stands_on_what_the_vix_is_about() -> None:
    coned = [place.root for place in MARKET_DESK.values() if "cone" in place.layers]
    assert coned
    assert set(coned) <= set(VIX_ROOTS)


def test_what_the_user_chose_is_kept_when_the_market_opens_again() -> None:
    mine = opened(blank_panes(), *MARKET)
    mine["chart.3"] = replace(mine["chart.3"], symbol="YMH6.GLBX", interval="15m", layers=("profile",), link=7)
    assert shown(opened(mine, *MARKET)) == shown(mine)


def test_after_a_recording_the_desk_returns_with_the_layers_of_the_user() -> None:
    mine = opened(blank_panes(), *MARKET)
    mine["chart.3"] = replace(mine["chart.3"], layers=("cvd",))
    back = opened(opened(mine, "ESH4.GLBX", desk=False), *MARKET)
    assert shown(back)["chart.3"] == ("NQH6.GLBX", "1m", 2, ("cvd",))
    assert shown(back)["chart.2"] == ("ESH6.GLBX", "1h", 1, ("cone",))


def test_a_market_without_some_instruments_fills_their_panes_by_the_rule() -> None:
    panes = shown(opened(blank_panes(), "ESH6.GLBX", "ZNH6.GLBX"))
    assert panes["chart.1"][0] == panes["chart.2"][0] == "ESH6.GLBX"
    assert panes["chart.4"] == ("ZNH6.GLBX", "5m", 2, ())


def test_recordings_keep_their_first_panes() -> None:
    one = shown(opened(blank_panes(), "ESH4.GLBX", desk=False))
    assert [one[f"chart.{n}"][:3] for n in (1, 2, 3)] == [("ESH4.GLBX", step, 1) for step in ("1m", "5m", "30s")]
    two = shown(opened(blank_panes(), "ESH4.GLBX", "NQH4.GLBX", desk=False))
    assert [two[f"chart.{n}"][:3] for n in (1, 2)] == [("ESH4.GLBX", "1m", 1), ("NQH4.GLBX", "1m", 2)]
