"""Mark price and funding of a perpetual: what the venue published last, and how old that is."""

import math
from typing import Final

from cockpit.instruments import Instrument
from cockpit.state.freshness import freshness
from cockpit.state.lane import Lane
from cockpit.state.views import MarkState, Provenance
from cockpit.units import NO_TIME, NS_PER_S

FRESH_NS: Final = 5 * NS_PER_S  # published every second, or every three
PERPETUAL: Final = "PERP"  # in the venue's own symbol


def reduce_mark(lane: Lane, provenance: Provenance, now_ns: int) -> MarkState | None:
    """The state at ``now_ns``; None for what has none.

    Of a perpetual that published none so far all is unknown; the simulated market's have no mark price.
    """
    if not len(lane.mark):
        has_one = lane.instrument.kind == "crypto" and PERPETUAL in lane.instrument.raw
        return MarkState() if has_one and provenance is not Provenance.SIMULATED else None
    row = lane.mark[-1]
    rate, funding_ns = float(row["funding_rate"]), int(row["next_funding_ns"])
    age_ns = max(now_ns - int(row["clock_ns"]), 0)
    return MarkState(
        price=_stored(lane.instrument, float(row["mark"])),
        index=_stored(lane.instrument, float(row["index"])),
        has_funding=funding_ns != NO_TIME,
        rate=None if math.isnan(rate) else rate,
        funding_in_ns=None if funding_ns == NO_TIME else funding_ns - now_ns,
        age_ns=age_ns,
        freshness=freshness(age_ns, FRESH_NS),
    )


def _stored(instrument: Instrument, price: float) -> float | None:
    return None if math.isnan(price) else price / instrument.unit
