"""Drawing of the depth ladder: glyph atlas, pixel kernel, geometry. The panel is ``panels/ladder.py``."""
