"""Queue, waits and words: the parts of a live feed that need no venue."""

import random

import pytest

from cockpit.events.links import LinkCounts, LinkFacts, LinkState
from cockpit.feeds.backoff import Backoff
from cockpit.feeds.queue import ArrivalQueue
from cockpit.feeds.session import Sort, Ticket
from cockpit.feeds.transport import USUAL_WAIT_S, is_loopback, wait_of

DEPTH, MARK, ANSWER = (
    Ticket("btcusdt@depth", Sort.FLOW),
    Ticket("btcusdt@markPrice", Sort.LEVEL),
    Ticket("", Sort.CONTROL),
)


def drained(queue: ArrivalQueue) -> list[str | bytes]:
    found = []
    while (each := queue.get()) is not None:
        found.append(each.payload)
    return found


def test_a_level_that_waits_is_replaced_by_its_next_and_flow_is_not() -> None:
    queue = ArrivalQueue()
    for payload, ticket in (("m1", MARK), ("d1", DEPTH), ("m2", MARK), ("d2", DEPTH)):
        queue.put(payload, 1, ticket)
    assert drained(queue) == ["d1", "m2", "d2"]
    assert (queue.conflated, queue.dropped) == (1, 0)


def test_a_full_queue_drops_the_flow_that_waits_tells_of_it_and_keeps_the_rest() -> None:
    queue = ArrivalQueue(4)
    for payload, ticket in (("m", MARK), ("a", ANSWER), ("d1", DEPTH), ("d2", DEPTH)):
        assert queue.put(payload, 1, ticket)
    assert not queue.put("d3", 7, DEPTH)
    assert queue.overflowed() == {"btcusdt@depth": 7}
    assert queue.overflowed() == {}
    assert drained(queue) == ["m", "a", "d3"]
    assert (queue.dropped, queue.bursts) == (2, 1)


def test_waits_grow_to_a_cap_and_are_spread_over_their_whole_length() -> None:
    most = Backoff(lambda: 1.0, first_s=0.5, cap_s=60.0)
    assert [most.next_s() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    most.reset()
    assert most.next_s() == 0.5
    spread = Backoff(random.Random(1).random)
    waits = [spread.next_s() for _ in range(400)]
    assert all(0 <= each <= 60 for each in waits)
    assert min(waits[20:]) < 3
    assert max(waits[20:]) > 57


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0", 0.0), (None, USUAL_WAIT_S), ("soon", USUAL_WAIT_S), ("-5", USUAL_WAIT_S),
     ("9" * 30, USUAL_WAIT_S),
     ("999999999", 259_200.0), ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float) -> None:
    assert wait_of(header, 10.0) == seconds


def test_loopback_is_told_from_the_world() -> None:
    assert all(map(is_loopback, ("http://127.0.0.1:1/x", "ws://localhost", "http://[::1]:5")))
    assert not any(map(is_loopback, ("https://fapi.binance.com", "http://10.0.0.1", "http://127.0.0.1.nip.io", "")))


def test_facts_are_told_in_words() -> None:
    at = 1_760_000_000 * 10**9
    waits = LinkFacts("x", LinkState.BACKOFF, "connection refused", at, at + 4 * 10**9, 4 * 10**9)
    assert waits.words == "BACKOFF 4.0 s: connection refused"
    banned = LinkFacts("x", LinkState.BANNED, "", at, at)
    assert banned.words == "BANNED until 08:53:20 UTC"
    assert LinkFacts("x", LinkState.LIVE).words == "LIVE"
    assert LinkFacts("x", LinkState.LIVE, skew_ns=-1_270_000_000).skew_words == (
        "clock skew of 1,270 ms: this machine is behind the venue"
    )
    assert LinkFacts("x", LinkState.LIVE, skew_ns=5_000_000).skew_words == ""
    assert LinkCounts(messages=5, old_snapshots=1).told() == (("messages", 5), ("old snapshots", 1))
