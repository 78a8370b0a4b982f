"""Slow panels: a state is made once in a stretch of event time; between two of them only its header is renewed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from cockpit.state.depth_views import CurveState, ReliefState
from cockpit.state.lane import Lane
from cockpit.state.views import Head

State = TypeVar("State", CurveState, ReliefState)


class Paced(Generic[State]):  # noqa: UP046  the [T] form needs Python 3.12
    """Keeps the state of the stretch that runs."""

    def __init__(self) -> None:
        self._key: tuple[int, int, int, int] | None = None
        self._kept: State | None = None

    def state(
        self, lane: Lane, now_ns: int, pace_ns: int, head: Head, make: Callable[[], State], *, is_still: bool
    ) -> State:
        """What is shown at an instant.

        Args:
            pace_ns: Length of a stretch; stretches are counted from the beginning of time.
            head: The header now.
            make: Makes the state with that header.
            is_still: Whether nothing plays: then every step of the user is followed at once.
        """
        key = (lane.id, now_ns // pace_ns, pace_ns, lane.heat.series)
        kept = self._kept
        if kept is None or key != self._key or is_still:
            kept = make()
        elif kept.head != head:
            kept = replace(kept, head=head)
        self._key, self._kept = key, kept
        return kept
