"""What the layers of a chart can be set to, in words. No Qt.

Source: ``contracts.md`` 2 (sign models, buckets), ``formulas.md`` 4.1 (the two cone methods).
"""

from dataclasses import dataclass
from typing import Final

from cockpit.state.commands import SetOverlay
from cockpit.state.panes import BANDS, BUCKETS, LACKING, METHODS, SCOPES, SIGNS
from cockpit.state.views import Pane
from cockpit.widgets.plot.words import BANDS_WORDS, BUCKET_WORDS, METHOD_WORDS, SCOPE_WORDS, SIGN_WORDS


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a setting.

    Attributes:
        value: As in ``Pane``.
        text: For people.
        lacks: Why it cannot be chosen; empty when it can.
    """

    value: str
    text: str
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a chart's layers.

    Attributes:
        name: Field of ``Pane`` and of ``SetOverlay``, a name of ``state.panes.SETTINGS``.
        title: Its heading in menus.
        action: Id of the action that goes to the next value.
        options: All values, in order.
    """

    name: str
    title: str
    action: str
    options: tuple[Option, ...]

    def of(self, pane: Pane) -> str:
        """What a pane is set to."""
        return getattr(pane, self.name)

    def to(self, pane: str, value: str) -> SetOverlay:
        """The command that sets it."""
        return SetOverlay(pane, **{self.name: value})


def _options(values: tuple[str, ...], words: dict[str, str]) -> tuple[Option, ...]:
    return tuple(Option(value, words[value], LACKING.get(value, "")) for value in values)


SIGN: Final = Setting("sign", "Gamma sign model", "gex.sign", _options(SIGNS, SIGN_WORDS))
BUCKET: Final = Setting("bucket", "Gamma expiries", "gex.bucket", _options(BUCKETS, BUCKET_WORDS))
METHOD: Final = Setting("method", "Cone method", "cone.method", _options(METHODS, METHOD_WORDS))
VWAP_BANDS: Final = Setting("bands", "VWAP bands", "vwap.bands", _options(BANDS, BANDS_WORDS))
SCOPE: Final = Setting("scope", "Volume profile of", "profile.scope", _options(SCOPES, SCOPE_WORDS))
SETTINGS: Final = (SIGN, BUCKET, METHOD, VWAP_BANDS, SCOPE)
