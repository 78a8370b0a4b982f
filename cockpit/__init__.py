"""Cockpit: a native desktop trading cockpit. One river of events, one clock."""

__version__ = "0.1.0"
