"""Events as Arrow and back, every bit: the only place that knows how a row becomes a column.

A record batch holds rows of one kind; kind and version stand in its schema's metadata. Level arrays are fixed
size lists, byte strings are binary without their trailing zeros. There are no nulls: unknowns are the values
that ``cockpit.units`` defines. pyarrow is imported at first use, since it costs a tenth of a second.
"""

import zlib
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from cockpit.errors import TapeError
from cockpit.events.dtypes import DTYPES, KIND_NAMES, Kind
from cockpit.events.market import Batch

if TYPE_CHECKING:
    import pyarrow as pa

VERSION: Final = 1  # of the columns; raise it when a dtype of ``cockpit.events.dtypes`` changes
KIND_KEY: Final = b"cockpit.kind"
VERSION_KEY: Final = b"cockpit.version"
LATER: Final = {(Kind.QUOTE, "update_id")}  # columns that older tapes lack; 0 there, which means unknown
KIND_OF: Final = {name: kind for kind, name in KIND_NAMES.items()}


@cache
def schema_of(kind: Kind) -> "pa.Schema":
    """The Arrow schema of a kind, version and kind in its metadata."""
    import pyarrow as pa

    dtype = DTYPES[kind]
    fields = [pa.field(name, _arrow_type(dtype[name]), nullable=False) for name in dtype.names or ()]
    return pa.schema(fields, {KIND_KEY: KIND_NAMES[kind].encode(), VERSION_KEY: str(VERSION).encode()})


def _arrow_type(dtype: "np.dtype[np.generic]") -> "pa.DataType":
    import pyarrow as pa

    if dtype.subdtype is not None:
        values, (size,) = dtype.subdtype
        return pa.list_(pa.field("item", pa.from_numpy_dtype(values), nullable=False), size)
    return pa.binary() if dtype.kind == "S" else pa.from_numpy_dtype(dtype)


def encode(batch: Batch) -> "pa.RecordBatch":
    """The batch as columns; ``decode`` gives equal rows."""
    import pyarrow as pa

    schema = schema_of(batch.kind)
    columns = [_column(batch.rows[field.name], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(values: np.ndarray, arrow_type: "pa.DataType") -> "pa.Array":
    import pyarrow as pa

    if values.dtype.kind == "S":
        return pa.array(values.tolist(), arrow_type)
    flat = np.ascontiguousarray(values).reshape(-1)
    if values.ndim == 1:
        return pa.Array.from_buffers(arrow_type, len(flat), [None, pa.py_buffer(flat)])
    items = pa.Array.from_buffers(arrow_type.value_type, len(flat), [None, pa.py_buffer(flat)])
    return pa.FixedSizeListArray.from_arrays(items, type=arrow_type)


def kind_of(schema: "pa.Schema") -> Kind:
    """The kind a schema is of, its columns checked; further columns are allowed and ignored.

    Raises:
        TapeError: Not written by this codec, of another version, or a column is missing or of another type.
    """
    metadata = schema.metadata or {}
    name, version = (metadata.get(key, b"").decode(errors="replace") for key in (KIND_KEY, VERSION_KEY))
    if name not in KIND_OF:
        raise TapeError(f"not events of this program: kind {name!r}")
    if version != str(VERSION):
        raise TapeError(f"{name}: version {version!r} of the columns, this program reads {VERSION}")
    for field in schema_of(KIND_OF[name]):
        at = schema.get_field_index(field.name)
        if at < 0 and (KIND_OF[name], field.name) in LATER and field.name not in schema.names:
            continue
        if at < 0:
            raise TapeError(f"{name}: column {field.name} is missing, or there twice")
        if schema.field(at).type != field.type:
            raise TapeError(f"{name}: column {field.name} is {schema.field(at).type}, not {field.type}")
    return KIND_OF[name]


def decode(batch: "pa.RecordBatch | pa.Table") -> Batch:
    """The rows of a record batch or table.

    Raises:
        TapeError: As ``kind_of``; or a column has nulls, or strings longer than the event has room for.
    """
    kind = kind_of(batch.schema)
    dtype = DTYPES[kind]
    rows = np.zeros(batch.num_rows, dtype)  # zeros, so that equal events are equal bytes, padding too
    for name in dtype.names or ():
        if (kind, name) in LATER and name not in batch.schema.names:
            continue
        column = batch.column(name)
        column = column if hasattr(column, "buffers") else column.combine_chunks()
        if column.null_count:
            raise TapeError(f"{KIND_NAMES[kind]}: column {name} has {column.null_count} nulls")
        rows[name] = _values(column, dtype[name], f"{KIND_NAMES[kind]}: column {name}")
    return Batch(kind, rows)


def _values(column: "pa.Array | pa.ChunkedArray", dtype: "np.dtype[np.generic]", place: str) -> np.ndarray:
    if dtype.subdtype is not None:
        items = column.flatten()
        if items.null_count:
            raise TapeError(f"{place} has {items.null_count} nulls")
        return items.to_numpy().reshape(-1, dtype.subdtype[1][0])
    if dtype.kind != "S":
        return column.to_numpy()
    texts: list[bytes] = column.to_pylist()
    longest = max(map(len, texts), default=0)
    if longest > dtype.itemsize:
        raise TapeError(f"{place} has {longest} bytes, there is room for {dtype.itemsize}")
    return np.array(texts, dtype)


def checksum(batch: "pa.RecordBatch") -> int:
    """CRC-32 of all values of a record batch of this codec, whatever buffers they lie in."""
    crc = 0
    for column, field in zip(batch.columns, batch.schema, strict=True):
        width = getattr(field.type, "list_size", None)
        if str(field.type) == "binary":
            crc = zlib.crc32(b"\0".join(column.to_pylist()), crc)
        else:
            values = column if width is None else column.flatten()
            crc = zlib.crc32(values.to_numpy(), crc)
    return crc
