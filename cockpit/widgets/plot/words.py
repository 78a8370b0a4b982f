"""How the gamma overlay and the cone write their numbers. Source: ``design.md`` 6 (money) and 7."""

from typing import Final

from cockpit.instruments import MINUS, Instrument
from cockpit.state.views import GexLevel

SIGN_WORDS: Final = {  # sign models as the legend states them
    "calls_minus_puts": f"calls +, puts {MINUS}",
    "short_all": "dealers short all",
    "skew_adjusted": "by skew",
    "flow": "by signed prints",
}
BUCKET_WORDS: Final = {"all": "all expiries", "0dte": "0DTE only", "1-5": "1-5 days", "6-30": "6-30 days",
                       ">30": "over 30 days"}  # fmt: skip
METHOD_WORDS: Final = {"rule_of_16": "VIX/16, log-normal", "exact": "VIX/√252, log-normal"}
BANDS_WORDS: Final = {"2": "±1σ and ±2σ", "1": "±1σ", "0": "no bands"}
SCOPE_WORDS: Final = {"visible": "visible range", "session": "session"}
LEVEL_WORDS: Final = {"call_wall": "Call wall", "put_wall": "Put wall", "flip": "Flip"}
EXACT_BELOW: Final = 10_000.0  # USD
_UNITS: Final = ((1e12, "T", 2), (1e9, "B", 2), (1e6, "M", 2), (1e3, "k", 0))  # size, letter, decimals


def money(usd: float, *, brief: bool = False) -> str:
    """An amount with its sign, ``+$1.42B``, ``−$605k``; below $10,000 exact; ``brief`` has a decimal less."""
    sign = "" if usd == 0 else "+" if usd > 0 else MINUS
    size = abs(usd)
    if size < EXACT_BELOW:
        return f"{sign}${size:,.0f}"
    for unit, letter, decimals in _UNITS:
        digits = max(decimals - brief, 0)
        if size >= unit * (1 - 0.5 * 10.0**-digits / 1000):  # what would round to 1,000 of the unit below
            return f"{sign}${size / unit:,.{digits}f}{letter}"
    return f"{sign}${size / 1e3:,.0f}k"


def signed(value: float) -> str:
    """A whole number that always shows its sign, grouped."""
    text = f"{abs(value):,.0f}"
    return text if text == "0" else f"{'+' if value > 0 else MINUS}{text}"


def strike_text(strike: float) -> str:
    """A strike with no more decimals than it has: ``6,015``, ``385.5``."""
    return f"{strike:,.2f}".rstrip("0").rstrip(".")


def points(value: float, unit: float) -> str:
    """A distance in stored units as points, without a sign: ``60.0``."""
    return f"{abs(value) * unit:,.1f}"


def level_forms(level: GexLevel, root: str, instrument: Instrument) -> tuple[str, ...]:
    """Ways to name a level, the longest first."""
    name = LEVEL_WORDS[level.kind]
    if level.kind == "flip":
        return f"{name}  {instrument.format(level.at)}", name
    strike = strike_text(level.strike)
    value = "" if level.value is None else f"  {money(level.value, brief=True)}"
    return f"{name}  {root} {strike}{value}", f"{name}  {root} {strike}", f"{name} {strike}", name


def distance_text(level: GexLevel, last: float, instrument: Instrument) -> str:
    """How far a level is from the last price, ``+12.25``, as the market writes prices."""
    far = level.at - last
    return f"{'+' if far >= 0 else MINUS}{instrument.format(abs(far))}"
