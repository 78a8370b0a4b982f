"""Pictures of the real window at several sizes, scales, themes and moments, into a folder: for looking.

    python -m benchmarks.pictures FOLDER [--data DIR] [--only WORD]

Not a test: what is clipped, crowded, misaligned or empty for no reason only an eye can tell. Linux with the virtual
desktop of the tests.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.common import ROOT
from tests.desktop.drive import Cockpit
from tests.desktop.seat import (
    Seat,
    es_bars,
    es_evening,
    spx_chain,
    vix_3m_days,
    vix_9d_days,
    vix_days,
    with_recording,
)
from tests.desktop.virtual_desktop import Monitor, VirtualDesktop

LAPTOP: Final = Monitor("L", 1366, 800)
DESK: Final = Monitor("L", 1920, 1080)
WIDE: Final = Monitor("L", 2560, 1440)
FINE: Final = Monitor("L", 2560, 1440, scale=2.0)
LOOKS: Final = 30
EQUAL_LOOKS: Final = 6
CACHE: Final = Path(tempfile.gettempdir()) / "cockpit-pictures"  # a day of history for all pictures of the market
TEN_PAST: Final = ("--at", "2023-12-25T18:10:00")
BUSY: Final = ("--at", "2023-12-25T18:31:07")


def nothing(seat: Seat) -> None:
    """Only look."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    Attributes:
        name: Of the file.
        monitor: What it is shown on.
        files: What is opened, from the folder of recordings.
        arguments: Further ones of the command line.
        act: What the person does before looking.
        market: Whether the simulated market opens, with a day of history that all these pictures share.
    """

    name: str
    monitor: Monitor
    files: tuple[Callable[[Path], Path], ...] = (es_evening,)
    arguments: tuple[str, ...] = BUSY
    act: Callable[[Seat], None] = nothing
    market: bool = False


def _keys(*keys: str, typed: str = "", surface: str = "") -> Callable[[Seat], None]:
    def act(seat: Seat) -> None:
        _live(seat)
        if keys:
            seat.key(*keys)
        if typed:
            seat.type(typed)
        seat.expect(
            lambda seen: seen["window"]["surface"] == surface and seen["window"]["typed"] == typed,
            f"{keys} {typed}",
        )

    return act


def _restyled(seat: Seat) -> None:
    """Every trait of the look changed while the window stands."""
    seat.key("ctrl+comma")
    seat.shown("the settings", surface="Settings")
    seat.key("Right", "Down", "Right", "Down", "Left", "Down", "Right")
    seat.expect(lambda seen: seen["window"]["look"]["motion"] == "reduced", "another look")


def _symbol(seat: Seat) -> None:
    seat.type("es")
    seat.shown("the search", surface="SymbolSearch", typed="es")


def _crosshair(seat: Seat) -> None:
    seat.hand.move(*seat.at("chart.1", 0.5, 0.4))


def _stale(seat: Seat) -> None:
    seat.key("ctrl+t")
    seat.shown("the entry", surface="Jump")
    seat.type("2023-12-25T21:59:30Z")
    seat.key("Return")
    seat.expect(lambda seen: seen["ladder"]["freshness"] == "STALE", "silence")


def _scrolled(seat: Seat) -> None:
    seat.key(*["minus"] * 8)
    seat.key(*["shift+Left"] * 9)
    seat.expect(lambda seen: not seen["window"]["views"]["chart.1"]["following"], "the past")


def _all_bars(seat: Seat) -> None:
    seat.key(*["minus"] * 28)
    seat.hand.move(*seat.at("chart.1", 0.5, 0.4))


def _float(seat: Seat) -> None:
    seat.click("chart.2 header", times=2)
    seat.shown("a float", floats=[["chart.2"]])
    seat.key("ctrl+1")


def _maximised(seat: Seat) -> None:
    seat.key("F11")
    seat.shown("one pane", maximised="chart.1")


def _studies(seat: Seat) -> None:
    """Average, delta and profile on the first chart, the average on the third."""
    seat.key("ctrl+1", "F3", "F7", "semicolon", "w", "semicolon", "k")
    seat.expect(lambda seen: seen["window"]["surface"] == "", "the keys done")
    seat.hand.move(*seat.at("chart.1", 0.4, 0.4))


def _six(seat: Seat) -> None:
    seat.key("semicolon", "6")
    seat.expect(lambda seen: "chart.6" in seen["window"]["seen"], "six charts")


def _recording(seat: Seat) -> None:
    seat.key("semicolon", "r")
    seat.shown("the dialog", dialog="Record into a new folder")
    seat.key("ctrl+a")
    seat.type(str(seat.app.home / "tape"))
    seat.key("Return")
    seat.expect(lambda seen: "MB" in seen["recording"], "recording")
    seat.key(*["bracketright"] * 6, "space")
    seat.expect(lambda seen: seen["now"] > "2023-12-25T23:12", "playing")


def _health(seat: Seat) -> None:
    seat.expect(lambda seen: seen["window"]["toasts"], "the loss")
    seat.key("F9")
    seat.expect(lambda seen: "health" in seen["window"]["seen"], "data health")


def _watched(seat: Seat) -> None:
    """Data health while the market plays."""
    if "health" not in seat.seen()["window"]["seen"]:
        seat.key("F9")
    seat.key("space")
    seat.expect(lambda seen: "health" in seen["window"]["seen"], "data health")
    seat.expect(lambda seen: seen["now"] > "2023-12-25T23:31:16", "playing")


def _torn(data: Path) -> Path:
    """The evening, cut in the middle."""
    whole = es_evening(data).read_bytes()
    file = Path(tempfile.gettempdir()) / "torn-evening.dbn.zst"
    file.write_bytes(whole[: len(whole) * 6 // 10])
    return file


def _nowhere(data: Path) -> Path:
    """A file that is not there."""
    return data / "books" / "no-such-recording-2023-12-25.dbn.zst"


def _calm(seat: Seat) -> None:
    """Until the field is worked out; the doubts are read and put away."""
    seat.expect(lambda seen: not (seen["charts"]["chart.1"]["gex"] or {}).get("missing"), "the whole field")
    while seat.seen()["window"]["toasts"]:
        seat.key("Escape")
        seat.expect(lambda seen: seen, "the next look")


def _gauge(seat: Seat) -> None:
    _calm(seat)
    seat.key("semicolon", "v")
    seat.expect(lambda seen: "vix" in seen["window"]["seen"], "the gauge")


def _both_layers(seat: Seat) -> None:
    _calm(seat)
    seat.key("F6")
    seat.expect(lambda seen: seen["charts"]["chart.1"]["cone"] is not None, "both layers")


def _pressure(seat: Seat) -> None:
    _calm(seat)
    seat.hand.move(*seat.at("ladder", 0.5, 0.12))


def _rewound(to: str) -> Callable[[Seat], None]:
    """The market back at a time of its past, standing still; live goes on."""

    def act(seat: Seat) -> None:
        _live(seat)
        seat.key("ctrl+t")
        seat.shown("the entry", surface="Jump")
        seat.type(to)
        seat.key("Return")
        seat.expect(lambda seen: seen["rewound"] and not seen["seeking"], "the past")
        seat.key("space")
        seat.expect(lambda seen: not seen["playing"], "standing still")

    return act


def _settings_of(pane: str, *keys: str) -> Callable[[Seat], None]:
    """The settings of a side panel, brought to the front by its keys where it is a tab behind others."""

    def act(seat: Seat) -> None:
        _live(seat)
        if keys:
            seat.key(*keys)
        seat.expect(lambda seen: pane in seen["window"]["seen"], pane)
        seat.click(f"{pane} header", 0.4)
        seat.key("ctrl+period")
        seat.shown("its settings", surface="PaneSettings")

    return act


def _legend(seat: Seat) -> None:
    """One layer put away by a click on the legend, the pointer on another."""
    _live(seat)
    seat.click("chart.3 vwap")
    seat.expect(lambda seen: "chart.3 vwap" in seen["window"]["places"], "its name")
    seat.hand.move(*seat.at("chart.1 gex"))


def _live(seat: Seat) -> None:
    """Until the market has run for some seconds."""
    first = seat.seen()["position"]
    seat.expect(lambda seen: seen["position"] > first + 5_000, "a running market")


def _august(day: str) -> Callable[[Path], Path]:
    return lambda data: data / "options" / "cboe_csv" / f"cboe_spx_2025-{day}.csv.gz"


MORNING: Final = (es_bars, spx_chain, vix_days, vix_9d_days, vix_3m_days)
MORNING_AND_BOOK: Final = (es_evening, vix_days)
FIVE_CHAINS: Final = (
    lambda data: data / "indices" / "spx_5min_2025_2026.csv.gz",
    *(_august(day) for day in ("08-27", "08-28", "08-29", "08-31", "09-01")),
    lambda data: data / "indices" / "vix_5min_2025_2026.csv.gz",
    lambda data: data / "indices" / "vix1d_5min_2025_2026.csv.gz",
)
HALF_PAST: Final = ("--at", "2022-07-12T14:30:00")
FULL: Final = ("--size", "2560x1390")
SMALL: Final = ("--size", "1280x720")
SIZED: Final = ("--size", "1600x940")

PICTURES: Final = (
    Picture("laptop", LAPTOP, arguments=(*BUSY, *SMALL)),
    Picture("laptop-daylight", LAPTOP, arguments=(*BUSY, *SMALL, "--theme", "daylight")),
    Picture("wide", WIDE, arguments=(*BUSY, *FULL)),
    Picture("wide-daylight", WIDE, arguments=(*BUSY, *FULL, "--theme", "daylight")),
    Picture("fine", FINE, arguments=(*BUSY, "--size", "1280x690")),
    Picture("fine-daylight", FINE, arguments=(*BUSY, "--size", "1280x690", "--theme", "daylight")),
    Picture("scaled", WIDE, arguments=(*BUSY, "--size", "1700x920", "--scale", "1.5")),
    Picture("narrow", DESK, arguments=(*BUSY, "--size", "900x700")),
    Picture("ten-past", DESK, arguments=(*TEN_PAST, *SIZED)),
    Picture("chooser", DESK, (), SIZED),
    Picture("no-such-file", DESK, (_nowhere,), SMALL),
    Picture("torn", DESK, (_torn,), SMALL, _health),
    Picture("health", DESK, MORNING_AND_BOOK, (*BUSY, *SMALL), _watched),
    Picture("health-wide", WIDE, arguments=(*BUSY, *FULL), act=_watched),
    Picture("health-daylight", DESK, arguments=(*BUSY, *SMALL, "--theme", "daylight"), act=_watched),
    Picture("help", DESK, arguments=(*BUSY, *SMALL), act=_keys("F1", surface="KeyHelp")),
    Picture("help-wide", WIDE, arguments=(*BUSY, *FULL), act=_keys("F1", surface="KeyHelp")),
    Picture("palette", DESK, arguments=(*BUSY, *SIZED), act=_keys("ctrl+k", typed="arr", surface="Palette")),
    Picture(
        "palette-daylight",
        DESK,
        arguments=(*BUSY, *SIZED, "--theme", "daylight"),
        act=_keys("ctrl+k", typed="arr", surface="Palette"),
    ),
    Picture("settings", DESK, arguments=(*BUSY, *SMALL), act=_keys("ctrl+comma", surface="Settings")),
    Picture("settings-live", DESK, arguments=(*BUSY, *SIZED), act=_restyled),
    Picture("pane", DESK, arguments=(*BUSY, *SMALL), act=_keys("ctrl+period", surface="PaneSettings")),
    Picture(
        "pane-wide", WIDE, arguments=(*BUSY, *FULL), act=_keys("ctrl+1", "ctrl+period", surface="PaneSettings")
    ),
    Picture("symbols", DESK, (es_evening, es_bars), (*TEN_PAST, *SIZED), _symbol),
    Picture("interval", DESK, arguments=(*BUSY, *SIZED), act=_keys(typed="99x", surface="IntervalEntry")),
    Picture("jump", DESK, arguments=(*BUSY, *SIZED), act=_keys("ctrl+t", typed="18:2", surface="Jump")),
    Picture("chord", DESK, arguments=(*BUSY, *SIZED), act=_keys("semicolon", surface="Chord")),
    Picture("performance", DESK, arguments=(*BUSY, *SIZED), act=_keys("F12")),
    Picture("crosshair", DESK, arguments=(*BUSY, *SIZED), act=_crosshair),
    Picture("stale", DESK, arguments=(*BUSY, *SIZED), act=_stale),
    Picture("stale-daylight", DESK, arguments=(*BUSY, *SIZED, "--theme", "daylight"), act=_stale),
    Picture("floating", DESK, arguments=(*BUSY, *SIZED), act=_float),
    Picture("maximised", DESK, arguments=(*BUSY, *SIZED), act=_maximised),
    Picture("studies-laptop", LAPTOP, arguments=(*BUSY, *SMALL), act=_studies),
    Picture("studies-wide", WIDE, arguments=(*BUSY, *FULL), act=_studies),
    Picture("six", WIDE, arguments=(*BUSY, *FULL), act=_six),
    Picture("recording", DESK, arguments=(*TEN_PAST, *SIZED), act=_recording),
    Picture("bars", WIDE, (es_bars,), FULL),
    Picture("bars-scrolled", DESK, (es_bars,), SIZED, _scrolled),
    Picture("bars-all", DESK, (es_bars,), SIZED, _all_bars),
    Picture("vix", DESK, (vix_days,), SIZED),
    Picture("morning-laptop", LAPTOP, MORNING, (*HALF_PAST, *SMALL), _calm),
    Picture("morning-laptop-gauge", LAPTOP, MORNING, (*HALF_PAST, *SMALL), _gauge),
    Picture("morning-wide", WIDE, MORNING, (*HALF_PAST, *FULL), _calm),
    Picture("morning-wide-daylight", WIDE, MORNING, (*HALF_PAST, *FULL, "--theme", "daylight"), _calm),
    Picture("morning-fine", FINE, MORNING, (*HALF_PAST, "--size", "1280x690"), _calm),
    Picture("morning-both-layers", WIDE, MORNING, (*HALF_PAST, *FULL), _both_layers),
    Picture("morning-fresh-chain", DESK, MORNING, ("--at", "2022-07-12T11:55:30", *SIZED), _calm),
    Picture("five-chains", WIDE, FIVE_CHAINS, ("--at", "2025-09-02T12:00", *FULL), _calm),
    Picture(
        "five-chains-daylight",
        DESK,
        FIVE_CHAINS,
        ("--at", "2025-09-02T12:00", *SIZED, "--theme", "daylight"),
        _calm,
    ),
    Picture("evening-stale-vix", DESK, (es_evening, vix_days), (*BUSY, *SIZED), _pressure),
    Picture("vix-all", DESK, (vix_days,), SIZED, _all_bars),
    Picture("market-laptop", LAPTOP, (), SMALL, _live, market=True),
    Picture("market-wide", WIDE, (), FULL, _live, market=True),
    Picture("market-wide-daylight", WIDE, (), (*FULL, "--theme", "daylight"), _live, market=True),
    Picture("pane-gauge", LAPTOP, (), SMALL, _settings_of("vix", "semicolon", "v"), market=True),
    Picture("pane-health", WIDE, (), FULL, _settings_of("health"), market=True),
    Picture("market-legend", LAPTOP, (), SMALL, _legend, market=True),
    Picture("market-rewound-laptop", LAPTOP, (), SMALL, _rewound("9:57"), market=True),
    Picture("market-rewound-wide", WIDE, (), FULL, _rewound("9:57"), market=True),
)


def take(picture: Picture, data: Path, folder: Path) -> str:
    """Take one; returns what the cockpit complained of."""
    with VirtualDesktop((picture.monitor,)) as desktop, tempfile.TemporaryDirectory() as home:
        files = [str(file(data)) for file in picture.files]
        env = {"COCKPIT_MARKET": "1", "COCKPIT_CACHE": str(CACHE)} if picture.market else {}
        app = Cockpit(desktop, Path(home), [*(["--open", *files] if files else []), *picture.arguments], env)
        is_there = all(Path(file).exists() for file in files) and files
        seat = (
            Seat(app, _is_running, "a running market")
            if picture.market
            else with_recording(app)
            if is_there
            else Seat(app, lambda seen: True, "the chooser")
        )
        picture.act(seat)
        _settle(seat)
        app.shot(folder / f"{picture.name}.png", "L")
        complaints = "\n".join(app.complaints())
        app.kill()
        return complaints


def _is_running(seen: dict[str, Any]) -> bool:
    return bool(seen["live"] and seen["charts"]["chart.1"]["bars"] and seen["ladder"]["bid"])


def _settle(seat: Seat) -> None:
    """Until several looks in a row show the same (some panels move five times a second), or a while has passed."""
    before, equal = b"", 0
    for _ in range(LOOKS):
        shown = seat.app.shot(seat.app.home / "look.png").read_bytes()
        equal = equal + 1 if shown == before else 0
        if equal == EQUAL_LOOKS:
            return
        before = shown


def main() -> int:
    """Take all pictures, or those whose name holds a word; 1 when the cockpit complained meanwhile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", metavar="DIR")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="WORD", help="those whose name holds one of these"
    )
    options = parser.parse_args()
    wanted = [picture for picture in PICTURES if any(word in picture.name for word in options.only)]
    complained = False
    for number, picture in enumerate(wanted, 1):
        complaints = take(picture, options.data, options.folder)
        complained = complained or bool(complaints)
        print(f"{number} of {len(wanted)} {picture.name} {complaints}".strip())
    return 1 if complained else 0


if __name__ == "__main__":
    sys.exit(main())
