"""Option chains worked out: once each, in the background where there is one, the same for player and index.

A chain takes tens of milliseconds: far too long for the loop. The player therefore asks for it before it applies
the events that complete it (``Playback``) and waits without holding anybody up; whoever has no background (the
command line, tests, the index in its own thread) works it out on the spot. The numbers are the same.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from cockpit.errors import EngineError
from cockpit.units import Rows

if TYPE_CHECKING:
    from cockpit.engines.options.chain import Chain
    from cockpit.engines.options.gex import Gex
    from cockpit.engines.options.vix_index import ChainVix

KEPT: Final = 96  # chains known by their place; an older one is worked out again when a jump asks for it
DEFAULT_SIGN: Final = "calls_minus_puts"
COMPARED_SIGN: Final = "skew_adjusted"
ALL_BUCKETS: Final = "all"
VIX_ROOT: Final = "SPX"  # the chain that the VIX is made of

Submit = Callable[[Callable[[], "Solved"]], "Future[Solved]"]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One chain as it came.

    Attributes:
        root: Of the underlying.
        seq: Of its last row in the river: names it.
        as_of_ns: Its clock.
        rows: CHAIN (n,), read-only.
    """

    root: str
    seq: int
    as_of_ns: int
    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What a snapshot came to.

    Attributes:
        snapshot: Where it came from, without its rows: they are three times as much as what came of them.
        chain: None when nothing could be made of it; ``error`` says why.
        gex: By the default sign model over all expiries; None with ``chain``.
        vix: By the Cboe method; None for other roots than SPX.
    """

    snapshot: Snapshot
    chain: "Chain | None" = None
    gex: "Gex | None" = None
    vix: "ChainVix | None" = None
    error: str = ""
    _exposures: "dict[tuple[str, str], Gex]" = field(default_factory=dict)

    def exposure(self, sign: str, bucket: str) -> "Gex | None":
        """Exposure by another sign model or of one bucket; None without a chain. Kept after the first time.

        Raises:
            EngineError: The sign model needs what is not there.
        """
        if self.chain is None:
            return None
        known = self._exposures.get((sign, bucket))
        if known is None:
            from cockpit.engines.options.gex import exposure  # noqa: PLC0415  numba, loaded with the first chain

            known = self._exposures[sign, bucket] = exposure(self.chain, sign, bucket)
        return known


def solve(snapshot: Snapshot) -> Solved:
    """Work out a snapshot; a chain that cannot be used comes back with the reason."""
    from cockpit.engines.options.chain import solve_chain  # noqa: PLC0415  numba, loaded with the first chain
    from cockpit.engines.options.gex import exposure  # noqa: PLC0415
    from cockpit.engines.options.listing import listing  # noqa: PLC0415
    from cockpit.engines.options.vix_index import chain_vix  # noqa: PLC0415

    rows, as_of = snapshot.rows, snapshot.as_of_ns
    bare = replace(snapshot, rows=rows[:0].copy())
    vix = None
    try:
        listed = listing(rows)
        vix = chain_vix(rows, as_of, listed=listed) if snapshot.root == VIX_ROOT else None
        chain = solve_chain(rows, root=snapshot.root, as_of_ns=as_of, listed=listed)
        gex = exposure(chain, DEFAULT_SIGN, ALL_BUCKETS)
    except EngineError as error:
        return Solved(bare, vix=vix, error=str(error))
    solved = Solved(bare, chain, gex, vix, _exposures={(DEFAULT_SIGN, ALL_BUCKETS): gex})
    solved.exposure(COMPARED_SIGN, ALL_BUCKETS)  # the overlay shows the flip of both: not in a frame's time
    return solved


class ChainSolver:
    """Works snapshots out, each once; safe to ask from several threads.

    Args:
        submit: Runs a job in the background; None: everything is worked out on the spot.
    """

    def __init__(self, submit: Submit | None = None) -> None:
        self._submit = submit
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, int], Future[Solved]] = OrderedDict()

    @property
    def has_background(self) -> bool:
        """Whether ``prepare`` gains anything."""
        return self._submit is not None

    @property
    def working(self) -> int:
        """Snapshots that were begun and are not done."""
        with self._lock:
            return sum(not future.done() for future in self._known.values())

    def prepare(self, snapshot: Snapshot) -> bool:
        """Begin with it in the background; whether it is done already."""
        if self._submit is None:
            return True
        future = self._future(snapshot)
        return future.done()

    def solve(self, snapshot: Snapshot) -> Solved:
        """What it comes to; waits for it where it is under way."""
        return self._future(snapshot).result()

    def remember(self, solved: Solved) -> None:
        """Know what was worked out elsewhere."""
        done: Future[Solved] = Future()
        done.set_result(solved)
        with self._lock:
            self._known.setdefault((solved.snapshot.root, solved.snapshot.seq), done)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)

    def _future(self, snapshot: Snapshot) -> "Future[Solved]":
        key = (snapshot.root, snapshot.seq)
        with self._lock:
            future = self._known.get(key)
            if future is not None:
                self._known.move_to_end(key)
                return future
            future = Future() if self._submit is None else self._submit(lambda: solve(snapshot))
            self._known[key] = future
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        if self._submit is None:
            _run_now(future, snapshot)
        return future


def _run_now(future: "Future[Solved]", snapshot: Snapshot) -> None:
    try:
        future.set_result(solve(snapshot))
    except BaseException as error:  # whoever waits for it hears of it
        future.set_exception(error)
        raise
