"""Order-level book: our kernel against nautilus_trader's L3 book, fed the same changes of the same recording."""

from typing import Any

import numpy as np

from benchmarks.common import interleaved, median, recording, result
from cockpit.engines.book.mbo import MboBook
from cockpit.events.dtypes import ADD, CANCEL, CLEAR, MODIFY, Kind
from cockpit.opening import open_all
from cockpit.units import NANO, Rows

GATE = "at least 10x the peer's better call, same final book"


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Events per second, all records of the file counted for both."""
    source = open_all([recording(data)])[0]
    rows = np.concatenate([b.rows for chunk in source.chunks() for b in chunk.batches if b.kind is Kind.MBO])
    book = MboBook(0)

    def ours() -> None:
        book.reset()
        book.apply(rows)

    works: dict[str, Any] = {"ours": ours}
    peer = _peer(rows, source.info.instruments[0].tick_nano)
    if peer is not None:
        works |= peer.works
    times = {name: median(taken) for name, taken in interleaved(works, runs).items()}
    speed = {name: len(rows) / took for name, took in times.items()}
    if peer is None:
        detail = {"gate": GATE, "note": "peer missing: pip install .[peers]"}
        return [result("book", speed["ours"], "events/s", runs=runs, **detail)]
    best = max((name for name in speed if name != "ours"), key=lambda name: speed[name])
    detail = {"gate": GATE, "peer_loop": speed["loop"], "peer_batch": speed["batch"], "same_book": peer.same(book)}
    return [
        result(
            "book",
            speed["ours"],
            "events/s",
            peer=speed[best],
            peer_name=f"nautilus_trader {best}",
            runs=runs,
            **detail,
        )
    ]


class _Peer:
    """nautilus_trader's L3 book and the deltas for it, built beforehand so that only the book is timed."""

    def __init__(self, rows: Rows, tick_nano: int) -> None:
        from nautilus_trader.model.book import OrderBook  # noqa: PLC0415  optional
        from nautilus_trader.model.data import OrderBookDeltas  # noqa: PLC0415
        from nautilus_trader.model.enums import BookType  # noqa: PLC0415
        from nautilus_trader.model.identifiers import InstrumentId  # noqa: PLC0415

        self._id = InstrumentId.from_str("ESH4.GLBX")
        self._new = lambda: OrderBook(self._id, BookType.L3_MBO)
        self._tick_nano = tick_nano
        deltas = list(self._deltas(rows))
        batch = OrderBookDeltas(self._id, deltas)
        self.book = self._new()

        def loop() -> None:
            self.book = self._new()
            apply = self.book.apply_delta
            for delta in deltas:
                apply(delta)

        def whole() -> None:
            self.book = self._new()
            self.book.apply_deltas(batch)

        self.works = {"loop": loop, "batch": whole}

    def _deltas(self, rows: Rows) -> Any:
        from nautilus_trader.model.data import BookOrder, OrderBookDelta  # noqa: PLC0415
        from nautilus_trader.model.enums import BookAction, OrderSide  # noqa: PLC0415
        from nautilus_trader.model.objects import Price, Quantity  # noqa: PLC0415

        sides = {ord("B"): OrderSide.BUY, ord("A"): OrderSide.SELL}
        left: dict[int, int] = {}
        for row in rows:
            action, order = int(row["action"]), int(row["order_id"])
            size, flags, sequence = int(row["size"]), int(row["flags"]), int(row["sequence"])
            stamps = (int(row["event_ns"]), int(row["clock_ns"]))
            if action == CLEAR:
                yield OrderBookDelta.clear(self._id, sequence, *stamps)
                continue
            if action not in (ADD, CANCEL, MODIFY):
                continue
            if action == CANCEL:
                left[order] = left.get(order, size) - size
                what = BookAction.UPDATE if left[order] > 0 else BookAction.DELETE
            else:
                left[order] = size
                what = BookAction.ADD if action == ADD else BookAction.UPDATE
            price = Price(int(row["price_ticks"]) * self._tick_nano / NANO, 2)
            quantity = Quantity.from_int(max(left[order], 0))
            book_order = BookOrder(sides[int(row["side"])], price, quantity, order)
            yield OrderBookDelta(self._id, what, book_order, flags, sequence, *stamps)

    def same(self, ours: MboBook) -> bool:
        """Whether the best ten levels of both books are equal in price and size."""
        mine = ours.readout(10)
        scale = self._tick_nano / NANO

        def level(each: Any) -> tuple[float, int]:
            return float(each.price), int(each.size())

        bids = [
            (tick * scale, size)
            for tick, size in zip(mine.bid_ticks.tolist(), mine.bid_sizes.tolist(), strict=True)
        ]
        asks = [
            (tick * scale, size)
            for tick, size in zip(mine.ask_ticks.tolist(), mine.ask_sizes.tolist(), strict=True)
        ]
        return [level(x) for x in self.book.bids()[:10]] == bids and [
            level(x) for x in self.book.asks()[:10]
        ] == asks


def _peer(rows: Rows, tick_nano: int) -> _Peer | None:
    try:
        return _Peer(rows, tick_nano)
    except ImportError:
        return None
