"""What stands behind the window: engines, feeds and tapes, built after the first frame because they are heavy."""

from pathlib import Path

from cockpit.feeds.tape.recorder import Recorder
from cockpit.opening import calendar_of, open_desk
from cockpit.state.dispatcher import Dispatcher, TapeWriter
from cockpit.state.river import River
from cockpit.state.screen import Screen


def make_dispatcher(screen: Screen) -> Dispatcher:
    """The dispatcher over real files and tapes."""
    return Dispatcher(screen, open_desk, calendar_of, _new_tape)


def _new_tape(folder: str, river: River) -> TapeWriter:
    return Recorder(Path(folder), river.registry)
