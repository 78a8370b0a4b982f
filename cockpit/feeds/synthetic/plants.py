"""Known traders put into the simulated market, and the truth about what they did, to test detectors against.

A specification is a JSON list of objects. All have ``kind``, ``symbol`` (``ES``, or a contract), ``at`` (seconds
from the start of the market, or an instant as text), ``side`` (``bid`` or ``ask``: where it rests; for a sweep what
it takes) and ``size`` (contracts). By kind:

- ``wall``: ``ticks`` behind the touch, for ``duration`` seconds, then cancelled if it still rests.
- ``iceberg``: the same, showing ``display`` at a time.
- ``layering``: ``levels`` orders of ``size`` from ``ticks`` behind the touch on, all cancelled after ``duration``.
- ``sweep``: one market order through up to ``levels`` prices.
- ``absorption``: an iceberg at ``ticks`` (0: the touch), and ``blows`` market orders of nine tenths of its size
  together against it within ``duration``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from cockpit.calendars import calendar_of
from cockpit.errors import ConfigError
from cockpit.feeds.synthetic import book_kernels
from cockpit.feeds.synthetic.book import OrderBook
from cockpit.feeds.synthetic.curves import CELL_NS
from cockpit.feeds.synthetic.latent import ROOTS
from cockpit.instants import iso_utc, parse_instant
from cockpit.units import NS_PER_S, Rows

KINDS: Final = ("wall", "iceberg", "layering", "sweep", "absorption")
_NUMBERS: Final = {  # key -> default, lowest, highest
    "size": (None, 1, 100_000),
    "ticks": (0, 0, 500),
    "duration": (30.0, 0.1, 86_400.0),
    "display": (10, 1, 10_000),
    "levels": (5, 1, 50),
    "blows": (8, 1, 500),
}
_KEYS: Final = {"kind", "symbol", "at", "side", *_NUMBERS}
_STEP_NS: Final = 1_000  # between two acts of one cell
PLACE, CANCEL, STRIKE = 0, 1, 2
RESTS, CANCELLED, FILLED, TRADED = 0, 1, 2, 3
_OUTCOMES: Final = ("resting", "cancelled", "filled", "traded")

DONE: Final = np.dtype(
    [
        ("plant", np.int64),
        ("slot", np.int64),
        ("order_id", np.int64),
        ("price", np.int64),
        ("size", np.int64),  # of a market order: what it traded
        ("from_ns", np.int64),
        ("until_ns", np.int64),
        ("outcome", np.int64),
    ],
    align=True,
)


@dataclass(frozen=True, slots=True)
class Plant:
    """One planted trader; see the module for what each kind does.

    Attributes:
        kind: One of KINDS.
        place: Of the instrument.
        at_ns: When it begins, ns UTC.
        side: 1 bid, -1 ask.
        size, ticks, display, levels, blows: See the module.
        duration_s: How long it stays.
    """

    kind: str
    place: int
    at_ns: int
    side: int
    size: int
    ticks: int
    duration_s: float
    display: int
    levels: int
    blows: int


@dataclass(frozen=True, slots=True, order=True)
class _Act:
    cell: int
    plant: int
    number: int
    what: int
    ticks: int
    size: int


def parse_plants(specification: Sequence[Mapping[str, Any]], start_ns: int) -> tuple[Plant, ...]:
    """Plants of a parsed JSON list.

    Raises:
        ConfigError: An entry is unusable; the message says which, and what of it.
    """
    return tuple(_plant(entry, f"plant {number}", start_ns) for number, entry in enumerate(specification))


def _plant(entry: Mapping[str, Any], where: str, start_ns: int) -> Plant:
    kind = entry.get("kind")
    if kind not in KINDS:
        raise ConfigError(f"{where}: kind {kind!r}; there are {', '.join(KINDS)}")
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise ConfigError(f"{where}: unknown {', '.join(unknown)}; there are {', '.join(sorted(_KEYS))}")
    symbol = str(entry.get("symbol", ""))
    root = next((root for root in ROOTS if symbol == root or symbol.startswith(root)), None)
    if root is None:
        raise ConfigError(f"{where}: symbol {symbol!r}; there are {', '.join(ROOTS)}")
    if entry.get("side") not in ("bid", "ask"):
        raise ConfigError(f"{where}: side {entry.get('side')!r}; bid or ask")
    values = {name: _number(entry, name, where) for name in _NUMBERS}
    at_ns = _instant(entry.get("at"), where, start_ns)
    if calendar_of("equity").session_of(at_ns) is None:
        raise ConfigError(f"{where}: at {iso_utc(at_ns)} the market is closed")
    return Plant(
        str(kind), ROOTS.index(root), at_ns, 1 if entry["side"] == "bid" else -1, int(values["size"]),
        int(values["ticks"]), values["duration"], int(values["display"]), int(values["levels"]),
        int(values["blows"]),
    )  # fmt: skip


def _number(entry: Mapping[str, Any], name: str, where: str) -> float:
    default, low, high = _NUMBERS[name]
    value = entry.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise ConfigError(f"{where}: {name} {value!r}; a number of {low:,} to {high:,}")
    return float(value)


def _instant(at: object, where: str, start_ns: int) -> int:
    if isinstance(at, int | float) and not isinstance(at, bool):
        ns = start_ns + round(at * NS_PER_S)
    elif isinstance(at, str):
        ns = parse_instant(at)
    else:
        raise ConfigError(f"{where}: at {at!r}; seconds from the start, or an instant")
    if ns < start_ns:
        raise ConfigError(f"{where}: at {iso_utc(ns)} is before the market begins, {iso_utc(start_ns)}")
    return ns


class Planting:
    """Carries plants out at the beginnings of cells, and remembers what became of them.

    Args:
        plants: In any order.
        symbols: Of the instruments, for the truth.
    """

    def __init__(self, plants: Sequence[Plant], symbols: Sequence[str]) -> None:
        self.plants = tuple(plants)
        self._symbols = tuple(symbols)
        self._acts = sorted(act for number, plant in enumerate(self.plants) for act in _acts(plant, number))
        self._next = 0
        self._done = np.zeros(0, DONE)

    def next_cell(self) -> int | None:
        """The cell at whose beginning something is to be done; None when all is done."""
        return self._acts[self._next].cell if self._next < len(self._acts) else None

    def act(self, cell: int, books: Sequence[OrderBook]) -> None:
        """Do what is due at the beginning of a cell, or before it."""
        used = [0] * len(books)
        while self._next < len(self._acts) and self._acts[self._next].cell <= cell:
            act = self._acts[self._next]
            plant = self.plants[act.plant]
            now = cell * CELL_NS + _STEP_NS * (used[plant.place] + 1)
            self._do(act, plant, books[plant.place], now)
            used[plant.place] += 1
            self._next += 1
        for book, count in zip(books, used, strict=True):
            if count:
                book.arrays.state["offset"] = (count + 1) * _STEP_NS / NS_PER_S

    def _do(self, act: _Act, plant: Plant, book: OrderBook, now: int) -> None:
        rows = book.room()
        if act.what == CANCEL:
            self._end(act.plant, book, rows, now)
            return
        entry = np.zeros(1, DONE)
        entry["plant"], entry["from_ns"], entry["until_ns"] = act.plant, now, now
        bid, ask = book.touch
        entry["order_id"] = book.arrays.state["next_id"][0]
        if act.what == STRIKE:
            # a blow takes the side the plant rests on
            entry["price"] = bid if plant.side > 0 else ask
            levels = plant.levels if plant.kind == "sweep" else 1
            entry["size"] = book_kernels.strike(book.arrays, rows, now, -plant.side, act.size, levels)
            entry["slot"], entry["outcome"] = -1, TRADED
        else:
            price = bid - act.ticks if plant.side > 0 else ask + act.ticks
            shown = act.size if plant.kind in ("wall", "layering") else min(plant.display, act.size)
            entry["slot"] = book_kernels.plant(book.arrays, rows, now, plant.side, price, shown, act.size - shown)
            entry["price"], entry["size"] = price, act.size
        self._done = np.concatenate([self._done, entry])

    def _end(self, number: int, book: OrderBook, rows: Rows, now: int) -> None:
        mine = (self._done["plant"] == number) & (self._done["outcome"] == RESTS)
        for at in np.flatnonzero(mine):
            one = self._done[at]
            rests = book_kernels.uproot(book.arrays, rows, now, int(one["slot"]), int(one["order_id"]))
            self._done["outcome"][at] = CANCELLED if rests else FILLED
            self._done["until_ns"][at] = now

    def truth(self) -> list[dict[str, Any]]:
        """What was planted so far, one entry per order: ids, times, prices, outcome; ready for JSON."""
        found: list[dict[str, Any]] = []
        for one in self._done:
            plant = self.plants[int(one["plant"])]
            found.append(
                {
                    "plant": int(one["plant"]),
                    "kind": plant.kind,
                    "symbol": self._symbols[plant.place],
                    "side": "bid" if plant.side > 0 else "ask",
                    "order_id": int(one["order_id"]),
                    "price_ticks": int(one["price"]),
                    "size": int(one["size"]),
                    "from_ns": int(one["from_ns"]),
                    "until_ns": int(one["until_ns"]),
                    "outcome": _OUTCOMES[int(one["outcome"])],
                }
            )
        return found

    def save(self) -> dict[str, np.ndarray]:
        """Its progress as plain arrays."""
        return {"plants_done": self._done.copy(), "plants_next": np.array([self._next], np.int64)}

    def load(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on where ``save`` was called, with the same plants.

        Raises:
            ConfigError: Not the progress of these plants.
        """
        done, at = state.get("plants_done"), state.get("plants_next")
        if done is None or at is None or done.dtype != DONE or not 0 <= int(at[0]) <= len(self._acts):
            raise ConfigError("not the saved state of these plants")
        self._done, self._next = done.copy(), int(at[0])


def _acts(plant: Plant, number: int) -> list[_Act]:
    first = -(-plant.at_ns // CELL_NS)
    last = first + max(round(plant.duration_s * NS_PER_S / CELL_NS), 1)
    if plant.kind == "sweep":
        return [_Act(first, number, 0, STRIKE, 0, plant.size)]
    places = plant.levels if plant.kind == "layering" else 1
    acts = [_Act(first, number, each, PLACE, plant.ticks + each, plant.size) for each in range(places)]
    if plant.kind == "absorption":
        blow = max(plant.size * 9 // (10 * plant.blows), 1)
        when = np.linspace(first + 1, last - 1, plant.blows).astype(np.int64).tolist()
        acts += [_Act(max(cell, first), number, places + each, STRIKE, 0, blow) for each, cell in enumerate(when)]
    return [*acts, _Act(last, number, places + plant.blows, CANCEL, 0, 0)]
