"""Full-depth books: a recorded Binance session through everything, and its book beside nautilus_trader's.

``l2``: parse, bridge, book, features, detectors, as the desk does it, in multiples of real time on one core; what
the venue would send every 100 ms is put together from a recording of every change. ``l2.ten``: ten symbols at a
time, by turns. ``l2.book``: the same changes into our book and into the peer's, message by message as they come
from a socket.
"""

import gzip
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.common import interleaved, median, recording, result
from cockpit.engines.book.depth import DepthBook
from cockpit.events.dtypes import BID, CLEAR, Flag, Kind
from cockpit.feeds.river import River
from cockpit.instruments import Instrument
from cockpit.opening import calendar_of, open_all
from cockpit.state.router import Router
from cockpit.units import NS_PER_S, Rows

RECORDING: Final = Path("books") / "binance-usdm-btcusdt-20240808.jsonl.gz"
EVERY_MS: Final = 100
BLOCK_EVENTS: Final = 8_192
SYMBOLS: Final = 10
MESSAGES: Final = 2_000  # of the recording go into both books


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Multiples of real time, then messages per second."""
    path = recording(data, RECORDING)
    with tempfile.TemporaryDirectory() as folder:
        subscribed = str(conflated(Path(path), Path(folder) / Path(path).name))
        one, span = zip(*(_through(subscribed, 1) for _ in range(runs)), strict=True)
        ten, _ = zip(*(_through(subscribed, SYMBOLS) for _ in range(max(runs // 3, 1))), strict=True)
    return [
        result("l2", span[0] / median(one), "x real time", runs=runs, gate="at least 100", span_s=span[0]),
        result(
            "l2.ten", span[0] / median(ten), "x real time", runs=len(ten), gate=f"at least 20, {SYMBOLS} symbols"
        ),
        _books(path, runs),
    ]


def conflated(path: Path, into: Path) -> Path:
    """The recording as the venue sends ``depth@100ms``: the last size of each level, ids chained; no quotes."""
    with gzip.open(path, "rt") as old, gzip.open(into, "wt") as new:
        waiting: tuple[str, dict[str, Any]] | None = None
        for line in old:
            head, _, text = line.partition(" ")
            told = json.loads(text)
            data = told.get("data", {})
            if data.get("e") == "bookTicker":
                continue
            if data.get("e") != "depthUpdate":
                new.write(line)
                continue
            if waiting is not None and data["E"] // EVERY_MS == waiting[1]["data"]["E"] // EVERY_MS:
                waiting = head, _joined(waiting[1], told)
                continue
            if waiting is not None:
                new.write(f"{waiting[0]} {json.dumps(waiting[1])}\n")
            waiting = head, told
        if waiting is not None:
            new.write(f"{waiting[0]} {json.dumps(waiting[1])}\n")
    return into


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two depth messages as one."""
    old, new = first["data"], second["data"]
    sides = {side: [*map(list, {**dict(old[side]), **dict(new[side])}.items())] for side in ("b", "a")}
    return {**second, "data": {**new, **sides, "U": old["U"], "pu": old["pu"]}}


def _through(path: str, symbols: int) -> tuple[float, float]:
    """Seconds it takes, and seconds of the recording's clock."""
    began = time.perf_counter()
    rivers = [River(open_all([path], BLOCK_EVENTS), spool_bytes=None) for _ in range(symbols)]
    routers = [Router(river.registry, calendar_of) for river in rivers]
    first = last = None
    going = list(zip(rivers, routers, strict=True))
    while going:
        for pair in tuple(going):
            piece = pair[0].take(BLOCK_EVENTS)
            if piece is None or not piece.events:
                going.remove(pair)
                continue
            first = piece.clock_ns if first is None else first
            last = piece.clock_ns
            pair[1].apply(piece)
    took = time.perf_counter() - began
    return took, ((last or 0) - (first or 0)) / NS_PER_S


