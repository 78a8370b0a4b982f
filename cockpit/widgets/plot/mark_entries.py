"""What mark price and funding of a perpetual say of themselves in the legend. No Qt."""

from typing import Final

from cockpit.instants import age_text
from cockpit.instruments import DASH, MINUS, Instrument
from cockpit.state.views import Freshness, MarkState, is_old
from cockpit.widgets.plot.entries import MARK, Entry

MARK_TIP: Final = "Mark price as the venue published it last: what open positions are valued and closed out by"
INDEX_TIP: Final = "Index price as the venue published it last: the average of spot markets that the mark rests on"
FUNDING_TIP: Final = (
    "Funding as the venue published it last, for one funding interval: above 0 longs pay shorts, "
    "and how long until it is paid"
)
DUE: Final = "due"  # the instant has passed, and nothing newer was published
_AGES: Final = {Freshness.AGING: "aging", Freshness.STALE: "stale"}


def mark_entries(mark: MarkState, instrument: Instrument, plain: str) -> tuple[Entry, ...]:
    """Mark and index price and funding; what is not known is a dash, what is old says how old it is."""
    old = mark.freshness is not None and is_old(mark.freshness)
    token = "text3" if old else plain
    price = DASH if mark.price is None else instrument.format(mark.price)
    if mark.age_ns is not None and mark.freshness in _AGES:
        price, token = f"{price} · {age_text(mark.age_ns)}", _AGES[mark.freshness]
    found = [Entry("Mark", price, token, 2, MARK, MARK_TIP)]
    token = "text3" if old else plain
    if mark.index is not None:
        found.append(Entry("Index", instrument.format(mark.index), token, 6, MARK, INDEX_TIP))
    if mark.has_funding:
        found.append(Entry("Funding", _funding(mark), token, 3, MARK, FUNDING_TIP))
    return tuple(found)


def _funding(mark: MarkState) -> str:
    if mark.rate is None:
        return DASH
    percent = f"{abs(mark.rate) * 100:.4f}"
    sign = "" if not percent.strip("0.") else "+" if mark.rate > 0 else MINUS
    left = mark.funding_in_ns
    when = f" in {DASH}" if left is None else f" in {age_text(left)}" if left > 0 else f" {DUE}"
    return f"{sign}{percent} %{when}"
