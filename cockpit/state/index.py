"""Reading ahead: a second river and router walk the recording once, for span, volume, gaps and keyframes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import Kind
from cockpit.events.market import Batch, Slice
from cockpit.state.keyframes import Keyframe, Keyframes
from cockpit.state.river import River
from cockpit.state.router import Router
from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_S, Floats, Rows

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
        books_ns: Clock of the first change of the best quotes by instrument id; those without a book so far lack.
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
    books_ns: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class FrozenIndex:
    """A ``LiveIndex`` at one moment.

    Attributes:
        counted: bool by instrument id, whose volume counts; None before the first print.
        volumes: float64 (MOST_BUCKETS,).
        bucket_ns, first_print_ns, first_ns: As in ``IndexView``.
        next_seq: Of the first event that was not seen.
        looked_ns: Clock of the last view.
    """

    counted: NDArray[np.bool_] | None
    volumes: Floats
    bucket_ns: int
    first_print_ns: int | None
    first_ns: int | None
    next_seq: int
    looked_ns: int


class _Shape:
    """Traded volume over time in at most MOST_BUCKETS parts, a part doubles when they run out; where books begin.

    Contracts and coins are no sum: only instruments of the kind that printed first count.

    Args:
        kinds: Kind of each instrument, in id order.
    """

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = tuple(kinds)
        self._counted: NDArray[np.bool_] | None = None  # by instrument id; decided by the first print
        self._volumes = np.zeros(MOST_BUCKETS, np.float64)
        self.bucket_ns = NS_PER_S
        self.first_print_ns: int | None = None
        self.first_ns: int | None = None
        self._books_ns = np.full(len(self._kinds), NO_TIME, np.int64)

    def freeze(self, next_seq: int, looked_ns: int) -> FrozenIndex:
        counted, firsts = self._counted, (self.first_print_ns, self.first_ns)
        return FrozenIndex(counted, self._volumes.copy(), self.bucket_ns, *firsts, next_seq, looked_ns)

    def thaw(self, frozen: FrozenIndex) -> None:
        self._counted, self._volumes = frozen.counted, frozen.volumes.copy()
        self.bucket_ns, self.first_print_ns, self.first_ns = (
            frozen.bucket_ns, frozen.first_print_ns, frozen.first_ns,
        )  # fmt: skip

    def count(self, batches: Iterable[Batch]) -> None:
        """Count prints and vendor bars; note first quotes."""
        for batch in batches:
            if batch.kind is Kind.TOP:
                self._note_books(batch.rows)
            elif batch.kind is Kind.PRINT:
                self._count(batch.rows, batch.rows["size"].astype(np.float64))
            elif batch.kind is Kind.BAR:
                self._count(batch.rows, np.nan_to_num(batch.rows["volume"]))

    def _count(self, rows: Rows, volume: Floats) -> None:
        if self.first_ns is None or not len(rows):
            return
        if self._counted is None:
            counted = self._kinds[int(rows["instrument"][0])]
            self._counted = np.array([kind == counted for kind in self._kinds])
        if not (alike := self._counted[rows["instrument"]]).all():
            rows, volume = rows[alike], volume[alike]
        if not len(rows):
            return
        if self.first_print_ns is None:
            self.first_print_ns = int(rows["clock_ns"][0])
            self.first_ns = max(self.first_ns, self.first_print_ns - NS_PER_DAY)
        since = np.maximum(rows["clock_ns"] - self.first_ns, 0)
        while since.max() // self.bucket_ns >= MOST_BUCKETS:
            self._volumes = np.concatenate([self._volumes.reshape(-1, 2).sum(axis=1), np.zeros(MOST_BUCKETS // 2)])
            self.bucket_ns *= 2
        np.add.at(self._volumes, since // self.bucket_ns, volume)

    def _note_books(self, tops: Rows) -> None:
        has_level = (tops["bid_size"] > 0) | (tops["ask_size"] > 0)
        fresh = tops[has_level & (self._books_ns[tops["instrument"]] == NO_TIME)]
        ids, first = np.unique(fresh["instrument"], return_index=True)
        self._books_ns[ids] = fresh["clock_ns"][first]

    def look(self, router: Router, warnings: tuple[str, ...], *, done: bool) -> IndexView:
        """What is known now."""
        reached = router.clock_ns
        used = 0
        if reached is not None and self.first_ns is not None:
            used = min(MOST_BUCKETS, (reached - self.first_ns) // self.bucket_ns + 1)
        return IndexView(
            first_ns=self.first_ns,
            reached_ns=reached,
            first_print_ns=self.first_print_ns,
            events=router.events,
            done=done,
            bucket_ns=self.bucket_ns,
            volumes=self._volumes[:used].copy(),
            gaps=tuple(gap for lane in router.lanes for gap in lane.gaps),
            warnings=warnings,
            books_ns={place: at for place, at in enumerate(self._books_ns.tolist()) if at != NO_TIME},
        )


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
        self._shape = _Shape([lane.instrument.kind for lane in router.lanes])
        self._shape.first_ns = river.next_clock_ns()
        self.view = IndexView(first_ns=self._shape.first_ns)

    def advance(self) -> bool:
        """Read one block; True when the end is reached."""
        if self.view.done:
            return True
        piece = self._river.take(BLOCK_EVENTS)
        if piece is not None:
            derived = self._router.apply(piece)
            self._shape.count((*derived, *piece.batches))
            self._keep_keyframe()
        self.view = self._shape.look(self._router, self._river.warnings, done=piece is None)
        return piece is None

    def _keep_keyframe(self) -> None:
        router = self._router
        if not router.stopped and self._keyframes.wants(router.next_seq):
            self._keyframes.add(Keyframe.of(router, self._river.mark()))


class LiveIndex:
    """The same of a live session, as far as it has been played: nothing can be read ahead.

    Read through ``view``, which is made anew at most once a second of clock.

    Args:
        router: Of the player; for its instruments.
    """

    def __init__(self, router: Router) -> None:
        self._shape = _Shape([lane.instrument.kind for lane in router.lanes])
        self._next_seq = 0
        self._looked_ns = NO_TIME
        self.view = IndexView()

    def observe(self, piece: Slice, derived: tuple[Batch, ...], router: Router) -> None:
        """Take what was played; what was seen before counts once."""
        if piece.next_seq <= self._next_seq:
            return
        fresh = tuple(_since(batch, self._next_seq) for batch in (*derived, *piece.batches))
        self._next_seq = piece.next_seq
        if self._shape.first_ns is None:
            clocks = [int(batch.rows["clock_ns"][0]) for batch in piece.batches if len(batch)]
            self._shape.first_ns = min(clocks, default=None)
        self._shape.count(fresh)
        if piece.clock_ns - self._looked_ns >= NS_PER_S:
            self._looked_ns = piece.clock_ns
            self.view = self._shape.look(router, (), done=True)

    def freeze(self) -> FrozenIndex:
        """What is known now."""
        return self._shape.freeze(self._next_seq, self._looked_ns)

    def thaw(self, frozen: FrozenIndex, router: Router) -> None:
        """Know what was frozen.

        Args:
            router: Of the player, at the same moment.
        """
        self._shape.thaw(frozen)
        self._next_seq, self._looked_ns = frozen.next_seq, frozen.looked_ns
        self.view = self._shape.look(router, (), done=True)


def _since(batch: Batch, seq: int) -> Batch:
    rows = batch.rows
    return batch if not len(rows) or int(rows["seq"][0]) >= seq else Batch(batch.kind, rows[rows["seq"] >= seq])
