"""The command line: which subcommand, which arguments, which exit code; the rest lives in ``commandline``."""

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from typing import Any, Final

from cockpit import __version__, haste
from cockpit.errors import CockpitError

GOOD, PROBLEM, BAD_USE = 0, 1, 2

# subcommand -> module with run(arguments) -> exit code; imported when chosen, so that --help is instant
MODULES: Final = {
    "inspect": "cockpit.commandline.inspecting",
    "replay": "cockpit.commandline.replaying",
    "record": "cockpit.commandline.recording",
    "simulate": "cockpit.commandline.simulating",
    "probe": "cockpit.commandline.probing",
    "chain": "cockpit.commandline.chaining",
    "impact": "cockpit.commandline.costing",
    "detect": "cockpit.commandline.detecting",
    "fit": "cockpit.commandline.fitting",
    "verify-book": "cockpit.commandline.verifying",
    "doctor": "cockpit.commandline.examining",
    "bench": "cockpit.commandline.measuring",
}


def run(argv: Sequence[str]) -> int:
    """Parse, run, and turn our own errors into one line and exit code 2, or 1 for a source that is no good."""
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as end:  # argparse ends the process; callers of run() get its code
        return int(end.code or 0)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        if _is_desktop(arguments):
            with haste.hurried():
                return int(importlib.import_module("cockpit.app").run(arguments))
        return int(importlib.import_module(MODULES[arguments.command]).run(arguments))
    except CockpitError as error:
        print(f"cockpit: {error}", file=sys.stderr)  # noqa: T201  the one line a user gets
        return BAD_USE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return GOOD


