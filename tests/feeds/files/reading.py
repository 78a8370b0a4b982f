"""What tests of readers share: all rows of a source by kind, what it says or refuses, and spoilt input."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.source import Source
from cockpit.units import Rows


def rows_of(source: Source) -> dict[Kind, Rows]:
    """Every row of a source, after checking that ``seq`` counts from 0 without holes."""
    found: dict[Kind, list[Rows]] = {}
    expected = 0
    for chunk in source.chunks():
        assert chunk.first_seq == expected
        assert np.array_equal(
            np.sort(np.concatenate([batch.rows["seq"] for batch in chunk.batches])),
            np.arange(chunk.first_seq, chunk.next_seq),
        )
        expected = chunk.next_seq
        for batch in chunk.batches:
            found.setdefault(batch.kind, []).append(batch.rows)
    return {kind: np.concatenate(parts) for kind, parts in found.items()}


def as_bytes(source: Source) -> dict[Kind, bytes]:
    """The rows of each kind as bytes, field by field, for padding is nobody's: equal whenever the source is."""
    return {
        kind: b"".join(rows[name].tobytes() for name in rows.dtype.names or ())
        for kind, rows in sorted(rows_of(source).items())
    }


def chain_of(source: Source) -> Rows:
    """The contracts of a chain."""
    return rows_of(source)[Kind.CHAIN]


def said(source: Source, words: str) -> bool:
    """Whether one of its warnings says so."""
    return any(words in line for line in source.warnings)


def refusal(path: Path) -> str:
    """Why a file is not opened: one line that begins with its name."""
    with pytest.raises(SourceError) as caught:
        open_source(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    return text


def scrambled(value: Any, rng: random.Random, odd: Sequence[Any], chance: float) -> Any:
    """A JSON value with keys left out, and parts at any depth replaced by odd ones, each with a chance."""
    if rng.random() < chance:
        return rng.choice(odd)
    if isinstance(value, dict):
        return {key: scrambled(one, rng, odd, chance) for key, one in value.items() if rng.random() > 0.02}
    return [scrambled(one, rng, odd, chance) for one in value] if isinstance(value, list) else value


def mutated(
    text: str, rng: random.Random, alphabet: bytes, counts: Sequence[int], tail: int, least: bytes
) -> bytes:
    """The text with bytes replaced, a few left out, or its end cut off.

    Args:
        alphabet: What bytes are replaced by.
        counts: How many changes there may be.
        tail: How far behind a place its end is cut off.
        least: What stands there when nothing else does.
    """
    raw = bytearray(text.encode())
    for _ in range(rng.choice(counts)):
        at = rng.randrange(len(raw))
        kind = rng.random()
        if kind < 0.6:
            raw[at] = rng.choice(alphabet)
        elif kind < 0.9:
            del raw[at : at + rng.randrange(9)]
        else:
            del raw[at + tail :]
        raw = raw or bytearray(least)
    return bytes(raw)
