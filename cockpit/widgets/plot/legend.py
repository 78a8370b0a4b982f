"""What the legend over a plot says: one bar's numbers, then of each layer unit, age, convention, method. No Qt."""

from collections.abc import Collection
from typing import Final

from cockpit.instants import age_text
from cockpit.instruments import DASH, MINUS, Instrument
from cockpit.state.views import ChartState, ConeState, Freshness, GexOverlay, is_old
from cockpit.widgets.figures import amount, known
from cockpit.widgets.plot.entries import (
    CONE,
    GEX,
    LAYER_GROUPS,
    STUDY,
    Entry,
    of_layer,
    off_entry,
)
from cockpit.widgets.plot.mark_entries import mark_entries
from cockpit.widgets.plot.study_entries import study_entries
from cockpit.widgets.plot.words import BUCKET_WORDS, METHOD_WORDS, SIGN_WORDS, money, points

DELTA: Final = "\N{GREEK CAPITAL LETTER DELTA}"
TOO_NARROW: Final = "pane too narrow to draw it"
_AGE_TOKENS: Final = {
    Freshness.FRESH: "text2",
    Freshness.AGING: "aging",
    Freshness.STALE: "stale",
    Freshness.RESYNCING: "stale",
    Freshness.FAILED: "failed",
}


def legend_of(
    state: ChartState, bar: int | None, *, has_room: bool = True, put_away: Collection[str] = ()
) -> tuple[Entry, ...]:
    """What the legend says about bar ``bar``, or about the newest for None, and about the layers that are on.

    Unknown is an en dash. ``has_room``: whether the pane is wide enough for a cone. ``put_away``: layers that are
    off and keep their place.
    """
    instrument = state.head.instrument
    if instrument is None or not len(state.bars):
        return ()
    _, _, opened, high, low, close, volume, delta = state.bars[-1 if bar is None else bar].tolist()
    plain = "text3" if is_old(state.head.freshness) else "text1"
    coloured = plain == "text1"
    side = ("bid" if close >= opened else "ask") if coloured else plain
    lean = ("bid" if delta > 0 else "ask") if coloured and delta else plain
    away = _away([layer for layer in put_away if getattr(state, layer) is None])
    known_delta = () if delta != delta else (Entry(DELTA, amount(instrument, delta, plus=True), lean, 5),)  # noqa: PLR0124  NaN
    return (
        Entry("O", instrument.format(opened), plain, 3),
        Entry("H", instrument.format(high), plain, 2),
        Entry("L", instrument.format(low), plain, 1),
        Entry("C", instrument.format(close), side),
        Entry("Vol", known(instrument, volume), plain, 4),
        *known_delta,
        *(() if state.mark is None else mark_entries(state.mark, instrument, plain)),
        *study_entries(state, bar, instrument, plain),
        *away.get(STUDY, ()),
        *(away.get(GEX, ()) if state.gex is None else of_layer("gex", gex_entries(state.gex))),
        *(
            away.get(CONE, ())
            if state.cone is None
            else of_layer("cone", cone_entries(state.cone, instrument, has_room=has_room))
        ),
    )


def _away(layers: Collection[str]) -> dict[int, list[Entry]]:
    """Entries of layers that were put away, by group."""
    found: dict[int, list[Entry]] = {}
    for layer, group in LAYER_GROUPS.items():
        if layer in layers:
            found.setdefault(group, []).append(off_entry(layer))
    return found


def gex_entries(gex: GexOverlay) -> tuple[Entry, ...]:
    """What the gamma overlay says of itself, or why it is empty."""
    words = [SIGN_WORDS.get(gex.sign, gex.sign)]
    if gex.bucket != "all":
        words.append(BUCKET_WORDS.get(gex.bucket, gex.bucket))
    if gex.reason:
        return Entry("Net GEX", DASH, "text3", 0, GEX), Entry(gex.reason, "", "text3", 0, GEX)
    old = is_old(gex.freshness)
    total = Entry("Net GEX", DASH, "text3", 0, GEX)
    if gex.total is not None:
        token = "text3" if old else "call" if gex.total >= 0 else "put"
        total = Entry("Net GEX", f"{money(gex.total)} / 1 %", token, 0, GEX)
    basis = ()
    if gex.basis is not None:
        basis = (Entry("Basis", _basis_text(gex, gex.basis), "text3" if old else "text1", 2, GEX),)
    age = () if gex.age_ns is None else (_age_entry("Chain", gex.age_ns, gex.freshness, 1, GEX),)
    return (total, *basis, *age, *(Entry(word, "", "text3", 0, GEX) for word in words))


def _basis_text(gex: GexOverlay, basis: float) -> str:
    sign = "+" if basis >= 0 else MINUS
    text = f"×{basis:,.4f}" if gex.is_ratio else f"{sign}{abs(basis):,.2f}"
    return text if gex.basis_age_ns is None else f"{text} · {age_text(gex.basis_age_ns)}"


def _age_entry(key: str, age_ns: int, freshness: Freshness | None, rank: int, group: int) -> Entry:
    return Entry(key, age_text(age_ns), "text2" if freshness is None else _AGE_TOKENS[freshness], rank, group)


def cone_entries(cone: ConeState, instrument: Instrument, *, has_room: bool = True) -> tuple[Entry, ...]:
    """What the cone says of itself, or why there is none."""
    if cone.reason:
        return Entry("Cone", DASH, "text3", 0, CONE), Entry(cone.reason, "", "text3", 0, CONE)
    old = is_old(cone.freshness)
    plain, unit = "text3" if old else "text1", instrument.unit
    moves = tuple(
        Entry(f"{days} d ±1σ", DASH if move is None else f"±{points(move, unit)}", plain, rank, CONE)
        for days, move, rank in ((1, cone.one_session, 0), (5, cone.five_sessions, 2))
    )
    vix = DASH if cone.vix is None else f"{cone.vix:,.2f}"
    aged = cone.freshness not in (None, Freshness.FRESH) and cone.age_ns is not None
    token = plain if cone.freshness is None or not aged else _AGE_TOKENS[cone.freshness]
    text = f"{vix} · {age_text(cone.age_ns or 0)}" if aged else vix
    method = METHOD_WORDS.get(cone.method, cone.method)
    return (
        *moves,
        Entry("VIX", text, token, 1 if has_room else 3, CONE),
        Entry(method if has_room else f"{method}; {TOO_NARROW}", "", "text3", 0, CONE),
    )
