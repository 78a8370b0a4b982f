"""The slow, obvious pressure engine that the kernel is held against: all ticks in lists, every window searched."""

import bisect
import math
import statistics
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cockpit.events.dtypes import ASK, BID
from cockpit.units import NO_PRICE, Floats, Rows

S = 1_000_000_000
NAN = math.nan
WEIGHTS = {"imbalance": 0.30, "order_flow": 0.25, "pull_stack": 0.20, "aggression": 0.15, "gex_stiffness": 0.10}


@dataclass
class Tick:
    """One tick: sums since the beginning, and what the windows that end at it gave."""

    clock: int
    sums: dict[str, float]
    is_whole: bool
    is_deep: bool
    mid: float
    ofi: float = NAN
    stack: float = NAN
    move: float = NAN
    value: float = NAN


@dataclass
class OraclePressure:
    """One instrument; ticks no faster than the engine has room for."""

    ticks: list[Tick] = field(default_factory=list)
    ofi: float = 0.0
    volume: dict[int, float] = field(default_factory=lambda: {BID: 0.0, ASK: 0.0})
    trades: int = 0

    def apply(self, samples: Rows, tops: Rows, prints: Rows, gex_ratios: Floats) -> list[dict[str, float]]:
        """Take a whole river; one dict of the fields of PRESSURE per sample."""
        flows = list(zip(tops["seq"].tolist(), tops["ofi"].tolist(), strict=True))
        trades = list(zip(*(prints[name].tolist() for name in ("seq", "size", "aggressor")), strict=True))
        out = []
        for sample, ratio in zip(samples, gex_ratios.tolist(), strict=True):
            while flows and flows[0][0] < sample["seq"]:
                flow = flows.pop(0)[1]
                self.ofi += 0.0 if math.isnan(flow) else flow
            while trades and trades[0][0] < sample["seq"]:
                _, size, aggressor = trades.pop(0)
                if aggressor in self.volume:
                    self.volume[aggressor] += size
                    self.trades += 1
            out.append(self._tick(sample, ratio))
        return out

    def _tick(self, sample: Any, ratio: float) -> dict[str, float]:
        bid, ask = int(sample["bid_ticks"]), int(sample["ask_ticks"])
        whole = NO_PRICE not in (bid, ask) and bid < ask and not sample["is_suspect"]
        sums = {
            "ofi": self.ofi,
            "trades": self.trades,
            "bought": self.volume[BID],
            "sold": self.volume[ASK],
            "stack": int(sample["bid_stacked"]) - int(sample["ask_stacked"]),
        }
        is_deep = bool(sample["bid_sizes"][1] or sample["ask_sizes"][1] or (self.ticks and self.ticks[-1].is_deep))
        now = Tick(int(sample["clock_ns"]), sums, whole, is_deep, (bid + ask) / 2 if whole else NAN)
        self.ticks.append(now)
        parts = self._parts(sample, now, ratio)
        known = {name: value for name, value in parts.items() if not math.isnan(value)}
        raw = NAN
        if len(known) >= 2:
            raw = sum(WEIGHTS[name] * value for name, value in known.items()) / sum(WEIGHTS[name] for name in known)
        before = self.ticks[-2] if len(self.ticks) > 1 else now
        now.value = raw
        if not math.isnan(before.value + raw):
            now.value = raw + (before.value - raw) * 2.0 ** (-(now.clock - before.clock) / (2 * S))
        return {"value": now.value, "raw": raw, **parts}

    def _parts(self, sample: Any, now: Tick, ratio: float) -> dict[str, float]:
        parts = dict.fromkeys(WEIGHTS, NAN)
        if now.is_whole:
            fade = [math.exp(-0.5 * i) for i in range(10)]
            bid, ask = (sum(s * f for s, f in zip(sample[name].tolist(), fade, strict=True)) for name in SIZES)
            parts["imbalance"] = (bid - ask) / (bid + ask)
        at = self._at(now.clock - 10 * S)
        if at is not None:
            then = self.ticks[at]
            gone = {name: value - then.sums[name] for name, value in now.sums.items()}
            if all(tick.is_whole for tick in self.ticks[at:]):
                now.ofi = gone["ofi"]
                now.stack = gone["stack"] if then.is_deep else NAN
            volume = gone["bought"] + gone["sold"]
            if volume:
                parts["aggression"] = (
                    (gone["bought"] - gone["sold"]) / volume * gone["trades"] / (gone["trades"] + 10)
                )
        parts["order_flow"] = self._pushed("ofi", now)
        parts["pull_stack"] = self._pushed("stack", now)
        sigma = self._sigma(now)
        if not math.isnan(now.move + ratio) and sigma > 0:
            parts["gex_stiffness"] = -min(max(ratio, -1.0), 1.0) * math.tanh(now.move / sigma)
        return parts

    def _at(self, clock: int) -> int | None:
        """The last tick at or before an instant, unless it is over a minute before it."""
        at = bisect.bisect_right(self.ticks, clock, key=lambda tick: tick.clock) - 1
        return at if at >= 0 and clock - self.ticks[at].clock <= 60 * S else None

    def _since(self, clock: int) -> list[Tick]:
        return self.ticks[bisect.bisect_right(self.ticks, clock, key=lambda tick: tick.clock) :]

    def _pushed(self, name: str, now: Tick) -> float:
        sizes = [abs(getattr(tick, name)) for tick in self._since(now.clock - 300 * S)]
        known = [size for size in sizes if not math.isnan(size)]
        usual = statistics.median(known) if len(known) >= 30 else 0.0
        flow = getattr(now, name)
        return math.tanh(flow / (1.5 * usual)) if usual > 0 and not math.isnan(flow) else NAN

    def _sigma(self, now: Tick) -> float:
        at = self._at(now.clock - 300 * S)
        now.move = NAN if at is None else now.mid - self.ticks[at].mid
        hour = [(tick.clock, tick.move) for tick in self._since(now.clock - 3600 * S) if not math.isnan(tick.move)]
        if not hour or hour[0][0] > now.clock - 600 * S:
            return NAN
        moves = np.array([move for _, move in hour])
        return math.sqrt(float((moves**2).mean()))


SIZES = ("bid_sizes", "ask_sizes")
