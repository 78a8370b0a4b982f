"""`cockpit bench NAME...`: speed side by side with a peer in one run. The benchmarks live in the checkout."""

import importlib
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any, Final

from cockpit.commandline.output import Output
from cockpit.errors import ConfigError

NAMES: Final = (
    "book",
    "replay",
    "frames",
    "start",
    "latency",
    "tape",
    "seek",
    "chain",
    "simulate",
    "heatmap",
    "detect",
    "l2",
)
CHECKOUT: Final = Path(__file__).resolve().parent.parent.parent


def run(arguments: Namespace) -> int:
    """Run the named benchmarks; 0 also when a gate is missed: the number is the result."""
    out = Output(arguments.json)
    names = list(NAMES) if "all" in arguments.name else arguments.name
    for name in names:
        if name not in NAMES:
            raise ConfigError(f"no benchmark {name!r}; there are {', '.join(NAMES)}, all")
    if not (CHECKOUT / "benchmarks").is_dir():
        raise ConfigError("benchmarks are part of the checkout, not of the installed package; run it there")
    if arguments.runs < 1:
        raise ConfigError(f"--runs {arguments.runs}: at least 1")
    sys.path.insert(0, str(CHECKOUT))
    results: list[dict[str, Any]] = []
    for name in names:
        out.progress(f"{name} ...")
        module = importlib.import_module(f"benchmarks.{name}")
        for result in module.run(arguments.runs, arguments.data):
            results.append(result)
            out.say(_line(result))
    out.write({"command": "bench", "results": results})
    return 0


def _line(result: dict[str, Any]) -> str:
    ours, peer, unit = result["ours"], result["peer"], result["unit"]
    shown = "-" if ours is None else f"{ours:,.4g} {unit}"
    beside = "no peer" if peer is None else f"{result['peer_name']} {peer:,.4g} {unit}"
    ratio = "" if result["ratio"] is None else f", ratio {result['ratio']:.3g}"
    gate = result.get("detail", {}).get("gate")
    return f"{result['name']}: {shown} ({beside}{ratio})" + (f"  gate {gate}" if gate else "")
