"""Where a live session begins that has a past: the engines after it, what is known of it, ways back into it."""

from dataclasses import dataclass
from typing import Final

from cockpit.engines.bars.aggregate import FrozenBars
from cockpit.engines.book.depth import FrozenDepthBook
from cockpit.engines.book.features import FrozenFeatures
from cockpit.engines.book.heat import Heat, HeatChunk
from cockpit.engines.book.l2 import FrozenPriceLevelBook
from cockpit.engines.book.mbo import FrozenMboBook
from cockpit.engines.book.pulled_stacked import FrozenPulledStacked
from cockpit.engines.book.traded import FrozenTraded
from cockpit.engines.detect.engine import FrozenDetectors
from cockpit.engines.latency import FrozenLatency
from cockpit.engines.options.basis import FrozenBasis, Leg
from cockpit.engines.options.chain import Chain
from cockpit.engines.options.gex import Gex
from cockpit.engines.options.vix_index import ChainVix, Term
from cockpit.engines.pulse import FrozenPulse
from cockpit.engines.regime.pressure import FrozenPressure
from cockpit.engines.regime.vix import FrozenVixRegime, Level
from cockpit.ring import Frozen
from cockpit.state.book_feed import FrozenBookFeed
from cockpit.state.chains import Snapshot, Solved
from cockpit.state.digest import FrozenDigest
from cockpit.state.field import Entry, FrozenField
from cockpit.state.index import FrozenIndex, LiveIndex
from cockpit.state.keyframes import SPACING_EVENTS, Keyframe, Keyframes
from cockpit.state.lane import FrozenLane
from cockpit.state.river import River
from cockpit.state.router import FrozenRouter, Router


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """A past that has been applied.

    Attributes:
        frames: Moments to go back to, ascending; the first is the very start, the last is the end of the past.
        index: What is known of all of it.
    """

    frames: tuple[Keyframe, ...]
    index: FrozenIndex


STRIDE: Final = SPACING_EVENTS // 4  # events applied at once: moments are kept evenly
FROZEN: Final[tuple[type, ...]] = (  # everything a past is made of, but the mark of its river
    *(Past, Keyframe, FrozenIndex, FrozenRouter, FrozenLane, FrozenField, FrozenDigest),
    *(Frozen, FrozenBars, FrozenTraded, FrozenPulse, FrozenLatency),
    *(FrozenBookFeed, FrozenMboBook, FrozenPriceLevelBook, FrozenDepthBook, Heat, HeatChunk, FrozenDetectors),
    FrozenPulledStacked,
    *(Entry, Snapshot, Solved, Chain, Gex, ChainVix, Term),
    *(FrozenBasis, Leg, FrozenVixRegime, Level, FrozenPressure, FrozenFeatures),
)


def make_past(river: River, router: Router, until_seq: int) -> Past | None:
    """Apply everything before an event.

    Args:
        river, router: Fresh ones of the same session.
        until_seq: Of the event that comes next; all before it are there.

    Returns:
        None when an engine stopped on the way: such a state is not worth keeping.
    """
    index, keyframes = LiveIndex(router), Keyframes()
    frames = [Keyframe.of(router, river.mark())]
    keyframes.add(frames[0])
    while router.next_seq < until_seq and not router.stopped:
        piece = river.take(min(STRIDE, until_seq - router.next_seq))
        if piece is None or not piece.events:
            return None
        index.observe(piece, router.apply(piece), router)
        if keyframes.wants(router.next_seq) or router.next_seq == until_seq:
            frames.append(Keyframe.of(router, river.mark()))
            keyframes.add(frames[-1])
    return None if router.stopped else Past(tuple(frames), index.freeze())
