"""Speeds of a replay as people type them."""

import math
from typing import Final

from cockpit.errors import ConfigError

SLOWEST: Final = 0.1
FASTEST: Final = 1000.0


def parse_speed(text: str) -> float:
    """Multiple of real time, 0.1 to 1000; ``max`` is infinity.

    Raises:
        ConfigError: Neither.
    """
    if text == "max":
        return math.inf
    try:
        speed = float(text)
    except ValueError as error:
        raise ConfigError(f"--speed takes a number or max, not {text!r}") from error
    if not SLOWEST <= speed <= FASTEST:
        raise ConfigError(f"--speed {text}: {SLOWEST:g} to {FASTEST:g}, or max")
    return speed
