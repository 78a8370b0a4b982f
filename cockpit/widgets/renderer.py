"""Which renderer: OpenGL on hardware that earns it, else raster; and a way back from an OpenGL that shows nothing.

Order: ``--renderer`` (the caller's), a mark left by an OpenGL start that never showed a frame, the driver's name, a
measured fill rate. Source: ``rendering.md`` 6-8: on a software driver one GL child makes its window 10-75x dearer.
"""

import logging
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QOffscreenSurface, QOpenGLContext, QSurfaceFormat
from PySide6.QtWidgets import QWidget

from cockpit.widgets.layouts import config_folder

if TYPE_CHECKING:
    from PySide6.QtOpenGLWidgets import QOpenGLWidget

log = logging.getLogger(__name__)

GL, RASTER = "gl", "raster"
SOFTWARE: Final = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software", "gdi generic", "basic render")
LEAST_VERSION: Final = (3, 3)
LEAST_GPX_S: Final = 2.0  # llvmpipe reaches 0.4-0.65; names of virtual GPUs say little
MARK: Final = "opengl-start"

_GL_RENDERER: Final = 0x1F01
_GL_COLOR_BUFFER_BIT: Final = 0x4000
_GL_BLEND: Final = 0x0BE2
_GL_ONE: Final = 1
_GL_ONE_MINUS_SRC_ALPHA: Final = 0x0303
_GL_TRIANGLE_STRIP: Final = 0x0005
_SIDE: Final = 1024
_QUADS: Final = 8

_VERTEX: Final = """#version 330 core
void main() {
    gl_Position = vec4(float(gl_VertexID & 1) * 2.0 - 1.0, float(gl_VertexID >> 1) * 2.0 - 1.0, 0.0, 1.0);
}
"""
_FRAGMENT: Final = """#version 330 core
out vec4 ink;
void main() { ink = vec4(0.1, 0.1, 0.1, 0.25); }
"""


def gl_format() -> QSurfaceFormat:
    """3.3 core, no samples, swap interval 0: the frame clock paces, not a window's refresh."""
    wanted = QSurfaceFormat()
    wanted.setVersion(*LEAST_VERSION)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setSamples(0)
    wanted.setSwapInterval(0)
    return wanted


def probe_renderer(folder: Path | None = None) -> tuple[str, str]:
    """``("gl" or "raster", reason)``; the reason is shown in the health panel. Needs the application.

    Args:
        folder: Where the mark of a failed OpenGL start lies; the configuration folder when left out.
    """
    if mark_path(folder).exists():
        return RASTER, "the last start with OpenGL showed no frame; --renderer opengl tries it again"
    context, surface = QOpenGLContext(), QOffscreenSurface()
    context.setFormat(gl_format())
    surface.setFormat(gl_format())
    surface.create()
    if not (context.create() and context.makeCurrent(surface)):
        return RASTER, "no OpenGL context"
    try:
        return _judge(context)
    finally:
        context.doneCurrent()
        surface.destroy()


def _judge(context: QOpenGLContext) -> tuple[str, str]:
    name = str(context.functions().glGetString(_GL_RENDERER))
    version = context.format().version()
    found = f"{name}, OpenGL {version[0]}.{version[1]}"
    if any(word in name.lower() for word in SOFTWARE):
        return RASTER, f"{found}, draws in software"
    if version < LEAST_VERSION:
        return RASTER, f"{found}, too old"
    rate = fill_rate(context)
    if rate is None:
        return RASTER, f"{found}, refuses our shaders"
    said = f"{found}, {rate:.1f} Gpx/s"
    return (GL, said) if rate >= LEAST_GPX_S else (RASTER, f"{said}, too slow")


def fill_rate(context: QOpenGLContext) -> float | None:
    """Gigapixels a second of blended full quads, the second run of two; None when the driver refuses.

    Args:
        context: Current.
    """
    from PySide6.QtOpenGL import (  # noqa: PLC0415  only where there is hardware to measure
        QOpenGLFramebufferObject,
        QOpenGLShader,
        QOpenGLShaderProgram,
        QOpenGLVertexArrayObject,
    )

    program, target, array = (
        QOpenGLShaderProgram(),
        QOpenGLFramebufferObject(_SIDE, _SIDE),
        QOpenGLVertexArrayObject(),
    )
    kinds = QOpenGLShader.ShaderTypeBit
    compiled = program.addShaderFromSourceCode(kinds.Vertex, _VERTEX) and program.addShaderFromSourceCode(
        kinds.Fragment, _FRAGMENT
    )
    if not (compiled and program.link() and target.bind() and array.create()):
        return None
    array.bind()
    program.bind()
    seconds = [_draw_quads(context) for _ in range(2)][-1]
    program.release()
    array.release()
    array.destroy()
    target.release()
    return _QUADS * _SIDE * _SIDE / max(seconds, 1e-6) / 1e9


def _draw_quads(context: QOpenGLContext) -> float:
    calls = context.functions()
    calls.glViewport(0, 0, _SIDE, _SIDE)
    calls.glClear(_GL_COLOR_BUFFER_BIT)
    calls.glEnable(_GL_BLEND)
    calls.glBlendFunc(_GL_ONE, _GL_ONE_MINUS_SRC_ALPHA)
    calls.glFinish()
    started = perf_counter()
    for _ in range(_QUADS):
        calls.glDrawArrays(_GL_TRIANGLE_STRIP, 0, 4)
    calls.glFinish()
    return perf_counter() - started


def mark_path(folder: Path | None = None) -> Path:
    """The file that says an OpenGL start is under way."""
    return (folder or config_folder()) / MARK


def make_gl_window(window: QWidget, folder: Path | None = None) -> "QOpenGLWidget":
    """Make the window a GL window before it is shown, and prove that it shows frames.

    The first GL child of a shown window would replace its native window, 70-130 ms and a flicker
    (``rendering.md`` 7). Leaves a mark that goes with the first frame on the screen; a start that dies or hangs
    before leaves it behind, and the next one draws raster.
    """
    from PySide6.QtOpenGLWidgets import QOpenGLWidget  # noqa: PLC0415  raster mode never loads it

    QSurfaceFormat.setDefaultFormat(gl_format())
    anchor = QOpenGLWidget(window)
    anchor.setGeometry(0, 0, 1, 1)
    path = mark_path(folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("removed when the first OpenGL frame was shown\n", encoding="utf-8")
    except OSError as error:
        log.warning("no mark for the OpenGL start: %s", error)
    anchor.frameSwapped.connect(lambda: path.unlink(missing_ok=True))
    return anchor
