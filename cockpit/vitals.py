"""What this process takes of the machine: resident memory and its slope, open handles, where it is told."""

import os
import sys
from typing import Final

import numpy as np

from cockpit.units import NS_PER_HOUR, NS_PER_S

SAMPLE_NS: Final = 10 * NS_PER_S
SAMPLES: Final = 360  # an hour
SETTLED_NS: Final = 60 * NS_PER_S  # what a start takes is no growth
KNOWN_AFTER_NS: Final = 300 * NS_PER_S  # a slope over less is noise
HANDLES_NS: Final = NS_PER_S  # counting them costs a tenth of a millisecond


class Growth:
    """Slope of memory over the last hour: least squares over a ring of samples, one every ten seconds."""

    def __init__(self) -> None:
        self._at = np.zeros(SAMPLES)
        self._mb = np.zeros(SAMPLES)
        self._taken = 0
        self._first_ns: int | None = None
        self._last_ns = 0

    def take(self, at_ns: int, mb: float) -> None:
        """Note the memory at a steady time; more often than every ten seconds it changes nothing."""
        if self._first_ns is None:
            self._first_ns = at_ns
        if at_ns - self._first_ns < SETTLED_NS or (self._taken and at_ns - self._last_ns < SAMPLE_NS):
            return
        place = self._taken % SAMPLES
        self._at[place], self._mb[place] = at_ns / NS_PER_HOUR, mb
        self._taken += 1
        self._last_ns = at_ns

    def per_hour(self) -> float | None:
        """MB an hour; None before five minutes were seen."""
        count = min(self._taken, SAMPLES)
        at, mb = self._at[:count], self._mb[:count]
        if count < 2 or float(at.max() - at.min()) * NS_PER_HOUR < KNOWN_AFTER_NS:
            return None
        at = at - at.mean()
        return float((at * (mb - mb.mean())).sum() / (at * at).sum())


class Vitals:
    """Reads them, each no more often than is cheap."""

    def __init__(self) -> None:
        self._growth = Growth()
        self._handles: int | None = None
        self._counted_ns: int | None = None

    def read(self, at_ns: int) -> dict[str, float | None]:
        """``memory_mb``, ``memory_growth`` (MB an hour), ``handles``; None where the platform does not tell."""
        memory = resident_mb()
        if memory is not None:
            self._growth.take(at_ns, memory)
        if self._counted_ns is None or at_ns - self._counted_ns >= HANDLES_NS:
            self._handles, self._counted_ns = open_handles(), at_ns
        return {"memory_mb": memory, "memory_growth": self._growth.per_hour(), "handles": self._handles}


def resident_mb() -> float | None:
    """Resident memory of this process in MB; None where the platform does not tell cheaply."""
    if not sys.platform.startswith("linux"):
        return None
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    return pages * 4096 / 1e6


def open_handles() -> int | None:
    """Files, sockets and pipes this process holds open; None where the platform does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    return len(os.listdir("/proc/self/fd")) - 1  # the listing's own
