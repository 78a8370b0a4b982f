"""Which underlying an option belongs to, by the root of its symbol."""

import re
from typing import Final

from cockpit import instruments
from cockpit.instruments import Instrument

VENUE: Final = "CBOE"
# roots that are settled otherwise than their index's own: weeklies and those settled in the afternoon
_INDEX_OF: Final = {"SPXW": "SPX", "NDXP": "NDX", "RUTW": "RUT", "VIXW": "VIX"}
_CENT_NANO: Final = 10_000_000

# what Cboe's pages and files call an underlying, most telling first: "mini" before the index it is a tenth of
_TITLES: Final = (
    (r"mini-?\s?(spx|s&p)", "XSP"),
    (r"spdr.*s&p\s*500|\bspy\b", "SPY"),
    (r"powershares.*qqq|invesco.*qqq|\bqqq\b", "QQQ"),
    (r"ishares.*russell 2000|\biwm\b", "IWM"),
    (r"(s&p|standard (&|and) poor'?s) ?500|\bspx\b", "SPX"),
    (r"nasdaq[- ]?100|\bndx\b", "NDX"),
    (r"russell 2000|\brut\b", "RUT"),
    (r"volatility index|\bvix\b", "VIX"),
)


def underlying_root(root: str) -> str:
    """The root of the underlying: ``SPX`` for ``SPXW``, ``SPY`` for the adjusted ``SPY1``."""
    plain = root.rstrip("0123456789")
    return _INDEX_OF.get(plain, plain)


def is_adjusted(root: str) -> bool:
    """Whether the root is of contracts changed by a corporate action, whose deliverable is another."""
    return root[-1:].isdigit()


def underlying_of(root: str, title: str) -> Instrument:
    """The instrument options of an underlying root are about.

    Args:
        root: As ``underlying_root`` gives it.
        title: What the file calls it; the name of an instrument that the contract table does not know.
    """
    symbol = f"{root}.{VENUE}"
    known = instruments.from_table(symbol, root)
    if known is not None and known.kind in ("index", "equity"):
        return known
    return Instrument(symbol, root, title, _CENT_NANO, 2, "decimal", 0.0, "equity", "xnys", "inferred")


def root_of_title(title: str) -> str | None:
    """The underlying root a title means; None when it is none this program knows."""
    text = title.lower()
    return next((root for pattern, root in _TITLES if re.search(pattern, text)), None)
