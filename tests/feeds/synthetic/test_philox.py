"""The random words against the published known answers."""

from pathlib import Path

import numpy as np

from cockpit.feeds.synthetic.philox import normals, uniforms, words
from tests.published import section

FILE = "stylised_facts.json"


def number(value: int | str) -> int:
    """A word as the file writes it: a number, or hexadecimal text."""
    return int(value, 16) if isinstance(value, str) else value


def test_known_answers(vectors: Path) -> None:
    answers = section(vectors, FILE, "meta")["philox_known_answers"]
    assert len(answers) >= 2
    for answer in answers:
        counter = np.array([number(word) for word in answer["counter"]], np.uint64)
        key = np.array([number(word) for word in answer["key"]], np.uint64)
        assert words(counter, key).tolist() == [number(word) for word in answer["out"]]


def test_a_place_is_drawn_the_same_alone_and_among_others() -> None:
    many = normals(7, 4, -5, 1000)
    assert normals(7, 4, 400, 1)[0] == many[405]
    assert uniforms(7, 4, 12, 3).tolist() == uniforms(7, 4, 0, 20)[12:15].tolist()


def test_normals_and_uniforms_have_their_moments() -> None:
    z, u = normals(3, 1, 0, 200_000), uniforms(3, 1, 0, 200_000)
    assert abs(z.mean()) < 0.01
    assert abs(z.std() - 1) < 0.01
    assert 0 < u.min() < u.max() < 1
    assert abs(u.mean() - 0.5) < 0.005
    assert abs(np.corrcoef(z[1:], z[:-1])[0, 1]) < 0.01


def test_seeds_and_streams_are_apart() -> None:
    base = normals(1, 1, 0, 50_000)
    for other in (normals(2, 1, 0, 50_000), normals(1, 2, 0, 50_000)):
        assert abs(np.corrcoef(base, other)[0, 1]) < 0.02
