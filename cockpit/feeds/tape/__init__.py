"""Tapes: every event of a run in a folder of Arrow files. ``recorder`` writes, ``reader`` opens, ``seal`` packs."""
