"""Write ``resources/docs/books.md``: what ``cockpit verify-book`` finds in the recordings under COCKPIT_DATA.

python -m tools.make_books_table [FOLDER OF RECORDINGS]
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from cockpit.cli import run

OUT: Final = Path(__file__).resolve().parent.parent / "resources" / "docs" / "books.md"
FILES: Final = (
    ("arl-mbo-20250717.csv.gz", "arl-mbp10-20250717.csv.gz"),
    ("itch-aapl-20190130-events-book10-first2000.csv.gz",),
    ("es-mdp3-20190829-part1-orders.csv.gz", "es-mdp3-20190829-part1-mbp.csv.gz"),
    ("es-mdp3-20190829-part1-orders.csv.gz",),
    ("es-mdp3-20190829-part1-mbp.csv.gz",),
    (
        "lobster-aapl-20120621-message50-0930-1010.csv.gz",
        "lobster-aapl-20120621-orderbook1-0930-1600.csv.gz",
    ),
    ("aapl-mbp10-20241021-first2500.csv.gz",),
    ("sgx-a50-book3-20140109.txt.gz",),
    ("tardis-binancefut-btcusdt-quotes-20200222.csv.gz",),
    ("es-trades-dom40-20220124T1330.csv.gz",),
    ("bitfinex-l3-btcusd.json.gz",),
    ("bitstamp-l3-20150501-first30000.csv.gz",),
    ("binance-usdm-btcusdt-20240808.jsonl.gz",),
    ("binance-spot-btcusdt-20240808.jsonl.gz",),
    ("binance-coinm-btcusdperp-20240808.jsonl.gz",),
    ("binance-usdm-btcusdt-20230404.jsonl.gz", "binance-usdm-btcusdt-20230405.jsonl.gz"),
    ("binance-coinm-multi-20210722.ws.txt.gz",),
    ("es-mbo-esh4-20231225-until2340.dbn.zst",),
    ("es-mbp1-esu4-20240701T2358.dbn.zst",),
)
INTRODUCTION: Final = """# Books held against recordings

Made by `python -m tools.make_books_table`: each line is one `cockpit verify-book SOURCE [REFERENCE]` on a real
recording. *Rows* are those of the reference, or of the recording where it is its own; *levels* are price levels
compared, all rows together. *Unknowable* is what a recording that begins too late cannot tell, counted and never
guessed. *Explained* is what the recording or its venue explains. A mismatch is anything else, and there has to be
none. The texts name every level that differs, with line and clock, when there is one.

"""


def main() -> int:
    """Verify every recording and write the page; 1 when one is not proven."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["COCKPIT_DATA"]) / "books"
    with tempfile.TemporaryDirectory() as scratch:
        found = [_verified(folder, names, Path(scratch) / "found.json") for names in FILES]
    lines = [
        "| source | reference | rows | levels | mismatches | unknowable | explained |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    lines += [_row(names, document) for names, document in zip(FILES, found, strict=True)]
    details = [text for names, document in zip(FILES, found, strict=True) for text in _details(names, document)]
    OUT.write_text(
        INTRODUCTION + "\n".join(lines) + "\n\n## What is behind the counts\n\n" + "\n".join(details) + "\n",
        encoding="utf-8",
    )
    return 0 if all(document["proven"] for document in found) else 1


def _verified(folder: Path, names: tuple[str, ...], scratch: Path) -> dict[str, Any]:
    run(["verify-book", *(str(folder / name) for name in names), "--json", str(scratch)])
    return json.loads(scratch.read_text(encoding="utf-8"))


def _row(names: tuple[str, ...], found: dict[str, Any]) -> str:
    reference = "itself" if found["reference"] is None else f"`{_short(names[1])}`"
    source = " + ".join(f"`{_short(name)}`" for name in (names if found["reference"] is None else names[:1]))
    counts = [found["rows"], found["levels"], found["mismatches"]]
    counts += [sum(found[kind].values()) for kind in ("unknowable", "explained")]
    return f"| {source} | {reference} | " + " | ".join(f"{count:,}" for count in counts) + " |"


def _details(names: tuple[str, ...], found: dict[str, Any]) -> list[str]:
    told = [f"{count:,} {reason}" for kind in ("unknowable", "explained") for reason, count in found[kind].items()]
    if "share" in found["facts"]:
        told.append(
            f"{found['facts']['share']:.2%} of the states reproduced, {found['facts']['needed']:.1%} needed"
        )
    told += [f"{name}: {what}" for name, what in found["facts"].items() if name.startswith("bridge of")]
    told += found["shortfalls"]
    return [f"- `{_short(names[0])}`: {found['compared']}" + "".join(f"; {one}" for one in told) + "."]


def _short(name: str) -> str:
    return name.partition(".")[0]


if __name__ == "__main__":
    raise SystemExit(main())
