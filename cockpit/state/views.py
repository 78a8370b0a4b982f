"""Frozen states, one per panel: complete, with units, time and freshness. Widgets draw these and nothing else."""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.book.heat import BEST as BEST  # widgets know these as part of the states
from cockpit.engines.book.heat import COARSE_CELLS as COARSE_CELLS
from cockpit.engines.book.heat import ROW as ROW
from cockpit.engines.book.heat import SIDE_BITS as SIDE_BITS
from cockpit.engines.book.heat import Heat as Heat
from cockpit.engines.book.heat import HeatChunk as HeatChunk
from cockpit.engines.book.layout import CELL_NS as CELL_NS
from cockpit.engines.spans import Spans as Spans  # widgets know it as part of the states
from cockpit.events.dtypes import BAR_VIEW as BAR_VIEW  # widgets know it as part of the states
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.links import LinkFacts as LinkFacts
from cockpit.events.links import LinkState as LinkState
from cockpit.instruments import Instrument
from cockpit.state.deltas import SECOND
from cockpit.state.heat_marks import HeatMark
from cockpit.state.ladder_walls import LadderQueue, LadderWall
from cockpit.state.pyramid import Pyramid
from cockpit.units import Floats, Rows, Sizes, Times


class Freshness(Enum):
    """How much the newest data can be trusted to be current (``contracts.md`` 7); ordered from good to bad."""

    FRESH = 0
    AGING = 1
    STALE = 2
    RESYNCING = 3
    FAILED = 4


def is_old(freshness: Freshness | None) -> bool:
    """Whether a value is to be dimmed: stale or worse."""
    return freshness is not None and freshness.value >= Freshness.STALE.value


class Provenance(Enum):
    """Where the data comes from; shown on every panel."""

    LIVE = "LIVE"
    REPLAY = "REPLAY"
    SIMULATED = "SIMULATED"


@dataclass(frozen=True, slots=True)
class Second:
    """A second source that a panel rests on: ``chain``, with its own freshness and age."""

    name: str
    freshness: Freshness
    age_ns: int


@dataclass(frozen=True, slots=True)
class Head:
    """What every panel's header shows.

    Attributes:
        instrument: None for a panel about nothing in particular, or with nothing selected.
        provenance: None when nothing is open.
        freshness: State of the newest print or change the panel rests on; None when there never was any.
        age_ns: Event-clock age of that print or change; None with ``freshness``.
        reason: Why there is no data, or why it is not fresh; empty when all is well.
        link: Link group 1-9, 0 unlinked.
        interval: ``5m``; empty for panels without one.
        note: Short grey remark, ``order level``, ``tick inferred from prices``.
        second: Of a panel with two sources, the other one.
    """

    instrument: Instrument | None = None
    provenance: Provenance | None = None
    freshness: Freshness | None = None
    age_ns: int | None = None
    reason: str = ""
    link: int = 0
    interval: str = ""
    note: str = ""
    second: Second | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GexStretch:
    """Part of the gamma field under one chain, one column a bar, one row a strike.

    Attributes:
        first: Bar index of the first column; column j belongs to bar ``first + j``.
        edges: float64 (k + 1,), ascending borders of the rows in stored units of the chart.
        values: float32 (n, k), signed exposure of the strike, USD per 1 %; NaN where it is not worked out yet.
    """

    first: int
    edges: Floats
    values: NDArray[np.float32]


def borders(at: Floats) -> Floats:
    """float64 (k + 1,), borders half-way between k ascending strikes; one strike reaches half a unit either way."""
    if len(at) == 1:
        return np.array([at[0] - 0.5, at[0] + 0.5])
    middles = (at[1:] + at[:-1]) / 2
    return np.concatenate(([2 * at[0] - middles[0]], middles, [2 * at[-1] - middles[-1]]))


