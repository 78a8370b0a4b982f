"""A person at the running cockpit: looks at what the probe tells, presses keys, clicks at what is shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.desktop.drive import Cockpit
from tests.desktop.waiting import LIMIT_S

Seen = dict[str, Any]
START_LIMIT_S: Final = 60.0  # the first start of a fresh environment compiles kernels
ASIDE: Final = (0.3, 0.015)  # in the top bar: no pane under the pointer, nothing is held or pointed at


class Seat:
    """The main window has the keys, and the pointer rests in the top bar.

    Args:
        app: A cockpit that was just started.
        ready: What must be on the screen before a person does anything.
    """

    def __init__(self, app: Cockpit, ready: Callable[[Seen], object], what: str) -> None:
        self.app, self.hand = app, app.hand
        app.wait_for(lambda seen: ready(seen) and seen["window"]["places"], what, START_LIMIT_S)
        app.focus(app.window("Cockpit"))
        self.hand.move(*self.at("window", *ASIDE))

    def seen(self) -> Seen:
        """What is shown now."""
        return self.app.lines()[-1]

    def expect(self, condition: Callable[[Seen], object], what: str, limit_s: float = LIMIT_S) -> Seen:
        """The state, once the condition holds for it."""
        return self.app.wait_for(condition, what, limit_s)

    def shown(self, what: str, limit_s: float = LIMIT_S, **window: object) -> Seen:
        """The state, once the window's facts are these."""
        return self.expect(
            lambda seen: all(seen["window"][name] == value for name, value in window.items()), what, limit_s
        )

    def dialog(self, title: str) -> None:
        """Wait for a dialog that is open and has the keys."""
        self.shown(f"the dialog {title!r}", dialog=title)
        self.app.focused(title)

    def key(self, *keys: str) -> None:
        """Press keys by their X names."""
        self.hand.key(*keys)

    def type(self, text: str) -> None:
        """Type as fast as X can."""
        self.hand.type(text)

    def at(self, name: str, across: float = 0.5, down: float = 0.5) -> tuple[int, int]:
        """A place on something that is shown, native pixels."""
        x, y, width, height = self.seen()["window"]["places"][name]
        return round(x + across * width), round(y + down * height)

    def click(self, name: str, across: float = 0.5, down: float = 0.5, times: int = 1) -> None:
        """Click there."""
        self.hand.click(*self.at(name, across, down), times=times)


def with_recording(app: Cockpit) -> Seat:
    """A seat before an open recording that was read to its end and is drawn."""
    return Seat(
        app,
        lambda seen: seen["total"] and not seen["seeking"] and seen["window"]["views"],
        "an open recording",
    )


def es_evening(data: Path) -> Path:
    """Scene B: the order-level ES recording of Christmas evening 2023."""
    return data / "books" / "es-mbo-esh4-20231225-until2340.dbn.zst"


def es_bars(data: Path) -> Path:
    """5-minute bars of the September 2022 contract."""
    return data / "books" / "es-5m" / "ESU22.csv.gz"


def vix_days(data: Path) -> Path:
    """Daily VIX: an index without ticks."""
    return data / "indices" / "vix_daily.csv.gz"


def vix_9d_days(data: Path) -> Path:
    """Daily VIX9D."""
    return data / "indices" / "vix9d_daily.csv"


def vix_3m_days(data: Path) -> Path:
    """Daily VIX3M."""
    return data / "indices" / "vix3m_daily.csv"


def spx_chain(data: Path) -> Path:
    """Scene A: the SPX chain of 12 July 2022, 11:55 New York time."""
    return data / "options" / "cboe_csv" / "cboe_spx_2022-07-12_1155_intraday_no_title_row.csv.gz"
