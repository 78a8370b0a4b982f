"""Rivers for the pressure engine: a real evening with its ticks, and random ones."""

import random
from pathlib import Path

import numpy as np

from cockpit.engines.book.mbo import MboBook
from cockpit.events.dtypes import ASK, BID, DTYPES, SAMPLE, Kind, empty
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_PRICE, Floats, Rows
from tests.engines.book.oracle import SAMPLED
from tests.engines.book.recordings import ES_RECORDING
from tests.feeds.rows import joined, run

S = 1_000_000_000
River = tuple[Rows, Rows, Rows, Floats]  # samples, tops, prints, gamma ratios


def evening(data: Path) -> River:
    """The Christmas evening through its book, with the ticks a replay has; a gamma ratio that changes."""
    parts, _ = run(open_source(data / ES_RECORDING))
    ticks = joined(parts, Kind.TICK)
    output = MboBook(0).apply(joined(parts, Kind.MBO), ticks)
    ratios = np.sin(np.arange(len(ticks)) / 500) * 1.5
    ratios[::1000] = np.nan
    return output.samples, output.tops, output.prints, ratios


def program(seed: int, n: int = 4_500) -> River:
    """A random river: books that are empty, crossed or doubted now and then, silences, holes, bursts."""
    rng = random.Random(seed)
    samples = np.zeros(n, SAMPLE)
    samples["seq"] = 100 * np.arange(1, n + 1)
    trouble = rng.choice([0.0, 0.001, 0.02])
    silence = rng.choice([0.0, 0.002])
    clock, price, stacked, deep = 1_000 * S, 5_000.0, [0, 0], rng.choice([0, 0, n // 3, 2 * n])
    for i in range(n):
        clock += S if rng.random() >= silence else rng.choice([60, 60, 61, 700]) * S
        price += rng.gauss(0, 0.7)
        bid, ask = round(price), round(price) + rng.choice([1, 1, 1, 2])
        levels = 10 if i >= deep else 1
        sizes = [[rng.randint(1, 80) if k < levels else 0 for k in range(10)] for _ in "ba"]
        stacked = [each + rng.randint(-30, 30) for each in stacked]
        if rng.random() < trouble:
            what = rng.choice(["bid", "ask", "crossed"])
            bid, ask = {"bid": (NO_PRICE, ask), "ask": (bid, NO_PRICE), "crossed": (ask, bid)}[what]
        is_suspect = rng.random() < trouble / 3
        seen = (samples["seq"][i], clock, bid, ask, *sizes, *stacked, is_suspect)
        for name, value in zip(SAMPLED, seen, strict=True):
            samples[name][i] = value
    return samples, _tops(rng, n), _prints(rng, n), _ratios(rng, n)


def _tops(rng: random.Random, n: int) -> Rows:
    tops = empty(Kind.TOP, 3 * n)
    tops["seq"] = sorted(rng.choices(range(100 * n + 200), k=3 * n))
    tops["ofi"] = [rng.choice([float("nan"), *map(float, range(-20, 21))]) for _ in tops]
    return tops


def _prints(rng: random.Random, n: int) -> Rows:
    prints = empty(Kind.PRINT, n)
    prints["seq"] = sorted(rng.choices(range(100 * n + 200), k=n))
    prints["size"] = [rng.randint(1, 20) for _ in prints]
    prints["aggressor"] = [rng.choice([BID, ASK, ord("N")]) for _ in prints]
    return prints


def _ratios(rng: random.Random, n: int) -> Floats:
    return np.array([rng.choice([float("nan"), rng.uniform(-2, 2), rng.uniform(-2, 2)]) for _ in range(n)])


def mirrored(river: River) -> River:
    """The same river with bid and ask exchanged and prices upside down."""
    samples, tops, prints, ratios = (each.copy() for each in river)
    for side, other in (("bid", "ask"), ("ask", "bid")):
        ticks = river[0][f"{other}_ticks"]
        samples[f"{side}_ticks"] = np.where(ticks == NO_PRICE, NO_PRICE, -ticks)
        samples[f"{side}_sizes"], samples[f"{side}_stacked"] = (
            river[0][f"{other}_sizes"],
            river[0][f"{other}_stacked"],
        )
    tops["ofi"] = -tops["ofi"]
    prints["aggressor"][river[2]["aggressor"] == BID] = ASK
    prints["aggressor"][river[2]["aggressor"] == ASK] = BID
    return samples, tops, prints, ratios


def pieces(river: River, seqs: list[int]) -> list[River]:
    """The river cut at some seqs."""
    samples, tops, prints, ratios = river
    at = np.searchsorted(samples["seq"], seqs)
    parts = [
        np.split(samples, at),
        *(np.split(each, np.searchsorted(each["seq"], seqs)) for each in (tops, prints)),
    ]
    return list(zip(*parts, np.split(ratios, at), strict=True))


def calm(n: int, step_ns: int = S, **columns: object) -> Rows:
    """Samples of a book that stands, ten contracts at each of ten levels a side, a tick apart."""
    samples = np.zeros(n, SAMPLE)
    samples["seq"] = 100 * np.arange(1, n + 1)
    samples["clock_ns"] = 1_000 * S + step_ns * np.arange(n)
    samples["bid_ticks"], samples["ask_ticks"] = 99, 101
    samples["bid_sizes"] = samples["ask_sizes"] = 10
    for name, values in columns.items():
        samples[name] = values
    return samples


def flows(seqs: list[int], values: list[float]) -> Rows:
    """TOP rows with a flow."""
    tops = empty(Kind.TOP, len(seqs))
    tops["seq"], tops["ofi"] = seqs, values
    return tops


def trades(*made: tuple[int, int, str]) -> Rows:
    """PRINT rows: seq, size, aggressor."""
    prints = empty(Kind.PRINT, len(made))
    prints["seq"], prints["size"] = [each[0] for each in made], [each[1] for each in made]
    prints["aggressor"] = [ord(each[2]) for each in made]
    return prints


NO_TOPS, NO_PRINTS = np.zeros(0, DTYPES[Kind.TOP]), np.zeros(0, DTYPES[Kind.PRINT])
