"""The replay bar's state: where the playhead is, and the past's shape up to it."""

from typing import Final

import numpy as np

from cockpit.state.index import IndexView
from cockpit.state.live import LivePlayback
from cockpit.state.playback import Playback
from cockpit.state.views import ReplayState
from cockpit.units import Floats

BUCKETS: Final = 480
DIGEST_DIGITS: Final = 8


def reduce_replay(
    playback: Playback, index: IndexView, names: tuple[str, ...], recording: str, alarm: str
) -> ReplayState:
    """The state now; ``index`` is what reading ahead has found."""
    now = playback.clock_ns
    live = playback if isinstance(playback, LivePlayback) else None
    return ReplayState(
        is_open=True,
        names=names,
        first_ns=index.first_ns,
        last_ns=index.reached_ns if index.done else None,
        indexed_ns=index.reached_ns,
        now_ns=now,
        is_playing=playback.is_playing,
        at_end=playback.at_end,
        speed=playback.speed if live is None else live.shown_speed,
        reached=playback.reached,
        seeking=playback.seeking,
        position=playback.router.events,
        total=index.events if index.done and live is None else None,
        buckets=_past(index, now),
        gaps=tuple(gap for gap in index.gaps if now is not None and gap[0] <= now),
        digest=playback.router.digest.hex()[:DIGEST_DIGITS],
        recording=recording,
        alarm=alarm,
        is_live=live is not None,
        behind_ns=None if live is None or live.is_following else live.behind_ns,
    )


def _past(index: IndexView, now_ns: int | None) -> Floats:
    """Volume in BUCKETS equal parts of the span, NaN right of the playhead; empty until the span is known."""
    if not index.done or index.first_ns is None or index.reached_ns is None or now_ns is None:
        return np.zeros(0, np.float64)
    span = max(index.reached_ns - index.first_ns, 1)
    centres = (np.arange(len(index.volumes)) + 0.5) * index.bucket_ns
    places = np.minimum((centres * BUCKETS / span).astype(np.int64), BUCKETS - 1)
    shape = np.bincount(places, weights=index.volumes, minlength=BUCKETS).astype(np.float64)  # 2.4's stubs: intp
    future = np.arange(BUCKETS) * span // BUCKETS > now_ns - index.first_ns
    shape[future] = np.nan
    return shape
