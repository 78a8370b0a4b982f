"""What is odd about the snapshot of a chain as a whole: said on screen, nothing is changed for it."""

from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from cockpit.calendars import calendar_of
from cockpit.feeds.files import csv_names
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.option_symbols import day_date
from cockpit.instants import eastern
from cockpit.instruments import Instrument
from cockpit.units import Rows

# the last expiry stays listed over the longest weekend there is, Thursday to Monday
_LISTED_AFTER_DAYS: Final = 4
# every optionable underlying has an expiry within two calendar months
_NEXT_EXPIRY_DAYS: Final = 62
# and one at least three months out; index chains reach years ahead
_LISTED_AHEAD_DAYS: Final = 100
_BIDS_EXPECTED: Final = 0.5  # share of contracts; whole chains of busy hours have 0.78 to 0.97
_STRIKES_ROOM: Final = 1.5  # a spot this many times outside the strikes is of something else


def doubt_snapshot(rows: Rows, underlying: Instrument, losses: Losses) -> None:
    """Note closed markets, dates that do not fit the expiries, chains in part, and numbers that are missing.

    Args:
        rows: CHAIN (n,), n > 0, clock and spot filled in.
        underlying: What they are about.
        losses: Where it is noted.
    """
    today = eastern(int(rows["clock_ns"][0])).date()
    _doubt_day(today, underlying.sessions, losses)
    _doubt_expiries(today, rows, losses)
    _doubt_numbers(rows, losses)


def _doubt_day(today: date, group: str, losses: Losses) -> None:
    calendar = calendar_of(group)
    sessions = calendar.sessions_of(today)
    if sessions.start == 0 or sessions.start < sessions.stop:
        return
    before: date = calendar.trade_days[sessions.start - 1].item()
    losses.note(f"{today:%A} {today}: market closed at its time, quotes are of {before:%A} {before}")


def _doubt_expiries(today: date, rows: Rows, losses: Losses) -> None:
    days = np.unique(rows["expiry_day"])
    first, last = day_date(int(days[0])), day_date(int(days[-1]))
    if (today - first).days > _LISTED_AFTER_DAYS:
        losses.note(f"dated {today}, after contracts that expired on {first}: its date may have been rewritten")
    elif (first - today).days > _NEXT_EXPIRY_DAYS:
        what = "its date may have been rewritten, or expiries are missing"
        losses.note(f"dated {today}, long before its first expiry {first}: {what}")
    if (last - today).days < _LISTED_AHEAD_DAYS:
        many = "1 expiry" if len(days) == 1 else f"{len(days)} expiries"
        losses.note(f"only {many}, up to {last}: part of what is listed")


def _doubt_numbers(rows: Rows, losses: Losses) -> None:
    known = ~np.isnan(rows["bid"])
    bids = int((rows["bid"][known] > 0).sum())
    if bool(known.any()) and bids < _BIDS_EXPECTED * int(known.sum()):
        losses.note(f"only {100 * bids / int(known.sum()):.0f} % of contracts have a bid")
    if not bool((rows["iv"] > 0).any()):
        losses.note("no contract has an implied volatility of the file's own")
    if not bool((rows["gamma"] != 0).any() or (rows["delta"] != 0).any()):
        losses.note("all greeks of the file are 0: missing, not zero")
    if not bool((rows["open_interest"] > 0).any()):
        losses.note("no contract has open interest")
    spot, strikes = float(rows["spot"][0]), rows["strike"]
    low, high = float(strikes.min()), float(strikes.max())
    if spot * _STRIKES_ROOM < low or spot > high * _STRIKES_ROOM:
        losses.note(f"its last price {spot:g} is far outside its strikes, {low:g} to {high:g}")


def doubt_labels(path: Path, title: str, told: str | None, underlying: Instrument, losses: Losses) -> None:
    """Note a title or a file name that speaks of another underlying than the contracts; these count.

    Args:
        path: Of the file.
        title: What the file calls its underlying, or its symbol; may be empty.
        told: The underlying root that means; None when it means none this program knows.
        underlying: What the contracts are about.
        losses: Where it is noted.
    """
    if told and told != underlying.root:
        losses.note(f"its title says {title} ({told}), its contracts are of {underlying.root}: the contracts count")
    named = csv_names.symbol_of_name(path)
    root = "" if named is None else named.partition(".")[0]
    if root and root != underlying.root and not root.endswith(csv_names.CONTINUOUS) and told != root:
        losses.note(f"its name says {root}, its contracts are of {underlying.root}: the contracts count")
