"""Opening sources for whoever needs them: the desktop, `replay`, `record`, `inspect`."""

from collections.abc import Sequence
from typing import Final

from cockpit.calendars import Calendar, calendar_for
from cockpit.errors import ConfigError
from cockpit.feeds.files.binance_messages import join_recordings
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.river import River
from cockpit.feeds.source import CHAIN, CHUNK_EVENTS, Source
from cockpit.instruments import Instrument
from cockpit.state.lane import SPOT_NS
from cockpit.state.recording import Opened
from cockpit.state.views import Provenance

DESK_CHUNK_EVENTS: Final = 8_192  # decoding 65,536 at once held the loop for 10-23 ms; this many for 1-3 ms


def open_all(paths: Sequence[str], chunk_events: int = CHUNK_EVENTS, day: int | None = None) -> list[Source]:
    """The sources in the order given; Binance recordings that belong together are one source.

    Args:
        paths: Of files and tapes.
        chunk_events: See ``open_source``.
        day: Days since 1970-01-01 of recordings whose times count from midnight and whose names tell no date.

    Raises:
        ConfigError: No path.
        SourceError: A file cannot be opened or recognised.
    """
    if not paths:
        raise ConfigError("name at least one file or tape to open")
    return join_recordings([open_source(path, chunk_events, day) for path in paths])


def open_desk(paths: tuple[str, ...]) -> Opened:
    """Sources for the desktop: seekable, read twice (player and index)."""
    sources = open_all(paths, DESK_CHUNK_EVENTS)
    infos = [source.info for source in sources]
    steps = {each.symbol: info.interval_ns for info in infos if info.schema != CHAIN for each in info.instruments}
    chained = {each.symbol for info in infos if info.schema == CHAIN for each in info.instruments}
    bare = frozenset(chained - steps.keys())  # only option chains speak of them
    steps |= dict.fromkeys(bare, SPOT_NS)
    provenance = Provenance.SIMULATED if any(info.is_simulated for info in infos) else Provenance.REPLAY
    return Opened(names=paths, river=lambda: River(sources), steps_ns=steps, provenance=provenance, bare=bare)


def calendar_of(instrument: Instrument) -> Calendar | None:
    """The trading calendar of an instrument; None where it trades all the time or nobody knows."""
    return calendar_for(instrument)
