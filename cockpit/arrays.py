"""Arrays in one file, raw and side by side, so that a start maps them instead of reading and decoding them.

The file holds bytes and nothing else; where each array lies in it and what it is are plain values for a manifest.
"""

import hashlib
import json
import math
import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ALIGNMENT: Final = 64  # bytes: a cache line, and more than any column needs
KINDS: Final = "biufSUV"  # of dtypes: numbers, fixed text, rows; never objects


def write_arrays(path: Path, arrays: Iterable[NDArray[Any]]) -> Any:
    """Write arrays into a new file.

    Args:
        path: Of the file; must not exist.
        arrays: Of numbers, fixed text or rows of them, any shape.

    Returns:
        The places of all, plain values for JSON; ``map_arrays`` takes them.

    Raises:
        ValueError: An array of objects.
        OSError: The disk cannot take them.
    """
    dtypes: dict[np.dtype[Any], int] = {}
    described: list[Any] = []
    places: list[Any] = []
    with path.open("xb") as file:
        at = 0
        for array in arrays:
            number = dtypes.setdefault(array.dtype, len(dtypes))
            if number == len(described):
                described.append(describe(array.dtype))
            at += file.write(bytes(-at % ALIGNMENT))
            is_turned = array.flags.f_contiguous and not array.flags.c_contiguous
            places.append([at, list(array.shape), number, int(is_turned), int(array.flags.writeable)])
            at += file.write((array.T if is_turned else array).tobytes())
        file.write(bytes(1))  # a file of nothing could not be mapped
    return {"dtypes": described, "arrays": places}


def map_arrays(path: Path, places: Any) -> list[NDArray[Any]]:
    """The arrays of a file, mapped: their bytes come from the disk when they are looked at.

    What was read-only is read-only again. Writing to the others changes them here, never the file.

    Args:
        path: Of the file.
        places: As ``write_arrays`` gave them.

    Raises:
        ValueError: They do not fit the file.
        LookupError, TypeError: They are no places.
        OSError: The file cannot be read.
    """
    dtypes = [dtype_of(each) for each in places["dtypes"]]
    with path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    arrays: list[NDArray[Any]] = []
    for at, shape, number, is_turned, is_writeable in places["arrays"]:
        size = dtypes[number].itemsize * math.prod(shape)
        if at < 0 or at % ALIGNMENT or min(shape, default=0) < 0 or at + size > len(whole):
            raise ValueError(f"an array of {size:,} bytes at {at:,} does not fit a file of {len(whole):,}")
        array = np.ndarray(shape[::-1] if is_turned else shape, dtypes[number], whole, at)
        array = array.T if is_turned else array
        array.flags.writeable = bool(is_writeable)
        arrays.append(array)
    return arrays


def describe(dtype: np.dtype[Any]) -> Any:
    """A dtype as plain values: text, ``[base, shape]``, or names, formats and offsets of its columns.

    Raises:
        ValueError: One of objects.
    """
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return [describe(base), list(shape)]
    if dtype.kind not in KINDS:
        raise ValueError(f"an array of {dtype} cannot be written")
    if dtype.names is None:
        return dtype.str
    fields: Any = dtype.fields
    columns = [fields[name] for name in dtype.names]
    return {
        "names": list(dtype.names),
        "formats": [describe(column[0]) for column in columns],
        "offsets": [int(column[1]) for column in columns],
        "itemsize": dtype.itemsize,
        "aligned": dtype.isalignedstruct,  # lost otherwise, and with it what compiled code was compiled for
    }


def dtype_of(known: Any) -> np.dtype[Any]:
    """The dtype that ``describe`` described.

    Raises:
        ValueError, LookupError, TypeError: It is none.
    """
    if isinstance(known, str):
        dtype = np.dtype(known)
    elif isinstance(known, list):
        dtype = np.dtype((dtype_of(known[0]), tuple(map(int, known[1]))))
    else:
        layout: Any = {name: known[name] for name in ("names", "offsets", "itemsize")}
        layout["formats"] = [dtype_of(each) for each in known["formats"]]
        dtype = np.dtype(layout, align=bool(known["aligned"]))
    if dtype.base.kind not in KINDS:
        raise ValueError(f"an array of {dtype} is not read")
    return dtype


def checksum(path: Path) -> str:
    """SHA-256 of a file that is not empty, hexadecimal; in one go, so that other threads run meanwhile.

    Raises:
        ValueError: It is empty.
        OSError: It cannot be read.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return hashlib.sha256(whole).hexdigest()


def sealed(known: Any) -> str:
    """Plain values as the text of a manifest, with their own SHA-256: a flipped bit in it would move arrays."""
    text = json.dumps(known)
    return f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}\n"


def unsealed(text: str) -> Any:
    """The values of a manifest that ``sealed`` wrote.

    Raises:
        ValueError: It is not what was written.
    """
    seal, _, rest = text.partition("\n")
    if hashlib.sha256(rest.removesuffix("\n").encode()).hexdigest() != seal:
        raise ValueError("its manifest is not what was written")
    return json.loads(rest)
