"""Bitfinex's raw order book channel (R0) as it came over the wire: a JSON list of frames.

A snapshot is a frame with a list of orders; every other frame is one order: price 0 when it has left the window of
the channel, else its price and amount, negative for asks. Frames carry no time: the clock is the number of the
message, one millisecond each from the beginning of 1970, which no one can take for a real time.

Source: Bitfinex WebSocket API v2, channel ``book``, precision ``R0``.
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import ADD, ASK, BID, CANCEL, MODIFY, Flag, Kind
from cockpit.feeds.files.grids import COIN_LOT, inferred
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.order_history import previous_of
from cockpit.feeds.files.rows_source import PLACES, Lines, RowsSource, blank
from cockpit.units import NANO, NO_PRICE, NS_PER_MS, Sizes

FORMAT: Final = "bitfinex_json"
_LIMITS: Final = (2.0**53, 9e7, 9e7)  # above, a float does not hold an id, or eight decimals
_FIELDS: Final = 3  # order id, price, amount
NO_CLOCK: Final = "frames have no times: the clock is the number of the message, a millisecond each, from 1970 on"


def is_recording(content: Any) -> bool:
    """Whether a JSON value is a list of frames with a subscription to a raw order book among the first."""
    return isinstance(content, list) and _subscription(content) is not None


def salvage(text: str) -> list[Any] | None:
    """The whole frames of a recording that is cut; None when it is no such recording."""
    if not text.startswith("["):
        return None
    try:
        content = json.loads(text[: text.rfind("]]") + 2] + "]")
    except (ValueError, RecursionError):
        return None
    return content if is_recording(content) else None


def _subscription(content: list[Any]) -> dict[str, Any] | None:
    for frame in content[:16]:
        if isinstance(frame, dict) and frame.get("event") == "subscribed" and frame.get("prec") == "R0":
            return frame
    return None


def open_recording(path: Path, content: list[Any], torn: str | None, chunk_events: int) -> RowsSource:
    """The source of such a list.

    Raises:
        SourceError: No frame can be used.
    """
    losses = Losses()
    subscription = _subscription(content) or {}
    pair = str(subscription.get("pair") or str(subscription.get("symbol", "")).removeprefix("t")).upper()
    if not pair:
        raise SourceError(path, "a subscription that names no pair")
    number, orders, is_first, is_last, spoilt = _orders(content, subscription.get("chanId"), losses)
    if not len(number):
        raise SourceError(path, "no frame with an order")
    order_id, price, amount = orders[:, 0].astype(np.int64), _nano(orders[:, 1]), _nano(orders[:, 2])
    gone = price == 0
    instrument = inferred(f"{pair}.BITFINEX", "", price[~gone], "crypto", COIN_LOT)
    losses.note(NO_CLOCK)
    out = blank(Kind.MBO, number * NS_PER_MS)
    size, rest = np.divmod(np.abs(amount), COIN_LOT)
    out.refuse((rest != 0) | (amount == 0), "amount 0 or finer than 1e-8", amount, is_price=True)
    out.refuse(price < 0, "price below 0", price, is_price=True)
    before = previous_of(order_id)
    rests = (before >= 0) & ~gone[before]
    rows = out.rows
    rows["action"] = np.where(gone, CANCEL, np.where(rests, MODIFY, ADD))
    rows["order_id"], rows["side"] = order_id, np.where(amount > 0, BID, ASK)
    rows["price_ticks"] = np.where(gone, NO_PRICE, price // instrument.tick_nano)
    rows["size"] = np.where(gone, np.where(rests, size[before], 1), size)
    whole = ~(is_first & is_last)  # of a snapshot
    rows["action"][whole] = ADD
    rows["flags"] = np.where(is_last, Flag.LAST, 0) | np.where(whole, Flag.SNAPSHOT, 0)
    found = Lines(losses, "message")
    at = np.arange(len(number))
    found.add(out, number + 1, at - np.maximum.accumulate(np.where(is_first, at, 0)))
    found.lose_lines(spoilt + 1, 0)
    return RowsSource(path, FORMAT, "mbo", (instrument,), found, torn, chunk_events)


def _orders(
    content: list[Any], channel: Any, losses: Losses
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
    """Frame and fields of each order, whether it is the first and the last of its frame, and spoilt frames."""
    bodies: list[Any] = [
        frame[1] if isinstance(frame, list) and len(frame) == 2 and frame[0] == channel else None
        for frame in content
    ]
    counts = np.array([_count(body) for body in bodies], np.int64)
    spoilt = np.flatnonzero(counts < 0)
    for at in spoilt[:1]:
        losses.note("frame that is no order", f"message {int(at) + 1:,}", len(spoilt))
    good = np.flatnonzero(counts > 0)
    flat = [
        order for at in good.tolist() for order in (bodies[at] if isinstance(bodies[at][0], list) else [bodies[at]])
    ]
    orders = np.array(flat, np.float64).reshape(len(flat), _FIELDS)
    sizes = counts[good]
    number = np.repeat(good, sizes)
    ends = np.cumsum(sizes)
    is_first, is_last = np.zeros(len(flat), np.bool_), np.zeros(len(flat), np.bool_)
    is_first[ends - sizes] = is_last[ends - 1] = True
    return number, orders, is_first, is_last, spoilt


def _count(body: Any) -> int:
    """Orders in the body of a frame; 0 for what is of another kind, such as heartbeats, -1 for what is spoilt."""
    if not isinstance(body, list):
        return 0
    orders = body if body and isinstance(body[0], list) else [body]
    return len(orders) if len(orders) < PLACES and body and all(map(_is_order, orders)) else -1


def _is_order(fields: Any) -> bool:
    return (
        isinstance(fields, list)
        and len(fields) == _FIELDS
        and all(type(one) in (int, float) and abs(one) < limit for one, limit in zip(fields, _LIMITS, strict=True))
        and fields[0] >= 0
        and fields[0] == int(fields[0])
    )


def _nano(values: NDArray[np.float64]) -> Sizes:
    """Decimals read as floats in 1e-9: exact, for a float holds more digits than the venue's eight."""
    return np.rint(values * (NANO // COIN_LOT)).astype(np.int64) * COIN_LOT
