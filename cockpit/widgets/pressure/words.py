"""What the pressure meter says: figures, names, reasons, and what went into a share. Pure; no Qt.

Source: ``contracts.md`` 5.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

from cockpit.instants import clock_text
from cockpit.instruments import DASH
from cockpit.state.views import PressurePart, PressureState
from cockpit.widgets.figures import signed, told

NAMES: Final = {
    "imbalance": "Imbalance",
    "order_flow": "Order flow",
    "pull_stack": "Pull / stack",
    "aggression": "Aggression",
    "gex_stiffness": "GEX stiffness",
}

# what a tooltip names; the engine that works them out is tested against the vectors
FORMULAS: Final = {
    "imbalance": "weighted depth imbalance: Σ (bid − ask) e^(−0.5 i) / Σ (bid + ask) e^(−0.5 i), ten levels",
    "order_flow": "order flow: tanh(OFI of 10 s / (1.5 × median |OFI of 10 s| over 5 min))",
    "pull_stack": "pull / stack: tanh(net of 10 s / (1.5 × median |net of 10 s| over 5 min)), ten levels",
    "aggression": "aggression: (buy − sell) / (buy + sell) of 10 s × n / (n + 10)",
    "gex_stiffness": "GEX stiffness: −clip(GEX at spot / scale, −1, 1) × tanh(5 min move / its sigma)",
}
SUM_FORMULA: Final = "pressure: sum of the shares, EMA with a half-life of 2 s"
RANGE_LABEL: Final = "5 min range"
TIP_WIDTH: Final = 76  # characters

_told = partial(told, width=TIP_WIDTH)


@dataclass(frozen=True, slots=True)
class Row:
    """One component.

    Attributes:
        name: As people call it.
        figure: ``+0.14``; an en dash when unknown.
        reason: Why it is unknown; empty when it is known.
        share: Signed, what the bar shows; None when unknown.
    """

    name: str
    figure: str
    reason: str
    share: float | None


def rows(state: PressureState) -> tuple[Row, ...]:
    """The five components in the order of their weights, also those nothing is known about yet."""
    by_name = {part.name: part for part in state.parts}
    return tuple(_row(name, by_name.get(key)) for key, name in NAMES.items())


def _row(name: str, part: PressurePart | None) -> Row:
    if part is None:
        return Row(name, DASH, "", None)
    if part.share is None:
        return Row(name, DASH, part.evidence, None)
    return Row(name, signed(part.share), "", part.share)


def verdict(state: PressureState) -> str:
    """What stands on the right: the verdict, or why there is none."""
    return state.verdict if state.value is not None else state.reason


def lines(state: PressureState) -> list[str]:
    """Everything as it reads, for screen readers and tests."""
    found = [f"Pressure {signed(state.value)} {verdict(state)}".strip()]
    if state.low is not None and state.high is not None:
        found.append(f"{RANGE_LABEL} {signed(state.low)} to {signed(state.high)}")
    return [*found, *(f"{row.name} {row.figure} {row.reason}".strip() for row in rows(state))]


def part_tip(state: PressureState, place: int) -> str:
    """What went into the component in that row."""
    key, name = list(NAMES.items())[place]
    part = next((part for part in state.parts if part.name == key), None)
    if part is None:
        return f"{name}: {state.reason or 'not worked out yet'}"
    if part.share is None:
        return _told(f"{name} is unknown and has no weight", part.evidence, f"Formula: {FORMULAS[key]}")
    made_of = f"{signed(part.value)} × weight {part.weight:.2f} = {signed(part.share)}"
    return _told(f"{name}: {made_of}", part.evidence, f"Formula: {FORMULAS[key]}", _as_of(state))


def sum_tip(state: PressureState) -> str:
    """What the value is made of."""
    if state.value is None:
        return _told(f"Pressure is unknown: {state.reason or 'not worked out yet'}", f"Formula: {SUM_FORMULA}")
    spread = ""
    if state.low is not None and state.high is not None:
        spread = f"Between {signed(state.low)} and {signed(state.high)} over the last 5 min"
    return _told(
        f"Pressure {signed(state.value)}, {state.verdict}; the shares add up to {signed(state.raw)} now",
        spread,
        f"Formula: {SUM_FORMULA}",
        _as_of(state),
    )


def _as_of(state: PressureState) -> str:
    return "" if state.at_ns is None else f"As of {clock_text(state.at_ns, 3)} ET"
