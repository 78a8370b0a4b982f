"""`python -m cockpit`, and the console command `cockpit`."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0 good, 1 found a problem, 2 bad use."""
    from cockpit.cli import run  # noqa: PLC0415  kept out of the import of the package

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