@dataclass(frozen=True, slots=True)
class GexLevel:
    """A named price of the gamma field.

    Attributes:
        kind: ``call_wall``, ``put_wall`` or ``flip``.
        strike: In the chain's own units (of a flip: the price).
        at: The same on the chart, in its stored units.
        value: Exposure of the strike, USD per 1 %; None for a flip.
    """

    kind: str
    strike: float
    at: float
    value: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GexOverlay:
    """Gamma exposure on a chart (``contracts.md`` 4), also to say why it is empty while the layer is on.

    Attributes:
        reason: Why nothing can be drawn, for the user; empty when something can.
        freshness, age_ns: Of the newest chain; None before the first.
        root: The chain's underlying, ``SPX``.
        as_of_ns: Instant of the newest chain.
        sign, bucket: Sign model and expiry bucket (``all`` or one of ``contracts.md`` 2) of everything here.
        total, call, put: Signed sums at the chain's spot, USD per 1 %; None when unknown.
        stretches: The field, oldest first, without overlap.
        scale: Exposure that counts as full strength, USD per 1 %; the same for the life of a chain.
        at: float64 (k,), strikes of the newest chain in stored units of the chart, ascending.
        calls, puts: float64 (k,), their exposures; puts at or below 0 in the default sign model.
        levels: Walls, and flips with the one nearest the spot first.
        flip_band: Lowest and highest nearest flip over the sign models, stored units; None with fewer than two.
        basis: Points added to a strike (``is_ratio``: factor) to lie on this chart; None on the underlying itself.
        basis_age_ns: Since both legs were seen together; None with ``basis``.
        is_ratio: Whether ``basis`` is a factor.
        version: Grows whenever ``stretches``, ``at``, ``calls``, ``puts`` or ``levels`` changed.
    """

    reason: str = ""
    freshness: Freshness | None = None
    age_ns: int | None = None
    root: str = ""
    as_of_ns: int | None = None
    sign: str = "calls_minus_puts"
    bucket: str = "all"
    total: float | None = None
    call: float | None = None
    put: float | None = None
    stretches: tuple[GexStretch, ...] = ()
    scale: float = 1.0
    at: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    calls: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    puts: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    levels: tuple[GexLevel, ...] = ()
    flip_band: tuple[float, float] | None = None
    basis: float | None = None
    basis_age_ns: int | None = None
    is_ratio: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ConeState:
    """Where the price may go until five sessions after today's, by the VIX (``formulas.md`` 4).

    The horizontal coordinate runs from 0 (now) to 1 (end of the last session) in trading time.

    Attributes:
        reason: Why there is no cone; empty when there is one.
        freshness, age_ns: Of the VIX; None before the first.
        method: ``rule_of_16`` or ``exact``.
        vix: The level it is made of.
        now_ns: Where it begins.
        origin: Price it starts from, in stored units.
        along: float64 (m,), ascending coordinates, the first 0, the last 1.
        bands: float64 (m, 7), prices in stored units at the quantiles 0.025 0.16 0.25 0.5 0.75 0.84 0.975.
        days: Name and coordinate of the end of every session, ``("Wed 11", 0.2)``, ascending.
        one_session, five_sessions: One standard deviation over a whole session and over five, in stored units.
        version: Grows whenever anything but the ages changed.
    """

    reason: str = ""
    freshness: Freshness | None = None
    age_ns: int | None = None
    method: str = "rule_of_16"
    vix: float | None = None
    now_ns: int | None = None
    origin: float | None = None
    along: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    bands: Floats = field(default_factory=lambda: np.zeros((0, 7), np.float64))
    days: tuple[tuple[str, float], ...] = ()
    one_session: float | None = None
    five_sessions: float | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class VwapState:
    """The session's volume-weighted average price on a chart, also to say why there is none while it is on.

    Attributes:
        reason: Why nothing can be drawn; empty when something can.
        rows: ``engines.bars.vwap.VWAP``, one for every bar of the chart, the forming one included; read-only.
        bands: Standard deviations drawn either side: 0, 1 or 2.
    """

    reason: str = ""
    rows: Rows | None = None
    bands: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class CvdState:
    """The session's cumulative delta on a chart, also to say why there is none while it is on.

    Attributes:
        reason: Why nothing can be drawn; empty when something can.
        rows: ``engines.bars.vwap.DELTA``, one for every bar of the chart, the forming one included; read-only.
    """

    reason: str = ""
    rows: Rows | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ProfileState:
    """Volume at price of a span of time, also to say why there is none while it is on.

    Attributes:
        reason: Why nothing can be drawn; empty when something can.
        scope: ``visible`` or ``session``.
        from_ns, to_ns: The span; ``to_ns`` None: up to now.
        low, step: Ticks: level k holds prices [low + k step, low + (k + 1) step).
        buys, sells, unsided: float64 (n,), contracts by aggressor, and those whose side is not known.
        poc: Price of the point of control, ticks; None without volume.
        value: Lowest and highest price of the value area, ticks; None with ``poc``.
        total: Contracts in all; ``by_bars`` of them came by bars and are spread over their ranges.
        read: Share of the span that has been added up so far, 0..1.
        version: Grows whenever anything above changed.
    """

    reason: str = ""
    scope: str = "visible"
    from_ns: int | None = None
    to_ns: int | None = None
    low: int = 0
    step: int = 1
    buys: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    sells: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    unsided: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    poc: float | None = None
    value: tuple[float, float] | None = None
    total: float = 0.0
    by_bars: float = 0.0
    read: float = 1.0
    version: int = 0


