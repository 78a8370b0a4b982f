"""The slow, obvious order-level book that the kernel is held against: dicts and lists, one record at a time."""

from dataclasses import dataclass, field

from cockpit.events.dtypes import ADD, ASK, BID, BOOK_LEVELS, CANCEL, CLEAR, FILL, MODIFY, TRADE, Flag
from cockpit.units import NO_PRICE, Rows

Quote = tuple[int, int, int]  # price, size, orders
Top = tuple[int, Quote, Quote, str]  # seq, bid, ask, OFI as text, since NaN equals nothing
Sample = tuple[int, int, int, int, list[int], list[int], int, int, bool]  # as the fields of SAMPLE
SAMPLED = (
    "seq", "clock_ns", "bid_ticks", "ask_ticks", "bid_sizes", "ask_sizes", "bid_stacked", "ask_stacked",
    "is_suspect",
)  # fmt: skip
NO_QUOTE: Quote = (NO_PRICE, 0, 0)


@dataclass(eq=False)
class Order:
    """One resting order; ``is_keyed`` is false for a synthetic top of book, which no id finds."""

    id: int
    side: int
    price: int
    size: int
    is_keyed: bool = True


@dataclass
class OracleBook:
    """Queues as lists, by side and price."""

    queues: dict[int, dict[int, list[Order]]] = field(default_factory=lambda: {BID: {}, ASK: {}})
    by_id: dict[int, Order] = field(default_factory=dict)
    tops: list[Top] = field(default_factory=list)
    prints: list[tuple[int, int, int, int]] = field(default_factory=list)
    last: tuple[Quote, Quote] = (NO_QUOTE, NO_QUOTE)
    is_suspect: bool = False
    in_snapshot: bool = False
    unknown_orders: int = 0
    unknown_modifies: int = 0
    duplicate_orders: int = 0
    refused_rows: int = 0
    samples: list[Sample] = field(default_factory=list)
    stacked: dict[int, int] = field(default_factory=lambda: {BID: 0, ASK: 0})

    def apply(self, rows: Rows, ticks: Rows | None = None) -> None:
        """Take rows one by one, with a sample at each tick between them."""
        names = ("seq", "order_id", "price_ticks", "size", "action", "side", "flags")
        todo = [] if ticks is None else list(zip(ticks["seq"].tolist(), ticks["clock_ns"].tolist(), strict=True))
        for row in zip(*(rows[name].tolist() for name in names), strict=True):
            while todo and todo[0][0] < row[0]:
                self._sample(*todo.pop(0))
            self._take(*row)
        for tick in todo:
            self._sample(*tick)

    def _sample(self, seq: int, clock_ns: int) -> None:
        bids, asks = self.levels(BID), self.levels(ASK)
        best = [levels[0][0] if levels else NO_PRICE for levels in (bids, asks)]
        sizes = [padded([size for _, size, _ in levels]) for levels in (bids, asks)]
        stacked = (self.stacked[BID], self.stacked[ASK])
        self.samples.append((seq, clock_ns, *best, *sizes, *stacked, self.is_suspect))

    def _stack(self, order: Order, size: int) -> None:
        """Count what is done to an order that rests among the best ten levels now."""
        prices = sorted(self.queues[order.side], reverse=order.side == BID)
        if not self.in_snapshot and prices.index(order.price) < BOOK_LEVELS:
            self.stacked[order.side] += size

    def _take(self, seq: int, order_id: int, price: int, size: int, action: int, side: int, flags: int) -> None:
        self.is_suspect |= bool(flags & Flag.MAYBE_BAD_BOOK)
        in_snapshot = bool(flags & Flag.SNAPSHOT)
        if action == CLEAR or (action == ADD and in_snapshot and not self.in_snapshot):
            self.queues, self.by_id, self.is_suspect = {BID: {}, ASK: {}}, {}, False
        self.in_snapshot = in_snapshot
        if action == CANCEL:
            self._cancel(order_id, size)
        elif action in (ADD, MODIFY):
            self._enter(order_id, side, price, size, action, flags)
        elif action == TRADE and size > 0 and price != NO_PRICE:
            self.prints.append((seq, price, size, side))
        elif action == FILL and size > 0 and order_id in self.by_id:
            self.stacked[self.by_id[order_id].side] += size
        if flags & Flag.LAST:
            self._end(seq)

    def _cancel(self, order_id: int, size: int) -> None:
        order = self.by_id.get(order_id)
        if order is None:
            self.unknown_orders += 1
        elif size <= 0:
            self.refused_rows += 1
        elif size < order.size:
            self._stack(order, -size)
            order.size -= size
        else:
            self._stack(order, -order.size)
            self._drop(order)

    def _enter(self, order_id: int, side: int, price: int, size: int, action: int, flags: int) -> None:
        is_top = action == ADD and bool(flags & Flag.TOB)
        known = self.by_id.get(order_id)
        if side not in (BID, ASK) or (price == NO_PRICE and not is_top):
            self.refused_rows += 1
        elif is_top:
            for order in [order for queue in self.queues[side].values() for order in queue]:
                self._drop(order)
            if price != NO_PRICE and size > 0:
                self._append(Order(order_id, side, price, size, is_keyed=False))
        elif known is not None:
            self.duplicate_orders += action == ADD
            self._change(known, side, price, size)
        elif size <= 0:
            self.refused_rows += 1
        else:
            self.unknown_modifies += action == MODIFY
            self._append(Order(order_id, side, price, size))
            self._stack(self.by_id[order_id], size)

    def _change(self, order: Order, side: int, price: int, size: int) -> None:
        self._stack(order, -order.size)
        self._place(order, side, price, size)
        if size > 0:
            self._stack(self.by_id[order.id], size)

    def _place(self, order: Order, side: int, price: int, size: int) -> None:
        if (side, price) == (order.side, order.price) and 0 < size <= order.size:
            order.size = size
            return
        self._drop(order)
        if size > 0:
            self._append(Order(order.id, side, price, size))

    def _append(self, order: Order) -> None:
        self.queues[order.side].setdefault(order.price, []).append(order)
        if order.is_keyed:
            self.by_id[order.id] = order

    def _drop(self, order: Order) -> None:
        queue = self.queues[order.side][order.price]
        queue.remove(order)
        if not queue:
            del self.queues[order.side][order.price]
        if order.is_keyed:
            del self.by_id[order.id]

    def _end(self, seq: int) -> None:
        now = (self._quote(BID, max), self._quote(ASK, min))
        if now != self.last:
            self.tops.append((seq, *now, flow(self.last, now)))
            self.last = now

    def _quote(self, side: int, best: object) -> Quote:
        prices = self.queues[side]
        return self._level(side, best(prices)) if prices else NO_QUOTE

    def _level(self, side: int, price: int) -> Quote:
        queue = self.queues[side][price]
        return price, sum(order.size for order in queue), len(queue)

    def levels(self, side: int) -> list[Quote]:
        """Price, size, orders of every level, best first."""
        return [self._level(side, price) for price in sorted(self.queues[side], reverse=side == BID)]

    def queue(self, side: int, price: int) -> list[tuple[int, int]]:
        """Ids and sizes at a price in priority order."""
        return [(order.id, order.size) for order in self.queues[side].get(price, [])]


