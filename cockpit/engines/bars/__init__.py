"""Bars: intervals, where they begin and end, and how prints or finer bars become bars."""
