"""What is told of a hop's latency: quantiles. Apart from ``latency.py``, for screens load no kernels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spans:
    """Quantiles of a hop.

    Attributes:
        count: Spans they rest on.
        p50_ns, p95_ns, p99_ns: At most 9.1 % above the exact ones and never below; at least a microsecond.
        early: Rows whose arrival lies before their departure since the beginning: two clocks that disagree.
    """

    count: int
    p50_ns: int
    p95_ns: int
    p99_ns: int
    early: int = 0
