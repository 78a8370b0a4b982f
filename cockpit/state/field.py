"""What looks at more than one instrument: chains on the future they are drawn on, the volatility regime, pressure.

A book's features are made here too, so that a fault in them stops them alone and not the book.

It runs after the lanes of a slice and sees what they made of it. Everything is assigned by ``seq``, so how the
river is cut into slices changes nothing. A part that raises stops alone.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from cockpit.engines.book.features import Features
from cockpit.engines.options.basis import NO_LEGS, Basis, Legs, Measure, chains_of, is_additive
from cockpit.engines.regime.pressure import Pressure
from cockpit.engines.regime.pressure_layout import PARTS
from cockpit.engines.regime.vix import NAMES, VixRegime
from cockpit.events.dtypes import Flag, Kind, empty
from cockpit.events.market import whole_snapshots
from cockpit.state.chains import ChainSolver, Snapshot, Solved
from cockpit.state.lane import Applied, Derived, Lane, Parts
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_MIN, Floats, Rows, Times

log = logging.getLogger(__name__)

CHAINED_KINDS: Final = ("index", "equity")  # options on futures name the contract itself
STALE_CHAIN_NS: Final = 15 * NS_PER_MIN  # contracts.md 7: a chain opened once from a file
LEG_BAR_NS: Final = 15 * NS_PER_MIN  # the close of a longer bar is no price of its moment worth pairing
MOST_CHAINS: Final = 480  # of one underlying: a day of minutes; some 1.5 MB each
FORGOTTEN: Final = 32  # oldest ones dropped at a time: overlays are then drawn anew
SCALE_CHAINS: Final = 20  # contracts.md 5: the scale of stiffness
# of numbers in derived events: the last bits of an exponential are the processor's own, and a tape must replay to
# the same bytes elsewhere, too
DIGITS: Final = 9
GEX_NUMBERS: Final = ("spot", "total", "call", "put", "flip", "call_wall", "put_wall", "abs_strike")
PRESSURE_NUMBERS: Final = ("value", "raw", *PARTS)
FIRST_SCALE: Final = 5e9  # USD per 1 %, until there are so many chains

Pair = tuple[int, int]  # lane ids of a target and of the underlying of chains


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One chain in the order of the river.

    Attributes:
        seq, as_of_ns: Of its last row.
        solved: What it came to.
        scale: Exposure at the spot that counts as full stiffness, USD per 1 %.
    """

    seq: int
    as_of_ns: int
    solved: Solved
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class FrozenField:
    """A ``Field`` at one moment; chains are shared, not copied."""

    pending: dict[int, tuple[Rows, ...]]
    chains: dict[int, tuple[Entry, ...]]
    bases: dict[Pair, Any]
    regime: Any
    pressures: dict[int, Any]
    features: dict[int, Any]


