"""Which prices make a basis, and what is known of it at an instant."""

import random

import numpy as np
import pytest

from cockpit.engines.options.basis import APART_NS, NO_LEGS, Basis, Legs, chains_of, is_additive
from cockpit.units import NS_PER_MIN, NS_PER_S

START_NS = 1_657_641_300 * NS_PER_S


def legs(*rows: tuple[int, float, float]) -> Legs:
    """(seq, seconds after the start, price) each."""
    seqs, seconds, prices = zip(*rows, strict=True)
    clocks = START_NS + (np.array(seconds) * NS_PER_S).astype(np.int64)
    return Legs(np.array(seqs, np.int64), clocks, np.array(prices, np.float64))


def test_two_prices_of_one_second_make_a_basis_whatever_came_first() -> None:
    for future_seq, index_seq in ((1, 2), (2, 1)):
        basis = Basis(additive=True)
        basis.apply(legs((future_seq, 0.2, 3850.75)), legs((index_seq, 0.7, 3856.28)))
        found = basis.at(START_NS + NS_PER_S)
        assert found is not None
        assert found.value == pytest.approx(-5.53)
        assert found.apart_ns == round(0.5 * NS_PER_S)


def test_a_ratio_is_a_factor() -> None:
    basis = Basis(additive=False)
    basis.apply(legs((1, 0, 3850.0)), legs((2, 0, 385.0)))
    assert basis.measures["value"].tolist() == [10.0]


def test_before_both_prices_are_there_nothing_is_known() -> None:
    basis = Basis(additive=True)
    basis.apply(legs((1, 0, 3850.0)), NO_LEGS)
    assert basis.at(START_NS + NS_PER_MIN) is None
    basis.apply(NO_LEGS, legs((2, 1, 3856.0)))
    assert basis.at(START_NS) is None, "the second price came a second later"
    assert basis.at(START_NS + NS_PER_S) is not None


def test_prices_more_than_a_quarter_of_an_hour_apart_make_none() -> None:
    basis = Basis(additive=True)
    basis.apply(legs((1, 0, 3850.0)), legs((2, APART_NS / NS_PER_S + 1, 3856.0)))
    assert not len(basis.measures)
    basis.apply(NO_LEGS, legs((3, APART_NS / NS_PER_S, 3856.0)))
    assert len(basis.measures) == 1


def test_a_nearer_pair_replaces_a_wider_one_and_a_wider_one_waits_until_it_is_old() -> None:
    basis = Basis(additive=True)
    basis.apply(legs((1, 0, 100.0)), legs((2, 120, 90.0)))
    basis.apply(legs((3, 150, 101.0)), NO_LEGS)
    assert basis.measures["apart_ns"].tolist() == [120 * NS_PER_S, 30 * NS_PER_S]
    basis.apply(NO_LEGS, legs((4, 300, 90.0)))
    assert len(basis.measures) == 2, "150 s apart is no better than 30 s"
    basis.apply(legs((5, 1000, 102.0)), legs((6, 1200, 90.0)))
    assert basis.measures["value"][-1] == 12.0, "the last one is more than 15 minutes old"


def test_only_the_first_price_after_the_index_is_paired_with_it() -> None:
    basis = Basis(additive=True)
    basis.apply(legs((2, 1, 101.0), (3, 1.5, 150.0)), legs((1, 1, 90.0)))
    assert basis.measures["value"].tolist() == [11.0]


def test_prices_that_are_no_prices_are_left_out() -> None:
    basis = Basis(additive=True)
    basis.apply(legs((1, 0, float("nan"))), legs((2, 0, 90.0), (3, 0, 0.0)))
    assert not len(basis.measures)


def test_the_cut_into_slices_changes_nothing() -> None:
    rng = random.Random(7)
    rows = []
    clock = 0.0
    for seq in range(400):
        clock += rng.choice([0.0, 0.3, 2.0, 40.0, 400.0])
        rows.append((rng.random() < 0.2, (seq, clock, 100.0 + rng.random())))

    def played(cuts: list[int]) -> tuple[bytes, object]:
        basis = Basis(additive=True)
        for begin, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
            part = rows[begin:end]
            mine = [row for is_index, row in part if not is_index]
            other = [row for is_index, row in part if is_index]
            basis.apply(legs(*mine) if mine else NO_LEGS, legs(*other) if other else NO_LEGS)
        return basis.measures.tobytes(), basis.freeze()

    whole, frozen = played([])
    assert whole
    for _ in range(20):
        assert played(sorted(rng.sample(range(1, 400), 30)))[0] == whole
    again = Basis(additive=True)
    again.thaw(frozen)  # type: ignore[arg-type]
    assert again.measures.tobytes() == whole


def test_spx_strikes_are_shifted_onto_es_and_spy_strikes_are_scaled() -> None:
    assert chains_of("ES")[0] == "SPX"
    assert is_additive("ES", "SPX")
    assert not is_additive("ES", "SPY")
    assert chains_of("GOOG") == ("GOOG",)
