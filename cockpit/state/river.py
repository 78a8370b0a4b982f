"""What the state needs of the river, without knowing where it rises (feeds and state never meet)."""

from typing import Any, Protocol

from cockpit.events.market import Slice
from cockpit.instruments import Registry


class River(Protocol):
    """A merged, seekable stream of events; ``cockpit.feeds.river.River`` is one."""

    @property
    def registry(self) -> Registry:
        """Instruments in id order."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What its sources lost or doubt so far."""
        ...

    def is_ready(self) -> bool:
        """Whether the next events can be taken without reading for long; asking reads a little."""
        ...

    def take(self, limit: int, until_ns: int | None = None) -> Slice | None:
        """The next events with clock <= until_ns, at most ``limit``; empty when none is due; None at the end."""
        ...

    def next_clock_ns(self) -> int | None:
        """Clock of the next event; None at the end."""
        ...

    def mark(self) -> Any:
        """The exact position."""
        ...

    def restore(self, mark: Any) -> None:
        """Go back or forth to a marked position."""
        ...