class Field:
    """Chains by underlying, the basis of every instrument they may be drawn on, regime and pressures.

    Args:
        lanes: By id.
        solver: Works out chains.

    Attributes:
        regime: The volatility regime.
        pressures: Pressure by lane id, of lanes that have a book.
        features: Features by lane id, of the same; their rows are kept in the lanes.
        faults: What stopped and why, by name.
    """

    def __init__(self, lanes: Sequence[Lane], solver: ChainSolver) -> None:
        self._lanes = lanes
        self._solver = solver
        self._by_root: dict[str, list[int]] = {}  # of what a chain may be about: indices and shares
        for lane in lanes:
            if lane.instrument.kind in CHAINED_KINDS:
                self._by_root.setdefault(lane.instrument.root, []).append(lane.id)
        self._volatilities = {
            lane.id: lane.instrument.root
            for lane in lanes
            if lane.instrument.is_index and lane.instrument.root in NAMES
        }
        vix = self._by_root.get(NAMES[0])
        self.regime = VixRegime(None if vix is None else lanes[vix[0]].calendar)
        self.reset()

    def reset(self) -> None:
        """Become as new."""
        self._pending: dict[int, tuple[Rows, ...]] = {}
        self._chains: dict[int, list[Entry]] = {}
        self.bases: dict[Pair, Basis] = {}
        for target in self._lanes:
            for chain in self._underlyings(target):
                additive = is_additive(target.instrument.root, self._lanes[chain].instrument.root)
                self.bases[target.id, chain] = Basis(additive)
        self.regime.reset()
        self.pressures: dict[int, Pressure] = {}
        self.features: dict[int, Features] = {}
        self.faults: dict[str, str] = {}

    def _underlyings(self, target: Lane) -> list[int]:
        """Other lanes whose chains may be drawn on a target, the best one first."""
        roots = chains_of(target.instrument.root)
        return [chain for root in roots for chain in self._by_root.get(root, ()) if chain != target.id]

    # what others read

    def chains(self, lane: Lane) -> Sequence[Entry]:
        """Chains of the lane's own options, oldest first."""
        return self._chains.get(lane.id, ())

    def chain_source(self, lane: Lane) -> Lane | None:
        """The lane whose chains are drawn on this one: its own first, then by ``chains_of``; None without any."""
        return next(
            (self._lanes[each] for each in (lane.id, *self._underlyings(lane)) if self._chains.get(each)), None
        )

    def basis(self, lane: Lane, source: Lane) -> Basis | None:
        """The basis between a lane and the underlying of chains; None for the underlying itself."""
        return self.bases.get((lane.id, source.id))

    # a slice

    def is_ready_for(self, chain_rows: Mapping[int, Rows]) -> bool:
        """Whether all snapshots that these CHAIN rows complete are worked out; begins with those that are not."""
        if not self._solver.has_background:
            return True
        ready = True
        for lane, rows in chain_rows.items():
            found, _ = self._snapshots(lane, rows)
            ready = all([self._solver.prepare(snapshot) for snapshot in found]) and ready
        return ready

    def apply(self, parts: Mapping[int, Parts], applied: Mapping[int, Applied]) -> Derived:
        """Take what the lanes got and made of one slice; returns what follows."""
        derived: Derived = []
        spots: dict[int, Legs] = {}
        for lane, mine in parts.items():
            if Kind.CHAIN in mine:
                rows = mine[Kind.CHAIN]
                self._guard(f"chain {self._name(lane)}", lambda at=lane, r=rows: self._take_chains(at, r, derived))
                spots[lane] = _spots(rows)
        for pair, basis in self.bases.items():
            if pair[0] in parts or pair[1] in parts:
                name = f"basis {self._name(pair[0])}"
                self._guard(name, lambda p=pair, b=basis: self._pair(p, b, parts, applied, spots))
        self._guard("regime", lambda: self._judge(parts, derived))
        for lane, outcome in applied.items():
            if self._lanes[lane].book is not None and (
                len(outcome.samples) or len(outcome.tops) or len(outcome.prints)
            ):
                name = f"pressure {self._name(lane)}"
                self._guard(name, lambda at=lane, o=outcome: self._press(at, o, derived))
                self._guard(
                    f"features {self._name(lane)}", lambda at=lane, o=outcome: self._measure(at, o, derived)
                )
        return derived

    def _name(self, lane: int) -> str:
        return self._lanes[lane].instrument.symbol

    def _guard(self, name: str, work: Callable[[], None]) -> None:
        """Run one part; one that raises is stopped and said, the others go on (style.md 10)."""
        if name in self.faults:
            return
        try:
            work()
        except Exception as error:  # noqa: BLE001  a bug in one engine is contained here, as in the router
            log.exception("%s stopped", name)
            self.faults[name] = f"{type(error).__name__}: {error}"

    # chains

    def _snapshots(self, lane: int, rows: Rows) -> tuple[list[Snapshot], tuple[Rows, ...]]:
        """Snapshots that these rows complete, and what is left of an incomplete one."""
        root = self._lanes[lane].instrument.root
        whole, rest = whole_snapshots(rows, self._pending.get(lane, ()))
        return [Snapshot(root, int(each["seq"][-1]), int(each["clock_ns"][-1]), each) for each in whole], rest

    def _take_chains(self, lane: int, rows: Rows, derived: Derived) -> None:
        found, self._pending[lane] = self._snapshots(lane, rows)
        entries = self._chains.setdefault(lane, [])
        for snapshot in found:
            solved = self._solver.solve(snapshot)
            totals = [
                abs(each.solved.gex.total) for each in entries[1 - SCALE_CHAINS :] if each.solved.gex is not None
            ]
            if solved.gex is not None:
                totals.append(abs(solved.gex.total))
                derived.append((Kind.GEX, _gex_row(lane, snapshot, solved)))
            scale = float(np.median(totals)) if len(totals) >= SCALE_CHAINS else FIRST_SCALE
            entries.append(Entry(snapshot.seq, snapshot.as_of_ns, solved, scale or FIRST_SCALE))
            if len(entries) > MOST_CHAINS + FORGOTTEN:
                del entries[:FORGOTTEN]

    # basis

    def _pair(
        self, pair: Pair, basis: Basis, parts: Mapping[int, Parts], applied: Mapping[int, Applied],
        spots: Mapping[int, Legs],
    ) -> None:  # fmt: skip
        target, chain = pair
        index = _merged([*self._prices(chain, parts, applied), spots.get(chain, NO_LEGS)])
        found = self._prices(target, parts, applied)
        # where nothing comes to be paired with, only the first and the last price matter: no need to sort a book's
        prices = _merged(found if len(index.seqs) else [_ends(each) for each in found])
        if len(index.seqs) or len(prices.seqs):
            basis.apply(prices, index)

    def _prices(self, lane: int, parts: Mapping[int, Parts], applied: Mapping[int, Applied]) -> list[Legs]:
        """Every price of a lane in this slice: mids, prints and closes of short bars, each in order."""
        instrument, outcome = self._lanes[lane].instrument, applied.get(lane)
        found: list[Legs] = []
        if outcome is not None:
            found += [_mids(outcome.tops, instrument.tick), _legs(outcome.prints, "price_ticks", instrument.tick)]
        mine = parts.get(lane, {})
        for kind, column, unit in ((Kind.BAR, "close_ticks", instrument.tick), (Kind.INDEX, "close", 1.0)):
            if kind in mine:
                rows = mine[kind]
                found.append(_legs(rows[rows["interval_ns"] <= LEG_BAR_NS], column, unit))
        return found

    # regime and pressure

    def _judge(self, parts: Mapping[int, Parts], derived: Derived) -> None:
        found = {lane: parts[lane][Kind.INDEX] for lane in self._volatilities if Kind.INDEX in parts.get(lane, {})}
        if found:
            rows = np.concatenate(list(found.values()))
            names = np.concatenate([[self._volatilities[lane]] * len(each) for lane, each in found.items()])
            order = np.argsort(rows["seq"], kind="stable")
            made = self.regime.apply(rows[order], names[order].tolist())
            if len(made):
                derived.append((Kind.REGIME, made))

    def _press(self, lane: int, outcome: Applied, derived: Derived) -> None:
        engine = self.pressures.get(lane)
        if engine is None:
            engine = self.pressures[lane] = Pressure(lane)
        stiffness = self._stiffness(self._lanes[lane], outcome.samples)
        rows = engine.apply(outcome.samples, outcome.tops, outcome.prints, stiffness)
        if len(rows):
            derived.append((Kind.PRESSURE, _rounded(rows)))

    def _measure(self, lane: int, outcome: Applied, derived: Derived) -> None:
        rows = self.features.setdefault(lane, Features(lane)).apply(outcome.samples, outcome.tops, outcome.prints)
        if len(rows):
            derived.append((Kind.FEATURES, rows))
            self._lanes[lane].keep_features(rows)

    def _stiffness(self, lane: Lane, samples: Rows) -> Floats:
        """Signed exposure at the spot over its scale at each tick, float64 (n,); NaN where it is not known.

        Of the chains that may be drawn on the lane a tick takes the best one that had come before it.
        """
        ratio = np.full(len(samples), np.nan)
        if not len(samples):
            return ratio
        open_ = np.ones(len(samples), np.bool_)
        mids = _sample_mids(samples) * lane.instrument.tick
        for source in (lane.id, *self._underlyings(lane)):
            entries, basis = self._chains.get(source, []), self.bases.get((lane.id, source))
            which = _before(np.array([entry.seq for entry in entries], np.int64), samples["seq"])
            has = open_ & (which >= 0)
            spots = mids
            if basis is not None:
                measures = basis.measures
                spots = underlying(mids, basis, taken(measures["value"], _before(measures["seq"], samples["seq"])))
            for place in np.unique(which[has]).tolist():
                mine = has & (which == place)
                ratio[mine] = _at_spots(entries[place], spots[mine], samples["clock_ns"][mine])
            open_ &= ~has
        return ratio

    # keyframes

    def freeze(self) -> FrozenField:
        """The state now."""
        return FrozenField(
            pending=dict(self._pending),
            chains={lane: tuple(entries) for lane, entries in self._chains.items()},
            bases={pair: basis.freeze() for pair, basis in self.bases.items()},
            regime=self.regime.freeze(),
            pressures={lane: engine.freeze() for lane, engine in self.pressures.items()},
            features={lane: engine.freeze() for lane, engine in self.features.items()},
        )

    def thaw(self, frozen: FrozenField) -> None:
        """Become what was frozen; parts that stopped get another chance."""
        self.reset()
        self._pending = dict(frozen.pending)
        self._chains = {lane: list(entries) for lane, entries in frozen.chains.items()}
        for pair, part in frozen.bases.items():
            self.bases[pair].thaw(part)
        self.regime.thaw(frozen.regime)
        for lane, part in frozen.pressures.items():
            self.pressures[lane] = Pressure(lane)
            self.pressures[lane].thaw(part)
        for lane, part in frozen.features.items():
            self.features[lane] = Features(lane)
            self.features[lane].thaw(part)


