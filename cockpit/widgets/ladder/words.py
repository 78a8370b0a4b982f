"""What the read-outs above a ladder are: their raw values and the formulas behind them. No Qt."""

from functools import partial
from typing import Final

from cockpit.instants import age_text, clock_text
from cockpit.instruments import DASH, MINUS
from cockpit.state.ladder_walls import LadderQueue, LadderWall
from cockpit.state.views import LadderState
from cockpit.widgets.figures import amount, told, units

TIP_WIDTH: Final = 76  # characters
_told = partial(told, width=TIP_WIDTH)
FORMULAS: Final = {
    "Phase": "phase of the session, from the exchange's calendar",
    "Spread": "best ask − best bid, in ticks of the instrument",
    "W mid": "weighted mid: (bid × ask size + ask × bid size) / (bid size + ask size); no micro-price was learned "
    "for such a book: cockpit fit microprice",
    "Micro": "micro-price (Stoikov 2018): mid + what the mid did next after books of this bid share and spread",
    "Imb": "imbalance: (bid − ask) / (bid + ask) of the best ten levels",
    "OFI 10 s": "event order-flow imbalance (Cont, Kukanov, Stoikov 2014), summed over 10 s",
}


def readout_tip(state: LadderState, key: str) -> str:
    """Raw value, instant and formula of a read-out; empty for a key that is none."""
    formula = FORMULAS.get(key)
    if formula is None:
        return ""
    at_ns = state.pressure.at_ns
    as_of = "" if at_ns is None else f"As of {clock_text(at_ns, 3)} ET"
    return _told(_raw(state, key), f"Formula: {formula}", as_of)


def level_tip(state: LadderState, tick: int) -> str:
    """What is known of a price: its queue, its wall, what was added and pulled; empty without any."""
    instrument, at = state.head.instrument, tick - state.low_tick
    texts = [_queue(state, state.queue)] if state.queue is not None and state.queue.ticks == tick else []
    texts += [_wall(state, wall) for wall in state.walls if wall.ticks == tick]
    if 0 <= at < len(state.added) and (state.added[at] or state.pulled[at]):
        added, pulled = (amount(instrument, int(each[at])) for each in (state.added, state.pulled))
        texts.append(f"Last 60 s: {added} added, {pulled} pulled; executions are neither")
    return _told(f"{instrument.format(tick)}", *texts) if texts and instrument is not None else ""


def _queue(state: LadderState, queue: LadderQueue) -> str:
    sizes = " ".join(amount(state.head.instrument, size) for size in queue.sizes)
    more = " \u2026" if queue.orders > len(queue.sizes) else ""
    plural = "s" if queue.orders != 1 else ""
    ahead = amount(state.head.instrument, queue.ahead)
    return f"{queue.orders:,} order{plural}: {sizes}{more}, an order now would stand behind {ahead}"


def _wall(state: LadderState, wall: LadderWall) -> str:
    parts = (
        ("eaten", wall.eaten),
        ("pulled", wall.pulled),
        ("moved", wall.moved),
        ("unattributed", wall.unattributed),
    )
    gone = ", ".join(f"{word} {amount(state.head.instrument, lots)}" for word, lots in parts)
    peak = amount(state.head.instrument, wall.peak)
    return f"Wall of {peak} at most, for {age_text(wall.life_ns)}; so far {gone}"


def _raw(state: LadderState, key: str) -> str:
    if key == "Phase":
        return f"Phase: {state.phase or DASH}"
    instrument = state.head.instrument
    if key == "Spread":
        return f"Spread: {_or_dash(state.spread_ticks, 'ticks')}"
    if key in ("Micro", "W mid"):
        value, name = (state.microprice, "Micro-price") if key == "Micro" else (state.weighted_mid, "Weighted mid")
        price = ""
        if value is not None and instrument is not None:
            price = f", {value * instrument.unit:,.{instrument.decimals + 3}f}"
        return f"{name}: {_or_dash(value, 'ticks')}{price}"
    if key == "Imb":
        bid, ask = (
            None if lots is None else amount(instrument, lots) for lots in (state.bid_total, state.ask_total)
        )
        totals = f" of {bid or DASH} bid and {ask or DASH} ask"
        return f"Imbalance: {_or_dash(state.imbalance, '')}{totals}"
    if state.ofi is None:
        return f"Order-flow imbalance of 10 s: {_or_dash(None, '')}"
    return f"Order-flow imbalance of 10 s: {amount(instrument, state.ofi)} {units(instrument)}"


def _or_dash(value: float | None, unit: str) -> str:
    if value is None:
        return f"{DASH}, not defined now"
    digits = f"{abs(value):,}" if isinstance(value, int) else f"{abs(value):,.4f}"
    return f"{MINUS if value < 0 else ''}{digits} {unit}".strip()
