"""What the feature strips are called, how their values are written, and the formula of each. No Qt.

Source: ``formulas.md`` 5.1-5.4; ``resources/docs/formulas.md``, "Book, last 180 s", lists the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cockpit.instruments import DASH, MINUS, Instrument
from cockpit.state.views import Strip, StripsState
from cockpit.widgets.figures import amount, signed, units
from cockpit.widgets.pane_settings import Option

Write = Callable[[Instrument | None, float], str]


def _price(instrument: Instrument | None, ticks: float) -> str:
    """A distance in price units: as many decimals as the market has, at least two."""
    places = 2 if instrument is None else max(instrument.decimals, 2)
    return f"{ticks * (1.0 if instrument is None else instrument.tick):,.{places}f}"


def _lean(instrument: Instrument | None, ticks: float) -> str:
    text = _price(instrument, abs(ticks))
    return text if not text.strip("0.,") else f"{MINUS if ticks < 0 else '+'}{text}"


def _share(instrument: Instrument | None, value: float) -> str:
    del instrument
    return signed(value)


def _plain_share(instrument: Instrument | None, value: float) -> str:
    del instrument
    return f"{value:.2f}"


def _flow(instrument: Instrument | None, lots: float) -> str:
    return amount(instrument, lots, plus=True)


def _kyle(instrument: Instrument | None, ticks_per_lot: float) -> str:
    """Price units per contract, share or coin."""
    value = ticks_per_lot if instrument is None else ticks_per_lot * instrument.tick / instrument.lot
    return f"{MINUS if value < 0 else '+'}{abs(value):,.3g}"


@dataclass(frozen=True, slots=True)
class Words:
    """One strip for people.

    Attributes:
        label: In the row.
        write: Its values.
        formula: What it is, in one line.
        is_signed: Whether above 0 is bid's colour and below it ask's.
        is_first: Whether it is shown before anybody chose.
        sides: What its two lines are; empty where there is one.
    """

    label: str
    write: Write
    formula: str
    is_signed: bool = False
    is_first: bool = False
    sides: tuple[str, ...] = ()


BOTH: Final = ("bid", "ask")
WORDS: Final[dict[str, Words]] = {
    "spread": Words("Spread", _price, "best ask − best bid", is_first=True),
    "microprice": Words(
        "Micro-price − mid",
        _lean,
        "Σ Bⁱ G1 by bid share and spread, as learned by cockpit fit microprice; else weighted mid − mid",
        is_signed=True,
        is_first=True,
    ),
    "imbalance": Words(
        "Imbalance", _share, "(bid − ask) / (bid + ask), sizes of ten levels", is_signed=True, is_first=True
    ),
    "ofi": Words(
        "OFI, 1 s", _flow, "event order-flow imbalance of the best quotes, summed over the second",
        is_signed=True, is_first=True,
    ),
    "net_stack": Words(
        "Net pull / stack",
        _flow,
        "added − pulled bids − (added − pulled asks) of ten levels in the second; what trades took is neither",
        is_signed=True,
        is_first=True,
    ),
    "slope": Words(
        "Slope, bid / ask", amount, "Σ x Q / Σ x², Q the size up to x ticks from the mid, ten levels; size a tick",
        is_first=True, sides=BOTH,
    ),
    "depth_5": Words("Depth in 5 bp", amount, "bids and asks no farther than 0.05 % from the mid", is_first=True),
    "depth_10": Words("Depth in 10 bp", amount, "bids and asks no farther than 0.10 % from the mid"),
    "depth_25": Words("Depth in 25 bp", amount, "bids and asks no farther than 0.25 % from the mid"),
    "depth_levels": Words("Depth, 10 levels", amount, "size of ten levels a side", sides=BOTH),
    "imbalance_best": Words(
        "Imbalance, best", _share, "(bid − ask) / (bid + ask), sizes at the touch", is_signed=True
    ),
    "imbalance_weighted": Words(
        "Imbalance, weighted", _share, "the same over ten levels that fade by e^(−i/2)", is_signed=True
    ),
    "depth_weighted": Words(
        "Depth-weighted − mid", _lean, "Σ p q / Σ q over ten levels of both sides − mid; leans to the heavier side",
        is_signed=True,
    ),
    "cross_weighted": Words(
        "Cross-weighted − mid", _lean, "each side's mean price weighted by the other side's size − mid",
        is_signed=True,
    ),
    "ofi_ranks": Words(
        "OFI, ten ranks 1 s", _flow, "the rule of OFI at each of ten ranks at every transaction, summed",
        is_signed=True,
    ),
    "ofi_integrated": Words(
        "OFI, integrated 1 s", _flow,
        "Σ w OFI of ten ranks; w: first principal component of the five minutes before, over its L1 norm",
        is_signed=True,
    ),
    "delta_depth": Words(
        "Delta-depth imbalance", _flow,
        "change of ten bids − change of ten asks over the second; no flow: its sign can be wrong when prices move",
        is_signed=True,
    ),
    "traded": Words(
        "Bought / sold, 1 s", amount, "prints of the second by their aggressor", sides=("bought", "sold")
    ),
    "vpin": Words(
        "VPIN", _plain_share,
        "Σ |bought − sold| / Σ volume of 50 buckets, each ten usual seconds' volume; describes, forecasts nothing",
    ),
    "kyle": Words(
        "Kyle's lambda", _kyle,
        "least squares of the mid's move on bought − sold by whole seconds of five minutes; price per unit",
        is_signed=True,
    ),
}  # fmt: skip
SHOWN: Final = (Option("shown", "Shown"), Option("hidden", "Hidden"))
HIDDEN: Final = tuple(reversed(SHOWN))
CHOICES: Final = {name: (words.label, SHOWN if words.is_first else HIDDEN) for name, words in WORDS.items()}
SECTION: Final = "formulas.md, Book, last 180 s"


def label(state: StripsState, name: str) -> str:
    """What a row is called; the micro-price says when nothing was learned."""
    if name == "microprice" and not state.is_fitted:
        return "Weighted mid − mid"
    return WORDS[name].label


def value(state: StripsState, strip: Strip, figures: tuple[float | None, ...] | None = None) -> str:
    """The newest values, or other ones: ``+0.19``, ``142 / 119``; an en dash where one is unknown."""
    shown = tuple(line.last for line in strip.lines) if figures is None else figures
    write, instrument = WORDS[strip.name].write, state.head.instrument
    return " / ".join(DASH if each is None else write(instrument, each) for each in shown)


def extent(state: StripsState, strip: Strip) -> str:
    """Lowest and highest value in view: ``0.25 to 0.75``; empty without any."""
    every = [bound for line in strip.lines if len(line.values) for bound in (line.values.min(), line.values.max())]
    if not every:
        return ""
    write, instrument = WORDS[strip.name].write, state.head.instrument
    return f"{write(instrument, float(min(every)))} to {write(instrument, float(max(every)))}"


def formula(state: StripsState, name: str) -> str:
    """What a row is, what it rests on now, and where it is written down."""
    words = WORDS[name]
    notes = [words.formula, *_rests_on(state, name)]
    if words.sides:
        notes.append(f"lines: {' and '.join(words.sides)}")
    return f"{'; '.join(notes)} ({SECTION})"


def _rests_on(state: StripsState, name: str) -> list[str]:
    if name == "microprice":
        return ["learned" if state.is_fitted else "nothing was learned for this book: the weighted mid is shown"]
    if name == "kyle":
        known = state.kyle
        return ["fewer than 30 seconds"] if known is None else [f"n {known[0]}, R² {known[1]:.2f}"]
    if name == "ofi_integrated" and state.explained is not None:
        return [f"w explain {state.explained:.0%} of the variance"]
    if WORDS[name].write in (amount, _flow):
        return [units(state.head.instrument)]
    return []
