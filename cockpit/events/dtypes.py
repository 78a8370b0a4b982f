"""Column layout of every event kind: one aligned structured dtype each.

Every row starts with the same header, so that merging, taping and digesting need no knowledge of the kind:

``seq``        int64, place in the river (in a source's own chunks: place within the source).
``clock_ns``   int64, the instant that decides (``contracts.md`` 1), ns since the Unix epoch, UTC.
``event_ns``   int64, the venue's own time, same unit; NO_TIME when the venue gave none.
``recv_ns``    int64, when somebody first heard of it; for latency and staleness only.
``instrument`` int32, id in the session's ``Registry``; -1 where an event belongs to no instrument.

Prices are int64 ticks (price / tick of the instrument), NO_PRICE when absent; sizes int64 in the venue's
smallest unit. Index levels and volumes of bars are float64, NaN when unknown.
"""

from enum import IntEnum
from typing import Final

import numpy as np

from cockpit.units import NO_TIME

HEADER: Final = [
    ("seq", np.int64),
    ("clock_ns", np.int64),
    ("event_ns", np.int64),
    ("recv_ns", np.int64),
    ("instrument", np.int32),
]

BOOK_LEVELS: Final = 10  # levels a price-level record carries (MBP-10)
EVIDENCE: Final = 16  # causes a detection names at most
DETECTION_VALUES: Final = 6
BANDS_BPS: Final = (5, 10, 25)  # 1/10,000 of the mid, ascending: ten levels of a small tick are hardly one


class Kind(IntEnum):
    """Event kinds. The value is part of tapes and digests: never renumber."""

    TICK = 1  # time passes; made by the river, or by the tape
    MBO = 2  # one order-level change
    MBP = 3  # ten price levels after a change
    QUOTE = 4  # best bid and ask of one venue, as the venue published them
    TRADE = 5  # a print, as the venue published it
    BAR = 6  # a finished bar of a traded instrument, as the vendor published it
    INDEX = 7  # a finished bar of an index or volatility level (float64, no tick)
    DEFINITION = 8
    STATISTIC = 9
    STATUS = 10
    GAP = 11  # the venue's sequence broke, or the file lost data
    IMBALANCE = 12  # auction imbalance, as the venue published it
    CHAIN = 13  # one contract of an option chain's snapshot; the instrument is the underlying
    DEPTH = 14  # one changed price level of a full-depth book; a message is a run of rows, the last with Flag.LAST
    MARK = 15  # mark price and funding of a perpetual, as the venue published them
    # derived by engines:
    TOP = 64  # best quotes of a book at the end of a venue transaction, with the flow since the last one
    PRINT = 65  # a trade as engines use it, from TRADE or from MBO/MBP trade records
    BAR_CLOSED = 66  # a bar made by the bar engine
    GEX = 67  # gamma exposure of a chain's snapshot, at its spot
    REGIME = 68  # the volatility regime after a print of the VIX
    PRESSURE = 69  # pressure of one book, at each tick
    DETECTION = 70  # what a detector saw in a book: a wall, a sweep, ...
    MARKOUT = 72  # where the mid went after a detection
    FEATURES = 71  # numbers of one book and of what happened in it, at the first tick of each second

    @property
    def is_derived(self) -> bool:
        """Whether engines make it, so that replay recomputes instead of reading it."""
        return self >= Kind.TOP


KIND_NAMES: Final = {
    Kind.TICK: "tick",
    Kind.MBO: "mbo",
    Kind.MBP: "mbp",
    Kind.QUOTE: "quote",
    Kind.TRADE: "trade",
    Kind.BAR: "bar",
    Kind.INDEX: "index",
    Kind.DEFINITION: "definition",
    Kind.STATISTIC: "statistic",
    Kind.STATUS: "status",
    Kind.GAP: "gap",
    Kind.IMBALANCE: "imbalance",
    Kind.CHAIN: "chain",
    Kind.DEPTH: "depth",
    Kind.MARK: "mark",
    Kind.TOP: "top",
    Kind.PRINT: "print",
    Kind.BAR_CLOSED: "bar_closed",
    Kind.GEX: "gex",
    Kind.REGIME: "regime",
    Kind.PRESSURE: "pressure",
    Kind.DETECTION: "detection",
    Kind.MARKOUT: "markout",
    Kind.FEATURES: "features",
}


