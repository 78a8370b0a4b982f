"""The cone on a chart: from the last price, by the VIX, to the end of the fifth session after today's.

It is a function of the clock to the minute, of the price at the last whole second and of the last VIX, so that it
stands still between them and is the same however the replay came here.

Source: ``formulas.md`` 4.1, ``contracts.md`` 6.
"""

from dataclasses import replace
from itertools import count
from typing import Final

import numpy as np

from cockpit.engines.regime.cone import SESSIONS, ConePath, cone_path, expected_move, quantiles
from cockpit.errors import EngineError
from cockpit.instants import eastern
from cockpit.state.lane import Lane
from cockpit.state.panels.heads import head_of
from cockpit.state.router import Router
from cockpit.state.views import ConeState, Pane, Provenance
from cockpit.units import NS_PER_MIN, NS_PER_S

VIX_ROOTS: Final = ("ES", "MES", "SPX", "SPY", "XSP")  # whose variance the VIX is about
_VERSIONS: Final = count(1)


class ConeReducer:
    """Cones by lane and method, shared by panes that show the same."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._vix = next((each for each in router.lanes if each.instrument.root == "VIX"), None)
        self._cones: dict[tuple[int, str], tuple[tuple[object, ...], ConeState]] = {}
        self._paths: dict[int, tuple[int, ConePath]] = {}

    def keep_only(self, wanted: set[tuple[int, str]]) -> None:
        """Forget cones that no pane shows."""
        self._cones = {key: cone for key, cone in self._cones.items() if key in wanted}

    def reduce(self, lane: Lane, pane: Pane, now_ns: int) -> ConeState:
        """The cone of one pane."""
        base = ConeState(method=pane.method, now_ns=now_ns)
        if lane.instrument.root not in VIX_ROOTS:
            return replace(base, reason=f"the VIX is about the S&P 500, not {lane.instrument.root}")
        level = self._router.field.regime.level
        if self._vix is None or level is None:
            return replace(base, reason="no VIX so far" if self._vix is not None else "no VIX in what is open")
        head = head_of(self._router, self._vix, pane, Provenance.REPLAY, now_ns)
        base = replace(base, freshness=head.freshness, age_ns=head.age_ns, vix=level.value)
        origin = lane.bars_history().price_at(now_ns // NS_PER_S * NS_PER_S)
        if origin is None:
            return replace(base, reason="no price so far")
        try:
            path = self._path(lane, now_ns)
        except EngineError as error:
            return replace(base, reason=str(error))
        if path is None:
            return replace(base, reason="no trading calendar to count sessions by")
        return self._cone(lane, base, level.value, origin, path)

    def bands(self, lane: Lane, pane: Pane, now_ns: int) -> list[tuple[int, int, list[float]]] | None:
        """Session number (today's is 0), its end in ns UTC and the prices at BANDS; None without a cone."""
        state = self.reduce(lane, pane, now_ns)
        path = None if state.reason else self._path(lane, now_ns)
        if path is None or state.origin is None or state.vix is None:
            return None
        variances = np.array([each.variance for each in path.horizons])
        prices = quantiles(state.origin * lane.instrument.unit, state.vix, variances, method=pane.method)
        first = SESSIONS + 1 - len(path.horizons)
        return [
            (first + place, each.end_ns, row)
            for place, (each, row) in enumerate(zip(path.horizons, prices.tolist(), strict=True))
        ]

    def _path(self, lane: Lane, now_ns: int) -> ConePath | None:
        """The time ahead, by the clock's minute."""
        if lane.calendar is None:
            return None
        minute = now_ns // NS_PER_MIN * NS_PER_MIN
        known = self._paths.get(lane.id)
        if known is None or known[0] != minute:
            known = self._paths[lane.id] = (minute, cone_path(lane.calendar, minute))
        return known[1]

    def _cone(self, lane: Lane, base: ConeState, vix: float, origin: float, path: ConePath) -> ConeState:
        key = (path.until_ns, path.horizons, vix, origin)
        known = self._cones.get((lane.id, base.method))
        if known is None or known[0] != key:
            made = replace(
                base,
                origin=origin,
                along=path.along,
                bands=quantiles(origin, vix, path.variance, method=base.method),
                days=tuple(
                    (day_text(each.end_ns), float(place))
                    for each, place in zip(path.horizons, path.places.tolist(), strict=True)
                ),
                one_session=expected_move(origin, vix, 1.0, base.method),
                five_sessions=expected_move(origin, vix, float(SESSIONS), base.method),
                version=next(_VERSIONS),
            )
            known = self._cones[lane.id, base.method] = (key, made)
        return replace(known[1], freshness=base.freshness, age_ns=base.age_ns, now_ns=base.now_ns)


def day_text(end_ns: int) -> str:
    """``Wed 11``: New York's date of a session's end."""
    at = eastern(end_ns - 1)
    return f"{at:%a} {at.day}"
