"""Hand-made pressures: buyers with all five, sellers without a chain, and one that is unknown."""

from cockpit.state.views import PressurePart, PressureState
from cockpit.units import NS_PER_MS
from tests.widgets.shell import NOW_NS

NO_CHAIN = PressurePart("gex_stiffness", None, None, 0.0, "no option chain open")


def known(name: str, share: float, weight: float, evidence: str = "from the book") -> PressurePart:
    return PressurePart(name, share / weight, share, weight, evidence)


BUYERS = PressureState(
    value=0.34,
    raw=0.36,
    verdict="buyers, moderate",
    parts=(
        known("imbalance", 0.14, 0.30),
        known("order_flow", 0.12, 0.25, "OFI +442 in 10 s, median 142 over 5 min"),
        known("pull_stack", 0.09, 0.20),
        known("aggression", 0.05, 0.15),
        known("gex_stiffness", -0.06, 0.10),
    ),
    low=0.12,
    high=0.47,
    at_ns=NOW_NS + 250 * NS_PER_MS,
)
SELLERS = PressureState(
    value=-0.52,
    raw=-0.51,
    verdict="sellers, strong",
    parts=(
        known("imbalance", -0.24, 1 / 3),
        known("order_flow", -0.20, 0.25 / 0.9),
        known("pull_stack", -0.10, 0.2 / 0.9),
        known("aggression", 0.03, 0.15 / 0.9),
        NO_CHAIN,
    ),
    low=-0.90,
    high=-0.20,
    at_ns=NOW_NS,
)
UNKNOWN = PressureState(
    parts=(
        PressurePart("imbalance", None, None, 0.0, "one side of the book is empty"),
        PressurePart("order_flow", None, None, 0.0, "no 5 min of book yet"),
        PressurePart("pull_stack", None, None, 0.0, "the source has no orders, only levels"),
        PressurePart("aggression", None, None, 0.0, "no print in 10 s"),
        NO_CHAIN,
    ),
    at_ns=NOW_NS,
    reason="fewer than two components",
)
