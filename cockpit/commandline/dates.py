"""The date on the command line, for recordings whose times count from midnight and whose names tell none."""

from argparse import Namespace

from cockpit.errors import ConfigError
from cockpit.feeds.files.local_time import day_of


def given_day(arguments: Namespace) -> int | None:
    """Days since 1970-01-01 of ``--date``; None without it.

    Raises:
        ConfigError: It is no date.
    """
    if arguments.date is None:
        return None
    day = day_of(arguments.date)
    if day is None:
        raise ConfigError(f"--date {arguments.date}: not a date; for example 2012-06-21")
    return day