def _layout(*fields: tuple[str, object] | tuple[str, object, tuple[int, ...]]) -> np.dtype[np.void]:
    return np.dtype([*HEADER, *fields], align=True)  # type: ignore[call-overload]  # numpy's stubs want a literal


DTYPES: Final[dict[Kind, np.dtype[np.void]]] = {
    Kind.TICK: _layout(),
    Kind.MBO: _layout(
        ("order_id", np.uint64),
        ("price_ticks", np.int64),
        ("size", np.int64),
        ("sequence", np.uint32),
        ("action", np.uint8),  # ord of A C M R T F N
        ("side", np.uint8),  # ord of B A N; of a trade: the aggressor
        ("flags", np.uint8),  # DBN flag bits, see Flag
    ),
    Kind.MBP: _layout(
        ("price_ticks", np.int64),  # of the change or trade that made the record
        ("size", np.int64),
        ("sequence", np.uint32),
        ("action", np.uint8),
        ("side", np.uint8),
        ("flags", np.uint8),
        ("depth", np.uint8),
        ("bid_ticks", np.int64, (BOOK_LEVELS,)),
        ("ask_ticks", np.int64, (BOOK_LEVELS,)),
        ("bid_sizes", np.int64, (BOOK_LEVELS,)),
        ("ask_sizes", np.int64, (BOOK_LEVELS,)),
        ("bid_counts", np.int32, (BOOK_LEVELS,)),
        ("ask_counts", np.int32, (BOOK_LEVELS,)),
    ),
    Kind.QUOTE: _layout(
        ("bid_ticks", np.int64),
        ("ask_ticks", np.int64),
        ("bid_size", np.int64),
        ("ask_size", np.int64),
        ("bid_count", np.int32),  # -1 when the schema has none
        ("ask_count", np.int32),
        ("interval_ns", np.int64),  # 0 when every change is published, else the sampling step
        ("update_id", np.int64),  # the venue's update id of the book it shows; 0 where it gives none
    ),
    Kind.TRADE: _layout(
        ("price_ticks", np.int64),
        ("size", np.int64),
        ("sequence", np.uint32),
        ("aggressor", np.uint8),  # ord of B A N
        ("flags", np.uint8),
    ),
    Kind.BAR: _layout(
        ("interval_ns", np.int64),
        ("open_ns", np.int64),  # clock_ns is the close
        ("open_ticks", np.int64),
        ("high_ticks", np.int64),
        ("low_ticks", np.int64),
        ("close_ticks", np.int64),
        ("volume", np.float64),
        ("buy_volume", np.float64),  # NaN when the file does not say
        ("sell_volume", np.float64),
        ("trades", np.float64),
    ),
    Kind.INDEX: _layout(
        ("interval_ns", np.int64),
        ("open_ns", np.int64),
        ("open", np.float64),
        ("high", np.float64),
        ("low", np.float64),
        ("close", np.float64),
        ("volume", np.float64),
    ),
    Kind.DEFINITION: _layout(
        ("symbol", "S80"),  # canonical, RAW.VENUE
        ("asset", "S16"),
        ("instrument_class", np.uint8),  # ord of DBN's letters
        ("tick_nano", np.int64),
        ("multiplier_nano", np.int64),  # USD per 1.0 of price, in 1e-9; 0 when unknown
        ("expiration_ns", np.int64),
        ("strike_nano", np.int64),
    ),
    Kind.STATISTIC: _layout(
        ("ts_ref_ns", np.int64),
        ("price_ticks", np.int64),
        ("quantity", np.int64),  # -1 when undefined
        ("stat_type", np.uint16),
        ("update_action", np.uint8),
        ("flags", np.uint8),
    ),
    Kind.STATUS: _layout(
        ("action", np.uint16),
        ("reason", np.uint16),
        ("trading_event", np.uint16),
        ("is_trading", np.uint8),  # ord of Y N ~
        ("is_quoting", np.uint8),
    ),
    Kind.GAP: _layout(
        ("from_ns", np.int64),  # last instant known to be whole
        ("expected", np.int64),  # the id that should have come, -1 when ids do not exist
        ("received", np.int64),
        ("reason", np.uint8),  # GapReason
    ),
    Kind.IMBALANCE: _layout(
        ("ref_ticks", np.int64),
        ("paired_size", np.int64),
        ("imbalance_size", np.int64),
        ("side", np.uint8),
    ),
    Kind.CHAIN: _layout(  # a snapshot is a run of rows of one underlying and clock; the last has Flag.LAST
        ("strike", np.float64),  # price units of the underlying
        ("bid", np.float64),  # USD per unit of the underlying; 0: nobody bids; NaN: unknown
        ("ask", np.float64),
        ("last", np.float64),
        ("volume", np.float64),  # contracts; NaN unknown
        ("open_interest", np.float64),
        ("iv", np.float64),  # the file's own, decimal per sqrt(year); NaN where it has none (files write 0)
        ("delta", np.float64),
        ("gamma", np.float64),  # per 1.0 of the underlying, as the file has it, 0 too
        ("spot", np.float64),  # of the underlying by the file; NaN unknown
        ("expiry_day", np.int32),  # days since 1970-01-01; the instant follows from root and calendar
        ("root", "S8"),  # of the option symbol: SPX is settled in the morning, SPXW in the afternoon
        ("right", np.uint8),  # ord of C or P
        ("flags", np.uint8),
    ),
    Kind.DEPTH: _layout(  # a snapshot begins with a CLEAR; its rows have Flag.SNAPSHOT
        ("price_ticks", np.int64),  # NO_PRICE in a CLEAR and in a message without levels
        ("size", np.int64),  # what rests there now, smallest unit of the venue; 0: nothing
        ("first_id", np.int64),  # the venue's update ids of the message, -1 where it gives none
        ("final_id", np.int64),
        ("previous_id", np.int64),
        ("action", np.uint8),  # ord of M (the level is now this) or R (clear: nothing is known any more)
        ("side", np.uint8),  # ord of B A; N in a CLEAR and in a message without levels
        ("flags", np.uint8),
    ),
    Kind.MARK: _layout(
        ("mark", np.float64),  # price units
        ("index", np.float64),
        ("funding_rate", np.float64),  # fraction per funding interval; NaN unknown
        ("next_funding_ns", np.int64),  # NO_TIME unknown
    ),
    Kind.TOP: _layout(
        ("bid_ticks", np.int64),
        ("ask_ticks", np.int64),
        ("bid_size", np.int64),
        ("ask_size", np.int64),
        ("bid_count", np.int32),
        ("ask_count", np.int32),
        ("ofi", np.float64),  # event OFI against the previous TOP; NaN when either side was missing
    ),
    Kind.PRINT: _layout(
        ("price_ticks", np.int64),
        ("size", np.int64),
        ("aggressor", np.uint8),
    ),
    Kind.BAR_CLOSED: _layout(
        ("interval_ns", np.int64),
        ("open_ns", np.int64),
        ("open_ticks", np.int64),
        ("high_ticks", np.int64),
        ("low_ticks", np.int64),
        ("close_ticks", np.int64),
        ("volume", np.float64),
        ("buy_volume", np.float64),
        ("sell_volume", np.float64),
        ("trades", np.float64),
    ),
    Kind.GEX: _layout(  # USD per 1 % of the underlying, all expiries, calls plus and puts minus
        ("spot", np.float64),
        ("total", np.float64),
        ("call", np.float64),
        ("put", np.float64),
        ("flip", np.float64),  # the one nearest the spot, price units of the underlying; NaN: none in range
        ("call_wall", np.float64),  # strikes; NaN: none
        ("put_wall", np.float64),
        ("abs_strike", np.float64),
        ("contracts", np.int64),  # that count
        ("dropped", np.int64),
    ),
    Kind.REGIME: _layout(
        ("value", np.float64),
        ("percentile", np.float64),  # 0..1 of the trailing closes; NaN with too few
        ("vix_vix3m", np.float64),  # NaN unknown
        ("vix9d_vix", np.float64),
        ("severity", np.uint8),  # 0 calm, 1 tense, 2 panic
        ("previous", np.uint8),
    ),
    Kind.PRESSURE: _layout(  # all in [-1, 1], up is positive; NaN unknown
        ("value", np.float64),  # smoothed
        ("raw", np.float64),
        ("imbalance", np.float64),
        ("order_flow", np.float64),
        ("pull_stack", np.float64),
        ("aggression", np.float64),
        ("gex_stiffness", np.float64),
    ),
    Kind.DETECTION: _layout(  # see ``Detector`` for what price, size and values are of each
        ("id", np.int64),  # the same in what a wall began and ended as; unique within the instrument's detector
        ("begin_ns", np.int64),  # when what was seen began; clock_ns is when it was certain
        ("price_ticks", np.int64),
        ("to_ticks", np.int64),  # the other end of it; NO_PRICE: it has none
        ("size", np.int64),
        ("count", np.int64),
        ("threshold", np.float64),  # what the size, or the number in question, had to exceed
        ("ratio", np.float64),  # of the rule; NaN: the rule has none
        ("mid", np.float64),  # ticks, when it was certain; NaN unknown
        ("values", np.float64, (DETECTION_VALUES,)),  # further numbers of the rule, NaN unknown
        ("evidence", np.int64, (EVIDENCE,)),  # seq of changes and trades that made it: the first and the last; -1
        ("causes", np.int64),  # how many there were
        ("detector", np.uint8),
        ("phase", np.uint8),  # DetectionPhase
        ("side", np.uint8),  # ord of B A: where what was seen rests, or rested
        ("reason", np.uint8),  # EndReason; of what ended
        ("direction", np.int32),  # where the mid should go after it: 1 up, -1 down
    ),
    Kind.MARKOUT: _layout(
        ("id", np.int64),  # of the detection
        ("horizon_ns", np.int64),
        ("since_ns", np.int64),  # clock of the detection
        ("from_mid", np.float64),  # ticks
        ("to_mid", np.float64),  # at the first tick at or after the horizon; NaN: the book was not known all along
        ("move", np.float64),  # ticks in the expected direction; NaN unknown
        ("detector", np.uint8),
        ("direction", np.int32),
    ),
    Kind.FEATURES: _layout(  # prices in ticks, sizes in the venue's smallest unit; NaN unknown
        ("spread", np.float64),
        ("mid", np.float64),
        ("weighted_mid", np.float64),
        ("imbalance", np.float64),  # of the best level, -1..1
        ("imbalance_10", np.float64),  # of ten levels
        ("imbalance_weighted", np.float64),  # of ten levels that fade by e^(-0.5 i)
        ("depth_weighted", np.float64),  # mean price of both sides' ten levels by size
        ("cross_weighted", np.float64),  # each side's mean price weighted by the other side's size
        ("bid_slope", np.float64),  # size per tick of distance from the mid, through the origin
        ("ask_slope", np.float64),
        ("bid_depth", np.float64, (BOOK_LEVELS,)),  # size up to and including each level
        ("ask_depth", np.float64, (BOOK_LEVELS,)),
        ("bid_within", np.float64, (len(BANDS_BPS),)),  # size within each of BANDS_BPS of the mid
        ("ask_within", np.float64, (len(BANDS_BPS),)),
        # since the row before; positive buys
        ("span_s", np.float64),  # how long that is
        ("ofi", np.float64),  # event OFI of the best quotes
        ("ofi_by_rank", np.float64, (BOOK_LEVELS,)),  # the same rule at every rank, event by event
        ("ofi_integrated", np.float64),  # of the ranks, by weights learned from earlier rows
        ("ofi_explained", np.float64),  # share of the ranks' variance that those weights explain, 0..1
        ("delta_depth_imbalance", np.float64),  # change of ten bids less change of ten asks: no flow, see formulas
        ("bid_net_stack", np.float64),  # added less pulled within ten levels
        ("ask_net_stack", np.float64),
        ("bought", np.float64),  # by the aggressor
        ("sold", np.float64),
        # over the last minutes
        ("vpin", np.float64),  # 0..1
        ("kyle_lambda", np.float64),  # ticks of the mid per unit of signed volume
        ("kyle_r2", np.float64),
        ("kyle_n", np.float64),  # seconds it rests on
        ("is_suspect", np.float64),  # 1: the book is not to be trusted
    ),
}

