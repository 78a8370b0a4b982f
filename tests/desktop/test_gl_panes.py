"""A pane drawn by OpenGL shows the composed pixels, and goes on showing them from window to window."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.virtual_desktop import VirtualDesktop

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("contexts", ["share", "apart"])
def test_an_opengl_pane_shows_its_pixels_wherever_it_is_moved(desktop: VirtualDesktop, contexts: str) -> None:
    program = [sys.executable, "-X", "faulthandler", "-m", "tests.desktop.gl_program", contexts]
    child = desktop.spawn(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    out, said = child.communicate(timeout=120)
    assert child.returncode == 0, said.decode()
    told = json.loads(out)
    assert told["moves"] == [1.0] * 7
    assert told["changes"] == [1.0, 1.0]
    assert said.decode() == ""  # no complaint of Qt, not even when everything ends
