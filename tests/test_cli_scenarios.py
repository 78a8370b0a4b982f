"""Every scenario end to end: `cockpit simulate` writes it, `cockpit replay --check` takes it, its promise holds.

Short spans of fixed seeds, by night where the night will do: it has a fiftieth of the day's orders.
"""

import json
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.cli import run
from cockpit.events.dtypes import TRADE, Kind
from cockpit.feeds.synthetic.scenario import SCENARIOS
from cockpit.opening import open_desk
from cockpit.units import NS_PER_S

ES = "ESZ6.GLBX"
NIGHT = ("2026-11-30T02:00", 0.3)
OPENING = ("2026-11-30T09:30", 0.02)
SPANS = {  # scenario -> from when (New York) and for how many hours
    "normal": NIGHT,
    "trend": NIGHT,
    "pinned_0dte": NIGHT,
    "feed_failure": ("2026-11-30T02:00", 0.09),  # one fault in five minutes
    "crash": ("2026-11-30T09:08", 0.5),  # its legs take half an hour; the VIX is published from 9:30 on
    "holiday": OPENING,
    "open": OPENING,
    "normal at the opening": OPENING,
}
POINT = 4  # ticks of ES


@dataclass(frozen=True, slots=True, eq=False)
class Taped:
    """What `simulate` wrote and `replay` made of it.

    Attributes:
        made, replayed: The two documents.
        seconds, prices: float64 (n,), prints of ES, seconds since the start and points.
        vix: float64 (m,), levels published while it ran.
        gaps: GAP rows.
    """

    made: dict[str, Any]
    replayed: dict[str, Any]
    seconds: np.ndarray
    prices: np.ndarray
    vix: np.ndarray
    gaps: int

    @property
    def volume(self) -> int:
        """Contracts of ES traded."""
        return self.replayed["instruments"][ES]["volume"]

    def at(self, second: float) -> float:
        """Price of the last print until then."""
        return float(self.prices[np.searchsorted(self.seconds, second, "right") - 1])


def document(folder: Path, *argv: str, code: int = 0) -> dict[str, Any]:
    file = folder / f"{argv[0]}.json"
    assert run([*argv, "--json", str(file)]) == code, argv
    return json.loads(file.read_text(encoding="utf-8"))


def taped(folder: Path, name: str) -> Taped:
    """Simulate a scenario and replay its tape, both by the command line."""
    start, hours = SPANS[name]
    tape = folder / "tape"
    scenario = name.partition(" ")[0]
    span = ("--seed", "7", "--from", start, "--hours", str(hours), "--scenario", scenario)
    made = document(folder, "simulate", *span, "--tape", str(tape))
    code = int(scenario == "feed_failure")  # a source with gaps is told as one
    replayed = document(folder, "replay", str(tape), "--headless", "--check", code=code)
    river = open_desk((str(tape),)).river()
    known = {instrument.symbol: number for number, instrument in enumerate(river.registry)}
    prints: list[np.ndarray] = []
    levels: list[np.ndarray] = []
    gaps, began = 0, None
    while (piece := river.take(65_536)) is not None:
        for batch in piece.batches:
            if batch.kind is Kind.MBO:
                began = int(batch.rows["clock_ns"][0]) if began is None else began
                is_print = (batch.rows["action"] == TRADE) & (batch.rows["instrument"] == known[ES])
                prints.append(batch.rows[is_print][["clock_ns", "price_ticks"]])
            elif batch.kind is Kind.INDEX:
                levels.append(batch.rows[batch.rows["instrument"] == known["VIX.CBOE"]][["clock_ns", "close"]])
            elif batch.kind is Kind.GAP:
                gaps += len(batch)
    assert began is not None
    trades, vix = np.concatenate(prints), np.concatenate(levels)
    seconds = (trades["clock_ns"] - began) / NS_PER_S
    current = vix["close"][vix["clock_ns"] > began]  # before that: a year of daily closes
    return Taped(made, replayed, seconds, trades["price_ticks"] / POINT, current, gaps)


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Taped]:
    """Every scenario once."""
    return {name: taped(tmp_path_factory.mktemp("scenario"), name) for name in SPANS}


def test_every_scenario_there_is_is_walked() -> None:
    assert {name.partition(" ")[0] for name in SPANS} == {*SCENARIOS, "feed_failure"}


@pytest.mark.parametrize("name", SPANS)
def test_its_tape_replays_to_what_was_derived_when_it_was_made(tapes: dict[str, Taped], name: str) -> None:
    each = tapes[name]
    assert each.replayed["check"]["difference"] is None
    assert each.replayed["digest"] == each.made["derived_digest"]
    assert each.made["failure"] is None
    assert each.made["scenario"] == name.partition(" ")[0]


def test_a_crash_falls_leg_by_leg_as_scripted_and_the_vix_rises(tapes: dict[str, Taped]) -> None:
    crash, legs = tapes["crash"], SCENARIOS["crash"].legs
    for leg in legs[:2]:
        fell = log(crash.at(leg.after_s + leg.lasts_s - 1) / crash.at(leg.after_s))
        assert fell == pytest.approx(leg.log_move, abs=0.006)
    assert crash.prices[-1] < 0.955 * crash.prices[0]
    assert crash.vix[-1] > 1.15 * crash.vix[0], "from the first level of the session on"
    assert crash.replayed["vix"]["value"] == pytest.approx(crash.vix[-1])


def test_a_pinned_day_stays_at_its_strike_in_a_smaller_range(tapes: dict[str, Taped]) -> None:
    pinned, normal = tapes["pinned_0dte"], tapes["normal"]
    assert abs(pinned.prices[-1] - SCENARIOS["pinned_0dte"].pin_level) <= 1.0
    assert np.ptp(pinned.prices) < np.ptp(normal.prices)


def test_a_trend_goes_where_its_drift_says(tapes: dict[str, Taped]) -> None:
    drift = SCENARIOS["trend"].drift * SPANS["trend"][1] * 6_500.0
    trend, normal = tapes["trend"], tapes["normal"]
    gained = (trend.prices[-1] - trend.prices[0]) - (normal.prices[-1] - normal.prices[0])
    assert gained == pytest.approx(drift, rel=0.5)


def test_an_opening_trades_twice_as_much_and_a_holiday_next_to_nothing(tapes: dict[str, Taped]) -> None:
    usual = tapes["normal at the opening"].volume
    assert tapes["open"].volume > 1.5 * usual
    assert tapes["holiday"].volume < 0.2 * usual
    assert np.ptp(tapes["open"].prices) > np.ptp(tapes["normal at the opening"].prices)


def test_a_failing_feed_has_gaps_on_its_tape_and_a_replay_counts_them(tapes: dict[str, Taped]) -> None:
    failing = tapes["feed_failure"]
    assert failing.gaps > 0
    counted = sum(each["gaps"] for each in failing.replayed["instruments"].values())
    assert counted == failing.gaps
    for name in ("normal", "crash", "open", "holiday"):
        assert tapes[name].gaps == 0