# what a book looks like when a tick comes; no header: samples are no events
SAMPLE: Final = np.dtype(
    [
        ("seq", np.int64),  # of the tick
        ("clock_ns", np.int64),
        ("bid_ticks", np.int64),  # best; NO_PRICE when the side is empty
        ("ask_ticks", np.int64),
        ("bid_sizes", np.int64, (BOOK_LEVELS,)),  # of the best levels, best first; 0 where there is none
        ("ask_sizes", np.int64, (BOOK_LEVELS,)),
        # contracts added minus contracts pulled (executions are neither) within ten levels, since the book began
        ("bid_stacked", np.int64),
        ("ask_stacked", np.int64),
        ("is_suspect", np.uint8),
        ("bid_level_ticks", np.int64, (BOOK_LEVELS,)),  # prices of the best levels; NO_PRICE where there is none
        ("ask_level_ticks", np.int64, (BOOK_LEVELS,)),
        ("bid_within", np.int64, (len(BANDS_BPS),)),  # what rests so near the mid; -1 where the source hides some
        ("ask_within", np.int64, (len(BANDS_BPS),)),
        # event flow of each rank since the book began, bids less asks; see ``engines.book.ofi.multi_level_ofi``
        ("flows", np.int64, (BOOK_LEVELS,)),
    ],
    align=True,
)


