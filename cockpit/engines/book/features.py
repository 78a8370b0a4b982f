"""What a book looked like each second, and what happened in it since the second before: one row of numbers.

Rows are of event time: at the first tick at or after each whole second, which is where ticks stand
(``docs/adr/0009``: in long silences they thin out, and so do rows). Sizes are in the venue's smallest unit, prices
in ticks; NaN is what cannot be known, and never leaves the tape: panels turn it into nothing.

The micro-price is no column: what was learned of it is the user's own table, and a tape must replay to the same
bytes on any desk. ``microprice.adjustments`` makes it of a row's best sizes and spread when somebody looks.

Source: ``formulas.md`` 5.1-5.4; ``resources/docs/formulas.md`` lists every number.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.engines.book import features_kernels as kernels
from cockpit.engines.book.features_layout import (
    LEAST_MOMENTS,
    ROW_PAST,
    SUMS,
    USUAL_ROWS,
    memory,
)
from cockpit.engines.book.ofi import integrated_weights
from cockpit.engines.book.samples import steady
from cockpit.errors import EngineError
from cockpit.events.dtypes import BOOK_LEVELS, DTYPES, SAMPLE, Kind
from cockpit.units import Floats, Rows

# of numbers that go through an exponential or an eigenvector: their last bits are the processor's own
DIGITS: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class FrozenFeatures:
    """All of a feature engine."""

    past: Rows
    buckets: Rows
    weights: Floats
    sums: Rows


class Features:
    """Features of one instrument's book, a FEATURES row each second.

    Unknown are: all that needs two sides while one is empty or they cross; all that needs depth in a book of one
    level; flows until a second row; prints' sides before the first print that has one; Kyle's lambda below
    ``LEAST_INTERVALS`` whole seconds of the last five minutes; VPIN before ``BUCKETS`` full buckets; the integrated
    flow until ``LEAST_MOMENTS`` rows with all ranks can teach it.
    """

    def __init__(self, instrument_id: int) -> None:
        self._instrument_id = instrument_id
        self._memory = memory()

    def apply(self, samples: Rows, tops: Rows, prints: Rows) -> Rows:
        """Take a slice; how the river is cut into slices does not matter.

        Args:
            samples: SAMPLE (n,) of the slice's ticks.
            tops, prints: TOP and PRINT rows of the slice, in seq order.

        Returns:
            FEATURES (m,), m up to n, read-only.

        Raises:
            EngineError: Rows of another kind; nothing has changed.
        """
        dtypes = (SAMPLE, DTYPES[Kind.TOP], DTYPES[Kind.PRINT])
        given = (samples, tops, prints)
        for rows, dtype in zip(given, dtypes, strict=True):
            if rows.dtype != dtype:
                raise EngineError(f"features {self._instrument_id} expect rows of {dtype}, received {rows.dtype}")
        samples, tops, prints = map(steady, given, dtypes)
        parts: list[Rows] = []
        at = top = trade = 0
        while True:  # once, but for the lessons
            out = unknown_rows(len(samples) - at)
            at, top, trade, n = kernels.apply_samples(
                self._memory, samples, at, tops, top, prints, trade, self._instrument_id, out
            )
            parts.append(out[:n])
            if at == len(samples):
                break
            self._learn()
        made = parts[0] if len(parts) == 1 else np.concatenate(parts)
        made["imbalance_weighted"] = np.round(made["imbalance_weighted"], DIGITS)
        made.flags.writeable = False
        return made

    def _learn(self) -> None:
        """Weights of ranks from the last five minutes' rows; none while too few are whole, or nothing varies."""
        kept = self._memory
        rows = int(kept.sums["rows"][0])
        flows = kept.past["flows"][np.arange(max(rows - USUAL_ROWS, 0), rows) % USUAL_ROWS]
        flows = flows[~np.isnan(flows).any(axis=1)]
        kept.sums["taught"] = rows
        kept.weights[:] = np.nan
        if len(flows) >= LEAST_MOMENTS and bool((flows != flows[0]).any()):
            weights, explained = integrated_weights(flows)
            kept.weights[:BOOK_LEVELS] = np.round(weights, DIGITS)
            kept.weights[BOOK_LEVELS] = round(explained, DIGITS)

    def freeze(self) -> FrozenFeatures:
        """A copy of the state."""
        kept = self._memory
        return FrozenFeatures(kept.past.copy(), kept.buckets.copy(), kept.weights.copy(), kept.sums.copy())

    def thaw(self, frozen: FrozenFeatures) -> None:
        """Become what was frozen.

        Raises:
            EngineError: Not made by ``freeze`` of a feature engine of this program.
        """
        if frozen.past.dtype != ROW_PAST or frozen.sums.dtype != SUMS:
            raise EngineError(f"features {self._instrument_id} cannot thaw rows of {frozen.sums.dtype}")
        kept = memory()
        kept.past[:], kept.buckets[:] = frozen.past, frozen.buckets
        kept.weights[:], kept.sums[:] = frozen.weights, frozen.sums
        self._memory = kept

    def reset(self) -> None:
        """Become equal to a new one."""
        self._memory = memory()


FEATURE_NAMES: Final = tuple(
    name for name in DTYPES[Kind.FEATURES].names or () if name not in (DTYPES[Kind.TICK].names or ())
)
_UNKNOWN: Final = np.zeros(1, DTYPES[Kind.FEATURES])
for _name in FEATURE_NAMES:
    _UNKNOWN[_name] = np.nan


def unknown_rows(n: int) -> Rows:
    """FEATURES (n,) in which nothing is known yet."""
    return np.repeat(_UNKNOWN, n)
