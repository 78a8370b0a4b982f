"""The stylised facts that concern books and paths: how many of those that are no inputs lie in their bands.

Tuned on seeds 7, 21 and 22; judged here on 51 to 53. The share may be raised when it got better, and a band is
never widened. The facts of the option chain and of VIX are judged where those are tested.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.feeds.synthetic.facts.flow import Facts
from tests.feeds.synthetic.facts.judging import facts_of, judge
from tests.published import section

SEEDS = (51, 52, 53)
AT_LEAST = 0.81  # 0.84 on the machine it was measured on; other platforms round other last bits, and paths part


@cache
def measured(seed: int) -> Facts:
    """All facts of a seed, measured once."""
    return facts_of(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_fact_of_a_seed_is_a_number(seed: int) -> None:
    assert not [name for name, value in measured(seed).items() if not np.isfinite(value)]


def test_four_of_five_facts_are_in_their_bands(vectors: Path) -> None:
    published = section(vectors, "stylised_facts.json", "facts")
    verdicts = judge([measured(seed) for seed in SEEDS], published)
    wanted = {
        fact["id"]
        for fact in published
        if not fact["is_input"] and fact["id"].partition(".")[0] in ("es", "nq", "px", "x")
    }
    assert {verdict.name for verdict in verdicts} == wanted
    misses = [verdict for verdict in verdicts if not verdict.is_in]
    print(f"\n{len(verdicts) - len(misses)} of {len(verdicts)} in band; missed:")
    print(*misses, sep="\n")
    share = 1 - len(misses) / len(verdicts)
    assert share >= AT_LEAST, "\n".join(map(str, misses))