# closed and forming bars as histories keep them and charts draw them; no header: they are no events
BAR_VIEW: Final = np.dtype(
    [
        ("open_ns", np.int64),
        ("close_ns", np.int64),  # where the bar ends; of tick and volume bars, when it ended
        ("open", np.float64),  # price in stored units: ticks, or points of an index (``Instrument.unit``)
        ("high", np.float64),
        ("low", np.float64),
        ("close", np.float64),
        ("volume", np.float64),  # NaN: unknown
        ("delta", np.float64),  # bought minus sold; NaN: unknown
    ]
)


class Flag:
    """Bits of ``flags`` as DBN defines them; other bits may be set, so mask and never compare."""

    LAST: Final = 128  # end of the venue's transaction for this instrument
    TOB: Final = 64
    SNAPSHOT: Final = 32
    MBP: Final = 16
    BAD_TS_RECV: Final = 8
    MAYBE_BAD_BOOK: Final = 4


class GapReason(IntEnum):
    """Why a GAP event exists."""

    SEQUENCE = 1  # the venue's ids skipped
    TRUNCATED = 2  # a file or tape ended in the middle
    MALFORMED = 3  # a record on a book stream could not be read
    OVERFLOW = 4  # a bounded queue had to drop
    VENUE = 5  # the venue itself says the book may be bad


