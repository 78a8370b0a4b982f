"""Words about workspaces that keys, menus and the palette share: what a name is asked for, kinds of entries."""

from typing import Final

NEW: Final = "new"
COPY: Final = "duplicate"
RENAME: Final = "rename"
WORKSPACE: Final = "Workspace"  # kinds of palette entries
VERSION: Final = "Version"
CAPTIONS: Final = {NEW: "New workspace", COPY: "Copy of {}", RENAME: "Rename {}"}