def _books(path: str, runs: int) -> dict[str, Any]:
    source = open_all([path])[0]
    rows = np.concatenate([b.rows for chunk in source.chunks() for b in chunk.batches if b.kind is Kind.DEPTH])
    ends = np.flatnonzero(rows["flags"] & Flag.LAST) + 1
    messages = np.split(rows, ends[: MESSAGES + 1])[: MESSAGES + 1]
    book = DepthBook(int(rows["instrument"][0]))

    def each() -> None:
        book.reset()
        for message in messages:
            book.apply(message)

    whole = np.concatenate(messages)

    def batch() -> None:
        book.reset()
        book.apply(whole)

    works: dict[str, Any] = {"ours": each, "ours in one piece": batch}
    peer = _peer(messages, source.info.instruments[0])
    if peer is not None:
        works["peer"] = peer.run
    times = {name: median(taken) for name, taken in interleaved(works, runs).items()}
    speed = {name: len(messages) / took for name, took in times.items()}
    detail = {"gate": "at least 1x", "levels": len(whole), "in_one_piece": speed["ours in one piece"]}
    if peer is None:
        return result("l2.book", speed["ours"], "messages/s", runs=runs, note="peer missing: .[peers]", **detail)
    detail["same_book"] = peer.same(book)
    return result(
        "l2.book", speed["ours"], "messages/s", peer=speed["peer"], peer_name="nautilus_trader", runs=runs, **detail
    )


class _Peer:
    """nautilus_trader's L2 book, its deltas built beforehand so that only the book is timed."""

    def __init__(self, messages: list[Rows], instrument: Instrument) -> None:
        from nautilus_trader.model.book import OrderBook  # noqa: PLC0415  optional
        from nautilus_trader.model.data import OrderBookDeltas  # noqa: PLC0415
        from nautilus_trader.model.enums import BookType  # noqa: PLC0415
        from nautilus_trader.model.identifiers import InstrumentId  # noqa: PLC0415

        self._id, self._instrument = InstrumentId.from_str("BTCUSDT-PERP.BINANCE"), instrument
        self._new = lambda: OrderBook(self._id, BookType.L2_MBP)
        self._deltas = [OrderBookDeltas(self._id, list(self._of(message))) for message in messages]
        self.book = self._new()

    def _of(self, message: Rows) -> Any:
        from nautilus_trader.model.data import BookOrder, OrderBookDelta  # noqa: PLC0415
        from nautilus_trader.model.enums import BookAction, OrderSide  # noqa: PLC0415
        from nautilus_trader.model.objects import Price, Quantity  # noqa: PLC0415

        for row in message:
            stamps = (int(row["clock_ns"]), int(row["clock_ns"]))
            if row["action"] == CLEAR:
                yield OrderBookDelta.clear(self._id, 0, *stamps)
                continue
            size = int(row["size"])
            order = BookOrder(
                OrderSide.BUY if row["side"] == BID else OrderSide.SELL,
                Price(self._instrument.price(int(row["price_ticks"])), 1),
                Quantity(float(self._instrument.size(size)), 3),
                0,
            )
            yield OrderBookDelta(self._id, BookAction.UPDATE if size else BookAction.DELETE, order, 0, 0, *stamps)

    def run(self) -> None:
        self.book = self._new()
        for deltas in self._deltas:
            self.book.apply_deltas(deltas)

    def same(self, ours: DepthBook) -> bool:
        """Whether the best ten levels of both are equal in price and size."""
        mine, it = ours.readout(10), self._instrument
        found: list[bool] = []
        for ticks, sizes, levels in (
            (mine.bid_ticks, mine.bid_sizes, self.book.bids()),
            (mine.ask_ticks, mine.ask_sizes, self.book.asks()),
        ):
            wanted = [(it.price(t), it.size(s)) for t, s in zip(ticks.tolist(), sizes.tolist(), strict=True)]
            theirs = [(float(level.price), level.size()) for level in levels[:10]]
            found.append(np.allclose(wanted, theirs))
        return all(found)


def _peer(messages: list[Rows], instrument: Instrument) -> _Peer | None:
    try:
        return _Peer(messages, instrument)
    except ImportError:
        return None
