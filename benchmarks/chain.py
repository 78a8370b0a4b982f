"""Option chains: volatilities, greeks, exposure and ladder of 25,000 real contracts, beside QuantLib and scipy."""

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks import options_window
from benchmarks.common import interleaved, median, recording, result
from cockpit.engines.options.black import black76
from cockpit.engines.options.chain import RATE, series_forwards, solve_chain
from cockpit.engines.options.expiry import years_between
from cockpit.engines.options.exposures import CONTRACT_UNITS, PERCENT
from cockpit.engines.options.gamma import signed_ladder
from cockpit.engines.options.gex import exposure
from cockpit.engines.options.implied_vol import implied_vol
from cockpit.engines.options.listing import listing
from cockpit.feeds.files.sniff import open_source
from cockpit.units import Floats, Rows

CHAIN: Final = Path("options") / "cboe_csv" / "cboe_spx_2025-08-28.csv.gz"
CONTRACTS: Final = 25_000
RUNGS: Final = 121  # of the ladder, over 10 % to both sides of the spot
SAMPLE: Final = 2_500  # contracts of the slow peers; their time is scaled to all
FRAME_MS: Final = 1000 / 60
WATCHED_S: Final = 3.0
EXACT: Final = 1e-13  # accuracy QuantLib is asked for where results are compared, not timed
GATE: Final = "at most 60 ms, at least 50x the faster QuantLib loop, same volatilities and gammas"
GATE_IV: Final = "at least 100x the brentq loop, same volatilities"
GATE_FRAMES: Final = "no gap over two frames (33.3 ms)"


@dataclass(frozen=True, slots=True, eq=False)
class Contracts:
    """Real quotes that have a volatility, repeated to ``CONTRACTS``; every array is (n,)."""

    spot: float
    price: Floats  # the mid, discounted
    forward: Floats
    strike: Floats
    years: Floats
    discount: Floats
    is_call: NDArray[np.bool_]
    weight: (
        Floats  # signed, USD per 1 % and unit of gamma; open interest of at least 1, so that nothing is left out
    )


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """The whole work, volatilities alone, the loop beside a worker that solves chains, and the real window."""
    source = open_source(recording(data, CHAIN))
    rows = np.concatenate([batch.rows for chunk in source.chunks() for batch in chunk.batches])
    contracts = _contracts(rows)
    return [_whole(contracts, rows, runs), _volatilities(contracts, runs), _frames(rows), *options_window.run(data)]


def _contracts(rows: Rows) -> Contracts:
    listed = listing(rows)
    spot = float(rows["spot"][-1])
    years = years_between(int(rows["clock_ns"][-1]), listed.expiry_ns)
    forward = series_forwards(listed, years, RATE, spot)[0][listed.series]
    years, price = years[listed.series], (listed.bid + listed.ask) / 2
    discount = np.exp(-RATE * years)
    found = implied_vol(price, forward, listed.strike, years, discount, listed.is_call)
    solved = np.resize(np.flatnonzero((found > 0) & (listed.bid > 0)), CONTRACTS)
    held = np.maximum(np.nan_to_num(listed.open_interest), 1.0) * (CONTRACT_UNITS * PERCENT)
    weight = np.where(listed.is_call, held, -held)
    columns = (price, forward, listed.strike, years, discount, listed.is_call, weight)
    return Contracts(spot, *(each[solved] for each in columns))


# the whole work


def _ours(each: Contracts, spots: Floats) -> tuple[Floats, Floats, float, Floats]:
    """Volatilities, gammas by the spot, total exposure, ladder; the other eleven greeks are made as well."""
    sigma = implied_vol(each.price, each.forward, each.strike, each.years, each.discount, each.is_call)
    found = black76(each.forward, each.strike, each.years, RATE, sigma, each.is_call)
    gamma = found.gamma * (each.forward / each.spot) ** 2
    total = float(np.sum(each.weight * gamma)) * each.spot**2
    chain = (each.forward, each.strike, each.years, each.discount, sigma, each.weight)
    return sigma, gamma, total, signed_ladder(each.spot, *chain, spots)


