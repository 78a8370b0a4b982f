"""What may be asked of the simulated market: how wild, how busy, which way, and the named scenarios."""

from dataclasses import dataclass
from typing import Final

from cockpit.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of a scripted path.

    Attributes:
        after_s: From the start of the market, s.
        lasts_s: Its length, s.
        log_move: What it adds to the log of the index in all.
        vol: Factor on volatility meanwhile.
    """

    after_s: float
    lasts_s: float
    log_move: float
    vol: float = 1.0

    def __post_init__(self) -> None:
        if self.after_s < 0 or self.lasts_s <= 0:
            raise ConfigError(f"leg after {self.after_s} s for {self.lasts_s} s: not before 0, longer than 0")
        if not 0 < self.vol <= 20 or abs(self.log_move) > 0.5:
            raise ConfigError(f"leg of vol {self.vol}, move {self.log_move}: vol up to 20, move within 0.5")


@dataclass(frozen=True, slots=True)
class Scenario:
    """Knobs of the latent market; the defaults are the model as measured.

    Attributes:
        vol: Factor on volatility.
        activity: Factor on the rate of orders.
        annual_vol: Volatility of regular hours a year instead of the day's own; None keeps that.
        drift: Added to the log of the index per hour of trading.
        legs: Scripted stretches; they may overlap.
        pin_level: Price of ES, points, that pulls the market; 0: none.
        pin_strength: Pull per hour: 1 brings the market back by 63 % within an hour.
        thin: Whether regular hours have the shape of the night, as on a holiday.
    """

    vol: float = 1.0
    activity: float = 1.0
    annual_vol: float | None = None
    drift: float = 0.0
    legs: tuple[Leg, ...] = ()
    pin_level: float = 0.0
    pin_strength: float = 0.0
    thin: bool = False

    def __post_init__(self) -> None:
        limits = (
            ("vol", self.vol, 0.01, 20.0),
            ("activity", self.activity, 0.01, 20.0),
            ("annual_vol", self.annual_vol or 0.1, 0.001, 3.0),
            ("drift", self.drift, -0.2, 0.2),
            ("pin_level", self.pin_level, 0.0, 1e6),
            ("pin_strength", self.pin_strength, 0.0, 100.0),
        )
        for name, value, low, high in limits:
            if not low <= value <= high:
                raise ConfigError(f"scenario: {name} {value} is outside {low} to {high}")


SCENARIOS: Final[dict[str, Scenario]] = {
    "normal": Scenario(),
    "open": Scenario(vol=1.8, activity=1.6),
    "trend": Scenario(drift=0.004, vol=0.9, activity=1.1),
    "crash": Scenario(
        vol=1.3,
        activity=1.2,
        legs=(Leg(600.0, 900.0, -0.03, 2.5), Leg(1500.0, 300.0, -0.025, 4.0), Leg(1800.0, 1800.0, 0.015, 2.5)),
    ),
    "pinned_0dte": Scenario(vol=0.8, pin_level=6500.0, pin_strength=4.0),
    "holiday": Scenario(thin=True),
}


def scenario_of(name: str) -> Scenario:
    """The scenario of a name.

    Raises:
        ConfigError: There is none; the message names those there are.
    """
    if name not in SCENARIOS:
        raise ConfigError(f"no scenario {name!r}; there are {', '.join(SCENARIOS)}")
    return SCENARIOS[name]
