"""How panels write a signed figure, and a tooltip of several sentences. No Qt."""

import textwrap

from cockpit.instruments import DASH, MINUS


def signed(value: float | None) -> str:
    """``+0.34``, ``−0.06``, ``0.00``; an en dash for None."""
    if value is None:
        return DASH
    text = f"{abs(value):.2f}"
    if text == "0.00":
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def told(*texts: str, width: int) -> str:
    """Each text broken into lines of at most ``width`` characters; empty ones are left out."""
    return "\n".join(textwrap.fill(text, width) for text in texts if text)
