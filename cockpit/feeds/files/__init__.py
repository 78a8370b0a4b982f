"""Readers of recorded files: sniffed by content, decoded to arrays, honest about what was lost."""
