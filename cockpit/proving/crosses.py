"""When a book that is crossed is no fault: outside continuous trading."""

from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from cockpit.calendars import calendar_for
from cockpit.instruments import Instrument
from cockpit.units import NS_PER_S

# local times between which a venue matches continuously; SGX's day session of equity index futures before its
# closing auction (rulebook of 2014: pre-opening from 08:45, opening 09:00, pre-closing from 15:25)
_CONTINUOUS: Final = {"SGX": (ZoneInfo("Asia/Singapore"), time(9, 0), time(15, 25))}


def phase_of(instrument: Instrument, clock_ns: int) -> str:
    """``open`` in continuous trading, else another word; empty where nobody knows, which counts as open."""
    hours = _CONTINUOUS.get(instrument.venue)
    if hours is not None:
        zone, begin, end = hours
        local = datetime.fromtimestamp(clock_ns // NS_PER_S, UTC).astimezone(zone).time()
        return "open" if begin <= local < end else "auction"
    calendar = calendar_for(instrument)
    return "" if calendar is None else calendar.phase(clock_ns)
