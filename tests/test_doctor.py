"""The doctor says what is there, what is not, and what to do; it never falls over."""

from datetime import date
from pathlib import Path

import pytest

from cockpit import doctor
from cockpit.doctor import Check, checks, qt_report

NAMES = ["Python", "Qt", "Display", "OpenGL", "Fonts", "Disk", "Time zones", "Calendars", "Kernel cache"]


def test_a_machine_that_runs_the_tests_is_healthy() -> None:
    found = checks()
    assert [check.name for check in found] == NAMES
    assert [check for check in found if not check.ok and check.name not in ("Disk", "Calendars")] == []
    assert all(check.found for check in found)
    assert all((check.advice is None) == check.ok for check in found)


def test_without_a_display_the_rest_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")
    found = {check.name: check for check in checks()}
    assert not found["Display"].ok
    assert "DISPLAY=:4711" in found["Display"].found
    assert found["Qt"].ok
    assert found["Fonts"].ok
    assert found["OpenGL"].found == "not tried: no display"


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"renderer": None, "gl": None}, "raster"),
        ({"renderer": "llvmpipe (LLVM 15)", "gl": "4.5"}, "software"),
        ({"renderer": "NVIDIA H200", "gl": "4.6"}, "hardware"),
    ],
)
def test_software_and_missing_drivers_are_named_and_no_fault(report: dict[str, object], said: str) -> None:
    check = doctor._opengl(report)
    assert check.ok
    assert said in check.found


def test_fonts_that_cannot_be_read_are_named() -> None:
    check = doctor._fonts({"families": ["Inter"], "failed_fonts": ["Inter-Bold.otf"]})
    assert not check.ok
    assert "Inter-Bold.otf" in check.found


@pytest.mark.parametrize(
    ("today", "ok", "said"),
    [
        (date(2025, 6, 1), True, "to 2026-12-31"),
        (date(2026, 12, 20), False, "runs out"),
        (date(2027, 1, 2), False, "ran out"),
    ],
)
def test_a_calendar_table_that_runs_out_is_told_a_month_before(today: date, ok: bool, said: str) -> None:
    check = doctor._calendars(today, lambda: (date(2010, 1, 1), date(2026, 12, 31), date(2025, 1, 1)))
    assert check.ok is ok
    assert said in check.found


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "FREE_BYTES", 10**18)
    check = doctor._disk(tmp_path / "not" / "yet" / "there")
    assert not check.ok
    assert str(tmp_path) in check.found


def test_the_kernel_cache_is_looked_for_where_numba_would_put_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels"))
    assert doctor._kernel_cache().found.endswith(str(tmp_path / "kernels"))
    assert doctor._kernel_cache().ok
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "kernels"))
    assert not doctor._kernel_cache().ok


def test_qt_that_does_not_start_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    report = qt_report({"QT_QPA_PLATFORM": "no-such-platform"})
    assert list(report) == ["error"]
    assert "no-such-platform" in report["error"]
    assert not doctor._qt(report).ok


def test_advice_is_for_what_is_wrong() -> None:
    assert Check("Disk", True, "plenty", "free some").advice is None
    assert Check("Disk", False, "little", "free some").advice == "free some"
