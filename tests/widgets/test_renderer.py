"""The choice of the renderer, and the way back from an OpenGL that shows nothing."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QOpenGLContext

from cockpit.widgets import renderer
from cockpit.widgets.renderer import GL, RASTER, mark_path, probe_renderer


class Functions:
    """What is asked of a context's functions: the name of what draws."""

    def __init__(self, name: str) -> None:
        self._name = name

    def glGetString(self, which: int) -> str:
        assert which == 0x1F01
        return self._name


class Context:
    """A context of a given driver."""

    def __init__(self, name: str, version: tuple[int, int]) -> None:
        self._name, self._version = name, version

    def functions(self) -> Functions:
        return Functions(self._name)

    def format(self) -> "Context":
        return self

    def version(self) -> tuple[int, int]:
        return self._version


@pytest.mark.parametrize(
    ("name", "version", "rate", "expected", "word"),
    [
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", (4, 6), 60.0, GL, "60.0 Gpx/s"),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", (4, 6), 5.2, GL, "Intel"),
        ("llvmpipe (LLVM 15.0.6, 256 bits)", (4, 5), 60.0, RASTER, "software"),
        ("softpipe", (3, 3), 60.0, RASTER, "software"),
        ("Google SwiftShader", (3, 3), 60.0, RASTER, "software"),
        ("GDI Generic", (1, 1), 60.0, RASTER, "software"),
        ("Microsoft Basic Render Driver", (4, 1), 60.0, RASTER, "software"),
        ("Mesa DRI Intel(R) 945GM", (2, 1), 60.0, RASTER, "too old"),
        ("virgl (something)", (4, 3), 1.4, RASTER, "too slow"),
        ("Unknown", (3, 3), None, RASTER, "refuses"),
    ],
)
def test_the_driver_decides(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    version: tuple[int, int],
    rate: float | None,
    expected: str,
    word: str,
) -> None:
    monkeypatch.setattr(renderer, "fill_rate", lambda context: rate)
    found, reason = renderer._judge(Context(name, version))  # type: ignore[arg-type]
    assert found == expected
    assert word in reason
    assert name in reason


def test_a_mark_of_a_start_that_showed_nothing_means_raster_and_says_so(qapp: Any, tmp_path: Path) -> None:
    mark_path(tmp_path).write_text("", encoding="utf-8")
    found, reason = probe_renderer(tmp_path)
    assert found == RASTER
    assert "showed no frame" in reason
    assert "--renderer opengl" in reason


def test_without_any_opengl_it_is_raster(qapp: Any, tmp_path: Path) -> None:
    if QOpenGLContext().create():
        pytest.skip("the offscreen platform has OpenGL here")
    assert probe_renderer(tmp_path) == (RASTER, "no OpenGL context")
