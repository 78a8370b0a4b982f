"""Qt begins here: widgets draw states and send commands."""
