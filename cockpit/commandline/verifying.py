"""`cockpit verify-book SOURCE [REFERENCE]`: a recorded book, held against what was recorded beside it."""

from argparse import Namespace
from typing import Any

import numpy as np

from cockpit.commandline.dates import given_day
from cockpit.commandline.output import Output
from cockpit.events.dtypes import GapReason
from cockpit.feeds.files.rows_source import RowsSource
from cockpit.feeds.source import Source
from cockpit.instants import iso_utc
from cockpit.opening import open_all
from cockpit.proving.pairing import Stream, proof_for, read
from cockpit.proving.report import Report

_LOST = (GapReason.TRUNCATED, GapReason.MALFORMED)


def run(arguments: Namespace) -> int:
    """Compare; 1 when anything is left unexplained or a recording lost rows."""
    out = Output(arguments.json)
    paths = [arguments.source] if arguments.reference is None else [arguments.source, arguments.reference]
    sources = open_all(paths, day=given_day(arguments))
    source = read(sources[0], out.progress)
    reference = _reference(sources, out)
    proof = proof_for(source, reference)
    report = proof.compare(source, reference, out.progress)
    for stream in (source, reference):
        if stream is not None:
            _count_lost(report, stream)
    document = _document(proof.name, source, report, sources)
    _say(out, document, source)
    for warning in document["warnings"]:
        out.warn(warning)
    out.write(document)
    return 0 if report.is_proven else 1


def _reference(sources: list[Source], out: Output) -> Stream | None:
    """The second source, else what the first has recorded beside its events."""
    if len(sources) > 1:
        return read(sources[1], out.progress)
    recorded = sources[0].recorded if isinstance(sources[0], RowsSource) else None
    return None if recorded is None else read(recorded, out.progress)


def _count_lost(report: Report, stream: Stream) -> None:
    lost = int(np.isin(stream.gaps["reason"], _LOST).sum())
    if lost:
        report.shortfalls.append(f"{stream.source.info.path}: {lost:,} gaps where rows were lost")


def _document(name: str, source: Stream, report: Report, sources: list[Source]) -> dict[str, Any]:
    info = source.source.info
    known = info.first_ns is not None and info.last_ns is not None
    return {
        "command": "verify-book",
        "source": info.path,  # of two parts of one recording, both
        "reference": sources[1].info.path if len(sources) > 1 else None,
        "proof": name,
        "compared": report.what,
        "instruments": [one.symbol for one in info.instruments],
        "span": {"from": iso_utc(info.first_ns or 0), "to": iso_utc(info.last_ns or 0)} if known else None,
        "rows": report.rows,
        "levels": report.levels,
        "mismatches": report.mismatches,
        "first": report.first,
        "unknowable": report.unknowable,
        "explained": report.explained,
        "facts": report.facts,
        "shortfalls": report.shortfalls,
        "proven": report.is_proven,
        "warnings": [warning for one in sources for warning in one.warnings],
    }


def _say(out: Output, document: dict[str, Any], source: Stream) -> None:
    out.say(f"{document['source']}: {source.source.info.format} {source.source.info.schema}")
    if document["reference"] is not None:
        out.say(f"  against     {document['reference']}")
    out.say(f"  compared    {document['compared']}")
    out.say(f"  instruments {', '.join(document['instruments'])}")
    out.say(f"  rows        {document['rows']:,}")
    out.say(f"  levels      {document['levels']:,}")
    out.say(f"  mismatches  {document['mismatches']:,}")
    for one in document["first"]:
        out.say(f"    row {one['row']:,}  {one['clock'] or 'no clock'}  {one['place']}")
        out.say(f"      book {one['book']}; reference {one['reference']}")
    for title in ("unknowable", "explained"):
        for reason, count in document[title].items():
            out.say(f"  {title:<11} {count:,} {reason}")
    for name, value in document["facts"].items():
        out.say(f"  {name}: {value:,}" if isinstance(value, int) else f"  {name}: {value}")
    for shortfall in document["shortfalls"]:
        out.say(f"  FAILED      {shortfall}")
    out.say("  proven: nothing is left unexplained" if document["proven"] else "  NOT proven")