def _is_desktop(arguments: argparse.Namespace) -> bool:
    if arguments.command is None:
        return True
    return arguments.command == "replay" and not (arguments.headless or arguments.check or arguments.json)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="cockpit",
        description="A native desktop trading cockpit: the book, the charts and the replay on one clock.",
    )
    top.add_argument("--version", action="version", version=f"cockpit {__version__}")
    _add_desktop(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_inspect(commands)
    _add_replay(commands)
    _add_record(commands)
    _add_simulate(commands)
    _add_probe(commands)
    _add_chain(commands)
    _add_impact(commands)
    _add_detect(commands)
    _add_fit(commands)
    _add_verify_book(commands)
    _add_doctor(commands)
    _add_bench(commands)
    return top


def _add_desktop(top: argparse.ArgumentParser) -> None:
    desk = top.add_argument_group("desktop")
    desk.add_argument("--workspace", metavar="NAME", default="", help="workspace to open with; else the last one")
    desk.add_argument("--open", metavar="SOURCE", nargs="+", default=[], help="recordings or tapes, on one clock")
    desk.add_argument("--market", metavar="SEED|none", help="simulated market to open with (default 1)")
    _add_venue(desk)
    desk.add_argument(
        "--market-speed", metavar="X", type=float, default=1.0, help="multiple of real time it runs at"
    )
    desk.add_argument(
        "--scenario", metavar="NAME", default="normal", help="what happens in it (see simulate --help)"
    )
    desk.add_argument(
        "--fault", metavar="KIND", nargs="+", default=[], help="faults that come in turn (see simulate)"
    )
    desk.add_argument("--ring-gb", metavar="GB", type=float, help="flight recorder keeps at most (default 2)")
    desk.add_argument("--ring-days", metavar="D", type=float, help="and no longer than so many days (default 3)")
    desk.add_argument("--at", metavar="T", help="playhead at this time, e.g. 2023-12-25T18:10 (New York) or ...Z")
    desk.add_argument("--renderer", choices=("auto", "opengl", "raster"), default="auto")
    desk.add_argument("--theme", choices=("graphite", "daylight"), help="for this start; Ctrl+, chooses for good")
    desk.add_argument("--size", metavar="WxH", help="window size in logical pixels, e.g. 1280x720")
    desk.add_argument("--scale", metavar="F", type=float, help="interface scale, 0.75 to 3")
    desk.add_argument("--screenshot", metavar="PNG", help="take a picture of the window, then end")
    desk.add_argument("--after", metavar="SECONDS", type=float, default=2.0, help="when to take it (default 2)")


def _add_venue(each: Any) -> None:
    each.add_argument("--live", choices=("binance",), help="connect to a venue; no key is needed")
    each.add_argument("--symbols", metavar="LIST", help="the venue's symbols (default BTCUSDT,ETHUSDT)")
    each.add_argument("--endpoint", metavar="URL", help="a venue of your own, e.g. http://127.0.0.1:8080")


def _add_inspect(commands: Any) -> None:
    each = commands.add_parser("inspect", help="what a file or tape is and holds")
    each.add_argument("source", metavar="SOURCE")
    _add_date(each)
    _add_json(each)


def _add_replay(commands: Any) -> None:
    each = commands.add_parser("replay", help="replay sources on one clock")
    each.add_argument("source", metavar="SOURCE", nargs="+")
    each.add_argument("--speed", default="max", metavar="X|max", help="multiple of real time, or max")
    each.add_argument(
        "--from", dest="start", metavar="T", help="pace from here on; what lies before is applied at once"
    )
    each.add_argument("--until", metavar="T", help="stop after the last event at or before this time")
    each.add_argument("--headless", action="store_true", help="no window; print what came of it")
    each.add_argument("--check", action="store_true", help="compare with the derived events on the tape")
    _add_date(each)
    _add_json(each)
    for name, value in (("workspace", ""), ("open", []), ("at", None), ("renderer", "auto"), ("size", None)):
        each.set_defaults(**{name: value})


def _add_record(commands: Any) -> None:
    each = commands.add_parser("record", help="write sources, or a live venue, and what engines derive onto a tape")
    each.add_argument("source", metavar="SOURCE", nargs="*")
    each.add_argument("--tape", metavar="DIR", required=True, help="a new folder")
    _add_date(each)
    _add_venue(each)
    each.add_argument(
        "--for", dest="seconds", metavar="SECONDS", type=float, default=60.0, help="of a live venue (default 60)"
    )
    _add_json(each)


def _add_probe(commands: Any) -> None:
    each = commands.add_parser(
        "probe",
        help="how far the way to a live venue goes, and where it breaks",
        epilog="Exit code 0 when every rung holds, else 1; the last line names the one that broke.",
    )
    each.add_argument("venue", choices=("binance",))
    each.add_argument("--symbols", metavar="LIST", help="the first of them is tried (default BTCUSDT)")
    each.add_argument("--endpoint", metavar="URL", help="a venue of your own, e.g. http://127.0.0.1:8080")
    _add_json(each)


def _add_simulate(commands: Any) -> None:
    each = commands.add_parser(
        "simulate",
        help="write hours of the simulated market onto a tape",
        epilog="Scenarios: normal, open, trend, crash, pinned_0dte, holiday, feed_failure. Faults: silence, gap, "
        "burst, disconnect, late, out_of_order, crossed, bad_chain; one in every five minutes, in turn. The "
        "same seed and arguments give the same bytes.",
    )
    each.add_argument("--seed", metavar="N", type=int, required=True, help="0 to 4,294,967,295")
    each.add_argument("--from", dest="start", metavar="T", help="begin here (default 2026-11-30T09:30 New York)")
    each.add_argument("--hours", metavar="H", type=float, required=True, help="how long, e.g. 0.5")
    each.add_argument("--tape", metavar="DIR", required=True, help="a new folder")
    each.add_argument("--plant", metavar="FILE", help="traders to put in, a JSON list; the truth: DIR/truth.json")
    each.add_argument(
        "--fault", metavar="KIND", action="append", default=[], help="a fault of the feed; repeatable"
    )
    each.add_argument("--calm", action="store_true", help="without large traders and jumps")
    each.add_argument("--scenario", metavar="NAME", default="normal", help="a named market (default normal)")
    _add_json(each)


def _add_chain(commands: Any) -> None:
    each = commands.add_parser(
        "chain",
        help="gamma exposure of an option chain, its walls and flips, its own VIX",
        epilog="Exit code 0 also with warnings; 1 when contracts were refused or the source ends in the middle; "
        "2 when it holds no chain or nothing can be made of it.",
    )
    each.add_argument("source", metavar="SOURCE", help="a chain file or a tape; the last chain until --as-of")
    each.add_argument("--spot", metavar="P", type=float, help="price of the underlying (default: the file's)")
    each.add_argument("--as-of", metavar="T", help="value it at this time (default: the chain's own)")
    each.add_argument(
        "--sign",
        metavar="MODEL",
        default="calls_minus_puts",
        help="where dealers stand: calls_minus_puts (default), skew_adjusted, short_all; flow needs option prints",
    )
    each.add_argument(
        "--greeks", choices=("own", "file"), default="own", help="own (default), or as the file has them"
    )
    each.add_argument("--rate", metavar="R", type=float, default=0.04, help="for discounting (default 0.04)")
    each.add_argument("--vix", action="store_true", help="also the chain's own VIX by the Cboe method")
    _add_json(each)


def _add_impact(commands: Any) -> None:
    each = commands.add_parser(
        "impact",
        help="what a market order would have cost in a recorded book",
        epilog="exit code: 0 filled whole, 1 when the visible book cannot fill it, 2 when there is no book.",
    )
    each.add_argument("source", metavar="SOURCE", nargs="+", help="recordings or tapes, on one clock")
    each.add_argument("--symbol", metavar="S", help="which instrument; may be left out when there is one")
    each.add_argument("--side", choices=("buy", "sell"), required=True)
    each.add_argument("--size", metavar="N", type=float, required=True, help="contracts, shares or coins")
    each.add_argument("--at", metavar="T", help="when (default: at the end)")
    _add_json(each)


def _add_detect(commands: Any) -> None:
    each = commands.add_parser(
        "detect",
        help="walls, sweeps, icebergs and the like in a recorded book, and whether they told anything",
        epilog="--set changes a rule, e.g. --set wall.ratio=4 --set wall.persist=2.5s; the JSON lists all of them.",
    )
    each.add_argument("source", metavar="SOURCE", nargs="+", help="recordings or tapes, on one clock")
    each.add_argument("--symbol", metavar="S", help="only this instrument")
    each.add_argument("--until", metavar="T", help="stop after the last event at or before this time")
    each.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a parameter; repeatable")
    each.add_argument("--all", action="store_true", help="print every event, not only the last ones")
    _add_date(each)
    _add_json(each)


def _add_fit(commands: Any) -> None:
    each = commands.add_parser("fit", help="learn a model from recordings and keep it as data")
    each.add_argument("model", metavar="MODEL", help="microprice")
    each.add_argument("source", metavar="SOURCE", nargs="+", help="recordings or tapes, on one clock")
    each.add_argument("--symbol", metavar="S", help="which instrument; may be left out when there is one")
    _add_json(each)


def _add_verify_book(commands: Any) -> None:
    each = commands.add_parser(
        "verify-book",
        help="hold the book a recording makes against what was recorded beside it",
        epilog="Exit code 1 on anything unexplained: a mismatch, lost rows, a demand that is not met.",
    )
    each.add_argument("source", metavar="SOURCE", help="orders, price levels or quotes")
    each.add_argument(
        "reference", metavar="REFERENCE", nargs="?", help="what the book must agree with (default: SOURCE itself)"
    )
    _add_date(each)
    _add_json(each)


def _add_doctor(commands: Any) -> None:
    each = commands.add_parser("doctor", help="check Python, Qt, graphics, fonts, disk, calendars")
    each.add_argument("--report", metavar="FILE", help="a zip with what a bug report needs, without secrets")
    _add_json(each)


def _add_bench(commands: Any) -> None:
    each = commands.add_parser("bench", help="measure speed side by side with peers")
    names = "book detect replay frames heatmap l2 start latency tape seek, or all"
    each.add_argument("name", nargs="+", metavar="NAME", help=names)
    each.add_argument("--runs", type=int, default=5, help="runs each; medians are printed (default 5)")
    each.add_argument("--data", metavar="DIR", help="folder of recordings (default: COCKPIT_DATA)")
    _add_json(each)


def _add_date(each: Any) -> None:
    each.add_argument(
        "--date", metavar="D", help="of times that count from midnight, where no file's name tells it; no window"
    )


def _add_json(each: argparse.ArgumentParser) -> None:
    each.add_argument("--json", metavar="FILE|-", help="also write the result as JSON, to a file or stdout")
