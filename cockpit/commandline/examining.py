"""`cockpit doctor`: what this machine has, and what to do about what it lacks."""

from argparse import Namespace
from pathlib import Path

from cockpit.commandline.output import Output
from cockpit.doctor import checks
from cockpit.report import write_report


def run(arguments: Namespace) -> int:
    """Print every check; 1 when one failed."""
    out = Output(arguments.json)
    found = checks()
    for check in found:
        out.say(f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.found}")
        if not check.ok and check.advice:
            out.say(f"       {check.advice}")
    if arguments.report:
        names = write_report(Path(arguments.report), found)
        out.say(f"{arguments.report}: {len(names)} files; look through it before you send it")
    out.write(
        {
            "command": "doctor",
            "checks": [{"name": c.name, "ok": c.ok, "found": c.found, "advice": c.advice} for c in found],
        }
    )
    return 0 if all(check.ok for check in found) else 1