def underlying(prices: Floats, basis: Basis, value: Floats) -> Floats:
    """Prices of a target as prices of the chain's underlying, by what the basis was; float64 of the same shape."""
    return prices - value if basis.additive else prices / value


def on_target(prices: Floats, basis: Basis | None, measure: Measure | None) -> Floats:
    """Prices of the underlying as prices of the target; the inverse of ``underlying``.

    Args:
        basis: None on the underlying itself.
        measure: What was known then.
    """
    if basis is None or measure is None:
        return prices
    return prices + measure.value if basis.additive else prices * measure.value


def taken(values: Floats, places: Times) -> Floats:
    """The values at places, NaN where a place is below 0; float64 of the shape of ``places``."""
    found = np.full(len(places), np.nan)
    found[places >= 0] = values[places[places >= 0]]
    return found


def _before(seqs: Rows, at: Rows) -> Rows:
    """Place of the last of ``seqs`` before each of ``at``; -1 where there is none."""
    return np.searchsorted(seqs, at) - 1


def _at_spots(entry: Entry, spots: Floats, clocks: Rows) -> Floats:
    gex = entry.solved.gex
    if gex is None:
        return np.full(len(spots), np.nan)
    totals = np.interp(spots, gex.ladder_spots, gex.ladder_totals, left=np.nan, right=np.nan)
    return np.where(clocks - entry.as_of_ns > STALE_CHAIN_NS, np.nan, totals / entry.scale)


