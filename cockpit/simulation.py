"""What the simulated market needs from the rest of the program: the engines' volatility indices, a cache folder."""

from pathlib import Path
from typing import Final

from cockpit.engines.options.term_index import term_indices
from cockpit.feeds.source import CHUNK_EVENTS
from cockpit.feeds.synthetic.history import load_or_build
from cockpit.feeds.synthetic.market import Market, MarketConfig
from cockpit.feeds.synthetic.past import History, Progress
from cockpit.feeds.synthetic.source import SyntheticSource
from cockpit.folders import cache_folder
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_S

WARM_NS: Final = 20 * NS_PER_S  # every kind of event happens, levels are published once
DEFAULT_START: Final = "2026-11-30T09:30"  # New York; a Monday with a whole week of sessions before it


def market(config: MarketConfig) -> Market:
    """A market from an instant on, without history."""
    return Market(config, term_indices)


def warm_market() -> None:
    """Compile everything a market and its history run, once after an installation: it takes a minute, or two."""
    start_ns = parse_instant(DEFAULT_START)
    made = market(MarketConfig(1, start_ns))
    made.step(start_ns + WARM_NS)
    made.snapshot()
    made.load(made.save())


def source(config: MarketConfig, hours: float, chunk_events: int = CHUNK_EVENTS) -> SyntheticSource:
    """Some hours of a market as a source."""
    return SyntheticSource(config, hours, term_indices, chunk_events)


def history(config: MarketConfig, folder: Path | None = None, progress: Progress | None = None) -> History:
    """The day before a market and the market that goes on from it, from the cache where it is good.

    Args:
        config: The market.
        folder: Of the cache; None: ``cache_folder()``.
        progress: Told how far building is, if it must be built.
    """
    return load_or_build(config, folder or cache_folder() / "simulated", term_indices, progress)
