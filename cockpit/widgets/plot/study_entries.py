"""What session average, cumulative delta and volume profile say of themselves in the legend. No Qt."""

from typing import Final

from cockpit.instruments import DASH, Instrument
from cockpit.state.views import ChartState, CvdState, ProfileState, VwapState
from cockpit.widgets.figures import amount, unit
from cockpit.widgets.plot.entries import STUDY, Entry, of_layer
from cockpit.widgets.plot.lines import newest
from cockpit.widgets.plot.words import SCOPE_WORDS, points

VWAP_TIP: Final = "VWAP = Σ price × size ÷ Σ size of all trades since the session opened (engines/bars/vwap.py)"
SIGMA_TIP: Final = "σ = √(Σ size × (price − VWAP)² ÷ Σ size) since the session opened, in points"
TYPICAL_TIP: Final = (
    "Bars of a vendor go in by their typical price, (high + low + close) ÷ 3: their trades are not known"
)
CVD_TIP: Final = (
    "CVD = Σ size bought − Σ size sold by aggressors since the session opened (ct: contracts, sh: shares)"
)
POC_TIP: Final = (
    "POC: the price with the most volume. VA: the prices around it that hold 70 % of all volume, "
    "grown by the larger neighbour (engines/bars/profile.py)"
)
SPREAD_TIP: Final = "The volume of a vendor's bar is spread evenly over its range: its trades are not known"


def study_entries(state: ChartState, bar: int | None, instrument: Instrument, plain: str) -> tuple[Entry, ...]:
    """What session average, cumulative delta and volume profile say of themselves, or why there are none."""
    found: list[Entry] = []
    if state.vwap is not None:
        found += of_layer("vwap", vwap_entries(state.vwap, bar, instrument, plain))
    if state.cvd is not None:
        found += of_layer("cvd", cvd_entries(state.cvd, bar, instrument, plain))
    if state.profile is not None:
        found += of_layer("profile", profile_entries(state.profile, instrument, plain))
    return tuple(found)


def vwap_entries(vwap: VwapState, bar: int | None, instrument: Instrument, plain: str) -> list[Entry]:
    """The average at the end of a bar, its standard deviation, and what it is made of."""
    row = newest(vwap.rows, bar)
    if vwap.reason or row is None:
        return [Entry("VWAP", DASH, "text3", 0, STUDY, VWAP_TIP), *_reason(vwap.reason)]
    found = [Entry("VWAP", instrument.format(float(row["value"])), plain, 0, STUDY, VWAP_TIP)]
    if vwap.bands and row["sigma"] == row["sigma"]:
        found.append(Entry("1σ", f"±{points(float(row['sigma']), instrument.unit)}", plain, 4, STUDY, SIGMA_TIP))
    if row["typical"] > 0:
        share = "" if row["typical"] >= 1 else f"{row['typical'] * 100:.0f} % by "
        found.append(Entry(f"{share}typical price", "", "text3", 3, STUDY, TYPICAL_TIP))
    return [*found, *_left_out(int(row["unknown"]), "volume")]


def cvd_entries(cvd: CvdState, bar: int | None, instrument: Instrument, plain: str) -> list[Entry]:
    """The cumulative delta at the end of a bar, in contracts, shares or coins."""
    row = newest(cvd.rows, bar)
    if cvd.reason or row is None:
        return [Entry("CVD", DASH, "text3", 0, STUDY, CVD_TIP), *_reason(cvd.reason)]
    value = float(row["value"])
    lean = plain if plain != "text1" or not value or value != value else "bid" if value > 0 else "ask"  # noqa: PLR0124  NaN
    text = DASH if value != value else f"{amount(instrument, value, plus=True)} {unit(instrument)}"  # noqa: PLR0124  NaN
    return [Entry("CVD", text, lean, 1, STUDY, CVD_TIP), *_left_out(int(row["unknown"]), "sides")]


def profile_entries(profile: ProfileState, instrument: Instrument, plain: str) -> list[Entry]:
    """Point of control and value area of the volume profile, of which span and from what."""
    if profile.reason or profile.poc is None or profile.value is None:
        return [Entry("POC", DASH, "text3", 2, STUDY, POC_TIP), *_reason(profile.reason)]
    low, high = (instrument.format(price) for price in profile.value)
    spread = [Entry("bars spread", "", "text3", 4, STUDY, SPREAD_TIP)] if profile.by_bars > 0 else []
    return [
        Entry("POC", instrument.format(profile.poc), plain, 2, STUDY, POC_TIP),
        Entry("VA 70 %", f"{low}–{high}", plain, 3, STUDY, POC_TIP),
        Entry(SCOPE_WORDS.get(profile.scope, profile.scope), "", "text3", 4, STUDY, POC_TIP),
        *spread,
    ]


def _reason(reason: str) -> list[Entry]:
    return [Entry(reason, "", "text3", 0, STUDY)] if reason else []


def _left_out(bars: int, lack: str) -> list[Entry]:
    """How many bars of the session a sum had to leave out."""
    if not bars:
        return []
    return [Entry(f"{bars:,} bar{'s' if bars > 1 else ''} without {lack} left out", "", "text3", 4, STUDY)]
