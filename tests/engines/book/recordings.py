"""Real recordings as rows, for tests that the folder of recordings does not skip."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import numpy as np

from cockpit.events.dtypes import BOOK_LEVELS, Kind, empty
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_PRICE, Rows

ES_RECORDING = "books/es-mbo-esh4-20231225-until2340.dbn.zst"


def es_rows(data: Path) -> Rows:
    """The Christmas evening of scene B, MBO rows."""
    batches = [batch for chunk in open_source(data / ES_RECORDING).chunks() for batch in chunk.batches]
    return np.concatenate([batch.rows for batch in batches if batch.kind is Kind.MBO])


def arl_orders(data: Path) -> Rows:
    """A Nasdaq stock's order-level day, prices in cents."""
    records = _table(data / "books/arl-mbo-20250717.csv.gz")
    rows = _headed(Kind.MBO, records)
    rows["order_id"] = [int(each["order_id"]) for each in records]
    return rows


def arl_levels(data: Path) -> Rows:
    """The ten levels that the vendor made of the same day."""
    records = _table(data / "books/arl-mbp10-20250717.csv.gz")
    rows = _headed(Kind.MBP, records)
    rows["depth"] = [int(each["depth"]) for each in records]
    for side in ("bid", "ask"):
        for i in range(BOOK_LEVELS):
            rows[f"{side}_ticks"][:, i] = [_cents(each[f"{side}_px_{i:02d}"]) for each in records]
            rows[f"{side}_sizes"][:, i] = [int(each[f"{side}_sz_{i:02d}"]) for each in records]
            rows[f"{side}_counts"][:, i] = [int(each[f"{side}_ct_{i:02d}"]) for each in records]
    return rows


def _table(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", newline="") as file:
        return list(csv.DictReader(file))


def _cents(price: str) -> int:
    return int(Decimal(price) * 100) if price else NO_PRICE


def _headed(kind: Kind, records: list[dict[str, str]]) -> Rows:
    rows = empty(kind, len(records))
    rows["seq"] = np.arange(len(records))
    rows["instrument"] = 0
    rows["price_ticks"] = [_cents(each["price"]) for each in records]
    for name in ("size", "sequence", "flags"):
        rows[name] = [int(each[name]) for each in records]
    for name in ("action", "side"):
        rows[name] = [ord(each[name]) for each in records]
    return rows