def _whole(each: Contracts, rows: Rows, runs: int) -> dict[str, Any]:
    spots = each.spot * np.linspace(0.9, 1.1, RUNGS)

    def program() -> None:
        exposure(solve_chain(rows, root="SPX"))

    works: dict[str, Callable[[], object]] = {"ours": lambda: _ours(each, spots), "program": program}
    peer = _quantlib(each)
    if peer is not None:
        works |= {"formulas": peer.formulas, "objects": peer.objects}
    times = {name: 1000 * median(taken) for name, taken in interleaved(works, runs).items()}
    detail: dict[str, Any] = {
        "gate": GATE,
        "contracts": CONTRACTS,
        "program_ms": round(times["program"], 2),
        "program": f"join, forwards, hygiene and all of it for the {len(rows):,} rows of the file as it is",
    }
    if peer is None:
        return result(
            "chain",
            times["ours"],
            "ms",
            higher_is_better=False,
            runs=runs,
            note="peer missing: pip install .[peers]",
            **detail,
        )
    times["objects"] *= CONTRACTS / SAMPLE
    best = min(("formulas", "objects"), key=times.__getitem__)
    sigma, gamma, _, _ = _ours(each, spots)
    detail |= {f"peer_{name}_ms": round(times[name], 1) for name in ("formulas", "objects")}
    detail |= {"objects_scaled_from": SAMPLE, **peer.differences(sigma, gamma)}
    return result(
        "chain",
        times["ours"],
        "ms",
        peer=times[best],
        peer_name=f"QuantLib {best}",
        higher_is_better=False,
        runs=runs,
        **detail,
    )


