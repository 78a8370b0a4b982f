"""All facts of the books and the path for some seeds, their medians, and which lie in their bands."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.feeds.synthetic.facts import flow, prices, sessions, timing
from tests.feeds.synthetic.facts.window import CALM_VOL, NORMAL_VOL, window


@dataclass(frozen=True, slots=True)
class Verdict:
    """One fact as measured, and its band."""

    name: str
    value: float
    low: float
    high: float

    @property
    def is_in(self) -> bool:
        """Whether it lies in the band."""
        return self.low <= self.value <= self.high

    def __str__(self) -> str:
        return (
            f"{self.name:32} {self.value:12.5g}  [{self.low:.5g}, {self.high:.5g}] {'' if self.is_in else 'MISS'}"
        )


def facts_of(seed: int, *, with_sessions: bool = True) -> flow.Facts:
    """Every fact of one seed."""
    es, nq = window(seed, NORMAL_VOL), window(seed, NORMAL_VOL, 1)
    facts = {
        **flow.flow_facts(es),
        **timing.timing_facts(es),
        **prices.depth_facts(es),
        **prices.price_facts(es),
        **flow.nasdaq_facts(nq),
        **prices.cross_facts(es, nq),
        **prices.calm_facts(window(seed, CALM_VOL)),
    }
    return facts | sessions.session_facts(seed) if with_sessions else facts


def judge(measured: list[flow.Facts], published: list[dict[str, Any]]) -> list[Verdict]:
    """Medians over seeds against the bands of the facts that are no inputs."""
    return [
        Verdict(fact["id"], float(np.median([each[fact["id"]] for each in measured])), fact["lo"], fact["hi"])
        for fact in published
        if not fact["is_input"] and fact["id"] in measured[0]
    ]
