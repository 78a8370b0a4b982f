"""What stands behind the window: engines, feeds and tapes, built after the first frame because they are heavy."""

import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from cockpit import microprices
from cockpit.errors import ConfigError
from cockpit.events.dtypes import ADD, ASK, BID, TRADE, Flag, Kind, empty
from cockpit.events.market import Batch, Slice
from cockpit.feeds.tape.recorder import Recorder
from cockpit.instruments import Instrument
from cockpit.opening import calendar_of, open_desk
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.panels.chart import ChartReducer
from cockpit.state.panels.ladder import LadderReducer
from cockpit.state.river import River
from cockpit.state.router import Router
from cockpit.state.screen import Screen
from cockpit.state.taping import TapeWriter
from cockpit.state.views import Pane, Provenance
from cockpit.units import NS_PER_S


def make_dispatcher(screen: Screen) -> Dispatcher:
    """The dispatcher over real files and tapes; option chains are worked out in a thread of their own."""
    pool = ThreadPoolExecutor(1, "chains")
    dispatcher = Dispatcher(screen, open_desk, calendar_of, _new_tape, pool.submit)
    try:
        dispatcher.microprices = {root: learned.fit for root, learned in microprices.load().items()}
    except ConfigError as error:
        dispatcher.notify("watch", "Micro-prices", f"{error}. The weighted mid is shown instead.")
    return dispatcher


def _new_tape(folder: str, river: River) -> TapeWriter:
    return Recorder(Path(folder), river.registry)


def warm() -> None:
    """Run three events through everything a recording needs, so that no frame waits for a kernel to load."""
    with _numba_without_scipy():
        from cockpit.engines.book import (
            features_kernels,  # noqa: PLC0415  numba only when asked
            pulled_stacked,  # noqa: PLC0415
            relief_kernels,  # noqa: PLC0415
        )
        from cockpit.engines.book import kernels as book_kernels  # noqa: PLC0415
        from cockpit.engines.detect import engine as detectors  # noqa: PLC0415
        from cockpit.engines.regime import pressure_kernels  # noqa: PLC0415
        from cockpit.widgets.heat import delta_kernels  # noqa: PLC0415
        from cockpit.widgets.heat import kernels as heat_kernels  # noqa: PLC0415
        from cockpit.widgets.ladder import kernels as ladder_kernels  # noqa: PLC0415
        from cockpit.widgets.plot import raster  # noqa: PLC0415
        from cockpit.widgets.relief import kernels as relief_pixels  # noqa: PLC0415

        book_kernels.warm()
        detectors.warm()
        features_kernels.warm()
        pulled_stacked.warm()
        pressure_kernels.warm()
        raster.warm()
        ladder_kernels.warm()
        heat_kernels.warm()
        delta_kernels.warm()
        relief_kernels.warm()
        relief_pixels.warm()
    instrument = Instrument("WARM.NOWHERE", "WARM")
    router = Router((instrument,), lambda _: None)
    router.apply(_three_events())
    pane = Pane("chart.1", instrument.symbol, "1m")
    ChartReducer(router).reduce(pane, Provenance.REPLAY, NS_PER_S)
    LadderReducer(router).reduce(router.lanes[0], pane, Provenance.REPLAY, NS_PER_S)


def warm_all() -> None:
    """Everything ``warm`` does, and what the first option chain needs: once after an installation."""
    warm()
    from cockpit.engines.book import depth_kernels  # noqa: PLC0415  numba only when asked
    from cockpit.engines.options.warming import warm_options  # noqa: PLC0415  numba only when asked
    from cockpit.simulation import warm_market  # noqa: PLC0415  numba only when asked

    depth_kernels.warm()
    warm_options()
    warm_market()


@contextmanager
def _numba_without_scipy() -> Generator[None]:
    """Keep numba from loading scipy.linalg with its first kernel, only to know whether it could multiply matrices.

    Measured: 0.18 s of 0.40 s at every start. No kernel here multiplies matrices; one that did would be refused
    by numba with a clear error.
    """
    blocked = "scipy.linalg" not in sys.modules
    if blocked:
        sys.modules["scipy.linalg"] = None  # pyright: ignore[reportArgumentType]  how Python blocks an import
    try:
        yield
    finally:
        if blocked:
            del sys.modules["scipy.linalg"]


def _three_events() -> Slice:
    """A bid, an ask and a trade, then a tick."""
    rows = empty(Kind.MBO, 3)
    rows["seq"], rows["instrument"], rows["order_id"] = range(3), 0, range(1, 4)
    rows["clock_ns"] = rows["event_ns"] = rows["recv_ns"] = range(3)
    rows["action"], rows["side"] = (ADD, ADD, TRADE), (BID, ASK, BID)
    rows["price_ticks"], rows["size"], rows["flags"] = (99, 100, 100), 1, Flag.LAST
    tick = empty(Kind.TICK, 1)
    tick["seq"], tick["clock_ns"] = 3, NS_PER_S
    return Slice((Batch(Kind.TICK, tick), Batch(Kind.MBO, rows)), 0, 4, NS_PER_S)