class _QuantLib:
    """The same volatility and gamma once per contract, both ways QuantLib offers, prepared beforehand.

    ``formulas`` calls its formulas on plain numbers, at its usual accuracy of 1e-6; ``objects`` asks an option
    with a pricing engine. Days are whole in the latter, so it is timed and not compared.
    """

    def __init__(self, each: Contracts) -> None:
        import QuantLib as ql  # noqa: N813, PLC0415  optional; its manual's name

        self._ql = ql
        types = [ql.Option.Call if is_call else ql.Option.Put for is_call in each.is_call.tolist()]
        columns = (each.strike, each.forward, each.price, each.discount, each.years)
        self._rows = list(zip(types, *(column.tolist() for column in columns), strict=True))
        self._spot = each.spot

    def formulas(self) -> list[tuple[float, float]]:
        return [self._by_formula(row) for row in self._rows]

    def _by_formula(self, row: tuple[Any, ...], *accuracy: float) -> tuple[float, float]:
        ql = self._ql
        kind, strike, forward, price, discount, years = row
        extra = (0.0, ql.nullDouble(), accuracy[0]) if accuracy else ()
        try:
            spread = ql.blackFormulaImpliedStdDev(kind, strike, forward, price, discount, *extra)
        except RuntimeError:
            return math.nan, math.nan
        gamma = ql.BlackCalculator(ql.PlainVanillaPayoff(kind, strike), forward, spread, discount).gamma(self._spot)
        return spread / math.sqrt(years), gamma

    def objects(self) -> list[tuple[float, float]]:
        ql = self._ql
        today = ql.Settings.instance().evaluationDate
        days = ql.Actual365Fixed()
        vol = ql.SimpleQuote(0.2)
        spot = ql.QuoteHandle(ql.SimpleQuote(self._spot))
        rate = ql.YieldTermStructureHandle(ql.FlatForward(today, RATE, days))
        flat = ql.BlackConstantVol(today, ql.NullCalendar(), ql.QuoteHandle(vol), days)
        process = ql.BlackScholesMertonProcess(spot, rate, rate, ql.BlackVolTermStructureHandle(flat))
        engine = ql.AnalyticEuropeanEngine(process)
        found: list[tuple[float, float]] = []
        for kind, strike, _, price, _, years in self._rows[:: CONTRACTS // SAMPLE]:
            expiry = ql.EuropeanExercise(today + max(1, round(years * 365)))
            option = ql.VanillaOption(ql.PlainVanillaPayoff(kind, strike), expiry)
            try:
                sigma = option.impliedVolatility(price, process)
            except RuntimeError:
                found.append((math.nan, math.nan))
                continue
            vol.setValue(sigma)
            option.setPricingEngine(engine)
            found.append((sigma, option.gamma()))
        return found

    def differences(self, sigma: Floats, gamma: Floats) -> dict[str, Any]:
        """How far ours are from the formulas asked for all digits; contracts they cannot solve are counted."""
        theirs = np.array([self._by_formula(row, EXACT) for row in self._rows])
        known = np.isfinite(theirs).all(axis=1)
        apart = np.abs(np.column_stack((sigma, gamma))[known] / theirs[known] - 1)
        return {
            "largest_relative_difference": dict(zip(("iv", "gamma"), apart.max(axis=0).tolist(), strict=True)),
            "p999_relative_difference": dict(
                zip(("iv", "gamma"), np.quantile(apart, 0.999, axis=0).tolist(), strict=True)
            ),
            "peer_unsolved": int(np.count_nonzero(~known)),
        }


def _quantlib(each: Contracts) -> _QuantLib | None:
    try:
        return _QuantLib(each)
    except ImportError:
        return None


# volatilities alone


def _volatilities(each: Contracts, runs: int) -> dict[str, Any]:
    columns = (each.price, each.forward, each.strike, each.years, each.discount, each.is_call)
    sample = list(zip(*(column[:: CONTRACTS // SAMPLE].tolist() for column in columns), strict=True))
    works: dict[str, Callable[[], object]] = {
        "ours": lambda: implied_vol(*columns),
        "brentq": lambda: [_bracketed(*row) for row in sample],
    }
    times = {name: 1000 * median(taken) for name, taken in interleaved(works, runs).items()}
    ours, theirs = implied_vol(*columns)[:: CONTRACTS // SAMPLE], np.array([_bracketed(*row) for row in sample])
    known = np.isfinite(theirs)
    return result(
        "chain iv",
        times["ours"],
        "ms",
        peer=times["brentq"] * CONTRACTS / len(sample),
        peer_name="scipy brentq loop",
        higher_is_better=False,
        runs=runs,
        gate=GATE_IV,
        contracts=CONTRACTS,
        peer_scaled_from=len(sample),
        largest_difference=float(np.abs(ours[known] - theirs[known]).max()),
        peer_unsolved=int(np.count_nonzero(~known)),
    )


def _bracketed(price: float, forward: float, strike: float, years: float, discount: float, is_call: bool) -> float:
    """What one would write with scipy: Black's formula and a bracket, in the money moved out of it by parity."""
    from scipy.optimize import brentq  # noqa: PLC0415  a third of a second, only here

    inside = forward - strike if is_call else strike - forward
    w, value = (1, price / discount) if inside <= 0 else (-1, price / discount - inside)
    w = w if is_call else -w
    edge, root = math.log(forward / strike), math.sqrt(years)

    def off(sigma: float) -> float:
        spread = sigma * root
        d1 = edge / spread + 0.5 * spread
        held = forward * math.erfc(-w * d1 * math.sqrt(0.5))
        return 0.5 * w * (held - strike * math.erfc(-w * (d1 - spread) * math.sqrt(0.5))) - value

    try:
        return float(brentq(off, 1e-4, 10.0, xtol=1e-12))
    except ValueError:
        return math.nan


# the GUI thread beside a worker


def _frames(rows: Rows) -> dict[str, Any]:
    """Longest time between ticks of a 60 Hz timer of Qt while a worker thread solves one chain after the other."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    idle = _gaps_ms(lambda: None)
    solved = 0

    def work() -> None:
        nonlocal solved
        exposure(solve_chain(rows, root="SPX"))
        solved += 1

    work()
    busy = _gaps_ms(work)
    return result(
        "chain frames",
        float(busy.max()),
        "ms",
        higher_is_better=False,
        gate=GATE_FRAMES,
        p99_ms=round(float(np.quantile(busy, 0.99)), 2),
        idle_max_ms=round(float(idle.max()), 2),
        frames=len(busy),
        frames_over_two=int(np.count_nonzero(busy > 2 * FRAME_MS)),
        chains_solved=solved - 1,
    )


def _gaps_ms(work: Callable[[], None]) -> Floats:
    from PySide6.QtCore import QEventLoop, Qt, QTimer  # noqa: PLC0415  only this part needs a screen
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    app = QApplication.instance() or QApplication([])
    loop, timer, ended = QEventLoop(app), QTimer(), threading.Event()
    ticks: list[float] = []

    def again() -> None:
        while not ended.is_set():
            work()
            ended.wait(0.001)

    def tick() -> None:
        ticks.append(time.perf_counter())
        if ticks[-1] - ticks[0] > WATCHED_S:
            loop.quit()

    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    worker = threading.Thread(target=again)
    worker.start()
    timer.start(round(FRAME_MS))
    loop.exec()
    timer.stop()
    ended.set()
    worker.join()
    return 1000 * np.diff(ticks)
