"""The data-health panel: what it says, and how it is laid out."""
