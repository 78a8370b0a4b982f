"""One module per panel; each ends with its ``PanelSpec``."""
