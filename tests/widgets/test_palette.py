"""What the palette offers first."""

from cockpit.widgets.palette import Entry, offered


def nothing() -> None:
    """Do nothing."""


ENTRIES = (
    Entry("play", "Replay", "Play or pause", nothing, "Space"),
    Entry("stop", "Replay", "Play the end", nothing, usable=False, word="open a recording first"),
    Entry("float", "Panes", "Float the pane", nothing, "; f"),
    Entry("plain", "Panes", "Play the pane", nothing),
)


def ids(typed: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [entry.id for entry, _ in offered(typed, ENTRIES, recent)]


def test_with_nothing_typed_the_used_ones_come_first_then_what_can_be_done_now() -> None:
    assert ids("", ("float", "plain")) == ["float", "plain", "play", "stop"]


def test_a_better_fit_beats_a_recent_one() -> None:
    assert ids("float", ("play",)) == ["float"]
    assert ids("pla", ("plain",))[0] == "plain"


def test_words_may_come_in_any_order() -> None:
    assert ids("pane float") == ["float"]
    assert ids("xyz") == []
