"""Real DBN recordings: every sample decodes to the rows its manifest promises."""

from pathlib import Path

from cockpit.events.dtypes import TRADE, Kind
from cockpit.feeds.files.sniff import open_source
from tests.feeds.files.reading import rows_of


def test_the_es_recording_has_the_rows_and_trades_of_its_manifest(data: Path) -> None:
    source = open_source(data / "books" / "es-mbo-esh4-20231225-until2340.dbn.zst")
    rows = rows_of(source)[Kind.MBO]
    assert len(rows) == 53_250
    assert int((rows["action"] == TRADE).sum()) == 2_271
    assert [one.symbol for one in source.info.instruments] == ["ESH4.GLBX"]
    assert source.warnings == ()
