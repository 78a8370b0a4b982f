"""The size of the interface: its steps, what is kept, what is said; real windows are rescaled in tests/desktop."""

from pathlib import Path

import pytest

from cockpit.widgets.scaling import LADDER, Scaling, load, stepped


@pytest.mark.parametrize(
    ("now", "step", "then"),
    [(1.0, 1, 1.1), (1.0, -1, 0.9), (1.3, 1, 1.5), (1.3, -1, 1.25), (3.0, 1, 3.0), (2.0, 0, 1.0)],
)
def test_steps_go_to_the_next_size_of_the_ladder(now: float, step: int, then: float) -> None:
    assert stepped(now, step) == then


def test_the_ladder_reaches_from_75_to_300_percent() -> None:
    assert (LADDER[0], LADDER[-1]) == (0.75, 3.0)
    assert list(LADDER) == sorted(LADDER)


def test_a_step_is_applied_kept_and_said(tmp_path: Path) -> None:
    file, applied = tmp_path / "config" / "scale.json", []

    def apply(before: float, after: float) -> bool:
        applied.append((before, after))
        return True

    scaling = Scaling(1.0, file, apply)
    assert scaling.step(1) == "Interface 110 %"
    assert scaling.step(1) == "Interface 125 %"
    assert load(file) == 1.25
    assert applied == [], "only when the steps are over"
    assert scaling.settle() == ""
    assert scaling.settle() == ""
    assert applied == [(1.0, 1.25)]
    assert scaling.step(0) == "Interface 100 %"
    assert load(file) == 1.0


def test_what_cannot_be_applied_now_is_promised_for_the_next_start(tmp_path: Path) -> None:
    asked: list[tuple[float, float]] = []
    scaling = Scaling(2.0, tmp_path / "scale.json", lambda *sizes: bool(asked.append(sizes)))
    scaling.step(1)
    assert scaling.settle().startswith("Interface 250 % from the next start")
    scaling.step(-1)
    assert scaling.settle() == "", "that is what is shown"
    assert asked == [(2.0, 2.5)]
    assert load(tmp_path / "scale.json") == 2.0


def test_the_end_of_the_ladder_says_so(tmp_path: Path) -> None:
    scaling = Scaling(3.0, tmp_path / "scale.json", lambda *_: True)
    assert scaling.step(1) == "Interface 300 %, which is as far as it goes"
    assert load(tmp_path / "scale.json") is None


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"scale": 9}', '{"scale": "wide"}', '{"scale": null}', "{}", '{"scale": NaN}']
)
def test_a_file_without_a_usable_size_is_set_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "scale.json").write_text(text)
    assert load(tmp_path / "scale.json") is None
    assert (tmp_path / "scale.json.bad").read_text() == text


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    scaling = Scaling(1.0, tmp_path / "file" / "scale.json", lambda *_: True)
    assert scaling.step(1) == "Interface 110 %; it could not be kept"
