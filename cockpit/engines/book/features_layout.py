"""Where the feature engine keeps what, and its constants.

numba's cache does not see a change across files: when something here changes its meaning, touch
``features_kernels.py`` too.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import record
from cockpit.events.dtypes import BOOK_LEVELS
from cockpit.units import NO_TIME, Floats

USUAL_ROWS: Final = 300  # seconds that Kyle's lambda, the bucket of VPIN and the weights of ranks look back at
LEAST_INTERVALS: Final = 30  # of Kyle's lambda
LEAST_MOMENTS: Final = 60  # that weights of ranks are learned from
REFIT_ROWS: Final = 60  # rows between two lessons; a lesson looks only at rows before it
LEAST_VOLUME_S: Final = 60.0  # of trading before a bucket has a size
BUCKET_S: Final = 10.0  # a bucket holds what is usually traded in so long
BUCKETS: Final = 50

ROW_PAST: Final = record(  # one row, as later ones need it
    ("moved", np.float64),  # of the mid since the row before, ticks; NaN unknown, or not one second
    ("signed", np.float64),  # bought less sold; NaN unknown
    ("volume", np.float64),  # with an aggressor; NaN before the first such print
    ("span_s", np.float64),
    ("flows", np.dtype((np.float64, (BOOK_LEVELS,)))),  # by rank; NaN unknown
)
SUMS: Final = record(
    ("since_ns", np.int64),  # clock of the last row, or of the first sample; NO_TIME before
    ("rows", np.int64),  # ever
    ("taught", np.int64),  # rows there were when the weights were learned last; -1 never
    ("is_sided", np.int64),  # whether a print with an aggressor ever came
    # since the last row
    ("ofi", np.float64),
    ("bought", np.float64),
    ("sold", np.float64),
    # at the last row
    ("mid", np.float64),  # ticks; NaN unknown
    ("resting", np.float64),  # of ten levels, bids less asks; NaN unknown
    ("is_deep", np.int64),  # whether more than one level was seen
    ("bid_stacked", np.int64),
    ("ask_stacked", np.int64),
    ("flows", np.dtype((np.int64, (BOOK_LEVELS,)))),
    # of VPIN
    ("usual", np.int64),  # size of the next bucket; 0 unknown
    ("bucket", np.int64),  # size of the one that fills; 0: none does
    ("bucket_bought", np.int64),
    ("bucket_sold", np.int64),
    ("buckets", np.int64),  # full ones, ever
)


class Memory(NamedTuple):
    """All state of one feature engine.

    Attributes:
        past: ROW_PAST (USUAL_ROWS,), ring by row number.
        buckets: int64 (2, BUCKETS), ring by bucket number: absolute imbalance, and size.
        weights: float64 (BOOK_LEVELS + 1,), of ranks in the integrated flow, and the share of variance they
            explain; NaN until they were learned.
        sums: SUMS (1,).
    """

    past: Any
    buckets: Any
    weights: Floats
    sums: Any


def memory() -> Memory:
    """A memory of nothing."""
    sums = np.zeros(1, SUMS)
    sums["since_ns"], sums["taught"] = NO_TIME, -1
    sums["mid"] = sums["resting"] = np.nan
    return Memory(
        np.zeros(USUAL_ROWS, ROW_PAST),
        np.zeros((2, BUCKETS), np.int64),
        np.full(BOOK_LEVELS + 1, np.nan),
        sums,
    )
