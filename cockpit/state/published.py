"""The latest value of a state, and how often it changed. Nobody pushes: the screen compares versions."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Published(Generic[T]):  # noqa: UP046  the [T] form needs Python 3.12
    """One panel's state: the latest value and its version.

    Only the owner of the state calls ``publish``; widgets read ``value`` and ``version``.
    """

    __slots__ = ("_value", "_version")

    def __init__(self, value: T) -> None:
        self._value = value
        self._version = 0

    @property
    def value(self) -> T:
        """The latest value; frozen, never changed after it was published."""
        return self._value

    @property
    def version(self) -> int:
        """Grows by one at each publication; 0 before the first."""
        return self._version

    def publish(self, value: T) -> None:
        """Replace the value."""
        self._value = value
        self._version += 1
