"""Parts of the VIX gauge: words, places, ring, term structure. The panel is ``panels/vix.py``."""
