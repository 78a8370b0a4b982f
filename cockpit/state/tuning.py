"""Other rules for detectors, tried on what is open: a scan in the background, then along with the playhead.

The detectors of a lane always keep the rules of the program: what they see is on tape and in the digest. Tried
rules have detectors of their own beside them. They first see everything up to the playhead, in a thread; what is
played meanwhile waits, and from then on they get every slice. After a jump they begin anew.
"""

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any, Final

import numpy as np

from cockpit.engines.detect.engine import Detectors, Rules
from cockpit.engines.detect.settings import settings_of, whole_of, with_settings
from cockpit.errors import CockpitError
from cockpit.events.market import Slice
from cockpit.state.detector_views import TuningPhase, TuningView
from cockpit.state.lane import Lane
from cockpit.state.river import River
from cockpit.state.scanning import Scan
from cockpit.units import Rows

BLOCK_EVENTS: Final = 16_384  # between two looks at whether somebody still wants it

Run = Callable[[Callable[[], None]], Any]  # runs a job somewhere, at once or later


class _Job:
    """One scan, from the beginning to where the playhead stood."""

    def __init__(self, river: Callable[[], River], rules: Rules, until_seq: int) -> None:
        self._river, self._rules, self._until = river, rules, until_seq
        self.scan: Scan | None = None
        self.share, self.failure = 0.0, ""
        self.stopped, self.done = Event(), Event()

    def run(self) -> None:
        """Scan; a failure is kept, for nobody waits for the job itself."""
        try:
            self._run()
        except CockpitError as error:
            self.failure = str(error)
        except Exception as error:  # noqa: BLE001  a bug here must not take the desk along
            self.failure = f"{type(error).__name__}: {error}"
        self.done.set()

    def _run(self) -> None:
        river = self._river()
        scan, at, first = Scan(river.registry, self._rules), 0, None
        while at < self._until and not self.stopped.is_set():
            piece = river.take(min(BLOCK_EVENTS, self._until - at) if at else BLOCK_EVENTS)
            if piece is None or not piece.events:
                break
            first = piece.first_seq if first is None else first
            if piece.next_seq > self._until:
                piece = _cut(piece, self._until)
            scan.take(piece)
            at = piece.next_seq
            self.share = (at - first) / max(self._until - first, 1)
        self.scan = scan


class Tuning:
    """Rules a user tries on what is open.

    Args:
        river: Makes a fresh river over the same events.
        next_seq: Of the next event at the playhead.
        run: Runs a scan in the background.
    """

    def __init__(self, river: Callable[[], River], next_seq: Callable[[], int], run: Run) -> None:
        self._river, self._next_seq, self._run = river, next_seq, run
        self.usual = Rules()
        self.rules = self.usual
        self._job: _Job | None = None
        self._scan: Scan | None = None
        self._waiting: list[Slice] = []
        self._failure = ""

    @property
    def is_on(self) -> bool:
        """Whether other rules than the program's own are tried."""
        return self.rules != self.usual

    @property
    def is_scanning(self) -> bool:
        """Whether a scan is under way, or what it found was not looked at yet."""
        return self._job is not None

    def change(self, settings: tuple[str, ...]) -> None:
        """Try the program's rules with these changes, ``wall.ratio=4``; none: back to them.

        Raises:
            ConfigError: A name or a value is none.
        """
        rules = with_settings(self.usual, settings)
        if rules != self.rules:
            self.rules = rules
            self._begin()

    def _begin(self) -> None:
        if self._job is not None:
            self._job.stopped.set()
        self._job, self._scan, self._waiting, self._failure = None, None, [], ""
        if self.is_on:
            self._job = _Job(self._river, self.rules, self._next_seq())
            self._run(self._job.run)

    def applied(self, piece: Slice) -> None:
        """The playhead took a slice."""
        if self._job is not None:
            self._waiting.append(piece)
        elif self._scan is not None:
            self._scan.take(piece)

    def jumped(self) -> None:
        """The playhead is elsewhere."""
        if self.is_on:
            self._begin()

    def close(self) -> None:
        """Nobody wants it any more."""
        if self._job is not None:
            self._job.stopped.set()
        self._job = None

    def look(self) -> None:
        """Take what the scan found, once it is there."""
        job = self._job
        if job is None or not job.done.is_set():
            return
        self._job, waiting, self._waiting = None, self._waiting, []
        self._failure = job.failure
        if job.scan is not None and not job.failure:
            self._scan = job.scan
            for piece in waiting:
                self._scan.take(piece)

    @property
    def view(self) -> TuningView:
        """As it stands."""
        view = TuningView(settings_of(self.rules), settings_of(self.usual), whole=whole_of(self.usual))
        if self._failure:
            return replace(view, phase=TuningPhase.FAILED, failure=self._failure)
        if self._job is not None:
            return replace(view, phase=TuningPhase.SCANNING, share=self._job.share)
        return replace(view, phase=TuningPhase.READY if self._scan is not None else TuningPhase.OFF)

    def of(self, lane: Lane) -> tuple[Rows, Rows, Detectors]:
        """DETECTION and MARKOUT rows and detectors that are shown: by the tried rules, once they are ready."""
        found = None if self._scan is None else self._scan.found.get(lane.id)
        if found is None:
            return lane.detections.view(), lane.markouts.view(), lane.detectors
        return found.detections, found.markouts, found.detectors


def _cut(piece: Slice, until_seq: int) -> Slice:
    """The events of a slice before ``until_seq``."""
    batches = tuple(
        type(batch)(batch.kind, batch.rows[: int(np.searchsorted(batch.rows["seq"], until_seq))])
        for batch in piece.batches
    )
    return Slice(tuple(batch for batch in batches if len(batch)), piece.first_seq, until_seq, piece.clock_ns)
