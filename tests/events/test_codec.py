"""Events as Arrow and back: every bit of every field, and nothing that is not one of ours."""

import io
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cockpit.errors import TapeError
from cockpit.events import codec
from cockpit.events.dtypes import DTYPES, KIND_NAMES, Kind
from cockpit.events.market import Batch
from tests.feeds.rows import same_rows

EDGES = {
    "f": [np.nan, np.inf, -np.inf, -0.0, 5e-324],
    "S": [b"", b"ESH4.GLBX", b"SPXW 250919C06500000.OPRA", b"a\0b", b"\xff\xfe"],
}


def filled(kind: Kind, n: int, seed: int = 0) -> np.ndarray:
    """Rows with any bits at all, and the edges of every type."""
    rng = np.random.default_rng(seed)
    rows = np.zeros(n, DTYPES[kind])
    for name in rows.dtype.names or ():
        column = rows[name]
        if column.dtype.kind in EDGES:
            rows[name] = np.resize(np.array(EDGES[column.dtype.kind], column.dtype), column.shape)
            continue
        info = np.iinfo(column.dtype)
        rows[name] = rng.integers(info.min, info.max, column.shape, column.dtype, endpoint=True)
        column[:1], column[1:2] = info.min, info.max
    return rows


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("n", [0, 1, 100])
def test_rows_come_back_to_the_bit(kind: Kind, n: int) -> None:
    rows = filled(kind, n)
    back = codec.decode(codec.encode(Batch(kind, rows)))
    assert back.kind is kind
    assert same_rows(back.rows, rows)


@pytest.mark.parametrize("kind", Kind)
def test_rows_come_back_out_of_a_parquet_file(kind: Kind) -> None:
    rows, file = filled(kind, 50), io.BytesIO()
    batch = codec.encode(Batch(kind, rows))
    pq.write_table(pa.Table.from_batches([batch]), file, row_group_size=20)
    table = pq.read_table(pa.BufferReader(file.getvalue()))
    assert same_rows(codec.decode(table).rows, rows)
    assert codec.checksum(table.combine_chunks().to_batches()[0]) == codec.checksum(batch)


@pytest.mark.parametrize("kind", Kind)
def test_a_part_of_a_batch_is_that_part(kind: Kind) -> None:
    rows = filled(kind, 30)
    part = codec.encode(Batch(kind, rows)).slice(7, 11)
    assert same_rows(codec.decode(part).rows, rows[7:18])
    assert codec.checksum(part) == codec.checksum(codec.encode(Batch(kind, rows[7:18])))


def test_rows_of_a_strided_view_are_encoded_as_they_look() -> None:
    rows = filled(Kind.MBP, 30)
    assert same_rows(codec.decode(codec.encode(Batch(Kind.MBP, rows[::3]))).rows, rows[::3])


@pytest.mark.parametrize("kind", Kind)
def test_the_checksum_sees_every_field(kind: Kind) -> None:
    rows = filled(kind, 10)
    seen = {codec.checksum(codec.encode(Batch(kind, rows)))}
    for name in rows.dtype.names or ():
        other = rows.copy()
        flat = other[name].reshape(-1)
        flat[-1] = b"x" if flat.dtype.kind == "S" else 3 if flat[-1] != 3 else 4
        other[name] = flat.reshape(other[name].shape)
        seen.add(codec.checksum(codec.encode(Batch(kind, other))))
    assert len(seen) == 1 + len(rows.dtype.names or ())


def test_equal_events_are_equal_bytes_whatever_stood_in_the_padding() -> None:
    dirty = np.frombuffer(b"\xaa" * DTYPES[Kind.MBO].itemsize * 4, DTYPES[Kind.MBO])
    clean = np.zeros(4, DTYPES[Kind.MBO])
    for name in dirty.dtype.names or ():
        clean[name] = dirty[name]
    assert codec.decode(codec.encode(Batch(Kind.MBO, dirty))).rows.tobytes() == clean.tobytes()


def batch_of(kind: Kind = Kind.MBP) -> pa.RecordBatch:
    return codec.encode(Batch(kind, filled(kind, 5)))


def without(batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    keep = [at for at, field in enumerate(batch.schema) if field.name != name]
    schema = pa.schema([batch.schema.field(at) for at in keep], batch.schema.metadata)
    return pa.RecordBatch.from_arrays([batch.column(at) for at in keep], schema=schema)


def with_column(batch: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    at = batch.schema.get_field_index(name)
    schema = batch.schema.set(at, pa.field(name, column.type))
    return pa.RecordBatch.from_arrays([*batch.columns[:at], column, *batch.columns[at + 1 :]], schema=schema)


@pytest.mark.parametrize("name", DTYPES[Kind.MBP].names or ())
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(TapeError, match=f"mbp: column {name} is missing"):
        codec.decode(without(batch_of(), name))


@pytest.mark.parametrize("name", DTYPES[Kind.MBP].names or ())
def test_a_column_of_another_type_is_named(name: str) -> None:
    with pytest.raises(TapeError, match=f"mbp: column {name} is string, not"):
        codec.decode(with_column(batch_of(), name, pa.array(["x"] * 5)))


def test_a_further_column_is_ignored() -> None:
    batch = batch_of(Kind.TRADE)
    wider = batch.append_column("note", pa.array(["x"] * 5)).replace_schema_metadata(batch.schema.metadata)
    assert same_rows(codec.decode(wider).rows, codec.decode(batch).rows)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (None, "kind ''"),
        ({codec.KIND_KEY: b"soup", codec.VERSION_KEY: b"1"}, "kind 'soup'"),
        ({codec.KIND_KEY: b"\xff", codec.VERSION_KEY: b"1"}, "not events"),
        ({codec.KIND_KEY: b"mbp", codec.VERSION_KEY: b"2"}, "version '2' of the columns, this program reads 1"),
        ({codec.KIND_KEY: b"mbp"}, "version ''"),
    ],
)
def test_an_unknown_kind_or_version_is_refused(metadata: dict[bytes, bytes] | None, said: str) -> None:
    with pytest.raises(TapeError, match=said):
        codec.decode(batch_of().replace_schema_metadata(metadata))


def test_nulls_and_too_long_strings_are_refused() -> None:
    with pytest.raises(TapeError, match="column size has 1 nulls"):
        codec.decode(with_column(batch_of(), "size", pa.array([1, 2, None, 4, 5], pa.int64())))
    definition = batch_of(Kind.DEFINITION)
    with pytest.raises(TapeError, match="column asset has 17 bytes, there is room for 16"):
        codec.decode(with_column(definition, "asset", pa.array([b"a" * 17] * 5)))


def test_the_columns_carry_the_names_of_the_fields() -> None:
    for kind in Kind:
        assert tuple(codec.schema_of(kind).names) == DTYPES[kind].names
        assert codec.kind_of(codec.schema_of(kind)) is kind
        assert codec.KIND_OF[KIND_NAMES[kind]] is kind


def test_nothing_is_paid_for_arrow_before_it_is_used() -> None:
    modules = "cockpit.events.codec, cockpit.feeds.river, cockpit.feeds.tape.reader, cockpit.feeds.tape.recorder"
    code = f"import sys, {modules}; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_column_that_came_later_is_zero_in_older_tapes() -> None:
    rows = filled(Kind.QUOTE, 5)
    older = codec.encode(Batch(Kind.QUOTE, rows)).drop_columns(["update_id"])
    back = codec.decode(older)
    assert (back.rows["update_id"] == 0).all()
    for name in set(DTYPES[Kind.QUOTE].names or ()) - {"update_id"}:
        assert (back.rows[name] == rows[name]).all()