@dataclass(frozen=True, slots=True)
class MarkState:
    """Mark price and funding of a perpetual, as the venue published them last.

    Attributes:
        price, index: Mark and index price in stored units; None when unknown.
        has_funding: Whether there is such a thing: a dated future has none.
        rate: Funding, a fraction per funding interval; None when unknown.
        funding_in_ns: Until the next funding, 0 or less when it is due; None when unknown.
        age_ns, freshness: Of all this; None when nothing was published so far.
    """

    price: float | None = None
    index: float | None = None
    has_funding: bool = True
    rate: float | None = None
    funding_in_ns: int | None = None
    age_ns: int | None = None
    freshness: Freshness | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ChartState:
    """One chart pane.

    Attributes:
        head: Header.
        bars: Closed bars and, last, the forming one when ``is_forming``; BAR_VIEW (n,), read-only.
        is_forming: Whether the last bar is still forming.
        series: Changes when ``bars`` is another series (symbol, interval, jump in time), not when it grew.
        pyramid: Levels of detail over the closed bars.
        session_starts: int64 (k,), open_ns of bars that open a new trading session; ascending.
        last: Last price in stored units; None when there is none.
        now_ns: The clock when this was made, ns UTC; None when nothing is open.
        countdown_ns: Until the forming bar closes; None for tick and volume bars and when nothing forms.
        gaps: (from_ns, to_ns) of known holes in the data, ascending; to_ns is NO_TIME while one lasts.
        gex: The gamma overlay; None while the layer is off.
        cone: The cone; None while the layer is off.
        vwap, cvd, profile: Session average, cumulative delta and volume profile; None while the layer is off.
        mark: Mark price and funding; None for what has none.
    """

    head: Head = field(default_factory=Head)
    bars: Rows = field(default_factory=lambda: np.zeros(0, BAR_VIEW))
    is_forming: bool = False
    series: int = 0
    pyramid: Pyramid = field(default_factory=Pyramid.empty)
    session_starts: Times = field(default_factory=lambda: np.zeros(0, np.int64))
    last: float | None = None
    now_ns: int | None = None
    countdown_ns: int | None = None
    gaps: tuple[tuple[int, int], ...] = ()
    gex: GexOverlay | None = None
    cone: ConeState | None = None
    vwap: VwapState | None = None
    cvd: CvdState | None = None
    profile: ProfileState | None = None
    mark: MarkState | None = None


@dataclass(frozen=True, slots=True)
class PressurePart:
    """One of the five components.

    Attributes:
        name: ``imbalance``, ``order_flow``, ``pull_stack``, ``aggression`` or ``gex_stiffness``.
        value: The component in [-1, 1]; None when it is unknown.
        share: What it adds to the raw pressure; the shares add up to it. None with ``value``.
        weight: Weight after renormalising over what is there; 0 with an unknown ``value``.
        evidence: What went into it, or why it is unknown, in words with numbers and units.
    """

    name: str
    value: float | None
    share: float | None
    weight: float
    evidence: str


