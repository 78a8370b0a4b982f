"""Phases of a market's day, as far as engines care: what a crossed book means depends on it."""

from enum import Enum


class Phase(Enum):
    """What the venue is doing. The caller knows it from the calendar or from status events."""

    PRE_OPEN = "pre-open"  # orders collect, nothing trades; a crossed book is normal
    CONTINUOUS = "open"  # every cross would have traded, so a crossed book is a fault
    CLOSED = "closed"
    UNKNOWN = ""  # the calendar does not say; nothing is concluded
