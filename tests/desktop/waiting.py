"""Waiting for something to become true, with a deadline and a name; nothing here waits a fixed time."""

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

POLL_S: Final = 0.02
LIMIT_S: Final = 60.0  # the first window of a fresh machine with two busy cores: nothing of Qt is in memory yet

_T = TypeVar("_T")
_pause = threading.Event()


def wait_until(condition: Callable[[], _T], what: str | Callable[[], str], limit_s: float = LIMIT_S) -> _T:
    """Ask until the answer is true, and return it.

    Raises:
        AssertionError: It did not become true in time; names ``what`` and the last answer.
    """
    end = time.monotonic() + limit_s
    while not (answer := condition()):
        if time.monotonic() > end:
            name = what if isinstance(what, str) else what()
            raise AssertionError(f"waited {limit_s:g} s in vain for {name}; last answer: {answer!r}")
        _pause.wait(POLL_S)
    return answer
