"""Where the parts of a pane are: plot, future, strike profile, volume, axes.

Source: ``design.md`` 4 (what a narrow pane drops first) and 7 (GEX overlay, ES cone).
"""

from dataclasses import dataclass
from typing import Final

from cockpit.widgets.plot.view import Space
from cockpit.widgets.theme import PRICE_AXIS, TIME_AXIS

VOLUME_SHARE: Final = 0.18  # of the height above the time axis
VOLUME_FROM: Final = 160  # logical pixels of height, under which the volume pane is dropped
CVD: Final = 96  # logical pixels of the cumulative delta's pane at most (design.md 7)
CVD_FROM: Final = 170  # logical pixels of height, under which it is dropped
TRADED: Final = 130  # logical pixels of the volume profile at most
TRADED_SHARE: Final = 0.24  # of the plot it takes at most
TRADED_FROM: Final = 340  # logical pixels of plot, under which it is dropped
PROFILE: Final = 130  # logical pixels of the strike profile (design.md 7)
PROFILE_FROM: Final = 420  # logical pixels of plot, under which it is dropped
LABEL_ROOM: Final = 196  # left free for the longest label of a level
LABEL_SHARE: Final = 0.36  # of the width it takes at most
FUTURE_SHARE: Final = 0.42  # of the width belongs to the cone
FUTURE_FROM: Final = 340  # logical pixels of plot, under which there is no cone: a pane of 1280x720 has one
FUTURE_LEAST: Final = 140
BOTH_FROM: Final = 550  # logical pixels of plot, under which a cone takes the profile's place
HISTORY_LEAST: Final = 270  # the future gives way to so much history, down to its own least


@dataclass(frozen=True, slots=True)
class Bands:
    """Where the parts of a pane are, in device pixels.

    Attributes:
        ratio: Device pixels per logical pixel.
        columns, rows: The whole pane.
        width: Columns of the plot; the price axis is right of it.
        plot_bottom: Rows of the price plot; the volume pane begins one row below.
        bottom: Where the plots end; the time axis is below. Equal to ``plot_bottom`` without further panes.
        profile: Columns of the strike profile, right of where time runs; 0 without one.
        future: Columns left of it that belong to the cone while the newest bar is followed; 0 without one.
        labels: Columns wanted free for the labels of levels.
        traded: Columns of the volume profile, the rightmost of the plot; the strike profile is left of it.
        cvd: Rows of the cumulative delta's pane, the lowest above ``bottom``; 0 without one.
    """

    ratio: float
    columns: int
    rows: int
    width: int
    plot_bottom: int
    bottom: int
    profile: int = 0
    future: int = 0
    labels: int = 0
    traded: int = 0
    cvd: int = 0

    @staticmethod
    def of(
        width: float,
        height: float,
        ratio: float,
        axis: int = PRICE_AXIS,
        *,
        volume: bool,
        gex: bool = False,
        cone: bool = False,
        traded: bool = False,
        cvd: bool = False,
    ) -> "Bands":
        """The parts of a pane of ``width`` by ``height`` logical pixels with a price axis ``axis`` wide.

        Args:
            volume, gex, cone, traded, cvd: Whether there is a volume pane, a gamma overlay, a cone, a volume
                profile, a pane of the cumulative delta, where there is room.
        """
        columns, rows = max(round(width * ratio), 1), max(round(height * ratio), 1)
        bottom = max(rows - round(TIME_AXIS * ratio), 1)
        has_volume = volume and height - TIME_AXIS >= VOLUME_FROM
        delta = round(min(CVD * ratio, bottom * VOLUME_SHARE)) if cvd and height - TIME_AXIS >= CVD_FROM else 0
        plot_bottom = bottom - delta - round(bottom * VOLUME_SHARE) * has_volume
        plot = max(columns - round(axis * ratio), 1)
        has_strip = traded and plot / ratio >= TRADED_FROM
        strip = round(min(TRADED * ratio, TRADED_SHARE * plot)) if has_strip else 0
        parts = _right_parts((plot - strip) / ratio, gex=gex, cone=cone)
        profile, future, labels = (round(part * ratio) for part in parts)
        return Bands(ratio, columns, rows, plot, plot_bottom, bottom, profile, future, labels, strip, delta)

    @property
    def has_volume(self) -> bool:
        """Whether there is a volume pane."""
        return self.plot_bottom < self.volume_bottom

    @property
    def volume_bottom(self) -> int:
        """Where the volume pane ends; equal to ``plot_bottom`` without one."""
        return self.bottom - self.cvd

    @property
    def right(self) -> int:
        """Columns of the part where time runs: history and future."""
        return self.width - self.profile - self.traded

    @property
    def space(self) -> Space:
        """What lies right of the newest bar."""
        return Space(self.labels / self.ratio, self.future / self.ratio)


def _right_parts(plot: float, *, gex: bool, cone: bool) -> tuple[float, float, float]:
    """Widths of profile, future and room for labels on a plot; the profile is the first to go."""
    has_future = cone and plot >= FUTURE_FROM
    least = BOTH_FROM if has_future else PROFILE_FROM
    profile = PROFILE if gex and plot >= least else 0
    time = plot - profile
    future = min(FUTURE_SHARE * time, max(time - HISTORY_LEAST, FUTURE_LEAST)) if has_future else 0
    return profile, future, min(LABEL_ROOM, LABEL_SHARE * time) if gex else 0
