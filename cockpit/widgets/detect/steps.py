"""The next larger and smaller value of a rule's parameter, as text. No Qt."""

import re
from typing import Final

FACTOR: Final = 1.25
HALF: Final = 0.5  # from here to 1 a number is a share: what is missing to 1 shrinks
_VALUE: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?P<unit>\s*[a-z]*)")


def stepped(text: str, by: int, *, is_whole: bool) -> str:
    """``3`` -> ``3.75``, ``0.99`` -> ``0.992``, ``5 s`` -> ``6.25 s``; whole numbers by one, from 0 up.

    Args:
        text: A value as ``TuningView.settings`` has it; anything else is given back.
        by: 1 or -1.
    """
    match = _VALUE.fullmatch(text)
    if match is None:
        return text
    number, unit = float(match["number"]), match["unit"]
    if is_whole and not unit:
        return f"{max(number + by, 0):.15g}"
    return f"{_moved(number, by, is_share=not unit):.4g}{unit}"


def _moved(number: float, by: int, *, is_share: bool) -> float:
    if number == 0:
        return 1.0 if by > 0 else 0.0
    if is_share and HALF <= number < 1:
        return 1.0 - (1.0 - number) * FACTOR**-by
    return number * FACTOR**by
