"""What the screen shows, one JSON line whenever that changed, for tests that drive the real window.

On only with ``COCKPIT_PROBE=FILE``; writes texts a user could read, nothing else.
"""

import json
import os
from pathlib import Path
from typing import IO, Any

import numpy as np

from cockpit.instants import iso_utc
from cockpit.state.screen import Screen
from cockpit.state.views import ChartState, ConeState, GexOverlay, LadderState, VixState


class Probe:
    """Appends the screen's states to a file whenever one of them changed."""

    def __init__(self, screen: Screen, path: Path) -> None:
        self._screen = screen
        self._file: IO[str] = path.open("a", encoding="utf-8")
        self._last = ""

    @staticmethod
    def wanted() -> Path | None:
        """The file named by ``COCKPIT_PROBE``, or None."""
        name = os.environ.get("COCKPIT_PROBE")
        return Path(name) if name else None

    def write(self, window: dict[str, Any] | None = None) -> None:
        """Append one line when it differs from the one before."""
        screen = self._screen
        replay = screen.replay.value
        line = json.dumps(
            {
                "window": window or {},
                "open": replay.is_open,
                "playing": replay.is_playing,
                "at_end": replay.at_end,
                "seeking": replay.seeking,
                "speed": str(replay.speed),
                "now": None if replay.now_ns is None else iso_utc(replay.now_ns),
                "position": replay.position,
                "total": replay.total,
                "digest": replay.digest,
                "recording": replay.recording,
                "alarm": replay.alarm,
                "live": replay.is_live,
                "behind_s": None if replay.behind_ns is None else replay.behind_ns / 1e9,
                "provenance": _name(screen.workspace.value.provenance),
                "rewound": screen.workspace.value.is_rewound,
                "loading": screen.loading.value.title,
                "sessions": [
                    [each.path, each.gaps, len(each.strip), each.reason] for each in screen.sessions.value
                ],
                "charts": {name: _chart(topic.value) for name, topic in screen.charts.items()},
                "ladder": _ladder(screen.ladder.value),
                "vix": _vix(screen.vix.value),
                "panes": {
                    name: [pane.symbol, pane.interval, pane.link]
                    for name, pane in screen.workspace.value.panes.items()
                },
                "shares": {
                    name: [list(pane.sends), list(pane.receives)]
                    for name, pane in screen.workspace.value.panes.items()
                },
                "focused": screen.workspace.value.focused,
                "notices": [[each.severity, each.title, each.text] for each in screen.notices.value],
                "losses": sorted({text for row in screen.health.value.feeds for text in row.warnings}),
                "links": [[each.name, each.state.value, each.reason] for each in screen.health.value.links],
                "health": [[row.name, _name(row.freshness), row.events] for row in screen.health.value.feeds],
            }
        )
        if line != self._last:
            self._file.write(line + "\n")
            self._file.flush()
            self._last = line

    def close(self) -> None:
        """No more lines."""
        self._file.close()


def _name(freshness: Any) -> str | None:
    return None if freshness is None else freshness.name


def _chart(state: ChartState) -> dict[str, Any]:
    instrument = state.head.instrument
    last = None if state.last is None or instrument is None else instrument.format(state.last)
    return {
        "symbol": "" if instrument is None else instrument.symbol,
        "interval": state.head.interval,
        "bars": len(state.bars),
        "forming": state.is_forming,
        "last": last,
        "freshness": _name(state.head.freshness),
        "reason": state.head.reason,
        "gex": None if state.gex is None else _gex(state.gex),
        "cone": None if state.cone is None else _cone(state.cone),
    }


def _gex(it: GexOverlay) -> dict[str, Any]:
    return {
        "reason": it.reason,
        "freshness": _name(it.freshness),
        "root": it.root,
        "as_of": None if it.as_of_ns is None else iso_utc(it.as_of_ns),
        "sign": it.sign,
        "bucket": it.bucket,
        "total": it.total,
        "levels": [[level.kind, level.strike] for level in it.levels],
        "basis": it.basis,
        "columns": [len(stretch.values) for stretch in it.stretches],
        "missing": sum(int(np.isnan(stretch.values).any(axis=1).sum()) for stretch in it.stretches),
    }


def _cone(it: ConeState) -> dict[str, Any]:
    ends = it.bands[-1].tolist() if len(it.bands) else []
    return {"reason": it.reason, "freshness": _name(it.freshness), "method": it.method, "vix": it.vix, "ends": ends}


def _vix(it: VixState) -> dict[str, Any]:
    return {
        "value": it.value,
        "regime": it.regime,
        "percentile": it.percentile,
        "chain": it.chain_vix,
        "freshness": _name(it.head.freshness),
        "reason": it.head.reason,
    }


def _ladder(state: LadderState) -> dict[str, Any]:
    instrument = state.head.instrument

    def side(tick: int | None, sizes: Any, counts: Any) -> list[Any] | None:
        if tick is None or instrument is None:
            return None
        at = tick - state.low_tick
        return [instrument.format(tick), int(sizes[at]), int(counts[at])]

    return {
        "bid": side(state.best_bid, state.bid_sizes, state.bid_counts),
        "ask": side(state.best_ask, state.ask_sizes, state.ask_counts),
        "orders": state.resting_orders,
        "freshness": _name(state.head.freshness),
        "phase": state.phase,
        "reason": state.head.reason,
        "pressure": state.pressure.value,
        "shares": {part.name: part.share for part in state.pressure.parts},
    }
