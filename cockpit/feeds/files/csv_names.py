"""Which instrument a table is about. The name of a file may tell that; it never decides the format.

``ESU22.csv`` is ``ESU2.GLBX`` (CME writes single-digit years, as DBN files do), ``vix_daily.csv`` is ``VIX.CBOE``,
``nq-1m-cont.csv`` is ``NQ-CONT.GLBX``, a series of several contracts. Daily prices of a fund, which may be adjusted
for dividends, are levels: ``spy_daily.csv`` is ``SPY-EOD.CBOE``. Anything else is not guessed.
"""

import re
from pathlib import Path
from typing import Final

from cockpit import instruments
from cockpit.instruments import Instrument

CME: Final = frozenset({"CME", "CBOT", "NYMEX", "COMEX"})
CONTINUOUS: Final = "CONT"
END_OF_DAY: Final = "EOD"


def symbol_of_name(path: Path) -> str | None:
    """The canonical symbol the name of a file tells; None when it tells none, or more than one."""
    words = [word.upper() for word in re.split(r"[^A-Za-z0-9]+", path.name.partition(".")[0]) if word]
    contracts = {symbol for word in words if (symbol := _contract(word)) is not None}
    if contracts:
        return contracts.pop() if len(contracts) == 1 else None
    roots = {symbol for word in words if (symbol := symbol_of_root(word)) is not None}
    return roots.pop() if len(roots) == 1 else None


def symbol_of_root(root: str) -> str | None:
    """``VIX.CBOE`` for an index or a fund, ``ES-CONT.GLBX`` for the root of a future; None for others."""
    row = instruments.contract_table().get(root.upper())
    if row is None:
        return None
    if row["kind"] != "future":
        return f"{root.upper()}.{row['exchange']}"
    return f"{root.upper()}-{CONTINUOUS}.{_venue(row)}"


def _contract(word: str) -> str | None:
    parts = instruments.split_future(word)
    row = instruments.contract_table().get(parts[0]) if parts else None
    if parts is None or row is None or row["kind"] != "future":
        return None
    return f"{parts[0]}{parts[1]}{parts[2][-1]}.{_venue(row)}"


def _venue(row: dict[str, str]) -> str:
    return "GLBX" if row["exchange"] in CME else row["exchange"]


def traded(symbol: str, asof_ns: int) -> Instrument | None:
    """The traded instrument of a symbol, ``-CONT`` ones on the grid of their root; None when it is no such."""
    raw = symbol.rpartition(".")[0]
    root = raw.removesuffix(f"-{CONTINUOUS}")
    found = instruments.resolve(symbol, asof_ns) if root == raw else instruments.from_table(symbol, root, asof_ns)
    return None if found is None or found.is_index else found


def level(symbol: str) -> Instrument | None:
    """The instrument of a series of levels: an index, the floats of a fund or a continuous future; or None."""
    raw = symbol.rpartition(".")[0]
    root = raw.removesuffix(f"-{CONTINUOUS}").removesuffix(f"-{END_OF_DAY}")
    known = instruments.from_table(symbol, root)
    if known is None or known.is_index:
        return known
    if known.kind == "equity":
        symbol = f"{root}-{END_OF_DAY}.{known.venue}"
        name = f"{known.name}, daily"
    elif root != raw:
        name = f"{known.name}, continuous"
    else:
        return None  # of one contract are prices
    return Instrument(symbol, root, name, decimals=2, kind="index", sessions=known.sessions)
