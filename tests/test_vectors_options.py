"""Published numbers of the option engines: greeks, implied volatilities, times to expiry (``formulas.md`` 10)."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.engines.options.black import OUTPUTS, Greeks, black76, greeks
from cockpit.engines.options.expiry import expiry_instants, is_morning_settled, years_between
from cockpit.engines.options.implied_vol import Reason, implied_vol, reasons
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_MIN
from tests.published import close, document, table


def greeks_of(row: dict[str, str], spot: str) -> Greeks:
    number = {
        name: float(value) for name, value in row.items() if name in {spot, "K", "T", "T_years", "r", "sigma"}
    }
    years = number["T_years"] if "T_years" in number else number["T"]
    if row.get("model") == "B76":
        return black76(number[spot], number["K"], years, number["r"], number["sigma"], row["cp"] == "C")
    return greeks(number[spot], number["K"], years, number["r"], float(row["q"]), number["sigma"], row["cp"] == "C")


def test_greeks_vector(vectors: Path) -> None:
    for row in table(vectors, "greeks.csv"):
        found = greeks_of(row, "S_or_F")
        for name in OUTPUTS:
            value, expected = float(getattr(found, name)), float(row[name])
            if abs(expected) < 1e-12:
                assert abs(value) < 1e-10, (row["id"], name)
            else:
                assert value == close(expected), (row["id"], name)


def test_haug_published_vector(vectors: Path) -> None:
    for row in table(vectors, "haug_published.csv"):
        found = greeks_of(row, "S")
        quantities: dict[str, Any] = {name: float(getattr(found, name)) for name in OUTPUTS}
        quantities["elasticity"] = quantities["delta"] * float(row["S"]) / quantities["price"]
        value = quantities[row["quantity"]]
        assert value == pytest.approx(float(row["published_value"]), abs=1e-4), row
        assert value == close(float(row["computed"])), row


def test_implied_vol_vector(vectors: Path) -> None:
    rows = table(vectors, "implied_vol.csv")
    columns = [
        np.array([float(row[name]) for row in rows]) for name in ("price_discounted", "F", "K", "T_years", "df")
    ]
    is_call = np.array([row["cp"] == "C" for row in rows])
    found, why = implied_vol(*columns, is_call), reasons(*columns, is_call)
    for row, value, reason in zip(rows, found.tolist(), why.tolist(), strict=True):
        expected = float(row["sigma_expected"])
        if row["tier"] != "invalid":
            assert reason == Reason.SOLVED, row
            assert abs(value - expected) <= float(row["abs_tol"]), row
        elif math.isnan(expected):
            assert math.isnan(value), row
            assert Reason(reason) is named(row["note"]), row
        else:
            assert (value, reason) == (expected, Reason.AT_INTRINSIC), row


def named(note: str) -> Reason:
    """The reason a note of the vector tells in words."""
    words = {
        "below intrinsic": Reason.BELOW_INTRINSIC,
        "price >=": Reason.ABOVE_MAX,
        "negative": Reason.NON_POSITIVE,
    }
    return next(reason for start, reason in words.items() if note.startswith(start))


def test_tte_vector(vectors: Path) -> None:
    cases = document(vectors, "tte.json")
    assert cases
    for case in cases:
        roots = np.array([case["root"]], "S8")
        as_of, expected = parse_instant(case["as_of_et"]), parse_instant(case["expiry_instant_et"])
        listed = np.array([case["expiry_instant_et"][:10]], "datetime64[D]").astype(np.int32)
        if "third Friday" in case["note"] and "holiday" in case["note"]:
            listed += 1  # the table names the Thursday it moved to; symbols may name the Friday
        found = expiry_instants(roots, listed)
        assert found.tolist() == [expected], case
        assert (expected - as_of) / NS_PER_MIN == case["minutes_elapsed_utc"], case
        assert years_between(as_of, found).tolist() == [case["T_act365_525600"]], case
        assert is_morning_settled(roots).tolist() == [case["settlement"] == "AM"], case
