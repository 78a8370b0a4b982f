"""Records of a DBN stream: their layouts per version, and where each begins.

Source: Databento Binary Encoding, versions 1 to 3; layouts as ``databento_dbn`` publishes them.
"""

from dataclasses import dataclass
from typing import Any, Final

import databento_dbn
import numpy as np
from numba import njit
from numpy.typing import NDArray

from cockpit.units import Rows

MIN_WORDS: Final = 4  # a record header is 16 bytes, lengths count words of 4
UNDEF_PRICE: Final = 2**63 - 1
UNDEF_SIZE: Final = 2**32 - 1

TRADE, MBP_1, MBP_10 = 0x00, 0x01, 0x0A
STATUS, DEFINITION, IMBALANCE, ERROR, MAPPING, SYSTEM, STATISTIC = 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18
OHLCV_1S, OHLCV_1M, OHLCV_1H, OHLCV_1D, OHLCV_EOD = 0x20, 0x21, 0x22, 0x23, 0x24
MBO, CMBP_1, CBBO_1S, CBBO_1M, TCBBO, BBO_1S, BBO_1M = 0xA0, 0xB1, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4

_CLASSES: Final = {
    TRADE: "TradeMsg",
    MBP_1: "MBP1Msg",
    MBP_10: "MBP10Msg",
    STATUS: "StatusMsg",
    DEFINITION: "InstrumentDefMsg",
    IMBALANCE: "ImbalanceMsg",
    ERROR: "ErrorMsg",
    MAPPING: "SymbolMappingMsg",
    SYSTEM: "SystemMsg",
    STATISTIC: "StatMsg",
    OHLCV_1S: "OHLCVMsg",
    OHLCV_1M: "OHLCVMsg",
    OHLCV_1H: "OHLCVMsg",
    OHLCV_1D: "OHLCVMsg",
    OHLCV_EOD: "OHLCVMsg",
    MBO: "MBOMsg",
    CMBP_1: "CMBP1Msg",
    CBBO_1S: "CBBOMsg",
    CBBO_1M: "CBBOMsg",
    TCBBO: "CMBP1Msg",
    BBO_1S: "BBOMsg",
    BBO_1M: "BBOMsg",
}


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Records of one type out of a block.

    Attributes:
        rtype: The type byte.
        records: Structured array (n,), the layout of the type.
        places: int64 (n,), which record of the block each is, counted from 0.
        offsets: int64 (n,), byte of each in the block.
    """

    rtype: int
    records: Rows
    places: NDArray[np.int64]
    offsets: NDArray[np.int64]


class Layouts:
    """Array layouts of the record types of one DBN version.

    Attributes:
        words: uint8 (256,), length of each type in 4-byte words, 0 for types not known.
    """

    def __init__(self, version: int, ts_out: bool) -> None:
        package: Any = databento_dbn  # its stubs leave the modules of the versions out
        module: Any = {1: package.v1, 2: package.v2, 3: package.v3}[version]
        extra = [("ts_out", "u8")] if ts_out else []
        self._dtypes = {
            rtype: np.dtype([*_bytes_as_numbers(getattr(module, name)._dtypes), *extra])  # noqa: SLF001  its published layout
            for rtype, name in _CLASSES.items()
        }
        self.words = np.zeros(256, np.uint8)
        for rtype, dtype in self._dtypes.items():
            self.words[rtype] = dtype.itemsize // 4

    def dtype(self, rtype: int) -> np.dtype[np.void]:
        """Layout of a known type."""
        return self._dtypes[rtype]

    def size(self, schema: str) -> int:
        """Bytes a record of a schema has; of the commonest one when the schema is mixed or unknown."""
        return self._dtypes[_RTYPE_OF_SCHEMA.get(schema, MBO)].itemsize


_RTYPE_OF_SCHEMA: Final = {
    "mbp-10": MBP_10,
    "mbp-1": MBP_1,
    "tbbo": MBP_1,
    "trades": TRADE,
    "cmbp-1": CMBP_1,
    "definition": DEFINITION,
    "statistics": STATISTIC,
    "imbalance": IMBALANCE,
}


def _bytes_as_numbers(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Single letters as uint8: numpy's ``S1`` drops NUL and compares slowly."""
    return [(name, "u1" if form == "S1" else form) for name, form in fields]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A block cut into records.

    Attributes:
        groups: The records by type, known types only.
        count: Records found, unknown types included.
        used: Bytes they take; what follows is the beginning of a record, or rubbish.
        rubbish: Why the bytes after ``used`` are no record; None when they may become one.
        unknown: uint8 (k,), type bytes of the records whose type is not known.
    """

    groups: tuple[Group, ...]
    count: int
    used: int
    rubbish: str | None
    unknown: NDArray[np.uint8]


def split(block: bytes, layouts: Layouts) -> Split:
    """Find the records of ``block``, which begins with one."""
    if not block:
        return NOTHING
    data = np.frombuffer(block, np.uint8)
    alike = _one_type(data, layouts)
    if alike is not None:
        return alike
    offsets = np.empty(len(data) // (MIN_WORDS * 4) + 1, np.int64)
    count, used, bad = _walk(data, layouts.words, offsets)
    offsets = offsets[:count]
    rtypes = data[offsets + 1]
    known = layouts.words[rtypes] > 0
    groups = tuple(
        _gather(data, layouts.dtype(int(rtype)), int(rtype), offsets, rtypes) for rtype in np.unique(rtypes[known])
    )
    return Split(groups, int(count), int(used), _rubbish(data, used, layouts) if bad else None, rtypes[~known])


def _one_type(data: NDArray[np.uint8], layouts: Layouts) -> Split | None:
    """The split when every record is of the same known type, which needs no walk and no copy."""
    if len(data) < 2 or data[0] < MIN_WORDS or layouts.words[data[1]] != data[0]:
        return None
    rtype, size = int(data[1]), int(data[0]) * 4
    count = len(data) // size
    if count == 0:
        return None
    heads = np.ndarray((count,), "<u2", data, 0, (size,))
    if not bool((heads == heads[0]).all()):
        return None
    used = count * size
    rest = data[used : used + 2]
    if len(rest) == 2 and (rest[0] != data[0] or rest[1] != data[1]):
        return None  # another type begins, or rubbish: let the walk decide
    places = np.arange(count)
    records = data[:used].view(layouts.dtype(rtype))
    return Split((Group(rtype, records, places, places * size),), count, used, None, data[:0])


def _gather(
    data: NDArray[np.uint8],
    dtype: np.dtype[np.void],
    rtype: int,
    offsets: NDArray[np.int64],
    rtypes: NDArray[np.uint8],
) -> Group:
    places = np.flatnonzero(rtypes == rtype)
    mine = offsets[places]
    raw = data[mine[:, None] + np.arange(dtype.itemsize)]
    return Group(rtype, raw.view(dtype)[:, 0], places, mine)


def _rubbish(data: NDArray[np.uint8], at: int, layouts: Layouts) -> str:
    words, rtype = int(data[at]), int(data[at + 1])
    if words < MIN_WORDS:
        return f"no record begins here (length byte {words})"
    return f"record type 0x{rtype:02X} of {words * 4} bytes, expected {int(layouts.words[rtype]) * 4}"


@njit(cache=True, nogil=True)
def _walk(data: NDArray[np.uint8], words: NDArray[np.uint8], offsets: NDArray[np.int64]) -> tuple[int, int, bool]:
    """Offsets of the records: their count, the bytes they take, and whether rubbish follows."""
    at = 0
    count = 0
    end = len(data)
    while at + 2 <= end:
        length = data[at]
        known = words[data[at + 1]]
        if length < MIN_WORDS or (known != 0 and known != length):
            return count, at, True
        if at + 4 * int(length) > end:
            break
        offsets[count] = at
        count += 1
        at += 4 * int(length)
    return count, at, False


NOTHING: Final = Split((), 0, 0, None, np.zeros(0, np.uint8))
