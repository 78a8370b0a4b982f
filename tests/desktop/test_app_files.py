"""Opening things in a real window: the chooser, the dialog, a file that is none, and one that is cut."""

from collections.abc import Callable
from pathlib import Path

from tests.desktop.drive import Cockpit
from tests.desktop.seat import Seat, es_evening

Start = Callable[..., Cockpit]


def chooser(seen: dict) -> bool:
    """Nothing is open, and the place for it is there."""
    return not seen["open"] and not seen["window"]["seen"]


def test_with_nothing_open_the_chooser_leads_to_a_recording(start: Start, data: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    wrong = tmp_path / "wrong.dbn"
    wrong.write_text("this is not a recording\n" * 10)
    cut = tmp_path / "cut.dbn.zst"
    whole = es_evening(data).read_bytes()
    cut.write_bytes(whole[: len(whole) * 6 // 10])

    seat = Seat(start("--open", wrong, "--size", "1280x720", home=home), chooser, "the chooser")
    seen = seat.expect(lambda seen: seen["window"]["toasts"], "why the file was not opened")
    ((_, _, text),) = seen["window"]["toasts"]
    assert str(wrong) in text
    assert "no known format" in text
    seat.key("Escape")
    seat.shown("the notice taken away", toasts=[])

    seat.key("space")
    seat.shown("what to do first", said="Play or pause: open a recording first")
    seat.key("ctrl+o")
    seat.dialog("Open recordings")
    seat.key("Escape")
    seat.shown("cancelled", dialog="")
    assert chooser(seat.seen())

    # the second card's own key, a typed path, a recording that ends in the middle
    seat.key("2")
    seat.dialog("Open recordings")
    seat.type(str(cut))
    seat.key("Return")
    seen = seat.expect(lambda seen: seen["total"] and seen["at_end"], "what there is of it")
    assert 30_000 < seen["position"] < 40_000
    seen = seat.expect(lambda seen: seen["window"]["toasts"], "what is missing")
    ((severity, _, text),) = seen["window"]["toasts"]
    assert severity == "watch"
    assert "cut.dbn.zst: torn at byte" in text
    seat.key("F9")
    seat.expect(lambda seen: any("torn at byte" in line for line in seen["losses"]), "the loss in data health")
    seat.key("semicolon", "x")
    seat.expect(chooser, "the chooser after closing")
    seat.key("Return")
    seat.expect(lambda seen: seen["open"], "the recent recording by Enter")
    assert seat.app.close() == 0
