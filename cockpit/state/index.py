"""Reading ahead: a second river and router walk the recording once, for span, volume, gaps and keyframes."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cockpit.events.dtypes import Kind
from cockpit.state.keyframes import Keyframe, Keyframes
from cockpit.state.river import River
from cockpit.state.router import Router
from cockpit.units import NS_PER_DAY, NS_PER_S, Floats, Rows

BLOCK_EVENTS: Final = 65_536
MOST_BUCKETS: Final = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class IndexView:
    """What is known of the recording so far.

    Attributes:
        first_ns, reached_ns: Clock span read, from a day before the first print on; None before the first event.
            Daily series of decades that were opened beside a recording are no part of its map.
        first_print_ns: Clock of the first print or bar; None when none came yet.
        events: Source events read.
        done: Whether the end was reached.
        bucket_ns: Length of a volume bucket; bucket 0 begins at ``first_ns``.
        volumes: float64 (m,), traded volume per bucket.
        gaps: (from_ns, to_ns) of holes in the sources.
        warnings: What the sources lost or doubt.
    """

    first_ns: int | None = None
    reached_ns: int | None = None
    first_print_ns: int | None = None
    events: int = 0
    done: bool = False
    bucket_ns: int = NS_PER_S
    volumes: Floats = field(default_factory=lambda: np.zeros(0, np.float64))
    gaps: tuple[tuple[int, int], ...] = ()
    warnings: tuple[str, ...] = ()


class Index:
    """Walks a recording ahead of its player; runs in a worker thread, read through ``view``.

    Args:
        river, router: Its own, of the same recording as the player's.
        keyframes: Shared with the player.
    """

    def __init__(self, river: River, router: Router, keyframes: Keyframes) -> None:
        self._river = river
        self._router = router
        self._keyframes = keyframes
        self._volumes = np.zeros(MOST_BUCKETS, np.float64)
        self._bucket_ns = NS_PER_S
        self._first_print_ns: int | None = None
        self._first_ns = river.next_clock_ns()
        self.view = IndexView(first_ns=self._first_ns)

    def advance(self) -> bool:
        """Read one block; True when the end is reached."""
        if self.view.done:
            return True
        piece = self._river.take(BLOCK_EVENTS)
        if piece is not None:
            derived = self._router.apply(piece)
            for batch in (*derived, *piece.batches):
                if batch.kind is Kind.PRINT:
                    self._count(batch.rows, batch.rows["size"].astype(np.float64))
                elif batch.kind is Kind.BAR:
                    self._count(batch.rows, np.nan_to_num(batch.rows["volume"]))
            self._keep_keyframe()
        self.view = self._look(done=piece is None)
        return piece is None

    def _keep_keyframe(self) -> None:
        router = self._router
        if not router.stopped and self._keyframes.wants(router.next_seq):
            self._keyframes.add(
                Keyframe(
                    router.next_seq, router.clock_ns, router.last_event_seq, self._river.mark(), router.freeze()
                )
            )

    def _count(self, rows: Rows, volume: Floats) -> None:
        if self._first_ns is None or not len(rows):
            return
        if self._first_print_ns is None:
            self._first_print_ns = int(rows["clock_ns"][0])
            self._first_ns = max(self._first_ns, self._first_print_ns - NS_PER_DAY)
        since = np.maximum(rows["clock_ns"] - self._first_ns, 0)
        while since.max() // self._bucket_ns >= MOST_BUCKETS:
            self._volumes = np.concatenate([self._volumes.reshape(-1, 2).sum(axis=1), np.zeros(MOST_BUCKETS // 2)])
            self._bucket_ns *= 2
        np.add.at(self._volumes, since // self._bucket_ns, volume)

    def _look(self, *, done: bool) -> IndexView:
        reached = self._router.clock_ns
        used = 0
        if reached is not None and self._first_ns is not None:
            used = min(MOST_BUCKETS, (reached - self._first_ns) // self._bucket_ns + 1)
        return IndexView(
            first_ns=self._first_ns,
            reached_ns=reached,
            first_print_ns=self._first_print_ns,
            events=self._router.events,
            done=done,
            bucket_ns=self._bucket_ns,
            volumes=self._volumes[:used].copy(),
            gaps=tuple(gap for lane in self._router.lanes for gap in lane.gaps),
            warnings=self._river.warnings,
        )
