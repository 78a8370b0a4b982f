"""The depth surface: where its corners are on the screen, and the kernel that paints it."""
