"""Which pane shows what: first choices, links, and what a saved workspace may ask for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from cockpit.engines.bars.intervals import Interval
from cockpit.engines.options import expiry
from cockpit.errors import ConfigError
from cockpit.instruments import Instrument
from cockpit.state.linking import INTERVAL, SYMBOL, receivers, shares_to_json, with_shares
from cockpit.state.screen import BOOK_PANES, CHART_PANES
from cockpit.state.views import Pane
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN

FIRST_LINK: Final = 1
DEFAULT_INTERVALS: Final = ("1m", "5m", "30s", "15m", "1h", "4h")
DEFAULT_LAYERS: Final = {"chart.1": ("gex",), "chart.2": ("cone",)}
LAYERS: Final = ("cone", "cvd", "gex", "profile", "vwap")
SIGNS: Final = ("calls_minus_puts", "flow", "skew_adjusted", "short_all")
BUCKETS: Final = ("all", *expiry.BUCKETS)
METHODS: Final = ("rule_of_16", "exact")
BANDS: Final = ("2", "1", "0")
SCOPES: Final = ("visible", "session")
SETTINGS: Final = {"sign": SIGNS, "bucket": BUCKETS, "method": METHODS, "bands": BANDS, "scope": SCOPES}
LACKING: Final = {"flow": "needs signed option prints"}  # what no source open now can give
COARSER: Final = (  # first intervals where the source's own step is at least this long
    (NS_PER_DAY, ("1D",) * 6),
    (NS_PER_HOUR, ("1h", "4h", "1D", "3h", "1h", "1D")),
    (5 * NS_PER_MIN, ("5m", "15m", "1h", "1D", "30m", "4h")),
    (NS_PER_MIN, ("1m", "5m", "15m", "1h", "30m", "4h")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a pane of a desk begins with.

    Attributes:
        root: Of the instrument it shows.
        interval: Empty for ladder and heatmap.
        link: Link group.
        layers: What is drawn besides the bars, while nobody has chosen.
    """

    root: str
    interval: str
    link: int
    layers: tuple[str, ...] = ()


# of the simulated market: gamma and cone on what they are about, the other markets beside it
MARKET_DESK: Final[Mapping[str, Place]] = {
    "chart.1": Place("ES", "5m", 1, ("gex",)),
    "chart.2": Place("ES", "1h", 1, ("cone",)),
    "chart.3": Place("NQ", "1m", 2, ("vwap",)),
    "chart.4": Place("BTCUSDT-PERP", "1m", 3, ("vwap",)),
    "chart.5": Place("RTY", "5m", 4, ("vwap",)),
    "chart.6": Place("YM", "5m", 5, ("vwap",)),
    **{pane: Place("ES", "", 1) for pane in BOOK_PANES},
}


def blank_panes() -> dict[str, Pane]:
    """All panes, nothing chosen, linked in group 1."""
    panes = {
        pane: Pane(pane, interval=interval, link=FIRST_LINK, layers=DEFAULT_LAYERS.get(pane, ()))
        for pane, interval in zip(CHART_PANES, DEFAULT_INTERVALS, strict=True)
    }
    panes.update({pane: Pane(pane, interval="", link=FIRST_LINK) for pane in BOOK_PANES})
    return panes


