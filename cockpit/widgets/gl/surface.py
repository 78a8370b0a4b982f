"""The OpenGL surface: the same composed pixels, held in a texture and drawn by one quad of the viewport.

Only what changed is uploaded: everything after composing, the columns of one candle for a print, nothing for a
crosshair. Text and lines go through ``QPainter``'s OpenGL engine. Qt's own function table is used; PyOpenGL is not.
Drawing the bars themselves by shaders (``rendering.md`` 5) would spare the upload; it is not done here.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final
from weakref import ref

import numpy as np
from PySide6.QtGui import QOffscreenSurface, QOpenGLContext, QPainter, QRegion, QShowEvent, QSurfaceFormat
from PySide6.QtOpenGL import (
    QOpenGLShader,
    QOpenGLShaderProgram,
    QOpenGLTexture,
    QOpenGLVertexArrayObject,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken

from cockpit.errors import CockpitError
from cockpit.units import Floats
from cockpit.widgets.plot.lines import Line
from cockpit.widgets.plot.picture import Picture
from cockpit.widgets.plot.raster import RasterSurface

_TRIANGLE_STRIP: Final = 0x0005
_BLEND: Final = 0x0BE2
_SCISSOR: Final = 0x0C11

# a quad over the whole viewport out of nothing but vertex numbers
_VERTEX: Final = """#version 330 core
void main() {
    gl_Position = vec4(float(gl_VertexID & 1) * 2.0 - 1.0, float(gl_VertexID >> 1) * 2.0 - 1.0, 0.0, 1.0);
}
"""
# pixel for pixel; our first row is the top one, and our bytes are blue, green, red
_FRAGMENT: Final = """#version 330 core
uniform sampler2D pixels;
out vec4 ink;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    at.y = textureSize(pixels, 0).y - 1 - at.y;
    ink = vec4(texelFetch(pixels, at, 0).bgr, 1.0);
}
"""


class GlViewport(QOpenGLWidget):
    """A viewport that counts its contexts: floating and docking may bring a new one.

    Attributes:
        generation: Grows with each new context; whatever was made before is gone then, and old numbers of
            textures may belong to somebody else.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.generation = 0
        self._shown_in: ref[QWidget] | None = None
        wanted = QSurfaceFormat.defaultFormat()
        wanted.setSamples(0)
        wanted.setSwapInterval(0)  # the frame clock paces; with 1 each floating window may wait for its own refresh
        self.setFormat(wanted)

    def initializeGL(self) -> None:
        """A new context."""
        self.generation += 1

    def showEvent(self, event: QShowEvent) -> None:
        """Show in another window than before."""
        super().showEvent(event)
        window = self.window()
        if self._shown_in is not None and self._shown_in() is not window:
            # With shared contexts a QOpenGLWidget that keeps its size on the way to another window stays black
            # (seen with Qt 6.12 on X11); another size makes Qt build its frame buffer anew.
            size = self.size()
            self.resize(size.width(), size.height() + 1)
            self.resize(size)
        self._shown_in = ref(window)


class Resources:
    """What a surface holds in one context: program, vertex array, texture. Ends with the context.

    Raises:
        CockpitError: The driver refuses the shaders.
    """

    def __init__(self) -> None:
        self._context = QOpenGLContext.currentContext()
        # the context ends while its widget is being destroyed: then it needs another surface to be made current
        self._place = QOffscreenSurface()
        self._place.setFormat(self._context.format())
        self._place.create()
        self.program, kinds = QOpenGLShaderProgram(), QOpenGLShader.ShaderTypeBit
        built = self.program.addShaderFromSourceCode(kinds.Vertex, _VERTEX)
        built = built and self.program.addShaderFromSourceCode(kinds.Fragment, _FRAGMENT) and self.program.link()
        if not built:
            said = self.program.log().strip()
            raise CockpitError(f"OpenGL refuses the pane's shaders: {said}; try --renderer raster")
        self.array = QOpenGLVertexArrayObject()
        self.array.create()
        self.texture: QOpenGLTexture | None = None
        self._context.aboutToBeDestroyed.connect(self.release)

    def fit(self, columns: int, rows: int) -> bool:
        """Have a texture of this size; whether it is a new, empty one."""
        if self.texture is not None and (self.texture.width(), self.texture.height()) == (columns, rows):
            return False
        if self.texture is not None:
            self.texture.destroy()
        self.texture = _empty_texture(columns, rows)
        return True

    def release(self) -> None:
        """Give everything back to the driver; the context is about to end."""
        self._context.makeCurrent(self._place)
        if self.texture is not None:
            self.texture.destroy()
            self.texture = None
        self.array.destroy()
        self.program.removeAllShaders()
        self._context.doneCurrent()


