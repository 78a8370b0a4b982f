"""A process that records as quickly as it can, to be killed or to run into a limit; prints what is safe by then.

Usage: ``recording_child.py FOLDER EVENTS [FILE_LIMIT [SEAL_LIMIT]]``; limits in bytes, 0 for none.
"""

import resource
import sys
from pathlib import Path

from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from tests.feeds.tape.runs import derived_of, source


def limit(file_bytes: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes or hard, hard))


def main(folder: str, events: str, *limits: str) -> None:
    of = source(int(events), chunk=5_000)
    river = River([of])
    limit(int(limits[0]) if limits else 0)
    recorder = Recorder(Path(folder), river.registry, [of.info], created_ns=0)
    while (part := river.take(250)) is not None and recorder.failure is None:
        recorder.write(part, derived_of(part))
        recorder.flush(wait=True)
        if recorder.failure is None:
            print(part.next_seq, flush=True)
    limit(int(limits[1]) if len(limits) > 1 else 0)
    recorder.seal()
    print("ended", recorder.failure, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
