"""The depth curve: where prices and sizes are on it, and what is painted."""