@dataclass(frozen=True, slots=True)
class PressureState:
    """Pressure on one book (``contracts.md`` 5), as of the last tick.

    Attributes:
        value: Smoothed, -1 (down) to 1 (up); None when fewer than two components are known.
        raw: Sum of the shares; None with ``value``.
        verdict: ``buyers, moderate``, ``sellers, strong``, ``balanced``; empty with ``value``.
        parts: Always the five, in the order of the weights.
        low, high: Range of the value over the last five minutes; None before the first.
        at_ns: The tick; None before the first.
        reason: Why there is no value; empty when there is one.
    """

    value: float | None = None
    raw: float | None = None
    verdict: str = ""
    parts: tuple[PressurePart, ...] = ()
    low: float | None = None
    high: float | None = None
    at_ns: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TermPoint:
    """One maturity of the volatility term structure: ``9D``, ``VIX``, ``3M``, ``6M``; None where unknown."""

    name: str
    value: float | None = None
    previous: float | None = None
    freshness: Freshness | None = None
    age_ns: int | None = None


@dataclass(frozen=True, slots=True)
class VixState:
    """The VIX gauge (``formulas.md`` 3.4, ``contracts.md`` 6).

    Attributes:
        head: Header; its instrument is the VIX, its age that of the newest print of it.
        value, as_of_ns: The published level and its instant; None when there is none, ``head.reason`` says why.
        change: Against the close of the day before; None when unknown.
        regime: ``calm``, ``tense`` or ``panic``; empty when unknown.
        by_level, by_percentile, by_term: What each input alone says, a regime's name; empty when it is unknown
            or, for the term structure, says nothing.
        held: Why the regime is higher than its inputs say (leaving takes 3 % and two minutes), else empty.
        percentile: Rank among the trailing closes, 0..1; None with fewer than 60.
        closes: How many closes that rank rests on, at most 252.
        year_low, year_high: Borders of the middle 80 % of those closes; None with ``percentile``.
        vix_vix3m, vix9d_vix: Ratios; None when unknown or of different days.
        chain_vix, chain_as_of_ns, chain_note: The chain's own VIX by the Cboe method, of when, and why it is
            missing or doubtful.
        term: Term structure, short to long.
    """

    head: Head = field(default_factory=Head)
    value: float | None = None
    as_of_ns: int | None = None
    change: float | None = None
    regime: str = ""
    by_level: str = ""
    by_percentile: str = ""
    by_term: str = ""
    held: str = ""
    percentile: float | None = None
    closes: int = 0
    year_low: float | None = None
    year_high: float | None = None
    vix_vix3m: float | None = None
    vix9d_vix: float | None = None
    chain_vix: float | None = None
    chain_as_of_ns: int | None = None
    chain_note: str = ""
    term: tuple[TermPoint, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LadderState:
    """The depth ladder: dense columns over consecutive ticks.

    Attributes:
        head: Header; ``note`` says ``order level`` or ``10 levels``.
        low_tick: Tick of row 0 of the arrays; row i is ``low_tick + i``.
        bid_sizes, ask_sizes: int64 (n,), resting contracts; 0 where nothing rests.
        bid_counts, ask_counts: int64 (n,), orders; -1 where the source does not tell.
        traded: float64 (n,), contracts traded at the price since the session's first event.
        best_bid, best_ask: Ticks; None when the side is empty.
        last_tick, last_size, last_aggressor: The last print; None before the first. Aggressor ``B``, ``A``, ``N``.
        bid_total, ask_total: Contracts in the best ten levels of each side; None when the side is empty.
        spread_ticks, mid, weighted_mid: In ticks; None when a side is empty.
        microprice: Mid plus what was learned of books like this one, ticks; None where nothing was learned.
        imbalance: (bid_total - ask_total) / sum, -1..1; None when undefined.
        ofi: Event order-flow imbalance summed over the last 10 s of clock, contracts; None when undefined.
        resting_orders: Orders in the whole book; None for a price-level book.
        is_crossed: Bid at or above ask (normal before the open).
        phase: ``pre-open``, ``open``, ``closed`` or empty when the calendar does not say.
        pressure: The meter above the ladder.
        added, pulled: int64 (n,), what was added and taken away without a trade in the last minute, by tick: of the
            side that rests there, of both between the best prices.
        net_stacked: Added less pulled in that minute at the best ten prices of the bid, less that of the ask; None
            without a book.
        walls: Walls that rest.
        queue: Orders of the level under the pointer; None without one, or where the source has no orders.
    """

    head: Head = field(default_factory=Head)
    low_tick: int = 0
    bid_sizes: Sizes = field(default_factory=lambda: np.zeros(0, np.int64))
    ask_sizes: Sizes = field(default_factory=lambda: np.zeros(0, np.int64))
    bid_counts: Sizes = field(default_factory=lambda: np.zeros(0, np.int64))
    ask_counts: Sizes = field(default_factory=lambda: np.zeros(0, np.int64))
    traded: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    best_bid: int | None = None
    best_ask: int | None = None
    last_tick: int | None = None
    last_size: int | None = None
    last_aggressor: str | None = None
    bid_total: int | None = None
    ask_total: int | None = None
    spread_ticks: int | None = None
    mid: float | None = None
    weighted_mid: float | None = None
    microprice: float | None = None
    imbalance: float | None = None
    ofi: float | None = None
    resting_orders: int | None = None
    is_crossed: bool = False
    phase: str = ""
    pressure: PressureState = field(default_factory=PressureState)
    added: Sizes = field(default_factory=lambda: np.zeros(0, np.int64))
    pulled: Sizes = field(default_factory=lambda: np.zeros(0, np.int64))
    net_stacked: int | None = None
    walls: tuple[LadderWall, ...] = ()
    queue: LadderQueue | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A market order that is only thought of.

    Attributes:
        side: ``buy`` or ``sell``.
        size: Contracts, shares or coins, above 0; None: a first one by the instrument's lot.
    """

    side: str = "buy"
    size: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ImpactState:
    """What the order would cost in the book now (``formulas.md`` 5.5).

    Attributes:
        head: Header, of the ladder's instrument.
        order: The order, with the size it was walked with.
        filled, unfilled: Parts of it that the visible book can and cannot fill.
        average: Mean price of what is filled; None when nothing is.
        from_mid, from_touch: Mean price against mid and best price, price units, positive is worse; None unknown.
        from_mid_bps: The first in 1/10,000 of the mid.
        cost_usd: Against the mid; None where the point value is unknown.
        levels_used, levels: Levels touched, and levels the book shows on that side.
        prices, taken: float64 (levels_used,), price and what is taken of each level, best first.
        visible: Everything the book shows on that side.
        is_suspect: Whether the book may be wrong.
    """

    head: Head = field(default_factory=Head)
    order: Order = field(default_factory=Order)
    filled: float = 0.0
    unfilled: float = 0.0
    average: float | None = None
    from_mid: float | None = None
    from_touch: float | None = None
    from_mid_bps: float | None = None
    cost_usd: float | None = None
    levels_used: int = 0
    levels: int = 0
    prices: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    taken: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    visible: float = 0.0
    is_suspect: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class StripLine:
    """What is known of one number over time; nothing that is unknown stands in it.

    Attributes:
        clocks: int64 (n,), ascending, ns UTC.
        values: float64 (n,), ticks, the venue's smallest unit of size, or a plain number.
        begins: bool (n,), whether the line begins anew here: something before it is unknown or was lost.
        last: The newest value; None when it is unknown.
    """

    clocks: Times
    values: Floats
    begins: NDArray[np.bool_]
    last: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One feature of a book.

    Attributes:
        name: A name of ``state.panels.strips``: ``spread``, ``microprice``, ``ofi``, ..
        lines: One, or two where bid and ask (bought and sold) have their own.
    """

    name: str
    lines: tuple[StripLine, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StripsState:
    """Features of the ladder's book over the last three minutes.

    Attributes:
        head: Header, of the ladder's instrument.
        now_ns: The clock, where the lines end; None when nothing is open.
        span_ns: How far back they begin.
        strips: All there are.
        is_fitted: Whether the micro-price is the learned one; else it is the weighted mid.
        kyle: Seconds that Kyle's lambda rests on and its R²; None while it is unknown.
        explained: Share of the ranks' variance in the integrated flow's weights, 0..1; None unknown.
    """

    head: Head = field(default_factory=Head)
    now_ns: int | None = None
    span_ns: int = 1
    strips: tuple[Strip, ...] = ()
    is_fitted: bool = False
    kyle: tuple[int, float] | None = None
    explained: float | None = None


HEAT_GROUPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # ticks that a row of the heatmap may put together


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Resting sizes, smallest units of the venue, at which the heatmap's colours begin and end."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class HeatState:
    """The liquidity heatmap.

    Attributes:
        head: Header; ``note`` says ``order level``, ``full depth`` or ``10 levels``.
        heat: What rested where and when, by what changed; sizes in the venue's smallest unit.
        prints: PRINT rows since the beginning, read-only.
        best: BEST rows, best prices whenever they changed, read-only.
        low_tick: Tick of row 0 of the sizes; row i is ``low_tick + i``.
        bid_sizes, ask_sizes: int64 (n,), what rests now.
        best_bid, best_ask: Ticks; None when the side is empty.
        last_tick: Price of the last print; None before the first.
        contrast: Automatic limits of the colours, one for each of ``HEAT_GROUPS``; empty without a book.
        now_ns: The clock when this was made, ns UTC; None when nothing is open.
        marks: What detectors saw, ascending in time; without those that are no better than chance.
        deltas: SECOND rows, what was bought less sold by second and since the session opened, read-only.
    """

    head: Head = field(default_factory=Head)
    heat: Heat = field(default_factory=Heat)
    prints: Rows = field(default_factory=lambda: np.zeros(0, DTYPES[Kind.PRINT]))
    best: Rows = field(default_factory=lambda: np.zeros(0, BEST))
    low_tick: int = 0
    bid_sizes: Sizes = field(default_factory=lambda: np.zeros(0, np.int64))
    ask_sizes: Sizes = field(default_factory=lambda: np.zeros(0, np.int64))
    best_bid: int | None = None
    best_ask: int | None = None
    last_tick: int | None = None
    contrast: tuple[Cutoffs, ...] = ()
    now_ns: int | None = None
    marks: tuple[HeatMark, ...] = ()
    deltas: Rows = field(default_factory=lambda: np.zeros(0, SECOND))


@dataclass(frozen=True, slots=True, eq=False)
class ReplayState:
    """The replay bar.

    Attributes:
        is_open: Whether a recording is open.
        names: Opened sources, as the user named them.
        first_ns, last_ns: Span of the recording; None until known.
        indexed_ns: The background index has read up to here.
        now_ns: Playhead; None when nothing is open.
        is_playing, at_end: Running; the last event has been applied.
        speed: Wanted multiple of real time; ``inf`` is max.
        reached: Multiple reached over the last second; None while paused.
        seeking: A jump is under way.
        position, total: Events applied; events in all, None until known.
        buckets: float64 (m,), traded volume per equal part of the span, NaN right of the playhead (the
            future has no shape); empty until the span is known.
        gaps: (from_ns, to_ns) of known holes left of the playhead.
        digest: First 8 hex digits of the digest of all derived events so far.
        recording: Text such as ``Recording 12 m, 4.1 MB``; empty when off.
        alarm: Text of a recorder that had to stop; empty when all is well.
        is_live: Whether new events keep coming (a live or simulated market).
        behind_ns: How far the playhead is behind the edge of a live session; None at the edge or without one.
    """

    is_open: bool = False
    names: tuple[str, ...] = ()
    first_ns: int | None = None
    last_ns: int | None = None
    indexed_ns: int | None = None
    now_ns: int | None = None
    is_playing: bool = False
    at_end: bool = False
    speed: float = 1.0
    reached: float | None = None
    seeking: bool = False
    position: int = 0
    total: int | None = None
    buckets: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    gaps: tuple[tuple[int, int], ...] = ()
    digest: str = ""
    recording: str = ""
    alarm: str = ""
    is_live: bool = False
    behind_ns: int | None = None


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One row of the data-health panel.

    Attributes:
        name: ``ESH4.GLBX mbo``.
        freshness, age_ns: As in ``Head``.
        limit_ns, stale_ns: Ages from which it counts as aging and as stale; ``stale_ns`` 0: three times the limit.
        rate: Events per second of clock over the last 10 s; None before the first event.
        events, gaps, dropped: Counts since the start.
        warning: First warning of the source, empty when none; ``warnings`` holds them all.
        arrival: From the venue's stamp to the arrival, last one to two minutes of clock; None without both stamps.
        queue: Events that wait in its feed; None for what is read as it is needed, such as a file.
    """

    name: str
    freshness: Freshness | None
    age_ns: int | None
    limit_ns: int
    rate: float | None
    events: int
    gaps: int
    dropped: int
    warning: str = ""
    warnings: tuple[str, ...] = ()
    stale_ns: int = 0
    arrival: Spans | None = None
    queue: int | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One leg of the way from the venue to the eye.

    Attributes:
        name: ``venue to arrival``, ``arrival to engine``, ``engine to frame``, ``arrival to pixel``.
        spans: What it took; None when nothing was measured.
        note: How it was measured, or why not: ``as recorded``.
    """

    name: str
    spans: Spans | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecorderHealth:
    """The running recording, and the ring of tapes it belongs to.

    Attributes:
        bytes: Written so far.
        rate: Bytes a second over the last seconds; None before the first.
        backlog: Events handed over and not yet on disk.
        ring_used, ring_limit: Bytes of the ring of tapes; None without a ring.
        failure: Why it stopped; empty while it goes on.
    """

    bytes: int = 0
    rate: float | None = None
    backlog: int = 0
    ring_used: int | None = None
    ring_limit: int | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class FrameCost:
    """What frames cost over the last seconds; ``rate_hz`` is 0 before the first."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    rate_hz: float = 0.0


@dataclass(frozen=True, slots=True)
class HealthState:
    """The data-health panel and the status bar's left side.

    Attributes:
        feeds: One row per instrument and kind, worst first.
        faults: Engines that stopped, ``book ESH4.GLBX: reason``.
        memory_mb: Resident memory of the process; None when the platform does not tell.
        recorder: As ``ReplayState.recording``.
        renderer: ``raster`` or ``opengl``, and why.
        pump_p99_ms: 99th percentile of the time a pump turn kept the loop, last 10 s; None before the first.
        memory_growth: MB an hour, the slope over the last hour; None until it was watched for some minutes.
        handles: Open files, sockets and pipes; None when the platform does not tell.
        frames: What frames cost; None before the first.
        hops: The way from the venue to the eye, leg by leg.
        unpainted: Events applied and not yet on the screen.
        solving: Option chains being worked out.
        tape: The recorder; None when off and without a ring.
        links: Connections of a live session to its venue.
    """

    feeds: tuple[FeedHealth, ...] = ()
    faults: tuple[str, ...] = ()
    memory_mb: float | None = None
    recorder: str = ""
    renderer: str = ""
    pump_p99_ms: float | None = None
    memory_growth: float | None = None
    handles: int | None = None
    frames: FrameCost | None = None
    hops: tuple[Hop, ...] = ()
    unpainted: int = 0
    solving: int = 0
    tape: RecorderHealth | None = None
    links: tuple[LinkFacts, ...] = ()


# of a link group; the rest (``state/linking.py``) by choice: charts of one market differ by interval
SHARED_AT_FIRST = ("symbol", "crosshair")


@dataclass(frozen=True, slots=True)
class Load:
    """What the screen leaves out because frames cost more than there is time (``governor.py``).

    Attributes:
        level: 0 when nothing is left out.
        hz: Most draws a second of a panel.
        slow_hz: Publications a second of gauge, health and search.
        overlays_rest: Whether overlays stay as they are.
        shed: In words, in the declared order.
        since_ns: Wall clock of the last change, ns UTC; None at level 0.
        motion_rests: Whether nothing moves by itself.
    """

    level: int = 0
    hz: float = 240.0
    slow_hz: float = 10.0
    overlays_rest: bool = False
    shed: tuple[str, ...] = ()
    since_ns: int | None = None
    motion_rests: bool = False


@dataclass(frozen=True, slots=True)
class Pane:
    """What a chart pane or the ladder is set to.

    Attributes:
        symbol: Empty until something is chosen.
        layers: What is drawn besides the bars: ``cone``, ``cvd``, ``gex``, ``profile``, ``vwap``; in alphabetical
            order.
        sign, bucket: Sign model and expiry bucket of the gamma overlay (``contracts.md`` 2, or ``all``).
        method: Of the cone: ``rule_of_16`` or ``exact``.
        sends, receives: What it tells its link group and what it follows there: ``symbol``, ``interval``,
            ``crosshair``, ``time``, in this order.
        bands: Of the average price: standard deviations drawn, ``0``, ``1`` or ``2``.
        scope: Of the volume profile: ``visible`` or ``session``.
    """

    id: str
    symbol: str = ""
    interval: str = "5m"
    link: int = 0
    layers: tuple[str, ...] = ()
    sign: str = "calls_minus_puts"
    bucket: str = "all"
    method: str = "rule_of_16"
    sends: tuple[str, ...] = SHARED_AT_FIRST
    receives: tuple[str, ...] = SHARED_AT_FIRST
    bands: str = "2"
    scope: str = "visible"


@dataclass(frozen=True, slots=True)
class Choice:
    """One symbol the search can offer."""

    symbol: str
    name: str
    venue: str
    last_text: str
    freshness: Freshness | None


@dataclass(frozen=True, slots=True)
class WorkspaceState:
    """What is shown where.

    Attributes:
        panes: The chart panes, ladder and heatmap, by id (``chart.1`` .. ``chart.6``, ``ladder``, ``heatmap``).
        focused: Id of the focused pane.
        choices: Every symbol that is open now, for the search.
        provenance: None when nothing is open.
        is_rewound: Whether a live session shows its past: the window wears the frame of a replay.
        session_text: ``RTH, closes in 2 h 17 m``, empty when the calendar does not say.
        now_ns: The clock; None when nothing is open.
    """

    panes: dict[str, Pane] = field(default_factory=dict)
    focused: str = "chart.1"
    choices: tuple[Choice, ...] = ()
    provenance: Provenance | None = None
    is_rewound: bool = False
    session_text: str = ""
    now_ns: int | None = None

    @property
    def framed(self) -> Provenance | None:
        """What windows wear around them: a live session that shows its past wears the frame of a replay."""
        return Provenance.REPLAY if self.is_rewound else self.provenance


@dataclass(frozen=True, slots=True)
class Crosshair:
    """Where a pane of a link group points; drawn by the others.

    Attributes:
        pane: Id of the pane under the pointer; empty: no crosshair.
        at_ns: Instant under the pointer.
        symbol, price: Price in stored units under the pointer, drawn by panes of the same symbol only.
    """

    pane: str = ""
    at_ns: int = 0
    symbol: str = ""
    price: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """One recorded session in the browser.

    Attributes:
        path: Its folder or file.
        provenance: Where its data came from; None when that is not known.
        first_ns, last_ns: Span; None until it has been read.
        symbols: Instruments in id order.
        events: Raw events; None until known.
        gaps: Holes in it; None until known.
        size: Bytes on disk.
        is_running: Whether it is being recorded now, or was left by a kill.
        strip: float64 (m, 2), last price and volume of the first traded instrument in equal parts of the span, NaN
            where nothing was traded; shape (0, 2) until it has been read.
        reason: Why it cannot be opened; empty when it can.
    """

    path: str
    provenance: Provenance | None = None
    first_ns: int | None = None
    last_ns: int | None = None
    symbols: tuple[str, ...] = ()
    events: int | None = None
    gaps: int | None = None
    size: int = 0
    is_running: bool = False
    strip: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2), np.float64))
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Loading:
    """Something long that is under way before there is anything to show.

    Attributes:
        title: What is being done, ``Building a day of history``; empty when nothing is.
        done, total: Counted work, in ``unit``.
        unit: ``hours``, ``files``.
        left_s: Seconds left by the pace so far; None until that can be told.
    """

    title: str = ""
    done: float = 0.0
    total: float = 0.0
    unit: str = ""
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class Scroll:
    """What part of its chart a pane of a link group looks at; the others that share time look there, too.

    Attributes:
        pane: Id of the pane that was moved; empty: none yet.
        right_ns: Instant at its right border; None while it follows the newest bar.
        interval, slot: Its interval, and the logical pixels a bar takes, which panes of that interval take over.
    """

    pane: str = ""
    right_ns: int | None = None
    interval: str = ""
    slot: float = 0.0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user must hear of: an error with what to do, or news.

    Attributes:
        number: Grows by one; tells the newest.
        severity: ``info``, ``watch`` or ``high``.
        title, text: What happened, and what to do.
    """

    number: int
    severity: str
    title: str
    text: str
