"""OpenGL drawing of market panes; imported only when the renderer is OpenGL."""