class GlSurface(RasterSurface):
    """Pixels of one pane, shown by OpenGL."""

    def __init__(self, viewport: GlViewport) -> None:
        super().__init__()
        self._viewport = viewport
        self._generation = -1
        self._resources: Resources | None = None
        self._old: tuple[int, int] | None = None  # columns the texture lacks

    def resize(self, columns: int, rows: int, ratio: float) -> bool:
        """As ``RasterSurface.resize``."""
        changed = super().resize(columns, rows, ratio)
        if changed:
            self._outdate(0, columns)
        return changed

    def compose(self, picture: Picture, write: Callable[[QPainter], None]) -> None:
        """As ``RasterSurface.compose``."""
        super().compose(picture, write)
        self._outdate(0, self.pixels.shape[1])

    def draw_forming(self, picture: Picture, row: Floats, bar: int, lines: Iterable[Line] = ()) -> None:
        """As ``RasterSurface.draw_forming``."""
        super().draw_forming(picture, row, bar, lines)
        self._outdate_forming()

    def erase_forming(self) -> None:
        """As ``RasterSurface.erase_forming``."""
        self._outdate_forming()
        super().erase_forming()

    def _outdate_forming(self) -> None:
        if self._under is not None:
            left, columns = self._under
            self._outdate(left, left + columns.shape[1])

    def _outdate(self, left: int, right: int) -> None:
        self._old = (left, right) if self._old is None else (min(left, self._old[0]), max(right, self._old[1]))

    def paint(self, painter: QPainter, dirty: QRegion) -> None:
        """Upload what changed and draw the quad; ``painter`` is on the viewport. Errors as ``Resources``."""
        painter.beginNativePainting()
        try:
            resources = self._current()
            self._upload(resources)
            _draw_quad(resources)
        finally:
            painter.endNativePainting()

    def _current(self) -> Resources:
        if self._resources is None or self._generation != self._viewport.generation:
            self._resources = Resources()
            self._generation = self._viewport.generation
        return self._resources

    def _upload(self, resources: Resources) -> None:
        rows, columns = self.pixels.shape
        if resources.fit(columns, rows):
            self._old = (0, columns)
        if self._old is None or resources.texture is None:
            return
        left, right = self._old
        part = np.ascontiguousarray(self.pixels[:, left:right])
        kind, size = QOpenGLTexture.PixelFormat.RGBA, QOpenGLTexture.PixelType.UInt8
        data: Any = Shiboken.VoidPtr(part.ctypes.data)  # the stubs ask for an int, which is taken for null
        resources.texture.setData(left, 0, 0, right - left, rows, 1, kind, size, data)
        self._old = None


def _draw_quad(resources: Resources) -> None:
    if resources.texture is None:
        return
    functions = QOpenGLContext.currentContext().functions()
    functions.glDisable(_BLEND)
    functions.glDisable(_SCISSOR)
    resources.array.bind()
    resources.program.bind()
    resources.texture.bind()
    functions.glDrawArrays(_TRIANGLE_STRIP, 0, 4)
    resources.texture.release()
    resources.program.release()
    resources.array.release()


def _empty_texture(columns: int, rows: int) -> QOpenGLTexture:
    texture = QOpenGLTexture(QOpenGLTexture.Target.Target2D)
    texture.setSize(columns, rows)
    texture.setFormat(QOpenGLTexture.TextureFormat.RGBA8_UNorm)
    texture.setMipLevels(1)
    texture.allocateStorage()
    texture.setMinMagFilters(QOpenGLTexture.Filter.Nearest, QOpenGLTexture.Filter.Nearest)
    return texture