class Detector(IntEnum):
    """What sees things in a book. The value is part of tapes: never renumber."""

    WALL = 1  # price; size: the largest so far; values: now, eaten, pulled, moved, unattributed, median size
    SWEEP = 2  # first to last price; size: traded; count: prices; values: ns it took, prints, prices usual at most
    ABSORPTION = 3  # price; size: what hit it; count: trades; values: added back, mid move (ticks), median volume
    # nearest to farthest price; size: gone from them; count: levels; threshold: usual for such groups; values:
    # added, pulled, filled, executed on the other side, 2 if anything was, else 1
    LAYERING = 4
    ICEBERG = 5  # price; size: executed; count: fills; values: most shown, hidden, 1 native 2 synthetic 3 guessed
    EXHAUSTION = 6  # best price; size: left in three levels; values: median of it, spread, median spread
    # price; size: pulled; count: executions on the other side; values: rested (ns), executed there, imbalance of
    # ten levels before it came, and with it
    SPOOF = 7


class DetectionPhase(IntEnum):
    """Which part of a detection's life a row tells."""

    SEEN = 1
    ENDED = 2  # only what rests ends: a wall


class EndReason(IntEnum):
    """How what rested came to its end."""

    NONE = 0  # it has not
    PULLED = 1
    EATEN = 2
    MOVED = 3
    SCROLLED = 4  # out of what the venue shows
    FADED = 5  # by and by, no cause above its mark
    LOST = 6  # a gap: nobody knows


ADD: Final = ord("A")
CANCEL: Final = ord("C")
MODIFY: Final = ord("M")
CLEAR: Final = ord("R")
TRADE: Final = ord("T")
FILL: Final = ord("F")
NONE: Final = ord("N")
BID: Final = ord("B")
ASK: Final = ord("A")
CALL: Final = ord("C")
PUT: Final = ord("P")


def empty(kind: Kind, n: int = 0) -> np.ndarray:
    """Zeroed rows of ``kind``, shape (n,), with the header's unknowns set to unknown."""
    rows = np.zeros(n, DTYPES[kind])
    rows["instrument"] = -1
    return rows


def torn_gap(seq: int, last_ns: int) -> np.ndarray:
    """The GAP row that ends a torn file or tape, shape (1,); it belongs to no instrument, for all of them end here.

    Args:
        seq: Its place: behind the last whole row.
        last_ns: Clock of that row, ns UTC.
    """
    rows = empty(Kind.GAP, 1)
    rows["seq"] = seq
    rows["clock_ns"] = rows["from_ns"] = last_ns
    rows["event_ns"] = rows["recv_ns"] = NO_TIME
    rows["expected"] = rows["received"] = -1
    rows["reason"] = GapReason.TRUNCATED
    return rows