def _sample_mids(samples: Rows) -> Floats:
    """Mid in ticks, NaN where a side is missing."""
    known = (samples["bid_ticks"] != NO_PRICE) & (samples["ask_ticks"] != NO_PRICE)
    return np.where(known, (samples["bid_ticks"] * 0.5 + samples["ask_ticks"] * 0.5), np.nan)


def _mids(tops: Rows, tick: float) -> Legs:
    known = (tops["bid_ticks"] != NO_PRICE) & (tops["ask_ticks"] != NO_PRICE)
    kept = tops[known & (tops["bid_ticks"] < tops["ask_ticks"])]
    return Legs(kept["seq"], kept["clock_ns"], (kept["bid_ticks"] + kept["ask_ticks"]) * (tick / 2))


def _legs(rows: Rows, column: str, unit: float) -> Legs:
    return Legs(rows["seq"], rows["clock_ns"], rows[column] * unit)


def _spots(rows: Rows) -> Legs:
    """The spot of every snapshot that ends in these CHAIN rows."""
    ends = rows[(rows["flags"] & Flag.LAST) != 0]
    return _legs(ends[ends["spot"] > 0], "spot", 1.0)


def _ends(legs: Legs) -> Legs:
    """The first and the last of them."""
    if len(legs.seqs) < 3:
        return legs
    return Legs(legs.seqs[[0, -1]], legs.clocks[[0, -1]], legs.prices[[0, -1]])


def _merged(parts: Sequence[Legs]) -> Legs:
    """All of them in order of ``seq``; a top comes before the print that shares its record."""
    kept = [part for part in parts if len(part.seqs)]
    if not kept:
        return NO_LEGS
    if len(kept) == 1:
        return kept[0]
    seqs = np.concatenate([part.seqs for part in kept])
    order = np.argsort(seqs, kind="stable")
    clocks = np.concatenate([part.clocks for part in kept])[order]
    return Legs(seqs[order], clocks, np.concatenate([part.prices for part in kept])[order])


def _gex_row(lane: int, snapshot: Snapshot, solved: Solved) -> Rows:
    gex, chain = solved.gex, solved.chain
    assert gex is not None and chain is not None  # noqa: PT018  the caller looked
    rows = empty(Kind.GEX, 1)
    rows["seq"], rows["clock_ns"], rows["event_ns"], rows["recv_ns"] = (
        snapshot.seq, snapshot.as_of_ns, snapshot.as_of_ns, NO_TIME,
    )  # fmt: skip
    rows["instrument"] = lane
    for name in ("spot", "total", "call", "put"):
        rows[name] = getattr(gex, name)
    rows["flip"] = gex.flips[0] if gex.flips else np.nan
    for name in ("call_wall", "put_wall", "abs_strike"):
        value = getattr(gex, name)
        rows[name] = np.nan if value is None else value
    rows["contracts"] = len(chain.strike)
    rows["dropped"] = sum(chain.dropped.values())
    for name in GEX_NUMBERS:
        rows[name] = float(f"{float(rows[name][0]):.{DIGITS}g}")
    return rows


def _rounded(rows: Rows) -> Rows:
    """PRESSURE rows to nine decimals."""
    rows = rows.copy()
    for name in PRESSURE_NUMBERS:
        rows[name] = np.round(rows[name], DIGITS)
    rows.flags.writeable = False
    return rows