def first_panes(
    panes: Mapping[str, Pane],
    instruments: tuple[Instrument, ...],
    steps_ns: Mapping[str, int],
    bare: Collection[str] = (),
    desk: Mapping[str, Place] | None = None,
) -> dict[str, Pane]:
    """Panes for freshly opened sources: what is still there stays, the rest takes the next instrument.

    One instrument fills every chart at growing intervals in one link group; several take a chart each,
    linked in groups of their own. Volatility indices beside something else have a gauge and need no chart.

    Args:
        bare: Symbols known from option chains only: there is nothing to chart.
        desk: Places by pane; they go before the rule where their instrument is there.
    """
    known = {each.symbol for each in instruments}
    by_root = {each.root: each.symbol for each in reversed(instruments)}
    order = _to_chart(instruments, bare)
    chosen: dict[str, Pane] = {}
    for place, (name, pane) in enumerate(panes.items()):
        if pane.symbol in known:
            chosen[name] = pane
            continue
        wanted = (desk or {}).get(name)
        if wanted is not None and wanted.root in by_root:
            chosen[name] = _placed(pane, wanted, by_root[wanted.root])
            continue
        if name in BOOK_PANES:
            chosen[name] = replace(pane, symbol=order[0].symbol if order else "", link=FIRST_LINK)
            continue
        which = place % len(order) if order else 0
        symbol = order[which].symbol if order else ""
        interval = first_intervals(steps_ns.get(symbol, 0))[place if len(order) == 1 else place // len(order)]
        chosen[name] = replace(pane, symbol=symbol, interval=interval, link=which % 9 + 1)
    return chosen


def _placed(pane: Pane, place: Place, symbol: str) -> Pane:
    """The pane at its place of a desk; layers are the user's as soon as the pane ever showed anything."""
    layers = pane.layers if pane.symbol else place.layers
    return replace(pane, symbol=symbol, interval=place.interval, link=place.link, layers=layers)


def _to_chart(instruments: tuple[Instrument, ...], bare: Collection[str]) -> list[Instrument]:
    """What charts are for, what can be traded first; anything there is when nothing else is left."""
    charted = [each for each in instruments if each.symbol not in bare] or list(instruments)
    markets = [each for each in charted if not each.root.startswith("VIX")]
    return sorted(markets or charted, key=lambda each: each.is_index)


def first_intervals(step_ns: int) -> tuple[str, ...]:
    """Intervals to begin with for a source that publishes every ``step_ns`` (0: every change)."""
    for least, intervals in COARSER:
        if step_ns >= least:
            return intervals
    return DEFAULT_INTERVALS


def linked(panes: Mapping[str, Pane], pane: str, symbol: str, *, group: bool) -> dict[str, Pane]:
    """Panes after ``pane`` was given a symbol, alone or with those of its link group that follow it."""
    wanted = {pane, *(receivers(panes, pane, SYMBOL) if group else ())}
    return {name: replace(each, symbol=symbol) if name in wanted else each for name, each in panes.items()}


def timed(panes: Mapping[str, Pane], pane: str, interval: str) -> dict[str, Pane]:
    """Panes after a chart was given an interval, with those of its link group that follow it."""
    wanted = {pane, *receivers(panes, pane, INTERVAL)}
    return {name: replace(each, interval=interval) if name in wanted else each for name, each in panes.items()}


def to_json(panes: Mapping[str, Pane]) -> dict[str, Any]:
    """Panes as a workspace file keeps them."""
    return {
        name: {
            "symbol": each.symbol,
            "interval": each.interval,
            "link": each.link,
            "layers": list(each.layers),
            **{setting: getattr(each, setting) for setting in SETTINGS},
            **shares_to_json(each),
        }
        for name, each in panes.items()
    }


def from_json(saved: Any) -> dict[str, Pane]:
    """Panes of a workspace file; unknown panes are left out, missing ones are blank.

    Raises:
        ConfigError: A value has the wrong type, an interval or link group does not exist.
    """
    if not isinstance(saved, dict):
        raise ConfigError(f"panes must be a table, not {type(saved).__name__}")
    panes = blank_panes()
    for name, pane in panes.items():
        entry = saved.get(name)
        if entry is None:
            continue
        try:
            symbol, interval, link = str(entry["symbol"]), str(entry["interval"]), int(entry["link"])
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"pane {name}: {error}") from error
        if not 0 <= link <= 9:
            raise ConfigError(f"pane {name}: link group {link} is not 0-9")
        if name not in BOOK_PANES:
            Interval.parse(interval)
        panes[name] = _with_settings(replace(pane, symbol=symbol, interval=interval, link=link), entry)
    return panes


def _with_settings(pane: Pane, entry: Mapping[str, Any]) -> Pane:
    """The pane with its layers and their settings; files of older versions have none and keep the first ones."""
    layers = entry.get("layers", list(pane.layers))
    if not isinstance(layers, list):
        raise ConfigError(f"pane {pane.id}: layers must be a list, not {type(layers).__name__}")
    for layer in layers:
        pane = pane if layer in pane.layers else toggled(pane, str(layer))
    pane = with_shares(replace(pane, layers=tuple(layer for layer in pane.layers if layer in layers)), entry)
    return adjusted(pane, **{name: str(entry.get(name, getattr(pane, name))) for name in SETTINGS})


def toggled(pane: Pane, layer: str) -> Pane:
    """The pane with a layer shown that was hidden, or the other way round.

    Raises:
        ConfigError: No such layer.
    """
    if layer not in LAYERS:
        raise ConfigError(f"pane {pane.id}: no layer {layer!r}; there are {', '.join(LAYERS)}")
    return replace(pane, layers=tuple(sorted({layer} ^ set(pane.layers))))


def adjusted(pane: Pane, **wanted: str | None) -> Pane:
    """The pane with other settings of its layers, names of ``SETTINGS``; None leaves one as it is.

    Raises:
        ConfigError: A value that does not exist; the message names those that do.
    """
    given = {name: value for name, value in wanted.items() if value is not None}
    for name, value in given.items():
        if value not in SETTINGS[name]:
            raise ConfigError(f"pane {pane.id}: {name} {value!r} is none of {', '.join(SETTINGS[name])}")
    return replace(pane, **given)


def advanced(pane: Pane, setting: str) -> Pane:
    """The pane with the next value of a setting that can be had, the first one after the last.

    Raises:
        ConfigError: No such setting.
    """
    values = [value for value in SETTINGS.get(setting, ()) if value not in LACKING]
    if not values:
        raise ConfigError(f"pane {pane.id}: no setting {setting!r}; there are {', '.join(SETTINGS)}")
    now = getattr(pane, setting)
    return replace(pane, **{setting: values[(values.index(now) + 1) % len(values)] if now in values else values[0]})
