"""Which symbol an ``instrument_id`` of a DBN file means, and on which day.

Source: Databento symbology: ids belong to a dataset and may be remapped every day.
"""

from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.feeds.files.dbn_catalog import Catalog
from cockpit.units import NS_PER_DAY, Times

ALWAYS: Final = (-(2**31), 2**31)  # days; a mapping without dates
_EPOCH: Final = date(1970, 1, 1)


class SymbolTable:
    """Raw symbols by id and day, from metadata and from records.

    Args:
        mappings: ``{key: [{start_date, end_date, symbol}]}`` of the DBN metadata.
        stype_in, stype_out: Which of key and ``symbol`` is the id.
    """

    def __init__(self, mappings: dict[str, list[dict[str, Any]]], stype_in: str, stype_out: str) -> None:
        self._spans: dict[int, list[tuple[int, int, str]]] = {}
        if "instrument_id" not in (stype_in, stype_out):
            return
        for key, intervals in mappings.items():
            for interval in intervals:
                pair = (interval["symbol"], key) if stype_out == "instrument_id" else (key, interval["symbol"])
                if pair[0].isdecimal():
                    days = [(interval[end] - _EPOCH).days for end in ("start_date", "end_date")]
                    self._spans.setdefault(int(pair[0]), []).append((days[0], days[1], pair[1]))

    def copy(self) -> "SymbolTable":
        """A table that can learn without changing this one."""
        twin = SymbolTable({}, "", "")
        twin._spans = {key: list(spans) for key, spans in self._spans.items()}
        return twin

    def learn(self, instrument_id: int, raw: str, span: tuple[int, int] = ALWAYS) -> None:
        """Note a mapping found in the stream; the latest wins."""
        known = self._spans.setdefault(instrument_id, [])
        if (*span, raw) not in known:
            known.insert(0, (*span, raw))

    def raw(self, instrument_id: int, day: int) -> str | None:
        """The raw symbol on a day (days since 1970-01-01, UTC); outside all spans the only one there ever was."""
        spans = self._spans.get(instrument_id, [])
        for start, end, raw in spans:
            if start <= day < end:
                return raw
        names = {raw for _, _, raw in spans}
        return names.pop() if len(names) == 1 else None

    @property
    def symbols(self) -> list[str]:
        """Every raw symbol of the table once, in its order."""
        return list(dict.fromkeys(raw for spans in self._spans.values() for _, _, raw in spans))


class Numbers:
    """Instrument numbers during one pass over a file: which symbol an id means may change along the way.

    Args:
        catalog: The instruments of the file, shared by all passes.
        table: Symbols by id as the metadata has them; the pass learns the rest.
    """

    def __init__(self, catalog: Catalog, table: SymbolTable) -> None:
        self.catalog = catalog
        self._nameless = not table.symbols  # then an id is shown as itself, else it is refused as damage
        self._table = table.copy()
        self._cache: dict[tuple[int, int], int] = {}

    def learn(self, instrument_id: int, raw: str, span: tuple[int, int] = ALWAYS) -> None:
        """Note a mapping found in the stream; the latest wins."""
        self._table.learn(instrument_id, raw, span)
        self._cache.clear()

    def raw(self, instrument_id: int, day: int) -> str | None:
        """The raw symbol of an id on a day, or None."""
        return self._table.raw(instrument_id, day)

    def of(self, ids: NDArray[np.uint32], clock_ns: Times) -> NDArray[np.int32]:
        """Number of each row's instrument, -1 when it has none.

        Args:
            ids: uint32 (n,), n > 0.
            clock_ns: int64 (n,), decides the day.

        Returns:
            int32 (n,), or (1,) when all rows have the same.
        """
        days = clock_ns // NS_PER_DAY
        if bool((ids == ids[0]).all()) and bool((days == days[0]).all()):
            return np.array([self._lookup(int(ids[0]), int(days[0]), int(clock_ns[0]))], np.int32)
        keys = (days << 32) | ids
        unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        numbers = np.empty(len(unique), np.int32)
        for k in np.argsort(first, kind="stable"):  # first sight decides the number
            at = first[k]
            numbers[k] = self._lookup(int(ids[at]), int(days[at]), int(clock_ns[at]))
        return numbers[inverse]

    def _lookup(self, instrument_id: int, day: int, clock_ns: int) -> int:
        key = (instrument_id, day)
        number = self._cache.get(key)
        if number is None:
            number = self._cache[key] = self._number(instrument_id, day, clock_ns)
        return number

    def _number(self, instrument_id: int, day: int, clock_ns: int) -> int:
        raw = self._table.raw(instrument_id, day)
        if raw is None and self._nameless:
            raw = f"ID{instrument_id}"
            self.catalog.losses.note_once("instrument ids without symbols in the file, shown by their number", raw)
        return -1 if raw is None else self.catalog.number(raw, clock_ns)
