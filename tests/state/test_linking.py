"""Link groups: who follows whom, in what, and what of it a workspace keeps."""

from dataclasses import replace

import pytest

from cockpit.errors import ConfigError
from cockpit.state.linking import RECEIVES, SENDS, SHARED, receivers, toggled_share
from cockpit.state.panes import blank_panes, from_json, linked, timed, to_json
from cockpit.state.screen import BOOK_PANES, LADDER_PANE
from cockpit.state.views import Pane


def group(*pairs: tuple[tuple[str, ...], tuple[str, ...]], link: int = 4) -> dict[str, Pane]:
    """Charts 1, 2, ... of one group that send and receive so."""
    panes = blank_panes()
    for number, (sends, receives) in enumerate(pairs, 1):
        name = f"chart.{number}"
        panes[name] = replace(panes[name], link=link, sends=sends, receives=receives)
    return panes


@pytest.mark.parametrize("what", SHARED)
def test_a_pane_follows_where_the_one_sends_and_the_other_receives(what: str) -> None:
    panes = group(((what,), ()), ((), (what,)), ((what,), ()), ((), (what,)))
    assert list(receivers(panes, "chart.1", what)) == ["chart.2", "chart.4"]
    assert list(receivers(panes, "chart.2", what)) == []
    for other in set(SHARED) - {what}:
        assert list(receivers(panes, "chart.1", other)) == []


def test_nobody_follows_an_unlinked_pane_or_one_of_another_group() -> None:
    everything = (SHARED, SHARED)
    panes = group(everything, everything, link=0)
    assert list(receivers(panes, "chart.1", "symbol")) == []
    panes = group(everything, everything)
    panes["chart.2"] = replace(panes["chart.2"], link=5)
    assert list(receivers(panes, "chart.1", "symbol")) == []


def test_symbols_and_intervals_go_to_those_that_receive_them() -> None:
    panes = group((SHARED, SHARED), (SHARED, ("interval",)), (SHARED, ("symbol",)))
    panes = linked(panes, "chart.1", "ESM4.GLBX", group=True)
    assert [panes[f"chart.{n}"].symbol for n in (1, 2, 3)] == ["ESM4.GLBX", "", "ESM4.GLBX"]
    panes = timed(panes, "chart.1", "90m")
    assert [panes[f"chart.{n}"].interval for n in (1, 2, 3)] == ["90m", "90m", "30s"]


def test_at_first_symbol_and_crosshair_are_shared_and_charts_keep_their_intervals() -> None:
    panes = timed(blank_panes(), "chart.1", "4h")
    assert [each.interval for each in panes.values()] == [
        "4h",
        "5m",
        "30s",
        "15m",
        "1h",
        "4h",
        *[""] * len(BOOK_PANES),
    ]
    assert {each.symbol for each in linked(panes, "chart.3", "A.B", group=True).values()} == {"A.B"}


def test_the_ladder_has_no_interval_to_follow() -> None:
    panes = group((SHARED, SHARED), link=1)
    panes[LADDER_PANE] = replace(panes[LADDER_PANE], receives=SHARED)
    assert list(receivers(panes, "chart.1", "interval")) == []
    with pytest.raises(ConfigError, match="ladder cannot share 'time'; it has symbol"):
        toggled_share(panes[LADDER_PANE], "time", SENDS)


def test_a_switch_turns_one_thing_one_way() -> None:
    pane = toggled_share(Pane("chart.1"), "time", SENDS)
    assert (pane.sends, pane.receives) == (("symbol", "crosshair", "time"), ("symbol", "crosshair"))
    pane = toggled_share(pane, "symbol", RECEIVES)
    assert (pane.sends, pane.receives) == (("symbol", "crosshair", "time"), ("crosshair",))
    assert toggled_share(toggled_share(pane, "interval", SENDS), "interval", SENDS) == pane
    with pytest.raises(ConfigError, match="'both' is none of sends, receives"):
        toggled_share(pane, "time", "both")


def test_a_workspace_keeps_the_switches_and_an_older_one_has_the_first_ones() -> None:
    panes = group((SHARED, ()), (("time",), ("interval", "time")))
    assert from_json(to_json(panes)) == panes
    old = {name: {"symbol": "", "interval": each.interval, "link": 1} for name, each in panes.items()}
    assert from_json(old)["chart.1"].sends == Pane("").sends
    for wrong in ("symbol", ["colour"]):
        with pytest.raises(ConfigError, match=r"pane chart\.1: sends"):
            from_json({"chart.1": {**old["chart.1"], "sends": wrong}})
