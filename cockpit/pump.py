"""The pump: due work for at most 4 ms a turn, states published right before a frame, and the loop lives."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from cockpit.clock import SteadyClock
from cockpit.shedding import Shedding
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.index import Index
from cockpit.units import NS_PER_MS, NS_PER_S
from cockpit.vitals import Vitals

BUDGET_NS: Final = 4 * NS_PER_MS  # longer turns cost frames (architecture.md 4, "Sharing the loop")
FRAME_BUDGET_NS: Final = 2 * NS_PER_MS
EARLY_NS: Final = 8 * NS_PER_MS  # half a frame early is on time: frames come at the screen's beat
VITALS_NS: Final = NS_PER_S  # what the process costs is told while nothing else moves, too
FLUSH_NS: Final = NS_PER_S
BUSY_S: Final = 0.001
PACED_S: Final = 0.012
IDLE_S: Final = 0.05
AHEAD_AFTER_S: Final = 0.4
KEPT_NS: Final = 10 * NS_PER_S


class Pump:
    """Moves the clock: in a task of its own between frames, and once more right before each frame.

    What is due is so applied at most a frame before it is painted, and a state is published only when somebody
    is about to draw it.

    Args:
        dispatcher: What to move.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._steady = SteadyClock()
        self._turns: deque[tuple[int, int]] = deque()
        self._slow_ns = self._flushed_ns = self._vitals_ns = 0
        self._published_ns = 0
        self._vitals = Vitals()
        self.shedding = Shedding(dispatcher.tell_load)
        self.frames: Callable[[], Mapping[str, float | None]] = dict  # the frame clock's statistics

    async def run(self) -> None:
        """Turn until cancelled; at a live edge frames do the work, and turns only while no frame comes."""
        while True:
            self.turn()
            await asyncio.sleep(self._pause_s())

    def turn(self) -> None:
        """Due work for at most a budget; once a second the tape is flushed."""
        began = self._steady.now_ns()
        moved = self._dispatcher.advance(self._steady.now_ns, BUDGET_NS)
        if began - self._flushed_ns >= FLUSH_NS:
            self._dispatcher.flush_tape()
            self._flushed_ns = began
        if moved:
            self._note(began, self._steady.now_ns())

    def before_frame(self) -> None:
        """The frame's last chance: what is due by now, then the states."""
        began = self._steady.now_ns()
        if self._dispatcher.busy and not self._dispatcher.is_behind:
            self._dispatcher.advance(self._steady.now_ns, FRAME_BUDGET_NS)
        self.shedding.step(began)
        load = self.shedding.load
        if load.level and began - self._published_ns < NS_PER_S / load.hz - EARLY_NS:
            return
        slow = began - self._slow_ns >= NS_PER_S / load.slow_hz
        published = self._dispatcher.publish(self.process, slow=slow)
        if published:
            self._published_ns = began
            self._note(began, self._steady.now_ns())
        elif began - self._vitals_ns >= VITALS_NS:
            self._dispatcher.publish_vitals(self.process())
            self._vitals_ns = began
        if slow:
            self._slow_ns = began
            self._vitals_ns = began if published else self._vitals_ns

    def process(self) -> dict[str, float | None]:
        """Measured facts of this process for the health panel."""
        costs = [cost for _, cost in self._turns]
        p99 = float(np.quantile(costs, 0.99)) / NS_PER_MS if costs else None
        now = self._steady.now_ns()
        return {"steady_ns": now, "pump_p99_ms": p99, **self._vitals.read(now), **self.frames()}

    def _note(self, began: int, ended: int) -> None:
        self._turns.append((ended, ended - began))
        while self._turns[0][0] < ended - KEPT_NS:
            self._turns.popleft()

    def _pause_s(self) -> float:
        if not self._dispatcher.busy:
            return IDLE_S
        if self._dispatcher.is_behind:
            return BUSY_S
        return IDLE_S if self._dispatcher.is_at_edge else PACED_S


async def read_ahead(index: Index, is_current: Callable[[], bool]) -> None:
    """Run an index to its end in a worker thread, block by block; stops when another recording was opened.

    It begins a moment later, so that the first picture of the recording does not share the processor with it.
    """
    loop = asyncio.get_running_loop()
    await asyncio.sleep(AHEAD_AFTER_S)
    while is_current() and not await loop.run_in_executor(None, index.advance):
        pass