def padded(sizes: list[int]) -> list[int]:
    """The first ten of some sizes, zeros behind them."""
    return (sizes + BOOK_LEVELS * [0])[:BOOK_LEVELS]


def samples_of(rows: Rows) -> list[Sample]:
    """SAMPLE rows in the oracle's form."""
    return list(zip(*(rows[name].tolist() for name in SAMPLED), strict=True))


def flow(old: tuple[Quote, Quote], new: tuple[Quote, Quote]) -> str:
    """Event OFI as the paper prints it; ``nan`` when a side is missing.

    Source: Cont, Kukanov & Stoikov (2014), eq. 10.
    """
    if NO_QUOTE in (*old, *new):
        return "nan"
    (old_bid, old_bid_size, _), (old_ask, old_ask_size, _) = old
    (bid, bid_size, _), (ask, ask_size, _) = new
    up, down = bid_size * (bid >= old_bid), old_bid_size * (bid <= old_bid)
    return str(float(up - down - ask_size * (ask <= old_ask) + old_ask_size * (ask >= old_ask)))


def tops_of(rows: Rows) -> list[Top]:
    """TOP rows in the oracle's form."""
    bids = zip(rows["bid_ticks"].tolist(), rows["bid_size"].tolist(), rows["bid_count"].tolist(), strict=True)
    asks = zip(rows["ask_ticks"].tolist(), rows["ask_size"].tolist(), rows["ask_count"].tolist(), strict=True)
    return list(zip(rows["seq"].tolist(), bids, asks, map(str, rows["ofi"].tolist()), strict=True))


def prints_of(rows: Rows) -> list[tuple[int, int, int, int]]:
    """PRINT rows in the oracle's form."""
    names = ("seq", "price_ticks", "size", "aggressor")
    return list(zip(*(rows[name].tolist() for name in names), strict=True))
