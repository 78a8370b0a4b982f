"""What charts, gauge and meter are told of chains, cone, regime and pressure: what was known then, and why not."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cockpit.events.dtypes import Kind
from cockpit.feeds.river import River
from cockpit.feeds.source import Source
from cockpit.instants import parse_instant
from cockpit.opening import calendar_of, open_desk
from cockpit.state import commands as c
from cockpit.state import field
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.panels.gamma import FRESH_CHAIN_NS, MOST_COLUMNS
from cockpit.state.panels.pressure import reduce_pressure
from cockpit.state.recording import Opened
from cockpit.state.screen import Screen
from cockpit.state.views import ChartState, ConeState, Freshness, GexOverlay
from cockpit.units import NS_PER_MIN, NS_PER_S
from tests.state.market import START_NS, RowsSource, es, order_rows
from tests.state.options_market import chain_rows, index
from tests.state.test_field import CHAIN_NS, EVENTS, EXPIRIES, SPOT, sources

SECOND_NS = CHAIN_NS + 5 * NS_PER_MIN


def desk_of(*given: Source) -> Dispatcher:
    """A desk over sources in memory, opened and paused before the first event; chains on the spot."""
    opened = Opened(("memory",), lambda: River(list(given)), {}, bare=frozenset({"VIX.CBOE"}))
    desk = Dispatcher(Screen(), lambda _: opened, calendar_of, lambda *_: pytest.fail("no tape here"))
    desk.send(c.OpenSources(("memory",), at_end=False))
    desk.send(c.SelectInstrument(es().symbol, "chart.3", linked=False))
    desk.send(c.ToggleLayer("cone", "chart.3"))
    return desk


def go(desk: Dispatcher, clock_ns: int) -> None:
    """Jump, and publish until nothing is left to work out."""
    desk.send(c.SeekTo(clock_ns))
    while desk.busy:
        desk.advance(lambda: 0, NS_PER_S)
    for _ in range(200):
        if not desk.publish(dict):
            return
    pytest.fail("never complete")


def chart(desk: Dispatcher, name: str = "chart.1") -> ChartState:
    return desk.screen.charts[name].value


def gex(desk: Dispatcher) -> GexOverlay:
    found = chart(desk).gex
    assert found is not None
    return found


def cone(desk: Dispatcher) -> ConeState:
    found = chart(desk, "chart.3").cone
    assert found is not None
    return found


@pytest.fixture
def desk() -> Dispatcher:
    return desk_of(*sources())


# the gamma overlay


def test_before_the_chain_the_overlay_says_that_there_is_none(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS - NS_PER_S)
    assert gex(desk).reason == "no option chain of ES so far"
    assert not gex(desk).stretches


def test_the_field_starts_at_the_chain_and_ends_at_the_newest_bar(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS + 4 * NS_PER_MIN + 30 * NS_PER_S)
    overlay, bars = gex(desk), chart(desk).bars
    (stretch,) = overlay.stretches
    assert bars["close_ns"][stretch.first] > CHAIN_NS >= bars["close_ns"][stretch.first - 1]
    assert stretch.first + len(stretch.values) == len(bars)
    assert np.isfinite(stretch.values).all()
    assert stretch.values.shape[1] == len(stretch.edges) - 1
    assert overlay.reason == ""
    assert overlay.freshness is Freshness.AGING, "a chain opened once ages after a minute"


def test_a_new_chain_starts_a_new_stretch_and_the_old_one_stays_as_it_was(desk: Dispatcher) -> None:
    go(desk, SECOND_NS - NS_PER_S)
    before = gex(desk)
    go(desk, SECOND_NS + 3 * NS_PER_MIN)
    first, second = gex(desk).stretches
    assert first.first + len(first.values) == second.first
    closed = len(before.stretches[0].values) - 1
    assert first.values[:closed].tobytes() == before.stretches[0].values[:closed].tobytes()


def test_strikes_levels_and_profile_lie_at_strike_plus_basis_on_the_future(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS + 2 * NS_PER_MIN)
    overlay = gex(desk)
    assert overlay.basis is not None
    assert overlay.basis_age_ns is not None
    wall = next(level for level in overlay.levels if level.kind == "call_wall")
    assert wall.at * es().unit == pytest.approx(wall.strike + overlay.basis)
    assert wall.value == pytest.approx(overlay.calls.max())
    assert overlay.calls.min() >= 0 >= overlay.puts.max()
    assert overlay.total == pytest.approx(overlay.call + overlay.put)  # type: ignore[operator]
    flips = [level.strike for level in overlay.levels if level.kind == "flip"]
    assert flips == sorted(flips, key=lambda flip: abs(flip - SPOT))


def test_the_same_instant_gives_the_same_overlay_however_it_was_reached(desk: Dispatcher) -> None:
    at = SECOND_NS + 4 * NS_PER_MIN
    go(desk, at)
    jumped = gex(desk)
    other = desk_of(*sources(333))
    other.send(c.SetSpeed(math.inf))
    other.send(c.StopAt(at))
    other.send(c.Play())
    while other.busy:
        other.advance(lambda: 0, NS_PER_S)
        other.publish(dict)
    go(other, at)
    played = gex(other)
    for one, two in zip(jumped.stretches, played.stretches, strict=True):
        assert one.first == two.first
        assert one.edges.tobytes() == two.edges.tobytes()
        assert one.values.tobytes() == two.values.tobytes()
    assert jumped.levels == played.levels


def test_going_back_before_the_chain_takes_the_field_away_again(desk: Dispatcher) -> None:
    go(desk, SECOND_NS + NS_PER_MIN)
    go(desk, CHAIN_NS + NS_PER_MIN)
    assert len(gex(desk).stretches) == 1
    go(desk, CHAIN_NS - NS_PER_MIN)
    assert not gex(desk).stretches


def test_what_was_published_never_changes(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS + 3 * NS_PER_MIN)
    kept = gex(desk)
    copies = [stretch.values.copy() for stretch in kept.stretches]
    go(desk, SECOND_NS + 4 * NS_PER_MIN)
    assert all((one.values == two).all() for one, two in zip(kept.stretches, copies, strict=True))


def test_another_bucket_and_sign_model_are_applied_to_that_pane_alone(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS + 2 * NS_PER_MIN)
    everything = gex(desk)
    desk.send(c.SetOverlay("chart.1", sign="short_all", bucket="0dte"))
    go(desk, CHAIN_NS + 2 * NS_PER_MIN)
    short = gex(desk)
    assert (short.sign, short.bucket) == ("short_all", "0dte")
    assert short.total is not None
    assert everything.total is not None
    assert short.total < everything.total
    assert desk.panes["chart.2"].sign == "calls_minus_puts"


def test_the_flow_model_says_what_it_lacks(desk: Dispatcher) -> None:
    desk.send(c.SetOverlay("chart.1", sign="flow"))
    go(desk, CHAIN_NS + NS_PER_MIN)
    assert "signed option prints" in gex(desk).reason


def test_an_unknown_setting_is_refused_with_what_there_is(desk: Dispatcher) -> None:
    desk.send(c.SetOverlay("chart.1", sign="vibes"))
    assert "calls_minus_puts" in desk.screen.notices.value[-1].text
    desk.send(c.ToggleLayer("gex", "ladder"))
    assert "chart" in desk.screen.notices.value[-1].text


def test_a_layer_goes_and_comes_back(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS + NS_PER_MIN)
    desk.send(c.ToggleLayer("gex", "chart.1"))
    go(desk, CHAIN_NS + NS_PER_MIN)
    assert chart(desk).gex is None
    desk.send(c.ToggleLayer("gex", "chart.1"))
    go(desk, CHAIN_NS + NS_PER_MIN)
    assert gex(desk).stretches


def test_without_a_price_of_the_index_near_the_future_there_is_no_basis_and_it_says_so() -> None:
    late = chain_rows(CHAIN_NS, SPOT, EXPIRIES)
    orders = order_rows(3, 200, START_NS - 3 * 60 * NS_PER_MIN)
    desk = desk_of(RowsSource(orders, instrument=es()), RowsSource(late, Kind.CHAIN, index("SPX")))
    go(desk, CHAIN_NS)
    assert gex(desk).reason.startswith("no SPX and ESH4 price within")


def test_a_chain_stays_drawn_when_it_is_stale_and_says_that_it_is(desk: Dispatcher) -> None:
    go(desk, SECOND_NS + 3 * NS_PER_MIN)
    assert gex(desk).age_ns == 3 * NS_PER_MIN > FRESH_CHAIN_NS
    assert gex(desk).stretches
    orders = order_rows(3, EVENTS, step_ms=800)  # a market that goes on long after the second chain
    desk = desk_of(RowsSource(orders, instrument=es()), *sources()[1:3])
    go(desk, START_NS + 35 * NS_PER_MIN)
    assert gex(desk).stretches
    assert gex(desk).age_ns == 20 * NS_PER_MIN > field.STALE_CHAIN_NS
    assert gex(desk).freshness is Freshness.STALE


def test_a_long_history_is_worked_out_over_several_frames_newest_first() -> None:
    bars = 5_000
    start = CHAIN_NS
    desk = desk_of(
        RowsSource(order_rows(3, EVENTS, start + NS_PER_S, step_ms=120_000), instrument=es()),
        RowsSource(chain_rows(start, SPOT, EXPIRIES), Kind.CHAIN, index("SPX")),
    )
    assert desk.panes["chart.1"].symbol == "ESH4.GLBX"
    desk.send(c.SelectInterval("30s", "chart.1"))
    desk.send(c.SeekTo(start + bars * NS_PER_MIN))
    while desk.busy:
        desk.advance(lambda: 0, NS_PER_S)
    desk.publish(dict)
    first = gex(desk)
    known = np.isfinite(first.stretches[0].values).all(axis=1)
    assert known[-2], "the newest closed bar is there at once"
    go(desk, start + bars * NS_PER_MIN)
    values = gex(desk).stretches[0].values
    assert len(values) <= MOST_COLUMNS
    assert np.isfinite(values).all()


# the cone


def test_the_cone_starts_at_the_last_price_and_opens_to_the_fifth_session_after_today(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS)
    found = cone(desk)
    assert found.reason == ""
    assert found.along[0] == 0
    assert found.along[-1] == 1
    assert len(found.days) == 6, "today and five more"
    assert found.bands[0].tolist() == [pytest.approx(found.origin)] * 7
    assert (np.diff(found.bands, axis=1) >= 0).all()
    assert found.one_session == pytest.approx(found.origin * found.vix / 1600)  # type: ignore[operator]
    assert found.five_sessions == pytest.approx(found.one_session * math.sqrt(5))  # type: ignore[operator]


def test_the_exact_method_is_a_little_wider(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS)
    rule = cone(desk)
    desk.send(c.SetOverlay("chart.3", method="exact"))
    go(desk, CHAIN_NS)
    assert cone(desk).one_session == pytest.approx(rule.one_session * 16 / math.sqrt(252))  # type: ignore[operator]


def test_the_cone_stands_still_between_two_seconds(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS + NS_PER_S // 10)
    one = cone(desk)
    go(desk, CHAIN_NS + NS_PER_S * 9 // 10)
    assert cone(desk).version == one.version


def test_without_a_vix_the_cone_says_so() -> None:
    desk = desk_of(*sources()[:3])
    go(desk, CHAIN_NS)
    assert cone(desk).reason == "no VIX in what is open"


# gauge and meter


def test_the_gauge_shows_regime_inputs_and_the_chains_own_vix(desk: Dispatcher) -> None:
    go(desk, CHAIN_NS + NS_PER_MIN)
    state = desk.screen.vix.value
    assert state.value is not None
    assert state.regime in ("calm", "tense")
    assert state.closes == 252
    assert state.chain_as_of_ns == CHAIN_NS
    assert [point.name for point in state.term] == ["9D", "VIX", "3M", "6M"]
    assert state.term[1].value == state.value
    assert state.change == pytest.approx(state.value - state.term[1].previous)  # type: ignore[operator]
    assert state.head.instrument is not None
    assert state.head.instrument.root == "VIX"


def test_without_a_vix_the_gauge_says_so() -> None:
    desk = desk_of(*sources()[:1])
    go(desk, CHAIN_NS)
    assert desk.screen.vix.value.head.reason == "no VIX in what is open"


def test_the_meter_on_christmas_evening_rests_on_four_components_that_add_up(data: Path) -> None:
    desk = Dispatcher(Screen(), open_desk, calendar_of, lambda *_: pytest.fail("no tape here"))
    desk.send(c.OpenSources((str(data / "books" / "es-mbo-esh4-20231225-until2340.dbn.zst"),), at_end=False))
    go(desk, parse_instant("2023-12-25T18:30"))
    state = desk.screen.ladder.value.pressure
    assert [part.name for part in state.parts] == [
        "imbalance", "order_flow", "pull_stack", "aggression", "gex_stiffness",
    ]  # fmt: skip
    known = [part for part in state.parts if part.value is not None]
    assert [part.name for part in known] == [part.name for part in state.parts[:4]]
    assert state.parts[4].evidence == "no option chain"
    assert sum(part.weight for part in state.parts) == pytest.approx(1.0)
    assert known[0].weight == pytest.approx(0.30 / 0.90)
    assert all(part.share == pytest.approx(part.weight * part.value) for part in known)  # type: ignore[operator]
    assert state.raw == pytest.approx(sum(part.share for part in known))  # type: ignore[misc]
    assert state.low is not None
    assert state.high is not None
    assert state.value is not None
    assert -1 <= state.low <= state.value <= state.high <= 1
    assert state.at_ns == parse_instant("2023-12-25T18:30")
    assert "contracts" in state.parts[0].evidence
    recording = desk.recording
    assert recording is not None
    lane = recording.router.lanes[0]
    bid = float(state.parts[0].evidence.partition("bid ")[2].partition(",")[0])
    lane.instrument = replace(lane.instrument, kind="crypto", lot_nano=1_000_000)  # a lot is 0.001 of a coin now
    coins = [part.evidence for part in reduce_pressure(recording.router.field, lane).parts]
    assert f"bid {bid / 1_000:,.3f}"[:-1] in coins[0]
    assert all("coins" in words for words in coins[:4])


def test_without_a_chain_stiffness_is_unknown_and_the_weights_are_shared_out() -> None:
    desk = desk_of(*sources()[:1])
    go(desk, SECOND_NS)
    stiffness = desk.screen.ladder.value.pressure.parts[4]
    assert (stiffness.value, stiffness.weight, stiffness.evidence) == (None, 0.0, "no option chain")


# panes


def test_layers_and_settings_are_saved_with_the_pane_and_old_files_get_the_first_ones(desk: Dispatcher) -> None:
    desk.send(c.ToggleLayer("cone", "chart.1"))
    desk.send(c.SetOverlay("chart.1", bucket="0dte", method="exact"))
    saved = desk.saved()
    other = desk_of(*sources()[:1])
    other.restore(saved)
    assert other.panes["chart.1"] == desk.panes["chart.1"]
    for entry in saved.values():
        for name in ("layers", "sign", "bucket", "method"):
            del entry[name]
    other.restore(saved)
    assert other.panes["chart.1"].layers == ("gex",)
    assert other.panes["chart.2"].layers == ("cone",)


def test_a_pane_with_an_unusable_setting_is_refused_by_name(desk: Dispatcher) -> None:
    saved = desk.saved()
    saved["chart.3"]["layers"] = ["gex", "horoscope"]
    with pytest.raises(Exception, match="horoscope"):
        desk.restore(saved)


def test_charts_are_for_markets_and_the_volatility_has_a_gauge(desk: Dispatcher) -> None:
    symbols = [desk.panes[f"chart.{number}"].symbol for number in range(1, 5)]
    assert "VIX.CBOE" not in symbols
    assert symbols[0] == "ESH4.GLBX"


def test_the_next_value_leaves_out_what_cannot_be_had(desk: Dispatcher) -> None:
    walked = []
    for _ in range(3):  # within one frame: no state is published between
        desk.send(c.NextOverlay("chart.1", "sign"))
        walked.append(desk.panes["chart.1"].sign)
    assert walked == ["skew_adjusted", "short_all", "calls_minus_puts"]
    desk.send(c.SetOverlay("chart.1", sign="flow", method="exact"))
    desk.send(c.NextOverlay("chart.1", "sign"))
    desk.send(c.NextOverlay("chart.1", "method"))
    assert (desk.panes["chart.1"].sign, desk.panes["chart.1"].method) == ("calls_minus_puts", "rule_of_16")
    desk.send(c.NextOverlay("chart.1", "mood"))
    assert "sign, bucket, method" in desk.screen.notices.value[-1].text


def test_a_day_of_chains_is_held_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field, "MOST_CHAINS", 4)
    monkeypatch.setattr(field, "FORGOTTEN", 2)
    chains = np.concatenate([chain_rows(CHAIN_NS + n * NS_PER_MIN, SPOT, EXPIRIES) for n in range(9)])
    chains["seq"] = np.arange(len(chains))
    desk = desk_of(*sources()[:2], RowsSource(chains, Kind.CHAIN, index("SPX")))
    go(desk, CHAIN_NS + 9 * NS_PER_MIN)
    assert desk.recording is not None
    entries = desk.recording.router.field.chains(desk.recording.router.lanes[1])
    assert [(entry.as_of_ns - CHAIN_NS) // NS_PER_MIN for entry in entries] == [4, 5, 6, 7, 8]
    assert len(entries[0].solved.snapshot.rows) == 0, "what was worked out is kept, what came is not"
    first, last = gex(desk).stretches[0], gex(desk).stretches[-1]
    assert chart(desk).bars["close_ns"][first.first] > CHAIN_NS + 4 * NS_PER_MIN
    assert last.first + len(last.values) == len(chart(desk).bars)
    assert gex(desk).freshness is Freshness.FRESH, "polled every minute, one minute old"


def test_a_chain_alone_shows_its_field_walls_and_profile_around_its_spot(data: Path) -> None:
    desk = Dispatcher(Screen(), open_desk, calendar_of, lambda *_: pytest.fail("no tape here"))
    desk.send(c.OpenSources((str(data / "options" / "cboe_csv" / "cboe_spx_2025-08-28.csv.gz"),), at_end=False))
    go(desk, parse_instant("2025-08-28T16:25"))
    state = chart(desk)
    assert len(state.bars) == 1
    assert state.last == 6501.8599
    assert [desk.panes[f"chart.{n}"].interval for n in (1, 2)] == ["1m", "5m"]
    found = gex(desk)
    assert [len(stretch.values) for stretch in found.stretches] == [1]
    assert np.isfinite(found.stretches[0].values).all()
    assert found.basis is None, "it is the underlying itself"
    assert {level.kind: level.strike for level in found.levels if level.kind != "flip"} == {
        "call_wall": 6500.0,
        "put_wall": 6000.0,
    }
