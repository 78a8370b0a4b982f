"""Large text tables as whole numbers: exact, and with every bad line and field left out by itself."""

import gzip
from pathlib import Path

import pytest

from cockpit.errors import SourceError
from cockpit.feeds.files.columns import MISSING, Columns, read_columns
from cockpit.feeds.files.losses import Losses


def table(tmp_path: Path, text: str, **how: object) -> tuple[Columns, Losses]:
    path, losses = tmp_path / "table.csv", Losses()
    path.write_bytes(text.encode())
    return read_columns(path, losses, **how), losses  # type: ignore[arg-type]


def test_decimals_become_exact_whole_numbers_of_a_billionth(tmp_path: Path) -> None:
    found, _ = table(tmp_path, "a\n163.34\n-0.000000001\n60945.36135398\n1e-5\n185.0\n")
    assert found.nanos("a").tolist() == [163_340_000_000, -1, 60_945_361_353_980, 10_000, 185_000_000_000]


def test_a_field_that_is_no_number_is_missing_and_the_others_stay(tmp_path: Path) -> None:
    found, _ = table(tmp_path, "a,b\n1,10064685.0\n,2\nx,2.5\nnan,1e30\n1e40, 7 \n0.0000000001,-3\n")
    assert found.nanos("a").tolist() == [10**9, MISSING, MISSING, MISSING, MISSING, MISSING]
    assert found.whole("b").tolist() == [10_064_685, 2, MISSING, MISSING, 7, -3]


def test_times_finer_than_a_nanosecond_can_be_cut(tmp_path: Path) -> None:
    found, _ = table(tmp_path, "a\n35821.088778456004\n")
    assert found.nanos("a").tolist() == [MISSING]
    assert found.nanos("a", cut=True).tolist() == [35_821_088_778_456]


def test_instants_are_read_with_their_offset_or_not_at_all(tmp_path: Path) -> None:
    good = "2025-07-17T07:05:09.035793433Z"
    found, _ = table(tmp_path, f"a\n{good}\n")
    assert found.instants("a").tolist() == [1_752_735_909_035_793_433]
    found, _ = table(tmp_path, f"a\n{good}\n2025-07-17T07:05:09.035793433\n2025-02-30T00:00:00Z\nnever\n")
    assert found.instants("a").tolist() == [1_752_735_909_035_793_433, MISSING, MISSING, MISSING]


def test_lines_keep_their_numbers_when_others_are_lost(tmp_path: Path) -> None:
    found, losses = table(tmp_path, "a,b\n1,2\n3\n\n4,5\n6,7,8\n9,10\n")
    assert found.whole("a").tolist() == [1, 4, 9]
    assert found.lines.tolist() == [2, 5, 7]
    assert found.lost.tolist() == [3, 6]
    assert losses.lines() == ("2 × line without 2 fields dropped (first: line 3)",)


def test_line_ends_of_windows_and_a_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    found, losses = table(tmp_path, "\ufeffa,b\r\n1,2\r\n3,4\r\n")
    assert (found.names, found.whole("b").tolist(), losses.lines()) == (("a", "b"), [2, 4], ())


def test_a_cut_last_line_is_said_and_a_torn_one_left_out(tmp_path: Path) -> None:
    found, losses = table(tmp_path, "a\n1\n23")
    assert found.whole("a").tolist() == [1, 23]
    assert "last line has no end" in losses.lines()[0]
    path = tmp_path / "torn.csv.gz"
    whole = gzip.compress(b"a\n" + b"".join(b"%d\n" % n for n in range(100_000)), mtime=0)
    path.write_bytes(whole[: len(whole) // 2])
    torn = read_columns(path, Losses())
    values = torn.whole("a").tolist()
    assert torn.torn is not None
    assert values == list(range(len(values)))
    assert len(values) > 1000


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    for text in ("a,b\n", "a,b\n1\n", "a,b\n\n\n"):
        with pytest.raises(SourceError, match="no row that could be read"):
            table(tmp_path, text)
