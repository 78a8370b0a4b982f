"""What is left out when frames cost more than there is time, in which order, and when it comes back.

Only drawing is shed, never an event: engines, tapes and digests know nothing of it. The decision is a function of
the frames' costs and instants alone, so recorded frames give the same decisions again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.state.views import Load
from cockpit.units import NS_PER_MIN, NS_PER_S

FULL_HZ: Final = 60.0
FRAMES: Final = 2_048  # costs kept: over half a minute at 60 frames a second


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is shed.

    Attributes:
        text: What the user reads, ``panels 30 Hz``.
        hz: Frames a second that panels get from here on.
        slow_hz: Publications a second of the slow panels (gauge, health, search).
        overlays_rest: Whether the history of overlays is left as it is.
        motion_rests: Whether needles and drawers are where they belong at once.
    """

    text: str
    hz: float
    slow_hz: float = 10.0
    overlays_rest: bool = False
    motion_rests: bool = True


# the declared order: what only pleases; then rates, for an eye loses least by them; then work nobody waits for.
# Tooltips are none of it: a hand asked for them, and one costs a line of text four times a second
STEPS: Final = (
    Step("motion off", FULL_HZ),
    Step("panels 30 Hz", 30.0),
    Step("panels 15 Hz", 15.0),
    Step("overlays at rest", 15.0, overlays_rest=True),
    Step("gauge and health 2 Hz", 15.0, 2.0, overlays_rest=True),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """When a step is taken or given back.

    Attributes:
        over_share: Part of the frames over budget from which one more thing is shed.
        over_ns: Frames of so long are looked at, and so long a step has to help before the next one.
        least_frames: Fewer say nothing.
        room: A step is given back when frames would take less than this part of the budget they then have,
        room_share: but for so small a part of them,
        calm_ns: for so long.
        most_calm_ns: What was given back and soon shed again waits twice as long the next time, up to this.
        relapse_ns: Shed again within this counts as soon.
    """

    over_share: float = 0.25
    over_ns: int = 2 * NS_PER_S
    least_frames: int = 6
    room: float = 0.6
    room_share: float = 0.05
    calm_ns: int = 6 * NS_PER_S
    most_calm_ns: int = NS_PER_MIN
    relapse_ns: int = 20 * NS_PER_S


def load_of(level: int, since_ns: int | None) -> Load:
    """What the screen is told of a level.

    Args:
        since_ns: Wall clock of the last change; None at level 0.
    """
    if level == 0:
        return Load()
    step = STEPS[level - 1]
    texts = [each.text for each in STEPS[:level]]
    rates = [place for place, each in enumerate(STEPS[:level]) if each.text.startswith("panels")]
    shown = tuple(text for place, text in enumerate(texts) if place not in rates[:-1])  # the last rate counts
    return Load(level, step.hz, step.slow_hz, step.overlays_rest, shown, since_ns, step.motion_rests)


class Governor:
    """Decides the level, 0 (nothing shed) to ``len(STEPS)``, from what frames cost."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._at = np.full(FRAMES, -(2**62), np.int64)
        self._cost = np.zeros(FRAMES, np.int64)
        self._taken = 0
        self._changed_ns: int | None = None
        self._given_back_ns: int | None = None
        self._calm_ns = self._limits.calm_ns
        self.level = 0

    def observe(self, at_ns: int, cost_ns: int) -> None:
        """A frame ended: what all of it cost, publishing, drawing and painting."""
        place = self._taken % FRAMES
        self._at[place], self._cost[place] = at_ns, cost_ns
        self._taken += 1

    def step(self, at_ns: int) -> int:
        """The level from now on; it moves by one at most."""
        limits = self._limits
        if self._changed_ns is None:
            self._changed_ns = at_ns
        stood = at_ns - self._changed_ns
        if stood >= limits.over_ns and self.level < len(STEPS) and self._is_over(at_ns):
            self._shed(at_ns)
        elif self.level and stood >= self._calm_ns and self._has_room(at_ns):
            self.level -= 1
            self._changed_ns = self._given_back_ns = at_ns
        return self.level

    def _shed(self, at_ns: int) -> None:
        given_back = self._given_back_ns
        if given_back is not None and at_ns - given_back <= self._limits.relapse_ns:
            self._calm_ns = min(2 * self._calm_ns, self._limits.most_calm_ns)
        elif given_back is None or at_ns - given_back > 2 * self._limits.most_calm_ns:
            self._calm_ns = self._limits.calm_ns
        self.level += 1
        self._changed_ns = at_ns

    def _is_over(self, at_ns: int) -> bool:
        costs = self._costs(at_ns - self._limits.over_ns)
        if len(costs) < self._limits.least_frames:
            return False
        return float(np.mean(costs > budget_ns(self.level))) >= self._limits.over_share

    def _has_room(self, at_ns: int) -> bool:
        """Whether the frames since the last change would fit into the time of the level below."""
        costs = self._costs(at_ns - self._calm_ns)
        allowed = self._limits.room * budget_ns(self.level - 1)
        return not len(costs) or float(np.mean(costs > allowed)) <= self._limits.room_share

    def _costs(self, since_ns: int) -> np.ndarray:
        began = max(since_ns, self._changed_ns or since_ns)  # older ones were drawn under another level
        return self._cost[self._at > began]


def budget_ns(level: int) -> int:
    """Time a frame has at a level, ns."""
    hz = STEPS[level - 1].hz if level else FULL_HZ
    return round(NS_PER_S / hz)
