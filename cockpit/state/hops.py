"""The way of an event from its arrival to the eye, leg by leg; the stamps of a steady clock come from the edges.

Every slice that is played leaves a note of a fixed size: when it was applied, and when some of its events were due.
A paint closes the notes of everything drawn before it. What does not fit is counted, never waited for.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from cockpit.engines.latency import Latency
from cockpit.engines.spans import Spans
from cockpit.events.dtypes import Kind
from cockpit.events.market import Slice
from cockpit.units import NS_PER_S, Times

SLICES: Final = 1_024  # notes kept at a time: some seconds of full-size slices without a paint
SAMPLES: Final = 32  # events of a slice whose own arrival is kept; each stands for its share of the slice
HALF_NS: Final = 10 * NS_PER_S

Due = Callable[[Times], Times]


class Hops:
    """Legs of the events that were played: arrival to engine, engine to frame, arrival to pixel."""

    def __init__(self) -> None:
        self.engine = Latency(HALF_NS)
        self.frame = Latency(HALF_NS)
        self.pixel = Latency(HALF_NS)
        self._due = np.zeros((SLICES, SAMPLES), np.int64)
        self._samples = np.zeros(SLICES, np.int64)
        self._events = np.zeros(SLICES, np.int64)
        self._applied_ns = np.zeros(SLICES, np.int64)
        self._applied = self._published = self._drawn = 0  # notes that have come so far, oldest first
        self.missed = 0

    @property
    def unpainted(self) -> int:
        """Events applied and not yet painted."""
        return int(self._events[: self._applied].sum())

    def applied(self, piece: Slice, due: Due | None, at_ns: int) -> None:
        """Engines have taken a slice.

        Args:
            due: Steady time at which events of these clocks arrived or were due; None at no pace at all.
            at_ns: Steady time now.
        """
        kinds = [batch for batch in piece.batches if batch.kind is not Kind.TICK and len(batch)]
        events = sum(len(batch) for batch in kinds)
        if not events:
            return
        if self._applied == SLICES:
            self.missed += events
            return
        note, taken = self._applied, 0
        for batch in kinds if due is not None else ():
            step = -(-len(batch) // max(SAMPLES // len(kinds), 1))
            dues = due(batch.rows["clock_ns"][::step])[: SAMPLES - taken]  # pyright: ignore[reportOptionalCall]
            self._due[note, taken : taken + len(dues)] = dues
            taken += len(dues)
        self._samples[note], self._events[note], self._applied_ns[note] = taken, events, at_ns
        self._applied += 1
        if taken:
            self.engine.observe(self._due[note, :taken], at_ns, events / taken)

    def published(self) -> None:
        """States of all that was applied are out."""
        self._published = self._applied

    def drawn(self) -> None:
        """Panels have taken what was published."""
        self._drawn = self._published

    def painted(self, at_ns: int) -> None:
        """What was drawn is on the screen."""
        done = self._drawn
        if not done:
            return
        for note in range(done):
            events, taken = int(self._events[note]), int(self._samples[note])
            self.frame.observe(self._applied_ns[note : note + 1], at_ns, float(events))
            if taken:
                self.pixel.observe(self._due[note, :taken], at_ns, events / taken)
        rest = self._applied - done
        for column in (self._due, self._samples, self._events, self._applied_ns):
            column[:rest] = column[done : done + rest].copy()
        self._applied, self._published, self._drawn = rest, self._published - done, 0

    def forget(self) -> None:
        """Somebody jumped: notes of what was on its way lead nowhere."""
        self._applied = self._published = self._drawn = 0

    def legs(self, now_ns: int | None) -> tuple[Spans | None, Spans | None, Spans | None]:
        """Arrival to engine, engine to frame, arrival to pixel, over the last 10 to 20 s before ``now_ns``."""
        return self.engine.spans(now_ns), self.frame.spans(now_ns), self.pixel.spans(now_ns)
