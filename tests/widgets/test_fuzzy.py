"""Fuzzy matching: which letters fit, and who comes first."""

import random
import string

import pytest

from cockpit.widgets.fuzzy import match, ranked


def marked(query: str, text: str) -> str:
    fit = match(query, text)
    assert fit is not None
    return "".join(letter.upper() if at in fit.positions else letter.lower() for at, letter in enumerate(text))


def test_nothing_typed_fits_everything() -> None:
    fit = match("  ", "Play or pause")
    assert fit is not None
    assert fit.positions == ()


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("pla", "Play or pause", "PLAy or pause"),
        ("PAUSE", "Play or pause", "play or PAUSE"),
        ("ob", "One bar on", "One Bar on"),
        ("ovt", "One event on", "One eVenT on"),
        ("bar one", "One bar on", "ONE BAR on"),
        ("500", "E-mini S&P 500", "e-mini s&p 500"),
    ],
)
def test_the_letters_that_fit_are_named(query: str, text: str, expected: str) -> None:
    assert marked(query, text) == "".join(
        letter.upper() if want.isupper() else letter.lower() for letter, want in zip(text, expected, strict=True)
    )


@pytest.mark.parametrize("query", ["xyz", "play x", "esuap"])
def test_what_is_not_there_does_not_fit(query: str) -> None:
    assert match(query, "Play or pause") is None


def test_start_beats_word_beats_inside_beats_scattered() -> None:
    texts = ["bxaxr", "a crowbar", "one bar", "bar one"]
    assert [text for text, _ in ranked("bar", texts, str)] == ["bar one", "one bar", "a crowbar", "bxaxr"]


def test_equals_keep_their_order() -> None:
    items = [("b", "same"), ("a", "same"), ("c", "same")]
    assert [item[0] for item, _ in ranked("sa", items, lambda item: item[1])] == ["b", "a", "c"]


@pytest.mark.parametrize("seed", range(30))
def test_every_match_is_a_subsequence_and_every_subsequence_matches(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        text = "".join(rng.choice("ab c") for _ in range(rng.randrange(1, 12)))
        query = "".join(rng.choice("abc") for _ in range(rng.randrange(1, 5)))
        letters = iter(text)
        is_inside = all(letter in letters for letter in query)
        fit = match(query, text)
        assert (fit is not None) == is_inside
        if fit is not None:
            assert "".join(text[at] for at in fit.positions) == query


def test_letters_and_signs_of_every_kind_do_no_harm() -> None:
    for query in (string.punctuation, "İß", "é", "\x00", "a" * 500):
        match(query, "Straße é İ")
