"""DBN files made by hand, with the objects of ``databento_dbn``: for cases no recording shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import databento_dbn as dbn
import pyarrow as pa

T0 = 1_704_067_200_000_000_000  # 2024-01-01 00:00 UTC
SECOND = 1_000_000_000
UNIT = 1_000_000_000  # a price of 1.0


@dataclass(frozen=True)
class Interval:
    start_date: date
    end_date: date
    symbol: str


@dataclass(frozen=True)
class Mapping:
    raw_symbol: str
    intervals: tuple[Interval, ...]


def mapped(raw: str, instrument_id: int, start: date = date(2024, 1, 1), end: date = date(2024, 1, 3)) -> Mapping:
    return Mapping(raw, (Interval(start, end, str(instrument_id)),))


def header(
    schema: dbn.Schema | None = dbn.Schema.MBO,
    mappings: Sequence[Mapping] = (mapped("ESH4", 7),),
    version: int = 3,
    dataset: str = "GLBX.MDP3",
    ts_out: bool = False,
    end: int | None = T0 + 86_400 * SECOND,
) -> bytes:
    metadata: Any = dbn.Metadata(
        dataset,
        T0,
        dbn.SType.RAW_SYMBOL,
        dbn.SType.INSTRUMENT_ID,
        schema,
        symbols=[mapping.raw_symbol for mapping in mappings],
        mappings=mappings,  # type: ignore[arg-type]
        end=end,
        ts_out=ts_out,
        version=version,
    )
    return metadata.encode()


def mbo(second: float = 0.0, price: float | None = 4800.0, **over: Any) -> bytes:
    at = T0 + int(second * SECOND)
    fields: dict[str, Any] = {
        "publisher_id": 1,
        "instrument_id": 7,
        "ts_event": at - 1000,
        "order_id": 1,
        "price": dbn.UNDEF_PRICE if price is None else round(price * UNIT),
        "size": 3,
        "action": dbn.Action.ADD,
        "side": dbn.Side.BID,
        "ts_recv": at,
        "flags": 128,
        "sequence": 5,
    }
    return bytes(dbn.MBOMsg(**(fields | over)))


def trade(second: float = 0.0, price: float = 4800.0, **over: Any) -> bytes:
    at = T0 + int(second * SECOND)
    fields: dict[str, Any] = {
        "publisher_id": 1,
        "instrument_id": 7,
        "ts_event": at - 1000,
        "price": round(price * UNIT),
        "size": 2,
        "action": dbn.Action.TRADE,
        "side": dbn.Side.ASK,
        "depth": 0,
        "ts_recv": at,
        "sequence": 9,
    }
    return bytes(dbn.TradeMsg(**(fields | over)))


def definition(raw: str, instrument_id: int, tick: float | None, **over: Any) -> bytes:
    fields: dict[str, Any] = {
        "publisher_id": 1,
        "instrument_id": instrument_id,
        "ts_event": T0,
        "ts_recv": T0,
        "min_price_increment": dbn.UNDEF_PRICE if tick is None else round(tick * UNIT),
        "display_factor": UNIT,
        "raw_symbol": raw,
        "asset": "ES",
        "security_type": "FUT",
        "instrument_class": dbn.InstrumentClass.FUTURE,
        "security_update_action": dbn.SecurityUpdateAction.ADD,
    }
    return bytes(dbn.InstrumentDefMsg(**(fields | over)))


def symbol_mapping(instrument_id: int, raw: str, start: int = T0, end: int = dbn.UNDEF_TIMESTAMP) -> bytes:
    message = dbn.SymbolMappingMsg(
        1, instrument_id, T0, dbn.SType.PARENT, "ES.FUT", dbn.SType.RAW_SYMBOL, raw, start, end
    )
    return bytes(message)


def write(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


def unpacked(path: Path) -> bytes:
    raw = path.read_bytes()
    if raw[:4] != b"\x28\xb5\x2f\xfd":
        return raw
    with pa.CompressedInputStream(pa.BufferReader(raw), "zstd") as stream:
        return stream.read()


def header_size(content: bytes) -> int:
    return 8 + int.from_bytes(content[4:8], "little")
