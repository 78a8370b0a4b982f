"""What failed and is left out until somebody starts it again: one panel's bug must not stop the others.

Engines are contained in the router; here it is what makes the states of the screen, and panels that cannot draw.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from cockpit.instants import clock_text
from cockpit.state.views import Freshness, Head

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something stopped, and when: clock of the data, ns; None before there was any."""

    reason: str
    since_ns: int | None

    def text(self, name: str) -> str:
        """``chart.1: ValueError: no bars, since 18:31:07``."""
        return f"{name}: {self.reason}{since_text(self.since_ns)}"


def since_text(since_ns: int | None) -> str:
    """``, since 18:31:07``; empty when it is not known."""
    return "" if since_ns is None else f", since {clock_text(since_ns)}"


class Quarantine:
    """Runs what may fail by name; what failed is not run again before it is released.

    Args:
        tell: Told once a failure: name and what was raised.
    """

    def __init__(self, tell: Callable[[str, Fault], None]) -> None:
        self._tell = tell
        self.faults: dict[str, Fault] = {}

    def run(self, name: str, make: Callable[[], T], now_ns: int | None) -> T | None:
        """What ``make`` gives; None when it failed, now or before."""
        if name in self.faults:
            return None
        try:
            return make()
        except Exception as error:  # noqa: BLE001  one panel's bug must not stop the others; told once, shown in place
            log.exception("%s stopped", name)
            self.note(name, f"{type(error).__name__}: {error}", now_ns)
            return None

    def note(self, name: str, reason: str, now_ns: int | None) -> None:
        """Something failed elsewhere."""
        if name not in self.faults:
            self.faults[name] = Fault(reason, now_ns)
            self._tell(name, self.faults[name])

    def release(self, name: str | None = None) -> bool:
        """Let it, or everything, run again; False when nothing was stopped."""
        names = list(self.faults) if name is None else [each for each in self.faults if each.split(" ")[0] == name]
        for each in names:
            del self.faults[each]
        return bool(names)

    def head(self, name: str, before: Head, now_ns: int) -> Head:
        """The header of a panel that stopped."""
        fault = self.faults[name]
        age = None if fault.since_ns is None else max(now_ns - fault.since_ns, 0)
        reason = f"Stopped{since_text(fault.since_ns)}: {fault.reason}"
        return replace(before, freshness=Freshness.FAILED, age_ns=age, reason=reason)
